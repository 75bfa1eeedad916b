"""The one place where code points (Python, the engine) and UTF-16 units (Qt) are turned into each other.

A code point above U+FFFF is one index in Python and two in a QTextDocument. Most policies hold none: then both counts
are equal and nothing is computed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right


class Units:
    """The two counts of one text. Building is O(len(text)), a look-up O(log of the wide characters in it)."""

    __slots__ = ("_points", "_units", "length")

    def __init__(self, text: str) -> None:
        # An ASCII text knows that of itself; max() of the rest runs at C speed.
        wide = [] if text.isascii() or max(text) <= "\uffff" else [i for i, c in enumerate(text) if c > "\uffff"]
        self._points = wide
        self._units = [point + before for before, point in enumerate(wide)]
        self.length = len(text)

    @property
    def wide(self) -> bool:
        """Whether the two counts differ at all."""
        return bool(self._points)

    def to_qt(self, point: int) -> int:
        """Qt's position for code point `point`, clamped to the text."""
        point = min(max(point, 0), self.length)
        return point + bisect_left(self._points, point) if self._points else point

    def from_qt(self, unit: int) -> int:
        """The code point at Qt's position `unit`; within a pair it is the character that the pair stands for."""
        if self._points:
            before = bisect_right(self._units, unit)
            inside = before > 0 and unit == self._units[before - 1]
            # `inside`: at the start of the pair itself, which is not past it yet.
            unit -= before - 1 if inside else before
        return min(max(unit, 0), self.length)


def utf16_length(text: str) -> int:
    """How long Qt finds the text."""
    return len(text) if text.isascii() else len(text) + sum(c > "\uffff" for c in text)
