"""The lines that hits stand in, cut to what a list shows of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workbench.writing.searching import Hits

BEFORE, SHOWN = 48, 240
"""Characters shown before a hit that lies far to the right in its line, and of a line at most."""


@dataclass(frozen=True, slots=True)
class FoundLine:
    """One hit: which of its text's, its line from 1, what is shown of the line, and where in that the hit stands."""

    index: int
    number: int
    text: str
    start: int
    end: int


def lines_of(text: str, hits: Hits, most: int) -> Iterator[FoundLine]:
    """The first `most` hits with their lines, without the indentation. O(length of the text up to the last)."""
    number, counted = 1, 0
    for index in range(min(len(hits), most)):
        start, end = hits.starts[index], hits.ends[index]
        number += text.count("\n", counted, start)
        counted = start
        low = max(text.rfind("\n", 0, start) + 1, start - 4 * SHOWN)
        stop = text.find("\n", start, start + SHOWN)
        high = min(start + SHOWN, len(text)) if stop < 0 else stop
        line = text[low:high]
        # Where only blanks stand before the hit, they are indentation.
        low += min(len(line) - len(line.lstrip(" \t")), start - low)
        front = ""
        if start - low > SHOWN - BEFORE:
            low, front = start - BEFORE, "…"
        shown = (front + text[low:high].replace("\t", " "))[:SHOWN]
        at = start - low + len(front)
        yield FoundLine(index, number, shown, at, min(at + end - start, len(shown)))
