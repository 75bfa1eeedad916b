"""Names of actions and their services: known, misspelt, retired or new. Source: spec findings.md sections 2 and 4.2."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbench.document.unseen import character_name
from workbench.evaluation.glob import compile_glob
from workbench.findings import fixes
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Confidence, Finding, Fix
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Item, ListElement, Statement
from workbench.policy.names import is_everything
from workbench.policy.tokens import Variable, tokenize

if TYPE_CHECKING:
    from workbench.catalog.model import Action

_WILDCARDS = frozenset("*?")
_NO_HINT = "Check the spelling, or update the catalog."


def has_wildcard(text: str) -> bool:
    return not _WILDCARDS.isdisjoint(text)


def names_action(element: ListElement, name: str) -> bool:
    """Whether an Action or NotAction is about the action."""
    lower = name.lower()
    named = any(is_everything(i.text) or compile_glob(i.text.lower()).matches(lower) for i in element.items)
    return named != element.negated


def action_names(context: CheckContext) -> Iterator[Finding]:
    """Every action that is no action, or is one no more, or is not known."""
    for statement, element in context.elements():
        retired: dict[str, list[Item]] = {}
        for item in element.items:
            if is_everything(item.text) or context.templated(item.node):
                continue
            if "${" in item.text and _known_variable(context, item.text):
                continue  # reported as a variable where none may stand
            yield from _item(context, statement, element, item, retired)
        for prefix, items in retired.items():
            service = context.catalog.service(prefix)
            seen = f", last known on {service.last_seen}" if service is not None and service.last_seen else ""
            yield context.report(
                "RETIRED_SERVICE",
                f"AWS has retired the service {prefix}{seen}. Remove its actions.",
                *(i.place for i in items),
                note=context.catalog_note,
            )


def _known_variable(context: CheckContext, text: str) -> bool:
    parts = tokenize(text, wildcards=True, variables=True).variables
    return any(isinstance(v, Variable) and context.catalog.key(v.key) is not None for v in parts)


def _item(
    context: CheckContext, statement: Statement, element: ListElement, item: Item, retired: dict[str, list[Item]]
) -> Iterator[Finding]:
    prefix, colon, name = item.text.partition(":")
    if not colon or not prefix or not name or ":" in name:
        yield _malformed(context, item)
        return
    if has_wildcard(prefix):
        if context.kind is not PolicyKind.RCP:  # there it is RCP_SYNTAX_ERROR_ACTION
            yield context.report(
                "INVALID_SERVICE_IN_ACTION",
                f"The action {item.text} has a wildcard in its service prefix, which IAM refuses. Write one action for "
                "each service.",
                item.place,
                confidence=Confidence.INFERRED,
            )
        return
    service = context.catalog.service(prefix)
    if context.catalog.is_known_rejected(prefix):
        yield _rejected_service(context, item, prefix)
    elif service is None:
        yield _unknown_service(context, item, prefix)
    elif service.status == "retired":
        if context.catalog.is_known_rejected(item.text):
            yield _rejected_action(context, item)
        else:
            retired.setdefault(service.prefix, []).append(item)
    elif has_wildcard(name):
        if not context.catalog.matches_any(item.text):
            yield context.report(
                "ACTION_PATTERN_MATCHES_NOTHING",
                f"No action of {service.prefix} matches {item.text}. Correct the pattern, or remove it.",
                item.place,
                note=context.catalog_note,
            )
    else:
        yield from _literal(context, item)


def _malformed(context: CheckContext, item: Item) -> Finding:
    near = context.catalog.suggest_action(item.text) if ":" in item.text else None
    hint = f"Did you mean {near}?" if near else "Write a service prefix, a colon and a name, such as s3:GetObject."
    return context.report(
        "INVALID_ACTION",
        f"{fixes.quoted(item.text)} is no action. {hint}",
        item.place,
        confidence=Confidence.INFERRED,
        fixes=_replacement(item, near),
    )


def _rejected_service(context: CheckContext, item: Item, prefix: str) -> Finding:
    return context.report(
        "INVALID_SERVICE_IN_ACTION",
        f"The service {prefix} in the action {item.text} does not exist. Remove the action.",
        item.place,
        confidence=Confidence.OBSERVED,
        note=f"rejected by AWS on {context.catalog.rejected_on}",
    )


def _unknown_service(context: CheckContext, item: Item, prefix: str) -> Finding:
    near = context.catalog.suggest_service(prefix)
    if near:
        better = near + item.text[len(prefix) :]
        known = context.catalog.action(better)
        better = known.full_name if known is not None else better
        return context.report(
            "INVALID_SERVICE_IN_ACTION",
            f"The service {prefix} in the action {item.text} does not exist. Did you mean {near}?",
            item.place,
            note=context.catalog_note,
            fixes=_replacement(item, better),
        )
    foreign = next((c for c in prefix if not c.isascii()), "")
    if foreign:
        return context.report(
            "SERVICE_NOT_IN_CATALOG",
            f"No service is named {prefix}: it is written with {character_name(foreign)}, which only looks like an "
            "ordinary letter.",
            item.place,
            note=context.catalog_note,
        )
    return context.report(
        "SERVICE_NOT_IN_CATALOG",
        f"The service {prefix} is not in the catalog of {context.catalog.date}. "
        f"{context.catalog.candidates(item.text).sentence or _NO_HINT}",
        item.place,
        note=context.catalog_note,
    )


def _literal(context: CheckContext, item: Item) -> Iterator[Finding]:
    action: Action | None = context.catalog.action(item.text)
    if context.catalog.is_known_rejected(item.text):
        yield _rejected_action(context, item)
    elif action is None:
        candidates = context.catalog.candidates(item.text)
        if candidates.near:
            yield context.report(
                "INVALID_ACTION",
                f"The action {item.text} does not exist. {candidates.sentence}",
                item.place,
                note=context.catalog_note,
                fixes=_replacement(item, candidates.near),
            )
        else:
            yield context.report(
                "ACTION_NOT_IN_CATALOG",
                f"The action {item.text} is not in the catalog of {context.catalog.date}. "
                f"{candidates.sentence or _NO_HINT}",
                item.place,
                note=context.catalog_note,
            )
    elif action.status == "retired":
        seen = f" It was last known on {action.last_seen}." if action.last_seen else ""
        yield context.report(
            "RETIRED_ACTION",
            f"AWS has retired the action {item.text}; remove it.{seen}",
            item.place,
            note=context.catalog_note,
        )


def _rejected_action(context: CheckContext, item: Item) -> Finding:
    return context.report(
        "INVALID_ACTION",
        f"The action {item.text} does not exist. Remove it.",
        item.place,
        confidence=Confidence.OBSERVED,
        note=f"rejected by AWS on {context.catalog.rejected_on}",
    )


def _replacement(item: Item, better: str | None) -> tuple[Fix, ...]:
    if not better:
        return ()
    return (fixes.replace_string(f"Replace {fixes.quoted(item.text)} by {fixes.quoted(better)}", item.node, better),)


CHECKS = (
    Check(
        "names of actions",
        (
            "INVALID_ACTION",
            "INVALID_SERVICE_IN_ACTION",
            "ACTION_NOT_IN_CATALOG",
            "SERVICE_NOT_IN_CATALOG",
            "RETIRED_ACTION",
            "RETIRED_SERVICE",
            "ACTION_PATTERN_MATCHES_NOTHING",
        ),
        action_names,
        local=True,
    ),
)
