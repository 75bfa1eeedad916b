"""In a project the target of a path is looked up and named. Source: spec findings.md section 3.4."""

from __future__ import annotations

from typing import Any

import pytest

from tests.findings.helpers import codes, one
from tests.findings.test_surroundings import ACCOUNT, allow, around, deny, found, member, named
from workbench.evaluation.request import NamedPolicy, PolicySet
from workbench.findings.model import FindingType
from workbench.findings.surroundings import Member, Surroundings

_CODE = "PRIVILEGE_ESCALATION"
_TRUST = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
_SERVICE = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
_CREATE = allow("sagemaker:CreateTrainingJob")
_DATA = allow("s3:GetObject", "arn:aws:s3:::data/*")


def role(name: str, *statements: dict[str, Any], trust: dict[str, Any] = _TRUST, account: str = ACCOUNT) -> Member:
    """A role of the project that has not the policy in question."""
    arn = f"arn:aws:iam::{account}:role/{name}"
    return Member(name, arn, PolicySet((named(f"{name} policy", *statements),)), named(f"{name} trust", trust))


def passing(resource: str = "*") -> dict[str, Any]:
    return allow("iam:PassRole", resource, **_SERVICE)


def test_a_role_with_more_power_is_named() -> None:
    finding = one(found(around(member(), role("Job", _DATA)), _CREATE, passing()), _CODE)
    assert "Job, which may call s3:GetObject on arn:aws:s3:::data/" in finding.details
    assert finding.type is FindingType.SECURITY_WARNING
    assert not [a for a in finding.assumption if "There is a role" in a]
    assert finding.scenario is not None
    assert finding.scenario.request.pass_role is not None
    assert finding.scenario.request.pass_role.arn == f"arn:aws:iam::{ACCOUNT}:role/Job"


_OTHERS = {
    "nothing that the caller lacks": role("Job", _CREATE),
    "trusts another service": role("Job", _DATA, trust={**_TRUST, "Principal": {"Service": "ec2.amazonaws.com"}}),
    "trusts it no more": role("Job", _DATA, trust={**_TRUST, "Effect": "Deny"}),
    "in another account": role("Job", _DATA, account="444455556666"),
}


@pytest.mark.parametrize("other", _OTHERS.values(), ids=_OTHERS)
def test_where_any_role_may_be_handed_over_one_that_the_project_does_not_know_is_assumed(other: Member) -> None:
    finding = one(found(around(member(), other), _CREATE, passing()), _CODE)
    assert "which may call" not in finding.details
    assert any("There is a role that sagemaker.amazonaws.com may assume" in a for a in finding.assumption)


def test_of_roles_that_a_pattern_names_those_of_the_project_decide() -> None:
    pattern = passing(f"arn:aws:iam::{ACCOUNT}:role/Job*")
    finding = one(found(around(member(), role("Job1", _DATA)), _CREATE, pattern), _CODE)
    assert finding.type is FindingType.SUGGESTION
    assert "Job1, which may call" in finding.details
    assert _CODE not in codes(found(around(member(), role("Job1", _CREATE)), _CREATE, pattern))
    admin = one(found(around(member(), role("Job1", allow("*"))), _CREATE, pattern), _CODE)
    assert admin.type is FindingType.SECURITY_WARNING
    assert "Job1, which may call iam:AttachUserPolicy" in admin.details


def test_a_role_that_the_policy_names_was_chosen_unless_it_may_do_everything() -> None:
    one_role = passing(f"arn:aws:iam::{ACCOUNT}:role/Job")
    assert _CODE not in codes(found(around(member(), role("Job", _DATA)), _CREATE, one_role))
    finding = one(found(around(member(), role("Job", allow("*"))), _CREATE, one_role), _CODE)
    assert finding.type is FindingType.SECURITY_WARNING
    bounded = role("Job", allow("*"), deny("iam:*"))
    assert _CODE not in codes(found(around(member(), bounded), _CREATE, one_role))


def test_a_condition_of_the_trust_policy_is_met_by_the_service() -> None:
    trust = {**_TRUST, "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}
    assert "Job" in one(found(around(member(), role("Job", _DATA, trust=trust)), _CREATE, passing()), _CODE).details


def test_another_user_is_named() -> None:
    bob = Member("Bob", f"arn:aws:iam::{ACCOUNT}:user/Bob", PolicySet((named("data", _DATA),)))
    finding = one(found(around(member(), bob), allow("iam:CreateAccessKey")), _CODE)
    assert "Bob, which may call s3:GetObject" in finding.details
    weak = Member("Bob", bob.arn, PolicySet((named("none", allow("iam:CreateAccessKey")),)))
    assert "Bob" not in one(found(around(member(), weak), allow("iam:CreateAccessKey")), _CODE).details


def test_a_role_whose_policy_cannot_be_judged_is_no_target() -> None:
    broken = Member("Job", f"arn:aws:iam::{ACCOUNT}:role/Job", PolicySet((NamedPolicy("b", "{"),)), named("t", _TRUST))
    surroundings: Surroundings = around(member(), broken)
    assert "which may call" not in one(found(surroundings, _CREATE, passing()), _CODE).details
