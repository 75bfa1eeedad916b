"""Repairs of breaches of the grammar: names, values and members that can be put right without a guess at what they
mean. Source: spec findings.md section 2.1, column Fix.
"""

from __future__ import annotations

import json

from workbench.document.nodes import ArrayNode, Node, ObjectNode, Path, StringNode
from workbench.findings import fixes
from workbench.findings.condition_edits import joined
from workbench.findings.context import CheckContext
from workbench.findings.model import Fix
from workbench.findings.places import member_value
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import CURRENT_VERSION, Defect, Effect
from workbench.policy.names import near_match
from workbench.policy.operators import nearest_operator, parse_operator
from workbench.policy.reader import DOCUMENT_ELEMENTS, STATEMENT_ELEMENTS
from workbench.policy.rules import PRINCIPAL_TYPES

_REMOVED = frozenset(
    {"UNSUPPORTED_PRINCIPAL", "SCP_SYNTAX_ERROR_PRINCIPAL", "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE"}
    | {"ID_IN_IDENTITY_POLICY"}
)
_OPERATOR_NAMES = frozenset({"INVALID_CONDITION_OPERATOR", "OPERATOR_CASE", "NULL_WITH_IF_EXISTS"})


def grammar_fixes(context: CheckContext, defect: Defect) -> tuple[Fix, ...]:
    """What mends a breach; nothing where only the author can know."""
    path = defect.places[0].path
    root = context.document.root
    if defect.code in _REMOVED:
        return _removal(root, path)
    if defect.code == "MISSING_PRINCIPAL":
        return _everyone(context, root, path)
    if defect.code == "RCP_SYNTAX_ERROR_PRINCIPAL":
        node = _node_at(root, path)
        whole = node is not None and path[-1][1] == "Principal"
        return (fixes.replace_node('Write "*"', node, '"*"'),) if whole and node is not None else ()
    if defect.code == "INVALID_CONDITION_DATA_TYPE":
        return _quoted_values(context, _node_at(root, path))
    if defect.code == "DATA_TYPE_MISMATCH":
        return _quoted_scalar(context, path, _node_at(root, path))
    if defect.code == "DUPLICATE_KEYS_WITH_DIFFERENT_CASE":
        return _merged(context, root, path)
    better = _better_name(defect, root)
    if better is not None:
        return better
    return _removal(root, path) if defect.code == "INVALID_POLICY_ELEMENT" else ()


def _better_name(defect: Defect, root: Node | None) -> tuple[Fix, ...] | None:
    """Another spelling of a name or value that hardly anyone means otherwise; None if there is none."""
    path = defect.places[0].path
    node = _string_at(root, path)
    if node is None:
        return None
    written = node.value
    if defect.code in _OPERATOR_NAMES:
        better = _operator(written)
    elif defect.code == "INVALID_VERSION":
        better = CURRENT_VERSION
    else:
        better = near_match(written.strip(), _alternatives(defect.code, path))
    if not better or better == written or _taken(root, path, better):
        return None
    return (fixes.replace_string(f"Replace {fixes.quoted(written)} by {fixes.quoted(better)}", node, better),)


def _removal(root: Node | None, path: Path) -> tuple[Fix, ...]:
    parent = _node_at(root, path[:-1])
    name = str(path[-1][1])
    if not isinstance(parent, ObjectNode) or len(parent.members) < 2:
        return ()
    return (fixes.remove_member(f"Remove {name}", parent, name),)


def _everyone(context: CheckContext, root: Node | None, path: Path) -> tuple[Fix, ...]:
    """The only Principal that a resource control policy may have."""
    node = _node_at(root, path)
    if context.kind is not PolicyKind.RCP or not isinstance(node, ObjectNode):
        return ()
    return (fixes.add_member('Add Principal "*"', context.text, node, "Principal", "*"),)


def _quoted_scalar(context: CheckContext, path: Path, node: Node | None) -> tuple[Fix, ...]:
    """A number where Version or Sid has a string: the version there is, and what the Sid says if a Sid may."""
    if node is None or isinstance(node, StringNode | ArrayNode | ObjectNode) or path[-1][1] not in ("Version", "Sid"):
        return ()
    written = context.text[node.start : node.end]
    if path[-1][1] == "Sid" and not written.isalnum():
        return ()
    text = fixes.quoted(written if path[-1][1] == "Sid" else CURRENT_VERSION)
    return (fixes.replace_node(f"Write {text}", node, text),)


def _quoted_values(context: CheckContext, node: Node | None) -> tuple[Fix, ...]:
    """All values of a list as strings."""
    if not isinstance(node, ArrayNode):
        return ()
    parts = [
        fixes.replace_node("", item, fixes.quoted(context.text[item.start : item.end]))
        for item in node.items
        if not isinstance(item, StringNode | ArrayNode | ObjectNode)
    ]
    return (joined("Write all values as strings", *parts),) if parts else ()


def _merged(context: CheckContext, root: Node | None, path: Path) -> tuple[Fix, ...]:
    """The values of both keys under the first of them: instead of both tests either of them."""
    block, name = _node_at(root, path[:-1]), str(path[-1][1])
    if not isinstance(block, ObjectNode) or not context.whole:
        return ()
    alike = [m for m in block.members if m.key.value.lower() == name.lower()]
    if len(alike) != 2 or alike[0].key.value == alike[1].key.value:
        return ()
    first, second = (_values(context, m.value) for m in alike)
    merged = json.dumps([*first, *(v for v in second if v not in first)], ensure_ascii=False)
    label = f"Write the values of {alike[1].key.value} under {alike[0].key.value}"
    removed = fixes.remove_member("", block, alike[1].key.value)
    return (joined(label, fixes.replace_node("", alike[0].value, merged), removed),)


def _values(context: CheckContext, node: Node) -> list[object]:
    value = json.loads(context.text[node.start : node.end])
    return value if isinstance(value, list) else [value]


def _alternatives(code: str, path: Path) -> tuple[str, ...]:
    if code == "INVALID_EFFECT":
        return tuple(Effect)
    if code == "INVALID_PRINCIPAL_KEY":
        return PRINCIPAL_TYPES
    if code == "INVALID_POLICY_ELEMENT":
        if len(path) > 1:
            return STATEMENT_ELEMENTS
        return () if path[0][1] in STATEMENT_ELEMENTS else DOCUMENT_ELEMENTS  # a stray one is not misspelt
    return ()


def _operator(written: str) -> str | None:
    """The documented operator nearest to `written`, with the qualifier and IfExists that stand in it."""
    operator = parse_operator(written)
    if operator is not None:
        return operator._replace(if_exists=operator.if_exists and operator.base.name != "Null").name
    return nearest_operator(written)


def _taken(root: Node | None, path: Path, name: str) -> bool:
    """Whether renaming the member at `path` would make a second one of that name."""
    return bool(path) and path[-1][0] == "key" and member_value(_node_at(root, path[:-1]), name) is not None


def _node_at(root: Node | None, path: Path) -> Node | None:
    node = root
    for kind, step in path:
        if kind == "value" and isinstance(step, str):
            node = member_value(node, step)
        elif kind == "index" and isinstance(step, int) and isinstance(node, ArrayNode):
            node = node.items[step] if step < len(node.items) else None
        else:
            return None
    return node


def _string_at(root: Node | None, path: Path) -> StringNode | None:
    if path and path[-1][0] == "key":
        parent = _node_at(root, path[:-1])
        if isinstance(parent, ObjectNode):
            return next((m.key for m in parent.members if m.key.value == path[-1][1]), None)
        return None
    node = _node_at(root, path)
    return node if isinstance(node, StringNode) else None
