"""Places in a text: spans, positions, and the table that turns one into the other.

Every offset is a 0-based index into the text as Python sees it: code points, not bytes, not UTF-16 units (the GUI
converts at its own edge). LF, CRLF and a lone CR each end a line. Source: spec findings.md section 1.2.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

_LINE_END = re.compile(r"\r\n|\r|\n")


class Span(NamedTuple):
    """Half-open range [start, end) of code points."""

    start: int
    end: int


class Position(NamedTuple):
    """A place as AWS's API gives it: `line` from 1, `column` and `offset` from 0, all in code points."""

    line: int
    column: int
    offset: int

    def for_people(self) -> str:
        """`line:column`, both from 1, as editors show it."""
        return f"{self.line}:{self.column + 1}"


class LineIndex:
    """Line starts of one text. Building it is O(len(text)); each look-up is O(log lines). Never raises: offsets are
    clamped to the text, lines and columns to what is there."""

    __slots__ = ("_length", "_starts")

    def __init__(self, text: str) -> None:
        self._starts = [0, *(m.end() for m in _LINE_END.finditer(text))]
        self._length = len(text)

    @property
    def line_count(self) -> int:
        return len(self._starts)

    def position(self, offset: int) -> Position:
        """The position of a 0-based offset."""
        offset = min(max(offset, 0), self._length)
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1], offset)

    def offset(self, line: int, column: int) -> int:
        """The offset of `line` (from 1) and `column` (from 0)."""
        line = min(max(line, 1), len(self._starts))
        end = self._starts[line] if line < len(self._starts) else self._length
        return min(self._starts[line - 1] + max(column, 0), end)
