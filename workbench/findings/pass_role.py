"""iam:PassRole and iam:CreateServiceLinkedRole granted too widely: one rule over two axes. Source: findings.md "
"section 2.2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from workbench.evaluation.glob import compile_glob
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Finding
from workbench.findings.names import has_wildcard
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
    yield context.report(
        f"{family.code}_WITH_{suffix}",
        f"{written} {where} {'includes ' + family.action + ' and ' if literal is None else ''}{family.risk}. "
        f"{family.remedy}",
        action_place,
        *places,
    )


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
