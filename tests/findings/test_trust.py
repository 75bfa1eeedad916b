"""How principals assume a role, and policies that speak of another service than their resource's."""

from __future__ import annotations

import json

import pytest

from tests.findings.helpers import applied, codes, findings, one, statement
from workbench.policy.kinds import PolicyKind

_IAM = "arn:aws:iam::111122223333"
_SAML, _OIDC = f"{_IAM}:saml-provider/p", f"{_IAM}:oidc-provider/idp.example.com"
_MISMATCH, _SYNTAX = "MISMATCHED_ACTION_FOR_PRINCIPAL", "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY"
_ACTION, _RESOURCE = "UNSUPPORTED_ACTION_IN_POLICY", "UNSUPPORTED_RESOURCE_ARN_IN_POLICY"


def _trust(principal: object, action: object) -> str:
    return statement(json.dumps({"Effect": "Allow", "Principal": principal, "Action": action}))


@pytest.mark.parametrize(
    ("principal", "action", "told"),
    [
        ({"Federated": _SAML}, "sts:AssumeRole", True),
        ({"Federated": _SAML}, "sts:AssumeRoleWithWebIdentity", True),
        ({"Federated": _SAML}, ["sts:AssumeRole", "sts:AssumeRoleWithSAML"], False),
        ({"Federated": _SAML}, "sts:*", False),
        ({"Federated": _SAML}, "sts:TagSession", False),
        ({"Federated": _OIDC}, "sts:AssumeRole", True),
        ({"Federated": "accounts.google.com"}, "sts:AssumeRoleWithSAML", True),
        ({"Federated": _OIDC}, ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"], False),
        ({"AWS": f"{_IAM}:role/r"}, "sts:AssumeRoleWithSAML", True),
        ({"Service": "ec2.amazonaws.com"}, "sts:AssumeRoleWithWebIdentity", True),
        ({"AWS": f"{_IAM}:role/r"}, ["sts:AssumeRole", "sts:AssumeRoleWithSAML"], False),
    ],
)
def test_a_principal_must_be_able_to_assume_the_role_by_the_action(
    principal: object, action: object, told: bool
) -> None:
    assert (_MISMATCH in codes(findings(_trust(principal, action), PolicyKind.TRUST))) is told


def test_the_right_way_to_assume_is_offered_where_all_principals_are_alike() -> None:
    text = _trust({"Federated": _SAML}, "sts:AssumeRole")
    finding = one(findings(text, PolicyKind.TRUST), _MISMATCH)
    assert [text[l.span.start : l.span.end] for l in finding.locations] == ['"sts:AssumeRole"', f'"{_SAML}"']  # noqa: E741
    mended = applied(text, finding.fixes[0])
    assert _MISMATCH not in codes(findings(mended, PolicyKind.TRUST))
    mixed = _trust({"Federated": [_SAML, _OIDC]}, "sts:AssumeRole")
    assert all(f.fixes == () for f in findings(mixed, PolicyKind.TRUST) if f.code == _MISMATCH)


@pytest.mark.parametrize(
    ("provider", "told"),
    [
        ("https://accounts.google.com", True),
        ("p", True),
        (f"{_IAM}:role/r", True),
        ("arn:aws:iam::1111:saml-provider/p", True),
        ("accounts.google.com", False),
        ("idp.example.com/a/b", False),
        (_SAML, False),
        (_OIDC, False),
    ],
)
def test_an_identity_provider_is_an_arn_or_a_host(provider: str, told: bool) -> None:
    text = _trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity")
    assert (_SYNTAX in codes(findings(text, PolicyKind.TRUST))) is told


def test_the_scheme_before_a_host_is_dropped() -> None:
    text = _trust({"Federated": "https://accounts.google.com"}, "sts:AssumeRoleWithWebIdentity")
    finding = one(findings(text, PolicyKind.TRUST), _SYNTAX)
    assert '"accounts.google.com"' in applied(text, finding.fixes[0])


@pytest.mark.parametrize(
    ("action", "told"),
    [("s3:GetObject", True), ("iam:*", True), ("sts:AssumeRole", False), ("STS:AssumeRole", False), ("*", False)],
)
def test_a_trust_policy_takes_actions_of_sts_only(action: str, told: bool) -> None:
    assert (_ACTION in codes(findings(_trust({"AWS": "111122223333"}, action), PolicyKind.TRUST))) is told


def test_a_bucket_policy_takes_actions_and_resources_of_s3_only() -> None:
    def found(action: str, resource: str, kind: str | None) -> set[str]:
        text = statement(
            json.dumps(
                {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": action, "Resource": resource}
            )
        )
        return {_ACTION, _RESOURCE} & set(codes(findings(text, PolicyKind.RESOURCE, kind)))

    assert found("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/k", "AWS::S3::Bucket") == {_ACTION, _RESOURCE}
    assert found("s3:GetObject", "arn:aws:s3:::b/*", "AWS::S3::Bucket") == set()
    assert found("s3:*", "*", "AWS::S3::AccessPoint") == set()
    assert found("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/k", None) == set()


_UNHEARD, _ANYBODY = "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL"


def test_roles_anywhere_makes_principal_tags_of_a_certificate() -> None:
    def told(service: str, key: str) -> bool:
        text = statement(
            json.dumps(
                {
                    "Effect": "Allow",
                    "Principal": {"Service": service},
                    "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
                    "Condition": {"StringEquals": {key: "server"}},
                }
            )
        )
        return _UNHEARD in codes(findings(text, PolicyKind.TRUST))

    assert not told("rolesanywhere.amazonaws.com", "aws:PrincipalTag/x509Subject/CN")
    assert told("rolesanywhere.amazonaws.com", "aws:PrincipalOrgID")
    assert told("ec2.amazonaws.com", "aws:PrincipalTag/x509Subject/CN")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("arn:aws:logs:us-east-1:111122223333:log-group:/app", False),
        ("arn:aws:logs:us-east-1:111122223333:*", False),
        ("arn:aws:logs:*:*:log-group:/app", True),
        (["arn:aws:logs:us-east-1:111122223333:*", "*"], True),
    ],
)
def test_an_encryption_context_in_a_stated_account_restricts_a_service(value: object, told: bool) -> None:
    text = statement(
        json.dumps(
            {
                "Effect": "Allow",
                "Principal": {"Service": "logs.us-east-1.amazonaws.com"},
                "Action": "kms:Decrypt",
                "Resource": "*",
                "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": value}},
            }
        )
    )
    assert (_ANYBODY in codes(findings(text, PolicyKind.RESOURCE))) is told


def test_the_policy_that_a_new_topic_has_is_silent() -> None:
    text = statement(
        json.dumps(
            {
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": ["SNS:Publish", "SNS:Subscribe"],
                "Resource": "arn:aws:sns:us-east-1:111122223333:t",
                "Condition": {"StringEquals": {"AWS:SourceOwner": "111122223333"}},
            }
        )
    )
    assert findings(text, PolicyKind.RESOURCE) == ()


def test_a_file_system_open_to_its_mount_targets_only_is_not_public() -> None:
    def told(condition: object) -> bool:
        text = statement(
            json.dumps(
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": "*"},
                    "Action": "elasticfilesystem:ClientMount",
                    "Resource": "arn:aws:elasticfilesystem:us-east-1:111122223333:file-system/fs-12345678",
                    "Condition": condition,
                }
            )
        )
        return "PUBLIC_ACCESS" in codes(findings(text, PolicyKind.RESOURCE))

    assert not told({"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}})
    assert told({"Bool": {"aws:SecureTransport": "true"}})


@pytest.mark.parametrize("resource", ["${aws_sns_topic.t.arn}", "${Bucket.Arn}/*"])
def test_a_placeholder_for_the_resource_makes_public_access_no_odd_request(resource: str) -> None:
    text = statement(
        json.dumps(
            {"Effect": "Allow", "Principal": "*", "Action": ["sns:Publish", "s3:GetObject"], "Resource": resource}
        )
    )
    assert one(findings(text, PolicyKind.RESOURCE), "PUBLIC_ACCESS").assumption == ()


@pytest.mark.parametrize(("test", "told"), [({"StringLike": "*"}, True), ({"StringEquals": "12345"}, False)])
def test_an_external_id_that_anybody_can_make_up_is_none(test: dict[str, str], told: bool) -> None:
    ((operator, value),) = test.items()
    text = statement(
        json.dumps(
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
                "Action": "sts:AssumeRole",
                "Condition": {operator: {"sts:ExternalId": value}},
            }
        )
    )
    assert ("WIDE_TRUST" in codes(findings(text, PolicyKind.TRUST))) is told


@pytest.mark.parametrize(
    ("host", "claim", "value", "told"),
    [
        ("gitlab.com", "sub", "*", True),
        ("gitlab.com", "sub", "project_path:*", True),
        ("gitlab.com", "sub", "project_path:group/*", False),
        ("gitlab.com", "aud", "https://gitlab.com", True),
        ("app.terraform.io", "sub", "organization:*:project:*", True),
        ("app.terraform.io", "sub", "organization:mine:project:*:workspace:*:run_phase:*", False),
        ("agent.buildkite.com", "sub", "organization:mine:pipeline:*", False),
        ("idp.example.com", "aud", "x", False),
    ],
)
def test_a_provider_that_all_its_customers_share_needs_a_subject_of_ones_own(
    host: str, claim: str, value: str, told: bool
) -> None:
    allow = {
        "Effect": "Allow",
        "Principal": {"Federated": f"{_IAM}:oidc-provider/{host}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringLike": {f"{host}:{claim}": value}},
    }
    assert ("PUBLIC_TRUST" in codes(findings(statement(json.dumps(allow)), PolicyKind.TRUST))) is told
