"""The allowed space of a document in clauses: few, readable, and together all of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.proof.documents import allow, deny, document, engine, granted_to, proofs
from tests.proof.test_against_enumeration import CASES, decision, requests, statements
from workbench.evaluation.decision import Outcome
from workbench.policy.kinds import PolicyKind

IP = "aws:SourceIp"


def texts(*found: dict[str, Any], kind: PolicyKind = PolicyKind.IDENTITY) -> list[str]:
    return [clause.text for clause in proofs().summary(document(*found), kind)]


def test_the_summary_says_who_and_when_with_a_request_each() -> None:
    text = document(
        {**allow("s3:GetObject", "arn:aws:s3:::logs/*", IpAddress={IP: "203.0.113.0/24"}), "Sid": "Logs"},
        deny("s3:GetObject", "arn:aws:s3:::logs/secret/*"),
        allow("ec2:Describe*"),
        allow("sqs:*"),
        deny("sqs:*"),
    )
    clauses = proofs().summary(text, PolicyKind.IDENTITY)
    assert [c.text for c in clauses] == [
        "s3:GetObject on arn:aws:s3:::logs/*, only if aws:SourceIp is in 203.0.113.0/24, "
        "except what statement 2 denies.",
        "ec2:Describe* on every resource.",
    ]
    assert all(c.scenario is not None and engine().simulate(c.scenario).outcome is Outcome.ALLOWED for c in clauses)


def test_what_other_clauses_say_already_is_left_out() -> None:
    wide, narrow = allow("s3:*"), allow("s3:GetObject", "arn:aws:s3:::b/*")
    assert texts(narrow, wide) == texts(wide, narrow) == ["s3:* on every resource."]
    assert texts(wide, wide) == ["s3:* on every resource."]
    halves = [allow("s3:Get*", **{"Null": {IP: flag}}) for flag in ("true", "false")]
    assert texts(*halves, allow("s3:GetObject")) == [
        "s3:Get* on every resource, only if aws:SourceIp is absent.",
        "s3:Get* on every resource, only if aws:SourceIp is present.",
    ]


def test_entries_that_add_nothing_are_left_out() -> None:
    assert texts(allow(["s3:GetObject", "s3:Get*", "S3:get*"], ["arn:aws:s3:::b/*", "arn:aws:s3:::b/x"])) == [
        "s3:Get* on arn:aws:s3:::b/*."
    ]
    assert texts(allow(["s3:Get*", "sqs:*"]), {**deny("sqs:*"), "Sid": "NoQueues"}) == ["s3:Get* on every resource."]


@pytest.mark.parametrize(
    ("conditions", "wanted"),
    [
        ({"StringEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]}}, "aws:SourceVpc is vpc-1 or vpc-2"),
        (
            {"StringEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]}, "Bool": {"aws:MultiFactorAuthPresent": "true"}},
            "(aws:SourceVpc is vpc-1 or vpc-2) and the caller used MFA",
        ),
        (
            {"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}, "Bool": {"aws:SecureTransport": "true"}},
            "(aws:SourceVpc is vpc-1, or aws:SourceVpc is absent) and the call comes over TLS",
        ),
        (
            {"StringNotEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]}},
            "aws:SourceVpc is neither vpc-1 nor vpc-2, or aws:SourceVpc is absent",
        ),
        (
            {"StringNotLike": {"s3:prefix": ["a*", "b*"]}},
            "s3:prefix is neither like a* nor b*, or s3:prefix is absent",
        ),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["a", "b", "c"]}}, "some value of aws:TagKeys is a, b or c"),
        ({"Null": {"aws:SourceVpc": "false"}}, "aws:SourceVpc is present"),
        ({"NumericLessThan": {"s3:max-keys": "10"}}, "s3:max-keys is below 10"),
    ],
)
def test_conditions_read_without_doubt_about_and_and_or(conditions: dict[str, Any], wanted: str) -> None:
    statement = allow("s3:ListBucket" if "s3" in wanted else "ec2:CreateTags", **{})
    text = json.dumps({"Version": "2012-10-17", "Statement": {**statement, "Condition": conditions}})
    [clause] = proofs().summary(text, PolicyKind.IDENTITY)
    assert clause.text.partition(", only if ")[2] == f"{wanted}."


def test_principals_stand_in_the_clauses_of_a_resource_policy() -> None:
    assert texts(granted_to("*"), granted_to({"AWS": "444455556666"}), kind=PolicyKind.RESOURCE) == [
        "s3:GetObject on arn:aws:s3:::b/* for everybody."
    ]


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(statements(), min_size=1, max_size=4), st.integers(0, 10_000))
def test_every_allowed_request_falls_in_a_clause(drawn: list[dict[str, Any]], seed: int) -> None:
    whole = document(*drawn)
    clauses = proofs().summary(whole, PolicyKind.IDENTITY)
    parts = [document(*(drawn[i] for i in (clause.index, *clause.exceptions))) for clause in clauses]
    for request in requests(seed):
        allowed = decision(whole, request) is Outcome.ALLOWED
        assert allowed is any(decision(part, request) is Outcome.ALLOWED for part in parts), request
