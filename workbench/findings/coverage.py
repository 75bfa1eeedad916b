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
_MOST_STEPS = 1_000_000


class _Run(enum.Enum):
    """Wildcards; the `WITHIN` ones stay inside a segment of an ARN, they match no colon."""

    ANY = "*"
    ONE = "?"
    ANY_WITHIN = "*-"
    ONE_WITHIN = "?-"


_Symbol: TypeAlias = str | _Run
_RUNS = frozenset({_Run.ANY, _Run.ANY_WITHIN})
Covers: TypeAlias = Callable[[str, str, "Work | None"], bool]


def action_covers(a: str, b: str, work: Work | None = None) -> bool:
    """Whether the action pattern `a` covers `b`; both in lower case. Raises GaveUpError when `work` is used up."""
    _match_cost(a, b, work)
    if not compile_glob(a).matches(b):  # a wildcard of `b` is a character like any other here: only `*` takes it
        return False
    return "?" not in a or _contains(_action_symbols(a), _action_symbols(b), work)


def resource_covers(a: str, b: str, work: Work | None = None) -> bool:
    """Whether the Resource entry `a` covers `b`, by the matching of grammar.md section 7. Raises GaveUpError when
    `work` is used up."""
    if a == "*":
        return True
    _match_cost(a, b, work)
    if b == "*" or not compile_glob(a).matches(b):
        return False
    return _contains(_resource_symbols(a), _resource_symbols(b), work)


def _match_cost(a: str, b: str, work: Work | None) -> None:
    """What matching `b` as a text costs beyond a short look: much only for patterns with many `?`."""
    if work is not None and len(b) > 64:
        work.spend(len(b) // 64 * (1 + len(a) // 64))


@lru_cache(maxsize=2048)
def _action_symbols(text: str) -> tuple[_Symbol, ...]:
    return _without_double_runs([_Run(c) if c in "*?" else c for c in text])


def _without_double_runs(symbols: Sequence[_Symbol]) -> tuple[_Symbol, ...]:
    """Of runs side by side the widest: they match what it matches."""
    kept: list[_Symbol] = []
    for symbol in symbols:
        if symbol in _RUNS and kept and kept[-1] in _RUNS:
            if symbol is _Run.ANY:
                kept[-1] = symbol
            continue
        kept.append(symbol)
    return tuple(kept)


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
    return _without_double_runs(symbols)


class Work:
    """What may still be spent on comparing patterns: a step is one symbol of one pattern tried at 64 places of another
    at once. Counted, so that the same policy gives the same findings on every machine."""

    __slots__ = ("left",)

    def __init__(self, steps: int = _MOST_STEPS) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        """Raises GaveUpError when nothing is left."""
        self.left -= steps
        if self.left < 0:
            raise GaveUpError


class _Automaton:
    """A pattern as an automaton whose states, the places in the pattern, are the bits of one number."""

    __slots__ = ("any", "final", "literals", "one", "one_within", "size", "within")

    def __init__(self, symbols: Sequence[_Symbol]) -> None:
        self.any = self.within = self.one = self.one_within = 0
        self.literals: dict[str, int] = {}
        self.size = len(symbols)
        self.final = 1 << len(symbols)
        for at, symbol in enumerate(symbols):
            bit = 1 << at
            if symbol is _Run.ANY:
                self.any |= bit
            elif symbol is _Run.ANY_WITHIN:
                self.within |= bit
            elif symbol is _Run.ONE:
                self.one |= bit
            elif symbol is _Run.ONE_WITHIN:
                self.one_within |= bit
            else:
                assert isinstance(symbol, str)
                self.literals[symbol] = self.literals.get(symbol, 0) | bit

    def takes(self, symbols: Sequence[_Symbol]) -> bool:
        """Whether every text that `symbols` match is matched, as far as a walk over them tells."""
        runs = self.any | self.within
        states = 1 | (runs & 1) << 1
        for symbol in symbols:
            stay = states & (runs if _no_colon(symbol) else self.any)
            on = 0
            if isinstance(symbol, str):
                on = states & self.literals.get(symbol, 0)
            if symbol is not _Run.ANY and symbol is not _Run.ANY_WITHIN:
                on |= states & self.one
                if symbol is _Run.ONE_WITHIN or (symbol is not _Run.ONE and symbol != ":"):
                    on |= states & self.one_within
            states = stay | on << 1
            states |= (states & runs) << 1  # a run may be empty; no two stand side by side
            if not states:
                return False
        return bool(states & self.final)


def _contains(a: Sequence[_Symbol], b: Sequence[_Symbol], work: Work | None) -> bool:
    """Walk `a` as an automaton over the symbols of `b`: one step for each symbol of `b`."""
    if work is not None:
        work.spend(len(b) * (1 + len(a) // 64))
    return _automaton(tuple(a)).takes(b)


@lru_cache(maxsize=2048)
def _automaton(symbols: tuple[_Symbol, ...]) -> _Automaton:
    return _Automaton(symbols)


def _no_colon(symbol: _Symbol) -> bool:
    return symbol not in (":", _Run.ANY, _Run.ONE)


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
    work = Work()
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
                and covers(pattern, other, work)
                and not (first[other] < first[pattern] and covers(other, pattern, work))
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
