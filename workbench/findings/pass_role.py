"""iam:PassRole and iam:CreateServiceLinkedRole granted too widely: one rule over two axes. Source: findings.md "
"section 2.2."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from workbench.evaluation.glob import compile_glob
from workbench.findings import fixes
from workbench.findings.condition_edits import add_test, joined, remove_entries
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Confidence, Finding, Fix
from workbench.findings.names import has_wildcard, names_action
from workbench.findings.places import value_place
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import ConditionTest, Effect, Item, ListElement, Place, Statement
from workbench.policy.names import is_everything
from workbench.policy.operators import Family, Qualifier

# An ARN that leaves the whole name of the role open (the ARN forms are inferred).
_ANY_ROLE = re.compile(r"arn:[^:]*:[^:]*:[^:]*:[^:]*:(?:\*+|role/\*+|role\*+|role/aws-service-role/\*+)", re.DOTALL)


class _Family(NamedTuple):
    """One of the two actions: the beginning of its codes, the key whose positive test exempts, what it opens."""

    code: str
    action: str
    key: str
    risk: str
    remedy: str


_FAMILIES = (
    _Family(
        "PASS_ROLE",
        "iam:PassRole",
        "iam:passedtoservice",
        "lets the caller hand any role to a service",
        "Name the roles in Resource, or test iam:PassedToService.",
    ),
    _Family(
        "CREATE_SLR",
        "iam:CreateServiceLinkedRole",
        "iam:awsservicename",
        "lets the caller create service-linked roles of any service",
        "Name the roles in Resource, or test iam:AWSServiceName.",
    ),
)


def wide_roles(context: CheckContext) -> Iterator[Finding]:
    """Each Allow that grants one of the two actions on any role; one finding a statement and family."""
    if context.kind.policy_type is not PolicyKind.IDENTITY.policy_type:
        return
    for statement in context.statements:
        if statement.effect is not Effect.ALLOW or statement.actions is None or statement.resources is None:
            continue
        for family in _FAMILIES:
            yield from _family(context, statement, statement.actions, statement.resources, family)


def _family(
    context: CheckContext, statement: Statement, actions: ListElement, resources: ListElement, family: _Family
) -> Iterator[Finding]:
    name = family.action.lower()
    granting = [i for i in actions.items if _matches(i.text, name)]
    if any(context.templated(i.node) for i in actions.items) and actions.negated:
        return
    if bool(granting) == actions.negated or _exempt(statement, family):
        return
    literal = next((i for i in granting if not has_wildcard(i.text)), None)
    form, action_place, written = _action_form(statement, actions, granting, literal)
    wide: list[Item] = []
    if resources.negated:
        places = [value_place(statement, resources)]
        suffix = _SUFFIXES[form][1]
        where = "on all roles that NotResource does not name"
    else:
        wide = [i for i in resources.items if _is_wide(context, i)]
        if not wide:
            return
        places = [i.place for i in wide]
        suffix = _SUFFIXES[form][0]
        where = f"on {wide[0].text}"
    denial = context.once(_denials).get(name)
    also = f"includes {family.action} and " if literal is None else ""
    yield context.report(
        f"{family.code}_WITH_{suffix}",
        f"{written} {where} {also}{family.risk}. {family.remedy}"
        if denial is None
        else f"{written} {where} by itself {also}{family.risk}; the Deny in {denial.name} takes that away. "
        f"{family.remedy}",
        action_place,
        *places,
        confidence=Confidence.INFERRED if not resources.negated and wide[0].text != "*" else None,
        fixes=_narrowed(context, statement, family, resources),
    )


def _denials(context: CheckContext) -> dict[str, Statement]:
    """Of each action the first Deny of it on every resource, without conditions. AWS judges each Allow alone, whatever
    is denied."""
    found: dict[str, Statement] = {}
    for statement in context.statements:
        actions, resources = statement.actions, statement.resources
        if statement.effect is Effect.DENY and actions and resources and not statement.has_condition:
            everywhere = not resources.negated and any(item.text == "*" for item in resources.items)
            for name in (family.action.lower() for family in _FAMILIES) if everywhere else ():
                if name not in found and names_action(actions, name):
                    found[name] = statement
    return found


def _narrowed(context: CheckContext, statement: Statement, family: _Family, resources: ListElement) -> tuple[Fix, ...]:
    """The action for the services that the other actions of the policy suggest: PassRole with iam:PassedToService, a
    service-linked role by its ARN. Only one who names the action itself can be offered that."""
    actions = statement.actions
    name = family.action.lower()
    granting = [i for i in actions.items if i.text.lower() == name] if actions is not None else []
    services = context.once(_suggested)[name]
    if actions is None or actions.negated or resources.negated or len(granting) != 1 or not services:
        return ()
    shown = ", ".join(services)
    label = f"Write {family.action} for {shown} only"
    one = services[0] if len(services) == 1 else None
    arns = [f"arn:aws:iam::*:role/aws-service-role/{service}/*" for service in services]
    passes = family.code == "PASS_ROLE"
    if len(actions.items) == 1:
        if passes:
            mend = add_test(label, context.text, statement, "StringEquals", "iam:PassedToService", one or services)
        else:
            mend = fixes.replace_node(label, resources.node, json.dumps(arns[0] if one else arns))
        return (mend,) if mend else ()
    if statement.has_condition:
        return ()
    texts = [i.text for i in resources.items]
    written: dict[str, object] = {"Effect": "Allow", "Action": family.action}
    if passes:  # the key stands in requests for this action alone, so it gets a statement of its own
        written["Resource"] = texts if len(texts) > 1 else texts[0]
        written["Condition"] = {"StringEquals": {"iam:PassedToService": one or services}}
    else:
        written["Resource"] = arns[0] if one else arns
    kept = remove_entries("", statement, actions.name, granting)
    added = fixes.add_statement("", context.policy, written)
    return (joined(label, kept, added),) if kept is not None and added is not None else ()


def _suggested(context: CheckContext) -> dict[str, list[str]]:
    """For each action the service principals whose calls, allowed here by name, need it; none where of one of these
    calls it is not known to whom the role goes, since it would fail then."""
    found: dict[str, dict[str, None]] = {family.action.lower(): {} for family in _FAMILIES}
    for statement in context.statements:
        if statement.effect is not Effect.ALLOW or statement.actions is None or statement.actions.negated:
            continue
        for item in statement.actions.items:
            known = None if has_wildcard(item.text) else context.catalog.action(item.text)
            for needed in context.catalog.dependents(known) if known is not None else ():
                name = needed.action.lower()
                if known is not None and name in found:
                    to = needed.passed_to if name == "iam:passrole" else f"{known.service}.amazonaws.com"
                    found[name][to] = None
    return {name: [] if "" in services else list(services) for name, services in found.items()}


_SUFFIXES = {
    "literal": ("STAR_IN_RESOURCE", "NOT_RESOURCE"),
    "pattern": ("STAR_IN_ACTION_AND_RESOURCE", "STAR_IN_ACTION_AND_NOT_RESOURCE"),
    "negated": ("STAR_IN_RESOURCE_AND_NOT_ACTION", "NOT_ACTION_AND_NOT_RESOURCE"),
}


def _action_form(
    statement: Statement, actions: ListElement, granting: list[Item], literal: Item | None
) -> tuple[str, Place, str]:
    if actions.negated:
        return "negated", value_place(statement, actions), "NotAction"
    item = literal or granting[0]
    return ("literal" if literal else "pattern"), item.place, item.text


def _matches(pattern: str, lower_name: str) -> bool:
    return is_everything(pattern) or compile_glob(pattern.lower()).matches(lower_name)


def _is_wide(context: CheckContext, item: Item) -> bool:
    return item.text == "*" or (not context.templated(item.node) and _ANY_ROLE.fullmatch(item.text) is not None)


def _exempt(statement: Statement, family: _Family) -> bool:
    return any(_restricts(test, family) for test in statement.conditions if test.key.lower() == family.key)


def _restricts(test: ConditionTest, family: _Family) -> bool:
    operator = test.operator
    if operator is None or operator.base.negated or operator.base.family is not Family.STRING:
        return False
    if family.code == "PASS_ROLE":  # the key is always sent, so IfExists restricts too (inferred)
        return not any(v.text == "*" for v in test.values)
    if operator.if_exists or operator.qualifier is Qualifier.FOR_ALL:
        return False
    return not any(has_wildcard(v.text) for v in test.values)


def _codes() -> tuple[str, ...]:
    return tuple(f"{f.code}_WITH_{suffix}" for f in _FAMILIES for pair in _SUFFIXES.values() for suffix in pair)


CHECKS = (Check("roles passed or created", _codes(), wide_roles),)
