"""The derivation examples of spec context-keys.md section 7, by their numbers, and the table of section 6."""

from __future__ import annotations

from typing import Any

import pytest

from tests.evaluation.asking import NOON, allow, ask, deny, identity, policy
from workbench.engine import Engine
from workbench.evaluation.request import PassedRole, PolicySet, Principal, Request, Scenario

A = "123456789012"
ANN, ENG_ANN = f"arn:aws:iam::{A}:user/Ann", f"arn:aws:iam::{A}:user/eng/Ann"
SESSION, ROLE = f"arn:aws:sts::{A}:assumed-role/Dev/s1", f"arn:aws:iam::{A}:role/team/Dev"
JOB = f"arn:aws:sagemaker:eu-west-1:{A}:training-job/t"
ABSENT = None


def values(keys: dict[str, Any], principal: Principal | str = ANN, **more: Any) -> None:
    """Fail unless the request's context has exactly these values (None: absent), as conditions see them."""
    decision_of = ask if "with_catalog" not in more else _ask_with_catalog
    more.pop("with_catalog", None)
    for key, value in keys.items():
        wanted: dict[str, Any]
        if value is ABSENT:
            wanted = {"Null": {key: "true"}}
        elif isinstance(value, list):
            wanted = {"ForAllValues:StringEquals": {key: value}, "Null": {key: "false"}}
        else:
            wanted = {"StringEquals": {key: value}}
        trusting = policy(allow("*", principal="*", condition=wanted), name="resource")
        given = PolicySet((policy(allow(condition=wanted)),), resource=trusting)
        decision = decision_of(given, principal=principal, **more)
        assert decision.outcome == "allowed", (key, value, decision.derived)


def _ask_with_catalog(policies: PolicySet, principal: Any, action: str, resource: str, **more: Any) -> Any:
    return Engine(now=lambda: NOON).simulate(
        Scenario(Request(Principal(arn=principal), action, (resource,), **more), policies)
    )


def test_k01_a_user_with_a_key() -> None:
    keys = {
        "aws:PrincipalArn": ENG_ANN,
        "aws:username": "Ann",
        "aws:SourceIp": "203.0.113.5",
        "aws:ViaAWSService": "false",
        "aws:SecureTransport": "true",
        "aws:PrincipalType": "User",
        "aws:PrincipalAccount": A,
        "aws:TokenIssueTime": ABSENT,
        "aws:MultiFactorAuthPresent": ABSENT,
        "aws:MultiFactorAuthAge": ABSENT,
    }
    values(keys, ENG_ANN, context={"aws:SourceIp": "203.0.113.5"})


def test_k02_a_session_through_an_endpoint_has_no_public_address() -> None:
    stated = {"aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-1", "aws:VpcSourceIp": "10.0.0.1"}
    values({**stated, "aws:SourceIp": ABSENT}, SESSION, context=stated)


def test_k03_a_chain_of_services_acts_with_the_users_credentials() -> None:
    chain = ("cloudformation.amazonaws.com", "dynamodb.amazonaws.com")
    keys = {
        "aws:ViaAWSService": "true",
        "aws:CalledVia": list(chain),
        "aws:CalledViaFirst": chain[0],
        "aws:CalledViaLast": chain[1],
        "aws:MultiFactorAuthPresent": "false",
    }
    key = f"arn:aws:kms:eu-west-1:{A}:key/1"
    values(keys, ANN, action="kms:Decrypt", resource=key, context={"aws:CalledVia": chain})


def test_k04_a_service_role_is_no_service() -> None:
    keys = {"aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false", "aws:CalledVia": ABSENT}
    values(keys, SESSION)


def test_k05_a_service_with_its_own_principal() -> None:
    trail = f"arn:aws:cloudtrail:eu-west-1:{A}:trail/t"
    keys = {
        "aws:PrincipalIsAWSService": "true",
        "aws:PrincipalServiceName": "cloudtrail.amazonaws.com",
        "aws:PrincipalServiceNamesList": ["cloudtrail.amazonaws.com"],
        "aws:PrincipalType": "Service",
        "aws:SourceArn": trail,
        "aws:SourceAccount": A,
        "aws:PrincipalArn": ABSENT,
        "aws:PrincipalAccount": ABSENT,
        "aws:TokenIssueTime": ABSENT,
    }
    service = Principal(service="cloudtrail.amazonaws.com")
    values(keys, service, context={"aws:SourceArn": trail}, resource_account=A)
    values({"aws:SourceAccount": ABSENT}, service)
    values({"aws:SourceAccount": ABSENT}, service, context={"aws:SourceArn": "arn:aws:s3:::bucket"})
    values({"aws:SourceAccount": "1"}, service, context={"aws:SourceArn": trail, "aws:SourceAccount": "1"})


def test_k06_an_anonymous_request() -> None:
    keys = {
        "aws:PrincipalAccount": "anonymous",
        "aws:PrincipalType": "Anonymous",
        "aws:userid": "anonymous",
        "aws:PrincipalArn": ABSENT,
        "aws:PrincipalIsAWSService": ABSENT,
        "aws:PrincipalOrgID": ABSENT,
        "aws:username": ABSENT,
    }
    values(keys, Principal(), resource_account=A)


def test_k07_the_tags_of_what_is_created() -> None:
    keys = {
        "aws:RequestTag/team": "a",
        "aws:RequestTag/env": "b",
        "aws:TagKeys": ["team", "env"],
        "aws:ResourceTag/team": "a",
    }
    sagemaker: dict[str, Any] = {"action": "sagemaker:CreateTrainingJob", "resource": JOB, "alone": True}
    values(keys, tags={"team": "a", "env": "b"}, with_catalog=True, **sagemaker)
    values({"aws:TagKeys": ABSENT, "aws:ResourceTag/team": ABSENT}, with_catalog=True, **sagemaker)
    queue = f"arn:aws:sqs:eu-west-1:{A}:q"
    values({"aws:ResourceTag/team": ABSENT}, action="sqs:TagQueue", resource=queue, tags={"team": "a"})


def test_k08_the_tags_of_a_sagemaker_resource_have_two_names() -> None:
    endpoint = f"arn:aws:sagemaker:eu-west-1:{A}:endpoint/e"
    keys = {"aws:ResourceTag/Project": "A", "sagemaker:ResourceTag/Project": "A"}
    for stated in keys:
        asked: dict[str, Any] = {"action": "sagemaker:DescribeEndpoint", "resource": endpoint}
        values(keys, context={stated: "A"}, with_catalog=True, **asked)


def test_k09_a_global_service_is_called_at_its_home() -> None:
    values({"aws:RequestedRegion": "us-east-1"}, action="iam:ListUsers", resource="*")


def test_k10_a_session_tag_is_what_is_stated() -> None:
    values({"aws:PrincipalTag/team": "x"}, SESSION, context={"aws:PrincipalTag/team": "x"})


def test_k11_a_session_of_a_caller_with_mfa() -> None:
    keys = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "900"}
    values(keys, SESSION, context={"aws:MultiFactorAuthAge": "900"})
    values({"aws:MultiFactorAuthPresent": "false", "aws:MultiFactorAuthAge": ABSENT}, SESSION)


def test_k12_passing_a_role_has_a_context_of_its_own() -> None:
    role = f"arn:aws:iam::{A}:role/exec"
    keys = {
        "iam:PassedToService": "sagemaker.amazonaws.com",
        "aws:PrincipalArn": ANN,
        "aws:username": "Ann",
        "aws:PrincipalTag/team": "a",
        "aws:ResourceAccount": A,
        "sagemaker:VolumeKmsKey": None,
    }
    for key, value in keys.items():
        wanted = {"Null": {key: "true"}} if value is None else {"StringEquals": {key: value}}
        statements = (allow("sagemaker:CreateModel"), allow("iam:PassRole", role, condition=wanted))
        decision = ask(
            identity(*statements),
            "sagemaker:CreateModel",
            f"arn:aws:sagemaker:eu-west-1:{A}:model/m",
            principal=ANN,
            context={"aws:PrincipalTag/team": "a", "sagemaker:VolumeKmsKey": "k"},
            pass_role=PassedRole(role),
        )
        assert decision.outcome == "allowed", (key, decision.sentence)


@pytest.mark.parametrize(
    ("principal", "arn", "kind", "userid", "username", "temporary"),
    [
        (f"arn:aws:iam::{A}:root", f"arn:aws:iam::{A}:root", "Account", A, None, False),
        (ANN, ANN, "User", None, "Ann", False),
        (
            f"arn:aws:sts::{A}:federated-user/bob",
            f"arn:aws:sts::{A}:federated-user/bob",
            "FederatedUser",
            f"{A}:bob",
            None,
            True,
        ),
        (SESSION, f"arn:aws:iam::{A}:role/Dev", "AssumedRole", None, None, True),
        (ROLE, ROLE, "AssumedRole", None, None, True),
    ],
)
def test_the_keys_of_each_kind_of_principal(
    principal: str, arn: str, kind: str, userid: str | None, username: str | None, temporary: bool
) -> None:
    keys = {
        "aws:PrincipalArn": arn,
        "aws:PrincipalType": kind,
        "aws:PrincipalAccount": A,
        "aws:PrincipalIsAWSService": "false",
        "aws:userid": userid,
        "aws:username": username,
        "aws:TokenIssueTime": "2026-11-23T12:00:00Z" if temporary else None,
        "aws:MultiFactorAuthPresent": "false" if temporary else None,
        "aws:CurrentTime": "2026-11-23T12:00:00Z",
        "aws:EpochTime": str(int(NOON.timestamp())),
        "aws:UserAgent": "simulator",
        "aws:ViaAWSMCPService": "false",
    }
    for key, value in keys.items():
        values({key: value}, principal)


def test_what_is_stated_and_what_is_said_to_be_absent_is_not_derived() -> None:
    values({"aws:username": "other"}, context={"AWS:UserName": "other"})
    values({"aws:username": ABSENT}, absent=frozenset({"AWS:UserName"}))


@pytest.mark.parametrize(
    ("stated", "current", "epoch"),
    [
        ({"aws:CurrentTime": "1970-01-02"}, "1970-01-02", "86400"),
        ({"aws:EpochTime": "86400"}, "1970-01-02T00:00:00Z", "86400"),
        ({"aws:CurrentTime": "1970-01-01T02:00:00+02:00"}, "1970-01-01T02:00:00+02:00", "0"),
        ({"aws:CurrentTime": "no time"}, "no time", str(int(NOON.timestamp()))),
    ],
)
def test_every_key_of_time_agrees_with_the_one_that_is_stated(stated: dict[str, str], current: str, epoch: str) -> None:
    values({"aws:CurrentTime": current, "aws:EpochTime": epoch}, context=stated)


ENDPOINT, CONFIG = (f"arn:aws:sagemaker:eu-west-1:{A}:{resource}" for resource in ("endpoint/e", "endpoint-config/c"))


def _creating_endpoint(denied: str, key: str, named: tuple[str, ...] = (ENDPOINT, CONFIG)) -> str:
    """The outcome for CreateEndpoint with the tag env=prod, where resources so tagged are denied."""
    tagged = deny("sagemaker:CreateEndpoint", denied, condition={"StringEquals": {key: "prod"}})
    request = Request(Principal(arn=ANN), "sagemaker:CreateEndpoint", named, tags={"env": "prod"})
    return Engine(now=lambda: NOON).simulate(Scenario(request, identity(allow(), tagged))).outcome


@pytest.mark.parametrize("key", ["aws:ResourceTag/env", "sagemaker:ResourceTag/env"])
def test_tags_of_the_request_are_tags_of_what_the_call_makes_and_of_nothing_else(key: str) -> None:
    assert _creating_endpoint("*:endpoint/*", key) == "explicitDeny"
    assert _creating_endpoint("*:endpoint-config/*", key) == "allowed"
    assert _creating_endpoint("*:endpoint-config/*", key, (CONFIG, ENDPOINT)) == "allowed"
    assert _creating_endpoint("*", key, ("*",)) == "explicitDeny"


def test_tags_of_what_another_service_makes_have_no_key_of_sagemaker() -> None:
    volume = {"action": "ec2:CreateVolume", "resource": "arn:aws:ec2:eu-west-1::volume/v", "tags": {"a": "b"}}
    values({"aws:ResourceTag/a": "b", "sagemaker:ResourceTag/a": ABSENT}, **volume)


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("stated", ["aws:ResourceTag/P", "sagemaker:ResourceTag/P"])
def test_what_is_stated_of_the_resource_wins_over_the_tags_of_the_request_in_any_order(stated: str, order: int) -> None:
    both = (("aws:RequestTag/P", "B"), (stated, "A"))[::order]
    for key in ("aws:ResourceTag/P", "sagemaker:ResourceTag/P"):
        mine = allow("sagemaker:CreateModel", condition={"StringEquals": {key: "A"}})
        request = Request(
            Principal(arn=ANN),
            "sagemaker:CreateModel",
            (f"arn:aws:sagemaker:eu-west-1:{A}:model/m",),
            context=dict(both),
        )
        decision = Engine(now=lambda: NOON).simulate(Scenario(request, identity(allow("sagemaker:AddTags"), mine)))
        assert decision.outcome == "allowed", key
