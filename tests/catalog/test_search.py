"""Completion for a person who types, and "did you mean"."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.catalog import similar
from workbench.catalog.catalog import Catalog
from workbench.policy.names import edit_distance


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("sagemaker:CreateTr", "sagemaker:CreateTrainingJob"),
        ("SAGEMAKER:createtrainingjob", "sagemaker:CreateTrainingJob"),
        ("sage", "sagemaker:"),
        ("s3", "s3:"),
        ("s3:getobj", "s3:GetObject"),
        ("sagemaker:trainingjob", "sagemaker:StopTrainingJob"),
        ("passrole", "iam:PassRole"),
        ("createtrainingj", "sagemaker:CreateTrainingJob"),
        ("ctj", "sagemaker:CreateTrainingJob"),
        ("sagemake:CreateMode", "sagemaker:CreateModel"),
        ("sagemaker:*trainingjob", "sagemaker:CreateTrainingJob"),
    ],
)
def test_the_likeliest_comes_first(catalog: Catalog, typed: str, first: str) -> None:
    assert catalog.search_actions(typed)[0] == first


def test_every_answer_holds_what_was_typed(catalog: Catalog) -> None:
    found = catalog.search_actions("traini", 200)
    assert found
    assert all("traini" in name.lower() for name in found)
    words = [name for name in found if "Traini" in name]
    assert list(found[: len(words)]) == words  # at the start of a word comes before the middle of one


def test_limits(catalog: Catalog) -> None:
    assert len(catalog.search_actions("create", 7)) == 7
    assert catalog.search_actions("create", 0) == ()
    assert catalog.search_actions("zzzzqq") == ()
    assert catalog.search_actions("nosuchservice:Create") == ()
    assert all(name.endswith(":") for name in catalog.search_actions("", 10))
    assert len(catalog.search_actions("sagemaker:", 1000)) == 460


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("sagemaker:CreateTraningJob", "sagemaker:CreateTrainingJob"),
        ("sagemaker:createtrainingjob", "sagemaker:CreateTrainingJob"),
        ("sagemaker:CraeteModel", "sagemaker:CreateModel"),
        ("iam:PasRole", "iam:PassRole"),
        ("s3:ListObjects", "s3:ListBucket"),
        ("s3:HeadObject", "s3:GetObject"),
        ("lambda:Invoke", "lambda:InvokeFunction"),
        ("sagemkaer:CreateModel", "sagemaker:CreateModel"),
        ("sagemaker:CreateEverything", None),
        ("nosuchservice:Get", None),
        ("nonsense", None),
    ],
)
def test_suggested_actions(catalog: Catalog, name: str, meant: str | None) -> None:
    assert catalog.suggest_action(name) == meant


@pytest.mark.parametrize(
    ("prefix", "meant"),
    [("sagemakr", "sagemaker"), ("lamda", "lambda"), ("lamdaa", None), ("s4", None), ("quantumfoo", None)],
)
def test_suggested_services(catalog: Catalog, prefix: str, meant: str | None) -> None:
    assert catalog.suggest_service(prefix) == meant


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("aws:PrincipalArm", "aws:PrincipalArn"),
        ("aws:ResorceTag/team", "aws:ResourceTag/team"),
        ("kms:EncryptionContxt:app", "kms:EncryptionContext:app"),
        ("sagemaker:InstanceType", "sagemaker:InstanceTypes"),
        ("sagemkaer:VpcSubnets", "sagemaker:VpcSubnets"),
        ("sagemaker:NoSuchThing", None),
    ],
)
def test_suggested_keys(catalog: Catalog, name: str, meant: str | None) -> None:
    assert catalog.suggest_key(name) == meant


@pytest.mark.parametrize(
    ("name", "prefix", "edits"),
    [("ab", False, 0), ("abc", False, 1), ("abcde", False, 1), ("abcdef", False, 2), ("abcdefg", True, 1),
     ("abcdefgh", True, 2), ("ab", True, 0)],
)  # fmt: skip
def test_allowed_edits(name: str, prefix: bool, edits: int) -> None:
    assert similar.allowed_edits(name, prefix=prefix) == edits


def test_names_that_aws_rejects(catalog: Catalog) -> None:
    assert catalog.is_known_rejected("cloud9:ValidateEnvironmentName")
    assert catalog.is_known_rejected("CloudHSM:modifyhapg")
    assert catalog.is_known_rejected("elastic-inference:Connect")
    assert catalog.is_known_rejected("elastic-inference")
    assert not catalog.is_known_rejected("s3:GetObject")
    assert catalog.rejected_on == "2026-03-07"


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("sagemaker:CreateTrainJob", "sagemaker:CreateTrainingJob"),
        ("sagemaker:StartTrainingJob", "sagemaker:CreateTrainingJob"),
    ],
)
def test_a_name_without_near_match_is_looked_up_by_its_words(catalog: Catalog, name: str, first: str) -> None:
    assert catalog.suggest_action(name) is None
    assert first in catalog.related_actions(name)
    assert len(catalog.related_actions(name)) <= 3


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("s3:ReadObject", "s3:GetObject"),
        ("ec2:ListInstances", "ec2:DescribeInstances"),
        ("ec2:LaunchInstances", "ec2:RunInstances"),
        ("sqs:RemoveMessage", "sqs:DeleteMessage"),
        ("sagemaker:LaunchTrainingJob", "sagemaker:CreateTrainingJob"),
        ("iam:ReadRole", "iam:GetRole"),
    ],
)
def test_another_verb_for_the_same_deed_finds_the_action(catalog: Catalog, name: str, meant: str) -> None:
    assert catalog.suggest_action(name) is None
    assert catalog.related_actions(name)[0] == meant
    assert catalog.candidates(name).best == meant


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("s3:HeadObject", "Did you mean s3:GetObject?"),
        ("s3:ListObjects", "Did you mean s3:ListBucket?"),
        ("s3x:GetObject", "Did you mean s3:GetObject?"),
        ("s3x:Frobnicate", "Did you mean s3?"),
        ("dynamo:GetItem", "The nearest name is dynamodb."),
        ("s3:ThrowObject", ""),
        ("zzzzzz:Get", ""),
    ],
)
def test_what_an_unknown_action_may_stand_for_is_one_sentence(catalog: Catalog, name: str, sentence: str) -> None:
    assert catalog.candidates(name).sentence == sentence


@pytest.mark.parametrize(("prefix", "services"), [("dynamo", "dynamodb"), ("cloudwatchlogs", "logs"), ("zzzzzz", "")])
def test_a_service_is_looked_up_by_its_parts(catalog: Catalog, prefix: str, services: str) -> None:
    found = catalog.related_services(prefix)
    assert (services in found) if services else found == ()


@given(st.text(alphabet="abcdef", max_size=9), st.lists(st.text(alphabet="abcdef", max_size=9), max_size=20))
def test_near_names_are_those_that_counting_edits_finds(name: str, known: list[str]) -> None:
    limit = similar.allowed_edits(name)
    expected = [(edit_distance(name, other, limit), at) for at, other in enumerate(known)]
    nearest = min((pair for pair in expected if pair[0] <= limit), default=None)
    assert similar.NearNames(known).nearest(name) == (None if nearest is None else nearest[1])


def test_services_that_are_more_likely_meant_come_first(catalog: Catalog) -> None:
    assert catalog.search_actions("createtr", 3, ["sagemaker"])[0].startswith("sagemaker:")
    assert all(name.startswith("glue:") for name in catalog.search_actions("createtr", 1, ["glue", "sagemaker"]))
    assert catalog.search_actions("getobj", 1) == ("s3:GetObject",), "a common service before the alphabet's first"
    assert catalog.search_actions("createtrainingjob", 1, ["s3"]) == ("sagemaker:CreateTrainingJob",)


@pytest.mark.parametrize(
    ("action", "resource", "takes"),
    [
        ("s3:GetObject", "arn:aws:s3:::b/k", True),
        ("s3:GetObject", "arn:aws:sagemaker:us-east-1:111122223333:training-job/x", False),
        ("s3:GetObject", "*", True),
        ("s3:ListAllMyBuckets", "arn:aws:s3:::b", False),
        ("s3:NoSuchAction", "arn:aws:s3:::b", True),
    ],
)
def test_an_action_takes_resources_of_its_types(catalog: Catalog, action: str, resource: str, takes: bool) -> None:
    assert catalog.takes(action, resource) is takes
