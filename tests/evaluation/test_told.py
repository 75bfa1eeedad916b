"""What an answer tells besides its outcome: nothing of what it does not rest on, and nothing twice."""

from __future__ import annotations

import pytest

from tests.evaluation.asking import NOON, USER, allow, ask, deny, identity, policy
from workbench.engine import Engine
from workbench.evaluation import inferred_conditions as of_tests
from workbench.evaluation.compiled import covers_action
from workbench.evaluation.judge import compile_policy
from workbench.evaluation.request import Level, PolicySet, Principal, Request, Scenario
from workbench.policy.kinds import PolicyKind

A = "111111111111"
SESSION = f"arn:aws:sts::{A}:assumed-role/r/s"
ROLE, PATH_ROLE = f"arn:aws:iam::{A}:role/r", f"arn:aws:iam::{A}:role/team/r"
RED = {"StringEquals": {"x:team": "red"}}


def test_a_role_stated_as_a_list_of_one_is_the_role() -> None:
    for stated, outcome in (([PATH_ROLE], "allowed"), ([ROLE], "implicitDeny")):
        bucket = PolicySet(resource=policy(allow(principal={"AWS": PATH_ROLE})))
        assert ask(bucket, principal=SESSION, context={"aws:PrincipalArn": stated}).outcome == outcome


def test_a_trust_policy_is_read_as_one_whatever_is_asked_of_the_role() -> None:
    trusting = {"Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:*"}
    policies = PolicySet((policy(allow()),), resource=policy(trusting, name="trust"))
    decision = ask(policies)
    assert decision.outcome == "allowed"
    assert not any("names no Resource" in note for note in decision.notes)


def test_a_denied_call_does_not_tell_what_its_allowed_authorizations_rest_on() -> None:
    several = {"Bool": {"x:b": ["true", "false"]}}
    policies = identity(allow("*", "arn:aws:s3:::b/*", condition=several))
    mine, other = "arn:aws:s3:::b/k", "arn:aws:s3:::other/k"
    assert of_tests.BOOL_SEVERAL in ask(policies, resource=mine, context={"x:b": "true"}).notes
    both = ask(policies, resource=(mine, other), context={"x:b": "true"})
    assert [a.outcome for a in both.authorizations] == ["allowed", "implicitDeny"]
    assert of_tests.BOOL_SEVERAL not in both.notes


def test_keys_of_statements_about_other_resources_are_not_missing() -> None:
    elsewhere = identity(allow("*", "arn:aws:s3:::other/*", condition=RED))
    assert ask(elsewhere).deciding.missing_keys == ()
    assert ask(elsewhere, resource="arn:aws:s3:::other/k").deciding.missing_keys == ("x:team",)


def test_a_key_that_is_said_to_be_unknown_is_not_missing_too_however_it_is_written() -> None:
    two = identity(allow(condition={"StringEquals": {"x:team": "red", "x:b": "1"}}))
    assert ask(two).deciding.missing_keys == ("x:b", "x:team")
    assert ask(two, unknown=frozenset({"X:Team"})).deciding.missing_keys == ("x:b",)


def test_what_depends_is_said_of_the_authorization_and_of_no_layer_or_statement() -> None:
    decision = ask(identity(allow(condition=RED)), unknown=frozenset({"x:team"}))
    [only] = decision.authorizations
    assert (only.outcome, only.stage, only.decided_by) == ("depends", "", ())
    assert only.sentence == decision.sentence == "Depends on x:team, whose value is not known."


def test_an_unknown_key_that_decides_nothing_leaves_the_answer_as_it_is() -> None:
    for statements in ((allow(condition=RED), allow()), (allow(), deny(), deny(condition=RED)), (allow("sqs:*"),)):
        known = ask(identity(*statements), context={"x:team": "red"})
        unknown = ask(identity(*statements), unknown=frozenset({"x:team"}))
        assert unknown.outcome == known.outcome
        assert unknown.sentence == unknown.deciding.sentence
        assert not unknown.sentence.startswith("Depends")
        assert unknown.deciding.stage == known.deciding.stage


def test_a_resource_whose_name_only_looks_like_an_aws_managed_key_is_limited() -> None:
    level = Level("r-root", (policy(deny(principal="*")),))
    policies = PolicySet((policy(allow()),), resource_control=(level,))
    decision = ask(policies, resource=f"arn:aws:s3:::b/arn:aws:kms:eu-west-1:{A}:alias/aws/s3")
    assert decision.outcome == "explicitDeny"
    assert not any("KMS" in note for note in decision.notes)


def test_a_federated_user_made_by_root_needs_no_identity_policy() -> None:
    made = {"principal": f"arn:aws:sts::{A}:federated-user/f", "federated_by": f"arn:aws:iam::{A}:root"}
    limited = PolicySet(session=(policy(allow("s3:*")),), permissions_boundary=policy(allow("sqs:*")))
    assert ask(limited, **made).outcome == "allowed"
    assert ask(limited, **{**made, "federated_by": USER}).outcome == "implicitDeny"


def test_the_service_that_a_role_is_passed_to_is_known_where_only_passing_it_is_asked() -> None:
    to_ec2 = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    asked = {"action": "iam:PassRole", "resource": ROLE, "context": {"iam:PassedToService": "ec2.amazonaws.com"}}
    assert ask(identity(allow(condition=to_ec2)), **asked).outcome == "allowed"  # type: ignore[arg-type]


UNSEEN = (
    "DeleteImageVersion DescribeImageVersion ListAlgorithms ListCodeRepositories ListCompilationJobs "
    "ListEndpointConfigs ListEndpoints ListFlowDefinitions ListHumanTaskUis ListHyperParameterTuningJobs "
    "ListLabelingJobs ListLabelingJobsForWorkteam ListModelPackages ListModels "
    "ListNotebookInstanceLifecycleConfigs ListNotebookInstances ListSubscribedWorkteams ListTags ListProcessingJobs "
    "ListTrainingJobs ListTrainingJobsForHyperParameterTuningJob ListTransformJobs ListWorkteams Search"
)


@pytest.mark.parametrize("name", UNSEEN.split())
def test_calls_that_do_not_test_the_tags_of_their_resources_say_so(name: str) -> None:
    tagged = identity(allow(condition={"StringEquals": {"aws:ResourceTag/team": "a"}}))
    decision = ask(tagged, f"sagemaker:{name}", "*", context={"aws:ResourceTag/team": "a"})
    assert decision.outcome == "implicitDeny"
    assert f"AWS does not test resource tags for sagemaker:{name} (older documentation)." in decision.notes


def test_a_call_without_tags_has_no_keys_of_tags() -> None:
    assert not any("Tag" in key for key, _ in ask(identity(allow()), "sagemaker:CreateModel", "*").derived)


def test_one_character_at_the_end_of_an_action_is_one() -> None:
    one = identity(allow("s3:GetObjec?"))
    assert ask(one, "s3:GetObject").outcome == "allowed"
    assert ask(one, "s3:GetObjectAcl").outcome == "implicitDeny"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("VolumeKmsKey", "VolumeKmsKeyArn"),
        ("OutputKmsKey", "OutputKmsKeyArn"),
        ("DomainSharingOutputKmsKey", "DomainSharingOutputKmsKeyArn"),
        ("FeatureGroupOnlineStoreKmsKey", "FeatureGroupOnlineStoreKmsKeyArn"),
        ("FeatureGroupOfflineStoreKmsKey", "FeatureGroupOfflineStoreKmsKeyArn"),
        ("HomeEfsFileSystemKmsKey", "VolumeKmsKeyArn"),
    ],
)
def test_each_name_of_a_kms_key_of_sagemaker_is_known_by_the_other(old: str, new: str) -> None:
    for stated, told in ((old, new), (new, old)):
        context = {f"sagemaker:{stated}": "arn:aws:kms:eu-west-1:111111111111:key/1"}
        found = dict(ask(identity(allow()), "sagemaker:CreateModel", "*", context=context).derived)
        assert found[f"sagemaker:{told}"] == context[f"sagemaker:{stated}"]
        unknown = frozenset({f"sagemaker:{stated}"})
        given = {"Null": {f"sagemaker:{told}": "false"}}
        decision = ask(identity(allow(condition=given)), "sagemaker:CreateModel", "*", unknown=unknown)
        assert [d.key for d in decision.depends_on] == list(unknown)


def test_the_keys_that_a_statement_uses_in_its_resources_are_listed() -> None:
    [used] = compile_policy(policy(allow("*", ["arn:aws:s3:::b/${x:a}/${x:b}", "arn:aws:s3:::c"])), PolicyKind.IDENTITY)
    assert used.resource_variables == ("x:a", "x:b")
    [without] = compile_policy(policy({"Effect": "Allow", "Principal": "*", "Action": "*"}), PolicyKind.RESOURCE)
    assert without.resource_variables == ()


def test_no_call_is_said_to_need_nothing_as_well() -> None:
    networked = {"sagemaker:VpcSubnets": ("subnet-1",), "sagemaker:VolumeKmsKey": "arn:aws:kms:eu-west-1:1:key/1"}
    for context in ({}, networked):
        decision = Engine(now=lambda: NOON).simulate(
            Scenario(Request(Principal(arn=USER), "sagemaker:DescribeModel", context=context), identity(allow()))
        )
        assert not any("need" in note for note in decision.notes)


def test_a_layer_that_says_the_same_for_every_value_does_not_depend() -> None:
    always = (allow(condition=RED), allow(condition={"StringNotEquals": {"x:team": "red"}}))
    decision = ask(identity(*always), unknown=frozenset({"x:team"}))
    assert decision.outcome == "allowed"
    assert {layer.layer: layer.outcome for layer in decision.deciding.layers} == {"identity": "allowed"}


@pytest.mark.parametrize("key", ["aws:SecureTransport", "aws:CurrentTime", "aws:UserAgent"])
def test_a_key_that_would_be_filled_in_may_be_absent_where_it_is_unknown(key: str) -> None:
    decision = ask(identity(allow(condition={"Null": {key: "true"}})), unknown=frozenset({key}))
    assert decision.outcome == "depends"
    assert {dict(e.values)[key] is None for e in decision.examples if e.outcome == "allowed"} == {True}


@pytest.mark.parametrize(("action", "who"), [("WithSAML", "saml-provider/p"), ("WithWebIdentity", "oidc-provider/p")])
def test_the_session_tags_of_an_identity_of_a_provider_need_the_trust_policy(action: str, who: str) -> None:
    provider = Principal(federated=f"arn:aws:iam::{A}:{who}")
    for allowed, outcome in ((["sts:AssumeRole*"], "implicitDeny"), (["sts:AssumeRole*", "sts:TagSession"], "allowed")):
        trusting = {"Effect": "Allow", "Principal": {"Federated": provider.federated}, "Action": allowed}
        policies = PolicySet(resource=policy(trusting, name="trust"))
        assert ask(policies, f"sts:AssumeRole{action}", ROLE, provider, tags={"a": "b"}).outcome == outcome


def test_a_letter_whose_lower_case_is_ascii_names_no_action() -> None:
    assert not covers_action("s3:\u212aeep*", "s3:keepit")
    assert covers_action("s3:Keep*", "s3:keepit")


def test_a_caller_without_account_has_no_unique_id() -> None:
    named = PolicySet(resource=policy(allow(principal={"AWS": "AIDAEXAMPLE"})))
    stated = {"aws:userid": "AIDAEXAMPLE"}
    assert ask(named, principal=Principal(service="sns.amazonaws.com"), context=stated).outcome == "implicitDeny"
    assert ask(named, principal=USER, context=stated).outcome == "allowed"


def test_who_made_a_federated_user_may_have_a_path() -> None:
    made = {"principal": f"arn:aws:sts::{A}:federated-user/f", "federated_by": f"arn:aws:iam::{A}:user/team/u"}
    assert ask(PolicySet((policy(allow()),), session=(policy(allow()),)), **made).outcome == "allowed"


def test_a_service_that_the_catalog_knows_outside_rcps_is_not_limited_by_them() -> None:
    level = Level("r-root", (policy(deny(principal="*")),))
    policies = PolicySet((policy(allow()),), resource_control=(level,))
    instance = f"arn:aws:ec2:eu-west-1:{A}:instance/i"
    for action, named, outcome in (
        ("ec2:StartInstances", instance, "allowed"),
        ("s3:GetObject", "arn:aws:s3:::b/k", "explicitDeny"),
    ):
        request = Request(Principal(arn=USER), action, (named,))
        assert Engine(now=lambda: NOON).simulate(Scenario(request, policies)).outcome == outcome


def test_a_training_job_is_not_isolated_from_the_network_unless_that_is_stated() -> None:
    request = Request(Principal(arn=USER), "sagemaker:CreateTrainingJob")
    derived = dict(Engine(now=lambda: NOON).simulate(Scenario(request, identity(allow()))).derived)
    assert derived["sagemaker:NetworkIsolation"] == "false"


def test_a_beginning_of_an_action_is_the_whole_of_it() -> None:
    reading = identity(allow("s3:Get*"))
    assert ask(reading, "s3:GetObject").outcome == "allowed"
    assert ask(reading, "s3:GenerateObject").outcome == "implicitDeny"


def test_a_resource_with_a_known_variable_is_covered_where_another_key_is_unknown() -> None:
    mine = identity(allow("*", "arn:aws:s3:::b/${x:a}", condition=RED))
    for known, outcome in (("k", "depends"), ("z", "implicitDeny")):
        assert ask(mine, context={"x:a": known}, unknown=frozenset({"x:team"})).outcome == outcome


def test_mfa_that_is_stated_was_used_in_temporary_credentials_though_a_service_calls() -> None:
    stated = {"aws:MultiFactorAuthPresent": "true", "aws:ViaAWSService": "true"}
    assert "aws:TokenIssueTime" in dict(ask(identity(allow()), context=stated).derived)
