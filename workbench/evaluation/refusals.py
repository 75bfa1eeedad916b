"""Policies that no request may be judged by: AWS refuses them, or nobody knows what they mean.

An error in the answer is better than a statement that silently never matches. Source: spec grammar.md, conditions.md
section 2 ("Malformed values"), evaluation.md section 3 (any error ends the request without access).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.document.nodes import StringNode
from workbench.document.span import Span
from workbench.patience import check
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import CURRENT_VERSION, Defect, ListElement, Place, Policy, PrincipalElement
from workbench.policy.names import is_everything, with_article
from workbench.policy.operators import Family
from workbench.policy.principals import may_name_somebody

_LAST_CHARACTER = "\u00ff"
"""No policy that IAM keeps has a character after it (grammar.md section 1, G8)."""


_IAM = frozenset({PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.TRUST})
"""Kinds that IAM keeps. Other services have rules of their own for Sids."""
_SID = re.compile("[A-Za-z0-9]*")


def refusal(policy: Policy) -> Defect | None:
    """The first reason why requests cannot be judged by the policy, None if they can."""
    return policy.fatal or next(_beyond_grammar(policy), None)


def refusals(policy: Policy) -> Iterator[Defect]:
    """All of them, those of the grammar first; a statement with one may give another that follows from it."""
    yield from (defect for defect in policy.defects if defect.fatal)
    yield from _beyond_grammar(policy)


def _beyond_grammar(policy: Policy) -> Iterator[Defect]:
    if policy.version is None and policy.kind in (PolicyKind.SCP, PolicyKind.RCP) and policy.document.root is not None:
        # The old Version is refused by the grammar already; it is its absence that other kinds may have.
        details = f"{with_article(policy.kind, capital=True)} must have Version {CURRENT_VERSION}."
        yield Defect("MISSING_VERSION", (Place((), _whole(policy)),), details, fatal=True)
    if policy.kind in _IAM:
        yield from _sids(policy)
    for statement in policy.statements:
        check()
        principal = statement.principal
        if principal is not None and isinstance(principal.node, StringNode) and principal.node.value != "*":
            details = f'{principal.name} is a string other than "*"; write an object such as {{"AWS": …}}.'
            yield Defect("INVALID_PRINCIPAL_FORMAT", (principal.entries[0].item.place,), details, fatal=True)
        if principal is not None:
            yield from _entries(principal)
        if principal is not None and policy.kind is not PolicyKind.TRUST:
            yield from _federated(principal)
        if statement.actions is not None:
            yield from _action(statement.actions)
        for test in statement.conditions:
            operator = test.operator
            if operator is None or operator.base.family is not Family.EXISTENCE:
                continue
            for value in test.values:
                if value.text.lower() not in ("true", "false"):
                    details = f"Null takes true or false, not {value.text!r}."
                    yield Defect("TYPE_MISMATCH_BOOLEAN", (value.place,), details, fatal=True)


def _whole(policy: Policy) -> Span:
    root = policy.document.root
    assert root is not None
    return Span(root.start, root.end)


def _sids(policy: Policy) -> Iterator[Defect]:
    """The Sids that IAM refuses: other than letters and digits, or twice in a document (grammar.md section 4)."""
    seen: set[str] = set()
    for statement in policy.statements:
        sid = statement.sid
        if sid is None or not sid.value:
            continue
        places = (Place((*statement.path, ("value", "Sid")), Span(sid.start, sid.end)),)
        if not _SID.fullmatch(sid.value):
            details = f"The Sid {sid.value!r} holds other than letters A to Z and a to z and digits, which IAM refuses."
            yield Defect("UNSUPPORTED_SID", places, details, fatal=True)
        if sid.value in seen:
            details = f"The Sid {sid.value!r} stands in an earlier statement too, which IAM refuses."
            yield Defect("UNIQUE_SIDS_REQUIRED", places, details, fatal=True)
        seen.add(sid.value)


def _entries(element: PrincipalElement) -> Iterator[Defect]:
    """Entries that AWS refuses and that would else silently name nobody (grammar.md section 5)."""
    for kind, item in element.entries:
        if ("*" in item.text or "?" in item.text) and (kind, item.text) != ("AWS", "*"):
            details = f"{item.text!r} in {element.name} has a wildcard; only the whole AWS entry * is one."
            yield Defect("UNSUPPORTED_WILDCARD_IN_PRINCIPAL", (item.place,), details, fatal=True)
        if kind == "AWS" and ":group/" in item.text:
            details = f"{item.text!r} in {element.name} is a group, and a group is no principal. Name its users."
            yield Defect("INVALID_PRINCIPAL_FORMAT", (item.place,), details, fatal=True)
        if not may_name_somebody(kind, item.text):
            details = f"{item.text!r} in {element.name} can name no {kind} principal."
            yield Defect("INVALID_PRINCIPAL_FORMAT", (item.place,), details, fatal=True)


def _federated(element: PrincipalElement) -> Iterator[Defect]:
    for kind, item in element.entries:
        if kind == "Federated":
            details = f"{item.text!r} in {element.name} is a provider, whom only a role trust policy may name."
            yield Defect("FEDERATED_PRINCIPAL_NOT_SUPPORTED", (item.place,), details, fatal=True)


def _action(element: ListElement) -> Iterator[Defect]:
    for item in element.items:
        text = item.text
        prefix, colon, name = text.partition(":")
        if not prefix.isascii() or not (text.isascii() or max(text) <= _LAST_CHARACTER):
            details = f"{text!r} in {element.name} has a character that no service or action has."
            yield Defect("INVALID_ACTION", (item.place,), details, fatal=True)
        if text.split() != [text] and text:
            details = f"{text!r} in {element.name} has a blank, and no action has one."
            yield Defect("INVALID_ACTION", (item.place,), details, fatal=True)
        if is_everything(text):
            continue
        if not colon or not prefix or not name or ":" in name:
            details = f"{text!r} in {element.name} is no action: write a service prefix, one colon and a name."
            yield Defect("INVALID_ACTION", (item.place,), details, fatal=True)
        if "*" in prefix or "?" in prefix:
            details = f"{text!r} in {element.name} has a wildcard in the service prefix, which IAM refuses."
            yield Defect("INVALID_SERVICE_IN_ACTION", (item.place,), details, fatal=True)
