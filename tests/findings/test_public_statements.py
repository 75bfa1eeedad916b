"""Many statements that let anybody in: each is told, at a cost that grows with their number and no faster."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.findings.helpers import context, statement
from workbench.findings import public_access
from workbench.findings.context import CheckContext, UndecidedError
from workbench.policy.kinds import PolicyKind
from workbench.proof import formulas

QUEUE = "arn:aws:sqs:us-east-1:111122223333:q"


def many(count: int, *others: dict[str, Any]) -> CheckContext:
    """Statements for everybody, each about a queue and a tag of its own."""
    own = (
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "sqs:SendMessage",
            "Resource": f"{QUEUE}{n}",
            "Condition": {"StringEquals": {"aws:PrincipalTag/team": f"t{n}"}},
        }
        for n in range(count)
    )
    return context(statement(json.dumps([*own, *others])), PolicyKind.RESOURCE)


def test_every_statement_is_told() -> None:
    found = list(public_access.public_access(many(150)))
    assert [finding.locations[0].path[1] for finding in found] == [("index", n) for n in range(150)]
    assert all(finding.scenario is not None for finding in found)


def test_what_one_deny_closes_is_not() -> None:
    closed = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": f"{QUEUE}3"}
    found = list(public_access.public_access(many(6, closed)))
    assert [finding.locations[0].path[1] for finding in found] == [("index", n) for n in (0, 1, 2, 4, 5)]


def test_twice_the_statements_make_twice_the_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0
    original = formulas.Body.__init__

    def counted(self: formulas.Body, *given: Any) -> None:
        nonlocal made
        made += 1
        original(self, *given)

    monkeypatch.setattr(formulas.Body, "__init__", counted)
    counts = []
    for count in (20, 40):
        made = 0
        assert len(list(public_access.public_access(many(count)))) == count
        counts.append(made)
    assert counts[1] <= 2 * counts[0]


def test_what_is_not_decided_is_said_beside_what_is(monkeypatch: pytest.MonkeyPatch) -> None:
    often = iter((100, 0, 100))
    monkeypatch.setattr(public_access, "_asked_too_often", lambda left=often: _patience(next(left)))
    with pytest.raises(UndecidedError) as raised:
        list(public_access.public_access(many(3)))
    assert [finding.locations[0].path[1] for finding in raised.value.found] == [("index", 0), ("index", 2)]


def _patience(times: int) -> Any:
    asked = iter(range(times))
    return lambda: next(asked, None) is None
