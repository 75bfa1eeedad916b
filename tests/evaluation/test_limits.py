"""What an answer says of itself: what was not consulted, not modelled, or read in one of two ways."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.evaluation.asking import USER, allow, ask, deny, identity, policy
from workbench.evaluation.limits import ACLS, GRANTS, PUBLIC_ACCESS, SHARING
from workbench.evaluation.request import Level, PolicySet, Principal

A, B = "111111111111", "222222222222"
SERVICE_LINKED = f"arn:aws:iam::{A}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
LINKED_SESSION = f"arn:aws:sts::{A}:assumed-role/AWSServiceRoleForX/s"
EVERYBODY = policy(allow(principal="*"), name="bucket")
NOTHING = (Level("r-root", (policy(deny("s3:*")),)),)
NOTHING_AT_ALL = (Level("r-root", (policy(deny("s3:*", principal="*")),)),)
KEY = f"arn:aws:kms:eu-west-1:{A}:key/1"


@pytest.mark.parametrize(
    ("caller", "more", "whom"),
    [
        (SERVICE_LINKED, {}, "service-linked roles"),
        (USER, {"management_account": A}, "the management account"),
        (Principal(service="x.amazonaws.com"), {}, "AWS services"),
        (Principal(), {}, "anonymous callers"),
    ],
)
def test_whom_scps_do_not_limit_is_said(caller: Any, more: dict[str, Any], whom: str) -> None:
    policies = PolicySet((policy(allow()),), resource=EVERYBODY, service_control=NOTHING)
    decision = ask(policies, principal=caller, **more)
    assert decision.outcome == "allowed"
    assert f"Service control policies do not limit {whom}, so they were not consulted." in decision.notes


def test_an_identity_of_a_provider_is_not_limited_by_scps() -> None:
    statement = {"Effect": "Allow", "Principal": {"Federated": "p"}, "Action": "sts:AssumeRoleWithWebIdentity"}
    policies = PolicySet(resource=policy(statement), service_control=NOTHING)
    role = f"arn:aws:iam::{A}:role/r"
    decision = ask(policies, "sts:AssumeRoleWithWebIdentity", role, principal=Principal(federated="p"))
    assert any("do not limit callers that are not signed in" in note for note in decision.notes)


def test_nothing_is_said_of_scps_that_limit_or_are_not_there() -> None:
    limited = ask(replace(identity(allow()), service_control=NOTHING), management_account=B)
    assert limited.outcome == "explicitDeny"
    assert not any("do not limit" in note for note in limited.notes)
    assert not any("do not limit" in note for note in ask(identity(allow()), principal=SERVICE_LINKED).notes)


def test_a_service_linked_role_is_not_limited_by_rcps_and_one_known_by_its_name_is_inferred() -> None:
    policies = replace(identity(allow()), resource_control=NOTHING_AT_ALL)
    inferred = "AWSServiceRoleForX is taken to be a service-linked role by its name (inferred)."
    by_path, by_name = ask(policies, principal=SERVICE_LINKED), ask(policies, principal=LINKED_SESSION)
    for decision in (by_path, by_name):
        assert decision.outcome == "allowed"
        assert any("Resource control policies do not limit service-linked" in note for note in decision.notes)
    assert inferred not in by_path.notes
    assert inferred in by_name.notes
    stated = ask(policies, principal=LINKED_SESSION, context={"aws:PrincipalArn": SERVICE_LINKED})
    assert (stated.outcome, inferred in stated.notes) == ("allowed", False)
    for written in ("aws:PrincipalArn", "AWS:principalarn"):
        own: Any = (f"arn:aws:iam::{A}:role/AWSServiceRoleForX",)
        assert ask(policies, principal=LINKED_SESSION, context={written: own}).outcome == "explicitDeny"


def test_an_account_in_the_policy_of_an_endpoint_is_read_as_of_an_interface_endpoint() -> None:
    def notes(principal: Any, action: str = "s3:GetObject") -> list[str]:
        endpoint = policy(allow(principal="*"), allow("s3:*", principal=principal), name="endpoint")
        decision = ask(replace(identity(allow()), vpc_endpoint=endpoint), action)
        assert decision.outcome == "allowed"
        return [note for note in decision.notes if "gateway endpoint" in note]

    assert len(notes({"AWS": A})) == 1
    assert len(notes({"AWS": f"arn:aws:iam::{A}:root"})) == 1
    assert notes("*") == []
    assert notes({"AWS": B}) == []
    assert notes({"AWS": A}, "sqs:SendMessage") == []


def test_keys_in_several_spellings_are_warned_of() -> None:
    twice = ask(identity(allow()), context={"aws:PrincipalTag/team": "a", "aws:PrincipalTag/Team": "b"})
    assert any(note.startswith("aws:PrincipalTag/Team is given in several spellings") for note in twice.notes)
    once = ask(identity(allow()), context={"aws:PrincipalTag/team": "a"})
    assert not any("spellings" in note for note in once.notes)


def test_what_could_turn_an_answer_about_a_key_is_said() -> None:
    assert GRANTS in ask(identity(allow()), "kms:Decrypt", KEY).notes
    assert GRANTS not in ask(PolicySet(resource=EVERYBODY), "kms:Decrypt", KEY).notes
    assert GRANTS not in ask(identity(deny()), "kms:Decrypt", KEY).notes
    assert GRANTS not in ask(PolicySet(), "kms:ListKeys", "*").notes
    filtered = replace(identity(allow()), service_control=(Level("r-root", (policy(allow("ec2:*")),)),))
    assert GRANTS not in ask(filtered, "kms:Decrypt", KEY).notes


def test_what_could_turn_an_answer_about_a_bucket_of_others_is_said() -> None:
    def notes(policies: PolicySet, **more: Any) -> list[str]:
        return [note for note in ask(policies, **more).notes if note in (ACLS, PUBLIC_ACCESS)]

    both = PolicySet((policy(allow()),), resource=EVERYBODY)
    assert notes(both, resource_account=B) == [PUBLIC_ACCESS]
    assert notes(both, principal=Principal(), resource_account=B) == [PUBLIC_ACCESS]
    assert notes(identity(allow()), resource_account=B) == [ACLS]
    assert notes(identity(deny()), resource_account=B) == []
    assert notes(both) == []
    queue = f"arn:aws:sqs:eu-west-1:{B}:q"
    assert notes(identity(allow()), action="sqs:SendMessage", resource=queue) == []


def test_what_the_other_side_could_grant_is_not_said_where_the_callers_own_side_is_missing() -> None:
    for lacking in (
        PolicySet(resource=EVERYBODY),
        replace(identity(allow()), session=(policy(allow("ec2:*")),), resource=EVERYBODY),
        replace(identity(allow()), permissions_boundary=policy(allow("ec2:*")), resource=EVERYBODY),
    ):
        caller = f"arn:aws:sts::{A}:assumed-role/r/s"
        decision = ask(lacking, principal=caller, resource_account=B)
        assert decision.outcome == "implicitDeny"
        assert ACLS not in decision.notes


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("model-package-group/g", [SHARING]),
        ("model-package/g/1", [SHARING]),
        ("hub/h", [f"{SHARING[:-1]} (inferred of a hub)."]),
        ("training-job/t", []),
    ],
)
def test_what_sagemaker_shares_with_other_accounts_is_said_to_be_left_out(kind: str, said: list[str]) -> None:
    def notes(policies: PolicySet, owner: str) -> list[str]:
        resource = f"arn:aws:sagemaker:eu-west-1:{owner}:{kind}"
        decision = ask(policies, "sagemaker:DescribeModelPackage", resource)
        return [note for note in decision.notes if note.startswith(SHARING[:-1])]

    assert notes(identity(allow()), B) == said
    assert notes(PolicySet(), B) == []  # the caller's own side is missing
    assert notes(identity(deny()), B) == []
    assert notes(PolicySet(), A) == []


ROOT = f"arn:aws:iam::{A}:root"


def test_layers_of_the_caller_that_do_not_count_for_it_are_said() -> None:
    everything = policy(deny(), name="P")
    given = PolicySet((everything,), everything, session=(everything,), resource=EVERYBODY)

    def said(principal: Any) -> list[str]:
        return [note for note in ask(given, principal=principal).notes if "so " in note and "organization" not in note]

    for caller, whom in (
        (ROOT, "the root user"),
        (Principal(service="x.amazonaws.com"), "AWS services"),
        (Principal(), "anonymous callers"),
    ):
        assert said(caller) == [
            f"Identity policies do not apply to {whom}, so they were not consulted.",
            f"A permissions boundary does not limit {whom}, so it was not consulted.",
            f"Session policies do not limit {whom}, so they were not consulted.",
        ]
    assert said(USER) == ["Session policies do not limit an IAM user, so they were not consulted."]
    assert said(f"arn:aws:sts::{A}:assumed-role/r/s") == []


def test_resources_and_actions_that_no_rcp_limits_are_said() -> None:
    policies = replace(identity(allow()), resource_control=NOTHING_AT_ALL)
    of_management = ask(policies, management_account=A)
    assert of_management.outcome == "allowed"
    assert any("do not limit resources of the management account" in note for note in of_management.notes)
    retiring = ask(replace(policies, resource=EVERYBODY), "kms:RetireGrant", KEY)
    assert "Resource control policies do not limit kms:RetireGrant, so they were not consulted." in retiring.notes


def test_root_without_policies_is_allowed_as_root_and_not_for_lack_of_a_need() -> None:
    assert ask(PolicySet(), principal=ROOT).sentence == (
        "Allowed: the root user of the account may do s3:GetObject on b/k."
    )
    free = ask(PolicySet(), "sts:GetCallerIdentity", "*", principal=ROOT)
    assert free.sentence == "Allowed: no permission is needed for sts:GetCallerIdentity."
