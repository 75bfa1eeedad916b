"""Which element may stand where: the grammar that depends on the kind of policy. Source: spec grammar.md section 2."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.document.span import Span
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import CURRENT_VERSION, Defect, Effect, Place, Policy, Statement

_WITHOUT_PRINCIPAL = frozenset({PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.SCP})
_ORGANIZATION = frozenset({PolicyKind.SCP, PolicyKind.RCP})
PRINCIPAL_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")


def check_kind(policy: Policy) -> Iterator[Defect]:
    """Every breach of what grammar.md section 2 says of the policy's kind, in no particular order."""
    kind = policy.kind
    if kind in _ORGANIZATION and policy.version is not None and policy.version.value == "2008-10-17":
        yield Defect(
            "INVALID_VERSION",
            (Place((("value", "Version"),), Span(policy.version.start, policy.version.end)),),
            f"A {kind} must have Version {CURRENT_VERSION}.",
            fatal=True,
        )
    for statement in policy.statements:
        yield from _principal(statement, kind)
        yield from _resource(statement, kind)
        if kind is PolicyKind.RCP:
            yield from _rcp(statement)


def _at_key(statement: Statement, name: str, span: Span) -> tuple[Place, ...]:
    return (Place((*statement.path, ("key", name)), span),)


def _principal(statement: Statement, kind: PolicyKind) -> Iterator[Defect]:
    principal = statement.principal
    if principal is None:
        if kind not in _WITHOUT_PRINCIPAL:
            details = f"A statement of a {kind} must say for whom it is. Add Principal."
            yield Defect("MISSING_PRINCIPAL", (statement.place,), details, fatal=True)
        return
    at_key = _at_key(statement, principal.name, Span(principal.key.start, principal.key.end))
    if kind in _WITHOUT_PRINCIPAL:
        code = "SCP_SYNTAX_ERROR_PRINCIPAL" if kind is PolicyKind.SCP else "UNSUPPORTED_PRINCIPAL"
        yield Defect(code, at_key, f"A {kind} must not have {principal.name}. Remove it.", fatal=True)
        return
    for entry in principal.entries:
        if entry.kind not in PRINCIPAL_TYPES:
            details = f"There is no principal type {entry.kind!r}. Use one of {', '.join(PRINCIPAL_TYPES)}."
            yield Defect("INVALID_PRINCIPAL_KEY", (entry.item.place,), details, fatal=True)
    if not principal.negated:
        return
    if kind is PolicyKind.TRUST:
        details = "A role trust policy must not have NotPrincipal. Name the principals in Principal."
        yield Defect("ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", at_key, details, fatal=True)
    elif kind is not PolicyKind.RCP and statement.effect is Effect.ALLOW:
        details = "NotPrincipal with Allow gives access to everyone else. Name the principals in Principal."
        yield Defect("ALLOW_WITH_NOT_PRINCIPAL", at_key, details, fatal=True)


def _resource(statement: Statement, kind: PolicyKind) -> Iterator[Defect]:
    resources = statement.resources
    if kind is PolicyKind.TRUST:
        if resources is not None:
            at_key = _at_key(statement, resources.name, Span(resources.key.start, resources.key.end))
            details = f"A role trust policy must not have {resources.name}: it is about its own role. Remove it."
            yield Defect("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", at_key, details, fatal=True)
    elif resources is None:
        details = "The statement has no Resource. Add one."
        yield Defect("MISSING_RESOURCE", (statement.place,), details, fatal=True)


def _rcp(statement: Statement) -> Iterator[Defect]:
    actions, principal = statement.actions, statement.principal
    if actions is not None and actions.negated:
        at_key = _at_key(statement, actions.name, Span(actions.key.start, actions.key.end))
        details = "A resource control policy must not have NotAction. List the actions in Action."
        yield Defect("RCP_SYNTAX_ERROR_NOTACTION", at_key, details, fatal=True)
    if principal is not None and (principal.negated or [e.item.text for e in principal.entries] != ["*"]):
        place = Place((*statement.path, ("value", principal.name)), Span(principal.node.start, principal.node.end))
        details = 'The Principal of a resource control policy must be "*". Select callers with conditions.'
        yield Defect("RCP_SYNTAX_ERROR_PRINCIPAL", (place,), details, fatal=True)
    if statement.effect is Effect.ALLOW and not _is_full_access(statement):
        place = Place((*statement.path, ("value", "Effect")), Span(statement.node.start, statement.node.end))
        details = "A resource control policy may only deny. Write Deny, or leave the statement out."
        yield Defect("RCP_SYNTAX_ERROR_ALLOW", (place,), details, fatal=True)


def _is_full_access(statement: Statement) -> bool:
    """Whether it is RCPFullAWSAccess's own statement, the only Allow an RCP may hold."""
    actions, resources = statement.actions, statement.resources
    return (
        not statement.has_condition
        and actions is not None
        and resources is not None
        and not actions.negated
        and not resources.negated
        and [i.text for i in actions.items] == ["*"]
        and [i.text for i in resources.items] == ["*"]
    )
