"""Wildcard patterns over names: `*` is any run of characters, `?` exactly one. Source: spec grammar.md section 6."""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Sequence


@functools.lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    """`pattern` as an expression that is matched without backtracking over the `*`: after each of them the leftmost
    place of the next literal run is as good as any other, so an atomic group may take it."""
    head, *rest = (re.escape(run).replace(r"\?", ".") for run in pattern.split("*"))
    if not rest:
        return re.compile(head, re.DOTALL)
    middle = "".join(f"(?>.*?{run})" for run in rest[:-1] if run)
    return re.compile(f"{head}{middle}.*{rest[-1]}", re.DOTALL)


def matches(pattern: str, text: str) -> bool:
    """Whether the whole of `text` fits; exact case. Time: len(pattern) * len(text) at most."""
    return _compiled(pattern).fullmatch(text) is not None


def select(pattern: str, names: Sequence[str]) -> list[int]:
    """The places in sorted `names` of those that fit `pattern`, ascending. Both are to be in one case already."""
    star = next((at for at, char in enumerate(pattern) if char in "*?"), None)
    if star is None:
        at = bisect_left(names, pattern)
        return [at] if at < len(names) and names[at] == pattern else []
    start, end = 0, len(names)
    if star:
        prefix = pattern[:star]
        start = bisect_left(names, prefix)
        end = bisect_left(names, prefix + "\U0010ffff", start)
    if star == len(pattern) - 1 and pattern[star] == "*":
        return list(range(start, end))
    if start == end:
        return []
    fits = _compiled(pattern).fullmatch
    return [at for at in range(start, end) if fits(names[at])]
