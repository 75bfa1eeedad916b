"""What a template says, as far as a policy can be made of it: texts, lists, tables, and what only a run would tell.

Values only. Every offset is an index into the text of the file. Trees may share nodes (YAML aliases) and may be deep,
so nothing walks them by recursion.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from workbench.document.span import Span


class Piece(NamedTuple):
    """The code points [start, end) of a made text and where they come from in the file. Of the same length on both
    sides they correspond one by one; else, or where it is `foreign` (something else stands there), only as a whole."""

    start: int
    end: int
    outer_start: int
    outer_end: int
    foreign: bool = False

    @property
    def one_by_one(self) -> bool:
        return not self.foreign and self.end - self.start == self.outer_end - self.outer_start


class Text(NamedTuple):
    """A string; the span covers its quotes. `pieces` say where the parts of `value` come from, None where nobody knows
    better than by looking."""

    start: int
    end: int
    value: str
    pieces: tuple[Piece, ...] | None = None


class Literal(NamedTuple):
    """`true`, `false` or nothing."""

    start: int
    end: int
    value: bool | None


class Unknown(NamedTuple):
    """A value that is not in the file: a reference, a call, a condition. `text` says it in a few characters."""

    start: int
    end: int
    text: str


class Items(NamedTuple):
    """A list."""

    start: int
    end: int
    items: tuple[Node, ...]


class Fields(NamedTuple):
    """A table, in the order of the text; a name may stand twice."""

    start: int
    end: int
    fields: tuple[tuple[Text, Node], ...]

    def get(self, name: str) -> Node | None:
        """The value of the last field of this name, None if there is none."""
        return next((value for key, value in reversed(self.fields) if key.value == name), None)


Node: TypeAlias = Text | Literal | Unknown | Items | Fields

_LONGEST = 60


def short(expression: str) -> str:
    """An expression as it can stand in a placeholder: one line of ASCII, no braces or colons, not long."""
    line = " ".join(expression.split()).encode("ascii", "replace").decode("ascii")
    if any(char in line for char in ":{}") or len(line) > _LONGEST:
        line = line.partition("{")[0].partition(":")[0].partition("}")[0].rstrip()[: _LONGEST - 3] + "..."
    return line


def span(node: Node) -> Span:
    return Span(node.start, node.end)
