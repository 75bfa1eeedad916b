"""Further actions that a granted action needs: iam:PassRole, sagemaker:AddTags. Source: spec findings.md section 3.1,
sagemaker.md sections 2 and 5.

Judged over the policies that the principal is known to have. For a single document another policy may grant what is
missing, so the finding is only a suggestion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from workbench.catalog.arnformat import compile_format, fill, fits
from workbench.evaluation.glob import compile_glob
from workbench.findings import fixes
from workbench.findings.context import Check, CheckContext
from workbench.findings.coverage import Work, resource_covers
from workbench.findings.listing import listed
from workbench.findings.model import Finding, FindingType, Fix
from workbench.findings.names import has_wildcard, names_action
from workbench.findings.reach import ROLE_FORMAT, Reach, covered_by, of_formats
from workbench.policy.model import ConditionTest, Effect, Item, ListElement, Statement
from workbench.policy.operators import Family

if TYPE_CHECKING:
    from workbench.catalog.model import Action, Dependent

_PASS_ROLE = "iam:PassRole"
_PASSED_TO, _TAGGING_ACTION, _TAG_KEYS = "iam:passedtoservice", "sagemaker:taggingaction", "aws:tagkeys"
_ACCOUNT = re.compile(r"[0-9]{12}")
_NAMED = 4
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
        self.context = context
        self.work = Work()
        self._statements = [*context.statements, *(s for policy in context.companions or () for s in policy.statements)]
        self._allowing: dict[str, tuple[Statement, ...]] = {}
        self._denying: dict[str, tuple[ListElement, ...]] = {}
        self._made: dict[tuple[int, str], tuple[str, ...]] = {}
        self._granted: dict[tuple[int, str], Reach] = {}

    def denied(self, name: str) -> bool:
        """Whether some Deny without conditions takes the action away on every resource."""
        return any(
            not element.items if element.negated else any(i.text == "*" for i in element.items)
            for element in self._denials(name)
        )

    def _denials(self, name: str) -> tuple[ListElement, ...]:
        """The resources of the Deny statements that name the action and have no conditions."""
        if name not in self._denying:
            self._denying[name] = tuple(
                s.resources
                for s in self._statements
                if s.effect is Effect.DENY
                and not s.conditions
                and s.resources is not None
                and s.actions is not None
                and names_action(s.actions, name)
            )
        return self._denying[name]

    def left(self, name: str, patterns: Iterable[str]) -> list[str]:
        """Those of the patterns of which no single Deny takes away all."""
        denials = self._denials(name)
        return [p for p in patterns if not any(covered_by(element, p, self.work) for element in denials)]

    def allowing(self, name: str) -> tuple[Statement, ...]:
        """The Allow statements that name the action."""
        if name not in self._allowing:
            self._allowing[name] = tuple(
                s
                for s in self._statements
                if s.effect is Effect.ALLOW
                and s.resources is not None
                and s.actions is not None
                and names_action(s.actions, name)
            )
        return self._allowing[name]

    def made(self, statement: Statement, action: Action) -> tuple[str, ...]:
        """The patterns of the resources on which the statement lets the action be called, less what is denied."""
        key = (id(statement), action.full_name)
        if key not in self._made:
            formats = _formats(self.context, action)
            texts = self._texts(statement.resources)
            self._made[key] = tuple(self.left(action.full_name, of_formats(texts, formats)))
        return self._made[key]

    def granted(self, statement: Statement, name: str, action: Action) -> Reach:
        """Where the statement allows the dependent action on resources that `action` may make."""
        key = (id(statement), f"{name} {action.full_name}")
        if key not in self._granted:
            patterns = of_formats(self._texts(statement.resources), _formats(self.context, action))
            self._granted[key] = Reach(self.left(name, patterns))
        return self._granted[key]

    def _texts(self, resources: ListElement | None) -> list[str]:
        """The patterns of a Resource; anything may stand for a NotResource and for a placeholder."""
        if resources is None or resources.negated:
            return ["*"]
        return ["*" if self.context.templated(i.node) else i.text for i in resources.items]

    def roles(self, statement: Statement) -> list[str]:
        """The patterns of the roles that the statement lets pass, less what is denied."""
        found = of_formats(self._texts(statement.resources), [ROLE_FORMAT])
        if statement.resources is not None and statement.resources.negated:
            found = [p for p in found if not _excluded(statement.resources, p, self.work)]
        return self.left(_PASS_ROLE, found)


def _excluded(resources: ListElement, pattern: str, work: Work) -> bool:
    """Whether one entry of a NotResource takes away all that the pattern matches."""
    for item in resources.items:
        work.spend(1)
        if resource_covers(item.text, pattern, work):
            return True
    return False


def missing_dependents(context: CheckContext) -> Iterator[Finding]:
    """One finding for each dependent action that no statement allows, listing the actions that need it; a role that
    is passed to another service is another permission."""
    if not context.whole:
        return  # what is missing may stand in the part that could not be read
    grants = _Grants(context)
    missing: dict[tuple[str, str], list[_Need]] = {}
    missing_tags: dict[str, list[_Need]] = {}
    for need in _needs(context, grants):
        name = need.dependent.action
        if need.dependent.when == "always":
            if not _allowed(grants, need):
                missing.setdefault((name, need.dependent.passed_to), []).append(need)
        elif _may_carry_tags(need.statement) and not _allowed(grants, need):
            missing_tags.setdefault(name, []).append(need)
    for (name, _), needs in missing.items():
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
                if dependent.when not in ("always", "tags") or dependent.inferred:
                    continue
                if grants.denied(action.full_name) or not grants.made(statement, action):
                    break  # what can never be called needs nothing
                yield _Need(statement, item, action, dependent)


def _may_carry_tags(statement: Statement) -> bool:
    return not any(
        t.key.lower() == "aws:tagkeys"
        and t.operator is not None
        and t.operator.base.family is Family.EXISTENCE
        and [v.text.lower() for v in t.values] == ["true"]
        for t in statement.conditions
    )


def _allowed(grants: _Grants, need: _Need) -> bool:
    """Whether some statement allows the dependent action where it is needed. Conditions are taken as met but for those
    whose key has a known value there: the service that a role is passed to, the action that tags, that there are
    tags."""
    name = need.dependent.action
    if grants.denied(name):
        return False
    for statement in grants.allowing(name):
        grants.work.spend(1)
        if name == _PASS_ROLE:
            known = {_PASSED_TO: need.dependent.passed_to}
            reached = _may_hold(statement, known) and bool(grants.roles(statement))
        elif need.dependent.when == "tags":
            known = {_TAGGING_ACTION: need.action.name, _TAG_KEYS: ""}
            reached = _may_hold(statement, known) and _reaches(grants, statement, need)
        else:
            reached = statement.resources is not None and (
                statement.resources.negated or bool(statement.resources.items)
            )
        if reached:
            return True
    return False


def _may_hold(statement: Statement, known: Mapping[str, str]) -> bool:
    """Whether the conditions may be met where the keys of `known`, in lower case, are sent with these values (empty:
    with any)."""
    return all(_test_takes(t, known[t.key.lower()]) for t in statement.conditions if t.key.lower() in known)


def _test_takes(test: ConditionTest, value: str) -> bool:
    operator = test.operator
    if operator is not None and operator.base.family is Family.EXISTENCE:
        return [v.text.lower() for v in test.values] != ["true"]
    if operator is None or operator.base.family is not Family.STRING or not value:
        return True
    like = operator.base.test == "like"
    ignore = operator.base.test == "equals-ignoring-case"
    matched = any(
        "${" in v.text
        or (
            compile_glob(v.text).matches(value)
            if like
            else (v.text.lower() if ignore else v.text) == (value.lower() if ignore else value)
        )
        for v in test.values
    )
    return matched != operator.base.negated


def _formats(context: CheckContext, action: Action) -> list[str]:
    """The ARN formats of the resource that the action makes: its required types."""
    wanted = {row.type.lower() for row in action.rows if row.required} or {row.type.lower() for row in action.rows}
    return [t.arn for t in context.catalog.resource_types(action.service) if t.name.lower() in wanted]


def _reaches(grants: _Grants, statement: Statement, need: _Need) -> bool:
    """Whether the statement takes in some resource that the needing action may make."""
    resources = statement.resources
    made = grants.made(need.statement, need.action)
    if resources is None:
        return False
    if resources.negated:
        left = grants.left(need.dependent.action, made)
        return any(not _excluded(resources, pattern, grants.work) for pattern in left)
    granted = grants.granted(statement, need.dependent.action, need.action)
    return any(granted.meets(pattern, grants.work) for pattern in made)


def _listed(needs: list[_Need]) -> str:
    return listed([n.action.full_name for n in needs], _NAMED)


def _note(context: CheckContext, needs: list[_Need]) -> str:
    date = next((n.dependent.date for n in needs if n.dependent.date), "")
    rests_on = f"dependencies as of {date}" if date else context.catalog_note
    alone = "; judged by this document alone, another policy may grant it"
    return rests_on + (alone if context.companions is None else "")


def _report_missing(context: CheckContext, name: str, needs: list[_Need], mend: tuple[Fix, ...]) -> Finding:
    verb = "need" if len({n.action.full_name for n in needs}) > 1 else "needs"
    to, condition = "", ""
    if name == _PASS_ROLE:
        service = needs[0].dependent.passed_to
        to, condition = (f" to {service}", f" with iam:PassedToService {service}") if service else ("", "")
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
    names = {need.action.full_name for need in needs}
    one = len(names) == 1
    fails = f"fail{'s' * one} there with AccessDenied although {'it is' if one else 'they are'}"
    return context.report(
        "DEPENDENT_ACTION_MISSING_FOR_TAGS",
        f"SageMaker Studio tags all it creates, so {_listed(needs)} {fails} allowed: "
        f"no statement {_here(context)} allows {name} on the new resource. "
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
        service = needs[0].dependent.passed_to
        statement["Resource"] = f"arn:aws:iam::{account}:role/<execution-role>"
        label = f"Add {name} for one role"
        if service:
            statement["Condition"] = {"StringEquals": {"iam:PassedToService": service}}
            label += f", to {service}"
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
