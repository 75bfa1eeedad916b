"""Which kind a policy is, by what it says. A guess the user can correct: no document says its own kind."""

from __future__ import annotations

from workbench.document.nodes import ArrayNode, Document, Node, ObjectNode, StringNode
from workbench.policy.kinds import PolicyKind


def guess_kind(document: Document) -> PolicyKind:
    """Trust policy: principals, no resources, `sts:` actions only. Resource policy: principals. Else identity policy.

    SCPs look like identity policies and RCPs like resource policies, so neither is ever guessed.
    """
    statements = _statements(document.root)
    names = [{m.key.value for m in s.members} for s in statements]
    if not any("Principal" in n or "NotPrincipal" in n for n in names):
        return PolicyKind.IDENTITY
    actions = [a for s in statements for a in _texts(_member(s, "Action"))]
    about_roles = bool(actions) and all(a.lower().startswith("sts:") for a in actions)
    without_resource = not any("Resource" in n or "NotResource" in n for n in names)
    return PolicyKind.TRUST if about_roles and without_resource else PolicyKind.RESOURCE


def _statements(root: Node | None) -> list[ObjectNode]:
    value = _member(root, "Statement") if isinstance(root, ObjectNode) else None
    nodes = value.items if isinstance(value, ArrayNode) else (value,)
    return [n for n in nodes if isinstance(n, ObjectNode)]


def _member(node: ObjectNode, name: str) -> Node | None:
    return next((m.value for m in node.members if m.key.value == name), None)


def _texts(node: Node | None) -> list[str]:
    nodes = node.items if isinstance(node, ArrayNode) else (node,)
    return [n.value for n in nodes if isinstance(n, StringNode)]
