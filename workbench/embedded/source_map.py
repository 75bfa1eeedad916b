"""From a policy's own text back to the file that holds it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from workbench.document.span import Span
from workbench.embedded.tree import Piece


class SourceMap:
    """In: offsets in the policy's text. Out: offsets in the file's. Built from pieces in the order of the policy's
    text, which need not cover it. O(log pieces) each; never raises."""

    __slots__ = ("_pieces", "_starts")

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = tuple(piece for piece in pieces if piece.end > piece.start)
        self._starts = [piece.start for piece in self._pieces]

    def span(self, inner: Span) -> Span:
        """The span in the file. What no piece covers is taken for the nearest piece."""
        start = self._start(inner.start)
        return Span(start, start if inner.end <= inner.start else max(start, self._end(inner.end)))

    def exact(self, inner: Span) -> Span | None:
        """The span in the file if every character of it, and the place of an insertion, is there just so; else None."""
        if not self._pieces:
            return None
        at = max(bisect_right(self._starts, inner.start) - 1, 0)
        piece = self._pieces[at]
        inside = piece.start <= inner.start and inner.end <= piece.end
        if not inside or not piece.one_by_one:
            return None
        shift = piece.outer_start - piece.start
        return Span(inner.start + shift, inner.end + shift)

    def around(self, inner: Span) -> Span | None:
        """The span in the file if it begins and ends at a place that is there just so, whatever lies between."""
        first = self.exact(Span(inner.start, inner.start))
        at = bisect_right(self._starts, max(inner.end - 1, inner.start)) - 1
        if first is None or at < 0:
            return None
        piece = self._pieces[at]
        if inner.end > piece.end or not piece.one_by_one:
            return None
        return Span(first.start, inner.end + piece.outer_start - piece.start)

    def between(self, inner: Span) -> Span | None:
        """The span in the file from where something begins or ends to where something begins or ends, such as a thing
        of a list up to the next; None if `inner` begins or ends within a piece."""
        if not self._pieces:
            return None
        first = max(bisect_right(self._starts, inner.start) - 1, 0)
        last = max(bisect_right(self._starts, max(inner.end - 1, 0)) - 1, 0)
        following = last + 1 < len(self._pieces) and self._pieces[last + 1].start == inner.end
        if self._pieces[first].start == inner.start:
            start = self._pieces[first].outer_start
        elif self._pieces[first].end == inner.start:
            start = self._pieces[first].outer_end
        else:
            return None
        if self._pieces[last].end == inner.end:
            end = self._pieces[last].outer_end
        elif following:
            end = self._pieces[last + 1].outer_start
        else:
            return None
        return Span(start, end) if start <= end else None

    def _start(self, offset: int) -> int:
        if not self._pieces:
            return 0
        at = bisect_right(self._starts, offset) - 1
        if at < 0:
            return self._pieces[0].outer_start
        piece = self._pieces[at]
        if offset < piece.end:
            return piece.outer_start + (offset - piece.start if piece.one_by_one else 0)
        return self._pieces[at + 1].outer_start if at + 1 < len(self._pieces) else piece.outer_end

    def _end(self, offset: int) -> int:
        at = bisect_right(self._starts, offset - 1) - 1
        if at < 0:
            return self._pieces[0].outer_start if self._pieces else 0
        piece = self._pieces[at]
        if offset <= piece.end and piece.one_by_one:
            return piece.outer_start + offset - piece.start
        return piece.outer_end
