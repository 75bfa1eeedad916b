"""What tests of the document room ask of a tree: its plain values, and whether its spans hold together."""

from __future__ import annotations

import json
from typing import Any

from workbench.document.nodes import ArrayNode, Document, LiteralNode, MissingNode, NumberNode, ObjectNode, StringNode


class Number(str):
    """A number as written: json's and ours are compared by their characters."""

    __slots__ = ()


class Pairs(tuple[Any, ...]):
    """An object as its members in order, duplicates kept; no list can equal it."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pairs) and tuple(self) == tuple(other)

    __hash__ = tuple.__hash__


def plain(node: Any) -> Any:
    """The value of a shallow tree, for comparing with `reference`."""
    if isinstance(node, ObjectNode):
        return Pairs((member.key.value, plain(member.value)) for member in node.members)
    if isinstance(node, ArrayNode):
        return [plain(item) for item in node.items]
    if isinstance(node, NumberNode):
        return Number(node.text)
    assert isinstance(node, StringNode | LiteralNode), node
    return node.value


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def reference(text: str) -> Any:
    """The standard library's reading, with RFC 8259's grammar. Raises ValueError."""
    return json.loads(text, object_pairs_hook=Pairs, parse_int=Number, parse_float=Number, parse_constant=_no_constant)


def is_json(text: str) -> bool:
    try:
        reference(text)
    except ValueError:
        return False
    return True


def check_spans(document: Document) -> None:
    """Every span lies in its parent's, siblings follow each other, problems lie in the text and say something."""
    size = len(document.text)
    starts = [problem.start for problem in document.problems]
    assert starts == sorted(starts)
    for problem in document.problems:
        assert problem.message.endswith(".")
        assert problem.kind
        assert 0 <= problem.start <= problem.end <= size
        assert problem.end > problem.start or problem.start == size
    waiting: list[Any] = [(root, 0, size) for root in (document.root, *document.more) if root is not None]
    while waiting:
        node, low, high = waiting.pop()
        assert low <= node.start <= node.end <= high
        children: list[Any] = []
        if isinstance(node, ArrayNode):
            children = list(node.items)
        elif isinstance(node, ObjectNode):
            children = [part for member in node.members for part in member]
        elif isinstance(node, MissingNode):
            assert document.problems
        place = node.start
        for child in children:
            assert child.start >= place
            place = child.end
            waiting.append((child, node.start, node.end))
