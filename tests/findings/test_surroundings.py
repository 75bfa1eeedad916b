"""What a project says around a policy counts: boundaries, SCPs, RCPs and resource policies of whoever has it. Source:
spec findings.md section 3."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.findings.helpers import catalog, codes, context, one, statement
from workbench.evaluation.catalog_facts import CatalogFacts
from workbench.evaluation.decision import Outcome
from workbench.evaluation.judge import Judge
from workbench.evaluation.request import Level, NamedPolicy, PolicySet
from workbench.findings.model import Finding
from workbench.findings.registry import run_checks
from workbench.findings.surroundings import Member, Surroundings

_JUDGE = Judge(CatalogFacts(catalog))
ACCOUNT = "111122223333"
OWN = "own"


def allow(action: str | list[str], resource: str | list[str] = "*", **condition: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {**made, "Condition": condition} if condition else made


def deny(action: str | list[str], resource: str | list[str] = "*", **condition: Any) -> dict[str, Any]:
    return {**allow(action, resource, **condition), "Effect": "Deny"}


def text(*statements: dict[str, Any]) -> str:
    return statement(json.dumps(statements))


def named(name: str, *statements: dict[str, Any]) -> NamedPolicy:
    return NamedPolicy(name, text(*statements))


def member(name: str = "Ann", kind: str = "user", *others: NamedPolicy, **more: Any) -> Member:
    """Somebody who has the document and these others."""
    trust = more.pop("trust", None)
    identity = (NamedPolicy(OWN, "as saved"), *others)
    return Member(name, f"arn:aws:iam::{ACCOUNT}:{kind}/{name}", PolicySet(identity, **more), trust)


def found(around: Surroundings, *statements: dict[str, Any]) -> tuple[Finding, ...]:
    """The findings on an identity policy; every scenario is replayed."""
    result, failed = run_checks(replace(context(text(*statements)), around=around))
    assert failed == ()
    for finding in result:
        if finding.scenario is not None:
            assert _JUDGE.decide(finding.scenario).outcome is Outcome.ALLOWED, finding
    return result


def around(*members: Member, **more: Any) -> Surroundings:
    return Surroundings(OWN, ACCOUNT, members, **more)


_ALL = allow("*")
_CLOSED = {
    "boundary": {"permissions_boundary": named("boundary", allow("s3:*"))},
    "boundary that denies": {"permissions_boundary": named("boundary", _ALL, deny("iam:*"))},
    "SCP": {"service_control": (Level("root", (named("full", _ALL), named("no-iam", deny("iam:*")))),)},
    "SCP that allows other things": {"service_control": (Level("root", (named("some", allow("s3:*")),)),)},
    "network": {
        "permissions_boundary": named(
            "boundary", allow("*", StringEquals={"aws:SourceVpc": "vpc-11223344"}, Null={"aws:SourceVpc": "true"})
        )
    },
}


@pytest.mark.parametrize("limits", _CLOSED.values(), ids=_CLOSED)
def test_what_limits_the_principal_closes_a_path(limits: dict[str, Any]) -> None:
    path = allow("iam:PutUserPolicy")
    assert "PRIVILEGE_ESCALATION" in codes(found(around(member()), path))
    assert "PRIVILEGE_ESCALATION" not in codes(found(around(member(**limits)), path))


def test_administrators_of_a_boundary_are_none() -> None:
    assert "ADMINISTRATOR_ACCESS" in codes(found(around(member()), _ALL))
    limited = member(permissions_boundary=named("boundary", _ALL, deny("iam:*")))
    assert "ADMINISTRATOR_ACCESS" not in codes(found(around(limited), _ALL))


def test_a_limit_that_the_caller_can_keep_closes_nothing() -> None:
    region = named("boundary", allow("*", StringEquals={"aws:RequestedRegion": "us-east-1"}))
    finding = one(
        found(around(member(permissions_boundary=region)), allow("iam:PutUserPolicy")), "PRIVILEGE_ESCALATION"
    )
    assert finding.scenario is not None
    assert finding.scenario.policies.permissions_boundary == region
    outside = named("scp", deny("*", StringNotEquals={"aws:RequestedRegion": "us-east-1"}))
    levels = (Level("root", (named("full", _ALL), outside)),)
    assert "PRIVILEGE_ESCALATION" in codes(found(around(member(service_control=levels)), allow("iam:PutUserPolicy")))


def test_a_path_open_for_one_of_two_names_whom() -> None:
    limited = member("Ann", permissions_boundary=named("boundary", allow("s3:*")))
    finding = one(found(around(limited, member("Bob")), allow("iam:PutUserPolicy")), "PRIVILEGE_ESCALATION")
    assert finding.details.startswith("Bob can ")
    assert finding.scenario is not None
    assert finding.scenario.request.principal.arn.endswith("user/Bob")
    both = one(found(around(member("Ann"), member("Bob")), allow("iam:PutUserPolicy")), "PRIVILEGE_ESCALATION")
    assert both.details.startswith("Whoever has this policy can ")


def test_another_policy_of_one_holder_opens_a_path_for_it() -> None:
    passing = named("pass", allow("iam:PassRole", StringEquals={"iam:PassedToService": "sagemaker.amazonaws.com"}))
    finding = one(
        found(around(member("Ann"), member("Bob", "user", passing)), allow("sagemaker:CreateTrainingJob")),
        "PRIVILEGE_ESCALATION",
    )
    assert finding.details.startswith("Bob can ")
    assert finding.scenario is not None
    assert finding.scenario.policies.identity[1] == passing


def test_rcps_and_resource_policies_close_what_is_exposed() -> None:
    read = allow("s3:GetObject")
    assert "DATA_EXFILTRATION" in codes(found(around(member()), read))
    everybody = {"Principal": "*", **deny("s3:*")}
    rcp = (Level("root", (named("rcp", everybody),)),)
    assert "DATA_EXFILTRATION" not in codes(found(around(member(resource_control=rcp)), read))
    buckets = around(member(), resources=(("arn:aws:s3:::*", named("bucket", everybody)),))
    assert "DATA_EXFILTRATION" not in codes(found(buckets, read))
    other = around(member(), resources=(("arn:aws:s3:::logs*", named("bucket", everybody)),))
    assert "DATA_EXFILTRATION" in codes(found(other, read))


def test_a_limit_that_aws_would_refuse_accuses_nobody() -> None:
    broken = member(permissions_boundary=NamedPolicy("boundary", "{"))
    assert "PRIVILEGE_ESCALATION" not in codes(found(around(broken), allow("iam:PutUserPolicy")))


def test_a_policy_that_nobody_has_is_judged_by_itself() -> None:
    assert "PRIVILEGE_ESCALATION" in codes(found(around(), allow("iam:PutUserPolicy")))
