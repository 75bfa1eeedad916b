"""The worked cases of spec evaluation.md section 10, by their numbers."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from tests.evaluation.asking import allow, ask, deny, policy
from workbench.errors import ScenarioError
from workbench.evaluation.request import Level, NamedPolicy, PassedRole, PolicySet, Principal

A, B, M = "111111111111", "222222222222", "999999999999"
U = f"arn:aws:iam::{A}:user/u"
R = f"arn:aws:iam::{A}:role/r"
RS = f"arn:aws:sts::{A}:assumed-role/r/s"
R_OTHER = f"arn:aws:sts::{A}:assumed-role/r/other"
F = f"arn:aws:sts::{A}:federated-user/f"
ROOT = f"arn:aws:iam::{A}:root"
U_OF_B = f"arn:aws:iam::{B}:user/u"
X = f"arn:aws:iam::{A}:role/x"
E_ROLE = f"arn:aws:iam::{A}:role/e"
TRAINING_JOB = f"arn:aws:sagemaker:us-east-1:{A}:training-job/t1"
KEY = f"arn:aws:kms:us-east-1:{A}:key/1234"
ANYONE = Principal()
SNS = Principal(service="sns.amazonaws.com")
PROVIDER = f"arn:aws:iam::{A}:saml-provider/p"
TOPIC = f"arn:aws:sns:us-east-1:{A}:t"
GO, BK, CK = "s3:GetObject", "arn:aws:s3:::b/k", "arn:aws:s3:::c/k"

FULL = policy(allow(), name="FullAWSAccess")
FULL_LEVEL = Level("r-root", (FULL,))


class Case(NamedTuple):
    number: str
    outcome: str
    policies: PolicySet
    asked: dict[str, Any] = {}  # noqa: RUF012 - never written to
    stage: str = ""


def ids(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"identity": (policy(*statements, name="ID"),)} if statements else {}


def rp(effect: str, principal: Any, action: str = GO, resource: str = "*", **more: Any) -> dict[str, NamedPolicy]:
    build = allow if effect == "+" else deny
    who = principal if isinstance(principal, dict) and "NotPrincipal" in principal else {"Principal": principal}
    return {"resource": policy({**build(action, resource, **more), **who}, name="RP")}


def trust(principal: Any, action: str = "sts:AssumeRole", **more: Any) -> dict[str, NamedPolicy]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, **more}
    return {"resource": policy(statement, name="trust")}


def pb(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"permissions_boundary": policy(*statements, name="PB")}


def sp(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"session": (policy(*statements, name="SP"),)}


def scp(*levels: Level) -> dict[str, Any]:
    return {"service_control": levels}


def level(target: str, *statements: dict[str, Any]) -> Level:
    """A level; one that only denies holds FullAWSAccess too, as the section says."""
    only_denies = all(s["Effect"] == "Deny" for s in statements)
    return Level(target, (*((FULL,) if only_denies else ()), policy(*statements, name="SCP")))


def sets(*parts: dict[str, Any]) -> PolicySet:
    return PolicySet(**{k: v for part in parts for k, v in part.items()})


RCP = {
    "resource_control": (
        Level(
            "r-root",
            (
                policy(
                    deny(
                        "s3:*",
                        principal="*",
                        condition={
                            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a"},
                            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                        },
                    ),
                    name="RCP",
                ),
            ),
        ),
    )
}
EXTERNAL_ID = {"Condition": {"StringEquals": {"sts:ExternalId": "z"}}}
FROM_TOPIC = {"condition": {"ArnLike": {"aws:SourceArn": TOPIC}}}
TO = {"condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}}
TO_EC2 = {"condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}
NARROWED = {"condition": {"ArnEquals": {"aws:PrincipalArn": R}}}
TRAIN = allow("sagemaker:CreateTrainingJob")
TRAINING = {"action": "sagemaker:CreateTrainingJob", "resource": TRAINING_JOB, "pass_role": PassedRole(E_ROLE)}
EC2, S3, ASSUME = allow("ec2:*"), allow("s3:*"), {"action": "sts:AssumeRole", "resource": X}
TO_B = {"resource_account": B, "resource": CK}
ENDPOINT = {"vpc_endpoint": policy(allow("s3:*", "arn:aws:s3:::z/*", principal="*"), name="endpoint")}
NOT_U = {"NotPrincipal": {"AWS": [U, A]}}

ALLOWED, EXPLICIT, IMPLICIT = "allowed", "explicitDeny", "implicitDeny"
CASES = [
    Case("E01", IMPLICIT, sets(), stage="identity"),
    Case("E02", ALLOWED, sets(ids(S3))),
    Case("E03", EXPLICIT, PolicySet(identity=(policy(S3), policy(deny(GO))))),
    Case("E04", ALLOWED, PolicySet(identity=(policy(allow("ec2:*")), policy(allow(GO), name="group")))),
    Case("E05", ALLOWED, sets(rp("+", {"AWS": U}))),
    Case("E06", EXPLICIT, sets(ids(deny(GO)), rp("+", {"AWS": U}))),
    Case("E07", IMPLICIT, sets(rp("+", {"AWS": A}))),
    Case("E08", ALLOWED, sets(ids(allow(GO)), rp("+", {"AWS": A}))),
    Case("E09", ALLOWED, sets(rp("+", "*"))),
    Case("E10", IMPLICIT, sets(ids(S3), pb(EC2)), stage="permissionsBoundary"),
    Case(
        "E11",
        IMPLICIT,
        sets(ids(allow("iam:CreateUser")), pb(allow(["s3:*", "cloudwatch:*", "ec2:*"]))),
        {"action": "iam:CreateUser", "resource": f"arn:aws:iam::{A}:user/new"},
        stage="permissionsBoundary",
    ),
    Case("E12", ALLOWED, sets(pb(EC2), rp("+", {"AWS": U}))),
    Case("E13", EXPLICIT, sets(pb(deny("s3:*")), rp("+", {"AWS": U}))),
    Case("E14", ALLOWED, sets(ids(allow(GO))), {"principal": RS}),
    Case("E15", IMPLICIT, sets(ids(S3), sp(allow("s3:ListBucket"))), {"principal": RS}, stage="session"),
    Case("E16", ALLOWED, sets(rp("+", {"AWS": R})), {"principal": RS}),
    Case("E17", IMPLICIT, sets(rp("+", {"AWS": R}), pb(EC2)), {"principal": RS}, stage="permissionsBoundary"),
    Case("E18", IMPLICIT, sets(rp("+", {"AWS": R}), sp(EC2)), {"principal": RS}, stage="session"),
    Case("E19", ALLOWED, sets(pb(EC2), sp(EC2), rp("+", {"AWS": RS})), {"principal": RS}),
    Case("E20", ALLOWED, sets(pb(EC2), sp(EC2), rp("+", "*", **NARROWED)), {"principal": RS}),
    Case("E21", EXPLICIT, sets(pb(EC2), sp(deny("s3:*")), rp("+", {"AWS": RS})), {"principal": RS}),
    Case("E22", IMPLICIT, sets(rp("+", {"AWS": RS})), {"principal": R_OTHER}),
    Case("E23", IMPLICIT, sets(ids(allow(GO))), {"principal": F, "federated_by": U}, stage="session"),
    Case("E24", ALLOWED, sets(ids(allow(GO)), sp(allow(GO))), {"principal": F, "federated_by": U}),
    Case("E25", ALLOWED, sets(rp("+", {"AWS": F})), {"principal": F, "federated_by": U}),
    Case("E26", IMPLICIT, sets(sp(EC2), rp("+", {"AWS": U})), {"principal": F, "federated_by": U}, stage="session"),
    Case("E27", ALLOWED, sets(), {"principal": ROOT}),
    Case("E28", EXPLICIT, sets(scp(FULL_LEVEL, level(A, deny("s3:*")))), {"principal": ROOT}),
    Case("E29", EXPLICIT, sets(rp("-", "*")), {"principal": ROOT}),
    Case(
        "E30",
        IMPLICIT,
        sets(ids(S3), scp(FULL_LEVEL, Level("ou", (policy(EC2),)), Level(A, (FULL,)))),
        stage="serviceControl",
    ),
    Case("E31", EXPLICIT, sets(ids(S3), scp(level("r", deny("s3:DeleteBucket")))), {"action": "s3:DeleteBucket"}),
    Case("E32", IMPLICIT, sets(scp(FULL_LEVEL))),
    Case(
        "E33",
        ALLOWED,
        sets(ids(S3), scp(level("r", deny("s3:*")))),
        {"principal": f"arn:aws:iam::{M}:user/m", "management_account": M},
    ),
    Case(
        "E34",
        ALLOWED,
        sets(ids(S3), scp(level("r", deny("s3:*")))),
        {"principal": f"arn:aws:iam::{A}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"},
    ),
    # A's SCPs are in the chain of A's principals, so a caller of B comes without them.
    Case("E35", ALLOWED, sets(ids(allow(GO)), rp("+", {"AWS": B})), {"principal": U_OF_B, "resource_account": A}),
    Case(
        "E36",
        EXPLICIT,
        sets(ids(allow(GO)), rp("+", {"AWS": B}), RCP),
        {"principal": U_OF_B, "resource_account": A, "context": {"aws:PrincipalOrgID": "o-b"}},
        stage="resourceControl",
    ),
    Case("E37", ALLOWED, sets(ids(allow(GO)), RCP), {"context": {"aws:PrincipalOrgID": "o-a"}}),
    Case("E38", ALLOWED, sets(rp("+", "*")), {"principal": ANYONE}),
    Case("E39", EXPLICIT, sets(rp("+", "*"), RCP), {"principal": ANYONE}),
    Case("E40", IMPLICIT, sets(ids(allow(GO))), TO_B, stage="resource"),
    Case("E41", IMPLICIT, sets(rp("+", {"AWS": U})), TO_B, stage="identity"),
    Case("E42", ALLOWED, sets(ids(allow(GO)), rp("+", {"AWS": A})), TO_B),
    Case("E43", IMPLICIT, sets(rp("+", {"AWS": RS})), {"principal": RS, **TO_B}),
    Case("E44", IMPLICIT, sets(ids(allow(GO)), pb(EC2), rp("+", {"AWS": U})), TO_B, stage="permissionsBoundary"),
    Case(
        "E45",
        EXPLICIT,
        sets(ids(allow(GO), deny("*", "arn:aws:s3:::*log*")), rp("+", {"AWS": U})),
        {"resource": "arn:aws:s3:::c-log/k", "resource_account": B},
    ),
    Case("E46", ALLOWED, sets(rp("+", {"AWS": A})), {"principal": ROOT, **TO_B}),
    Case(
        "E47",
        ALLOWED,
        sets(rp("+", {"Service": "sns.amazonaws.com"}, **FROM_TOPIC)),
        {"principal": SNS, "context": {"aws:SourceArn": TOPIC}},
    ),
    Case("E48", IMPLICIT, sets(rp("+", {"Service": "sns.amazonaws.com"}, **FROM_TOPIC)), {"principal": SNS}),
    Case("E49", ALLOWED, sets(ids(allow("sts:AssumeRole", X)), trust({"AWS": A})), ASSUME),
    Case("E50", IMPLICIT, sets(trust({"AWS": A})), ASSUME, stage="identity"),
    Case("E51", ALLOWED, sets(trust({"AWS": U})), ASSUME),
    Case(
        "E52",
        IMPLICIT,
        sets(ids(allow("sts:AssumeRole")), trust({"AWS": f"arn:aws:iam::{A}:user/other"})),
        ASSUME,
        stage="resource",
    ),
    Case(
        "E53",
        IMPLICIT,
        sets(ids(allow("sts:AssumeRole")), trust({"AWS": B}, **EXTERNAL_ID)),
        {"principal": U_OF_B, **ASSUME},
        stage="resource",
    ),
    Case(
        "E54",
        ALLOWED,
        sets(trust({"Federated": PROVIDER}, "sts:AssumeRoleWithSAML")),
        {"principal": Principal(federated=PROVIDER), "action": "sts:AssumeRoleWithSAML", "resource": X},
    ),
    Case("E55", IMPLICIT, sets(ids(TRAIN)), TRAINING, stage="identity"),
    Case("E56", IMPLICIT, sets(ids(TRAIN, allow("iam:PassRole", E_ROLE, **TO_EC2))), TRAINING, stage="identity"),
    Case("E57", ALLOWED, sets(ids(TRAIN, allow("iam:PassRole", E_ROLE, **TO))), TRAINING),
    Case(
        "E58",
        ALLOWED,
        sets(ids(allow("kms:Decrypt")), rp("+", {"AWS": A}, "kms:*")),
        {"action": "kms:Decrypt", "resource": KEY},
    ),
    Case(
        "E59",
        IMPLICIT,
        sets(ids(allow("kms:*")), rp("+", {"AWS": R}, "kms:*")),
        {"action": "kms:Decrypt", "resource": KEY},
        stage="resource",
    ),
    Case(
        "E60",
        IMPLICIT,
        sets(rp("+", {"AWS": R}, "kms:*")),
        {"principal": ROOT, "action": "kms:Decrypt", "resource": KEY},
    ),
    Case("E61", IMPLICIT, sets(ids(S3), ENDPOINT), {"context": {"aws:SourceVpce": "vpce-1"}}, stage="vpcEndpoint"),
    Case("E62", ALLOWED, sets(ids(S3), ENDPOINT), {"context": {"aws:SourceIp": "203.0.113.7"}}),
    Case("E63", EXPLICIT, sets(ids(S3), pb(allow()), rp("-", NOT_U, "s3:*"))),
    Case("E64", ALLOWED, sets(ids(S3), rp("-", NOT_U, "s3:*"))),
    Case("E65", EXPLICIT, sets(ids(S3), rp("-", {"NotPrincipal": {"AWS": U}}, "s3:*"))),
    Case(
        "E66",
        IMPLICIT,
        sets(ids(allow("s3:*", "arn:aws:s3:::*"))),
        {"action": "s3:ListAllMyBuckets", "resource": "*"},
    ),
    Case("E67 PutObject", ALLOWED, sets(ids(allow(notAction="iam:*"))), {"action": "s3:PutObject"}),
    Case("E67 GetUser", IMPLICIT, sets(ids(allow(notAction="iam:*"))), {"action": "iam:GetUser", "resource": U}),
    Case(
        "E68",
        IMPLICIT,
        sets(ids(allow("sagemaker:CreateEndpoint", f"arn:aws:sagemaker:us-east-1:{A}:endpoint/*"))),
        {
            "action": "sagemaker:CreateEndpoint",
            "resource": [
                f"arn:aws:sagemaker:us-east-1:{A}:endpoint/e",
                f"arn:aws:sagemaker:us-east-1:{A}:endpoint-config/e",
            ],
        },
    ),
    Case(
        "E69",
        IMPLICIT,
        sets(ids(allow("*", "arn:aws:s3:::b/${aws:PrincipalTag/t}/*"))),
        {"resource": "arn:aws:s3:::b/x"},
    ),
    Case(
        "E70",
        IMPLICIT,
        sets(ids(S3), rp("+", {"AWS": U})),
        {"resource": "arn:aws-cn:s3:::d/k", "resource_account": B},
        stage="account",
    ),
    Case(
        "E71",
        ALLOWED,
        sets(ids(deny("sts:*"))),
        {"action": "sts:GetCallerIdentity", "resource": "*"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[c.number for c in CASES])
def test_case(case: Case) -> None:
    decision = ask(case.policies, **case.asked)
    assert decision.outcome == case.outcome, decision.sentence
    if case.stage:
        assert decision.deciding.stage == case.stage, decision.sentence


def test_every_case_of_the_section_is_here() -> None:
    assert {c.number[:3] for c in CASES} == {f"E{n:02}" for n in range(1, 72)}


@pytest.mark.parametrize("number", ["E55", "E56"])
def test_the_answer_names_the_authorization_that_failed(number: str) -> None:
    case = next(c for c in CASES if c.number == number)
    decision = ask(case.policies, **case.asked)
    assert decision.deciding.action == "iam:PassRole"
    assert [a.outcome for a in decision.authorizations] == ["allowed", "implicitDeny"]
    assert "iam:PassRole" in decision.sentence


def test_an_empty_action_is_refused() -> None:
    with pytest.raises(ScenarioError, match="is no action"):
        ask(sets(ids(allow(""))))


def test_a_principal_that_is_a_bare_arn_is_refused() -> None:
    with pytest.raises(ScenarioError, match="string other than"):
        ask(sets(rp("+", U)))


def test_no_endpoint_policy_takes_part_in_passing_a_role() -> None:
    only_sagemaker = {"vpc_endpoint": policy(allow("sagemaker:*", principal="*"), name="endpoint")}
    decision = ask(sets(ids(TRAIN, allow("iam:PassRole")), only_sagemaker), **TRAINING)
    assert decision.outcome == ALLOWED


def test_the_boundary_trap_of_not_principal_spares_callers_without_one() -> None:
    decision = ask(sets(pb(allow()), rp("-", {"NotPrincipal": {"AWS": A}}, "s3:*")), principal=ROOT)
    assert decision.outcome == ALLOWED


def test_a_user_behind_a_service_has_no_mfa() -> None:
    no_mfa = allow(condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}})
    decision = ask(sets(ids(no_mfa)), context={"aws:CalledVia": ["cloudformation.amazonaws.com"]})
    assert decision.outcome == ALLOWED


def test_every_key_of_time_follows_the_stated_time() -> None:
    before_2021 = allow(condition={"DateLessThan": {"aws:EpochTime": "2021-01-01"}})
    decision = ask(sets(ids(before_2021)), context={"aws:CurrentTime": "2020-01-01T00:00:00Z"})
    assert decision.outcome == ALLOWED


def test_across_accounts_the_statements_of_both_sides_decided() -> None:
    resource = policy(allow(principal={"AWS": "111111111111"}), name="R")
    decision = ask(PolicySet(identity=(policy(allow(), name="I"),), resource=resource), resource_account="222222222222")
    assert decision.outcome == "allowed"
    assert [ref.policy for ref in decision.deciding.decided_by] == ["I", "R"]
