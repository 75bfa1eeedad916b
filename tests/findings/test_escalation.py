"""Ways to more power: every path of the table, and what closes one. Source: spec findings.md section 3.4."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.findings.helpers import catalog, codes, context, findings, statement
from workbench.evaluation.catalog_facts import CatalogFacts
from workbench.evaluation.decision import Outcome
from workbench.evaluation.judge import Judge
from workbench.findings import administrator, escalation
from workbench.findings.escalation_paths import GAINS, PASS_ROLE, EscalationPath, Step, choices, escalation_paths
from workbench.findings.model import Finding, FindingType
from workbench.findings.registry import run_checks
from workbench.policy.kinds import PolicyKind

_CHECKS = (*administrator.CHECKS, *escalation.CHECKS)
_JUDGE = Judge(CatalogFacts(catalog))
_WAYS = [(path, steps) for path in escalation_paths() for steps in path.ways]
_IDS = [f"{path.id}.{path.ways.index(steps)}" for path, steps in _WAYS]


def _found(*statements: dict[str, Any], kind: PolicyKind = PolicyKind.IDENTITY) -> tuple[Finding, ...]:
    found, failed = run_checks(context(statement(json.dumps(statements)), kind), _CHECKS)
    assert failed == ()
    for finding in found:
        assert finding.scenario is not None
        assert _JUDGE.decide(finding.scenario).outcome is Outcome.ALLOWED
    return found


def _allow(action: str | list[str], resource: str | list[str] = "*", **condition: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {**made, "Condition": condition} if condition else made


def _deny(action: str | list[str], resource: str | list[str] = "*", **condition: Any) -> dict[str, Any]:
    return {**_allow(action, resource, **condition), "Effect": "Deny"}


def _granting(steps: tuple[Step, ...]) -> Iterator[dict[str, Any]]:
    for step in steps:
        passed = {"StringEquals": {"iam:PassedToService": step.service}} if step.service else {}
        yield _allow(step.action, **passed)


def _names(found: tuple[Finding, ...], path: str) -> bool:
    return any(f"{path} by " in f.details for f in found)


def test_the_table_has_all_paths_and_only_what_the_catalog_knows() -> None:
    assert [path.id for path in escalation_paths()] == [f"PE{n:02}" for n in range(1, 77)]
    for path, steps in _WAYS:
        assert path.gain in GAINS
        assert path.target in ("self", "other", "new")
        assert path.assumes or path.target == "new" or any(step.service for step in steps), path.id
        for step in steps:
            known = catalog().action(step.action)
            assert known is not None, step
            assert (known.status, known.full_name) == ("current", step.action)
            assert set(step.types) <= {row.type for row in known.rows}
            for choice in choices(step):
                assert all(catalog().supports(known, key) for key, _ in choice), step


@pytest.mark.parametrize(("path", "steps"), _WAYS, ids=_IDS)
def test_a_path_is_open_where_all_its_steps_are_allowed(path: EscalationPath, steps: tuple[Step, ...]) -> None:
    found = _found(*_granting(steps))
    assert _names(found, path.id), [f.details for f in found]
    finding = next(f for f in found if f"{path.id} by " in f.details)
    assert finding.type is FindingType.SECURITY_WARNING
    assert len(finding.locations) >= len(steps)
    assert not path.assumes or path.assumes in finding.assumption or finding.details.count("PE") > 5


@pytest.mark.parametrize(("path", "steps"), _WAYS, ids=_IDS)
def test_a_path_is_closed_by_one_step_that_is_missing_or_denied(path: EscalationPath, steps: tuple[Step, ...]) -> None:
    granting = list(_granting(steps))
    for left_out, step in enumerate(steps):
        fewer = [s for i, s in enumerate(granting) if i != left_out]
        others = [way for way in path.ways if set(way) <= set(steps) - {step}]
        if fewer and not others:
            assert not _names(_found(*fewer), path.id), step
        assert not _names(_found(*granting, _deny(step.action)), path.id), step


def test_pass_role_to_another_service_does_not_count() -> None:
    passing = _allow(PASS_ROLE, StringEquals={"iam:PassedToService": "ec2.amazonaws.com"})
    assert _found(passing, _allow("sagemaker:CreateTrainingJob")) == ()
    assert codes(_found(_allow(PASS_ROLE), _allow("sagemaker:CreateTrainingJob"))) == ["PRIVILEGE_ESCALATION"]


def test_a_choice_of_roles_makes_only_a_suggestion_and_a_named_target_nothing() -> None:
    named = "arn:aws:iam::111122223333:role/app-*"
    only = named.replace("*", "train")
    assert _found(_allow([PASS_ROLE, "sagemaker:CreateTrainingJob"], [only, "arn:aws:sagemaker:*:*:*"])) == ()
    (finding,) = _found(_allow([PASS_ROLE, "sagemaker:CreateTrainingJob"], [named, "arn:aws:sagemaker:*:*:*"]))
    assert finding.type is FindingType.SUGGESTION
    assert "PE50" in finding.details
    assert _found(_allow("lambda:UpdateFunctionCode", "arn:aws:lambda:us-east-1:111122223333:function:app")) == ()
    assert _found(_allow("sts:AssumeRole", named)) == ()
    (finding,) = _found(_allow("lambda:UpdateFunctionCode", "arn:aws:lambda:eu-west-1:444455556666:function:*"))
    assert finding.type is FindingType.SECURITY_WARNING
    assert finding.scenario is not None
    assert finding.scenario.request.resources[0].startswith("arn:aws:lambda:eu-west-1:444455556666:function:")


def test_what_is_made_on_the_way_may_have_any_name() -> None:
    app = "arn:aws:iam::111122223333:role/app-*"
    (finding,) = _found(_allow(["iam:CreateRole", "iam:PutRolePolicy"], app))
    assert finding.type is FindingType.SECURITY_WARNING
    assert "PE18" in finding.details
    boundary = {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/limit"}}
    assert _found(_allow("iam:CreateRole", app, **boundary), _allow("iam:PutRolePolicy", app)) == ()
    assert _found(_allow("iam:CreateRole", app), _allow("iam:PutRolePolicy", app, **boundary)) == ()


def test_the_steps_are_on_one_and_the_same_resource() -> None:
    function = "arn:aws:lambda:us-east-1:111122223333:function:"
    passing = _allow(PASS_ROLE)
    apart = (_allow("lambda:CreateFunction", f"{function}a"), _allow("lambda:InvokeFunction", f"{function}b"))
    assert not _names(_found(passing, *apart), "PE30")
    together = (_allow("lambda:CreateFunction", f"{function}a*"), _allow("lambda:InvokeFunction", f"{function}a"))
    assert _names(_found(passing, *together), "PE30")


def test_a_limit_to_harmless_policies_closes_and_one_to_strong_ones_does_not() -> None:
    def attach(arn: str) -> tuple[Finding, ...]:
        return _found(_allow("iam:AttachUserPolicy", ArnEquals={"iam:PolicyARN": arn}))

    assert attach("arn:aws:iam::aws:policy/AmazonSageMakerReadOnly") == ()
    assert codes(attach("arn:aws:iam::aws:policy/*")) == ["PRIVILEGE_ESCALATION"]


def test_only_ones_own_user_is_no_other_user() -> None:
    own = "arn:aws:iam::111122223333:user/${aws:username}"
    assert _found(_allow(["iam:CreateAccessKey", "iam:UpdateLoginProfile", "iam:UploadSSHPublicKey"], own)) == ()
    assert _names(_found(_allow("iam:PutUserPolicy", own)), "PE06")


def test_a_condition_that_the_caller_can_meet_does_not_close() -> None:
    chosen = {"StringEquals": {"aws:RequestedRegion": "eu-west-1", "aws:RequestTag/team": "a"}}
    (finding,) = _found(_allow("lambda:UpdateFunctionCode", **chosen))
    assert finding.assumption == (
        "A function has a role with permissions that the caller lacks, and something invokes it.",
    )


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, "The caller has signed in with MFA."),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, "The request carries aws:SourceIp 203.0.113."),
        ({"StringEquals": {"aws:PrincipalTag/team": "ml"}}, "The request carries aws:PrincipalTag/team ml"),
    ],
    ids=["mfa", "address", "tag of the caller"],
)
def test_a_condition_of_unknown_value_is_assumed(condition: dict[str, Any], sentence: str) -> None:
    (finding,) = _found(_allow("lambda:UpdateFunctionCode", **condition))
    assert any(each.startswith(sentence) for each in finding.assumption), finding.assumption


def test_a_tag_of_the_target_makes_a_suggestion_with_its_assumption() -> None:
    (finding,) = _found(_allow("ssm:StartSession", StringEquals={"aws:ResourceTag/env": "dev"}))
    assert finding.type is FindingType.SUGGESTION
    assert "There is a resource with aws:ResourceTag/env dev." in finding.assumption
    own = {"StringEquals": {"sagemaker:ResourceTag/owner": "${aws:username}"}}
    assert _found(_allow("sagemaker:CreatePresignedDomainUrl", **own)) == ()


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:CalledViaFirst": "cloudformation.amazonaws.com"}},
        {"Bool": {"aws:ViaAWSService": "true"}},
        {"StringEquals": {"aws:SourceAccount": "111122223333"}},
        {"StringEquals": {"aws:PrincipalAccount": "444455556666"}},
    ],
    ids=lambda c: next(iter(next(iter(c.values())))),
)
def test_a_condition_that_no_call_of_the_caller_meets_closes(condition: dict[str, Any]) -> None:
    assert _found(_allow("lambda:UpdateFunctionCode", **condition)) == ()


def test_a_deny_is_kept_out_of_where_a_request_can() -> None:
    update = _allow("lambda:UpdateFunctionCode")
    outside = _deny("*", StringNotEquals={"aws:SourceVpc": "vpc-11223344"})
    (finding,) = _found(update, outside)
    assert any("aws:SourceVpc vpc-11223344" in each for each in finding.assumption)
    both = _deny("lambda:*", StringEquals={"aws:SourceVpc": "vpc-11223344"})
    assert _found(update, outside, both) == ()
    one = _deny("lambda:*", "arn:aws:lambda:*:*:function:production")
    assert codes(_found(update, one)) == ["PRIVILEGE_ESCALATION"]


def test_a_wildcard_grants_many_paths_in_one_finding_that_counts_the_rest() -> None:
    (finding,) = _found(_allow("iam:*"))
    assert len(finding.locations) == 1
    assert finding.details.count("PE") == escalation.MOST_NAMED
    assert "more ways" in finding.details


def test_at_most_five_findings_for_different_items() -> None:
    actions = [
        *("iam:PutUserPolicy", "iam:CreateAccessKey", "iam:AddUserToGroup", "sts:AssumeRole"),
        *("iam:DetachUserPolicy", "kms:CreateGrant", "iam:TagUser"),
    ]
    assert codes(_found(_allow(actions))) == ["PRIVILEGE_ESCALATION"] * escalation.MOST_FINDINGS


def _beside(first: dict[str, Any], other: dict[str, Any]) -> tuple[Finding, ...]:
    """The findings on a policy whose holder has another one, too."""
    alone = context(statement(json.dumps([first])))
    companion = context(statement(json.dumps([other]))).policy
    found, failed = run_checks(replace(alone, companions=(companion,)), _CHECKS)
    assert failed == ()
    for finding in found:
        assert finding.scenario is not None
        assert _JUDGE.decide(finding.scenario).outcome is Outcome.ALLOWED
    return found


def test_other_policies_of_the_holder_open_a_path_and_close_it() -> None:
    passing = _allow(PASS_ROLE, StringEquals={"iam:PassedToService": "sagemaker.amazonaws.com"})
    (finding,) = _beside(_allow("sagemaker:CreateTrainingJob"), passing)
    assert "PE50" in finding.details
    assert len(finding.locations) == 1
    assert _beside(_allow("iam:PutUserPolicy"), _deny("iam:*")) == ()
    assert _beside(_allow("s3:GetObject", "arn:aws:s3:::b/*"), _allow("iam:PutUserPolicy")) == ()
    assert _beside(_allow("s3:GetObject", "arn:aws:s3:::b/*"), _allow("*")) == ()


def test_placeholders_accuse_nobody() -> None:
    assert _found(_allow("iam:PutUserPolicy", "arn:aws:iam::<account-id>:user/*")) == ()
    denied = _deny("iam:*", "arn:aws:iam::111122223333:user/${UserName}")
    assert _found(_allow("iam:PutUserPolicy"), denied) == ()


def test_other_kinds_of_policy_grant_nothing() -> None:
    assert _found(_allow("iam:*"), kind=PolicyKind.BOUNDARY) == ()
    assert _found(_allow("*"), kind=PolicyKind.SCP) == ()


def test_a_policy_that_aws_refuses_has_no_way() -> None:
    assert _found({**_allow("iam:PutUserPolicy"), "Effect": "allow"}) == ()


# -- access to everything ----------------------------------------------------------------------------------------------


def test_what_allows_everything_hides_the_lesser() -> None:
    (finding,) = _found(_allow("*"))
    assert finding.code == "ADMINISTRATOR_ACCESS"
    beside = _found(_allow("*"), _allow("iam:PutUserPolicy"))
    assert sorted(codes(beside)) == ["ADMINISTRATOR_ACCESS", "PRIVILEGE_ESCALATION"]
    assert next(f for f in beside if f.code == "PRIVILEGE_ESCALATION").locations[0].path[1] == ("index", 1)


@pytest.mark.parametrize(
    "statements",
    [
        [{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}],
        [_allow("*:*")],
        [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, _allow("iam:*")],
        [_allow("*"), _deny("s3:DeleteObject")],
        [_allow("*", StringEquals={"aws:RequestedRegion": ["us-east-1", "eu-west-1"]})],
    ],
    ids=["all but s3", "*:*", "two statements", "little denied", "a Region"],
)
def test_these_allow_everything(statements: list[dict[str, Any]]) -> None:
    assert "ADMINISTRATOR_ACCESS" in codes(_found(*statements))


@pytest.mark.parametrize(
    "statements",
    [
        [_allow("iam:*")],
        [_allow("*", "arn:aws:s3:::b/*")],
        [{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::b/*"}],
        [_allow("*"), _deny("iam:AttachUserPolicy")],
        [_allow("*", StringEquals={"aws:ResourceTag/team": "a"})],
        [{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}],
    ],
    ids=["iam", "one bucket", "NotResource", "denied", "a tag", "all but iam"],
)
def test_these_do_not_allow_everything(statements: list[dict[str, Any]]) -> None:
    assert "ADMINISTRATOR_ACCESS" not in codes(_found(*statements))


def test_mfa_is_assumed_of_an_administrator() -> None:
    (finding,) = _found(_allow("*", Bool={"aws:MultiFactorAuthPresent": "true"}))
    assert (finding.code, finding.assumption) == ("ADMINISTRATOR_ACCESS", ("The caller has signed in with MFA.",))


def test_the_finding_is_one_of_all() -> None:
    text = statement(json.dumps([_allow("iam:PutUserPolicy")]))
    assert "PRIVILEGE_ESCALATION" in codes(findings(text))
