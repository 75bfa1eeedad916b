"""Whether the saved requests of a project get the decisions they expect, by its texts as edited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workbench.errors import ScenarioError
from workbench.evaluation.decision import Outcome
from workbench.evaluation.request import Scenario
from workbench.project.model import Project, ProjectError, SavedRequest, scenario_of


@dataclass(frozen=True, slots=True)
class Check:
    """A saved request that expects a decision, and the decision it gets; `error` is the sentence why there is none."""

    saved: SavedRequest
    outcome: Outcome | None
    error: str = ""

    @property
    def passed(self) -> bool:
        return self.outcome == self.saved.expect


def check_requests(
    project: Project, texts: Mapping[str, str], outcome: Callable[[Scenario], Outcome]
) -> tuple[Check, ...]:
    """Every saved request with an expectation, in the project's order. `texts`: key → text where it is not the one on
    disk; each other file is read once. `outcome` decides a scenario or raises ScenarioError."""
    known = dict(texts)

    def text_of(key: str) -> str:
        if key not in known:
            known[key] = project.read(key)
        return known[key]

    def check(saved: SavedRequest) -> Check:
        try:
            return Check(saved, outcome(scenario_of(project, saved.request, text_of)[0]))
        except (ScenarioError, ProjectError) as error:
            return Check(saved, None, error.args[0])

    return tuple(check(saved) for saved in project.requests if saved.expect)
