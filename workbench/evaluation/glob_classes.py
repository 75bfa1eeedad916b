"""Which combinations of patterns a text can match, each with the shortest text that does.

Every pattern is a small automaton; they run side by side over the characters that matter to any of them (and one that
matters to none), and every combination of states that can be reached is visited once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workbench.policy.tokens import Token, Wildcard

_Step = str | Wildcard
MOST_STATES = 4_000


def classes(patterns: Sequence[Iterable[Token]]) -> tuple[tuple[str, ...], bool]:
    """Texts that together show every reachable combination of matches of `patterns` (literals and wildcards), and
    whether that is certain: False where the search was cut off at MOST_STATES."""
    machines = [_steps(tokens) for tokens in patterns]
    alphabet = sorted({c for steps in machines for c in steps if isinstance(c, str)})
    alphabet.append(_foreign(alphabet))
    start = tuple(_closed(steps, frozenset({0})) for steps in machines)
    seen = {start}
    shown: dict[tuple[bool, ...], str] = {}
    frontier = [(start, "")]
    while frontier:
        following = []
        for state, text in frontier:
            accepted = tuple(len(steps) in at for steps, at in zip(machines, state, strict=True))
            shown.setdefault(accepted, text)
            for character in alphabet:
                after = tuple(_advance(steps, at, character) for steps, at in zip(machines, state, strict=True))
                if after not in seen:
                    if len(seen) >= MOST_STATES:
                        return tuple(shown.values()), False
                    seen.add(after)
                    following.append((after, text + character))
        frontier = following
    return tuple(shown.values()), True


def _steps(tokens: Iterable[Token]) -> tuple[_Step, ...]:
    steps: list[_Step] = []
    for token in tokens:
        if isinstance(token, str):
            steps += token
        elif isinstance(token, Wildcard) and not (token is Wildcard.ANY and steps[-1:] == [token]):
            steps.append(token)
    return tuple(steps)


def _foreign(alphabet: list[str]) -> str:
    """A character that no pattern names; a readable one if there is one."""
    taken = set(alphabet)
    return next(c for c in map(chr, (*b"zyxwvutsrq~!", *range(0x100, 0x10000))) if c not in taken)


def _closed(steps: tuple[_Step, ...], at: frozenset[int]) -> frozenset[int]:
    """With every place that can be reached without a character: `*` may stand for nothing."""
    closed = set(at)
    for place in at:
        while place < len(steps) and steps[place] is Wildcard.ANY:
            place += 1
            closed.add(place)
    return frozenset(closed)


def _advance(steps: tuple[_Step, ...], at: frozenset[int], character: str) -> frozenset[int]:
    after = set()
    for place in at:
        if place == len(steps):
            continue
        step = steps[place]
        if step is Wildcard.ANY:
            after.add(place)
        elif step is Wildcard.ONE or step == character:
            after.add(place + 1)
    return _closed(steps, frozenset(after))
