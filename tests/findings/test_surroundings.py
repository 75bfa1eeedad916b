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
from workbench.policy.kinds import PolicyKind

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


def found(
    around: Surroundings, *statements: dict[str, Any], kind: PolicyKind = PolicyKind.IDENTITY
) -> tuple[Finding, ...]:
    """The findings on a policy; every scenario is replayed."""
    result, failed = run_checks(replace(context(text(*statements), kind), around=around))
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


# -- 3.2: statements that do nothing ----------------------------------------------------------------------------------

_REACH, _NO_EFFECT = "ALLOW_NOT_REACHABLE_UNDER_GUARDRAIL", "DENY_WITHOUT_EFFECT"
_S3_ONLY = named("boundary", allow("s3:*"))


@pytest.mark.parametrize(
    ("limits", "name"),
    [
        ({"permissions_boundary": _S3_ONLY}, "The boundary boundary never lets through what"),
        ({"permissions_boundary": named("b", allow("*"), deny("ec2:*"))}, "The boundary b never lets through what"),
        ({"permissions_boundary": named("b", allow("*", "arn:aws:s3:::*"))}, "The boundary b never lets through what"),
        (
            {"service_control": (Level("root", (named("full", allow("*")),)), Level("ou", (_S3_ONLY,)))},
            "The SCPs of ou never let through what",
        ),
    ],
)
def test_an_allow_that_no_guardrail_lets_through(limits: dict[str, Any], name: str) -> None:
    run = allow("ec2:RunInstances", "arn:aws:ec2:*:*:instance/*")
    finding = one(found(around(member(**limits)), allow("s3:GetObject", "arn:aws:s3:::b/*"), run), _REACH)
    assert finding.details.startswith(name)
    assert finding.locations[0].path == (("value", "Statement"), ("index", 1))
    assert _REACH not in codes(found(around(member(**limits), member("Bob")), run)), "it reaches Bob"
    assert _REACH not in codes(found(around(), run))


@pytest.mark.parametrize(
    "boundary",
    [
        named("b", allow("ec2:Run*", "arn:aws:ec2:us-east-1:*:instance/i-1")),
        named("b", allow("*"), deny("ec2:*", StringEquals={"aws:RequestedRegion": "us-east-1"})),
        named("b", allow("*"), deny("ec2:RunInstances", "arn:aws:ec2:us-east-1:*:*")),
        NamedPolicy("b", "{"),
    ],
)
def test_an_allow_of_which_something_gets_through_is_silent(boundary: NamedPolicy) -> None:
    run = allow("ec2:RunInstances", "arn:aws:ec2:*:*:instance/*")
    assert _REACH not in codes(found(around(member(permissions_boundary=boundary)), run))


def test_a_deny_of_what_nothing_allows() -> None:
    reading = named("reading", allow("s3:Get*", "arn:aws:s3:::b/*"))
    alone = around(member("Ann", "user", reading))
    assert "safeguard" in one(found(alone, deny("ec2:TerminateInstances")), _NO_EFFECT).details
    assert _NO_EFFECT in codes(found(alone, deny("s3:GetObject", "arn:aws:s3:::other/*")))
    assert _NO_EFFECT not in codes(found(alone, deny("s3:*", "arn:aws:s3:::b/secret/*")))
    assert _NO_EFFECT not in codes(found(alone, deny("s3:*"), allow("ec2:*"))), "Ann reads"
    assert _NO_EFFECT not in codes(found(around(), deny("ec2:TerminateInstances")))
    by_bucket = named("bucket", {"Principal": "*", **allow("s3:PutObject", "arn:aws:s3:::c/*")})
    put = deny("s3:PutObject", "arn:aws:s3:::c/*")
    assert _NO_EFFECT in codes(found(alone, put))
    assert _NO_EFFECT not in codes(found(replace(alone, resources=(("arn:aws:s3:::c*", by_bucket),)), put))
    template = named("template", allow("ec2:*", "arn:aws:ec2:${Region}:*:*"), allow("s3:*", "*"))
    assert _NO_EFFECT not in codes(found(around(member("Ann", "user", template)), deny("ec2:TerminateInstances")))


def test_a_project_check_says_nothing_of_boundaries_and_scps() -> None:
    bounding = Surroundings(OWN, ACCOUNT, (member(permissions_boundary=NamedPolicy(OWN, "")),))
    for kind in (PolicyKind.BOUNDARY, PolicyKind.SCP):
        assert _NO_EFFECT not in codes(found(bounding, deny("ec2:TerminateInstances"), kind=kind))


# -- 3.6: access from outside -----------------------------------------------------------------------------------------

_CROSS = "CROSS_ACCOUNT_ACCESS"


def shared(*accounts: str, **more: Any) -> dict[str, Any]:
    who = {"AWS": [f"arn:aws:iam::{account}:root" for account in accounts]}
    return {"Principal": who, **allow("s3:GetObject", "arn:aws:s3:::b/*", **more)}


def test_an_account_outside_the_organization() -> None:
    organization = around(accounts=frozenset({ACCOUNT, "222233334444"}))
    finding = one(found(organization, shared(ACCOUNT, "444455556666"), kind=PolicyKind.RESOURCE), _CROSS)
    assert "444455556666" in finding.details
    assert finding.scenario is not None
    assert ":444455556666:" in finding.scenario.request.principal.arn
    assert _CROSS not in codes(found(organization, shared(ACCOUNT, "222233334444"), kind=PolicyKind.RESOURCE))
    assert _CROSS not in codes(found(around(), shared("444455556666"), kind=PolicyKind.RESOURCE))
    closed = shared("444455556666", StringEquals={"aws:PrincipalAccount": "222233334444"})
    assert _CROSS not in codes(found(organization, closed, kind=PolicyKind.RESOURCE))
    everybody = {
        "Principal": "*",
        **deny("s3:*", "arn:aws:s3:::b/*", StringNotEquals={"aws:PrincipalAccount": ACCOUNT}),
    }
    assert _CROSS not in codes(found(organization, shared("444455556666"), everybody, kind=PolicyKind.RESOURCE))


@pytest.mark.parametrize(
    ("own", "operator"),
    [
        ({"aws:PrincipalAccount": "${aws:ResourceAccount}"}, "StringEquals"),
        ({"aws:ResourceAccount": "${aws:PrincipalAccount}"}, "StringEquals"),
        ({"aws:ResourceAccount": "444455556666"}, "StringEquals"),
        ({"aws:PrincipalArn": "arn:aws:iam::${aws:ResourceAccount}:role/*"}, "ArnLike"),
        ({"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}, "StringEquals"),
    ],
)
def test_who_is_of_the_resources_own_account_is_not_outside(own: dict[str, str], operator: str) -> None:
    organization = around(accounts=frozenset({ACCOUNT}))
    inside = shared("444455556666", **{operator: own})
    for policy in (inside, {**inside, **_QUEUE}):
        assert _CROSS not in codes(found(organization, policy, kind=PolicyKind.RESOURCE))
    others = shared("444455556666", StringNotEquals={"aws:PrincipalAccount": "${aws:ResourceAccount}"})
    tagged = shared("444455556666", StringEquals={"aws:PrincipalTag/owner": "${aws:ResourceAccount}"})
    for policy in (others, {**others, **_QUEUE}, tagged, {**tagged, **_QUEUE}):
        finding = one(found(organization, policy, kind=PolicyKind.RESOURCE), _CROSS)
        assert finding.scenario is not None
        request = finding.scenario.request
        assert request.context.get("aws:ResourceAccount", ACCOUNT) == request.resource_account == ACCOUNT


_QUEUE = {"Action": "sqs:SendMessage", "Resource": f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"}


def _perimeter(**condition: Any) -> tuple[Level, ...]:
    return (Level("root", (named("perimeter", {"Principal": "*", **deny("s3:*", **condition)}),)),)


_OWN_ONLY = _perimeter(StringNotEqualsIfExists={"aws:PrincipalOrgID": "o-abcde12345"})


def test_rcps_keep_out_who_is_outside() -> None:
    public = {"Principal": "*", **allow("s3:GetObject", "arn:aws:s3:::b/*")}
    organization = around(accounts=frozenset({ACCOUNT}))
    outside = shared("444455556666")
    for code, policy in (("PUBLIC_ACCESS", public), (_CROSS, outside)):
        assert code in codes(found(organization, policy, kind=PolicyKind.RESOURCE))
        behind = replace(organization, resource_control=_OWN_ONLY)
        assert code not in codes(found(behind, policy, kind=PolicyKind.RESOURCE))
        elsewhere = _perimeter(StringEquals={"aws:RequestedRegion": "eu-west-1"})
        beside = replace(organization, resource_control=elsewhere)
        finding = one(found(beside, policy, kind=PolicyKind.RESOURCE), code)
        assert finding.scenario is not None
        assert finding.scenario.policies.resource_control == elsewhere
        assert finding.scenario.policies.resource is not None
        assert finding.scenario.policies.resource.text == text(policy)


def test_rcps_say_nothing_of_services_they_do_not_apply_to() -> None:
    topic = {"Principal": "*", **allow("sns:Publish", "arn:aws:sns:us-east-1:111122223333:t")}
    behind = around(resource_control=_perimeter(StringNotEqualsIfExists={"aws:PrincipalOrgID": "o-abcde12345"}))
    assert "PUBLIC_ACCESS" in codes(found(behind, topic, kind=PolicyKind.RESOURCE))


def test_a_role_that_an_account_outside_may_assume() -> None:
    organization = around(accounts=frozenset({ACCOUNT}))
    trust = {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole"}
    external = {**trust, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}
    for each in (trust, external):
        assert _CROSS in codes(found(organization, each, kind=PolicyKind.TRUST))


def test_not_principal_spares_nobody_who_has_a_boundary() -> None:
    spared = [f"arn:aws:iam::{ACCOUNT}:user/Ann", f"arn:aws:iam::{ACCOUNT}:root"]
    trap = {"NotPrincipal": {"AWS": spared}, **deny("s3:*", "arn:aws:s3:::b/*")}
    code = "NOTPRINCIPAL_DENY_TRAP"
    finding = one(found(around(member(permissions_boundary=_S3_ONLY)), trap, kind=PolicyKind.RESOURCE), code)
    assert "user/Ann" in finding.details
    assert len(finding.locations) == 1
    assert code not in codes(found(around(member()), trap, kind=PolicyKind.RESOURCE))


# -- 3.5: limits that the limited can lift ----------------------------------------------------------------------------

_LIFT = "OWN_LIMIT_REMOVABLE"


def _bucket(*statements: dict[str, Any]) -> Surroundings:
    return around(member(), resources=(("arn:aws:s3:::b*", named("bucket", *statements)),))


_READ_DENIED = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/Ann"}, **deny("s3:GetObject", "arn:aws:s3:::b*")}


def test_a_resource_policy_that_the_limited_may_change() -> None:
    put = allow("s3:PutBucketPolicy")
    finding = one(found(_bucket(_READ_DENIED), put), _LIFT)
    assert "s3:PutBucketPolicy on arn:aws:s3:::b" in finding.details
    assert finding.scenario is not None
    other = {**_READ_DENIED, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/Bob"}}
    assert _LIFT not in codes(found(_bucket(other), put)), "it limits somebody else"
    kept = {**_READ_DENIED, "Action": ["s3:GetObject", "s3:PutBucketPolicy"]}
    assert _LIFT not in codes(found(_bucket(kept), put))
    granting = {**_READ_DENIED, "Effect": "Allow"}
    assert _LIFT not in codes(found(_bucket(granting), put))
    assert _LIFT not in codes(found(_bucket(_READ_DENIED), allow("s3:PutBucketPolicy", "arn:aws:s3:::logs")))


def test_a_boundary_that_the_bounded_may_take_away() -> None:
    take = allow("iam:DeleteUserPermissionsBoundary")
    bounded = around(member(permissions_boundary=named("b", allow("*"))))
    assert f"on arn:aws:iam::{ACCOUNT}:user/Ann" in one(found(bounded, take), _LIFT).details
    kept = named("b", allow("*"), deny("iam:*Boundary"))
    assert _LIFT not in codes(found(around(member(permissions_boundary=kept)), take))
    assert _LIFT not in codes(found(around(member()), take))
    role = around(member("Job", "role", permissions_boundary=named("b", allow("*"))))
    assert _LIFT not in codes(found(role, take))
    assert _LIFT in codes(found(role, allow("iam:*RolePermissionsBoundary")))


def test_a_deny_in_a_policy_of_its_own() -> None:
    detach = allow("iam:DetachUserPolicy", f"arn:aws:iam::{ACCOUNT}:user/Ann")
    denying = named("denying", deny("s3:*", "arn:aws:s3:::secret/*"))
    assert _LIFT in codes(found(around(member("Ann", "user", denying)), detach))
    assert _LIFT not in codes(found(around(member("Ann", "user")), detach))
    assert _LIFT in codes(found(around(member()), detach, deny("s3:*", "arn:aws:s3:::secret/*")))
