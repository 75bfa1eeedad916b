"""A scenario with everything compiled and derived, to be decided any number of times. Values only."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.evaluation.calls import Part
from workbench.evaluation.compiled import AuthRequest
from workbench.evaluation.decision import Outcome
from workbench.evaluation.layers import Layers, Target, decide
from workbench.evaluation.request import Scenario


@dataclass(frozen=True, slots=True)
class Ready:
    """One authorization with everything compiled and derived: `decide(ready.layers, ready.request, ready.target)`."""

    part: Part
    layers: Layers
    request: AuthRequest
    target: Target
    derived: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A scenario ready to be decided any number of times."""

    scenario: Scenario
    parts: tuple[Ready, ...]
    notes: tuple[str, ...]

    def outcome(self) -> Outcome:
        """The decision alone, without reasons: what a benchmark measures."""
        for ready in self.parts:
            verdict = decide(ready.layers, ready.request, ready.target)
            if verdict.outcome is not Outcome.ALLOWED:
                return verdict.outcome
        return Outcome.ALLOWED
