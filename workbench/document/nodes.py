"""The tree of a JSON text, a span on every node, and what is broken in it.

Values only. Nodes are tuples because a policy of 1 MB has some 50,000 of them and a tuple is the cheapest immutable
value Python has. Two equal nodes at different places differ, since the place is part of the node.

Trees can be as deep as the text nests, so nothing may walk them by recursion, compare or hash whole trees.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple, TypeAlias

from workbench.document.span import LineIndex, Position, Span


class StringNode(NamedTuple):
    """A JSON string; the span covers its quotes, `value` has its escapes decoded."""

    start: int
    end: int
    value: str


class NumberNode(NamedTuple):
    """A JSON number as it is written; never converted, since 1e400 and 5,000 digits are legal JSON."""

    start: int
    end: int
    text: str


class LiteralNode(NamedTuple):
    """`true`, `false` or `null`."""

    start: int
    end: int
    value: bool | None


class ArrayNode(NamedTuple):
    start: int
    end: int
    items: tuple[Node, ...]


class ObjectNode(NamedTuple):
    """A JSON object; `members` in the text's order, duplicate names kept."""

    start: int
    end: int
    members: tuple[Member, ...]


class MissingNode(NamedTuple):
    """Where a value should stand and none does, or nothing that can be read. Made by recovery only; a Problem of the
    document lies at or in its span."""

    start: int
    end: int


PathElement: TypeAlias = tuple[str, str | int | tuple[int, int]]
"""`("value", name)` a member, `("index", n)` an item, `("key", name)` a member's name, `("substring", (start, length))`
a part of a string's value: AWS's path elements. Source: spec findings.md section 1.2."""

Path: TypeAlias = tuple[PathElement, ...]
"""The way from the root of a document to a place in it; `()` is the whole document."""

Node: TypeAlias = StringNode | NumberNode | LiteralNode | ArrayNode | ObjectNode | MissingNode


class Member(NamedTuple):
    """One `"key": value` of an object."""

    key: StringNode
    value: Node


class Problem(NamedTuple):
    """One mistake in the JSON itself, at the author's place. `message` is one sentence saying what is wrong and what
    to do. `kind` is a stable word for tests and fixes, such as `missing-comma`."""

    start: int
    end: int
    kind: str
    message: str


@dataclass(frozen=True)
class Document:
    """What `parse` makes of a text. `root` is None only where the text holds no value at all.

    `problems` are in the order of the text; at most a fixed number is kept, `problems_left_out` counts the rest.
    `more` are the further values after the first, where somebody put several documents into one text. `patched` are
    the starts of the lists and objects that have not both their brackets from the author.
    """

    text: str
    root: Node | None
    problems: tuple[Problem, ...] = ()
    problems_left_out: int = 0
    more: tuple[Node, ...] = ()
    patched: frozenset[int] = frozenset()

    @cached_property
    def lines(self) -> LineIndex:
        return LineIndex(self.text)

    def position(self, offset: int) -> Position:
        """The position of a 0-based offset into `text`."""
        return self.lines.position(offset)

    @cached_property
    def brackets_doubtful(self) -> bool:
        """Whether a bracket had to be added, dropped or changed, so that what is in what is partly a guess."""
        return bool(self.patched) or any("bracket" in p.kind or "brace" in p.kind for p in self.problems)

    @cached_property
    def _broken_places(self) -> tuple[list[int], list[int]]:
        """The starts of the problems, and the furthest end of each problem and those before it."""
        return [p.start for p in self.problems], list(accumulate((p.end for p in self.problems), max))

    def broken_within(self, span: Span) -> bool:
        """Whether some problem touches the span: what stands there may be the repair's work, not the author's. From
        the last problem that was kept, where more were found, all may be. O(log problems)."""
        starts, ends = self._broken_places
        before = bisect_right(starts, span.end)
        if self.problems_left_out and before == len(starts):
            return True
        return before > 0 and ends[before - 1] >= span.start
