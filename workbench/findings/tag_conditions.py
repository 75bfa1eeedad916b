"""Tests of aws:ResourceTag beside actions that no tag can restrict. Source: spec findings.md section 2.3, Tag rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbench.findings.condition_edits import remove_entries, remove_statements, remove_test, split_off
from workbench.findings.condition_tests import is_positive
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Finding, Fix
from workbench.findings.names import has_wildcard
from workbench.findings.places import key_place
from workbench.policy.model import ConditionTest, Effect, Item, ListElement, Statement

if TYPE_CHECKING:
    from workbench.catalog.model import Action

_RESOURCE_TAG = "aws:resourcetag/"
_REQUEST_TAG = "aws:requesttag/"


def tag_conditions(context: CheckContext) -> Iterator[Finding]:
    """Each statement and tag key with actions that do not know resource tags."""
    for statement in context.statements:
        actions, effect = statement.actions, statement.effect
        if actions is None or effect is None:
            continue
        for test in statement.conditions:
            if test.key.lower().startswith(_RESOURCE_TAG) and is_positive(test):
                yield from _test(context, statement, actions, effect, test)


def _test(
    context: CheckContext, statement: Statement, actions: ListElement, effect: Effect, test: ConditionTest
) -> Iterator[Finding]:
    word = effect.value.upper()
    if actions.negated:
        yield context.report(
            f"{word}_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
            f"NotAction takes in many actions whose requests never carry {test.key}, so this {effect.value} does not "
            "reach them. List the actions in Action.",
            key_place(statement, actions),
            test.key_place,
        )
        return
    deaf = [item for item in actions.items if not context.templated(item.node) and _ignores_tags(context, item)]
    if not deaf:
        return
    services = ", ".join(dict.fromkeys(item.text.partition(":")[0] for item in deaf))
    outcome = "are not allowed by this statement" if effect is Effect.ALLOW else "are not denied by this statement"
    yield context.report(
        f"{word}_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
        f"Requests for {_names(deaf)} never carry {test.key}, so these actions of {services} {outcome}. Move them to a "
        "statement without this condition.",
        *(item.place for item in deaf),
        test.key_place,
        note=context.catalog_note,
        fixes=_apart(context, statement, actions, effect, deaf, test),
    )


def _apart(
    context: CheckContext,
    statement: Statement,
    actions: ListElement,
    effect: Effect,
    deaf: list[Item],
    test: ConditionTest,
) -> tuple[Fix, ...]:
    """In an Allow the actions give nothing and can go; a Deny reaches them only without the condition."""
    whole = len(deaf) == len(actions.items)
    if effect is Effect.ALLOW:
        mend = (
            remove_statements("Remove the statement", context.policy, [statement])
            if whole
            else remove_entries(f"Remove {_names(deaf)}", statement, actions.name, deaf)
        )
    elif whole:
        mend = remove_test(f"Remove {test.key}", statement, test)
    else:
        label = f"Write a statement without {test.key} for {_names(deaf)}"
        mend = split_off(label, context.policy, statement, deaf, test)
    return (mend,) if mend else ()


def _names(items: list[Item]) -> str:
    shown = ", ".join(item.text for item in items[:3])
    return shown + (f" and {len(items) - 3} more" if len(items) > 3 else "")


def _ignores_tags(context: CheckContext, item: Item) -> bool:
    prefix, _, name = item.text.partition(":")
    if name == "*" and not has_wildcard(prefix):
        matched = context.catalog.expand(item.text)
        return bool(matched) and all(_no_tag(context, action) for action in matched)
    if has_wildcard(item.text):
        return False
    action = context.catalog.action(item.text)
    return action is not None and action.status == "current" and not action.rows and _no_tag(context, action)


def _no_tag(context: CheckContext, action: Action) -> bool:
    """Whether neither the tags of a resource nor those of the request (a create call) ever reach the condition."""
    catalog = context.catalog
    return not catalog.supports(action, f"{_RESOURCE_TAG}x") and not catalog.supports(action, f"{_REQUEST_TAG}x")


CHECKS = (
    Check(
        "tag conditions",
        (
            "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
            "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
            "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
            "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
        ),
        tag_conditions,
        local=True,
    ),
)
