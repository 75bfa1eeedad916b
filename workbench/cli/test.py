"""`policy-workbench test PROJECT`: the project's saved requests against what they expect."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from workbench.cli.streams import UnusableInputError
from workbench.engine import Engine
from workbench.errors import ScenarioError
from workbench.evaluation.decision import Decision
from workbench.project.model import Project, SavedRequest
from workbench.starting import shown


class Outcome(NamedTuple):
    """One saved request's answer: a decision, or the sentence why there is none."""

    saved: SavedRequest
    decision: Decision | None
    error: str

    @property
    def passed(self) -> bool:
        """Whether it got what it expects; a request that expects nothing passes if it could be decided."""
        if self.decision is None:
            return False
        return not self.saved.expect or self.decision.outcome == self.saved.expect


def add_to(commands: Any) -> None:
    parser = commands.add_parser("test", help="check a project's saved requests")
    parser.add_argument("project", metavar="PROJECT", type=Path, help="a project folder")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit status 1 if any request misses what it expects."""
    engine = Engine()
    project = open_project(engine, arguments.project)
    outcomes = list(ask_all(engine, project))
    for outcome in outcomes:
        print(shown(describe(outcome)))
    failed = sum(not o.passed for o in outcomes)
    print(f"{len(outcomes) - failed} passed, {failed} failed")
    return 1 if failed else 0


def open_project(engine: Engine, path: Path) -> Project:
    """The project in the folder. Raises UnusableInputError or ProjectError."""
    if not engine.is_project(path):
        raise UnusableInputError(f"{path}: this is no project folder (it has no workbench.toml)")
    return engine.load_project(path)


def ask_all(engine: Engine, project: Project) -> Iterator[Outcome]:
    """Every saved request's answer, in the project's order."""
    for saved in project.requests:
        try:
            yield Outcome(saved, engine.simulate(engine.scenario_in(project, saved.request)), "")
        except ScenarioError as error:
            yield Outcome(saved, None, error.message)


def describe(outcome: Outcome) -> str:
    """One line on one request."""
    title = outcome.saved.title or outcome.saved.id
    mark = "pass" if outcome.passed else "FAIL"
    if outcome.decision is None:
        return f"{mark}  {title}: {outcome.error}"
    expected = "" if outcome.passed else f" (expected {outcome.saved.expect})"
    return f"{mark}  {title}: {outcome.decision.sentence}{expected}"
