"""Rules of single services, callers and kinds of policy (evaluation.md section 9, grammar.md, context-keys.md)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.evaluation.asking import NOON, allow, ask, deny, identity, judge, policy
from tests.evaluation.asking import USER as ANN
from workbench.engine import Engine
from workbench.errors import ScenarioError
from workbench.evaluation.decision import Decision
from workbench.evaluation.inferred_elements import FEDERATED_UNDER_BOUNDARY
from workbench.evaluation.judge import ALIAS_NOTE, traces
from workbench.evaluation.request import Level, PassedRole, PolicySet, Principal, Request, Scenario

A, B = "111111111111", "222222222222"
ROLE = f"arn:aws:iam::{A}:role/x"
EXEC = f"arn:aws:iam::{A}:role/exec"
SAML = Principal(federated=f"arn:aws:iam::{A}:saml-provider/p")
OIDC = Principal(federated=f"arn:aws:iam::{A}:oidc-provider/token.example.com")
KEY, ALIAS = f"arn:aws:kms:eu-west-1:{A}:key/1", f"arn:aws:kms:eu-west-1:{A}:alias/mine"
JOB = f"arn:aws:sagemaker:eu-west-1:{A}:training-job/t"
FEDERATED = f"arn:aws:sts::{A}:federated-user/f"
EVERYTHING = policy(allow(), name="everything")


def with_catalog(policies: PolicySet, action: str, resource: str, context: dict[str, Any], **more: Any) -> Decision:
    request = Request(Principal(arn=ANN), action, (resource,), context=context, **more)
    return Engine(now=lambda: NOON).simulate(Scenario(request, policies))


def trust(principal: Any, action: Any) -> PolicySet:
    return PolicySet(resource=policy({"Effect": "Allow", "Principal": principal, "Action": action}, name="trust"))


# -- organization policies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [None, "2008-10-17"])
@pytest.mark.parametrize("layer", ["service_control", "resource_control"])
def test_an_organization_policy_of_another_version_is_refused(layer: str, version: str | None) -> None:
    given = policy(deny("s3:*", **({"principal": "*"} if layer == "resource_control" else {})), version=version)
    policies = replace(identity(allow()), **{layer: (Level("r-root", (given,)),)})
    with pytest.raises(ScenarioError, match="must have Version 2012-10-17") as caught:
        ask(policies)
    name = "serviceControl" if layer == "service_control" else "resourceControl"
    assert caught.value.path.startswith(f"policies.{name}[0].policies[0].document")


def test_other_policies_may_leave_the_version_out() -> None:
    assert ask(identity(allow(), version=None)).outcome == "allowed"


def test_rcps_do_not_act_on_aws_managed_keys() -> None:
    level = Level("r-root", (policy(deny("kms:*", principal="*")),))
    key_policy = policy(allow("kms:*", principal={"AWS": ANN}))
    policies = PolicySet(resource=key_policy, resource_control=(level,))
    managed = ask(policies, "kms:Decrypt", f"arn:aws:kms:eu-west-1:{A}:alias/aws/s3")
    assert managed.outcome == "allowed"
    assert any("AWS managed KMS keys" in note for note in managed.notes)
    assert ask(policies, "kms:Decrypt", ALIAS).outcome == "explicitDeny"


# -- who may assume a role by a provider -------------------------------------------------------------------------

EITHER = ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"]


@pytest.mark.parametrize(
    ("who", "action", "outcome"),
    [
        (SAML, "sts:AssumeRoleWithSAML", "allowed"),
        (SAML, "sts:AssumeRoleWithWebIdentity", "implicitDeny"),
        (OIDC, "sts:AssumeRoleWithWebIdentity", "allowed"),
        (OIDC, "sts:AssumeRoleWithSAML", "implicitDeny"),
        (Principal(federated="accounts.google.com"), "sts:AssumeRoleWithWebIdentity", "allowed"),
        (SAML, "sts:AssumeRole", "implicitDeny"),
        (OIDC, "sts:TagSession", "allowed"),
        (SAML, "sts:SetSourceIdentity", "allowed"),
    ],
)
def test_an_identity_of_a_provider_assumes_roles_only_in_its_providers_way(
    who: Principal, action: str, outcome: str
) -> None:
    policies = trust(
        {"Federated": who.federated}, [*EITHER, "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    )
    decision = ask(policies, action, ROLE, principal=who)
    assert decision.outcome == outcome
    if outcome != "allowed":
        assert decision.deciding.stage == "account"
        assert f"an identity of {who.federated} cannot call it" in decision.sentence


def test_an_identity_of_a_provider_can_do_nothing_else() -> None:
    decision = ask(PolicySet(resource=policy(allow(principal="*"))), principal=SAML)
    assert (decision.outcome, decision.deciding.stage) == ("implicitDeny", "account")


@pytest.mark.parametrize("action", EITHER)
@pytest.mark.parametrize("who", [Principal(arn=ANN), Principal(service="sns.amazonaws.com"), Principal()])
def test_nobody_else_assumes_a_role_by_a_provider(who: Principal, action: str) -> None:
    policies = replace(trust("*", action), identity=(EVERYTHING,))
    decision = ask(policies, action, ROLE, principal=who)
    assert decision.outcome == "implicitDeny"
    assert "only an identity of a SAML or OIDC provider can call it" in decision.sentence


@pytest.mark.parametrize("action", ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"])
def test_nobody_assumes_a_role_without_credentials(action: str) -> None:
    decision = ask(trust("*", action), action, ROLE, principal=Principal())
    assert (decision.outcome, decision.deciding.stage) == ("implicitDeny", "account")
    assert "cannot be called without credentials" in decision.sentence
    assert ask(trust("*", "sts:*"), action, ROLE, principal=Principal(service="sns.amazonaws.com")).outcome == "allowed"


def test_every_signed_caller_may_ask_who_it_is() -> None:
    for who in (ANN, Principal(service="sns.amazonaws.com"), f"arn:aws:iam::{A}:root"):
        assert ask(identity(deny()), "sts:GetCallerIdentity", "*", principal=who).outcome == "allowed"
    for who in (Principal(), SAML):
        assert ask(identity(allow()), "sts:GetCallerIdentity", "*", principal=who).outcome == "implicitDeny"


def test_a_canonical_user_names_nobody_and_that_is_said() -> None:
    somebody = policy(allow(principal={"CanonicalUser": "a" * 64}), name="bucket")
    decision = ask(PolicySet(resource=somebody))
    assert decision.outcome == "implicitDeny"
    assert any(note.startswith("CanonicalUser principals are not modelled: bucket") for note in decision.notes)
    assert not any("Canonical" in note for note in ask(PolicySet(resource=policy(allow(principal="*")))).notes)


# -- KMS ---------------------------------------------------------------------------------------------------------


def test_the_key_policy_must_allow_also_where_the_key_is_named_by_its_alias() -> None:
    alone = ask(identity(allow("kms:*")), "kms:Decrypt", ALIAS)
    assert (alone.outcome, alone.deciding.stage) == ("implicitDeny", "resource")
    assert "no key policy is given" in alone.sentence
    assert ALIAS_NOTE in alone.notes
    delegating = policy(allow("kms:*", principal={"AWS": A}), name="key")
    both = replace(identity(allow("kms:*")), resource=delegating)
    assert ask(both, "kms:Decrypt", ALIAS).outcome == "allowed"
    assert ALIAS_NOTE not in ask(both, "kms:Decrypt", KEY).notes


@pytest.mark.parametrize("action", ["kms:CreateAlias", "kms:UpdateAlias", "kms:DeleteAlias"])
def test_an_alias_itself_needs_no_key_policy(action: str) -> None:
    decision = ask(identity(allow("kms:*")), action, ALIAS)
    assert decision.outcome == "allowed"
    assert ALIAS_NOTE not in decision.notes  # it is authorized on the alias, and on the key besides
    assert ask(identity(allow("kms:*")), action, KEY).outcome == "implicitDeny"


def test_an_alias_of_another_service_is_no_key() -> None:
    alias = f"arn:aws:lambda:eu-west-1:{A}:function:f:alias/x"
    assert ask(identity(allow()), "lambda:InvokeFunction", alias).outcome == "allowed"


# -- calls that need more than one authorization -----------------------------------------------------------------


@pytest.mark.parametrize("context", [{"aws:TagKeys": ("team",)}, {"aws:tagkeys": "team"}, {"aws:RequestTag/team": "a"}])
def test_a_create_call_that_states_only_tag_keys_needs_add_tags_too(context: dict[str, Any]) -> None:
    create = identity(allow("sagemaker:CreateTrainingJob"))
    decision = with_catalog(create, "sagemaker:CreateTrainingJob", JOB, context)
    assert (decision.outcome, decision.deciding.action) == ("implicitDeny", "sagemaker:AddTags")
    both = identity(allow(["sagemaker:CreateTrainingJob", "sagemaker:AddTags"]))
    assert with_catalog(both, "sagemaker:CreateTrainingJob", JOB, context).outcome == "allowed"


@pytest.mark.parametrize("keys", [(), ("",)])
def test_a_create_call_that_says_that_it_sends_no_tags_needs_no_add_tags(keys: tuple[str, ...]) -> None:
    create = identity(allow("sagemaker:CreateTrainingJob"))
    decision = with_catalog(create, "sagemaker:CreateTrainingJob", JOB, {"aws:TagKeys": keys})
    assert [a.action for a in decision.authorizations] == ["sagemaker:CreateTrainingJob"]


def test_whether_add_tags_is_needed_depends_on_unknown_tag_keys() -> None:
    create = identity(allow("sagemaker:CreateTrainingJob"))
    decision = with_catalog(create, "sagemaker:CreateTrainingJob", JOB, {}, unknown=frozenset({"aws:TagKeys"}))
    assert decision.outcome == "depends"
    assert [d.key for d in decision.depends_on] == ["aws:TagKeys"]


def passing(condition: dict[str, Any], context: dict[str, Any], service: str = "") -> Decision:
    """CreateTrainingJob with a role; the condition stands on iam:PassRole."""
    statements = (allow("sagemaker:CreateTrainingJob"), allow("iam:PassRole", EXEC, condition=condition))
    role = PassedRole(EXEC, service)
    return ask(identity(*statements), "sagemaker:CreateTrainingJob", JOB, context=context, pass_role=role)


@pytest.mark.parametrize(
    ("key", "kept"),
    [
        ("aws:PrincipalTag/team", True),
        ("aws:SourceIp", True),
        ("ec2:SourceInstanceArn", True),
        ("ec2:RoleDelivery", True),
        ("identitystore:IdentityStoreArn", True),
        ("identitystore:UserId", True),
        ("lambda:SourceFunctionArn", True),
        ("ssm:SourceInstanceArn", True),
        ("saml:sub", True),
        ("accounts.google.com:sub", True),
        ("iam:AssociatedResourceArn", True),
        ("sagemaker:InstanceTypes", False),
        ("aws:RequestTag/team", False),
        ("aws:TagKeys", False),
        ("aws:ResourceTag/team", False),
    ],
)
def test_passing_a_role_sees_the_callers_keys_and_not_those_of_the_call(key: str, kept: bool) -> None:
    decision = passing({"Null": {key: "false"}}, {key: "203.0.113.7"})
    assert decision.outcome == ("allowed" if kept else "implicitDeny")


def test_the_region_of_the_call_is_not_the_region_of_passing_a_role() -> None:
    home = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
    assert passing(home, {"aws:RequestedRegion": "eu-west-1"}).outcome == "allowed"


def test_a_stated_passed_to_service_wins_over_the_derived_one_and_an_explicit_one_over_both() -> None:
    to_ec2 = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    assert passing(to_ec2, {}).outcome == "implicitDeny"
    for stated in ("ec2.amazonaws.com", ("ec2.amazonaws.com",)):
        assert passing(to_ec2, {"IAM:passedtoservice": stated}).outcome == "allowed"
    assert passing(to_ec2, {"iam:PassedToService": "ec2.amazonaws.com"}, "glue.amazonaws.com").outcome == "implicitDeny"


def test_the_call_itself_does_not_carry_the_keys_of_passing_a_role() -> None:
    condition = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
    one_for_both = identity(allow(["sagemaker:*", "iam:PassRole"], condition=condition))
    decision = ask(
        one_for_both,
        "sagemaker:CreateTrainingJob",
        JOB,
        context={"iam:PassedToService": "sagemaker.amazonaws.com"},
        pass_role=PassedRole(EXEC),
    )
    assert [a.outcome for a in decision.authorizations] == ["implicitDeny", "allowed"]


@pytest.mark.parametrize("key", ["aws:ResourceTag/team", "iam:ResourceTag/team"])
def test_the_tags_of_a_role_cannot_limit_passing_it(key: str) -> None:
    tagged = identity(allow("iam:PassRole", condition={"StringEquals": {key: "a"}}))
    decision = ask(tagged, "iam:PassRole", EXEC, context={key: "a"})
    assert decision.outcome == "implicitDeny"
    assert any("cannot limit iam:PassRole" in note for note in decision.notes)
    assert ask(tagged, "iam:GetRole", EXEC, context={key: "a"}).outcome == "implicitDeny"
    anything = identity(allow(condition={"StringEquals": {key: "a"}}))
    assert ask(anything, "iam:GetRole", EXEC, context={key: "a"}).outcome == "allowed"


@pytest.mark.parametrize(
    "action", ["GetObject", "s3:", ":GetObject", "s3:Get*", "s3:Get Object", "s3:Get:Object", "", "s3:GetObject,s3:Put"]
)
def test_a_malformed_action_is_an_error_at_its_place(action: str) -> None:
    with pytest.raises(ScenarioError, match="is not one action") as caught:
        ask(identity(allow()), action)
    assert caught.value.path == "request.action"


# -- derived keys ------------------------------------------------------------------------------------------------


def derived(action: str, resource: str, **more: Any) -> dict[str, str]:
    return dict(ask(identity(allow()), action, resource, **more).derived)


@pytest.mark.parametrize(
    "action",
    [
        "EC2:acceptvpcpeeringconnection",
        "ec2:AcceptTransitGatewayPeeringAttachment",
        "ec2:AcceptVpcEndpointConnections",
        "ec2:AcceptVpcPeeringConnection",
        "ec2:CopyFpgaImage",
        "ec2:CopyImage",
        "ec2:CopySnapshot",
        "ec2:CreateTransitGatewayPeeringAttachment",
        "ec2:CreateVolume",
        "ec2:CreateVpcEndpoint",
        "ec2:CreateVpcPeeringConnection",
        "ec2:DeleteTransitGatewayPeeringAttachment",
        "ec2:DeleteVpcPeeringConnection",
        "ec2:RejectTransitGatewayPeeringAttachment",
        "ec2:RejectVpcEndpointConnections",
        "ec2:RejectVpcPeeringConnection",
        "ebs:GetSnapshotBlock",
        "events:PutEvents",
        "route53:AssociateVPCWithHostedZone",
        "route53:CreateVPCAssociationAuthorization",
        "route53:DeleteVPCAssociationAuthorization",
        "route53:DisassociateVPCFromHostedZone",
        "route53:ListHostedZonesByVPC",
        "workspaces:DescribeWorkspaceImages",
    ],
)
def test_some_actions_do_not_carry_the_account_of_the_resource(action: str) -> None:
    assert "aws:ResourceAccount" not in derived(action, "*")


def test_other_actions_carry_the_account_of_the_resource() -> None:
    assert derived("ec2:StartInstances", f"arn:aws:ec2:eu-west-1:{B}:instance/i")["aws:ResourceAccount"] == B
    assert derived("route53:GetHostedZone", "*")["aws:ResourceAccount"] == A
    assert derived("s3:GetObject", "arn:aws:s3:::b/k", resource_account=B)["aws:ResourceAccount"] == B


@pytest.mark.parametrize(
    ("action", "resource", "region"),
    [
        ("s3:GetObject", "arn:aws:s3:::b/k", None),
        ("sts:AssumeRole", ROLE, None),
        ("ec2:DescribeInstances", "*", None),
        ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{A}:q", "eu-west-1"),
        ("sqs:SendMessage", f"arn:aws:sqs:eu-*:{A}:q", None),
        ("sqs:SendMessage", f"arn:aws:sqs:eu-west-?:{A}:q", None),
        ("iam:ListUsers", "*", "us-east-1"),
        ("route53:GetHostedZone", "arn:aws:route53:::hostedzone/Z", "us-east-1"),
        ("route53domains:ListDomains", "*", "us-east-1"),
        ("cloudfront:ListDistributions", "*", "us-east-1"),
        ("organizations:ListAccounts", "*", "us-east-1"),
        ("account:GetContactInformation", "*", "us-east-1"),
        ("iam:GetUser", f"arn:aws-cn:iam::{A}:user/u", "cn-north-1"),
        ("iam:GetUser", f"arn:aws-us-gov:iam::{A}:user/u", "us-gov-west-1"),
        ("iam:GetUser", f"arn:aws-iso:iam::{A}:user/u", None),
    ],
)
def test_the_region_is_derived_only_where_it_is_known(action: str, resource: str, region: str | None) -> None:
    assert derived(action, resource).get("aws:RequestedRegion") == region


def test_a_service_that_calls_a_global_service_calls_it_at_its_home() -> None:
    assert derived("iam:ListUsers", "*", principal=Principal(service="x.amazonaws.com"))["aws:RequestedRegion"] == (
        "us-east-1"
    )


# -- keys with one value and keys with several -------------------------------------------------------------------


def in_variable(key: str, value: Any) -> str:
    """The outcome where the key is used as a policy variable."""
    policies = identity(allow("*", f"arn:aws:sagemaker:*:*:app/${{{key}}}/*"))
    resource = f"arn:aws:sagemaker:eu-west-1:{A}:app/d-1/x"
    return with_catalog(policies, "sagemaker:DescribeApp", resource, {key: value}).outcome


@pytest.mark.parametrize("key", ["sagemaker:DomainId", "aws:PrincipalTag/domain"])
def test_a_list_of_one_is_the_value_of_a_single_valued_key(key: str) -> None:
    assert in_variable(key, "d-1") == "allowed"
    assert in_variable(key, ("d-1",)) == "allowed"
    assert in_variable(key, ("d-1", "d-2")) == "implicitDeny"


@pytest.mark.parametrize("key", ["sagemaker:VpcSubnets", "aws:TagKeys"])
def test_a_multivalued_key_is_no_variable_however_it_is_written(key: str) -> None:
    assert in_variable(key, "d-1") == "implicitDeny"
    assert in_variable(key, ("d-1",)) == "implicitDeny"


def test_a_key_that_no_catalog_knows_is_what_it_is_written_as() -> None:
    assert in_variable("x:custom", "d-1") == "allowed"
    assert in_variable("x:custom", ("d-1",)) == "implicitDeny"


def test_one_empty_text_for_a_multivalued_key_counts_as_absent() -> None:
    sent = identity(allow(condition={"Null": {"sagemaker:VpcSubnets": "false"}}))
    decision = with_catalog(sent, "sagemaker:CreateTrainingJob", JOB, {"sagemaker:VpcSubnets": ""})
    assert decision.outcome == "implicitDeny"


# -- what is said ------------------------------------------------------------------------------------------------


def missing(*statements: dict[str, Any], context: dict[str, Any] | None = None) -> tuple[str, ...]:
    return ask(identity(*statements), context=context).deciding.missing_keys


def test_variables_of_resource_entries_are_missing_keys_too() -> None:
    path = "arn:aws:s3:::b/${aws:PrincipalTag/team}*"
    assert missing(allow("*", path)) == ("aws:PrincipalTag/team",)
    assert missing(allow("*", path), context={"aws:PrincipalTag/team": "k"}) == ()
    assert missing(allow("*", path), context={"aws:PrincipalTag/team": "z"}) == ()
    assert missing(allow("*", "arn:aws:s3:::b/${x:a, 'k'}")) == ("x:a",)
    assert missing(allow("*", "arn:aws:s3:::b/${x:a}/${x:b}")) == ()
    assert missing(allow("*", "arn:aws:s3:::other/${x:a}")) == ()
    assert missing(allow("s3:Put*", path)) == ()
    assert missing(allow("*", "arn:aws:s3:::b/${x:a}${x:b}"), context={"x:a": "z"}) == ()
    assert missing(allow("*", "arn:aws:s3:::b/${x:a}${x:b}"), context={"x:a": "k"}) == ("x:b",)


def test_variables_of_an_entry_are_missing_keys_even_if_another_one_matches() -> None:
    either = ["arn:aws:s3:::b/*", "arn:aws:s3:::b/${x:a}"]
    condition = {"StringEquals": {"x:b": "${x:c}"}}
    assert missing(allow("*", either, condition=condition)) == ("x:a", "x:b", "x:c")


def test_keys_of_statements_about_other_callers_are_not_missing() -> None:
    condition = {"StringEquals": {"x:a": "1"}}
    other = policy(allow(principal={"AWS": f"arn:aws:iam::{A}:user/other"}, condition=condition))
    mine = policy(allow(principal={"AWS": ANN}, condition=condition))
    assert ask(PolicySet(resource=other)).deciding.missing_keys == ()
    assert ask(PolicySet(resource=mine)).deciding.missing_keys == ("x:a",)


def test_the_boundary_trap_of_not_principal_is_inferred_for_federated_users_and_only_for_them() -> None:
    hits = policy(deny("s3:*", notPrincipal={"AWS": [FEDERATED, ANN, A]}), name="bucket")
    policies = PolicySet((EVERYTHING,), EVERYTHING, session=(EVERYTHING,), resource=hits)
    request = Request(Principal(arn=FEDERATED), "s3:GetObject", ("arn:aws:s3:::b/k",), federated_by=ANN)
    scenario = Scenario(request, policies)
    decision = judge().decide(scenario)
    assert decision.outcome == "explicitDeny"
    assert FEDERATED_UNDER_BOUNDARY in decision.notes
    [layers] = traces(judge().prepare(scenario))
    [found] = [s for layer in layers for s in layer.statements if s.ref.policy == "bucket"]
    assert found.elements[-1].sentence.endswith("whose creator has a permissions boundary (inferred).")

    as_user = judge().decide(replace(scenario, request=replace(request, principal=Principal(arn=ANN), federated_by="")))
    assert as_user.outcome == "explicitDeny"
    assert FEDERATED_UNDER_BOUNDARY not in as_user.notes
    unlisted = policy(deny("s3:*", notPrincipal={"AWS": [ANN]}), name="bucket")
    hit_anyway = judge().decide(replace(scenario, policies=replace(policies, resource=unlisted)))
    assert hit_anyway.outcome == "explicitDeny"
    assert FEDERATED_UNDER_BOUNDARY not in hit_anyway.notes
