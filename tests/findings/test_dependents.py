"""What a granted action needs beside itself: iam:PassRole to the right service, sagemaker:AddTags on what it makes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.findings.helpers import catalog, codes, findings, one, statement
from workbench.document.parser import parse
from workbench.findings.context import CheckContext
from workbench.findings.model import FindingType
from workbench.findings.registry import run_checks
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Policy
from workbench.policy.reader import read

_MISSING, _TAGS = "DEPENDENT_ACTION_MISSING", "DEPENDENT_ACTION_MISSING_FOR_TAGS"
_JOB = "arn:aws:sagemaker:us-east-1:111122223333:training-job"


def _allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def _text(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _codes(*statements: dict[str, Any]) -> list[str]:
    return [code for code in codes(findings(_text(*statements))) if code.startswith("DEPENDENT")]


_CREATE = _allow("sagemaker:CreateTrainingJob", f"{_JOB}/*")
_PASS = _allow("iam:PassRole", "arn:aws:iam::111122223333:role/e")
_TAG = _allow("sagemaker:AddTags")


def _passed_to(operator: str, *services: str) -> dict[str, Any]:
    return _PASS | {"Condition": {operator: {"iam:PassedToService": list(services)}}}


def test_both_are_missing_and_each_is_one_finding_for_all_actions() -> None:
    found = findings(_text(_allow(["sagemaker:CreateTrainingJob", "sagemaker:CreateModel"])))
    assert sorted(f.code for f in found) == [_MISSING, _TAGS]
    for finding in found:
        assert len(finding.locations) == 2
        assert "sagemaker:CreateTrainingJob, sagemaker:CreateModel" in finding.details
    assert "Studio" in one(found, _TAGS).details
    assert "AccessDenied" in one(found, _TAGS).details


def test_nothing_is_missing_where_both_are_allowed() -> None:
    assert _codes(_CREATE, _PASS, _TAG) == []
    assert _codes(_CREATE, _allow("*")) == []
    assert _codes(_allow("sagemaker:*")) == []  # a wildcard is not taken apart


@pytest.mark.parametrize(
    ("condition", "usable"),
    [
        (("StringEquals", "sagemaker.amazonaws.com"), True),
        (("StringEquals", "ec2.amazonaws.com"), False),
        (("StringEquals", "ec2.amazonaws.com", "sagemaker.amazonaws.com"), True),
        (("StringLike", "sage*"), True),
        (("StringLike", "ec2*"), False),
        (("StringEqualsIgnoreCase", "SageMaker.amazonaws.com"), True),
        (("StringNotEquals", "sagemaker.amazonaws.com"), False),
        (("StringNotLike", "ec2*"), True),
        (("ForAnyValue:StringEquals", "ec2.amazonaws.com"), False),
        (("StringEqualsIfExists", "ec2.amazonaws.com"), False),
        (("StringEquals", "${aws:PrincipalTag/service}"), True),
    ],
)
def test_pass_role_counts_only_to_the_calling_service(condition: tuple[str, ...], usable: bool) -> None:
    assert (_codes(_CREATE, _TAG, _passed_to(*condition)) == []) is usable


def test_a_deny_takes_it_away_and_then_no_fix_is_offered() -> None:
    deny = {"Effect": "Deny", "Action": "iam:Pass*", "Resource": "*"}
    found = findings(_text(_CREATE, _TAG, _PASS, deny))
    assert one(found, _MISSING).fixes == ()
    narrow = deny | {"Resource": "arn:aws:iam::111122223333:role/admin"}
    assert _codes(_CREATE, _TAG, _PASS, narrow) == []
    sometimes = deny | {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}
    assert _codes(_CREATE, _TAG, _PASS, sometimes) == []
    others = {"Effect": "Deny", "NotAction": ["iam:PassRole", "sagemaker:*"], "Resource": "*"}
    assert _codes(_CREATE, _TAG, _PASS, others) == []


def test_an_action_that_is_denied_needs_nothing() -> None:
    assert _codes(_CREATE, {"Effect": "Deny", "Action": "sagemaker:Create*", "Resource": "*"}) == []


@pytest.mark.parametrize(
    ("resource", "reaches"),
    [
        ("*", True),
        (f"{_JOB}/*", True),
        ("arn:aws:sagemaker:*:*:*", True),
        ("arn:aws:sagemaker:*:*:*/*", True),
        (f"{_JOB}/dev-*", True),
        ("arn:aws:sagemaker:us-east-1:111122223333:model/*", False),
        ("arn:aws:sagemaker:eu-west-1:111122223333:training-job/*", False),
        ("arn:aws:s3:::b/*", False),
    ],
)
def test_tags_must_be_allowed_on_what_is_made(resource: str, reaches: bool) -> None:
    assert (_codes(_CREATE, _PASS, _allow("sagemaker:AddTags", resource)) == []) is reaches


def test_tags_on_other_names_of_the_same_type_do_not_count() -> None:
    create = _allow("sagemaker:CreateTrainingJob", f"{_JOB}/dev-*")
    assert _codes(create, _PASS, _allow("sagemaker:AddTags", f"{_JOB}/prod-*")) == [_TAGS]
    assert _codes(create, _PASS, _allow("sagemaker:AddTags", f"{_JOB}/dev-*")) == []


def test_a_statement_that_forbids_tags_needs_no_add_tags() -> None:
    untagged = _CREATE | {"Condition": {"Null": {"aws:TagKeys": "true"}}}
    assert _codes(untagged, _PASS) == []
    tagged = _CREATE | {"Condition": {"Null": {"aws:TagKeys": "false"}}}
    assert _codes(tagged, _PASS) == [_TAGS]


def test_statements_that_negate_are_taken_as_they_match() -> None:
    everything_else = {"Effect": "Allow", "NotAction": "s3:*", "NotResource": "arn:aws:s3:::b"}
    assert _codes(_CREATE, everything_else) == []


def _policy(text: str) -> Policy:
    return read(parse(text), PolicyKind.IDENTITY)


def _with_companions(text: str, *others: str) -> list[tuple[str, FindingType]]:
    ctx = CheckContext(_policy(text), catalog(), companions=tuple(_policy(other) for other in others))
    found, failed = run_checks(ctx)
    assert failed == ()
    return [(f.code, f.type) for f in found if f.code.startswith("DEPENDENT")]


def test_where_all_policies_of_the_principal_are_known_it_is_a_warning() -> None:
    assert _with_companions(_text(_CREATE, _TAG)) == [(_MISSING, FindingType.WARNING)]
    assert _with_companions(_text(_CREATE, _TAG), _text(_PASS)) == []
    deny = {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}
    assert _with_companions(_text(_CREATE, _TAG), _text(_PASS), _text(deny)) == [(_MISSING, FindingType.WARNING)]


def test_what_is_missing_in_a_broken_text_may_stand_in_the_broken_part() -> None:
    assert [c for c in codes(findings(_text(_CREATE)[:-2])) if c.startswith("DEPENDENT")] == []


_JOBS = "arn:aws:sagemaker:us-east-1:111122223333:training-job/*"


@pytest.mark.parametrize(
    "never",
    [
        _text(_allow("sagemaker:CreateTrainingJob", "arn:aws:sagemaker:*:*:trainingjob/*")),
        _text(_allow("sagemaker:CreateTrainingJob", "arn:aws:s3:::b")),
        _text({"Effect": "Allow", "Action": "sagemaker:CreateTrainingJob", "Resource": []}),
        _text(
            _allow("sagemaker:CreateTrainingJob", _JOBS),
            {"Effect": "Deny", "Action": "sagemaker:CreateTrainingJob", "Resource": _JOBS},
        ),
        _text(
            _allow("sagemaker:CreateTrainingJob", _JOBS),
            {"Effect": "Deny", "Action": "sagemaker:CreateTrainingJob", "NotResource": []},
        ),
    ],
)
def test_what_can_never_be_created_needs_nothing(never: str) -> None:
    assert [c for c in codes(findings(never)) if c.startswith("DEPENDENT")] == []


def _pass(resource: object, element: str = "Resource", **condition: object) -> dict[str, object]:
    found: dict[str, object] = {"Effect": "Allow", "Action": "iam:PassRole", element: resource}
    return {**found, "Condition": condition} if condition else found


_ROLE = "arn:aws:iam::111122223333:role/x"


@pytest.mark.parametrize(
    "grants",
    [
        [_pass("arn:aws:s3:::b")],
        [_pass([])],
        [_pass("*", "NotResource")],
        [_pass("*", Null={"iam:PassedToService": "true"})],
        [_pass(_ROLE), {"Effect": "Deny", "Action": "iam:PassRole", "Resource": _ROLE}],
        [_pass(_ROLE), {"Effect": "Deny", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/*"}],
        [_pass("*"), {"Effect": "Deny", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/*"}],
        [_pass("*"), {"Effect": "Deny", "Action": "iam:*", "NotResource": []}],
    ],
)
def test_a_grant_that_can_never_pass_a_role_does_not_count(grants: list[dict[str, object]]) -> None:
    assert _MISSING in codes(findings(_text(_CREATE, _TAG, *grants)))


@pytest.mark.parametrize(
    "grants",
    [
        [_pass(_ROLE)],
        [_pass("arn:aws:s3:::b", "NotResource")],
        [_pass("*", Null={"iam:PassedToService": "false"})],
        [_pass([_ROLE, _ROLE + "2"]), {"Effect": "Deny", "Action": "iam:PassRole", "Resource": _ROLE}],
        [_pass("*"), {"Effect": "Deny", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/*"}],
    ],
)
def test_a_grant_that_may_pass_some_role_counts(grants: list[dict[str, object]]) -> None:
    assert _MISSING not in codes(findings(_text(_CREATE, _TAG, *grants)))


def _tag(element: str = "Resource", resource: object = "*", **condition: object) -> dict[str, object]:
    found: dict[str, object] = {"Effect": "Allow", "Action": "sagemaker:AddTags", element: resource}
    return {**found, "Condition": condition} if condition else found


@pytest.mark.parametrize(
    "grants",
    [
        [_tag(Null={"sagemaker:TaggingAction": "true"})],
        [_tag(StringEquals={"sagemaker:TaggingAction": "CreateEndpoint"})],
        [_tag(Null={"aws:TagKeys": "true"})],
        [_tag("NotResource", "arn:aws:sagemaker:*:*:training-job/*")],
        [_tag(resource=[])],
        [_tag(), {"Effect": "Deny", "Action": "sagemaker:AddTags", "Resource": "arn:aws:sagemaker:*:*:training-job/*"}],
    ],
)
def test_a_grant_that_can_never_tag_the_new_resource_does_not_count(grants: list[dict[str, object]]) -> None:
    assert _TAGS in codes(findings(_text(_CREATE, _PASS, *grants)))


@pytest.mark.parametrize(
    "grants",
    [
        [_tag(Null={"sagemaker:TaggingAction": "false"})],
        [_tag(StringEquals={"sagemaker:TaggingAction": "CreateTrainingJob"})],
        [_tag("NotResource", "arn:aws:sagemaker:*:*:endpoint/*")],
        [_tag(), {"Effect": "Deny", "Action": "sagemaker:AddTags", "Resource": "arn:aws:sagemaker:*:*:endpoint/*"}],
    ],
)
def test_a_grant_that_may_tag_the_new_resource_counts(grants: list[dict[str, object]]) -> None:
    assert _TAGS not in codes(findings(_text(_CREATE, _PASS, *grants)))


def test_patterns_of_many_resources_are_met_by_what_they_begin_with() -> None:
    def many(action: str, letter: str) -> dict[str, object]:
        start = "arn:aws:sagemaker:us-east-1:111122223333:training-job/"
        return {"Effect": "Allow", "Action": action, "Resource": [f"{start}{letter}{i}q*" for i in range(1_000)]}

    create = many("sagemaker:CreateTrainingJob", "y")
    assert _TAGS in codes(findings(_text(create, _PASS, many("sagemaker:AddTags", "x"))))
    assert _TAGS not in codes(findings(_text(create, _PASS, many("sagemaker:AddTags", "y"))))


def test_a_role_of_an_unknown_account_is_a_placeholder() -> None:
    (fix,) = one(findings(_text(_allow("sagemaker:CreateModel"), _TAG)), _MISSING).fixes
    assert "arn:aws:iam::<account-id>:role/<execution-role>" in fix.edits[0].text


@pytest.mark.parametrize(
    ("action", "to"),
    [
        ("lambda:CreateFunction", "lambda.amazonaws.com"),
        ("states:CreateStateMachine", "states.amazonaws.com"),
        ("s3:CreateJob", "batchoperations.s3.amazonaws.com"),
        ("iam:AddRoleToInstanceProfile", "ec2.amazonaws.com"),
        ("rds:CreateDBProxy", ""),
    ],
)
def test_a_call_of_any_service_that_must_hand_over_a_role_needs_it(action: str, to: str) -> None:
    (finding,) = (f for f in findings(_text(_allow(action))) if f.code == _MISSING)
    assert finding.type is FindingType.SUGGESTION  # another policy may grant it
    assert finding.details.startswith(f"{action} needs iam:PassRole{' to ' * bool(to)}{to}, which")
    assert _MISSING not in _codes(_allow(action), _PASS)
    assert (_MISSING in _codes(_allow(action), _passed_to("StringEquals", "glue.amazonaws.com"))) is bool(to)
    assert _MISSING not in _codes(_allow(action), _passed_to("StringEquals", to or "rds.amazonaws.com"))


def test_a_call_that_may_go_without_a_role_needs_none() -> None:
    assert _codes(_allow(["ec2:RunInstances", "lambda:UpdateFunctionConfiguration", "ecs:RunTask"])) == []


def test_roles_for_two_services_are_two_findings() -> None:
    found = [
        f for f in findings(_text(_allow(["lambda:CreateFunction", "states:CreateStateMachine"]))) if f.code == _MISSING
    ]
    assert [f.fixes[0].label.rpartition(" ")[2] for f in found] == ["lambda.amazonaws.com", "states.amazonaws.com"]


@pytest.mark.parametrize(
    "action", ["dms:CreateDataMigration", "dms:CreateFleetAdvisorCollector", "gamelift:CreateGameServerGroup"]
)
def test_to_whom_a_role_is_passed_that_trusts_several_is_not_claimed(action: str) -> None:
    finding = one(
        findings(statement(f'{{"Effect":"Allow","Action":"{action}","Resource":"*"}}')), "DEPENDENT_ACTION_MISSING"
    )
    assert "needs iam:PassRole, which no statement here allows" in finding.details


@pytest.mark.parametrize(
    ("actions", "services"),
    [
        (["s3:CreateJob"], "batchoperations.s3.amazonaws.com"),
        (["iam:AddRoleToInstanceProfile"], "ec2.amazonaws.com"),
        (["ec2:RunInstances"], "ec2.amazonaws.com"),
        (["ecs:RunTask"], "ecs-tasks.amazonaws.com"),
        (["lambda:CreateFunction", "states:CreateStateMachine"], "lambda.amazonaws.com, states.amazonaws.com"),
        (["lambda:CreateFunction", "dms:CreateDataMigration"], ""),
    ],
)
def test_passing_a_role_is_narrowed_to_those_who_get_it_and_only_where_all_are_known(
    actions: list[str], services: str
) -> None:
    text = statement(json.dumps({"Effect": "Allow", "Action": ["iam:PassRole", *actions], "Resource": "*"}))
    fixes = one(findings(text), "PASS_ROLE_WITH_STAR_IN_RESOURCE").fixes
    assert [fix.label for fix in fixes] == ([f"Write iam:PassRole for {services} only"] if services else [])
