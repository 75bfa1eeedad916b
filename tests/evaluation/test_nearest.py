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


SESSION = "arn:aws:sts::111111111111:assumed-role/r/s"


def first(policies: PolicySet, **more: Any) -> str:
    """The label of the nearest way."""
    return ways(policies, **more)[0].label


@pytest.mark.parametrize(
    ("condition", "label"),
    [
        ({"NumericLessThan": {"x:n": "10"}}, "send x:n = 9"),
        ({"NumericLessThan": {"x:n": "1e40"}}, "send x:n = 0E+40"),
        ({"NumericGreaterThan": {"x:n": "10"}}, "send x:n = 11"),
        ({"NumericEquals": {"x:n": "10"}}, "send x:n = 10"),
        ({"DateLessThan": {"x:d": "1970-01-02"}}, "send x:d = 86399"),
        ({"DateGreaterThan": {"x:d": "1970-01-02"}}, "send x:d = 86401"),
        ({"DateEquals": {"x:d": "1970-01-02"}}, "send x:d = 1970-01-02"),
        ({"Bool": {"x:b": "true"}}, "send x:b = true"),
        ({"Bool": {"x:b": "no"}}, "send x:b = no"),
        ({"IpAddress": {"x:i": ["junk", "203.0.113.9/24"]}}, "send x:i = 203.0.113.0"),
        ({"BinaryEquals": {"x:y": "QQ=="}}, "send x:y = A"),
        ({"Null": {"x:k": "false"}}, "send x:k = false"),
        ({"StringLike": {"x:k": "a*b?"}}, "send x:k = abx"),
        ({"StringLike": {"x:k": ["${x:none}", "b"]}}, "send x:k = b"),
        ({"StringEquals": {"x:k": ""}}, "send x:k = (empty)"),
        ({"ArnLike": {"x:a": "arn:aws:sns:*:1:t"}}, "send x:a = arn:aws:sns::1:t"),
        ({"ForAnyValue:StringEquals": {"x:k": "a"}}, "send x:k = a"),
    ],
)
def test_a_value_that_meets_the_condition_is_found_for_every_family(condition: dict[str, Any], label: str) -> None:
    assert first(identity(allow(condition=condition))) == label


@pytest.mark.parametrize(
    ("condition", "context", "label"),
    [
        ({"StringNotEquals": {"x:k": "a"}}, {"x:k": "a"}, "send x:k = another-value"),
        ({"NotIpAddress": {"x:i": "203.0.113.0/24"}}, {"x:i": "203.0.113.7"}, "send x:i = 198.51.100.1"),
        ({"Null": {"x:k": "true"}}, {"x:k": "a"}, "leave x:k out of the request"),
        ({"NumericNotEquals": {"x:n": "5"}}, {"x:n": "5"}, "send x:n = 4"),
    ],
)
def test_a_value_that_leaves_a_negated_condition_is_found(
    condition: dict[str, Any], context: dict[str, Any], label: str
) -> None:
    assert first(identity(allow(condition=condition)), context=context) == label


def test_a_condition_that_nothing_meets_is_removed() -> None:
    never = {"NumericEquals": {"x:n": "no number"}}
    assert first(identity(allow(condition=never))) == "remove the condition of statement 1 of P"


def test_who_asks_and_what_the_call_is_are_not_restated() -> None:
    other = {"StringEquals": {"aws:username": "other"}}
    assert first(identity(allow(condition=other))) == "remove the condition of statement 1 of P"


def test_of_several_tests_only_those_that_fail_are_removed() -> None:
    condition = {
        "StringEquals": {"x:a": "1", "x:b": "2"},
        "Bool": {"aws:SecureTransport": "true"},
        "StringLike": {"x:c": "3"},
        "ArnLike": {"x:d": "4", "x:e": "5"},
    }
    context = {"x:a": "1"}
    [way, *_] = ways(identity(allow(condition=condition)), context=context)
    assert way.label == "remove x:b and x:c and x:d and x:e from the condition of statement 1 of P"
    [given] = way.scenario.policies.identity
    [statement] = json.loads(given.text)["Statement"]
    assert statement["Condition"] == {"StringEquals": {"x:a": "1"}, "Bool": {"aws:SecureTransport": "true"}}


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"x:b": "1", "x:c": "1", "x:a": "1"}},
        {"StringEquals": {"x:a": "1", "x:b": "1", "x:c": "1"}},
        {"StringEquals": {"x:b": "1", "x:a": "1", "x:c": "1"}},
        {
            "StringEquals": {"x:b": "1"},
            "StringLike": {"x:c": "1"},
            "ArnLike": {},
            "StringEqualsIgnoreCase": {"x:a": "1"},
        },
        {"StringEquals": {"x:a": "1", "x:b": "1"}, "StringLike": {"x:c": "1"}, "ArnLike": {"x:d": "1"}},
    ],
)
def test_tests_that_stand_side_by_side_are_removed_together(condition: dict[str, dict[str, str]]) -> None:
    [way, *_] = ways(identity(allow(condition=condition)), context={"x:a": "1"})
    [given] = way.scenario.policies.identity
    [statement] = json.loads(given.text)["Statement"]
    assert [block for block in statement["Condition"].values() if block] == [{"x:a": "1"}]


def test_a_single_statement_is_removed_whole() -> None:
    one = NamedPolicy(
        "P", '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
    )
    [way] = ways(PolicySet(identity=(one,)))
    [given] = way.scenario.policies.identity
    assert json.loads(given.text)["Statement"] == []


def test_statements_that_deny_or_are_about_others_are_not_widened() -> None:
    other = {"AWS": "arn:aws:iam::111111111111:user/other"}
    bucket = policy(deny("sqs:*", principal="*"), allow("sqs:*", principal=other), name="bucket")
    labels = [w.label for w in ways(PolicySet(resource=bucket), resource_account="222222222222")]
    assert labels == []
    both = PolicySet((policy(allow()),), resource=bucket)
    labels = [w.label for w in ways(both, resource_account="222222222222")]
    assert labels == ["add a statement that allows s3:GetObject on b/k to bucket"]


def test_what_is_named_by_exclusion_is_not_widened() -> None:
    excluded = identity(allow(notAction="s3:*"), allow("*", notResource="arn:aws:s3:::b/*"))
    assert [w.label for w in ways(excluded)] == ["add a statement that allows s3:GetObject on b/k to P"]


def test_a_statement_of_its_own_names_the_caller_as_its_policy_asks() -> None:
    elsewhere = "arn:aws:iam::222222222222:role/x"
    trust = policy({"Effect": "Allow", "Principal": {"AWS": elsewhere}, "Action": "sts:AssumeRole"}, name="trust")

    def added(caller: Principal, given: NamedPolicy, action: str, resource: str) -> dict[str, Any]:
        request = Request(caller, action, (resource,), resource_account="111111111111")
        endpoint = given.name == "endpoint"
        policies = PolicySet((policy(allow()),), vpc_endpoint=given) if endpoint else PolicySet(resource=given)
        [way, *_] = nearest_ways(judge(), Scenario(request, policies))
        changed = way.scenario.policies.vpc_endpoint if endpoint else way.scenario.policies.resource
        assert changed is not None
        statement: dict[str, Any] = json.loads(changed.text)["Statement"][-1]
        return statement

    saml = "arn:aws:iam::111111111111:saml-provider/p"
    by_saml = policy({"Effect": "Allow", "Principal": {"Federated": "x"}, "Action": "sts:AssumeRoleWithSAML"}, name="t")
    role = "arn:aws:iam::111111111111:role/x"
    assume = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    service = Principal(service="sns.amazonaws.com")
    assert added(service, trust, "sts:AssumeRole", role) == {**assume, "Principal": {"Service": service.service}}
    assert added(Principal(federated=saml), by_saml, "sts:AssumeRoleWithSAML", role)["Principal"] == {"Federated": saml}
    bucket = policy(allow("sqs:*", principal={"AWS": elsewhere}), name="bucket")
    get = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": BK}
    assert added(Principal(), bucket, "s3:GetObject", BK) == {**get, "Principal": "*"}
    endpoint = policy(allow("sqs:*", "arn:aws:sqs:*:*:q", principal="*"), name="endpoint")
    assert added(USER, endpoint, "s3:GetObject", BK) == {**get, "Principal": "*"}


def test_at_most_five_ways_are_shown_the_nearest_first() -> None:
    condition = {"StringEquals": {f"x:{n}": "1" for n in range(6)}}
    context = {f"x:{n}": "1" for n in range(6)}
    found = ways(identity(allow(), deny(condition=condition)), context=context)
    assert [w.label for w in found] == [f"send x:{n} = another-value" for n in range(5)]


def test_a_chain_of_more_than_four_obstacles_is_no_way() -> None:
    def level(n: int) -> Level:
        return Level(f"l{n}", (policy(allow("sqs:*"), name=f"S{n}"),))

    four = PolicySet((policy(allow()),), service_control=tuple(map(level, range(4))))
    assert len(ways(four)[0].changes) == 4
    five = PolicySet((policy(allow()),), service_control=tuple(map(level, range(5))))
    assert ways(five) == ()


def test_a_change_of_the_context_takes_back_what_was_said_of_the_key() -> None:
    vpc = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
    given = identity(allow(condition=vpc))
    [way, *_] = ways(given, context={"AWS:sourcevpc": "vpc-2"}, absent=frozenset({"aws:sourceVPC", "x:other"}))
    assert way.scenario.request.context == {"aws:SourceVpc": "vpc-1"}
    assert way.scenario.request.absent == {"x:other"}
    [way, *_] = ways(identity(allow(condition={"Null": {"x:k": "true"}})), context={"x:k": "a"})
    assert (way.scenario.request.context, way.scenario.request.absent) == ({}, {"x:k"})


def test_a_way_that_ends_at_an_obstacle_that_nothing_lifts_is_no_way() -> None:
    elsewhere = PassedRole("arn:aws:iam::999999999999:role/e")
    assert ways(identity(allow("sqs:*")), pass_role=elsewhere) == ()
