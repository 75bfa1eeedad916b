"""What a call needs besides its own action, as the catalog and SageMaker's pages list it (sagemaker.md section 5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.evaluation.asking import NOON, USER, allow, identity, policy
from workbench.engine import Engine
from workbench.evaluation.calls import LINKED_ROLE_NOTE
from workbench.evaluation.decision import Decision
from workbench.evaluation.request import PassedRole, PolicySet, Principal, Request, Scenario

A = "111111111111"
EXEC = PassedRole(f"arn:aws:iam::{A}:role/exec")
LINKED = f"arn:aws:iam::{A}:role/aws-service-role/sagemaker.amazonaws.com/AWSServiceRoleForAmazonSageMakerNotebooks"


def arn(resource: str) -> str:
    return f"arn:aws:sagemaker:eu-west-1:{A}:{resource}"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(now=lambda: NOON)


def call(engine: Engine, name: str, named: str = "*", policies: PolicySet | None = None, **more: Any) -> Decision:
    context = {k: tuple(v) if isinstance(v, list) else v for k, v in more.pop("context", {}).items()}
    action = name if ":" in name else f"sagemaker:{name}"
    request = Request(Principal(arn=USER), action, (named,), context=context, **more)
    return engine.simulate(Scenario(request, policies or identity(allow())))


def pairs(decision: Decision) -> list[tuple[str, str]]:
    return [(a.action, a.resource) for a in decision.authorizations]


def noted(decision: Decision, words: str) -> bool:
    return any(words in note for note in decision.notes)


def test_a_domain_needs_its_service_linked_role_to_be_made(engine: Engine) -> None:
    domain = arn("domain/d-1")
    granted = identity(allow(["sagemaker:CreateDomain", "iam:PassRole"]))
    decision = call(engine, "CreateDomain", domain, granted, pass_role=EXEC)
    assert decision.outcome == "implicitDeny"
    assert pairs(decision) == [
        ("sagemaker:CreateDomain", domain),
        ("iam:PassRole", EXEC.arn),
        ("iam:CreateServiceLinkedRole", LINKED),
    ]
    assert decision.sentence.endswith("which is needed because sagemaker:CreateDomain depends on it.")
    assert LINKED_ROLE_NOTE in decision.notes


def test_the_service_of_a_service_linked_role_is_a_condition_key(engine: Engine) -> None:
    def outcome(service: str) -> str:
        condition = {"StringEquals": {"iam:AWSServiceName": service}}
        making = allow("iam:CreateServiceLinkedRole", LINKED, condition=condition)
        return call(engine, "CreateDomain", arn("domain/d"), identity(allow("sagemaker:*"), making)).outcome

    assert (outcome("sagemaker.amazonaws.com"), outcome("ec2.amazonaws.com")) == ("allowed", "implicitDeny")


def test_a_service_linked_role_is_asked_of_the_callers_account_or_of_no_resource(engine: Engine) -> None:
    service = Principal(service="cloudformation.amazonaws.com")
    request = Request(service, "sagemaker:CreateDomain", (arn("domain/d"),))
    decision = engine.simulate(Scenario(request, PolicySet()))
    assert pairs(decision)[-1] == ("iam:CreateServiceLinkedRole", LINKED)
    nowhere = engine.simulate(Scenario(Request(service, "sagemaker:CreateDomain"), PolicySet()))
    assert pairs(nowhere)[-1] == ("iam:CreateServiceLinkedRole", "*")


def test_what_a_call_always_needs_of_other_services_is_asked(engine: Engine) -> None:
    pool = [f"cognito-idp:{n}UserPool{c}" for n in ("Describe", "Update") for c in ("", "Client")]
    team = call(engine, "CreateWorkteam", arn("workteam/t"), identity(allow("sagemaker:*")))
    assert team.outcome == "implicitDeny"
    assert sorted(a.action for a in team.authorizations[1:]) == sorted(pool)
    assert {a.resource for a in team.authorizations[1:]} == {"*"}
    assert noted(team, "cognito-idp:UpdateUserPool is asked of the resource *, as the call does not say of which one")
    assert (
        call(engine, "CreateWorkteam", arn("workteam/t"), identity(allow(["sagemaker:*", *pool]))).outcome == "allowed"
    )
    listing = call(engine, "ListSubscribedWorkteams", policies=identity(allow("sagemaker:*")))
    assert (listing.outcome, listing.deciding.action) == ("implicitDeny", "aws-marketplace:ViewSubscriptions")
    assert not noted(listing, "is asked of the resource *")


def test_a_call_asked_alone_needs_nothing_else(engine: Engine) -> None:
    decision = call(engine, "ListSubscribedWorkteams", policies=identity(allow("sagemaker:*")), alone=True)
    assert (decision.outcome, len(decision.authorizations)) == ("allowed", 1)
    assert not noted(call(engine, "CreateModel", arn("model/m"), alone=True), "iam:PassRole")


def test_a_role_that_is_handed_over_and_not_stated_is_asked_for_in_a_note(engine: Engine) -> None:
    words = "needs iam:PassRole for the role that it hands over as well: state the role to have it checked"
    for name, named in (("CreateModel", "model/m"), ("CreateTrainingJob", "training-job/t")):
        decision = call(engine, name, arn(named))
        assert (decision.outcome, noted(decision, f"sagemaker:{name} {words}.")) == ("allowed", True)
        assert not noted(call(engine, name, arn(named), pass_role=EXEC), words)
    assert noted(call(engine, "CreatePartnerApp", arn("partner-app/p")), f"{words} (inferred).")
    assert not noted(call(engine, "DescribeModel", arn("model/m")), "iam:PassRole")


def test_what_a_key_or_a_network_makes_needed_is_said_where_the_request_states_one(engine: Engine) -> None:
    job, book = arn("transform-job/t"), arn("notebook-instance/n")
    keyed = call(engine, "CreateTransformJob", job, context={"sagemaker:VolumeKmsKeyArn": "arn:aws:kms:::key/k"})
    words = "CreateTransformJob with a KMS key needs kms:CreateGrant (volume key, and the role lacks it) as well"
    assert noted(keyed, words)
    assert not noted(call(engine, "CreateTransformJob", job), words)
    words = "CreateNotebookInstance in a VPC needs ec2:CreateNetworkInterface, ec2:Describe"
    assert noted(call(engine, "CreateNotebookInstance", book, context={"sagemaker:VpcSubnets": ["subnet-a"]}), words)
    assert not noted(call(engine, "CreateNotebookInstance", book, context={"sagemaker:VpcSubnets": []}), words)


def test_a_key_that_no_request_states_is_always_spoken_of(engine: Engine) -> None:
    decision = call(engine, "CreateEndpoint", arn("endpoint/e"))
    assert noted(decision, "needs kms:CreateGrant (the endpoint configuration has a key) as well")


def test_what_may_be_needed_is_named_and_not_asked(engine: Engine) -> None:
    decision = call(engine, "lambda:CreateFunction", f"arn:aws:lambda:eu-west-1:{A}:function:f")
    assert noted(decision, "lambda:CreateFunction needs iam:PassRole for the role that it hands over as well")
    assert noted(decision, "lambda:CreateFunction may need lambda:PassCapacityProvider as well")
    assert len(decision.authorizations) == 1
    handed = call(engine, "lambda:CreateFunction", f"arn:aws:lambda:eu-west-1:{A}:function:f", pass_role=EXEC)
    assert not noted(handed, "needs iam:PassRole")
    assert noted(call(engine, "CreateFeatureGroup", arn("feature-group/f")), "iam:PassRole (offline store) as well")
    assert noted(call(engine, "CreateNotebookInstance", arn("notebook-instance/n")), "GetSecretValue (private Git rep")


def test_a_long_list_of_what_may_be_needed_is_cut(engine: Engine) -> None:
    actions = [a for a in engine.catalog.actions_of("drs") if len(a.dependents) > 8]
    [note] = [n for n in call(engine, actions[0].full_name).notes if "may need" in n]
    named, _, rest = note.partition(" and ")
    assert named.count(",") == 5
    assert rest.startswith(f"{len(actions[0].dependents) - 6} more as well: ")


def test_what_a_service_asks_for_itself_does_not_come_through_the_callers_endpoint(engine: Engine) -> None:
    policies = PolicySet(
        identity=(policy(allow()),), vpc_endpoint=policy(allow("sagemaker:*", principal="*"), name="endpoint")
    )
    decision = call(engine, "CreateDomain", arn("domain/d"), policies, context={"aws:SourceVpce": "vpce-1"})
    assert decision.outcome == "allowed"
    assert "vpcEndpoint" not in {layer.layer for layer in decision.authorizations[-1].layers}
    assert "vpcEndpoint" in {layer.layer for layer in decision.authorizations[0].layers}
