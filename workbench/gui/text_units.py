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
_LEADS = tuple(bytes((lead,)) for lead in (0xEE, 0xEF, 0xF0, 0xF1, 0xF2, 0xF3, 0xF4))
"""The first bytes in UTF-8 of what begins at U+E000."""


class Units:
    """The two counts of one text. Building is O(len(text)), a look-up O(log of the wide characters in it). `stored`:
    the text is as Qt has it, as of `QTextBlock.text`; else it is what `qt_text.from_qt` makes of that."""

    __slots__ = ("_before", "_points", "_units", "length")

    def __init__(self, text: str, *, stored: bool = False) -> None:
        points: list[int] = []
        before = [0]  # units that the wide characters up to each take more than one
        for match in () if _is_plain(text) else (_PAIRS if stored else _WIDE).finditer(text):
            points.append(match.start())
            before.append(before[-1] + (1 if stored else _more(match.group())))
        self._take(points, before, len(text))

    def _take(self, points: list[int], before: list[int], length: int) -> None:
        self._points, self._before, self.length = points, before, length
        self._units = [point + more for point, more in zip(points, before, strict=False)]

    def replaced(self, first: int, last: int, text: str) -> Units:
        """The counts once `text` stands in the place of [first, last). O(len(text) + the wide characters)."""
        result, inner, shift = Units.__new__(Units), Units(text), len(text) - (last - first)
        low, high = bisect_left(self._points, first), bisect_left(self._points, last)
        more = self._before[low]
        behind = more + inner._before[-1] - self._before[high]
        points = [first + point for point in inner._points] + [point + shift for point in self._points[high:]]
        before = [more + each for each in inner._before] + [behind + each for each in self._before[high + 1 :]]
        result._take(self._points[:low] + points, self._before[:low] + before, self.length + shift)
        return result

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


def _is_plain(text: str) -> bool:
    """Whether no character can be wide. A few passes at the speed of a copy: of 10 MB it takes a third of a frame, and
    an expression five frames."""
    if text.isascii():
        return True
    data = text.encode("utf-8", "surrogatepass")
    return not any(lead in data for lead in _LEADS)


def _more(char: str) -> int:
    """The units beyond one that `qt_text.to_qt` makes of a wide character."""
    return 3 if char >= "\U000f0000" else 1


def utf16_length(text: str) -> int:
    """How long Qt finds the text."""
    return len(text) if text.isascii() else len(text) + sum(_more(char) for char in _WIDE.findall(text))
