"""Condition keys that no request for an action of the statement ever carries. Source: spec findings.md section 3.1,
catalog.md section 2, context-keys.md section 5.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbench.findings.context import Check, CheckContext
from workbench.findings.listing import listed
from workbench.findings.model import Finding
from workbench.findings.names import has_wildcard
from workbench.policy.model import ConditionTest, Effect, Item, Statement
from workbench.policy.names import is_everything
from workbench.policy.operators import Family, Qualifier

if TYPE_CHECKING:
    from workbench.catalog.model import Action

_OF_SESSIONS = frozenset(
    {"ec2:sourceinstancearn", "lambda:sourcefunctionarn", "identitystore:userid", "ssm:sourceinstancearn"}
)
"""Keys that a session carries into every request, whatever service they are named after."""
_OF_PROVIDERS = frozenset({"saml", "cognito-identity.amazonaws.com", "sts"})
"""What stands before the colon of keys that a role session may keep from how it was made."""


def unsupported_keys(context: CheckContext) -> Iterator[Finding]:
    """Each test on a key of a service that none of the statement's actions supports, while others of the service do
    (CONDITION_KEY_NOT_SUPPORTED). Keys of tags are left to the findings about tags."""
    for statement, test in context.tests():
        if test.operator is None or not _is_of_a_service(context, test.key):
            continue
        items = _named_actions(context, statement)
        if items is None or any(_supports(context, item, test.key) for item in items):
            continue
        if not context.catalog.supporting(f"{test.key.partition(':')[0]}:*", test.key):
            continue  # where no action of the service is known to, the catalog may not say it
        names = listed([item.text for item in items])
        yield context.report(
            "CONDITION_KEY_NOT_SUPPORTED",
            f"Requests for {names} never carry {test.key}, so this test {_outcome(statement, test)}.",
            test.key_place,
            note=context.catalog_note,
        )


def _is_of_a_service(context: CheckContext, key: str) -> bool:
    lower = key.lower()
    service = lower.partition(":")[0]
    if service == "aws" or service in _OF_PROVIDERS or "." in service or "/" in key or lower in _OF_SESSIONS:
        return False
    known = context.catalog.key(key)
    return known is not None and known.status == "current"


def _named_actions(context: CheckContext, statement: Statement) -> tuple[Item, ...] | None:
    """The items of an Action that all are about known actions; None where anything else may be meant."""
    actions = statement.actions
    if actions is None or actions.negated or not actions.items:
        return None
    for item in actions.items:
        if is_everything(item.text) or context.templated(item.node) or not _matched(context, item):
            return None
    return actions.items


def _matched(context: CheckContext, item: Item) -> tuple[Action, ...]:
    if has_wildcard(item.text):
        return context.catalog.expand(item.text)
    action = context.catalog.action(item.text)
    return (action,) if action is not None and action.status == "current" else ()


def _supports(context: CheckContext, item: Item, key: str) -> bool:
    return any(context.catalog.supports(action, key) for action in _matched(context, item))


def _outcome(statement: Statement, test: ConditionTest) -> str:
    """What a test comes to if its key is always absent (conditions.md section 1)."""
    operator = test.operator
    assert operator is not None
    if operator.base.family is Family.EXISTENCE:
        holds = any(v.text.lower() == "true" for v in test.values)
    else:
        qualifier = operator.qualifier
        holds = operator.if_exists or qualifier is Qualifier.FOR_ALL or (operator.base.negated and not qualifier)
    if holds:
        return "is always true and restricts nothing"
    effect = "denies" if statement.effect is Effect.DENY else "allows"
    return f"is never true and the statement {effect} nothing"


CHECKS = (Check("keys without support", ("CONDITION_KEY_NOT_SUPPORTED",), unsupported_keys),)
