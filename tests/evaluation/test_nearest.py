"""The nearest way to the other decision: what it proposes, and that each proposal is true."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.evaluation.asking import allow, deny, judge, policy
from workbench.document.edits import apply_edits
from workbench.document.parser import parse
from workbench.evaluation.nearest import Way, nearest_ways
from workbench.evaluation.request import Level, NamedPolicy, PassedRole, PolicySet, Principal, Request, Scenario

USER = Principal(arn="arn:aws:iam::111111111111:user/u")
ROLE = "arn:aws:iam::111111111111:role/e"
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


def test_an_action_is_added_to_the_statement_that_covers_the_resource() -> None:
    [way, *_] = ways(identity(allow("s3:PutObject", "arn:aws:s3:::b/*", sid="Write")))
    assert way.label == "add s3:GetObject to Action of statement Write of P"


def test_a_resource_is_added_to_the_statement_of_the_action() -> None:
    [way, *_] = ways(identity(allow("s3:GetObject", "arn:aws:s3:::c/*", sid="Read")))
    assert way.label == "add b/k to Resource of statement Read of P"


def test_a_failing_condition_is_met_by_the_request() -> None:
    [way, *_] = ways(identity(allow(condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}})))
    assert way.label == "send aws:SourceVpc = vpc-1"
    assert way.changes[0].value == "vpc-1"


def test_an_explicit_deny_is_left_by_its_condition_or_removed() -> None:
    denied = identity(allow(), deny(sid="Net", condition={"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}))
    labels = [w.label for w in ways(denied, context={"aws:SourceIp": "198.51.100.1"})]
    assert labels == ["send aws:SourceIp = 203.0.113.0", "remove statement Net of P"]


def test_an_allowed_call_is_closed_by_removing_its_statement() -> None:
    [way] = ways(identity(allow(sid="All")))
    assert way.label == "remove statement All of P"
    assert way.outcome == "implicitDeny"


def test_two_obstacles_need_two_changes() -> None:
    policies = PolicySet(identity=(policy(allow("sqs:*")),), permissions_boundary=policy(allow("sqs:*"), name="B"))
    [way, *_] = ways(policies)
    assert [c.policy for c in way.changes] == ["P", "B"]


def test_the_missing_authorization_of_a_call_is_added() -> None:
    train = allow("sagemaker:CreateTrainingJob", "*", sid="Train")
    job = "arn:aws:sagemaker:us-east-1:111111111111:training-job/y"
    [way, *_] = ways(identity(train), "sagemaker:CreateTrainingJob", job, pass_role=PassedRole(ROLE))
    assert way.label == "add iam:PassRole to Action of statement Train of P"


def test_a_level_that_does_not_allow_is_changed_and_no_other() -> None:
    full = policy(allow(), name="Full")
    levels = (Level("root", (full,)), Level("ou", (policy(allow("sqs:*"), name="OnlyQueues"),)))
    [way, *_] = ways(PolicySet(identity=(full,), service_control=levels))
    assert way.changes[0].policy == "OnlyQueues"


KEPT = """{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:PutObject",
    "Resource": "*"
  }
}"""


def test_a_change_keeps_the_rest_of_the_text() -> None:
    given = PolicySet(identity=(NamedPolicy("P", KEPT),))
    [way, *_] = nearest_ways(judge(), Scenario(Request(USER, "s3:GetObject", (BK,)), given))
    edited = apply_edits(KEPT, way.changes[0].edits)
    assert json.loads(edited)["Statement"]["Action"] == ["s3:PutObject", "s3:GetObject"]
    assert edited.replace('["s3:PutObject", "s3:GetObject"]', '"s3:PutObject"') == KEPT


@pytest.mark.parametrize("outcome", ["*", "s3:*"])
def test_nothing_is_proposed_where_nothing_helps(outcome: str) -> None:
    role_of_another_account = PassedRole("arn:aws:iam::999999999999:role/e")
    assert ways(identity(allow(outcome)), pass_role=role_of_another_account) == ()


def test_no_change_is_proposed_to_a_policy_that_is_only_implied() -> None:
    """The creator of this session is root, which has no identity policies to change."""
    made_by_root = Request(
        Principal(arn="arn:aws:sts::111111111111:federated-user/f"),
        "s3:GetObject",
        (BK,),
        federated_by="arn:aws:iam::111111111111:root",
    )
    everything = policy(allow(), name="S")
    for given in (PolicySet(session=(everything,)), PolicySet((policy(deny()),), session=(everything,))):
        scenario = Scenario(made_by_root, given)
        assert judge().decide(scenario).outcome == "allowed"
        assert nearest_ways(judge(), scenario) == ()
