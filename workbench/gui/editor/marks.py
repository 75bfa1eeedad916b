"""What the editor underlines, and where that is after the user has typed on. Offsets here are Qt's."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

WORST = ("error", "security", "warning", "suggestion")
"""The tokens of marks, the worst first."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One underlined place. `token` is the color and the icon's name."""

    start: int
    end: int
    token: str
    text: str


class Drift:
    """Where an offset of an older text is now, for any number of edits since, seen as one changed region."""

    __slots__ = ("_new_end", "_old_end", "_start")

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._start = self._old_end = self._new_end = -1

    @property
    def moved(self) -> bool:
        return self._start >= 0

    def edit(self, position: int, removed: int, added: int) -> None:
        """The text, as it is now, has changed at `position`."""
        if not self.moved:
            self._start, self._old_end, self._new_end = position, position + removed, position + added
            return
        end = max(self._new_end, position + removed)
        self._start = min(self._start, position)
        self._old_end += end - self._new_end
        self._new_end = end - removed + added

    def now(self, offset: int, *, ends: bool = False) -> int:
        """Where `offset` is now. What is typed at the very place goes before a mark that starts there and behind one
        that `ends` there."""
        if not self.moved or offset < self._start or (ends and offset == self._start):
            return offset
        if offset >= self._old_end:
            return offset + self._new_end - self._old_end
        return min(offset, self._new_end)

    def then(self, offset: int) -> int:
        """About where an offset of the text as it is now was in the older text."""
        if not self.moved or offset < self._start:
            return offset
        if offset >= self._new_end:
            return offset + self._old_end - self._new_end
        return min(offset, self._old_end)


class MarkList:
    """The marks of one answer, in order of their start. Looking up a page of them is O(log n + page). Belongs to one
    text: `drift` follows its edits."""

    def __init__(self) -> None:
        self._marks: list[Mark] = []
        self._starts: list[int] = []
        self._long: list[Mark] = []
        self._longest = 0
        self.drift = Drift()

    def set(self, marks: list[Mark]) -> None:
        self._marks = sorted(marks, key=lambda m: (m.start, -m.end))
        self._starts = [m.start for m in self._marks]
        # One mark over the whole text would make every look-up scan from the top: such are looked at separately.
        self._longest = max((m.end - m.start for m in self._marks if m.end - m.start < 10_000), default=0)
        self._long = [m for m in self._marks if m.end - m.start >= 10_000]
        self.drift.reset()

    def all(self) -> list[Mark]:
        """All of them in order, where they were."""
        return self._marks

    def between(self, start: int, end: int) -> list[Mark]:
        """The marks that touch [start, end], at their places as of now. At most 500: no page shows more."""
        then_start, then_end = self.drift.then(start), self.drift.then(end)
        if not self._marks:
            return []
        first = bisect_left(self._starts, then_start - self._longest)
        found = [m for m in self._long if m.start <= then_end and m.end >= then_start]
        for mark in self._marks[first:]:
            if mark.start > then_end or len(found) >= 500:
                break
            if mark.end >= then_start and mark.end - mark.start < 10_000:
                found.append(mark)
        now = self.drift.now
        return [Mark(now(m.start), max(now(m.end, ends=True), now(m.start)), m.token, m.text) for m in found]

    def worst(self, start: int, end: int) -> str | None:
        """The worst token of the marks that begin in [start, end], however many; None without any."""
        then_start, then_end = self.drift.then(start), self.drift.then(end)
        first = bisect_left(self._starts, then_start)
        now = self.drift.now
        found: int | None = None
        while first < len(self._marks) and self._marks[first].start <= then_end and found != 0:
            mark = self._marks[first]
            if start <= now(mark.start) <= end:
                rank = WORST.index(mark.token)
                found = rank if found is None else min(found, rank)
            first += 1
        return None if found is None else WORST[found]
