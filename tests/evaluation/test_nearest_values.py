"""The context values that the ways to the other decision propose."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.evaluation.asking import allow, deny, policy
from tests.evaluation.test_nearest import HERE, KEY
from tests.evaluation.ways import ROLE, USER, A, first, identity, labels, ways
from workbench.engine import Engine
from workbench.evaluation.request import PassedRole, Request, Scenario


@pytest.mark.parametrize(
    ("condition", "label"),
    [
        ({"NumericLessThan": {"x:n": "10"}}, "send x:n = 9"),
        ({"NumericLessThan": {"x:n": "1e40"}}, "send x:n = 0"),
        ({"NumericGreaterThan": {"x:n": "10"}}, "send x:n = 11"),
        ({"NumericEquals": {"x:n": "10"}}, "send x:n = 10"),
        ({"DateLessThan": {"x:d": "1970-01-02"}}, "send x:d = 1970-01-01T23:59:59Z"),
        ({"DateGreaterThan": {"x:d": "1970-01-02"}}, "send x:d = 1970-01-02T00:00:01Z"),
        ({"DateEquals": {"x:d": "1970-01-02"}}, "send x:d = 1970-01-02"),
        ({"Bool": {"x:b": "true"}}, "send x:b = true"),
        ({"Bool": {"x:b": "no"}}, "send x:b = false"),
        ({"IpAddress": {"x:i": ["junk", "203.0.113.9/24"]}}, "send x:i = 203.0.113.1"),
        ({"BinaryEquals": {"x:y": "QQ=="}}, "send x:y = A"),
        ({"Null": {"x:k": "false"}}, "send x:k = example"),
        ({"StringLike": {"x:k": "a*b?"}}, "send x:k = abx"),
        ({"StringLike": {"x:k": ["${x:none}", "b"]}}, "send x:k = b"),
        ({"StringEquals": {"x:k": ""}}, "send x:k = (empty)"),
        ({"ArnLike": {"x:a": "arn:aws:sns:*:1:t"}}, "send x:a = arn:aws:sns:us-east-1:1:t"),
        ({"ForAnyValue:StringEquals": {"x:k": "a"}}, "send x:k = a"),
    ],
)
def test_a_value_that_meets_the_condition_is_found_for_every_family(condition: dict[str, Any], label: str) -> None:
    assert first(identity(allow(condition=condition))) == label


@pytest.mark.parametrize(
    ("condition", "context", "label"),
    [
        ({"StringNotEquals": {"x:k": "a"}}, {"x:k": "a"}, "send x:k = example"),
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
    assert [w.label for w in ways(identity(allow(condition=never)))] == [
        "add a statement that allows s3:GetObject on b/k to P",
        "remove the condition of statement 1 of P",
    ]


def test_of_several_tests_only_those_that_fail_are_removed() -> None:
    condition = {
        "StringEquals": {"x:a": "1", "x:b": "2"},
        "Bool": {"aws:SecureTransport": "true"},
        "StringLike": {"x:c": "3"},
        "ArnLike": {"x:d": "4", "x:e": "5"},
    }
    context = {"x:a": "1"}
    way = next(w for w in ways(identity(allow(condition=condition)), context=context) if "remove" in w.label)
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
    way = next(w for w in ways(identity(allow(condition=condition)), context={"x:a": "1"}) if "remove" in w.label)
    [given] = way.scenario.policies.identity
    [statement] = json.loads(given.text)["Statement"]
    assert [block for block in statement["Condition"].values() if block] == [{"x:a": "1"}]


def test_two_values_are_sent_together_where_a_statement_needs_both() -> None:
    both = {"StringEquals": {"aws:SourceAccount": A}, "ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:t"}}
    assert labels(identity(allow(condition=both)))[1] == (
        f"send aws:SourceAccount = {A}, and send aws:SourceArn = arn:aws:sns:us-east-1:111122223333:t"
    )
    one_key = {"Null": {"aws:SourceArn": "false"}, "ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:t"}}
    assert first(identity(allow(condition=one_key))) == "send aws:SourceArn = arn:aws:sns:us-east-1:111122223333:t"
    tags = {"StringEquals": {"aws:ResourceTag/t": "${aws:PrincipalTag/t}"}}
    assert labels(identity(allow(condition=tags)))[1] == (
        "send aws:PrincipalTag/t = example, and send aws:ResourceTag/t = example"
    )
    never = {"StringEquals": {"x:k": "a"}, "StringLike": {"x:k": "b"}}
    assert not any("send" in label for label in labels(identity(allow(condition=never))))


def test_one_key_never_gets_two_values_and_every_change_is_needed() -> None:
    subnets = "sagemaker:VpcSubnets"
    condition = {"Null": {subnets: "false"}, "ForAllValues:StringEquals": {subnets: ["subnet-a", "subnet-b"]}}
    assert first(identity(allow(condition=condition))) == "send sagemaker:VpcSubnets = subnet-a"
    denied = identity(
        allow(),
        deny(condition={"Null": {"x:k": "true"}}),
        deny(condition={"StringNotEquals": {"x:k": "a"}}),
    )
    assert labels(denied) == ["send x:k = a", "remove statements 2 and 3 of P"]
    for way in ways(replace(denied, resource=policy(deny("*", condition={"Null": {"x:k": "false"}}, principal="*")))):
        keys = [change.key for change in way.changes if change.key]
        assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("condition", "label"),
    [
        ({"Null": {"aws:MultiFactorAuthAge": "false"}}, "send aws:MultiFactorAuthAge = 300"),
        ({"Null": {"aws:SourceIp": "false"}}, "send aws:SourceIp = 203.0.113.1"),
        ({"Null": {"s3:x-amz-server-side-encryption": "false"}}, "send s3:x-amz-server-side-encryption = aws:kms"),
        ({"Null": {"x:OutputKmsKey": "false"}}, f"send x:OutputKmsKey = {KEY}"),
        ({"Null": {"aws:SourceVpcArn": "false"}}, "send aws:SourceVpcArn = arn:aws:ec2:us-east-1:111122223333:example"),
        ({"ForAnyValue:StringLike": {"x:InstanceTypes": "ml.c5.*"}}, "send x:InstanceTypes = ml.c5.xlarge"),
        ({"StringLike": {"x:t": "ml.*"}}, "send x:t = ml.m5.xlarge"),
        ({"StringLike": {"x:t": "*"}}, "send x:t = example"),
        ({"StringLike": {"x:t": "home/*/x"}}, "send x:t = home/example/x"),
        ({"StringLike": {"x:t": "team*"}}, "send x:t = team"),
        ({"StringLike": {"x:t": "vpc-*"}}, "send x:t = vpc-1"),
        ({"ArnLike": {"x:a": "arn:aws:sagemaker:*:*:team/p/*"}}, f"send x:a = arn:aws:sagemaker:{HERE}:team/p/example"),
        ({"ArnLike": {"x:a": "arn:*:s3:*:*:b"}}, "send x:a = arn:aws:s3::111122223333:b"),
        ({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, "send aws:CurrentTime = 2019-12-31T23:59:59Z"),
        ({"DateLessThan": {"aws:EpochTime": "1577836800"}}, "send aws:EpochTime = 1577836799"),
        ({"DateLessThan": {"x:d": "0001-01-01T00:00:00Z"}}, "send x:d = -62135596801"),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.7"}}, "send aws:SourceIp = 203.0.113.7"),
    ],
)  # fmt: skip
def test_values_are_such_as_a_request_may_carry(condition: dict[str, Any], label: str) -> None:
    assert first(identity(allow(condition=condition))) == label


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("arn:aws:sagemaker:*:*:workteam/p/*", f"arn:aws:sagemaker:{HERE}:workteam/p/a"),
        ("arn:aws:sns:us-east-1:111122223333:t", "arn:aws:sns:us-east-1:111122223333:t"),
    ],
)  # fmt: skip
def test_another_arn_is_an_arn(pattern: str, value: str) -> None:
    denied = identity(allow(), deny(condition={"ArnLike": {"x:WorkteamArn": pattern}}))
    found = labels(denied, context={"x:WorkteamArn": value})
    assert found[0].startswith("send x:WorkteamArn = arn:aws:"), found


def test_the_type_of_a_key_gives_its_value() -> None:
    request = Request(USER, "sagemaker:CreateTrainingJob", (f"arn:aws:sagemaker:us-east-1:{A}:training-job/j",))

    def sent(key: str, operator: str, value: str) -> str:
        given = identity(allow(condition={operator: {key: value}}))
        return Engine().ways(Scenario(request, given))[0].label

    network = "sagemaker:InterContainerTrafficEncryption"
    assert sent(network, "Null", "false") == f"send {network} = true"
    assert sent("sagemaker:MaxRuntimeInSeconds", "Null", "false") == "send sagemaker:MaxRuntimeInSeconds = 1"
    assert sent("x:unheard-of", "Null", "false") == "send x:unheard-of = example"


def test_what_a_request_always_carries_is_not_left_out() -> None:
    denied = identity(allow(), deny(condition={"StringLike": {"aws:UserAgent": "*"}}))
    assert labels(denied) == ["remove statement 2 of P"]


def test_a_value_of_the_policy_is_edited_where_the_request_is_what_it_is() -> None:
    passing = allow("iam:PassRole", ROLE, condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}})
    create = allow("sagemaker:CreateModel", "*")
    model = f"arn:aws:sagemaker:us-east-1:{A}:model/m"
    found = ways(identity(create, passing), action="sagemaker:CreateModel", resource=model, pass_role=PassedRole(ROLE))
    assert [w.label for w in found] == [
        "add a statement that allows iam:PassRole on role/e to sagemaker.amazonaws.com to P",
        "add sagemaker.amazonaws.com to iam:PassedToService in statement 2 of P",
        "remove the condition of statement 2 of P",
    ]
    [given] = found[1].scenario.policies.identity
    services = json.loads(given.text)["Statement"][1]["Condition"]["StringEquals"]["iam:PassedToService"]
    assert services == ["ec2.amazonaws.com", "sagemaker.amazonaws.com"]
    absent = identity(allow(condition={"StringEquals": {"x:k": "a"}}))
    assert not any(label.startswith("add ") and " in " in label for label in labels(absent))
