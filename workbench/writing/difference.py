"""The changes that turn a text into another."""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher
from itertools import accumulate

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


MOST_LINES = 2_000
"""More lines are not compared with one another: that would take the square of their number."""


def differences(old: str, new: str) -> tuple[Edit, ...]:
    """The same line by line, so that whatever stands in a line that stays is left alone; as one change where very many
    lines lie between the first and the last that differ."""
    whole = difference(old, new)
    if not whole:
        return ()
    start = old.rfind("\n", 0, whole[0].span.start) + 1
    after = len(old) - whole[0].span.end
    before, then = (text[start : len(text) - after].splitlines(keepends=True) for text in (old, new))
    if max(len(before), len(then)) > MOST_LINES:
        return whole
    places = list(accumulate(map(len, before), initial=start))
    return tuple(
        Edit(Span(places[a], places[b]), "".join(then[c:d]))
        for kind, a, b, c, d in SequenceMatcher(None, before, then, autojunk=False).get_opcodes()
        if kind != "equal"
    )


def _common(same: Callable[[int], bool], most: int) -> int:
    """The largest count up to `most` for which `same(count)` holds, found by halving."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if same(middle) else (low, middle - 1)
    return low
