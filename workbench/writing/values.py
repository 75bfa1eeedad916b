"""Whether two texts mean the same JSON values: the proof behind every command that only writes a policy differently.

What is compared is what the parser read: names in their order and as often as they stand there, strings as decoded,
numbers as written (1.0 is not 1). Nothing recurses, since a text may nest without bound.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeAlias

from workbench.document.nodes import ArrayNode, LiteralNode, Node, NumberNode, ObjectNode, StringNode

_Shape: TypeAlias = tuple[object, ...]


def same_values(
    one: Node | None, other: Node | None, *, any_order: bool = False, as_sets: Collection[str] = ()
) -> bool:
    """Whether two trees hold the same values. `any_order`: the order of names in objects does not count; `as_sets`: nor
    does the order of items of lists that are the value of one of these names. Linear, but for sorting."""
    numbers = Numbers(any_order=any_order, as_sets=as_sets)
    return numbers.of(one) == numbers.of(other)


class Numbers:
    """Gives equal values equal numbers, so that whole trees are compared as fast as numbers are."""

    def __init__(self, *, any_order: bool = False, as_sets: Collection[str] = ()) -> None:
        self._any_order, self._as_sets = any_order, frozenset(as_sets)
        self._known: dict[_Shape, int] = {}

    def of(self, root: Node | None) -> int:
        """The number of the value that `root` is; -1 where there is none."""
        if root is None:
            return -1
        order: list[tuple[Node, str]] = []
        stack: list[tuple[Node, str]] = [(root, "")]
        while stack:
            node, name = stack.pop()
            order.append((node, name))
            if isinstance(node, ArrayNode):
                stack += ((item, "") for item in node.items)
            elif isinstance(node, ObjectNode):
                stack += ((member.value, member.key.value) for member in node.members)
        made: dict[int, int] = {}
        for node, name in reversed(order):  # what is inside comes behind
            made[id(node)] = self._number(self._shape(node, name, made))
        return made[id(root)]

    def _number(self, shape: _Shape) -> int:
        return self._known.setdefault(shape, len(self._known))

    def _shape(self, node: Node, name: str, made: dict[int, int]) -> _Shape:
        if isinstance(node, ObjectNode):
            pairs = [(member.key.value, made[id(member.value)]) for member in node.members]
            return ("object", *(sorted(pairs) if self._any_order else pairs))
        if isinstance(node, ArrayNode):
            items = [made[id(item)] for item in node.items]
            return ("list", *(sorted(items) if name in self._as_sets else items))
        if isinstance(node, StringNode):
            return "string", node.value
        if isinstance(node, NumberNode):
            return "number", node.text
        if isinstance(node, LiteralNode):
            return "literal", str(node.value)
        return ("missing", id(node))  # what is not there equals nothing


def repeated_name(root: Node | None) -> str | None:
    """A name that stands twice in one object somewhere in the tree, None if there is none. Linear."""
    stack = [root] if root is not None else []
    while stack:
        node = stack.pop()
        if isinstance(node, ArrayNode):
            stack += node.items
        elif isinstance(node, ObjectNode):
            seen: set[str] = set()
            for member in node.members:
                if member.key.value in seen:
                    return member.key.value
                seen.add(member.key.value)
                stack.append(member.value)
    return None
