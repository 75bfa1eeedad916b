"""A project's own rules, decided over all requests: Deny, conditions and patterns count. findings.md section 4.1."""

from __future__ import annotations

import json
from typing import Any

import pytest

from workbench.engine import Engine
from workbench.evaluation.decision import Outcome
from workbench.findings.model import Finding
from workbench.findings.rules import ForbiddenAccess, HouseRules, RequiredCondition
from workbench.policy.kinds import PolicyKind
from workbench.proof.door import Proofs
from workbench.proof.verdicts import Result, Verdict

ENGINE = Engine()
USERS = HouseRules(forbidden=(ForbiddenAccess(("iam:CreateUser", "iam:CreateAccessKey"), (), "people sign in"),))
VPC = '{"StringEquals": {"aws:SourceVpc": ["vpc-11223344"]}}'
UPLOADS = HouseRules(required=(RequiredCondition(("s3:PutObject",), VPC),))
OWN = HouseRules(accounts=frozenset({"111122223333", "222233334444"}))


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, **({"Resource": resource} if resource else {}), **more}


def deny(action: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": "*"}


def broken(
    rules: HouseRules, *statements: dict[str, Any], kind: PolicyKind = PolicyKind.IDENTITY
) -> list[tuple[str, str]]:
    """Code and text of each house finding; each has a scenario that the engine allows."""
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    validation = ENGINE.validate(text, kind, rules=rules)
    assert validation.failed_checks == ()
    found = [f for f in validation.findings if f.code.startswith("HOUSE_RULE")]
    assert all(replayed(f) for f in found)
    return [(f.code.removeprefix("HOUSE_RULE_"), text[f.span.start : f.span.end]) for f in found]


def replayed(finding: Finding) -> bool:
    assert finding.scenario is not None
    return ENGINE.simulate(finding.scenario).outcome is Outcome.ALLOWED


@pytest.mark.parametrize(
    ("statements", "places"),
    [
        ([allow("iam:CreateUser")], ['"iam:CreateUser"']),
        ([allow(["s3:GetObject", "IAM:Create*"])], ['"IAM:Create*"']),
        ([allow(["*"])], ['"*"']),
        ([allow("iam:CreateUser"), deny("iam:CreateUser")], []),
        ([allow("iam:Create*"), deny(["iam:CreateUser", "iam:*AccessKey"])], []),
        ([allow("iam:CreateRole")], []),
        ([{"Effect": "Allow", "NotAction": "iam:CreateUser", "Resource": "*"}], ['"NotAction"']),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], []),
        ([deny("iam:CreateUser")], []),
    ],
)
def test_forbidden_actions(statements: list[dict[str, Any]], places: list[str]) -> None:
    assert broken(USERS, *statements) == [("FORBIDDEN_ACTION", place) for place in places]


def test_forbidden_on_some_resources_only() -> None:
    rules = HouseRules(forbidden=(ForbiddenAccess(("s3:*",), ("arn:aws:s3:::payroll*",)),))
    assert broken(rules, allow("s3:GetObject", "arn:aws:s3:::other/*")) == []
    assert broken(rules, allow("s3:GetObject", "arn:aws:s3:::pay*/*")) == [("FORBIDDEN_ACTION", '"s3:GetObject"')]


@pytest.mark.parametrize(
    ("statement", "is_broken"),
    [
        (allow("s3:PutObject"), True),
        (allow("s3:Put*", Condition=json.loads(VPC)), False),
        (allow("s3:PutObject", Condition={"StringEquals": {"aws:SourceVpc": ["vpc-11223344", "vpc-55667788"]}}), True),
        (allow("s3:PutObject", Condition={"StringEqualsIfExists": {"aws:SourceVpc": "vpc-11223344"}}), True),
        (allow("s3:GetObject"), False),
    ],
)
def test_required_conditions(statement: dict[str, Any], is_broken: bool) -> None:
    assert bool(broken(UPLOADS, statement)) is is_broken


def test_a_deny_can_stand_for_the_condition() -> None:
    closed = {**deny("s3:PutObject"), "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-11223344"}}}
    assert broken(UPLOADS, allow("s3:*"), closed) == []


BUCKET = "arn:aws:s3:::b/*"


@pytest.mark.parametrize(
    ("principal", "condition", "places"),
    [
        ({"AWS": ["111122223333", "arn:aws:iam::444455556666:root"]}, None, ['"arn:aws:iam::444455556666:root"']),
        ({"AWS": "arn:aws:iam::222233334444:role/r"}, None, []),
        ("*", None, ['"*"']),
        ("*", {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}, []),
        ({"Service": "sns.amazonaws.com"}, None, []),
    ],
)
def test_accounts_let_in_by_a_resource_policy(principal: Any, condition: Any, places: list[str]) -> None:
    more = {"Condition": condition} if condition else {}
    found = broken(OWN, allow("s3:GetObject", BUCKET, Principal=principal, **more), kind=PolicyKind.RESOURCE)
    assert found == [("ACCOUNT_NOT_ALLOWED", place) for place in places]


@pytest.mark.parametrize(
    ("principal", "action", "is_broken"),
    [
        ({"AWS": "444455556666"}, "sts:AssumeRole", True),
        ({"AWS": "111122223333"}, "sts:AssumeRole", False),
        ({"Service": "ec2.amazonaws.com"}, "sts:AssumeRole", False),
        ({"Federated": "arn:aws:iam::111122223333:saml-provider/p"}, "sts:AssumeRoleWithSAML", False),
    ],
)
def test_accounts_trusted_by_a_role(principal: Any, action: str, is_broken: bool) -> None:
    assert bool(broken(OWN, allow(action, None, Principal=principal), kind=PolicyKind.TRUST)) is is_broken


@pytest.mark.parametrize(
    ("statements", "is_broken"),
    [
        ([allow("sts:AssumeRole", "arn:aws:iam::444455556666:role/x")], True),
        ([allow("sts:AssumeRole", "arn:aws:iam::444455556666:role/x"), deny("sts:*")], False),
        ([allow("sts:AssumeRole", "arn:aws:iam::222233334444:role/x")], False),
        ([allow("s3:GetObject", BUCKET)], False),
        ([allow("iam:AttachRolePolicy", "arn:aws:iam::aws:policy/*")], False),
    ],
)
def test_accounts_reached_by_an_identity_policy(statements: list[dict[str, Any]], is_broken: bool) -> None:
    assert bool(broken(OWN, *statements)) is is_broken


@pytest.mark.parametrize("kind", [PolicyKind.SCP, PolicyKind.BOUNDARY])
def test_a_policy_that_grants_nothing_breaks_no_rule(kind: PolicyKind) -> None:
    assert broken(USERS, allow("*"), kind=kind) == []


def test_a_rule_that_cannot_be_decided_is_told_beside_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Proofs.access_not_granted

    def sometimes(self: Proofs, text: str, access: Any, kind: PolicyKind) -> Verdict:
        if access[0].actions == ("s3:*",):
            return Verdict(Result.UNKNOWN, why="it would take too many steps")
        return whole(self, text, access, kind)

    monkeypatch.setattr(Proofs, "access_not_granted", sometimes)
    rules = HouseRules(forbidden=(*USERS.forbidden, ForbiddenAccess(("s3:*",))))
    text = json.dumps({"Version": "2012-10-17", "Statement": [allow("iam:CreateUser")]})
    validation = Engine().validate(text, PolicyKind.IDENTITY, rules=rules)
    assert [f.code for f in validation.findings if f.code.startswith("HOUSE")] == ["HOUSE_RULE_FORBIDDEN_ACTION"]
    [failed] = validation.failed_checks
    assert failed.error == "s3:*: not decided, since it would take too many steps"


def test_without_rules_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Proofs, "__init__", None)
    text = json.dumps({"Version": "2012-10-17", "Statement": [allow("iam:CreateUser")]})
    assert Engine().validate(text, PolicyKind.IDENTITY).failed_checks == ()


@pytest.mark.parametrize("resource", ["*", "arn:aws:s3:::b/*"])
def test_a_rule_says_what_is_written_where_the_action_never_works_as_well(resource: str) -> None:
    """On an ARN of S3 ACTION_DOES_NOT_FIT_RESOURCE says that iam:CreateUser is never allowed."""
    text = json.dumps({"Version": "2012-10-17", "Statement": [allow("iam:CreateUser", resource)]})
    found = {f.code: f.details for f in ENGINE.validate(text, PolicyKind.IDENTITY, rules=USERS).findings}
    assert ("ACTION_DOES_NOT_FIT_RESOURCE" in found) is (resource != "*")
    assert found["HOUSE_RULE_FORBIDDEN_ACTION"] == (
        "This project forbids iam:CreateUser, iam:CreateAccessKey (people sign in); the Allow in statement 1 covers it "
        "all the same."
    )


def test_a_condition_that_is_missing_is_told_as_it_is_written() -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": [allow("s3:PutObject")]})
    [details] = [
        f.details for f in ENGINE.validate(text, PolicyKind.IDENTITY, rules=UPLOADS).findings if "HOUSE" in f.code
    ]
    assert details.endswith("; the Allow in statement 1 covers it without that condition.")
