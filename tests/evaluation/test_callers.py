"""Which principal entries are about which caller (grammar.md section 5, evaluation.md sections 5 and 8)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.evaluation.asking import allow, ask, deny, policy
from workbench.errors import ScenarioError
from workbench.evaluation.callers import CallerKind, read_caller, role_arn
from workbench.evaluation.request import PolicySet, Principal

A, B = "111111111111", "222222222222"
USER = f"arn:aws:iam::{A}:user/team/u"
ROLE, SESSION = f"arn:aws:iam::{A}:role/r", f"arn:aws:sts::{A}:assumed-role/r/s"
PATH_ROLE = f"arn:aws:iam::{A}:role/team/r"
FEDERATED = f"arn:aws:sts::{A}:federated-user/f"
ROOT = f"arn:aws:iam::{A}:root"
CREATOR = f"arn:aws:iam::{A}:user/u"
SERVICE = Principal(service="sns.amazonaws.com")
REGIONAL = "sns.eu-west-1.amazonaws.com"


def kind(arn: str, federated_by: str = "") -> CallerKind:
    return read_caller(Principal(arn=arn), federated_by).kind


def test_every_kind_of_caller_is_known_by_its_arn() -> None:
    assert [kind(arn) for arn in (USER, ROLE, SESSION, FEDERATED, ROOT, "*", "")] == [
        CallerKind.USER,
        CallerKind.ROLE_SESSION,
        CallerKind.ROLE_SESSION,
        CallerKind.FEDERATED_USER,
        CallerKind.ROOT,
        CallerKind.ANONYMOUS,
        CallerKind.ANONYMOUS,
    ]
    assert read_caller(SERVICE, "").kind is CallerKind.SERVICE
    assert read_caller(Principal(federated="p"), "").kind is CallerKind.FEDERATED
    assert read_caller(Principal(arn=USER), "").name == "u"
    session = read_caller(Principal(arn=SESSION), "")
    assert (session.name, session.session, session.account, session.partition) == ("r", "s", A, "aws")


@pytest.mark.parametrize(
    "arn",
    [
        "ann",
        A,
        f"arn:aws:iam::{A}:group/g",
        f"arn:aws:iam::{A}:user/",
        f"arn:aws:iam::{A}:user",
        f"arn:aws:iam::{A}:role/",
        f"arn:aws:iam::{A}:role/path/",
        f"arn:aws:iam::{A}:user/*",
        f"arn:aws:iam::{A}:user/a?b",
        f"arn:aws:sts::{A}:assumed-role/r",
        f"arn:aws:sts::{A}:assumed-role/r/",
        f"arn:aws:sts::{A}:assumed-role//s",
        f"arn:aws:sts::{A}:federated-user/",
        f"arn:aws:sts::{A}:user/u",
        f"arn:aws:iam::{A}:assumed-role/r/s",
        f"arn:aws:sts::{A}:root",
        f"arn:aws:sts::{A}:role/r",
        f"arn:aws:sts::{A}:session/r/s",
        f"arn:aws:iam::{A}:federated-user/f",
        "arn:aws:iam::1111:user/u",
        "arn:aws:iam::11111111111x:user/u",
        "arn:aws:iam::１１１１１１１１１１１１:user/u",
        "arn:aws:s3:::b",
        f"arn:aws:ec2:eu-west-1:{A}:user/u",
        f"arn:aws:iam:eu-west-1:{A}:user/u",
        f"arn:aws:sts::{A}:assumed-role/p/r/s",
    ],
)
def test_what_cannot_call_is_an_error_at_its_place(arn: str) -> None:
    with pytest.raises(ScenarioError, match="is no caller") as caught:
        read_caller(Principal(arn=arn), "")
    assert caught.value.path == "request.principal"


def test_a_service_linked_role_is_known_by_its_path_and_its_sessions_by_its_name() -> None:
    def linked(arn: str, stated: str = "") -> bool:
        return read_caller(Principal(arn=arn), "", stated).service_linked

    path, name = f"arn:aws:iam::{A}:role/aws-service-role/x.amazonaws.com", "AWSServiceRoleForX"
    session = f"arn:aws:sts::{A}:assumed-role/{name}/s"
    assert linked(f"{path}/{name}")
    assert not linked(f"{path}/Mine")
    assert not linked(f"arn:aws:iam::{A}:role/{name}")
    assert linked(session)
    assert not linked(SESSION)
    assert linked(session, f"{path}/{name}")
    assert not linked(session, f"arn:aws:iam::{A}:role/{name}")
    assert linked(session, f"arn:aws:iam::{A}:user/{name}")  # of no role, so it says nothing of one
    assert not linked(SESSION, f"{path}/{name}")  # of another role


def test_the_stated_arn_of_a_role_of_another_account_is_not_the_sessions_role() -> None:
    name = SESSION.split("/")[1]
    own, foreign = f"arn:aws:iam::{A}:role/team/{name}", f"arn:aws:iam::999999999999:role/team/{name}"
    assert read_caller(Principal(arn=SESSION), "", own).role == own
    assert read_caller(Principal(arn=SESSION), "", foreign).role == ""


def named(principal: Any, caller: Principal | str, **more: Any) -> str:
    """The outcome where only the bucket policy's statement for `principal` could allow."""
    return ask(PolicySet(resource=policy(allow(principal=principal))), principal=caller, **more).outcome


@pytest.mark.parametrize(
    ("entry", "caller", "context", "outcome"),
    [
        ({"AWS": USER}, USER, {}, "allowed"),
        ({"AWS": CREATOR}, USER, {}, "implicitDeny"),  # another path is another user
        ({"AWS": USER.replace("/u", "/U")}, USER, {}, "implicitDeny"),
        ({"AWS": "AIDAX"}, USER, {"aws:userid": "AIDAX"}, "allowed"),
        ({"AWS": "AIDAX"}, USER, {"aws:userid": "AIDAY"}, "implicitDeny"),
        ({"AWS": "AIDAX"}, USER, {}, "implicitDeny"),
        ({"AWS": "AROAX"}, USER, {"aws:userid": "AROAX"}, "implicitDeny"),
        ({"AWS": ROLE}, SESSION, {}, "allowed"),
        ({"AWS": ROLE}, ROLE, {}, "allowed"),
        ({"AWS": SESSION}, SESSION, {}, "allowed"),
        ({"AWS": SESSION}, ROLE, {}, "implicitDeny"),
        ({"AWS": PATH_ROLE}, SESSION, {}, "allowed"),  # a session's ARN does not hold the path of its role
        ({"AWS": PATH_ROLE}, ROLE, {}, "implicitDeny"),
        ({"AWS": PATH_ROLE}, SESSION, {"aws:PrincipalArn": PATH_ROLE}, "allowed"),
        ({"AWS": ROLE}, SESSION, {"aws:PrincipalArn": PATH_ROLE}, "implicitDeny"),
        ({"AWS": PATH_ROLE}, SESSION, {"aws:PrincipalArn": ROLE}, "implicitDeny"),  # it states that there is no path
        ({"AWS": ROLE}, SESSION, {"aws:PrincipalArn": ROLE}, "allowed"),
        ({"AWS": ROLE}, SESSION, {"aws:PrincipalArn": f"arn:aws:iam::{A}:role/q"}, "allowed"),
        ({"AWS": ROLE.replace("role/r", "role/q")}, SESSION, {}, "implicitDeny"),
        ({"AWS": ROLE.replace(A, B)}, SESSION, {}, "implicitDeny"),
        ({"AWS": ROLE.replace("arn:aws:", "arn:aws-cn:")}, SESSION, {}, "implicitDeny"),
        ({"AWS": CREATOR.replace("user/u", "user/r")}, SESSION, {}, "implicitDeny"),
        ({"AWS": "AROAX"}, SESSION, {"aws:userid": "AROAX:s"}, "allowed"),
        ({"AWS": "AROAX"}, SESSION, {"aws:userid": "AROAXY:s"}, "implicitDeny"),
        ({"AWS": "AROAX"}, SESSION, {}, "implicitDeny"),
        ({"AWS": "AIDAX"}, FEDERATED, {"aws:userid": "AIDAX"}, "implicitDeny"),
        ({"AWS": "*"}, Principal(), {}, "allowed"),
        ({"AWS": A}, Principal(), {}, "implicitDeny"),
        ({"Service": "sns.amazonaws.com"}, SERVICE, {}, "allowed"),
        ({"Service": "sqs.amazonaws.com"}, SERVICE, {}, "implicitDeny"),
        ({"Service": REGIONAL}, SERVICE, {}, "implicitDeny"),
        ({"Service": REGIONAL}, SERVICE, {"aws:PrincipalServiceNamesList": (REGIONAL,)}, "allowed"),
        ({"Service": REGIONAL}, SERVICE, {"aws:PrincipalServiceNamesList": REGIONAL}, "allowed"),
        ({"Service": "sns.amazonaws.com"}, USER, {}, "implicitDeny"),
        ({"AWS": A}, SERVICE, {}, "implicitDeny"),
        ("*", SERVICE, {}, "allowed"),
        ({"Service": REGIONAL}, USER, {"aws:PrincipalServiceNamesList": (REGIONAL,)}, "implicitDeny"),
        ({"AWS": "AIDAX"}, SESSION, {}, "implicitDeny"),
        ({"AWS": ROLE}, SESSION, {"aws:PrincipalArn": f"arn:aws:iam::{A}:role/team/q"}, "allowed"),
    ],
)
def test_an_entry_names_a_caller_or_not(entry: Any, caller: Any, context: dict[str, Any], outcome: str) -> None:
    assert named(entry, caller, context=context) == outcome


@pytest.mark.parametrize("provider", ["p", ""])
def test_a_provider_in_a_trust_policy_is_no_user(provider: str) -> None:
    trust = policy({"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRole"})
    assert ask(PolicySet(resource=trust), "sts:AssumeRole", ROLE).outcome == "implicitDeny"


@pytest.mark.parametrize(
    ("caller", "creator", "message"),
    [
        (FEDERATED, "bob", "made no federated user"),
        (FEDERATED, ROLE, "made no federated user"),
        (FEDERATED, f"arn:aws:iam::{A}:user/", "made no federated user"),
        (FEDERATED, f"arn:aws:iam::{A}:user/*", "made no federated user"),
        (FEDERATED, f"arn:aws:iam:eu-west-1:{A}:user/u", "made no federated user"),
        (FEDERATED, ROOT.replace(A, B), "made no federated user"),
        (USER, CREATOR, "the caller is an IAM user"),
        (SESSION, ROOT, "the caller is a role session"),
        (Principal(), ROOT, "the caller is an anonymous caller"),
    ],
)
def test_only_a_user_or_the_root_of_its_account_can_have_made_a_federated_user(
    caller: Any, creator: str, message: str
) -> None:
    with pytest.raises(ScenarioError, match=message) as caught:
        ask(PolicySet(), principal=caller, federated_by=creator)
    assert caught.value.path == "request.federatedBy"


def test_a_session_whose_names_list_is_left_out_is_the_service_itself() -> None:
    absent = frozenset({"aws:PrincipalServiceNamesList"})
    assert named({"Service": "sns.amazonaws.com"}, SERVICE, absent=absent) == "allowed"
    assert named({"Service": REGIONAL}, SERVICE, absent=absent) == "implicitDeny"


def hit(listed: Any, caller: Principal | str, **more: Any) -> bool:
    """Whether NotPrincipal with Deny hits the caller."""
    given = policy(allow(principal="*"), deny(notPrincipal=listed))
    return ask(PolicySet(resource=given), principal=caller, **more).outcome == "explicitDeny"


BY_USER = {"federated_by": CREATOR}
BY_ROOT = {"federated_by": ROOT}


@pytest.mark.parametrize(
    ("listed", "caller", "more", "is_hit"),
    [
        ({"AWS": [USER, A]}, USER, {}, False),
        ({"AWS": USER}, USER, {}, True),
        ({"AWS": A}, USER, {}, True),
        ("*", USER, {}, False),
        ({"AWS": ["*", B]}, USER, {}, False),
        ({"AWS": A, "CanonicalUser": USER}, USER, {}, True),
        ({"AWS": "*"}, Principal(), {}, False),
        ({"AWS": A}, Principal(), {}, True),
        ({"AWS": [SESSION, ROLE, ROOT]}, SESSION, {}, False),
        ({"AWS": [SESSION, ROLE]}, SESSION, {}, True),
        ({"AWS": [SESSION, A]}, SESSION, {}, True),
        ({"AWS": [ROLE, A]}, SESSION, {}, True),
        ({"AWS": [ROLE, A]}, ROLE, {}, False),  # no session is named, so none is asked for
        ({"AWS": A}, ROLE, {}, True),
        ({"AWS": [FEDERATED, CREATOR, A]}, FEDERATED, BY_USER, False),
        ({"AWS": [FEDERATED, A]}, FEDERATED, BY_USER, True),
        ({"AWS": [CREATOR, A]}, FEDERATED, BY_USER, True),
        ({"AWS": [FEDERATED, CREATOR]}, FEDERATED, BY_USER, True),
        ({"AWS": [FEDERATED, A]}, FEDERATED, BY_ROOT, False),
        ({"AWS": FEDERATED}, FEDERATED, BY_ROOT, True),
        ({"AWS": A}, FEDERATED, BY_ROOT, True),
        ({"AWS": ROOT}, ROOT, {}, False),
        ({"AWS": USER}, ROOT, {}, True),
        ({"Service": "sns.amazonaws.com"}, SERVICE, {}, False),
        ({"Service": "sqs.amazonaws.com"}, SERVICE, {}, True),
        ({"AWS": A, "Service": "x.amazonaws.com"}, SERVICE, {}, True),
    ],
)
def test_not_principal_spares_a_caller_only_if_each_of_its_names_is_listed(
    listed: Any, caller: Any, more: dict[str, Any], is_hit: bool
) -> None:
    assert hit(listed, caller, **more) is is_hit


def test_a_grant_to_the_user_who_made_a_federated_session_counts_within_the_sessions_policy() -> None:
    def outcome(entry: str, creator: str, action: str = "s3:*") -> str:
        bucket = policy(allow(principal={"AWS": entry}))
        policies = PolicySet(session=(policy(allow(action)),), resource=bucket)
        return ask(policies, principal=FEDERATED, federated_by=creator).outcome

    assert outcome(CREATOR, CREATOR) == "allowed"
    assert outcome(CREATOR, CREATOR, "sqs:*") == "implicitDeny"
    assert outcome(USER, CREATOR) == "implicitDeny"
    assert outcome(CREATOR, "") == "implicitDeny"
    with pytest.raises(ScenarioError, match="can name no AWS principal"):
        outcome("", "")


def test_the_role_of_a_session_is_the_stated_one_if_that_is_a_role() -> None:
    for stated, role in ((PATH_ROLE, PATH_ROLE), (USER, ROLE), ("", ROLE), (f"{ROLE}2", ROLE)):
        assert role_arn(read_caller(Principal(arn=SESSION), "", stated)) == role
