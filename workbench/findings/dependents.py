"""Further actions that a granted action needs: iam:PassRole, sagemaker:AddTags. Source: spec findings.md section 3.1,
sagemaker.md sections 2 and 5.

Judged over the policies that the principal is known to have. For a single document another policy may grant what is
missing, so the finding is only a suggestion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from workbench.catalog.arnformat import compile_format, compile_pattern, fill, fits, overlap
from workbench.evaluation.glob import compile_glob
from workbench.findings import fixes
from workbench.findings.context import Check, CheckContext, GaveUpError
from workbench.findings.model import Finding, FindingType, Fix
from workbench.findings.names import has_wildcard, is_everything
from workbench.policy.model import ConditionTest, Effect, Item, ListElement, Statement
from workbench.policy.operators import Family

if TYPE_CHECKING:
    from workbench.catalog.model import Action, Dependent

_PASS_ROLE = "iam:PassRole"
_PASSED_TO = "iam:passedtoservice"
_ACCOUNT = re.compile(r"[0-9]{12}")
_NAMED = 4
_MOST_TESTS = 100_000
_LOCATED = 200


class _Need(NamedTuple):
    """A granted action that needs another."""

    statement: Statement
    item: Item
    action: Action
    dependent: Dependent


class _Grants:
    """What the statements in force say of an action, looked up once each: documents may hold 50,000 statements."""

    def __init__(self, context: CheckContext) -> None:
        self._statements = [*context.statements, *(s for policy in context.companions or () for s in policy.statements)]
        self._allowing: dict[str, tuple[Statement, ...]] = {}
        self._denied: dict[str, bool] = {}
        self._tests_left = _MOST_TESTS

    def denied(self, name: str) -> bool:
        """Whether some Deny without conditions takes the action away on every resource."""
        if name not in self._denied:
            self._denied[name] = any(_denies_everywhere(s, name) for s in self._statements)
        return self._denied[name]

    def allowing(self, name: str) -> tuple[Statement, ...]:
        """The Allow statements that name the action."""
        if name not in self._allowing:
            self._allowing[name] = tuple(
                s
                for s in self._statements
                if s.effect is Effect.ALLOW
                and s.resources is not None
                and s.actions is not None
                and _names_action(s.actions, name)
            )
        return self._allowing[name]

    def count(self) -> None:
        """Raises GaveUpError after too many comparisons of resources."""
        self._tests_left -= 1
        if self._tests_left < 0:
            raise GaveUpError


def missing_dependents(context: CheckContext) -> Iterator[Finding]:
    """One finding for each dependent action that no statement allows, listing the actions that need it."""
    if not context.whole:
        return  # what is missing may stand in the part that could not be read
    grants = _Grants(context)
    missing: dict[str, list[_Need]] = {}
    missing_tags: dict[str, list[_Need]] = {}
    for need in _needs(context, grants):
        name = need.dependent.action
        if need.dependent.when == "always":
            if not _allowed(context, grants, need):
                missing.setdefault(name, []).append(need)
        elif _may_carry_tags(need.statement) and not _allowed(context, grants, need):
            missing_tags.setdefault(name, []).append(need)
    for name, needs in missing.items():
        yield _report_missing(context, name, needs, () if grants.denied(name) else _grant(context, name, needs))
    for name, needs in missing_tags.items():
        yield _report_tags(context, name, needs, () if grants.denied(name) else _grant_tags(context, name, needs))


def _needs(context: CheckContext, grants: _Grants) -> Iterator[_Need]:
    for statement, element in context.elements():
        if statement.effect is not Effect.ALLOW or element.negated:
            continue
        for item in element.items:
            if has_wildcard(item.text) or context.templated(item.node):
                continue
            action = context.catalog.action(item.text)
            if action is None or action.status != "current":
                continue
            for dependent in context.catalog.dependents(action):
                if dependent.when not in ("always", "tags") or dependent.inferred or grants.denied(action.full_name):
                    continue
                yield _Need(statement, item, action, dependent)


def _may_carry_tags(statement: Statement) -> bool:
    return not any(
        t.key.lower() == "aws:tagkeys"
        and t.operator is not None
        and t.operator.base.family is Family.EXISTENCE
        and [v.text.lower() for v in t.values] == ["true"]
        for t in statement.conditions
    )


def _names_action(element: ListElement, name: str) -> bool:
    lower = name.lower()
    named = any(is_everything(i.text) or compile_glob(i.text.lower()).matches(lower) for i in element.items)
    return named != element.negated


def _denies_everywhere(statement: Statement, name: str) -> bool:
    actions, resources = statement.actions, statement.resources
    return (
        statement.effect is Effect.DENY
        and not statement.conditions
        and actions is not None
        and resources is not None
        and not resources.negated
        and any(i.text == "*" for i in resources.items)
        and _names_action(actions, name)
    )


def _allowed(context: CheckContext, grants: _Grants, need: _Need) -> bool:
    """Whether some statement allows the dependent action where it is needed. Conditions other than the service that a
    role is passed to are taken as met."""
    name = need.dependent.action
    if grants.denied(name):
        return False
    for statement in grants.allowing(name):
        grants.count()
        if name == _PASS_ROLE and not _passes_to(statement, f"{need.action.service}.amazonaws.com"):
            continue
        if need.dependent.when == "tags" and not _reaches(context, statement.resources, need):
            continue
        return True
    return False


def _passes_to(statement: Statement, service: str) -> bool:
    return all(_test_takes(t, service) for t in statement.conditions if t.key.lower() == _PASSED_TO)


def _test_takes(test: ConditionTest, service: str) -> bool:
    operator = test.operator
    if operator is None or operator.base.family is not Family.STRING:
        return True
    like = operator.base.test == "like"
    ignore = operator.base.test == "equals-ignoring-case"
    matched = any(
        "${" in v.text
        or (compile_glob(v.text).matches(service) if like else (v.text.lower() if ignore else v.text) == service)
        for v in test.values
    )
    return matched != operator.base.negated


def _formats(context: CheckContext, action: Action) -> list[str]:
    """The ARN formats of the resource that the action makes: its required types."""
    wanted = {row.type.lower() for row in action.rows if row.required} or {row.type.lower() for row in action.rows}
    return [t.arn for t in context.catalog.resource_types(action.service) if t.name.lower() in wanted]


def _reaches(context: CheckContext, resources: ListElement | None, need: _Need) -> bool:
    """Whether the resources take in some resource that the needing action may make."""
    if resources is None:
        return False
    if resources.negated or any(i.text == "*" or context.templated(i.node) for i in resources.items):
        return True
    formats = _formats(context, need.action)
    fitting = [i.text for i in resources.items if not formats or any(fits(i.text, compile_format(f)) for f in formats)]
    made = need.statement.resources
    if made is None or made.negated or any(i.text == "*" or context.templated(i.node) for i in made.items):
        return bool(fitting)
    return any(_overlap(a, i.text) for a in fitting for i in made.items)


def _overlap(a: str, b: str) -> bool:
    mine, theirs = compile_pattern(a), compile_pattern(b)
    return len(mine) != len(theirs) or all(overlap(x, y) for x, y in zip(mine, theirs, strict=True))


def _listed(needs: list[_Need]) -> str:
    names = list(dict.fromkeys(n.action.full_name for n in needs))
    return ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")


def _note(context: CheckContext, needs: list[_Need]) -> str:
    date = next((n.dependent.date for n in needs if n.dependent.date), "")
    listed = f"dependencies as of {date}" if date else context.catalog_note
    alone = "; judged by this document alone, another policy may grant it"
    return listed + (alone if context.companions is None else "")


def _report_missing(context: CheckContext, name: str, needs: list[_Need], mend: tuple[Fix, ...]) -> Finding:
    verb = "need" if len({n.action.full_name for n in needs}) > 1 else "needs"
    to, condition = "", ""
    if name == _PASS_ROLE:
        service = f"{needs[0].action.service}.amazonaws.com"
        to, condition = f" to {service}", f" with iam:PassedToService {service}"
    return context.report(
        "DEPENDENT_ACTION_MISSING",
        f"{_listed(needs)} {verb} {name}{to}, which no statement {_here(context)} allows. "
        f"Add {name}{condition}{_unless(context)}.",
        *list(dict.fromkeys(n.item.place for n in needs))[:_LOCATED],
        note=_note(context, needs),
        finding_type=FindingType.SUGGESTION if context.companions is None else None,
        fixes=mend,
    )


def _report_tags(context: CheckContext, name: str, needs: list[_Need], mend: tuple[Fix, ...]) -> Finding:
    return context.report(
        "DEPENDENT_ACTION_MISSING_FOR_TAGS",
        f"SageMaker Studio tags all it creates, so {_listed(needs)} fails there with AccessDenied although it is "
        f"allowed: no statement {_here(context)} allows {name} on the new resource. "
        f"Add {name} for tagging at creation{_unless(context)}.",
        *list(dict.fromkeys(n.item.place for n in needs))[:_LOCATED],
        note=_note(context, needs),
        fixes=mend,
    )


def _here(context: CheckContext) -> str:
    return "here" if context.companions is None else "of all policies that apply"


def _unless(context: CheckContext) -> str:
    return ", unless another policy grants it" if context.companions is None else ""


def _grant(context: CheckContext, name: str, needs: list[_Need]) -> tuple[Fix, ...]:
    statement: dict[str, object] = {"Effect": "Allow", "Action": name, "Resource": "*"}
    label = f"Add {name}"
    if name == _PASS_ROLE:
        account = next((a for n in needs for a in _accounts(n.statement)), "<account-id>")
        service = f"{needs[0].action.service}.amazonaws.com"
        statement["Resource"] = f"arn:aws:iam::{account}:role/<execution-role>"
        statement["Condition"] = {"StringEquals": {"iam:PassedToService": service}}
        label = f"Add {name} for one role, to {service}"
    fix = fixes.add_statement(label, context.policy, statement)
    return (fix,) if fix is not None else ()


def _accounts(statement: Statement) -> Iterator[str]:
    for item in statement.resources.items if statement.resources is not None else ():
        parts = item.text.split(":", 5)
        if len(parts) == 6 and _ACCOUNT.fullmatch(parts[4]):
            yield parts[4]


def _grant_tags(context: CheckContext, name: str, needs: list[_Need]) -> tuple[Fix, ...]:
    wanted: list[str] = []
    for need in needs:
        made = need.statement.resources
        texts = ["*"] if made is None or made.negated else [i.text for i in made.items]
        formats = _formats(context, need.action)
        fitting = [t for t in texts if t == "*" or any(fits(t, compile_format(f)) for f in formats)]
        wanted += fitting or [fill(f, "aws", "*", "*") for f in formats]
    resources = ["*"] if "*" in wanted or not wanted else list(dict.fromkeys(wanted))
    statement: dict[str, object] = {
        "Effect": "Allow",
        "Action": name,
        "Resource": resources[0] if len(resources) == 1 else resources,
        "Condition": {"Null": {"sagemaker:TaggingAction": "false"}},
    }
    fix = fixes.add_statement(f"Add {name} for tagging at creation", context.policy, statement)
    return (fix,) if fix is not None else ()


CHECKS = (
    Check("dependent actions", ("DEPENDENT_ACTION_MISSING", "DEPENDENT_ACTION_MISSING_FOR_TAGS"), missing_dependents),
)
