"""The one change that turns a text into another."""

from __future__ import annotations

from collections.abc import Callable

from workbench.document.edits import Edit
from workbench.document.span import Span


def difference(old: str, new: str) -> tuple[Edit, ...]:
    """The one change that turns a text into another: what is between their common beginning and end."""
    if old == new:
        return ()
    most = min(len(old), len(new))
    start = _common(lambda count: old[:count] == new[:count], most)
    end = _common(lambda count: old[len(old) - count :] == new[len(new) - count :], most - start)
    return (Edit(Span(start, len(old) - end), new[start : len(new) - end]),)


def _common(same: Callable[[int], bool], most: int) -> int:
    """The largest count up to `most` for which `same(count)` holds, found by halving."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if same(middle) else (low, middle - 1)
    return low
