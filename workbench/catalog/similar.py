"""Near matches among the names of the catalog. The measure is policy.names; source: spec findings.md section 2.

A policy may hold thousands of unknown names, so none may be compared with every known name letter by letter: first the
lengths must be near, then the letters (how often each occurs, as bits of a number), and only then the edits are
counted.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from workbench.policy.names import edit_distance

_LONG_PREFIX = 8  # a service prefix shorter than this may differ by one edit only
_SLOTS = 43  # letters share a slot where their code points differ by a multiple
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SHORTEST_PART = 3
_MOST_HINTS = 3

_SAME_DEED = tuple(
    frozenset(words.split())
    for words in (
        "get read fetch retrieve describe view download head",
        "list describe enumerate search find",
        "create make add new run launch start begin",
        "put write upload set save store",
        "delete remove drop destroy terminate erase",
        "update modify change edit alter",
        "stop end halt terminate cancel abort",
        "send publish post emit",
        "invoke call execute run",
        "attach associate add link",
        "detach disassociate remove unlink",
    )
)
"""Verbs with which one person names what another names with the other."""


class Candidates(NamedTuple):
    """What an unknown name may stand for: its near match if there is one, else a few names that are like it."""

    near: str | None
    related: tuple[str, ...] = ()

    @property
    def best(self) -> str | None:
        return self.near or next(iter(self.related), None)

    @property
    def sentence(self) -> str:
        """A sentence that names them; empty if there are none."""
        if self.near:
            return f"Did you mean {self.near}?"
        if not self.related:
            return ""
        *others, last = self.related
        return f"The nearest names are {', '.join(others)} and {last}." if others else f"The nearest name is {last}."


def allowed_edits(name: str, *, prefix: bool = False) -> int:
    """How many edits a name may be away from what was meant: 2 from 6 characters on (a service prefix: from 8), 1 from
    3 characters on, else none."""
    if len(name) >= (_LONG_PREFIX if prefix else 6):
        return 2
    return 1 if len(name) >= 3 else 0


def _bag(text: str) -> int:
    """The letters of `text`, each up to three times, as bits. One edit changes at most two bits."""
    bits = 0
    for char in text:
        slot = 1 << ord(char) % _SLOTS * 3
        if not bits & slot:
            bits |= slot
        elif not bits & slot << 1:
            bits |= slot << 1
        else:
            bits |= slot << 2
    return bits


class NearNames:
    """Known names, in lower case, arranged for near matches."""

    __slots__ = ("_bags", "_by_length", "_known")

    def __init__(self, known: Sequence[str]) -> None:
        self._known = known
        self._by_length: dict[int, list[int]] = {}
        for at, name in enumerate(known):
            self._by_length.setdefault(len(name), []).append(at)
        self._bags: dict[int, list[int]] = {}  # by length, made when first asked for

    def within(self, name: str, limit: int) -> Iterator[tuple[int, int]]:
        """The distance and place of every known name at most `limit` edits away."""
        size = len(name)
        if size > max(self._by_length, default=0) + limit:
            return
        mine = _bag(name)
        for length in range(size - limit, size + limit + 1):
            places = self._by_length.get(length)
            if places is None:
                continue
            bags = self._bags.get(length)
            if bags is None:
                bags = self._bags[length] = [_bag(self._known[at]) for at in places]
            for at, bag in zip(places, bags, strict=True):
                if (bag ^ mine).bit_count() <= 2 * limit:
                    distance = edit_distance(name, self._known[at], limit)
                    if distance <= limit:
                        yield distance, at

    def nearest(self, name: str, *, prefix: bool = False) -> int | None:
        """The place of the nearest name within the allowed edits, the first of equals."""
        found = min(self.within(name.lower(), allowed_edits(name, prefix=prefix)), default=None)
        return None if found is None else found[1]


class Words:
    """Names arranged by the words they are made of: `CreateTrainingJob` holds Create, Training and Job."""

    __slots__ = ("_by_word", "_names", "_vocabulary")

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._by_word: dict[str, list[int]] = {}
        for at, name in enumerate(names):
            for word in dict.fromkeys(_words(name)):
                self._by_word.setdefault(word, []).append(at)
        self._vocabulary = sorted(self._by_word)

    def nearest(self, name: str) -> tuple[str, ...]:
        """The few names that share the most words with `name`, more than half of them; a word may be the beginning of
        another, and the verb before them another for the same deed. Empty if there are none."""
        wanted = list(dict.fromkeys(_words(name)))
        if len(wanted) < 2 or len(wanted) > 12:
            return ()
        scores: dict[int, float] = {}
        for word in wanted:
            for known in self._related(word):
                for at in self._by_word[known]:
                    scores[at] = scores.get(at, 0) + (1 if known == word else 0.9)
        deeds = {deed for group in _SAME_DEED if wanted[0] in group for deed in group} - {wanted[0]}
        for deed in deeds & self._by_word.keys():
            for at in self._by_word[deed]:
                if at in scores and self._names[at].lower().startswith(deed):
                    scores[at] += 0.8
        ranked = sorted(
            (-2 * score + len(_words(self._names[at])), self._names[at])
            for at, score in scores.items()
            if 2 * score > len(wanted)
        )
        return tuple(name for _, name in ranked[:_MOST_HINTS])

    def _related(self, word: str) -> list[str]:
        """The known words that `word` is, begins or begins with."""
        if len(word) < _SHORTEST_PART:
            return [word] if word in self._by_word else []
        found = [word[:size] for size in range(_SHORTEST_PART, len(word)) if word[:size] in self._by_word]
        at = bisect_left(self._vocabulary, word)
        while at < len(self._vocabulary) and self._vocabulary[at].startswith(word):
            found.append(self._vocabulary[at])
            at += 1
        return found


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name[:200])]


def services_like(prefix: str, known: Sequence[str]) -> tuple[str, ...]:
    """The service prefixes that `prefix` begins, or that it is put together from: `dynamo` gives `dynamodb`,
    `cloudwatchlogs` gives `cloudwatch` and `logs`."""
    lower = prefix.lower()
    if not _SHORTEST_PART < len(lower) <= 63:
        return ()
    longer = [name for name in known if name.startswith(lower)]
    parts = [name for name in known if len(name) > _SHORTEST_PART and (lower.startswith(name) or lower.endswith(name))]
    return tuple(
        sorted(longer or parts, key=lambda name: (-len(name) if not longer else len(name), name))[:_MOST_HINTS]
    )
