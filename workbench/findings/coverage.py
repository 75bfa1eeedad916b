"""Whether one pattern of a list covers another: every text that the second matches, the first matches too.

The answer yes is always right; a no may be wrong for patterns such as `a*?` and `a?*`, which cover each other in a way
that is not looked for. Source: spec grammar.md sections 6 and 7, findings.md REDUNDANT_ACTION and REDUNDANT_RESOURCE.
"""

from __future__ import annotations

import enum
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeAlias

from workbench.evaluation.glob import compile_glob
from workbench.findings.context import GaveUpError

_SEGMENTS = 6
_MOST_COMPARISONS = 100_000


class _Run(enum.Enum):
    """Wildcards; the `WITHIN` ones stay inside a segment of an ARN, they match no colon."""

    ANY = "*"
    ONE = "?"
    ANY_WITHIN = "*-"
    ONE_WITHIN = "?-"


_Symbol: TypeAlias = str | _Run
Covers: TypeAlias = Callable[[str, str], bool]


def action_covers(a: str, b: str) -> bool:
    """Whether the action pattern `a` covers `b`; both in lower case."""
    if not compile_glob(a).matches(b):  # a wildcard of `b` is a character like any other here: only `*` takes it
        return False
    return "?" not in a or _contains(_action_symbols(a), _action_symbols(b))


def resource_covers(a: str, b: str) -> bool:
    """Whether the Resource entry `a` covers `b`, by the matching of grammar.md section 7."""
    if a == "*":
        return True
    if b == "*" or not compile_glob(a).matches(b):
        return False
    return _contains(_resource_symbols(a), _resource_symbols(b))


@lru_cache(maxsize=2048)
def _action_symbols(text: str) -> tuple[_Symbol, ...]:
    return tuple(_Run(c) if c in "*?" else c for c in text)


@lru_cache(maxsize=2048)
def _resource_symbols(text: str) -> tuple[_Symbol, ...]:
    symbols: list[_Symbol] = []
    segment = 1
    for at, char in enumerate(text):
        within = segment < _SEGMENTS
        if char == "*":
            ends = at + 1 == len(text) or text[at + 1] == ":"
            symbols.append(_Run.ANY_WITHIN if within and not ends else _Run.ANY)
        elif char == "?":
            symbols.append(_Run.ONE_WITHIN if within else _Run.ONE)
        else:
            segment += char == ":"
            symbols.append(char)
    return tuple(symbols)


def _contains(a: Sequence[_Symbol], b: Sequence[_Symbol]) -> bool:
    """Walk `a` as an automaton over the symbols of `b`. O(len(a) * len(b))."""
    states = _closure(a, {0})
    for symbol in b:
        after: set[int] = set()
        for at in states:
            if at == len(a):
                continue
            wanted = a[at]
            if wanted is _Run.ANY or (wanted is _Run.ANY_WITHIN and _no_colon(symbol)):
                after.add(at)
            elif wanted is _Run.ONE:
                if symbol not in (_Run.ANY, _Run.ANY_WITHIN):
                    after.add(at + 1)
            elif wanted is _Run.ONE_WITHIN:
                if symbol is _Run.ONE_WITHIN or (isinstance(symbol, str) and symbol != ":"):
                    after.add(at + 1)
            elif wanted == symbol:
                after.add(at + 1)
        states = _closure(a, after)
        if not states:
            return False
    return len(a) in states


def _no_colon(symbol: _Symbol) -> bool:
    return symbol not in (":", _Run.ANY, _Run.ONE)


def _closure(a: Sequence[_Symbol], states: set[int]) -> set[int]:
    """The states with those behind a run that may be empty."""
    for at in list(states):
        while at < len(a) and a[at] in (_Run.ANY, _Run.ANY_WITHIN):
            at += 1
            states.add(at)
    return states


def groups(texts: Sequence[str], covers: Covers) -> list[tuple[int, tuple[int, ...]]]:
    """Each pattern that covers others and is covered by none, with all that it covers, as indexes into `texts`. Of
    patterns that cover each other the first counts. Raises GaveUpError for lists too long to compare."""
    covered_by: dict[int, set[int]] = {}
    first: dict[str, int] = {}
    for at, text in enumerate(texts):
        if text in first:
            covered_by.setdefault(at, set()).add(first[text])
        else:
            first[text] = at
    names = sorted(first)
    comparisons = 0
    for pattern in names:
        prefix = compile_glob(pattern).prefix
        if len(prefix) == len(pattern):
            continue  # a literal covers its equals only
        start = bisect_left(names, prefix)
        end = bisect_left(names, prefix + "\U0010ffff", start)
        comparisons += end - start
        if comparisons > _MOST_COMPARISONS:
            raise GaveUpError
        for other in names[start:end]:
            if (
                other != pattern
                and covers(pattern, other)
                and not (first[other] < first[pattern] and covers(other, pattern))
            ):
                covered_by.setdefault(first[other], set()).add(first[pattern])
    for at, owners in covered_by.items():  # what covers an item covers its equals
        if first[texts[at]] != at:
            owners |= covered_by.get(first[texts[at]], set())
    found: dict[int, list[int]] = {}
    for at in sorted(covered_by):
        for owner in covered_by[at]:
            if owner not in covered_by:
                found.setdefault(owner, []).append(at)
    return [(owner, tuple(found[owner])) for owner in sorted(found)]
