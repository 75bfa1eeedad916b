"""A JSON document as a tree of this room."""

from __future__ import annotations

from workbench.document.nodes import ArrayNode, Document, LiteralNode, NumberNode, ObjectNode, StringNode
from workbench.document.nodes import Node as JsonNode
from workbench.embedded.tree import Fields, Items, Literal, Node, Text, Unknown


def tree_of(document: Document) -> Node | None:
    """The tree of a document, None if it holds nothing. Without recursion."""
    if document.root is None:
        return None
    order: list[JsonNode] = []
    stack: list[JsonNode] = [document.root]
    while stack:
        node = stack.pop()
        order.append(node)
        if isinstance(node, ArrayNode):
            stack += node.items
        elif isinstance(node, ObjectNode):
            stack += (member.value for member in node.members)
    made: dict[int, Node] = {}
    for node in reversed(order):  # what is inside comes behind
        made[id(node)] = _made(node, made)
    return made[id(document.root)]


def _made(node: JsonNode, made: dict[int, Node]) -> Node:
    if isinstance(node, ArrayNode):
        return Items(node.start, node.end, tuple(made[id(item)] for item in node.items))
    if isinstance(node, ObjectNode):
        return Fields(
            node.start,
            node.end,
            tuple((Text(m.key.start, m.key.end, m.key.value), made[id(m.value)]) for m in node.members),
        )
    if isinstance(node, StringNode):
        return Text(node.start, node.end, node.value)
    if isinstance(node, LiteralNode):
        return Literal(node.start, node.end, node.value)
    if isinstance(node, NumberNode):
        return Text(node.start, node.end, node.text)
    return Unknown(node.start, node.end, "")
