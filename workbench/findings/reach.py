"""Whether two lists of ARN patterns meet, and what a Deny leaves of one: sums over the statements of a policy, whose
cost is counted. Source: spec grammar.md section 7, findings.md section 3.1.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from workbench.catalog.arnformat import compile_format, compile_pattern, fill, fits, overlap
from workbench.findings.coverage import Work, resource_covers
from workbench.policy.model import ListElement

_HELD = re.compile(r"[^*?$]*+")
ROLE_FORMAT = "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}"


class Reach:
    """The patterns of a list, arranged by what they begin with."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._sorted = sorted((_beginning(pattern), pattern) for pattern in patterns)
        self._heads = [head for head, _ in self._sorted]
        self._by_head: dict[str, list[str]] = {}
        for head, pattern in self._sorted:
            self._by_head.setdefault(head, []).append(pattern)
        self._lengths = sorted({len(head) for head in self._by_head})

    def meets(self, pattern: str, work: Work) -> bool:
        """Whether some text fits `pattern` and one of these. Compared are only those that can begin alike."""
        head = _beginning(pattern)
        at = bisect_left(self._heads, head)
        while at < len(self._heads) and self._heads[at].startswith(head):
            if patterns_meet(pattern, self._sorted[at][1], work):
                return True
            at += 1
        return any(
            patterns_meet(pattern, other, work)
            for length in self._lengths
            if length < len(head)
            for other in self._by_head.get(head[:length], ())
        )


def _beginning(pattern: str) -> str:
    match = _HELD.match(pattern)
    return match[0] if match is not None else ""


def patterns_meet(a: str, b: str, work: Work) -> bool:
    """Whether some ARN fits both patterns. Raises GaveUpError when `work` is used up."""
    work.spend(1 + len(a) * len(b) // 64)
    mine, theirs = compile_pattern(a), compile_pattern(b)
    return len(mine) != len(theirs) or all(overlap(x, y) for x, y in zip(mine, theirs, strict=True))


def of_formats(texts: Sequence[str], formats: Sequence[str]) -> list[str]:
    """What a list of Resource patterns says of resources of the given ARN formats: `*` is all of them, and patterns
    that fit none say nothing. Without formats every pattern counts."""
    if not formats:
        return list(texts)
    everything = [fill(f, "aws", "*", "*") for f in formats]
    compiled = [compile_format(f) for f in formats]
    found: list[str] = []
    for text in texts:
        found += everything if text == "*" else [text] if any(fits(text, f) for f in compiled) else []
    return found


def covered_by(element: ListElement, pattern: str, work: Work) -> bool:
    """Whether a Resource or NotResource surely takes in all that `pattern` matches; `NotResource: []` takes in all."""
    if element.negated:
        return not any(item.text == "*" or patterns_meet(item.text, pattern, work) for item in element.items)
    for item in element.items:
        work.spend(1)
        if resource_covers(item.text, pattern, work):
            return True
    return False
