"""What is merely suspicious in a request is said and never refused (design.md section 5)."""

from __future__ import annotations

import json

import pytest

from tests.evaluation.asking import NOON, USER, allow, deny, identity
from workbench.engine import Engine
from workbench.evaluation.request import Principal, Request, Scenario
from workbench.policy.kinds import PolicyKind

A = "111111111111"
ENDPOINT, CONFIG = (f"arn:aws:sagemaker:eu-west-1:{A}:{r}" for r in ("endpoint/e", "endpoint-config/c"))


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(now=lambda: NOON)


def notes(engine: Engine, action: str, *named: str) -> list[str]:
    decision = engine.simulate(Scenario(Request(Principal(arn=USER), action, named or ("*",)), identity(allow())))
    assert decision.outcome == "allowed"
    return [n for n in decision.notes if not n.startswith(("No organization", "The catalog does not say"))]


def test_an_action_that_no_catalog_has_is_judged_as_written_and_said_so(engine: Engine) -> None:
    [note] = notes(engine, "s3:GetObjct", "arn:aws:s3:::b/k")
    assert note.startswith("s3:GetObjct is not in the catalog 20")
    assert note.endswith("it was judged as written. Did you mean s3:GetObject?")
    [note] = notes(engine, "zzz:Get", f"arn:aws:zzz:::{A}")
    assert note.endswith("it was judged as written.")


@pytest.mark.parametrize(
    "action", ["s3:ReadObject", "s3:HeadObject", "s3:ListObjects", "lambda:Invoke", "s3x:GetObject", "dynamo:GetItem"]
)
def test_what_an_unknown_action_may_stand_for_is_what_the_findings_name(engine: Engine, action: str) -> None:
    [note] = notes(engine, action)
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny(action)]})
    codes = {"INVALID_ACTION", "INVALID_SERVICE_IN_ACTION", "ACTION_NOT_IN_CATALOG", "SERVICE_NOT_IN_CATALOG"}
    [finding] = [f for f in engine.validate(document, PolicyKind.IDENTITY).findings if f.code in codes]
    told = engine.catalog.candidates(action)
    assert note.endswith(told.sentence)
    assert all(name.partition(":")[0] in finding.details for name in filter(None, (told.near, *told.related)))
    assert finding.details.endswith(told.sentence) or finding.code == "INVALID_SERVICE_IN_ACTION"


def test_an_action_that_the_newest_catalog_has_no_more_is_said_to_be_old(engine: Engine) -> None:
    old = next(
        a
        for service in engine.catalog.services(include_retired=True)
        for a in engine.catalog.actions_of(service.prefix, include_retired=True)
        if a.status != "current"
    )
    assert any(n.startswith(f"{old.full_name} was last seen in the catalog of") for n in notes(engine, old.full_name))


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("b/k", "b/k is no ARN"),
        ("arn:aws:s3:::b/*", "is read as the name of one resource"),
        ("arn:aws:s3:::b/?", "is read as the name of one resource"),
        (f"arn:aws:sqs:eu-west-1:{A}:q", "fits no format that the catalog lists for a resource of s3:GetObject"),
        ("arn:aws:s3:::b", "fits no format"),
    ],
)
def test_a_resource_that_cannot_be_the_calls_is_noted(engine: Engine, named: str, words: str) -> None:
    [note] = notes(engine, "s3:GetObject", named)
    assert words in note
    assert note.startswith(named)


def test_resources_that_fit_are_not_spoken_of(engine: Engine) -> None:
    assert notes(engine, "s3:GetObject", "arn:aws:s3:::b/k") == []
    assert notes(engine, "s3:GetObject") == []
    assert notes(engine, "s3:NewThing", "arn:aws:s3:::b")[1:] == []


def test_a_required_type_of_resource_that_is_not_named_is_noted(engine: Engine) -> None:
    action = "sagemaker:CreateEndpoint"
    words = f"{action} is authorized on endpoint-config as well, and none is named: name it to have it checked."
    assert words in notes(engine, action, ENDPOINT)
    assert words not in notes(engine, action, ENDPOINT, CONFIG)
    assert words not in notes(engine, action)


def test_types_of_resource_of_which_one_is_enough_are_not_missed(engine: Engine) -> None:
    artifact = f"arn:aws:sagemaker:eu-west-1:{A}:artifact/a"
    assert not any("as well" in note for note in notes(engine, "sagemaker:AddAssociation", artifact))
