"""Policies in what the AWS CLI prints: as an object, and as JSON in a string. Its shapes: AWS CLI Command Reference."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.embedded.reading import contents, one, outer, said
from workbench.embedded.door import policies_in
from workbench.policy.kinds import PolicyKind

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
OUTPUTS: dict[str, tuple[Any, str]] = {
    "iam get-policy-version": (
        {"PolicyVersion": {"Document": POLICY, "VersionId": "v1", "IsDefaultVersion": True}},
        "PolicyVersion.Document",
    ),
    "iam get-role-policy": ({"RoleName": "r", "PolicyName": "p", "PolicyDocument": POLICY}, "PolicyDocument"),
    "iam get-role": (
        {"Role": {"Path": "/", "RoleName": "r", "AssumeRolePolicyDocument": POLICY}},
        "Role.AssumeRolePolicyDocument",
    ),
    "s3api get-bucket-policy": ({"Policy": json.dumps(POLICY)}, "Policy"),
    "sqs get-queue-attributes": ({"Attributes": {"Policy": json.dumps(POLICY)}}, "Attributes.Policy"),
    "ecr get-repository-policy": ({"registryId": "1", "policyText": json.dumps(POLICY, indent=2)}, "policyText"),
    "organizations describe-policy": (
        {"Policy": {"PolicySummary": {"Name": "p"}, "Content": json.dumps(POLICY)}},
        "Policy.Content",
    ),
}


@pytest.mark.parametrize("command", OUTPUTS)
@pytest.mark.parametrize("indent", [None, 4])
def test_the_policy_in_the_output_of_a_command_is_found_where_it_stands(command: str, indent: int | None) -> None:
    made, name = OUTPUTS[command]
    text = json.dumps(made, indent=indent)
    found = one("out.json", text)
    assert (found.name, said(found)) == (name, POLICY)
    assert found.kind is (PolicyKind.TRUST if name.endswith("AssumeRolePolicyDocument") else None)
    assert outer(found, text, "s3:GetObject") == "s3:GetObject"


def test_output_with_many_policies_has_them_all() -> None:
    made = [{"PolicyName": "a", "PolicyDocument": POLICY}, {"PolicyName": "b", "PolicyDocument": POLICY}]
    names = [policy.name for policy in contents("o.json", json.dumps({"RolePolicyList": made})).policies]
    assert names == ["RolePolicyList[0].PolicyDocument", "RolePolicyList[1].PolicyDocument"]


@pytest.mark.parametrize(
    "made",
    [
        POLICY,
        {"version": "2012-10-17", "Policy": POLICY},
        {"Statements": POLICY["Statement"]},
        {"Sid": "a", **POLICY},
        POLICY["Statement"],
        {"rules": POLICY},
        {"PolicyVersion": {"VersionId": "v1"}},
        {},
    ],
)
def test_a_policy_and_what_is_meant_to_be_one_is_no_output(made: Any) -> None:
    assert policies_in("p.json", json.dumps(made)) is None


def test_output_that_is_cut_off_says_where() -> None:
    text = json.dumps({"PolicyVersion": {"Document": POLICY}}, indent=1)
    found = contents("o.json", text[: text.index('"Resource"') + 5])
    assert found.problem is not None
    assert [policy.name for policy in found.policies] == ["PolicyVersion.Document"]
