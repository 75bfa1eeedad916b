"""Sets of texts, given by patterns, and one question: is there a text in all of these and in none of those?

A pattern is a row of steps; a step takes one character out of a set, or any number of them. Every pattern runs as a
small automaton whose states are the bits of a number. All of them walk side by side over the characters that can make
a difference, and a set of states is visited once, so the answer is exact; what it may cost is bounded by a `Budget`.
A variable of a policy is one private character: it stands for a text nobody knows, so only `*` and itself take it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from heapq import heappop, heappush
from typing import NamedTuple

from workbench.proof.budget import Budget, GaveUp

FIRST_PRIVATE = "\ue000"
LAST_PRIVATE = "\uf8ff"


def is_private(character: str) -> bool:
    """Whether the character stands for a variable."""
    return FIRST_PRIVATE <= character <= LAST_PRIVATE


class Characters(NamedTuple):
    """A set of characters: those of `listed`, or with `negated` all others."""

    listed: frozenset[str]
    negated: bool = False

    def has(self, character: str) -> bool:
        return (character in self.listed) is not self.negated


ANY = Characters(frozenset(), negated=True)
NO_COLON = Characters(frozenset(":"), negated=True)
DIGIT = Characters(frozenset("0123456789"))
LOWER = Characters(frozenset("abcdefghijklmnopqrstuvwxyz"))


MOST_NAMED = 4
"""A set that lists more characters is a class of them, in which one is as good as another."""


class Step(NamedTuple):
    """One character of `characters`, or with `repeated` any number of them. `opens`: whether it takes variables too."""

    characters: Characters
    repeated: bool = False
    opens: bool = False

    @property
    def single(self) -> str:
        """The one character it takes, empty if it takes several."""
        characters = self.characters
        return next(iter(characters.listed)) if not characters.negated and len(characters.listed) == 1 else ""


def literal(text: str) -> tuple[Step, ...]:
    """The steps of a text that stands for itself."""
    return tuple(Step(Characters(frozenset(c))) for c in text)


ANYTHING = Step(ANY, repeated=True, opens=True)
ONE = Step(ANY)
ONE_OR_VARIABLE = Step(ANY, opens=True)


class Machine:
    """A pattern as an automaton. A state is a number; 0 is the state from which nothing is accepted any more. What was
    found out about a state is kept, so a machine that is used again costs less."""

    __slots__ = (
        "_last",
        "_left",
        "_looked_for",
        "_moves",
        "_repeated",
        "_runs",
        "_steps_from",
        "_widened",
        "absorbing",
        "start",
        "steps",
        "text",
        "variables",
    )

    def __init__(self, steps: Iterable[Step]) -> None:
        self.steps = tuple(steps)
        self._repeated = sum(1 << i for i, step in enumerate(self.steps) if step.repeated)
        self._last = 1 << len(self.steps)
        self._moves: dict[str, tuple[int, int]] = {}
        self._steps_from: dict[int, dict[str, int]] = {}
        self._runs: dict[int, str] = {}
        self._left = [0]
        for step in reversed(self.steps):
            self._left.append(self._left[-1] + (not step.repeated))
        self._left.reverse()
        self._looked_for: dict[int, tuple[frozenset[str], bool]] = {}
        self.start = self._closed(1)
        ends = self.steps[-1:] == (ANYTHING,)
        self.absorbing = self._last >> 1 if ends else 0
        """The state bit from which every text is accepted; 0: there is none."""
        single = [step.characters for step in self.steps]
        fixed = all(not step.repeated and step.single for step in self.steps)
        self.text = "".join(step.single for step in self.steps) if fixed else None
        """The one text it takes, if there is only one."""
        self.variables = frozenset(c for found in single if not found.negated for c in found.listed if is_private(c))
        self._widened: Machine | None = None

    @property
    def widened(self) -> Machine:
        """The machine for which a variable may be any text at all."""
        if not self.variables:
            return self
        if self._widened is None:
            free = (ANYTHING if step.characters.listed & self.variables else step for step in self.steps)
            self._widened = Machine(free)
        return self._widened

    def step(self, state: int, character: str) -> int:
        known = self._steps_from.get(state)
        if known is None:
            known = self._steps_from[state] = {}
        after = known.get(character)
        if after is None:
            move = self._moves.get(character)
            if move is None:
                move = self._moves[character] = self._move(character)
            once, again = move
            after = known[character] = self._closed(((state & once) << 1) | (state & again))
        return after

    def walk(self, state: int, text: str) -> int:
        """The state behind a whole text; kept, since the same beginnings come again and again."""
        known = self._steps_from.setdefault(state, {})
        after = known.get(text)
        if after is None:
            after = state
            for character in text:
                after = self.step(after, character)
                if not after:
                    break
            known[text] = after
        return after

    def run(self, state: int) -> str:
        """The text that must follow here whatever comes behind it; empty if there is a choice."""
        found = self._runs.get(state)
        if found is None:
            found = ""
            if not state & (state - 1):
                at = state.bit_length() - 1
                while at < len(self.steps) and not self.steps[at].repeated and self.steps[at].single:
                    found += self.steps[at].single
                    at += 1
            self._runs[state] = found
        return found

    def left(self, state: int) -> int:
        """So many characters at least must follow."""
        return self._left[state.bit_length() - 1]

    def accepts(self, state: int) -> bool:
        return bool(state & self._last)

    def matches(self, text: str) -> bool:
        state = self.start
        for character in text:
            state = self.step(state, character)
            if not state:
                return False
        return self.accepts(state)

    def looks_for(self, state: int) -> tuple[frozenset[str], bool]:
        """The characters that this state tells apart from others, and whether it takes others too."""
        found = self._looked_for.get(state)
        if found is None:
            named: set[str] = set()
            others = False
            for i, step in enumerate(self.steps):
                if state >> i & 1:
                    characters = step.characters
                    if characters.negated or len(characters.listed) > MOST_NAMED:
                        others = True
                    if len(characters.listed) <= MOST_NAMED:
                        named |= characters.listed
            found = self._looked_for[state] = frozenset(named), others
        return found

    def _move(self, character: str) -> tuple[int, int]:
        once = again = 0
        private = is_private(character)
        for i, step in enumerate(self.steps):
            takes = (
                character in step.characters.listed if private and not step.opens else step.characters.has(character)
            )
            if takes and step.repeated:
                again |= 1 << i
            elif takes:
                once |= 1 << i
        return once, again

    def _closed(self, state: int) -> int:
        """With every state that is reached without a character: a repeated step may take none."""
        while True:
            wider = state | ((state & self._repeated) << 1)
            if wider == state:
                return state
            state = wider


_FOREIGN = ("xyzabcdefghijklmnopqrstuvw", "1234567890", "XYZABCDEFGHIJKLMNOPQRSTUVW-._/:éж")
"""Characters that stand for all that no pattern names, readable ones first; in kinds that the sets above tell apart."""


def find_text(
    required: Sequence[Machine],
    excluded: Sequence[Machine],
    budget: Budget,
    wanted: Callable[[str], bool] | None = None,
) -> str | None:
    """A shortest text that all of `required` take and none of `excluded`; None if there is none. `wanted` may refuse a
    text for reasons of its own, the search then goes on. Raises GaveUp where the budget runs out first."""
    if any(machine.absorbing and machine.start & machine.absorbing for machine in excluded):
        return None
    known = next((m.text for m in required if m.text is not None), None)
    if known is not None:
        fits = all(m.matches(known) for m in required) and not any(m.matches(known) for m in excluded)
        return known if fits and (wanted is None or wanted(known)) else None
    excluded = [m for m in excluded if _may_meet(m, required)]
    split = len(required)
    machines = (*required, *excluded)
    start = tuple(m.start for m in machines)
    seen = {start}
    # The most promising first: those that may end soonest. So a shortest text is found without trying all shorter ones.
    queue = [(0, 0, start, "")]
    pushed = 0
    while queue:
        _, _, states, text = heappop(queue)
        budget.spend(1 + len(machines) // 8)
        if (
            all(m.accepts(s) for m, s in zip(required, states, strict=False))
            and not any(m.accepts(s) for m, s in zip(excluded, states[split:], strict=True))
            and (wanted is None or wanted(text))
        ):
            return text
        for character in _following(required, excluded, states):
            after = _advance(required, excluded, states, split, character)
            if after is not None and after not in seen:
                seen.add(after)
                pushed += 1
                longer = text + character
                left = max((m.left(s) for m, s in zip(required, after, strict=False)), default=0)
                heappush(queue, (len(longer) + left, pushed, after, longer))
    return None


def _following(required: Sequence[Machine], excluded: Sequence[Machine], states: tuple[int, ...]) -> Sequence[str]:
    """How a text can go on: the characters that some pattern now tells apart from others, and one of each kind of
    others. Where a required pattern only goes on with a few, those alone, or the whole text that must follow."""
    for machine, state in zip(required, states, strict=False):
        if run := machine.run(state):
            return (run,)
    named: set[str] = set()
    only: frozenset[str] | None = None
    for machine, state in zip(required, states, strict=False):
        characters, others = machine.looks_for(state)
        if not others:
            if len(characters) == 1:
                return tuple(characters)
            if only is None or len(characters) < len(only):
                only = characters
        named |= characters
    if only is not None:
        return sorted(only, key=_readable)
    for machine, state in zip(excluded, states[len(required) :], strict=True):
        if state:
            characters = machine.looks_for(state)[0]
            named |= characters - machine.variables if machine.variables else characters
    return _with_others(frozenset(named))


@lru_cache(maxsize=8192)
def _with_others(named: frozenset[str]) -> tuple[str, ...]:
    foreign = (next((c for c in kind if c not in named), "") for kind in _FOREIGN)
    return (*filter(None, foreign), *sorted(named, key=_readable))


def _readable(character: str) -> tuple[bool, bool, str]:
    return not character.isalnum(), not character.islower(), character


def _advance(
    required: Sequence[Machine], excluded: Sequence[Machine], states: tuple[int, ...], split: int, text: str
) -> tuple[int, ...] | None:
    after: list[int] = []
    for machine, state in zip(required, states, strict=False):
        moved = machine.walk(state, text)
        if not moved:
            return None
        after.append(moved)
    for machine, state in zip(excluded, states[split:], strict=True):
        moved = machine.walk(state, text) if state else 0
        if moved & machine.absorbing:
            return None
        after.append(moved)
    return tuple(after)


def _may_meet(one: Machine, others: Sequence[Machine]) -> bool:
    """A cheap look at the literal beginnings: False where some two can have no text in common."""
    for machine in others:
        for mine, theirs in zip(machine.steps, one.steps, strict=False):
            if mine.repeated or theirs.repeated or mine.characters.negated or theirs.characters.negated:
                break
            if not mine.characters.listed & theirs.characters.listed:
                return False
    return True


NOT_EMPTY = Machine((ONE_OR_VARIABLE, ANYTHING))


MOST_STEPS_FOR_ONE = 20_000
"""So many steps may one search for a text take."""


def find_in_all(
    sets: Iterable[Sequence[Machine]], shapes: Sequence[Machine], excluded: Iterable[Machine]
) -> str | None:
    """A text that some machine takes in each of `sets`, and in `shapes` if there are any, and none of `excluded`.

    Where several sets have variables, which may then have to fit each other, a text in which any variable may be any
    text is found last: it need not be one. None proves that there is none. Raises GaveUp. What was found is kept: the
    same question comes again for other callers and actions.
    """
    found = _find_in_all(frozenset(tuple(machines) for machines in sets), tuple(shapes), frozenset(excluded))
    if isinstance(found, GaveUp):
        raise found
    return found


@lru_cache(maxsize=20_000)
def _find_in_all(
    sets: frozenset[tuple[Machine, ...]], shapes: tuple[Machine, ...], excluded: frozenset[Machine]
) -> str | GaveUp | None:
    # A machine that is itself left out takes nothing that counts.
    narrow = sorted(([m for m in machines if m not in excluded] for machines in sets), key=len)
    wide = [[m.widened for m in machines] for machines in narrow]
    several = len(narrow) + bool(shapes) > 1 and any(m.variables for machines in narrow for m in machines)
    budget = Budget(MOST_STEPS_FOR_ONE)
    try:
        for tried in (narrow, wide) if several else (narrow,):
            for chosen in choices([*tried, shapes] if shapes else tried):
                text = find_text((*chosen, NOT_EMPTY), tuple(excluded), budget)
                if text is not None:
                    return text
    except GaveUp as error:
        return error
    return None


def choices(sets: Sequence[Sequence[Machine]], chosen: tuple[Machine, ...] = ()) -> Iterator[tuple[Machine, ...]]:
    """One machine out of every set, in every way; those left out that already cannot agree on a text."""
    if not sets:
        yield chosen
        return
    for machine in sets[0]:
        if _may_meet(machine, chosen):
            yield from choices(sets[1:], (*chosen, machine))
