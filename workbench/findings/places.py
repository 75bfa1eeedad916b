"""Places in a policy: names and values of elements, parts of strings. Source: spec findings.md section 1.2."""

from __future__ import annotations

import re

from workbench.document.nodes import Node, ObjectNode, Path, StringNode
from workbench.document.span import Span
from workbench.policy.model import ConditionTest, ListElement, Place, PrincipalElement, Statement

# One character of a JSON string as it is written; a pair of surrogate escapes is one character.
_WRITTEN = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)


def node_place(node: Node, path: Path) -> Place:
    return Place(path, Span(node.start, node.end))


def key_place(statement: Statement, element: ListElement | PrincipalElement) -> Place:
    """The name of an element of a statement."""
    return node_place(element.key, (*statement.path, ("key", element.name)))


def value_place(statement: Statement, element: ListElement | PrincipalElement) -> Place:
    """The value of an element of a statement."""
    return node_place(element.node, (*statement.path, ("value", element.name)))


def member_value(node: Node | None, name: str) -> Node | None:
    """The value of the first member called `name`, None if there is none."""
    if isinstance(node, ObjectNode):
        for member in node.members:
            if member.key.value == name:
                return member.value
    return None


def condition_value_node(statement: Statement, test: ConditionTest) -> Node | None:
    """The JSON value of a condition test: a scalar or a list."""
    node: Node | None = statement.node
    for name in ("Condition", test.operator_node.value, test.key):
        node = member_value(node, name)
    return node


def substring_span(text: str, node: StringNode, start: int, end: int) -> Span:
    """The span in `text` of the code points [start, end) of a string's value; an escape counts as the whole escape."""
    first = node.start + 1
    if node.end - node.start - 2 == len(node.value):  # no escapes
        return Span(first + start, first + end)
    at = first
    offsets: list[int] = []
    while at < node.end and len(offsets) <= end:
        offsets.append(at)
        written = _WRITTEN.match(text, at)
        at = written.end() if written else node.end
    offsets.append(min(at, node.end))
    last = len(offsets) - 1
    return Span(offsets[min(start, last)], offsets[min(end, last)])


def substring_place(text: str, node: StringNode, path: Path, start: int, end: int) -> Place:
    """A part of a string: of a value with a `substring` element, of a name without one (AWS has none for names)."""
    inner: Path = path if path and path[-1][0] == "key" else (*path, ("substring", (start, end - start)))
    return Place(inner, substring_span(text, node, start, end))
