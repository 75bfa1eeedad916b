"""From a call to its authorizations (evaluation.md sections 3 and 9.1, sagemaker.md sections 2 and 5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.evaluation.asking import NOON, USER, allow, ask, identity, judge, policy
from workbench.engine import Engine
from workbench.errors import ScenarioError
from workbench.evaluation.calls import ASKED_WITH_TAGS, SESSION_TAGS_NOTE, STUDIO_NOTE, STUDIO_TAGS
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


def test_an_action_without_resources_is_judged_against_the_star() -> None:
    decision = with_catalog("sagemaker:ListModels", arn("model/m"))
    assert pairs(decision) == [("sagemaker:ListModels", "*")]
    assert any("is not authorized on single resources" in note for note in decision.notes)
    assert not any("single resources" in note for note in with_catalog("sagemaker:ListModels").notes)


@pytest.mark.parametrize("role", ["exec", f"arn:aws:iam::{A}:user/u", "arn:aws:s3:::role/x"])
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


def test_session_tags_that_are_only_stated_in_the_context_are_noted() -> None:
    decision = assuming("sts:AssumeRole", "sts:AssumeRole", context={"aws:TagKeys": ("team",)})
    assert decision.outcome == "allowed"
    assert any(note.startswith(SESSION_TAGS_NOTE) and ASKED_WITH_TAGS in note for note in decision.notes)


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


def test_every_sign_of_a_forwarding_service_says_that_one_forwards() -> None:
    assert derived()["aws:ViaAWSService"] == "false"
    for key in ("aws_CalledVia", "aws_CalledViaFirst", "aws_CalledViaLast"):
        found = derived(**{key: "athena.amazonaws.com"})
        assert (found["aws:ViaAWSService"], found["aws:MultiFactorAuthPresent"]) == ("true", "false")
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
