"""From a call to its authorizations (evaluation.md sections 3 and 9.1, sagemaker.md sections 2 and 5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.evaluation.asking import NOON, USER, allow, ask, deny, identity, judge, policy
from workbench.engine import Engine
from workbench.errors import ScenarioError
from workbench.evaluation.calls import SESSION_TAGS_NOTE, SOURCE_IDENTITY_NOTE, STUDIO_NOTE, STUDIO_TAGS, UNTAGGED_NOTE
from workbench.evaluation.decision import Decision
from workbench.evaluation.request import PassedRole, PolicySet, Principal, Request, Scenario

A = "111111111111"


def arn(resource: str) -> str:
    return f"arn:aws:sagemaker:eu-west-1:{A}:{resource}"


def with_catalog(action: str, *resources: str, **more: Any) -> Decision:
    request = Request(Principal(arn=USER), action, resources or ("*",), **more)
    return Engine(now=lambda: NOON).simulate(Scenario(request, identity(allow())))


def pairs(decision: Decision) -> list[tuple[str, str]]:
    return [(a.action, a.resource) for a in decision.authorizations]


def test_tags_are_added_to_what_the_call_makes_whichever_resource_comes_first() -> None:
    config, endpoint = arn("endpoint-config/c"), arn("endpoint/e")
    decision = with_catalog("sagemaker:CreateEndpoint", config, endpoint, tags={"team": "a"})
    assert pairs(decision) == [
        ("sagemaker:CreateEndpoint", config),
        ("sagemaker:CreateEndpoint", endpoint),
        ("sagemaker:AddTags", endpoint),
    ]


def test_tags_are_added_to_the_first_resource_where_none_is_named_after_the_action() -> None:
    trial = arn("experiment-trial/t")
    decision = with_catalog("sagemaker:CreateTrial", trial, "*", tags={"team": "a"})
    assert pairs(decision)[-1] == ("sagemaker:AddTags", trial)


def test_tags_on_a_call_that_takes_none_are_noted() -> None:
    note = "The catalog does not list tags as something sagemaker:DescribeModel can carry."
    assert note in with_catalog("sagemaker:DescribeModel", arn("model/m"), tags={"team": "a"}).notes
    create = with_catalog("sagemaker:CreateModel", arn("model/m"), tags={"team": "a"})
    untag = with_catalog("sagemaker:AddTags", arn("model/m"), tags={"team": "a"})
    assert not any("can carry" in note for decision in (create, untag) for note in decision.notes)


def test_studio_tags_what_it_creates_and_nothing_else() -> None:
    job = arn("training-job/t")
    decision = with_catalog("sagemaker:CreateTrainingJob", job, studio=True)
    assert STUDIO_NOTE in decision.notes
    assert pairs(decision)[-1] == ("sagemaker:AddTags", job)
    describe = with_catalog("sagemaker:DescribeTrainingJob", job, studio=True)
    assert pairs(describe) == [("sagemaker:DescribeTrainingJob", job)]
    assert STUDIO_NOTE not in describe.notes


def test_studios_tags_have_values_also_where_no_resource_is_named_and_stated_ones_win() -> None:
    stated = identity(allow(condition={"StringEquals": {f"aws:RequestTag/{STUDIO_TAGS[0]}": "mine"}}))
    asked: dict[str, Any] = {"action": "sagemaker:CreateTrainingJob", "resource": "*", "studio": True}
    assert ask(stated, **asked, tags={STUDIO_TAGS[0]: "mine"}).outcome == "allowed"
    assert ask(stated, **asked).outcome == "implicitDeny"
    like = identity(
        allow(condition={"StringLike": {f"aws:RequestTag/{STUDIO_TAGS[0]}": "arn:aws:sagemaker:*:domain/*"}})
    )
    assert ask(like, **asked).outcome == "allowed"


@pytest.mark.parametrize("name", ["sagemaker:domain-arn", "sagemaker:user-profile-arn"])
def test_studio_tags_name_the_domain_and_the_user_profile(name: str) -> None:
    tagged = identity(allow(condition={"Null": {f"aws:RequestTag/{name}": "false"}}))
    for on, outcome in ((True, "allowed"), (False, "implicitDeny")):
        assert ask(tagged, "sagemaker:CreateModel", arn("model/m"), studio=on).outcome == outcome


def test_studio_tags_only_what_sagemaker_makes() -> None:
    untagged = identity(allow(condition={"Null": {"aws:TagKeys": "true"}}))
    assert ask(untagged, "ec2:CreateVolume", "arn:aws:ec2:::volume/v", studio=True).outcome == "allowed"
    assert ask(untagged, "sagemaker:CreateModel", arn("model/m"), studio=True).outcome == "implicitDeny"


def test_what_the_tags_are_of_is_said_where_several_resources_may_be_meant() -> None:
    first, second = arn("experiment-trial/t"), arn("experiment/e")
    words = f"The tags are taken to be those of {first}, the first resource named (inferred)."
    assert words in with_catalog("sagemaker:CreateTrial", first, second, tags={"team": "a"}).notes
    assert words not in with_catalog("sagemaker:CreateTrial", first, tags={"team": "a"}).notes


def test_tags_of_a_call_for_which_no_tagging_action_is_listed_are_noted() -> None:
    for name, named in (("RegisterDevices", "device-fleet/f/device/d"), ("UpdateProject", "project/p")):
        decision = with_catalog(f"sagemaker:{name}", arn(named), tags={"team": "a"})
        assert len(decision.authorizations) == 1
        assert UNTAGGED_NOTE.format(action=f"sagemaker:{name}") in decision.notes
    for name, named in (("ImportHubContent", "hub/h"), ("DeleteTags", "model/m")):
        decision = with_catalog(f"sagemaker:{name}", arn(named), tags={"team": "a"})
        assert UNTAGGED_NOTE.format(action=f"sagemaker:{name}") not in decision.notes


ONLY_AT_CREATION = (
    allow("sagemaker:CreateModel"),
    allow("sagemaker:AddTags", condition={"Null": {"sagemaker:TaggingAction": "false"}}),
)


def creating(*statements: Any, **more: Any) -> Decision:
    request = Request(Principal(arn=USER), "sagemaker:CreateModel", (arn("model/m"),), tags={"a": "b"}, **more)
    return Engine(now=lambda: NOON).simulate(Scenario(request, identity(*statements)))


def test_the_key_that_names_the_tagging_call_can_be_stated_or_left_out() -> None:
    assert creating(*ONLY_AT_CREATION).outcome == "allowed"
    assert creating(*ONLY_AT_CREATION, absent=frozenset({"Sagemaker:taggingaction"})).outcome == "implicitDeny"
    stated = {"sagemaker:taggingaction": "CreateOther"}
    other = allow("sagemaker:AddTags", condition={"StringEquals": {"sagemaker:TaggingAction": "CreateOther"}})
    assert creating(allow("sagemaker:CreateModel"), other, context=stated).outcome == "allowed"
    assert not any("several spellings" in note for note in creating(*ONLY_AT_CREATION, context=stated).notes)
    taken = "sagemaker:TaggingAction is taken to be the name of the create operation (spelling inferred)."
    assert taken in creating(*ONLY_AT_CREATION).notes
    assert taken not in creating(*ONLY_AT_CREATION, context=stated).notes


@pytest.mark.parametrize("service", ["sagemaker", "sagemaker.", "a b.c"])
def test_a_role_is_handed_to_a_service_principal(service: str) -> None:
    with pytest.raises(ScenarioError, match="is no service principal"):
        ask(identity(allow()), pass_role=PassedRole(f"arn:aws:iam::{A}:role/p/x", service))


def test_an_action_without_resources_is_judged_against_the_star() -> None:
    decision = with_catalog("sagemaker:ListModels", arn("model/m"))
    assert pairs(decision) == [("sagemaker:ListModels", "*")]
    assert any("is not authorized on single resources" in note for note in decision.notes)
    assert not any("single resources" in note for note in with_catalog("sagemaker:ListModels").notes)


@pytest.mark.parametrize(
    "role",
    [
        "exec",
        f"arn:aws:iam::{A}:user/u",
        f"arn:aws:iam::{A}:role/",
        f"arn:aws:iam::{A}:role/p/",
        f"arn:aws:iam::{A}:role/*",
        f"arn:aws:iam:eu-west-1:{A}:role/x",
        "arn:aws:iam::*:role/x",
        "arn:aws:s3:::role/x",
    ],
)
def test_what_is_handed_over_must_be_a_role(role: str) -> None:
    with pytest.raises(ScenarioError, match="is not the ARN of a role") as caught:
        ask(identity(allow()), pass_role=PassedRole(role))
    assert caught.value.path == "request.passRole"


def test_the_service_that_gets_the_role_is_that_of_the_call_unless_it_is_named() -> None:
    role = f"arn:aws:iam::{A}:role/x"
    taken = ask(identity(allow()), pass_role=PassedRole(role))
    assert any("taken to be s3.amazonaws.com" in note for note in taken.notes)
    assert taken.authorizations[-1].why == "the call hands the role to s3.amazonaws.com"
    named = ask(identity(allow()), pass_role=PassedRole(role, "ec2.amazonaws.com"))
    assert not any("taken to be" in note for note in named.notes)
    for stated in ("ec2.amazonaws.com", ["ec2.amazonaws.com"]):
        said = ask(identity(allow()), pass_role=PassedRole(role), context={"iam:PassedToService": stated})
        assert said.authorizations[-1].why == "the call hands the role to ec2.amazonaws.com"


def test_a_request_with_unknown_keys_cannot_be_prepared() -> None:
    request = Request(Principal(arn=USER), "s3:GetObject", unknown=frozenset({"aws:SourceVpc"}))
    with pytest.raises(ScenarioError, match="can only be decided"):
        judge().prepare(Scenario(request, identity(allow())))


ROLE = f"arn:aws:iam::{A}:role/r"


def assuming(trusted: Any, allowed: Any, **more: Any) -> Decision:
    trust = policy({"Effect": "Allow", "Principal": {"AWS": A}, "Action": trusted}, name="trust")
    return ask(PolicySet((policy(allow(allowed)),), resource=trust), "sts:AssumeRole", ROLE, **more)


def test_session_tags_need_to_be_allowed_by_the_trust_policy_and_by_the_caller() -> None:
    both, tags = ["sts:AssumeRole", "sts:TagSession"], {"team": "a"}
    assert assuming(both, both, tags=tags).outcome == "allowed"
    untrusted = assuming("sts:AssumeRole", both, tags=tags)
    assert (untrusted.outcome, untrusted.deciding.stage) == ("implicitDeny", "resource")
    assert untrusted.sentence == (
        "Denied: the role's trust policy does not allow sts:TagSession on role/r, which is needed because the call "
        "passes session tags."
    )
    assert assuming(both, "sts:AssumeRole", tags=tags).deciding.stage == "identity"
    assert SESSION_TAGS_NOTE in untrusted.notes


@pytest.mark.parametrize("stated", [{"aws:TagKeys": ("team",)}, {"aws:RequestTag/team": "a"}])
def test_session_tags_that_are_only_stated_in_the_context_are_asked_for_too(stated: dict[str, Any]) -> None:
    decision = assuming("sts:AssumeRole", "sts:AssumeRole", context=stated)
    assert (decision.outcome, decision.deciding.action) == ("implicitDeny", "sts:TagSession")
    both = ["sts:AssumeRole", "sts:TagSession"]
    assert assuming(both, both, context=stated).outcome == "allowed"


SESSION = f"arn:aws:sts::{A}:assumed-role/from/s"


@pytest.mark.parametrize(
    ("stated", "caller"),
    [
        ({"sts:SourceIdentity": "ann"}, USER),
        ({"STS:sourceidentity": "ann"}, USER),
        ({"aws:SourceIdentity": "ann"}, SESSION),  # it goes on from role to role
    ],
)
def test_a_source_identity_needs_to_be_allowed_by_the_trust_policy_and_by_the_caller(
    stated: dict[str, Any], caller: str
) -> None:
    both = ["sts:AssumeRole", "sts:SetSourceIdentity"]
    assert assuming(both, both, context=stated, principal=caller).outcome == "allowed"
    untrusted = assuming("sts:AssumeRole", both, context=stated, principal=caller)
    assert (untrusted.deciding.action, untrusted.deciding.stage) == ("sts:SetSourceIdentity", "resource")
    assert "does not allow sts:SetSourceIdentity on role/r, which is needed because the" in untrusted.sentence
    assert SOURCE_IDENTITY_NOTE in untrusted.notes
    assert assuming(both, "sts:AssumeRole", context=stated, principal=caller).deciding.stage == "identity"


@pytest.mark.parametrize("stated", [{"aws:SourceIdentity": "ann"}, {"sts:SourceIdentity": ()}])
def test_what_sets_no_source_identity_needs_none_allowed(stated: dict[str, Any]) -> None:
    assert assuming("sts:AssumeRole", "sts:AssumeRole", context=stated).outcome == "allowed"


def test_an_identity_provider_sets_a_source_identity_by_the_trust_policy_alone() -> None:
    provider = f"arn:aws:iam::{A}:saml-provider/P"
    for actions, outcome in (
        (["sts:AssumeRoleWithSAML"], "implicitDeny"),
        (["sts:AssumeRoleWithSAML", "sts:SetSourceIdentity"], "allowed"),
    ):
        trust = policy({"Effect": "Allow", "Principal": {"Federated": provider}, "Action": actions}, name="trust")
        decision = ask(
            PolicySet(resource=trust),
            "sts:AssumeRoleWithSAML",
            ROLE,
            principal=Principal(federated=provider),
            context={"sts:SourceIdentity": "ann"},
        )
        assert decision.outcome == outcome


def test_an_unknown_source_identity_is_denied_where_none_may_be_set() -> None:
    needed = {"StringLike": {"sts:SourceIdentity": "*"}}
    trust = policy({"Effect": "Allow", "Principal": {"AWS": A}, "Action": "sts:AssumeRole", "Condition": needed})
    request = Request(Principal(arn=USER), "sts:AssumeRole", (ROLE,), unknown=frozenset({"sts:SourceIdentity"}))
    decision = judge().decide(Scenario(request, PolicySet((policy(allow()),), resource=trust)))
    assert decision.outcome == "implicitDeny"


def test_without_session_tags_only_assuming_is_asked() -> None:
    assert pairs(assuming("sts:AssumeRole", "sts:AssumeRole")) == [("sts:AssumeRole", ROLE)]
    assert pairs(assuming("sts:*", "sts:*", tags={"a": "b"}, alone=True)) == [("sts:AssumeRole", ROLE)]


def derived(principal: str = USER, **context: Any) -> dict[str, str]:
    stated = {key.replace("_", ":"): value for key, value in context.items()}
    return dict(ask(identity(allow()), principal=principal, context=stated).derived)


def test_temporary_credentials_of_a_user_say_whether_it_used_mfa() -> None:
    assert "aws:MultiFactorAuthPresent" not in derived()
    assert derived(aws_TokenIssueTime="2026-01-01T00:00:00Z")["aws:MultiFactorAuthPresent"] == "false"
    aged = derived(aws_TokenIssueTime="2026-01-01T00:00:00Z", aws_MultiFactorAuthAge="60")
    assert aged["aws:MultiFactorAuthPresent"] == "true"


@pytest.mark.parametrize("principal", [USER, f"arn:aws:iam::{A}:root"])
def test_what_is_stated_of_mfa_says_that_the_credentials_are_temporary(principal: str) -> None:
    for stated in ({"aws_MultiFactorAuthPresent": "true"}, {"aws_MultiFactorAuthPresent": "false"}):
        assert derived(principal, **stated)["aws:TokenIssueTime"] == "2026-11-23T12:00:00Z"
    assert derived(principal, aws_MultiFactorAuthAge="60")["aws:TokenIssueTime"] == "2026-11-23T12:00:00Z"
    reused = derived(principal, aws_MultiFactorAuthPresent="false", aws_ViaAWSService="true")
    assert "aws:TokenIssueTime" not in reused  # a service that reuses a user's keys says so too (K03)
    issued = {"Null": {"aws:TokenIssueTime": "true"}}
    stated_mfa = {"aws:MultiFactorAuthPresent": "true"}
    assert ask(identity(allow(), deny(condition=issued)), context=stated_mfa, principal=USER).outcome == "allowed"


def test_every_sign_of_a_forwarding_service_says_that_one_forwards() -> None:
    assert derived()["aws:ViaAWSService"] == "false"
    for key in ("aws_CalledVia", "aws_CalledViaFirst", "aws_CalledViaLast"):
        found = derived(**{key: "athena.amazonaws.com"})
        assert (found["aws:ViaAWSService"], found["aws:MultiFactorAuthPresent"]) == ("true", "false")
    alone = derived(aws_CalledVia="athena.amazonaws.com")
    assert (alone["aws:CalledViaFirst"], alone["aws:CalledViaLast"]) == ("athena.amazonaws.com",) * 2
    assert derived(aws_ViaAWSService="true")["aws:MultiFactorAuthPresent"] == "false"
    assert "aws:MultiFactorAuthPresent" not in derived(aws_ViaAWSService="false")
    assert derived(aws_CalledVia=())["aws:ViaAWSService"] == "false"
    chain = derived(aws_CalledVia=("cloudformation.amazonaws.com", "dynamodb.amazonaws.com"))
    assert (chain["aws:CalledViaFirst"], chain["aws:CalledViaLast"]) == (
        "cloudformation.amazonaws.com",
        "dynamodb.amazonaws.com",
    )


def test_an_identity_of_a_provider_has_no_keys_of_a_session_yet() -> None:
    provider = Principal(federated=f"arn:aws:iam::{A}:saml-provider/p")
    found = dict(ask(identity(allow()), "sts:AssumeRoleWithSAML", ROLE, principal=provider).derived)
    assert not any(key.startswith(("aws:Principal", "aws:Federated", "aws:Token", "aws:user")) for key in found)
