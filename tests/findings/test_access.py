"""Who is let in: anybody, whole accounts, services for anybody; SageMaker's own traps. Source: spec findings.md
sections 3.6 and 3.7, sagemaker.md."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.findings.helpers import KINDS, catalog, codes, context, one, statement
from workbench.evaluation.catalog_facts import CatalogFacts
from workbench.evaluation.decision import Outcome
from workbench.evaluation.judge import Judge
from workbench.findings import confused_deputy, public_access, sagemaker_traps, wide_trust
from workbench.findings.confused_deputy import SENDS_SOURCE
from workbench.findings.model import Confidence, Finding
from workbench.findings.registry import run_checks
from workbench.policy.kinds import PolicyKind

_CHECKS = (*public_access.CHECKS, *wide_trust.CHECKS, *confused_deputy.CHECKS, *sagemaker_traps.CHECKS)
_JUDGE = Judge(CatalogFacts(catalog))
_GITHUB = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"


def _found(on: str, *statements: dict[str, Any]) -> tuple[Finding, ...]:
    found, failed = run_checks(context(statement(json.dumps(statements)), KINDS[on]), _CHECKS)
    assert failed == ()
    for finding in found:
        if finding.scenario is not None:
            assert _JUDGE.decide(finding.scenario).outcome is Outcome.ALLOWED
    return found


def _allow(principal: Any, action: Any = "s3:GetObject", **condition: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": "Allow", "Principal": principal, "Action": action}
    if not str(action).startswith("sts:"):
        made["Resource"] = "arn:aws:s3:::b/*" if str(action).startswith("s3:") else "*"
    return {**made, "Condition": condition} if condition else made


def _trust(principal: Any, action: str = "sts:AssumeRole", **condition: Any) -> dict[str, Any]:
    return _allow(principal, action, **condition)


# -- anybody --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"StringLike": {"aws:Referer": "https://example.com/*"}},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"IpAddress": {"aws:SourceIp": "16.0.0.0/4"}},
        {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
        {"StringNotEquals": {"aws:PrincipalAccount": "444455556666"}},
    ],
    ids=["none", "referer", "tls", "wide range", "any organization", "all but one"],
)
def test_anybody_is_let_in(condition: dict[str, Any]) -> None:
    finding = one(_found("R", _allow("*", **condition)), "PUBLIC_ACCESS")
    assert "s3:GetObject" in finding.details
    assert finding.scenario is not None


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:PrincipalOrgID": "o-abcde12345"}},
        {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        {"StringEquals": {"aws:SourceVpce": "vpce-11223344"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:*"}},
        {"StringEquals": {"aws:PrincipalOrgID": "${OrganizationId}"}},
    ],
    ids=["organization", "range", "endpoint", "source", "placeholder"],
)
def test_a_fixed_value_keeps_the_public_out(condition: dict[str, Any]) -> None:
    assert _found("R", _allow("*", **condition)) == ()


def test_only_the_statement_that_lets_anybody_in_is_named() -> None:
    named = _allow({"AWS": "arn:aws:iam::111122223333:root"}, "s3:*")
    anybody = _allow({"AWS": ["arn:aws:iam::111122223333:root", "*"]})
    finding = one(_found("R", named, anybody), "PUBLIC_ACCESS")
    assert [location.path[1] for location in finding.locations] == [("index", 1)]
    assert len(finding.locations) == 1


def test_not_principal_with_allow_is_taken_literally_and_that_is_assumed() -> None:
    text = {"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:GetObject"}
    finding = one(_found("R", {**text, "Resource": "arn:aws:s3:::b/*"}), "PUBLIC_ACCESS")
    assert "NotPrincipal" in finding.assumption[-1]


def test_the_policy_of_an_endpoint_may_be_about_anybody() -> None:
    text = statement(json.dumps(_allow("*")))
    assert run_checks(context(text, PolicyKind.VPC_ENDPOINT), _CHECKS) == ((), ())


def test_a_role_for_every_repository_or_identity() -> None:
    web = "sts:AssumeRoleWithWebIdentity"
    sub = "token.actions.githubusercontent.com:sub"
    for value in ("repo:*", "*", "repo:exa*"):
        found = _found("T", _trust({"Federated": _GITHUB}, web, StringLike={sub: value}))
        assert codes(found) == ["PUBLIC_TRUST"], value
    for value in ("repo:example/*", "repo:example/app:ref:refs/heads/main"):
        assert _found("T", _trust({"Federated": _GITHUB}, web, StringLike={sub: value})) == (), value
    assert _found("T", _trust({"Federated": _GITHUB}, web)) == ()  # a finding of AWS says it
    assert _found("T", _trust("*")) == ()
    cognito = {"Federated": "cognito-identity.amazonaws.com"}
    amr = {"ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "unauthenticated"}}
    assert codes(_found("T", _trust(cognito, web, **amr))) == ["PUBLIC_TRUST"]
    pool = {"StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:12345678-1234-1234-1234-123456789012"}}
    assert _found("T", _trust(cognito, web, **pool, **amr)) == ()


# -- accounts, services, NotPrincipal -------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["arn:aws:iam::444455556666:root", "444455556666"])
def test_a_whole_other_account(text: str) -> None:
    finding = one(_found("T", _trust({"AWS": text})), "WIDE_TRUST")
    assert finding.assumption == ("444455556666 is not the account of the role.",)


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"sts:ExternalId": "x"}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/deploy"}},
        {"StringEquals": {"aws:PrincipalOrgID": "o-abcde12345"}},
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    ],
    ids=lambda c: next(iter(next(iter(c.values())))),
)
def test_a_test_of_who_it_is_narrows_an_account(condition: dict[str, Any]) -> None:
    assert _found("T", _trust({"AWS": "arn:aws:iam::444455556666:root"}, **condition)) == ()


def test_a_deny_closes_an_account() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}
    assert _found("T", _trust({"AWS": "arn:aws:iam::444455556666:root"}), deny) == ()
    assert _found("T", _trust({"AWS": "arn:aws:iam::444455556666:role/r"})) == ()


def test_services_that_run_code_over_several_statements() -> None:
    (finding,) = _found("T", _trust({"Service": "lambda.amazonaws.com"}), _trust({"Service": "ec2.amazonaws.com"}))
    assert finding.code == "ANY_SERVICE_ROLE_TRUST"
    assert len(finding.locations) == 2
    assert _found("T", _trust({"Service": ["lambda.amazonaws.com", "apigateway.amazonaws.com"]})) == ()


def test_not_principal_of_a_session_needs_its_account() -> None:
    session = "arn:aws:sts::111122223333:assumed-role/r/s"
    deny = {"Effect": "Deny", "NotPrincipal": {"AWS": [session]}, "Action": "s3:*", "Resource": "*"}
    finding = one(_found("R", deny), "NOTPRINCIPAL_DENY_TRAP")
    assert "arn:aws:iam::111122223333:root" in finding.details
    deny["NotPrincipal"] = {"AWS": [session, "111122223333"]}
    assert _found("R", deny) == ()
    deny["NotPrincipal"] = {"Service": "logs.amazonaws.com"}
    assert _found("R", deny) == ()


# -- confused deputies ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", sorted(SENDS_SOURCE))
def test_a_service_that_sends_its_source_is_asked_for_it(service: str) -> None:
    assert "CONFUSED_DEPUTY_IN_TRUST" in codes(_found("T", _trust({"Service": service})))
    for condition in (
        {"StringEquals": {"aws:SourceAccount": "111122223333"}},
        {"ArnLike": {"aws:SourceArn": f"arn:aws:{service.partition('.')[0]}:*:111122223333:*"}},
    ):
        assert _found("T", _trust({"Service": service}, **condition)) == ()


def test_a_source_of_any_account_is_no_test() -> None:
    def send(arn: str, **more: Any) -> tuple[Finding, ...]:
        made = _allow({"Service": "sns.amazonaws.com"}, "sqs:SendMessage", ArnLike={"aws:SourceArn": arn}, **more)
        return _found("R", {**made, "Resource": "arn:aws:sqs:us-east-1:111122223333:q"})

    finding = one(send("arn:aws:sns:*:*:topic"), "CONFUSED_DEPUTY_SOURCE_TOO_WIDE")
    assert finding.scenario is not None
    assert finding.scenario.request.context["aws:SourceAccount"] == "999988887777"
    assert send("arn:aws:sns:*:111122223333:*") == ()
    assert send("arn:aws:s3:*:*:bucket") == ()
    assert send("arn:aws:s3:::bucket-*") == ()
    assert send("arn:aws:sns:*:*:topic", StringEquals={"aws:SourceAccount": "111122223333"}) == ()


@pytest.mark.parametrize(
    ("operator", "arn", "open_part"),
    [
        ("ArnLike", "arn:aws:s3:::*", "bucket"),
        ("ArnEquals", "arn:*:s3:::?*", "bucket"),
        ("ArnLike", "arn:aws:sns:*:????????????:topic", "account"),
        ("ArnLike", "arn:aws:sns:us-east-1:*", "account"),
        ("StringLike", "arn:aws:*", "account"),
    ],
)
def test_an_open_source_is_one_however_it_is_written(operator: str, arn: str, open_part: str) -> None:
    made = _allow({"Service": "s3.amazonaws.com"}, "sns:Publish", **{operator: {"aws:SourceArn": arn}})
    found = _found("R", {**made, "Resource": "arn:aws:sns:us-east-1:111122223333:t"})
    finding = one(found, "CONFUSED_DEPUTY_SOURCE_TOO_WIDE")
    assert f"leaves the {open_part} open" in finding.details
    assert finding.scenario is not None


# -- SageMaker ------------------------------------------------------------------------------------------------------


def _identity(*statements: dict[str, Any]) -> list[str]:
    return codes(_found("I", *({"Effect": "Allow", "Resource": "*", **s} for s in statements)))


def test_data_may_go_to_the_public_work_team() -> None:
    assert _identity({"Action": "sagemaker:*"}) == ["SAGEMAKER_PUBLIC_WORKTEAM"]
    private = {"StringEqualsIfExists": {"sagemaker:WorkteamType": ["private-crowd", "vendor-crowd"]}}
    assert _identity({"Action": "sagemaker:*", "Condition": private}) == []
    own = {"ArnLike": {"sagemaker:WorkteamArn": "arn:aws:sagemaker:*:*:workteam/private-crowd/*"}}
    assert _identity({"Action": "sagemaker:CreateFlowDefinition", "Condition": own}) == []
    assert _identity({"Action": "sagemaker:DescribeLabelingJob"}) == []


def test_tags_that_a_call_does_not_look_at() -> None:
    tag = {"StringEquals": {"sagemaker:ResourceTag/team": "a"}}
    actions = ["sagemaker:DescribeImageVersion", "sagemaker:DescribeModel"]
    (finding,) = _found("I", {"Effect": "Allow", "Action": actions, "Resource": "*", "Condition": tag})
    assert finding.code == "SAGEMAKER_TAG_CONDITION_IGNORED"
    assert "sagemaker:DescribeModel" not in finding.details
    null = {"Null": {"sagemaker:ResourceTag/team": "false"}}
    assert _identity({"Action": actions, "Condition": null}) == []
    assert _identity({"Action": "sagemaker:Describe*", "Condition": tag}) == []


def test_most_resources_of_sagemaker_take_no_policy() -> None:
    account = {"AWS": "111122223333"}
    assert codes(_found("R", _allow(account, "sagemaker:InvokeEndpoint"))) == ["SAGEMAKER_TAKES_NO_RESOURCE_POLICY"]
    assert _found("R", _allow(account, ["sagemaker:InvokeEndpoint", "s3:GetObject"])) == ()
    shared = ["sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages", "sagemaker:CreateModel"]
    assert _found("R", _allow(account, shared)) == (), "the policy of a model package group"
    assert _found("R", _allow(account, "sagemaker:*")) == ()


_BUCKET = {"Fn::Sub": "arn:aws:s3:::${Bucket}/*"}


@pytest.mark.parametrize("resource", [_BUCKET, [_BUCKET], ["arn:aws:s3:::b", _BUCKET], {"Ref": "Arn"}])
def test_a_resource_that_is_filled_in_hides_no_public(resource: Any) -> None:
    found = _found("R", {**_allow("*"), "Resource": resource})
    assert codes(found) == ["PUBLIC_ACCESS"]
    assert found[0].assumption == ()


@pytest.mark.parametrize(
    "other",
    [
        {**_allow({"AWS": "111122223333"}), "Resource": _BUCKET},
        _allow({"AWS": {"Fn::GetAtt": ["Role", "Arn"]}}, StringEquals={"aws:PrincipalOrgID": {"Ref": "Org"}}),
        {**_allow("*", "s3:PutObject"), "Effect": "Deny", "Resource": _BUCKET},
    ],
)
def test_what_is_filled_in_elsewhere_hides_no_public(other: dict[str, Any]) -> None:
    found = _found("R", other, _allow("*"))
    assert [f.locations[0].path[1] for f in found if f.code == "PUBLIC_ACCESS"] == [("index", 1)]


@pytest.mark.parametrize(
    "statements",
    [
        ({**_allow("*"), "Resource": _BUCKET}, {**_allow("*"), "Effect": "Deny", "Resource": {"Ref": "Arn"}}),
        (_allow("*"), {**_allow({"AWS": {"Ref": "Who"}}), "Effect": "Deny"}),
        (_allow("*"), {**_allow("*", StringNotEquals={"aws:PrincipalOrgID": {"Ref": "Org"}}), "Effect": "Deny"}),
        (_allow("*"), {"Fn::If": ["Closed", {"Ref": "A"}, {"Ref": "B"}]}),
        (_allow("*", StringEquals={"aws:SourceVpc": {"Ref": "Vpc"}}),),
        (_allow({"AWS": {"Ref": "Who"}}),),
        ({**_allow("*"), "Effect": {"Ref": "Effect"}},),
    ],
)
def test_what_is_filled_in_may_keep_the_public_out(statements: tuple[dict[str, Any], ...]) -> None:
    assert "PUBLIC_ACCESS" not in codes(_found("R", *statements))


@pytest.mark.parametrize(
    "entries",
    [
        {"AWS": ["arn:aws:iam::${Account}:root", "*"]},
        {"AWS": ["*", {"Fn::GetAtt": ["Role", "Arn"]}]},
        {"AWS": "*", "Service": {"Fn::Sub": "logs.${AWS::URLSuffix}"}},
        {"CanonicalUser": {"Fn::GetAtt": ["Oai", "S3CanonicalUserId"]}, "AWS": "*"},
    ],
)
def test_a_principal_that_is_filled_in_beside_everybody_hides_no_public(entries: dict[str, Any]) -> None:
    assert "PUBLIC_ACCESS" in codes(_found("R", _allow(entries)))


@pytest.mark.parametrize(
    "principal",
    [
        {"Service": {"Fn::Sub": "ec2.${AWS::URLSuffix}"}},
        {"Service": "ec2.${var.suffix}"},
        {"Federated": {"Ref": "Provider"}},
        {"Ref": "Who"},
    ],
)
def test_a_principal_that_is_filled_in_elsewhere_hides_no_public_trust(principal: Any) -> None:
    google = {"StringLike": {"accounts.google.com:aud": "*"}}
    public = _trust({"Federated": "accounts.google.com"}, "sts:AssumeRoleWithWebIdentity", **google)
    assert "PUBLIC_TRUST" in codes(_found("T", _trust(principal), public))


def test_a_sid_that_is_filled_in_hides_no_public() -> None:
    assert codes(_found("R", {**_allow("*"), "Sid": {"Fn::Sub": "Open${Env}"}})) == ["PUBLIC_ACCESS"]


def _deny(action: Any = "s3:*", resource: Any = "*", **condition: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": resource, "Condition": condition}


@pytest.mark.parametrize(
    "deny",
    [
        _deny(StringNotEquals={"aws:PrincipalOrgID": "${var.org}"}),
        _deny(StringNotLike={"aws:PrincipalArn": "arn:aws:iam::<account-id>:role/x"}),
        _deny(IpAddress={"aws:SourceIp": ["${Range}"]}),
        _deny(resource="${aws_s3_bucket.b.arn}/*", StringNotEquals={"aws:SourceVpce": "vpce-11223344"}),
        _deny(action="s3:${Which}"),
        _deny(action=["s3:PutObject", {"Ref": "Which"}]),
        _deny(Null={"aws:PrincipalTag/${Tag}": "true"}),
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "NotResource": "${aws_s3_bucket.b.arn}/*"},
    ],
)
def test_what_is_filled_in_within_a_string_may_keep_the_public_out(deny: dict[str, Any]) -> None:
    assert "PUBLIC_ACCESS" not in codes(_found("R", _allow("*"), deny))


@pytest.mark.parametrize(
    "deny",
    [
        _deny("s3:PutObject", StringNotEquals={"s3:x-amz-server-side-encryption-aws-kms-key-id": "${var.key}"}),
        _deny("s3:PutObject", StringNotEquals={"s3:x-amz-server-side-encryption-aws-kms-key-id": {"Ref": "Key"}}),
        _deny(resource={"Ref": "Arn"}, Bool={"aws:SecureTransport": "false"}),
        _deny(StringNotEquals={"aws:PrincipalOrgID": {"Ref": "Org"}}, Bool={"aws:SecureTransport": "false"}),
    ],
)
def test_a_deny_keeps_out_no_more_than_it_could_deny(deny: dict[str, Any]) -> None:
    assert "PUBLIC_ACCESS" in codes(_found("R", _allow("*"), deny))


@pytest.mark.parametrize(
    ("changed", "documented"),
    [
        ({}, True),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, False),
        ({"Principal": {"AWS": "*"}}, True),
    ],
)
def test_that_everybody_is_let_in_without_a_condition_is_what_aws_documents(
    changed: dict[str, object], documented: bool
) -> None:
    allow = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", **changed}
    finding = one(_found("R", allow), "PUBLIC_ACCESS")
    assert (finding.confidence is Confidence.DOCUMENTED) is documented
    assert ("AWS does not document this" in finding.note) is not documented
