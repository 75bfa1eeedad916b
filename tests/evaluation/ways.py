"""Ways to the other decision, asked for by their words."""

from __future__ import annotations

from typing import Any

from tests.evaluation.asking import judge, policy
from workbench.document.parser import parse
from workbench.evaluation.nearest import Way, nearest_ways
from workbench.evaluation.request import PolicySet, Principal, Request, Scenario

A, B = "111111111111", "222222222222"
USER = Principal(arn=f"arn:aws:iam::{A}:user/u")
ROLE = f"arn:aws:iam::{A}:role/e"
BK = "arn:aws:s3:::b/k"


def ways(policies: PolicySet, action: str = "s3:GetObject", resource: str = BK, **more: Any) -> tuple[Way, ...]:
    """The ways, each checked: judged again, it gives what it says, and every policy in it is sound JSON."""
    scenario = Scenario(Request(USER, action, (resource,), **more), policies)
    before = judge().decide(scenario).outcome
    found = nearest_ways(judge(), scenario)
    for way in found:
        after = judge().decide(way.scenario).outcome
        assert after == way.outcome
        assert (after == "allowed") is not (before == "allowed"), way.label
        for given in way.scenario.policies.identity:
            assert parse(given.text).problems == ()
    return found


def identity(*statements: dict[str, Any]) -> PolicySet:
    return PolicySet(identity=(policy(*statements),))


def first(policies: PolicySet, **more: Any) -> str:
    """The label of the nearest way."""
    return ways(policies, **more)[0].label


def labels(policies: PolicySet, **more: Any) -> list[str]:
    return [way.label for way in ways(policies, **more)]
