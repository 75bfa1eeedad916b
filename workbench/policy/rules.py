"""Which element may stand where: the grammar that depends on the kind of policy. Source: spec grammar.md section 2."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.document.nodes import Node, ObjectNode, StringNode
from workbench.document.span import Span
from workbench.patience import check
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import CURRENT_VERSION, OLD_VERSION, Defect, Effect, Place, Policy, Statement
from workbench.policy.names import near_match, with_article

_IAM_IDENTITY = frozenset({PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION})
_WITHOUT_PRINCIPAL = _IAM_IDENTITY | {PolicyKind.SCP}
_ORGANIZATION = frozenset({PolicyKind.SCP, PolicyKind.RCP})
# Source: Amazon ECR User Guide, private repository policies.
_WITHOUT_RESOURCE = frozenset({"ecr", "ecr-public"})
PRINCIPAL_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")
_ELEMENTS = (
    *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
    *("Resource", "NotResource", "Condition"),
)


def may_have(kind: PolicyKind, element: str) -> bool:
    """Whether a policy of the kind, or a statement of it, can have the element at all; `check_kind` says why not."""
    if element == "Id":
        return kind not in _IAM_IDENTITY | _ORGANIZATION
    if element == "Principal":
        return kind not in _WITHOUT_PRINCIPAL
    if element == "NotPrincipal":
        return kind not in _WITHOUT_PRINCIPAL | {PolicyKind.TRUST, PolicyKind.RCP}
    if element in ("Resource", "NotResource"):
        return kind is not PolicyKind.TRUST
    return element != "NotAction" or kind is not PolicyKind.RCP


def check_kind(policy: Policy) -> Iterator[Defect]:
    """Every breach of what grammar.md section 2 says of the policy's kind, in no particular order."""
    kind = policy.kind
    yield from _document(policy)
    for statement in policy.statements:
        check()
        yield from _principal(statement, kind)
        yield from _resource(statement, kind)
        if kind is PolicyKind.RCP:
            yield from _rcp(statement)


def _document(policy: Policy) -> Iterator[Defect]:
    kind, version = policy.kind, policy.version
    if kind in _ORGANIZATION and version is not None and version.value == OLD_VERSION:
        yield Defect(
            "INVALID_VERSION",
            (Place((("value", "Version"),), _span(version)),),
            f"{with_article(kind, capital=True)} must have Version {CURRENT_VERSION}.",
            fatal=True,
        )
    root = policy.document.root
    member = next((m for m in root.members if m.key.value == "Id"), None) if isinstance(root, ObjectNode) else None
    if member is not None and kind in _IAM_IDENTITY:
        details = f"The grammar gives {with_article(kind)} no Id, though IAM may take it. Remove it."
        yield Defect("ID_IN_IDENTITY_POLICY", (Place((("key", "Id"),), _span(member.key)),), details, fatal=False)
    elif member is not None and kind in _ORGANIZATION:
        details = f"{with_article(kind, capital=True)} has no Id. Remove it."
        yield Defect("INVALID_POLICY_ELEMENT", (Place((("key", "Id"),), _span(member.key)),), details, fatal=False)


def _span(node: Node) -> Span:
    return Span(node.start, node.end)


def _at_key(statement: Statement, name: str, key: StringNode) -> tuple[Place, ...]:
    return (Place((*statement.path, ("key", name)), _span(key)),)


def _misspelt(statement: Statement, element: str) -> bool:
    """Whether some unknown member is a misspelling of `element`: then that is the finding, not its absence."""
    names = (m.key.value for m in statement.node.members if m.key.value not in _ELEMENTS)
    return any(near_match(name.strip(), _ELEMENTS) in (element, f"Not{element}") for name in names)


def _principal(statement: Statement, kind: PolicyKind) -> Iterator[Defect]:
    principal = statement.principal
    if principal is None:
        if kind not in _WITHOUT_PRINCIPAL and not _misspelt(statement, "Principal"):
            details = f"A statement of {with_article(kind)} must say for whom it is. Add Principal."
            yield Defect("MISSING_PRINCIPAL", (statement.place,), details, fatal=True)
        return
    at_key = _at_key(statement, principal.name, principal.key)
    if kind in _WITHOUT_PRINCIPAL:
        code = "SCP_SYNTAX_ERROR_PRINCIPAL" if kind is PolicyKind.SCP else "UNSUPPORTED_PRINCIPAL"
        yield Defect(
            code, at_key, f"{with_article(kind, capital=True)} must not have {principal.name}. Remove it.", fatal=True
        )
        return
    if isinstance(principal.node, ObjectNode):
        yield from _principal_types(statement, principal.name, principal.node)
    if not principal.negated:
        return
    if kind is PolicyKind.TRUST:
        details = "A role trust policy must not have NotPrincipal. Name the principals in Principal."
        yield Defect("ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", at_key, details, fatal=True)
    elif kind is not PolicyKind.RCP and statement.effect is Effect.ALLOW:
        details = "NotPrincipal with Allow gives access to everyone else. Name the principals in Principal."
        yield Defect("ALLOW_WITH_NOT_PRINCIPAL", at_key, details, fatal=True)


def _principal_types(statement: Statement, element: str, node: ObjectNode) -> Iterator[Defect]:
    for member in node.members:
        name = member.key.value
        if name in PRINCIPAL_TYPES:
            continue
        guess = near_match(name.strip(), PRINCIPAL_TYPES)
        hint = f"Write {guess}." if guess else f"Use one of {', '.join(PRINCIPAL_TYPES)}."
        place = Place((*statement.path, ("value", element), ("key", name)), _span(member.key))
        yield Defect("INVALID_PRINCIPAL_KEY", (place,), f"There is no principal type {name!r}. {hint}", fatal=True)


def _resource(statement: Statement, kind: PolicyKind) -> Iterator[Defect]:
    resources = statement.resources
    if kind is PolicyKind.TRUST:
        if resources is not None:
            at_key = _at_key(statement, resources.name, resources.key)
            details = f"A role trust policy must not have {resources.name}: it is about its own role. Remove it."
            yield Defect("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", at_key, details, fatal=True)
    elif resources is None and not _misspelt(statement, "Resource"):
        if kind is PolicyKind.RESOURCE and _needs_no_resource(statement):
            return
        details = "The statement has no Resource. Add one."
        # A policy whose service is not known may be of one that takes it so: it can be judged, others cannot.
        yield Defect("MISSING_RESOURCE", (statement.place,), details, fatal=kind is not PolicyKind.RESOURCE)


def _needs_no_resource(statement: Statement) -> bool:
    """Whether all actions are of a service whose resource policies are about their own resource and name none."""
    actions = statement.actions
    prefixes = {item.text.partition(":")[0].lower() for item in actions.items} if actions is not None else set()
    return bool(prefixes) and prefixes <= _WITHOUT_RESOURCE and actions is not None and not actions.negated


def _rcp(statement: Statement) -> Iterator[Defect]:
    actions, principal = statement.actions, statement.principal
    if actions is not None and actions.negated:
        at_key = _at_key(statement, actions.name, actions.key)
        details = "A resource control policy must not have NotAction. List the actions in Action."
        yield Defect("RCP_SYNTAX_ERROR_NOTACTION", at_key, details, fatal=True)
    if principal is not None and (principal.negated or [e.item.text for e in principal.entries] != ["*"]):
        place = Place((*statement.path, ("value", principal.name)), _span(principal.node))
        details = 'The Principal of a resource control policy must be "*". Select callers with conditions.'
        yield Defect("RCP_SYNTAX_ERROR_PRINCIPAL", (place,), details, fatal=True)
    if statement.effect is Effect.ALLOW and not _is_full_access(statement):
        effect = next((m.value for m in statement.node.members if m.key.value == "Effect"), statement.node)
        place = Place((*statement.path, ("value", "Effect")), _span(effect))
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
