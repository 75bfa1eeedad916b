"""Lists and objects that are still open while a broken text is read: what they hold and wait for.

A frame can be changed after the fact, since a mistake is often met behind its place: an object turns out to be a list,
a value the first item of a list whose bracket is missing, a bracket one too many.
"""

from __future__ import annotations

from typing import Any

from workbench.document.nodes import ArrayNode, Member, Node, ObjectNode, StringNode
from workbench.document.scanner import AFTER, COLON, NAME, VALUE

CLOSER = {True: "}", False: "]"}
OPENER = {True: "{", False: "["}
WORD = {"{": "brace", "}": "brace", "[": "bracket", "]": "bracket"}


class Frame:
    """An open list or object. `expects` is NAME, COLON, VALUE or AFTER; `comma` the place of a comma that nothing
    followed yet, else -1; `implicit` if its opening bracket is missing; `closer` the place of its own closing bracket
    once that was read; `child` the frame of the last item that was a list or object, `child_at` that item's index."""

    __slots__ = (
        *("child", "child_at", "closer", "colon", "comma", "expects", "implicit", "is_object", "items", "key", "start"),
    )

    def __init__(self, is_object: bool, start: int, implicit: bool = False) -> None:
        self.is_object = is_object
        self.start = start
        self.implicit = implicit
        self.items: list[Any] = []
        self.expects = NAME if is_object else VALUE
        self.key: StringNode | None = None
        self.colon = start
        self.comma = -1
        self.closer = -1
        self.child: Frame | None = None
        self.child_at = -1

    def put(self, node: Node) -> None:
        """Adds a whole value."""
        self.items.append(Member(self.key, node) if self.is_object and self.key is not None else node)
        self.key = None
        self.expects = AFTER
        self.comma = -1

    def take_name(self, name: StringNode) -> None:
        """Adds the name of the next member."""
        self.key = name
        self.expects = COLON
        self.comma = -1

    def take_back(self) -> Node:
        """Takes the last value out again; its name waits for another."""
        last = self.items.pop()
        if not self.is_object:
            self.expects = VALUE
            return last  # type: ignore[no-any-return]
        self.key = last.key
        self.expects = VALUE
        return last.value  # type: ignore[no-any-return]

    def last_value(self) -> Node | None:
        """The last value that it holds."""
        if not self.items:
            return None
        return self.items[-1].value if self.is_object else self.items[-1]  # type: ignore[no-any-return]

    def last_child(self, back: int = 1) -> Frame | None:
        """The frame of the last value but `back` - 1, if that is a list or object that the author closed."""
        child = self.child
        return child if child is not None and self.child_at == len(self.items) - back and child.closer >= 0 else None

    def node(self, end: int) -> Node:
        """What it holds, closed at `end`, or behind that where a missing value stands: after a comma that was read as
        its colon."""
        kind = ObjectNode if self.is_object else ArrayNode
        last = self.last_value()
        return kind(self.start, max(end, self.start if last is None else last.end), tuple(self.items))
