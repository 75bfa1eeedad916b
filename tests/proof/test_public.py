"""Who counts as the public, for every resource type and partition."""

from __future__ import annotations

from typing import Any

import pytest

from tests.proof.documents import document, engine, granted_to, proofs
from workbench.evaluation.decision import Outcome
from workbench.evaluation.request import Scenario
from workbench.policy.kinds import PolicyKind
from workbench.proof.api_shape import NO_PUBLIC_ACCESS, RESOURCE_TYPES, answer, read_check
from workbench.proof.askers import STRANGER
from workbench.proof.public import OWN
from workbench.proof.verdicts import Verdict

ACTIONS = {
    "AWS::DynamoDB::Table": "dynamodb:GetItem",
    "AWS::DynamoDB::Stream": "dynamodb:GetRecords",
    "AWS::EFS::FileSystem": "elasticfilesystem:ClientMount",
    "AWS::OpenSearchService::Domain": "es:ESHttpGet",
    "AWS::Kinesis::Stream": "kinesis:GetRecords",
    "AWS::Kinesis::StreamConsumer": "kinesis:SubscribeToShard",
    "AWS::KMS::Key": "kms:Decrypt",
    "AWS::Lambda::Function": "lambda:InvokeFunction",
    "AWS::S3::Bucket": "s3:GetObject",
    "AWS::S3::AccessPoint": "s3:GetObject",
    "AWS::S3Express::DirectoryBucket": "s3express:CreateSession",
    "AWS::S3::Glacier": "glacier:DeleteArchive",
    "AWS::S3Outposts::Bucket": "s3-outposts:GetObject",
    "AWS::S3Outposts::AccessPoint": "s3-outposts:GetObject",
    "AWS::SecretsManager::Secret": "secretsmanager:GetSecretValue",
    "AWS::SNS::Topic": "sns:Publish",
    "AWS::SQS::Queue": "sqs:SendMessage",
    "AWS::IAM::AssumeRolePolicyDocument": "sts:AssumeRole",
    "AWS::S3Tables::TableBucket": "s3tables:GetTable",
    "AWS::ApiGateway::RestApi": "execute-api:Invoke",
    "AWS::CodeArtifact::Domain": "codeartifact:GetAuthorizationToken",
    "AWS::Backup::BackupVault": "backup:CopyIntoBackupVault",
    "AWS::CloudTrail::Dashboard": "cloudtrail:StartDashboardRefresh",
    "AWS::CloudTrail::EventDataStore": "cloudtrail:StartQuery",
    "AWS::S3Tables::Table": "s3tables:GetTableData",
    "AWS::S3Express::AccessPoint": "s3express:CreateSession",
}
"""An action of each resource type of AWS's check that its policies are about."""


@pytest.mark.parametrize("resource_type", RESOURCE_TYPES)
def test_every_resource_type_is_checked(resource_type: str) -> None:
    def checked(principal: Any) -> Any:
        statement = {"Effect": "Allow", "Principal": principal, "Action": ACTIONS[resource_type]}
        if "AssumeRole" not in resource_type:
            statement["Resource"] = "*"
        given = {"policyDocument": document(statement), "resourceType": resource_type}
        return answer(read_check(NO_PUBLIC_ACCESS, given), proofs())

    public = checked({"AWS": "*"})
    assert public["result"] == "FAIL"
    assert public["witness"]["request"]["resource"].startswith(("arn:", "*"))
    assert checked({"AWS": "arn:aws:iam::111122223333:root"})["result"] == "PASS"


def public(*statements: dict[str, Any], kind: PolicyKind = PolicyKind.RESOURCE) -> Verdict:
    return proofs().no_public_access(document(*statements), kind)


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_principals_of_other_partitions(partition: str) -> None:
    arn = f"arn:{partition}:iam::444455556666:role/app"
    assert public(granted_to({"AWS": arn})).result == "PASS"
    assert public(granted_to({"AWS": f"arn:{partition}:iam::444455556666:root"})).result == "PASS"
    assert public(granted_to({"AWS": "*"}, ArnEquals={"aws:PrincipalArn": arn})).result == "PASS"
    wide = granted_to({"AWS": "*"}, ArnLike={"aws:PrincipalArn": f"arn:{partition}:iam::*:role/*"})
    verdict = public({**wide, "Resource": f"arn:{partition}:s3:::b/*"})
    assert verdict.result == "FAIL"
    assert verdict.witness is not None
    assert verdict.witness.request.principal.arn.startswith(f"arn:{partition}:sts::")
    assert engine().simulate(verdict.witness).outcome is Outcome.ALLOWED
    trusted = {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"}
    assert public(trusted, kind=PolicyKind.TRUST).result == "PASS"


def test_the_rule_of_web_identity_providers_says_that_it_is_inferred() -> None:
    provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
    statement = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity"}
    verdict = public(statement, kind=PolicyKind.TRUST)
    assert verdict.result == "FAIL"
    assert [sentence for sentence in verdict.assumptions if sentence.endswith("(inferred).")]
    anybody = public({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}, kind=PolicyKind.TRUST)
    assert anybody.result == "FAIL"
    assert not [sentence for sentence in anybody.assumptions if "(inferred)" in sentence]


def test_a_role_that_everybody_may_assume_is_public_to_whoever_has_credentials() -> None:
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}
    verdict = public(everybody, kind=PolicyKind.TRUST)
    assert verdict.result == "FAIL"
    assert verdict.witness is not None
    assert ":assumed-role/" in verdict.witness.request.principal.arn
    unsigned = {**everybody, "Condition": {"Null": {"aws:PrincipalArn": "true"}}}
    assert public(unsigned, kind=PolicyKind.TRUST).result == "PASS"  # nobody without credentials can call it


TO_OWN = [
    {"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}},
    {"StringLike": {"AWS:PrincipalAccount": "${AWS:ResourceAccount}"}},
    {"StringEqualsIfExists": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}},
    {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}},
    {"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}},
    {"StringEquals": {"aws:SourceAccount": "${aws:ResourceAccount}"}},
    {"StringEqualsIgnoreCase": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}},
    {"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount, 'none'}"}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::${aws:ResourceAccount}:role/*"}},
    {"StringLike": {"aws:PrincipalArn": "arn:*:iam::${aws:ResourceAccount}:*"}},
    {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:${aws:ResourceAccount}:*"}},
    {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "${aws:ResourceOrgID}/*"}},
]
TO_OTHERS = [
    {"StringNotEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}},
    {"StringEquals": {"aws:PrincipalAccount": ["${aws:ResourceAccount}", "${aws:username}"]}},
    {"StringEquals": {"aws:PrincipalTag/team": "${aws:ResourceTag/team}"}},
    {"StringNotEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}},
    {"StringEquals": {"aws:PrincipalTag/owner": "${aws:ResourceAccount}"}},
    {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::${aws:ResourceAccount}-*"}},
    {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::${aws:ResourceAccount}:role/*"}},
    {"StringEquals": {"aws:ResourceAccount": "111122223333"}, "Null": {"aws:PrincipalArn": "false"}},
    {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/${aws:ResourceAccount}-*"}},
]


def is_from_outside(scenario: Scenario) -> bool:
    """Whether the scenario names one account of the resource, and a caller of none or of another."""
    request = scenario.request
    stated = {v for k, v in request.context.items() if k.lower() == "aws:resourceaccount"}
    in_arn = {account for account in (request.resources[0].split(":")[4],) if account}
    [owner] = {request.resource_account, *stated, *in_arn}
    return not request.principal.arn or request.principal.arn.split(":")[4] != owner


OWNERS = ["arn:aws:sqs:us-east-1:111122223333:q", "arn:aws:sqs:us-east-1:999988887777:q", "arn:aws:s3:::b/*", "*"]


@pytest.mark.parametrize("where", OWNERS)
def test_who_must_be_of_the_resources_own_account_or_organization_is_no_public(where: str) -> None:
    action = "s3:GetObject" if "s3" in where else "sqs:SendMessage"
    statement = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": where}
    for condition in TO_OWN:
        verdict = public({**statement, "Condition": condition})
        assert verdict.result == "PASS", condition
        assert OWN in verdict.assumptions
    for condition in TO_OTHERS:
        if "9999" in where and condition.get("StringEquals", {}).get("aws:ResourceAccount"):
            continue  # the queue is of another account than the one asked for
        verdict = public({**statement, "Condition": condition})
        assert verdict.result == "FAIL", condition
        assert verdict.witness is not None
        assert engine().simulate(verdict.witness).outcome is Outcome.ALLOWED, condition
        assert is_from_outside(verdict.witness), verdict.witness.request


def test_the_public_is_of_none_of_the_accounts_that_own_the_resource() -> None:
    """Of the strangers' own usual account, too; a bucket's owner is told by the condition alone."""
    signed = {"Null": {"aws:PrincipalArn": "false"}}
    queue = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Condition": signed}
    bucket = {**queue, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    owned = {**signed, "StringEquals": {"aws:ResourceAccount": "999988887777"}}
    for statement in ({**queue, "Resource": f"arn:aws:sqs:us-east-1:{STRANGER}:q"}, {**bucket, "Condition": owned}):
        verdict = public(statement)
        assert verdict.witness is not None
        assert verdict.witness.request.resource_account == STRANGER
        assert is_from_outside(verdict.witness), verdict.witness.request


def test_a_deny_of_all_who_are_not_of_the_resources_own_account_leaves_no_public() -> None:
    everybody = granted_to("*")
    for operator, result in (("StringNotEquals", "PASS"), ("StringEquals", "FAIL")):
        condition = {operator: {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}
        verdict = public(everybody, {**everybody, "Effect": "Deny", "Condition": condition})
        assert verdict.result == result


@pytest.mark.parametrize("operator", ["NumericEquals", "BinaryEquals", "Bool"])
def test_where_an_operator_takes_no_variable_it_keeps_nobody_to_the_resources_account(operator: str) -> None:
    """The value is read as text, number or truth, with nothing of the resource in it."""
    statement = {**granted_to("*"), "Condition": {operator: {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}}
    verdict = public(statement)
    if verdict.witness is not None:
        assert engine().simulate(verdict.witness).outcome is Outcome.ALLOWED
        assert is_from_outside(verdict.witness)
    assert (verdict.result == "FAIL") is (operator == "Bool")  # both are no true, hence alike


def test_a_variable_that_is_text_lets_nobody_in() -> None:
    """In a document of the old Version the value is these very letters, which no account is."""
    statement = granted_to("*", StringEquals={"aws:PrincipalAccount": "${aws:ResourceAccount}"})
    old = document(statement).replace("2012-10-17", "2008-10-17")
    assert "2008-10-17" in old
    assert proofs().no_public_access(old, PolicyKind.RESOURCE).result == "PASS"
