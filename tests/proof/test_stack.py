"""Whole sets of policies: known answers, and drawn ones against the evaluation engine."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.evaluation.drawn import HOME, scenarios
from tests.proof.documents import allow, cases, deny, document, engine, granted_to, proofs
from tests.proof.test_witnesses import contradictions
from workbench.errors import ScenarioError
from workbench.evaluation.decision import Outcome
from workbench.evaluation.request import Level, NamedPolicy, PolicySet, Scenario
from workbench.evaluation.scenario_reader import UnreadableScenarioError, read_scenario
from workbench.proof.assumed import TOGETHER
from workbench.proof.stack import OF_ROOT
from workbench.proof.verdicts import Result

CASES = cases(40, 200)
ALL = document(allow("*"))


def policy(*statements: dict[str, Any]) -> NamedPolicy:
    return NamedPolicy("P", document(*statements))


S3, EC2, FULL = policy(allow("s3:*")), policy(allow("ec2:*")), policy(allow("*"))


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (PolicySet((S3,)), PolicySet((S3,), permissions_boundary=EC2), "PASS"),
        (PolicySet((S3,), permissions_boundary=EC2), PolicySet((S3,)), "FAIL"),
        (PolicySet((S3,)), PolicySet((FULL,), permissions_boundary=S3), "PASS"),
        (PolicySet((FULL,), permissions_boundary=S3), PolicySet((S3,)), "PASS"),
        (PolicySet((S3,)), PolicySet((S3, EC2)), "FAIL"),
        (PolicySet((S3,)), PolicySet((FULL,), service_control=(Level("a", (FULL,)), Level("b", (S3,)))), "PASS"),
        (PolicySet((FULL,), service_control=(Level("a", (S3,)), Level("b", (EC2,)))), PolicySet(()), "PASS"),
        (PolicySet(()), PolicySet((FULL,), service_control=(Level("a", (S3,)), Level("b", (EC2,)))), "PASS"),
        (PolicySet((S3,)), PolicySet((S3,), session=(EC2,)), "PASS"),
        (PolicySet(()), PolicySet((), resource=policy(granted_to({"AWS": HOME}))), "PASS"),  # delegation only
        (PolicySet(()), PolicySet((), resource=policy(granted_to("*"))), "FAIL"),
        (PolicySet((S3,)), PolicySet((S3,), resource=policy({**granted_to("*"), "Effect": "Deny"})), "PASS"),
        (PolicySet((FULL, policy(deny("s3:*")))), PolicySet((FULL,)), "FAIL"),
    ],
)
def test_new_access_of_sets(old: PolicySet, new: PolicySet, wanted: str) -> None:
    verdict = proofs().no_new_access_of_sets(old, new)
    assert verdict.result == wanted, verdict
    if verdict.witness is not None:
        assert engine().simulate(verdict.witness).outcome is Outcome.ALLOWED
        assert engine().simulate(replace(verdict.witness, policies=old)).outcome is not Outcome.ALLOWED


@st.composite
def changed(draw: st.DrawFn) -> tuple[PolicySet, PolicySet, list[Scenario]]:
    """A drawn set, the set with one layer of another, either way round, and drawn requests."""
    drawn = []
    for _ in range(4):
        try:
            drawn.append(read_scenario(json.dumps(draw(scenarios()))))
        except UnreadableScenarioError:
            continue
    if len(drawn) < 2:
        return PolicySet(), PolicySet(), []
    one, other = drawn[0].policies, drawn[1].policies
    layers = ("identity", "permissions_boundary", "session", "resource", "service_control", "vpc_endpoint")
    layer = draw(st.sampled_from(layers))
    mixed = replace(one, **{layer: getattr(other, layer)})
    pair = (one, mixed) if draw(st.booleans()) else (mixed, one)
    return (*pair, drawn)


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(changed())
def test_no_drawn_request_contradicts_a_verdict(drawn: tuple[PolicySet, PolicySet, list[Scenario]]) -> None:
    old, new, asked = drawn
    try:
        verdict = proofs().no_new_access_of_sets(old, new)
    except ScenarioError:
        return
    if verdict.witness is not None:
        assert engine().simulate(verdict.witness).outcome is Outcome.ALLOWED
        assert engine().simulate(replace(verdict.witness, policies=old)).outcome is not Outcome.ALLOWED
    if verdict.result is not Result.PASS:
        return
    for scenario in asked:
        request = replace(scenario.request, resource_account=HOME, alone=True)
        if TOGETHER in verdict.assumptions and contradictions(request):
            continue  # the verdict says that AWS never sends it
        if OF_ROOT in verdict.assumptions and request.federated_by.endswith(":root"):
            continue  # the verdict says that it does not speak of them
        both = []
        for policies in (new, old):
            try:
                both.append(engine().simulate(Scenario(request, policies)).outcome)
            except ScenarioError:
                break
        assert both[:1] != [Outcome.ALLOWED] or both[1:] in ([], [Outcome.ALLOWED]), request


def test_a_new_session_policy_says_of_whom_it_is_not_asked() -> None:
    old = PolicySet((S3,))
    new = replace(old, session=(EC2,))
    assert OF_ROOT in proofs().no_new_access_of_sets(old, new).assumptions
    assert OF_ROOT not in proofs().no_new_access_of_sets(new, new).assumptions
    assert OF_ROOT not in proofs().no_new_access_of_sets(new, old).assumptions
