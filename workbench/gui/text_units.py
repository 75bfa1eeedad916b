"""The one place where code points (Python, the engine) and UTF-16 units (Qt) are turned into each other.

A code point above U+FFFF is one index in Python and two in a QTextDocument; private use takes more, for `qt_text` keeps
its characters free for those that cannot be seen. Most policies hold none: then both counts are equal and nothing is
computed.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

_WIDE = re.compile("[\ue000-\uf8ff\U00010000-\U0010ffff]")
_PAIRS = re.compile("[\U00010000-\U0010ffff]")


class Units:
    """The two counts of one text. Building is O(len(text)), a look-up O(log of the wide characters in it). `stored`:
    the text is as Qt has it, as of `QTextBlock.text`; else it is what `qt_text.from_qt` makes of that."""

    __slots__ = ("_before", "_points", "_units", "length")

    def __init__(self, text: str, *, stored: bool = False) -> None:
        # An ASCII text knows that of itself; max() of the rest runs at C speed.
        plain = text.isascii() or max(text) < "\ue000"
        self._points: list[int] = []
        self._before = [0]  # units that the wide characters up to each take more than one
        for match in () if plain else (_PAIRS if stored else _WIDE).finditer(text):
            self._points.append(match.start())
            self._before.append(self._before[-1] + (1 if stored else _more(match.group())))
        self._units = [point + before for point, before in zip(self._points, self._before, strict=False)]
        self.length = len(text)

    @property
    def wide(self) -> bool:
        """Whether the two counts differ at all."""
        return bool(self._points)

    def to_qt(self, point: int) -> int:
        """Qt's position for code point `point`, clamped to the text."""
        point = min(max(point, 0), self.length)
        return point + self._before[bisect_left(self._points, point)] if self._points else point

    def from_qt(self, unit: int) -> int:
        """The code point at Qt's position `unit`; within a pair it is the character that the pair stands for."""
        if self._points:
            count = bisect_right(self._units, unit)
            if count and unit < self._units[count - 1] + self._before[count] - self._before[count - 1] + 1:
                return self._points[count - 1]
            unit -= self._before[count]
        return min(max(unit, 0), self.length)


def _more(char: str) -> int:
    """The units beyond one that `qt_text.to_qt` makes of a wide character."""
    return 3 if char >= "\U000f0000" else 1


def utf16_length(text: str) -> int:
    """How long Qt finds the text."""
    return len(text) if text.isascii() else len(text) + sum(_more(char) for char in _WIDE.findall(text))
