"""Which combinations of patterns a text can match, each with the shortest text that does.

Every pattern is a small automaton; they run side by side over the characters that matter to any of them (and one that
matters to none), and every combination of states that can be reached is visited once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from workbench.evaluation.arn_patterns import split_arn_tokens
from workbench.evaluation.glob import Glob
from workbench.policy.tokens import Token, Wildcard

MOST_STATES = 4_000
_MOST_STEPS = 150_000
"""So many advances of one automaton by one character are made at most."""
_PARTS = 6


class Step(NamedTuple):
    """One character, of these or (negated) of all others; or, if it loops, any number of them."""

    characters: frozenset[str]
    negated: bool = False
    loops: bool = False


Steps: TypeAlias = tuple[Step, ...]
"""An automaton: a pattern that matches whole texts."""


def steps(tokens: Iterable[Token], besides: str = "") -> Steps:
    """A pattern of literals and wildcards; the wildcards stand for all characters but those of `besides`."""
    found: list[Step] = []
    others = frozenset(besides)
    for token in tokens:
        if isinstance(token, str):
            found += (Step(frozenset(character)) for character in token)
        else:
            step = Step(others, negated=True, loops=token is Wildcard.ANY)
            if not (step.loops and found[-1:] == [step]):
                found.append(step)
    return tuple(found)


def steps_ignoring_case(text: str) -> Steps:
    """An ASCII text in any case; the Kelvin sign is a `k` in upper case."""
    kelvin = {"k": "\u212a"}
    return tuple(Step(frozenset({c.lower(), c.upper(), *kelvin.get(c.lower(), "")})) for c in text)


def steps_of_arn(tokens: tuple[Token, ...]) -> Iterator[Steps]:
    """A value of an ARN operator, as ArnPattern reads it; nothing if it matches no ARN."""
    parts = split_arn_tokens(tokens)
    if len(parts) < _PARTS:
        yield steps(tokens)
    elif Glob(parts[0]).matches("arn"):
        colon = Step(frozenset(":"))
        inner = (step for part in parts[1:-1] for step in (colon, *steps(part, besides=":")))
        yield (*steps(("arn",)), *inner, colon, *steps(parts[-1]))


def classes(machines: Sequence[Steps]) -> tuple[tuple[str, ...], bool]:
    """Texts that together show every reachable combination of matches of `machines`, and whether that is certain: False
    where the search was cut off."""
    alphabet = sorted({c for machine in machines for step in machine for c in step.characters})
    alphabet.append(_foreign(alphabet))
    start = tuple(_closed(machine, frozenset({0})) for machine in machines)
    seen = {start}
    shown: dict[tuple[bool, ...], str] = {}
    frontier = [(start, "")]
    made = 0
    while frontier:
        following = []
        for state, text in frontier:
            accepted = tuple(len(machine) in at for machine, at in zip(machines, state, strict=True))
            shown.setdefault(accepted, text)
            for character in alphabet:
                made += len(machines)
                after = tuple(_advance(machine, at, character) for machine, at in zip(machines, state, strict=True))
                if after not in seen:
                    if len(seen) >= MOST_STATES or made > _MOST_STEPS:
                        return tuple(shown.values()), False
                    seen.add(after)
                    following.append((after, text + character))
        frontier = following
    return tuple(shown.values()), True


def _foreign(alphabet: list[str]) -> str:
    """A character that no pattern names; a readable one if there is one."""
    taken = set(alphabet)
    return next(c for c in map(chr, (*b"zyxwvutsrq~!", *range(0x100, 0x10000))) if c not in taken)


def _closed(machine: Steps, at: frozenset[int]) -> frozenset[int]:
    """With every place that can be reached without a character: `*` may stand for nothing."""
    closed = set(at)
    for place in at:
        while place < len(machine) and machine[place].loops:
            place += 1
            closed.add(place)
    return frozenset(closed)


def _advance(machine: Steps, at: frozenset[int], character: str) -> frozenset[int]:
    after = set()
    for place in at:
        if place == len(machine):
            continue
        step = machine[place]
        if (character in step.characters) is not step.negated:
            after.add(place if step.loops else place + 1)
    return _closed(machine, frozenset(after))
