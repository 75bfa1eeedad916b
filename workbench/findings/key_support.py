"""Condition keys beside actions, services and resources that do not know them. Source: spec findings.md sections 2.1,
2.2 and 2.4; the lists of services in `resources/catalog/key-services.json`.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.catalog.tables import key_services
from workbench.findings.condition_edits import remove_entries, split_off
from workbench.findings.condition_tests import is_null, is_positive
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Finding
from workbench.findings.names import has_wildcard
from workbench.policy.model import ConditionTest, Item, ListElement, Statement
from workbench.policy.names import is_everything

_SHOWN = 3


def foreign_actions(context: CheckContext) -> Iterator[Finding]:
    """Actions of another service beside a service key that some action of the statement does support."""
    for statement in context.statements:
        actions = statement.actions
        if actions is None or actions.negated or len(actions.items) < 2:
            continue
        for test in statement.conditions:
            known = context.catalog.key(test.key) if is_positive(test) else None
            service = context.catalog.service(known.service) if known is not None and not known.is_global else None
            if known is None or service is None or service.status != "current":
                continue
            deaf = [item for item in actions.items if _is_foreign(context, item, known.service, test.key)]
            if not deaf or not any(_supports(context, item, test.key) for item in actions.items):
                continue
            label = f"Write a statement without {test.key} for {_names(deaf)}"
            mend = split_off(label, context.policy, statement, deaf, test)
            yield context.report(
                "UNSUPPORTED_ACTION_FOR_CONDITION_KEY",
                f"Requests for {_names(deaf)} never carry {test.key}, so the condition is never true for them. Move "
                "them to a statement without it.",
                test.key_place,
                *(item.place for item in deaf),
                note=context.catalog_note,
                fixes=(mend,) if mend else (),
            )


def _is_foreign(context: CheckContext, item: Item, service: str, key: str) -> bool:
    """Whether the item is a literal action of another service that does not support the key."""
    if has_wildcard(item.text) or context.templated(item.node):
        return False
    action = context.catalog.action(item.text)
    if action is None or action.status != "current" or action.service == service:
        return False
    return not context.catalog.supports(action, key)


def _supports(context: CheckContext, item: Item, key: str) -> bool:
    if has_wildcard(item.text):
        return not is_everything(item.text) and bool(context.catalog.supporting(item.text, key))
    return context.catalog.supports(item.text, key)


def _names(items: list[Item]) -> str:
    shown = ", ".join(item.text for item in items[:_SHOWN])
    return shown + (f" and {len(items) - _SHOWN} more" if len(items) > _SHOWN else "")


def unsent_keys(context: CheckContext) -> Iterator[Finding]:
    """Keys that only some services send, beside actions of others."""
    table = key_services()
    for statement in context.statements:
        actions = statement.actions
        if actions is None or actions.negated:
            continue
        for test in statement.conditions:
            sent_by = table.sent_by.get(test.key.lower())
            if sent_by is None or is_null(test):
                continue
            silent = [i for i in actions.items if _does_not_send(context, i, sent_by, table.but)]
            if silent:
                yield _unsent(context, statement, actions, test, silent, table.date)


def _does_not_send(context: CheckContext, item: Item, sent_by: frozenset[str], but: frozenset[str]) -> bool:
    prefix, colon, _ = item.text.lower().partition(":")
    if not colon or has_wildcard(prefix) or context.templated(item.node):
        return False
    service = context.catalog.service(prefix)
    return service is not None and (prefix not in sent_by or item.text.lower() in but)


def _unsent(
    context: CheckContext,
    statement: Statement,
    actions: ListElement,
    test: ConditionTest,
    silent: list[Item],
    date: str,
) -> Finding:
    services = ", ".join(dict.fromkeys(item.text.partition(":")[0] for item in silent))
    mend = remove_entries(f"Remove {_names(silent)}", statement, actions.name, silent)
    return context.report(
        "USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES",
        f"Requests to {services} do not carry {test.key}, so the condition does not do for them what it says. Limit "
        "the actions to services that send the key.",
        test.key_place,
        note=f"list of services of {date}",
        fixes=(mend,) if mend else (),
    )


def irrelevant_keys(context: CheckContext) -> Iterator[Finding]:
    """Keys whose value is the same in every request that the policy is asked about."""
    table = key_services()
    for _, test in context.tests():
        found = table.irrelevant.get((test.key.lower(), context.resource_type or ""))
        if found is not None:
            yield context.report(
                "IRRELEVANT_CONDITION_KEY_IN_POLICY",
                f"The condition key {test.key} says nothing here: {found}. Remove it.",
                test.key_place,
            )


CHECKS = (
    Check("actions beside a service key", ("UNSUPPORTED_ACTION_FOR_CONDITION_KEY",), foreign_actions, local=True),
    Check("keys that some services send", ("USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES",), unsent_keys, local=True),
    Check("keys that say nothing", ("IRRELEVANT_CONDITION_KEY_IN_POLICY",), irrelevant_keys, local=True),
)
