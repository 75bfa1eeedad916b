"""No public access: which documents let the public in, and what keeps it out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.proof.documents import allow, document, granted_to, new_access, proofs
from tests.proof.test_questions import HOME, IP, replay
from workbench.policy.kinds import PolicyKind
from workbench.proof.verdicts import Result


def test_a_canonical_user_is_not_decided() -> None:
    new = document(
        granted_to({"AWS": HOME}), granted_to({"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98"})
    )
    assert new_access(document(granted_to({"AWS": HOME})), new, PolicyKind.RESOURCE).result is Result.UNKNOWN


@pytest.mark.parametrize(
    ("statements", "wanted"),
    [
        ([granted_to("*", StringLike={"aws:PrincipalAccount": "1*"})], "FAIL"),
        ([granted_to("*", ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:root"})], "FAIL"),
        ([granted_to("*", StringEquals={"aws:ResourceOrgID": "o-abcdefghij"})], "FAIL"),
        ([granted_to("*", IpAddress={IP: [f"{n}.0.0.0/8" for n in range(256)]})], "FAIL"),
    ],
)
def test_what_keeps_nobody_out_is_public(statements: list[Any], wanted: str) -> None:
    assert proofs().no_public_access(document(*statements), PolicyKind.RESOURCE).result == wanted


def federated(provider: str, **conditions: Any) -> str:
    statement = allow("sts:AssumeRoleWithWebIdentity", **conditions)
    del statement["Resource"]
    return document({**statement, "Principal": {"Federated": provider}})


GITHUB = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (federated("cognito-identity.amazonaws.com"), "FAIL"),
        (
            federated(
                "cognito-identity.amazonaws.com", StringEquals={"cognito-identity.amazonaws.com:aud": "us-east-1:pool"}
            ),
            "PASS",
        ),
        (federated(GITHUB, StringEquals={"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}), "FAIL"),
        (
            federated(GITHUB, StringEquals={"token.actions.githubusercontent.com:sub": "repo:a/b:ref:refs/heads/m"}),
            "PASS",
        ),
        (federated("arn:aws:iam::111122223333:saml-provider/p"), "PASS"),
    ],
)
def test_identities_of_public_providers_are_the_public(text: str, wanted: str) -> None:
    assert proofs().no_public_access(text, PolicyKind.TRUST).result == wanted


ORG = {"aws:PrincipalOrgID": "o-abcdefghij"}


@pytest.mark.parametrize(
    ("statements", "wanted"),
    [
        ([granted_to("*")], "FAIL"),
        ([granted_to({"AWS": "111122223333"})], "PASS"),
        ([granted_to({"Service": "sns.amazonaws.com"})], "PASS"),
        ([granted_to("*", StringEquals=ORG)], "PASS"),
        ([granted_to("*", StringLike={"aws:PrincipalOrgID": "o-*"})], "FAIL"),
        ([granted_to("*", StringNotEquals=ORG)], "FAIL"),
        ([granted_to("*"), {**granted_to("*", StringNotEquals=ORG), "Effect": "Deny"}], "PASS"),
        ([granted_to("*", IpAddress={IP: "0.0.0.0/0"})], "FAIL"),
        ([granted_to("*", IpAddress={IP: ["203.0.113.0/24", "::/0"]})], "FAIL"),
        ([granted_to("*", IpAddress={IP: "203.0.113.0/24"})], "PASS"),
        ([granted_to("*", StringLike={"aws:Referer": "https://example.com/*"})], "FAIL"),
        ([granted_to("*", StringEquals={"aws:UserAgent": "secret"})], "FAIL"),
        ([granted_to("*", Bool={"aws:SecureTransport": "true"})], "FAIL"),
        ([granted_to("*", ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:role/x"})], "FAIL"),
        ([granted_to("*", ArnLike={"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"})], "PASS"),
        ([granted_to("*", StringEquals={"aws:SourceVpce": "vpce-1a2b3c4d"})], "PASS"),
        ([granted_to("*", StringEqualsIfExists={"aws:SourceVpce": "vpce-1a2b3c4d"})], "FAIL"),
        ([granted_to("*", ArnLike={"aws:SourceArn": "arn:aws:sns:*:111122223333:*"})], "PASS"),
        ([granted_to("*", ArnLike={"aws:SourceArn": "arn:aws:sns:*:*:*"})], "FAIL"),
        ([granted_to("*", StringEquals={"aws:SourceAccount": "111122223333"})], "PASS"),
    ],
)
def test_no_public_access(statements: list[Any], wanted: str) -> None:
    verdict = proofs().no_public_access(document(*statements), PolicyKind.RESOURCE)
    assert verdict.result == wanted
    if verdict.witness is not None:
        assert replay(verdict.witness) == "allowed"


@pytest.mark.parametrize("operator", ["StringEquals", "StringLike"])
def test_everybody_of_one_account_is_that_account(operator: str) -> None:
    everybody = granted_to("*", **{operator: {"aws:PrincipalAccount": HOME}})
    account = document(granted_to({"AWS": HOME}))
    assert proofs().no_public_access(document(everybody), PolicyKind.RESOURCE).result is Result.PASS
    for old, new in ((account, document(everybody)), (document(everybody), account)):
        assert proofs().no_new_access(old, new, PolicyKind.RESOURCE).result is Result.PASS
    others = document(granted_to("*", **{operator: {"aws:PrincipalAccount": "444455556666"}}))
    verdict = proofs().no_new_access(account, others, PolicyKind.RESOURCE)
    assert verdict.witness is not None
    assert replay(verdict.witness) == "allowed"
