"""Names found by a few of their letters, in order: how well they fit, and which letters were meant.

A name that begins like what is typed comes first, then one with a word that does. Else letters at the start of a word
and letters in a row count most, so that what one abbreviates comes first.
"""

from __future__ import annotations

from typing import NamedTuple

LONGEST = 200
"""Characters of a name, and of what is typed, that are looked at: the work is the product of both."""
_BEGUN, _START, _ROW, _CASE, _LATER = 10.0, 8.0, 6.0, 0.5, 0.05


class Match(NamedTuple):
    """How a name fits (more is better), and the offsets of the letters that were meant, in order."""

    score: float
    places: tuple[int, ...]


def match(typed: str, name: str) -> Match | None:
    """The best way to find the letters of `typed` (white space aside) in `name`, in order and in any case; None if they
    are not in it. Work: length of one times length of the other, after a look that most names do not pass."""
    letters = [c for c in typed if not c.isspace()][:LONGEST]
    name = name[:LONGEST]
    low = [c.lower() for c in name]
    rest = iter(low)
    if not all(c.lower() in rest for c in letters):
        return None
    if not letters:
        return Match(0.0, ())
    if low[: len(letters)] == [c.lower() for c in letters]:  # the name itself is being typed
        return Match(len(letters) * _BEGUN - 0.01 * len(name), tuple(range(len(letters))))
    starts = [_starts_word(name, at) for at in range(len(name))]
    if (at := _word_begun(letters, low, starts)) is not None:
        score = len(letters) * _BEGUN - 1 - _LATER * at - 0.01 * len(name)
        return Match(score, tuple(range(at, at + len(letters))))
    # best[at]: the letters so far, the last of them at `at`; came[n][at]: where the one before stands then.
    best: list[float | None] = [None] * len(name)
    came: list[list[int]] = []
    for number, letter in enumerate(letters):
        before, best = best, [None] * len(name)
        origin = [-1] * len(name)
        nearest: tuple[float, int] | None = None  # the best of `before` that stands left of `at`, not beside it
        for at, here in enumerate(low):
            if at >= 2 and (old := before[at - 2]) is not None and (nearest is None or old > nearest[0]):
                nearest = old, at - 2
            if here != letter.lower():
                continue
            worth = 1.0 + (_START if starts[at] else 0.0) + (_CASE if name[at] == letter else 0.0) - _LATER * at
            if number == 0:
                best[at] = worth
                continue
            reached = nearest
            beside = before[at - 1] if at else None
            if beside is not None and (reached is None or beside + _ROW >= reached[0]):
                reached = beside + _ROW, at - 1
            if reached is not None:
                best[at] = reached[0] + worth
                origin[at] = reached[1]
        came.append(origin)
    score, at = max((value, -at) for at, value in enumerate(best) if value is not None)
    places = [at := -at]
    for origin in reversed(came[1:]):
        places.append(at := origin[at])
    return Match(score - 0.01 * len(name), tuple(reversed(places)))


def _word_begun(letters: list[str], low: list[str], starts: list[bool]) -> int | None:
    """Where a word begins with all that was typed, in a row: two or more letters mean that word."""
    if len(letters) < 2:
        return None
    typed = [c.lower() for c in letters]
    return next((at for at, is_start in enumerate(starts) if is_start and low[at : at + len(typed)] == typed), None)


def _starts_word(name: str, at: int) -> bool:
    """Whether a word begins here: at the start, after what is no letter or digit, at a capital after a small one."""
    if at == 0 or not name[at - 1].isalnum():
        return name[at].isalnum()
    return name[at].isupper() and name[at - 1].islower()
