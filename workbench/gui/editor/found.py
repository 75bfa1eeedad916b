"""Where the find bar's text or expression stands in a document. Offsets are Qt's."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from workbench.gui.text_units import Units
from workbench.writing.searching import Hits

SHOWN = 500
"""Hits that are tinted at most: no page shows more."""


class Found:
    """The hits of one search, in order. Looking up a page of them is O(log n + page)."""

    __slots__ = ("_by", "_ends", "_first", "_starts", "more", "scope")

    def __init__(
        self, starts: Sequence[int] = (), ends: Sequence[int] = (), *, more: bool = False, scope: bool = False
    ) -> None:
        self._starts, self._ends, self.more, self.scope = starts, ends, more, scope
        self._first = self._by = 0

    @staticmethod
    def of(hits: Hits, units: Units, *, scope: bool) -> Found:
        """The hits in a text whose two counts are `units`. O(hits log wide characters)."""
        if not units.wide:
            return Found(hits.starts, hits.ends, more=hits.more, scope=scope)
        to_qt = units.to_qt
        return Found(
            array("q", map(to_qt, hits.starts)), array("q", map(to_qt, hits.ends)), more=hits.more, scope=scope
        )

    def __len__(self) -> int:
        return len(self._starts)

    def place(self, index: int) -> tuple[int, int]:
        return self._starts[index] + self._by, self._ends[index] + self._by

    def between(self, start: int, end: int) -> list[tuple[int, int]]:
        """The hits that touch [start, end], at most SHOWN."""
        at = self._first_ending(start)
        found: list[tuple[int, int]] = []
        while at < len(self) and len(found) < SHOWN and self._starts[at] + self._by <= end:
            found.append(self.place(at))
            at += 1
        return found

    def touches(self, start: int, end: int) -> bool:
        """Whether a hit begins in [start, end)."""
        at = self.after(start)
        return at < len(self) and self._starts[at] + self._by < end

    def after(self, position: int) -> int:
        """The index of the first hit that begins at or behind `position`; the count of all if there is none."""
        return bisect_left(self._starts, position - self._by, self._first)

    def before(self, position: int) -> int:
        """The index of the last hit that ends at or before `position`; -1 if there is none."""
        at = bisect_right(self._ends, position - self._by, self._first) - 1
        return at if at >= self._first else -1

    def index(self, start: int, end: int) -> int | None:
        """Which hit this place is; None if it is none."""
        at = self.after(start)
        return at if at < len(self) and self.place(at) == (start, end) else None

    def replaced(self, index: int, length: int) -> Found:
        """The hits behind the one that now is a text of this length: those before are not told any more."""
        found = Found(self._starts, self._ends, more=self.more, scope=self.scope)
        found._first = index + 1
        found._by = self._by + length - (self._ends[index] - self._starts[index])
        return found

    def _first_ending(self, start: int) -> int:
        return bisect_left(self._ends, start - self._by, self._first)


NOTHING = Found()
