"""The nearest way to the other decision: what to add, remove or state so that the answer flips.

Every way is made of changes to policies or to the request, is confirmed by judging the changed scenario, and holds no
change without which it would flip as well. Source: spec evaluation.md section 3 (which layer must say what).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workbench.errors import ScenarioError
from workbench.evaluation import layers as at
from workbench.evaluation.changes import Change, State, Step, made, removed
from workbench.evaluation.decision import Decision, Outcome
from workbench.evaluation.judge import Judge
from workbench.evaluation.layers import layer_sets
from workbench.evaluation.prepared import Prepared
from workbench.evaluation.proposals import Original, Proposal, propose
from workbench.evaluation.request import Scenario

__all__ = ["Change", "Way", "nearest_ways", "no_way"]

MOST_CHANGES = 4
MOST_WAYS = 5
_MOST_TRIED = 24


@dataclass(frozen=True, slots=True)
class Way:
    """Changes that together flip the decision, and the decision after them."""

    changes: tuple[Change, ...]
    outcome: Outcome
    scenario: Scenario

    @property
    def label(self) -> str:
        """All changes in one line."""
        return ", and ".join(c.label for c in self.changes)

    @property
    def cost(self) -> int:
        return sum(change.cost for change in self.changes)

    @property
    def attaches(self) -> bool:
        """Whether it needs a policy that is not there, which no edit of a text can make."""
        return any(change.text for change in self.changes)


def nearest_ways(judge: Judge, scenario: Scenario) -> tuple[Way, ...]:
    """Up to five ways to the other decision, the nearest and safest first; none if none was found. Raises ScenarioError
    if the scenario itself cannot be judged."""
    search = _Search(judge, scenario)
    ways: dict[frozenset[str], Way] = {}
    for proposal in list(_by_turns(search.proposals(search.prepared, ())))[:_MOST_TRIED]:
        steps = search.follow(proposal)
        if steps is None:
            continue
        way = search.way(search.needed(steps))
        assert way is not None  # it was confirmed when its last step was found needed
        ways.setdefault(frozenset(change.label for change in way.changes), way)
        if len(ways) == MOST_WAYS:
            break
    return tuple(sorted(ways.values(), key=lambda way: way.cost))


def no_way(decision: Decision) -> str:
    """One sentence in place of ways where there are none; empty if the decision says itself that nothing helps."""
    if decision.outcome is not Outcome.ALLOWED:
        hopeless = decision.deciding.stage == at.ACCOUNT
        return "" if hopeless else "No change of these policies or of the request was found that would allow it."
    if decision.deciding.stage == at.ACCOUNT:
        return "Nothing here could be taken away to deny it: only a statement that denies it would."
    return "No change of these policies or of the request was found that would deny it."


def _by_turns(proposals: Iterable[Proposal]) -> Iterator[Proposal]:
    """The cheapest of each kind, then the second of each kind, and so on."""
    by_kind: dict[str, list[Proposal]] = {}
    for proposal in sorted(proposals, key=lambda p: p.cost):
        by_kind.setdefault(proposal.kind, []).append(proposal)
    for turn in range(max(map(len, by_kind.values()), default=0)):
        yield from (kind[turn] for kind in by_kind.values() if turn < len(kind))


class _Search:
    def __init__(self, judge: Judge, scenario: Scenario) -> None:
        self._judge, self._scenario = judge, scenario
        self.prepared = judge.prepare(scenario)
        self._wants_allow = self.prepared.outcome() is not Outcome.ALLOWED
        self._counts: dict[str, int] = {}
        for ready in self.prepared.parts:
            for _, statements in layer_sets(ready.layers):
                for s in statements:
                    self._counts[s.ref.place] = max(self._counts.get(s.ref.place, 0), s.ref.statement + 1)

    def proposals(self, prepared: Prepared, steps: tuple[Step, ...]) -> Iterator[Proposal]:
        """What may be done next, after these steps: nothing twice, and no second value for one key."""
        stated = {step.key.lower() for step in steps if isinstance(step, State)}
        for proposal in propose(prepared, Original(self._counts, removed(steps)), self._judge.facts):
            again = any(isinstance(step, State) and step.key.lower() in stated for step in proposal.steps)
            if not again and not any(step in steps for step in proposal.steps):
                yield proposal

    def follow(self, first: Proposal) -> tuple[Step, ...] | None:
        """The steps that begin with `first` and take the cheapest proposal at each further obstacle."""
        steps = first.steps
        while len(steps) <= MOST_CHANGES:
            prepared = self._after(steps)
            if prepared is None:
                return None
            if self._is_turned(prepared):
                return steps
            following = min(self.proposals(prepared, steps), key=lambda p: p.cost, default=None)
            if following is None:
                return None
            steps = (*steps, *following.steps)
        return None

    def needed(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """The steps without those that the flip does not need, the costly ones tried first."""
        for step in sorted(steps, key=lambda s: -s.cost):
            rest = tuple(s for s in steps if s is not step)
            prepared = self._after(rest) if rest else None
            if prepared is not None and self._is_turned(prepared):
                steps = rest
        return steps

    def way(self, steps: tuple[Step, ...]) -> Way | None:
        done = made(self._scenario, steps)
        return None if done is None else Way(done[1], self._judge.prepare(done[0]).outcome(), done[0])

    def _after(self, steps: tuple[Step, ...]) -> Prepared | None:
        """The scenario with the steps done; None where that cannot be judged."""
        done = made(self._scenario, steps)
        try:
            return None if done is None else self._judge.prepare(done[0])
        except ScenarioError:
            return None

    def _is_turned(self, prepared: Prepared) -> bool:
        return (prepared.outcome() is Outcome.ALLOWED) is self._wants_allow
