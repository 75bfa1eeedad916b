"""The questions, answered for documents of which the answer is known; every witness is replayed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.proof.documents import allow, deny, document, engine, granted_to, new_access, proofs
from workbench.errors import ScenarioError
from workbench.evaluation.request import Scenario
from workbench.policy.kinds import PolicyKind
from workbench.proof.questions import OWN_SIDE, Access
from workbench.proof.verdicts import Result

HOME = "111122223333"
RUN = "ec2:StartInstances"
VPC, IP, T = "aws:SourceVpc", "aws:SourceIp", "aws:TagKeys"
TAGGED = {"aws:ResourceTag/t": "${aws:PrincipalTag/t}"}

NO_NEW_ACCESS: list[tuple[str, dict[str, Any] | list[Any], dict[str, Any] | list[Any], str]] = [
    ("the same", allow("s3:*"), allow("s3:*"), "PASS"),
    ("part of it", allow("s3:*"), allow("s3:Get*", "arn:aws:s3:::b/*"), "PASS"),
    ("the whole of a part", allow("s3:Get*", "arn:aws:s3:::b/*"), allow("s3:*"), "FAIL"),
    ("actions one by one", allow("s3:Get*"), allow(["s3:GetObject", "s3:getbucketacl"]), "PASS"),
    ("a longer name", allow("s3:GetObject", "arn:aws:s3:::b/*"), allow("s3:GetObject", "arn:aws:s3:::b*"), "FAIL"),
    (
        "one of two",
        allow("s3:GetObject", ["arn:aws:s3:::b/a*", "arn:aws:s3:::b/*"]),
        allow("s3:GetObject", "arn:aws:s3:::b/*/x"),
        "PASS",
    ),
    (
        "two halves",
        [allow("s3:GetObject", **{"Null": {VPC: "true"}}), allow("s3:GetObject", **{"Null": {VPC: "false"}})],
        allow("s3:GetObject"),
        "PASS",
    ),
    ("another VPC", allow(RUN, StringEquals={VPC: "vpc-1"}), allow(RUN, StringEquals={VPC: "vpc-2"}), "FAIL"),
    ("listed VPCs", allow(RUN, StringLike={VPC: "vpc-*"}), allow(RUN, StringEquals={VPC: ["vpc-1", "vpc-2"]}), "PASS"),
    ("no condition any more", allow(RUN, StringEquals={VPC: "vpc-1"}), allow(RUN), "FAIL"),
    ("if it exists", allow(RUN, StringEquals={VPC: "v"}), allow(RUN, StringEqualsIfExists={VPC: "v"}), "FAIL"),
    ("not one", allow(RUN, StringNotEquals={VPC: "v"}), allow(RUN, StringNotEquals={VPC: ["v", "w"]}), "PASS"),
    ("any case", allow(RUN, StringEqualsIgnoreCase={VPC: "Ab"}), allow(RUN, StringEquals={VPC: ["ab", "AB"]}), "PASS"),
    ("a smaller net", allow(RUN, IpAddress={IP: "10.0.0.0/8"}), allow(RUN, IpAddress={IP: "10.1.0.0/16"}), "PASS"),
    ("a larger net", allow(RUN, IpAddress={IP: "10.1.0.0/16"}), allow(RUN, IpAddress={IP: "10.0.0.0/8"}), "FAIL"),
    (
        "two nets for one",
        allow(RUN, IpAddress={IP: ["10.0.0.0/9", "10.128.0.0/9"]}),
        allow(RUN, IpAddress={IP: "10.0.0.0/8"}),
        "PASS",
    ),
    (
        "a smaller number",
        allow("s3:ListBucket", NumericLessThan={"s3:max-keys": "10"}),
        allow("s3:ListBucket", NumericLessThanEquals={"s3:max-keys": "9"}),
        "PASS",
    ),
    (
        "the number itself",
        allow("s3:ListBucket", NumericLessThan={"s3:max-keys": "10"}),
        allow("s3:ListBucket", NumericLessThanEquals={"s3:max-keys": "10"}),
        "FAIL",
    ),
    (
        "an earlier day",
        allow(RUN, DateLessThan={"aws:CurrentTime": "2030-01-01T00:00:00Z"}),
        allow(RUN, DateLessThan={"aws:CurrentTime": "2029-01-01T00:00:00Z"}),
        "PASS",
    ),
    (
        "fewer tags",
        allow("ec2:CreateTags", ForAllValues__StringEquals={T: ["a", "b"]}),
        allow("ec2:CreateTags", ForAllValues__StringEquals={T: ["a"]}),
        "PASS",
    ),
    (
        "some for all",
        allow("ec2:CreateTags", ForAllValues__StringEquals={T: ["a"]}),
        allow("ec2:CreateTags", ForAnyValue__StringEquals={T: ["a"]}),
        "FAIL",
    ),
    (
        "all for some, which sends nothing",
        allow("ec2:CreateTags", ForAnyValue__StringEquals={T: ["a"]}),
        allow("ec2:CreateTags", ForAllValues__StringEquals={T: ["a"]}),
        "FAIL",
    ),
    (
        "home",
        allow("s3:GetObject", "arn:aws:s3:::b/*"),
        allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}/*"),
        "PASS",
    ),
    (
        "all homes",
        allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}/*"),
        allow("s3:GetObject", "arn:aws:s3:::b/*"),
        "FAIL",
    ),
    ("own tag", allow(RUN, StringEquals=TAGGED), allow(RUN, StringEquals=TAGGED), "PASS"),
    ("red for own tag", allow(RUN, StringEquals=TAGGED), allow(RUN, StringEquals={"aws:ResourceTag/t": "red"}), "FAIL"),
    (
        "own tag where red is denied",
        [allow(RUN), deny(RUN, StringEquals={"aws:ResourceTag/t": "red"})],
        allow(RUN, StringEquals=TAGGED),
        "FAIL",
    ),
    ("a denial less", [allow("s3:*"), deny("s3:DeleteBucket")], allow("s3:*"), "FAIL"),
    ("a denial more", allow("s3:*"), [allow("s3:*"), deny("s3:DeleteBucket")], "PASS"),
    ("a wider denial", [allow("s3:*"), deny("s3:DeleteBucket")], [allow("s3:*"), deny("s3:Delete*")], "PASS"),
    (
        "a denial that a condition opens",
        [allow("s3:*"), deny("s3:*", Bool={"aws:SecureTransport": "false"})],
        [allow("s3:*"), deny("s3:*", BoolIfExists={"aws:SecureTransport": "false"})],
        "PASS",
    ),
    (
        "all but iam",
        [allow("*"), deny("iam:*")],
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
        "PASS",
    ),
    ("iam as well", {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, allow("*"), "FAIL"),
    (
        "all but one resource",
        [allow("s3:*"), deny("s3:*", "arn:aws:s3:::secret/*")],
        {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::secret/*"},
        "PASS",
    ),
    ("actions of tomorrow", allow(["s3:GetObject"]), allow(["s3:GetObject", "newservice:*"]), "FAIL"),
    ("an unknown action", allow("foo:Bar"), allow("foo:Bar"), "PASS"),
]


def documents(statements: dict[str, Any] | list[Any]) -> str:
    return document(*(statements if isinstance(statements, list) else [statements]))


def replay(scenario: Scenario) -> str:
    return str(engine().simulate(scenario).outcome)


@pytest.mark.parametrize(
    ("old", "new", "wanted"), [row[1:] for row in NO_NEW_ACCESS], ids=[r[0] for r in NO_NEW_ACCESS]
)
def test_no_new_access(old: Any, new: Any, wanted: str) -> None:
    verdict = new_access(documents(old), documents(new))
    assert verdict.result == wanted, verdict
    assert (verdict.witness is not None) is (wanted == "FAIL")
    if verdict.witness is not None:
        assert replay(verdict.witness) == "allowed"
        assert verdict.reasons


def test_the_reasons_are_the_statements_that_newly_allow() -> None:
    old = document(allow("s3:GetObject"))
    named = {**allow("s3:PutObject"), "Sid": "Write"}
    verdict = new_access(old, document(allow("s3:GetObject"), named, allow("ec2:RunInstances")))
    assert [(r.index, r.sid) for r in verdict.reasons] == [(1, "Write"), (2, "")]
    assert [r.description for r in verdict.reasons] == [
        "New access in the statement with sid: Write.",
        "New access in the statement with index: 2.",
    ]


def test_a_witness_names_an_action_of_the_catalog_and_a_resource_that_it_takes() -> None:
    verdict = new_access(document(allow("s3:Get*")), document(allow("sagemaker:CreateTrainingJob")))
    request = verdict.witness.request
    assert request.action == "sagemaker:CreateTrainingJob"
    assert request.resources == ("arn:aws:sagemaker:us-east-1:111122223333:training-job/example",)
    assert request.context == {}
    assert verdict.assumptions == ()


def test_a_witness_that_no_catalog_knows_of_says_so() -> None:
    verdict = new_access(document(allow("s3:GetObject")), document(allow(["s3:GetObject", "nosuch:*"])))
    assert verdict.result is Result.FAIL
    assert any("nosuch:" in sentence for sentence in verdict.assumptions)


def test_a_document_that_aws_refuses_is_no_question() -> None:
    with pytest.raises(ScenarioError, match="Effect"):
        new_access(document(allow("s3:*")), '{"Version": "2012-10-17", "Statement": {"Action": "*", "Resource": "*"}}')


def test_a_question_that_nobody_waits_for_is_not_decided() -> None:
    old, new = document(allow("s3:Get*")), document(allow("*"))
    assert proofs().no_new_access(old, new, PolicyKind.IDENTITY, lambda: True).result is Result.UNKNOWN


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ({"AWS": "111122223333"}, {"AWS": ["111122223333", "444455556666"]}, "FAIL"),
        ({"AWS": "111122223333"}, {"AWS": "arn:aws:iam::111122223333:user/ann"}, "PASS"),
        ({"AWS": "arn:aws:iam::111122223333:user/ann"}, {"AWS": "111122223333"}, "FAIL"),
        ({"AWS": "111122223333"}, {"Service": "sns.amazonaws.com"}, "FAIL"),
        ("*", {"AWS": "arn:aws:iam::111122223333:role/r"}, "PASS"),
        ({"AWS": "*"}, "*", "PASS"),
        ({"AWS": "111122223333"}, "*", "FAIL"),
    ],
)
def test_principals_of_a_resource_policy(old: Any, new: Any, wanted: str) -> None:
    verdict = new_access(document(granted_to(old)), document(granted_to(new)), PolicyKind.RESOURCE)
    assert verdict.result == wanted
    if verdict.witness is not None:
        assert replay(verdict.witness) == "allowed"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ({"AWS": "111122223333"}, {"AWS": "arn:aws:iam::111122223333:user/ann"}, True),
        ({"AWS": "arn:aws:iam::111122223333:role/r"}, {"AWS": "arn:aws:sts::111122223333:assumed-role/r/s"}, True),
        ({"AWS": ["111122223333", "444455556666"]}, {"AWS": "111122223333"}, False),
    ],
)
def test_what_naming_somebody_more_closely_changes_is_said(old: Any, new: Any, said: bool) -> None:
    verdict = new_access(document(granted_to(old)), document(granted_to(new)), PolicyKind.RESOURCE)
    assert verdict.result is Result.PASS
    assert (OWN_SIDE in verdict.assumptions) is said


def test_a_principal_may_be_narrowed_by_its_arn() -> None:
    old = document(granted_to({"AWS": "111122223333"}))
    role = "arn:aws:iam::{}:role/x*"
    same = document(granted_to("*", ArnLike={"aws:PrincipalArn": role.format("111122223333")}))
    other = document(granted_to("*", ArnLike={"aws:PrincipalArn": role.format("444455556666")}))
    assert new_access(old, same, PolicyKind.RESOURCE).result is Result.PASS
    assert new_access(old, other, PolicyKind.RESOURCE).result is Result.FAIL


def test_a_trust_policy_is_compared_by_who_may_assume_the_role() -> None:
    def trust(*accounts: str) -> str:
        return document({"Effect": "Allow", "Principal": {"AWS": list(accounts)}, "Action": "sts:AssumeRole"})

    old, new = trust("111122223333"), trust("111122223333", "444455556666")
    assert new_access(new, old, PolicyKind.TRUST).result is Result.PASS
    verdict = new_access(old, new, PolicyKind.TRUST)
    assert verdict.result is Result.FAIL
    assert ":444455556666:" in verdict.witness.request.principal.arn
    assert replay(verdict.witness) == "allowed"


@pytest.mark.parametrize("kind", [PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.SCP])
def test_documents_that_only_limit_are_compared_beside_full_access(kind: PolicyKind) -> None:
    verdict = new_access(document(allow("s3:*")), document(allow(["s3:*", "ec2:*"])), kind)
    assert verdict.result is Result.FAIL
    assert verdict.witness.request.action.startswith("ec2:")
    assert replay(verdict.witness) == "allowed"


def test_a_resource_control_policy_limits_what_it_denies() -> None:
    old = document({**deny("s3:*"), "Principal": "*"})
    new = document({**deny("s3:Put*"), "Principal": "*"})
    assert new_access(new, old, PolicyKind.RCP).result is Result.PASS
    verdict = new_access(old, new, PolicyKind.RCP)
    assert verdict.result is Result.FAIL
    assert replay(verdict.witness) == "allowed"


def test_an_endpoint_policy_lets_through_what_it_allows() -> None:
    old = document({**allow("s3:Get*"), "Principal": "*"})
    new = document({**allow("s3:*"), "Principal": "*"})
    assert new_access(new, old, PolicyKind.VPC_ENDPOINT).result is Result.PASS
    verdict = new_access(old, new, PolicyKind.VPC_ENDPOINT)
    assert verdict.result is Result.FAIL
    assert replay(verdict.witness) == "allowed"


def test_a_resource_policy_has_no_say_in_actions_on_no_resource() -> None:
    old = document(granted_to("*", "s3:*"))
    new = document({**granted_to("*", "s3:*"), "Resource": ["arn:aws:s3:::b/*", "*"]})
    verdict = new_access(old, new, PolicyKind.RESOURCE)
    assert verdict.witness.request.action != "s3:ListAllMyBuckets"
    assert new_access(
        document(granted_to("*")), document(granted_to("*", "sagemaker:*")), PolicyKind.RESOURCE
    ).result == (Result.PASS)


ROOT = "arn:aws:iam::111122223333:root"
SERVICE = {"aws:PrincipalIsAWSService": "true"}


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        (PolicyKind.SCP, [allow("*"), deny("*", StringEquals={"aws:PrincipalType": "Account"})], [allow("*")]),
        (PolicyKind.SCP, [allow("*"), deny("*", ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:root"})], [allow("*")]),
        (
            PolicyKind.RESOURCE,
            [granted_to({"AWS": "444455556666"})],
            [
                granted_to({"AWS": "444455556666"}),
                granted_to({"AWS": ROOT[13:25]}, ArnEquals={"aws:PrincipalArn": ROOT}),
            ],
        ),
        (PolicyKind.RESOURCE, [granted_to({"AWS": HOME})], [granted_to({"AWS": HOME}), granted_to("*", Bool=SERVICE)]),
        (
            PolicyKind.RESOURCE,
            [granted_to("*"), {**granted_to("*", Bool=SERVICE), "Effect": "Deny"}],
            [granted_to("*")],
        ),
        (
            PolicyKind.RESOURCE,
            [granted_to({"AWS": HOME})],
            [granted_to({"AWS": HOME}), granted_to("*", StringEquals={"aws:PrincipalType": "FederatedUser"})],
        ),
    ],
)
def test_root_users_services_and_federated_users_ask_too(kind: PolicyKind, old: list[Any], new: list[Any]) -> None:
    verdict = new_access(document(*old), document(*new), kind)
    assert verdict.result is Result.FAIL
    assert replay(verdict.witness) == "allowed"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([allow("*"), deny("newsvc:*")], [allow("*")]),
        ([allow("s3:*"), deny("s3:Zzz*")], [allow("s3:*")]),
        ([allow("s3:*"), deny("s3:Zzz")], [allow("s3:*")]),
        ([allow("newsvc:*", "arn:aws:newsvc:::a")], [allow("newsvc:*")]),
        ([allow("newsvc:*", Bool={"aws:MultiFactorAuthPresent": "true"})], [allow("newsvc:*")]),
        (
            [{"Effect": "Allow", "NotAction": ["iam:*", "newsvc:*"], "Resource": "*"}],
            [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
        ),
    ],
)
def test_actions_that_no_catalog_lists_are_asked_too(old: list[Any], new: list[Any]) -> None:
    verdict = new_access(document(*old), document(*new))
    assert verdict.result is Result.FAIL
    assert verdict.assumptions
    assert replay(verdict.witness) == "allowed"
    assert new_access(document(*new), document(*old)).result is Result.PASS


@pytest.mark.parametrize(
    ("statement", "asked"), [("newsvc:*", "newsvc:*"), ("newsvc:Foo", "newsvc:*"), ("s3:*", "s3:Zzz*")]
)
def test_access_to_actions_that_no_catalog_lists_is_granted_too(statement: str, asked: str) -> None:
    verdict = proofs().access_not_granted(document(allow(statement)), [Access((asked,))], PolicyKind.IDENTITY)
    assert verdict.result is Result.FAIL


def test_a_variable_in_any_case_is_more_than_the_variable() -> None:
    exact, any_case = allow("s3:*", StringEquals=TAGGED), allow("s3:*", StringEqualsIgnoreCase=TAGGED)
    assert new_access(document(exact), document(any_case)).result is Result.FAIL


def test_a_variable_may_stand_for_part_of_the_callers_arn() -> None:
    arn = "arn:aws:iam::${aws:PrincipalAccount}:role/R"
    new = document(allow("ec2:*"), allow("s3:*", ArnLike={"aws:PrincipalArn": arn}))
    assert new_access(document(allow("ec2:*")), new).result is not Result.PASS


def test_an_escaped_wildcard_differs_between_the_editions_of_the_language() -> None:
    new = document(allow("s3:ListBucket", StringLike={"s3:prefix": "a${*}b"}))
    old = new.replace("2012-10-17", "2008-10-17")
    assert new_access(new, old).result is Result.FAIL


def test_an_empty_text_is_a_value_too() -> None:
    old = document(allow("s3:ListBucket", StringEquals={"s3:prefix": "a"}))
    new = {"ForAllValues:StringEquals": {"s3:prefix": "a"}, "Null": {"s3:prefix": "false"}}
    verdict = new_access(old, document({**allow("s3:ListBucket"), "Condition": new}))
    assert verdict.result is Result.FAIL
    assert verdict.witness.request.context["s3:prefix"] == ""


def test_a_witness_has_values_that_can_be_read() -> None:
    ever = (
        {"DateLessThan": {"aws:CurrentTime": "2030-01-01"}},
        {"DateGreaterThanEquals": {"aws:CurrentTime": "2030-01-01"}},
    )
    old = document(*({**allow("*"), "Condition": block} for block in ever))
    verdict = new_access(old, document(allow("*")))
    assert verdict.result is Result.PASS or verdict.assumptions


@pytest.mark.parametrize(
    ("statements", "access", "wanted"),
    [
        ([allow("s3:*")], [Access(("s3:GetObject",))], "FAIL"),
        ([allow("s3:*"), deny("s3:Get*")], [Access(("s3:GetObject",))], "PASS"),
        ([allow("s3:*", "arn:aws:s3:::b/*")], [Access(("s3:GetObject",), ("arn:aws:s3:::c/*",))], "PASS"),
        ([allow("s3:*", "arn:aws:s3:::b/*")], [Access((), ("arn:aws:s3:::b/x",))], "FAIL"),
        ([allow("s3:*", "arn:aws:s3:::b/*")], [Access(("s3:*",), ("arn:aws:s3:::*",))], "FAIL"),
        ([allow("ec2:*")], [Access(("s3:*",)), Access(("ec2:Run*",))], "FAIL"),
        ([allow("*")], [Access(("iam:PassRole",))], "FAIL"),
        ([allow("s3:GetObject", StringEquals={VPC: "a"}, StringLike={VPC: "b*"})], [Access(("s3:*",))], "PASS"),
        ([allow("s3:Get*")], [Access(("s3:GetSomethingNew",))], "FAIL"),
    ],
)
def test_access_not_granted(statements: list[Any], access: list[Access], wanted: str) -> None:
    verdict = proofs().access_not_granted(document(*statements), access, PolicyKind.IDENTITY)
    assert verdict.result == wanted
    if verdict.witness is not None:
        assert replay(verdict.witness) == "allowed"


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        (allow("iam:PassRole", StringEquals={"iam:ResourceTag/team": "a"}), "PASS"),
        (allow("iam:PassRole", StringNotEquals={"iam:ResourceTag/team": "a"}), "FAIL"),
        (allow("iam:GetRole", StringEquals={"iam:ResourceTag/team": "a"}), "FAIL"),
    ],
)
def test_tags_that_aws_does_not_look_at_let_nobody_in(statement: dict[str, Any], wanted: str) -> None:
    access = [Access(("iam:PassRole", "iam:GetRole"))]
    assert proofs().access_not_granted(document(statement), access, PolicyKind.IDENTITY).result == wanted


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (granted_to({"Service": "ec2.amazonaws.com"}, "sts:AssumeRole"), "sts:Assume*"),
        (granted_to({"AWS": HOME}, "sts:AssumeRole"), ["sts:AssumeRole", "sts:AssumeRoleWithSAML"]),
    ],
)
def test_a_call_without_credentials_is_for_providers_alone(old: dict[str, Any], new: Any) -> None:
    texts = [document({k: v for k, v in s.items() if k != "Resource"}) for s in (old, {**old, "Action": new})]
    verdict = new_access(texts[0], texts[1], PolicyKind.TRUST)
    assert verdict.result is Result.PASS or "does not list the action" in verdict.assumptions[0]


def test_what_needs_no_policy_is_never_new() -> None:
    assert new_access(document(allow("s3:*")), document(allow("sts:GetCallerIdentity"))).result is Result.PASS


def test_an_arn_of_no_partition_is_nothing() -> None:
    assert new_access(document(allow("sqs:*")), document(allow("s3:*", "arn:$partition:s3:::b"))).result is Result.PASS
    assert new_access(document(allow("sqs:*")), document(allow("s3:*", "arn:aws-cn:s3:::b"))).result is Result.FAIL
