"""Patterns found by the literal text that a match begins and ends with, so that cost grows with what can match and not
with what is listed. What is found is a number whose bits say which patterns match: the caller gives each its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeAlias

from workbench import patience
from workbench.policy.tokens import Token, Wildcard

Check: TypeAlias = Callable[[str], bool]


class Pattern(NamedTuple):
    """What a text must begin and end with, and the test of the whole. Without `check` the beginning says it all: the
    pattern is that text (`literal`), or everything that begins so."""

    beginning: str
    ending: str
    check: Check | None
    literal: bool = False


def pattern_of(tokens: tuple[Token, ...], check: Check) -> Pattern:
    """The pattern of these tokens, of which `check` knows the whole."""
    if all(isinstance(token, str) for token in tokens):
        return Pattern("".join(map(str, tokens)), "", None, literal=True)
    first, last = tokens[0], tokens[-1]
    beginning = first if isinstance(first, str) else ""
    if tokens[-1] is Wildcard.ANY and len(tokens) == bool(beginning) + 1:
        return Pattern(beginning, "", None)
    return Pattern(beginning, last if isinstance(last, str) else "", check)


class _Bucket:
    """The patterns that share a beginning: the bits of those that ask no more, and the others by their endings."""

    __slots__ = ("bits", "endings")

    def __init__(self, patterns: Iterable[tuple[Pattern, int]]) -> None:
        self.bits = 0
        tables: dict[int, dict[str, list[tuple[Check, int]]]] = {}
        for pattern, bits in patterns:
            if pattern.check is None:
                self.bits |= bits
            else:
                table = tables.setdefault(len(pattern.ending), {})
                table.setdefault(pattern.ending, []).append((pattern.check, bits))
        self.endings = tuple(tables.items())


def _bucket(those: list[tuple[Pattern, int]]) -> _Bucket:
    patience.check()
    return _Bucket(those)


class PatternIndex:
    """Immutable once built."""

    __slots__ = ("_always", "_beginnings", "_exact")

    def __init__(self, patterns: Iterable[tuple[Pattern, int]]) -> None:
        self._always = 0
        self._exact: dict[str, int] = {}
        grouped: dict[int, dict[str, list[tuple[Pattern, int]]]] = {}
        for pattern, bits in patterns:
            patience.check()
            beginning = pattern.beginning
            if pattern.literal:
                self._exact[beginning] = self._exact.get(beginning, 0) | bits
            elif not beginning and pattern.check is None:
                self._always |= bits
            else:
                grouped.setdefault(len(beginning), {}).setdefault(beginning, []).append((pattern, bits))
        self._beginnings = tuple(
            (length, {beginning: _bucket(those) for beginning, those in table.items()})
            for length, table in grouped.items()
        )

    def find(self, text: str) -> int:
        """The bits of all patterns that match the text."""
        found = self._always
        if self._exact:
            found |= self._exact.get(text, 0)
        for length, table in self._beginnings:
            bucket = table.get(text[:length])
            if bucket is not None:
                found |= bucket.bits
                for size, endings in bucket.endings:
                    for check, bits in endings.get(text[len(text) - size :], ()):
                        if bits & ~found and check(text):
                            found |= bits
        return found
