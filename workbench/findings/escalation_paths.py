"""The table of privilege-escalation paths, and how it is read. Source: spec findings.md section 3.4."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, NamedTuple

from workbench.resources import resource_path

_FILE = "findings/escalation-paths.json"
_PASSING = re.compile(r"PR\(([a-z0-9.-]+)\)")
PASS_ROLE = "iam:PassRole"
GAINS = ("permissions", "user", "group", "role", "limits", "key", "tags")
"""What is won, the most first."""


class Step(NamedTuple):
    """One permission: an action, the service a role is passed to (iam:PassRole only), and the resource types it is
    asked on (none: the action's first one)."""

    action: str
    service: str = ""
    types: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """How to name the step to a person."""
        return f"{self.action} to {self.service}" if self.service else self.action


class EscalationPath(NamedTuple):
    """`ways`: alternatives, each a list of steps that are all needed; `gain`: one of GAINS; `target`: `self` (what the
    caller has), `other` (something stronger that exists) or `new` (something that the path makes); `assumes`: the
    sentence that must be true of what exists."""

    id: str
    ways: tuple[tuple[Step, ...], ...]
    gain: str
    target: str
    assumes: str


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(resource_path(_FILE).read_text("utf-8"))
    return data


@cache
def escalation_paths() -> tuple[EscalationPath, ...]:
    """All paths, in order of their ids."""
    return tuple(
        EscalationPath(
            row["id"],
            tuple(tuple(_step(text) for text in way.split(" + ")) for way in row["needs"]),
            row["gain"],
            row["target"],
            row.get("assumes", ""),
        )
        for row in _data()["paths"]
    )


def _step(text: str) -> Step:
    passing = _PASSING.fullmatch(text)
    if passing is not None:
        return Step(PASS_ROLE, f"{passing[1]}.amazonaws.com")
    action, *types = text.split("@")
    return Step(action, types=tuple(types))


@cache
def choices(step: Step) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Values of condition keys by which the call is worth something, each a list of (key, value), tried in order."""
    if step.service:
        return ((("iam:PassedToService", step.service),),)
    worth: dict[str, list[str]] = _data()["choices"].get(step.action, {})
    return tuple(((key, value),) for key, values in worth.items() for value in values) or ((),)


class Alternative(NamedTuple):
    """One way of a path."""

    path: EscalationPath
    steps: tuple[Step, ...]
    actions: frozenset[str]


@cache
def alternatives() -> dict[str, tuple[Alternative, ...]]:
    """The ways of all paths in order, by one action that each needs: iam:PassRole only where there is no other."""
    found: dict[str, list[Alternative]] = {}
    for path in escalation_paths():
        for steps in path.ways:
            key = next((s.action for s in steps if not s.service), steps[0].action)
            found.setdefault(key, []).append(Alternative(path, steps, frozenset(s.action for s in steps)))
    return {action: tuple(those) for action, those in found.items()}
