"""Every shared policy, real, managed or broken, goes through parse, validate and simulate without an exception."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

import pytest

from tests.support import shared
from workbench.engine import Engine
from workbench.errors import ScenarioError
from workbench.evaluation.decision import Outcome
from workbench.evaluation.request import NamedPolicy, Principal, Request, Scenario
from workbench.policy.kinds import PolicyKind
from workbench.project.policy_sets import alone

KINDS = {
    "identity": PolicyKind.IDENTITY,
    "trust": PolicyKind.TRUST,
    "resource": PolicyKind.RESOURCE,
    "scp": PolicyKind.SCP,
    "rcp": PolicyKind.RCP,
}
REQUEST = Request(
    Principal(arn="arn:aws:sts::111122223333:assumed-role/Scientist/ann"),
    "sagemaker:CreateTrainingJob",
    ("arn:aws:sagemaker:us-east-1:111122223333:training-job/x",),
    tags={"team": "a"},
)


def managed() -> Iterator[tuple[str, str, PolicyKind]]:
    with gzip.open(shared("data/managed-policies.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            yield row["name"], json.dumps(row["document"]), PolicyKind.IDENTITY


def real() -> Iterator[tuple[str, str, PolicyKind]]:
    with gzip.open(shared("data/real-policies.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            yield row["id"], row["raw"] if "raw" in row else json.dumps(row["document"]), KINDS[row["kind"]]


def broken() -> Iterator[tuple[str, str, PolicyKind]]:
    engine = Engine()
    folder = shared("data/broken-json")
    for entry in json.loads((folder / "index.json").read_text(encoding="utf-8")):
        data = (folder / entry["file"]).read_bytes()
        yield entry["file"], engine.decode(data).text, PolicyKind.IDENTITY


@pytest.mark.parametrize(("source", "least"), [(managed, 1_200), (real, 1_000), (broken, 50)])
def test_passes_through(source: object, least: int) -> None:
    engine = Engine()
    policies = list(source())  # type: ignore[operator]
    assert len(policies) >= least
    answers: dict[str, int] = {}
    sentences: list[str] = []
    for name, text, kind in policies:
        validation = engine.validate(text, kind)
        assert validation.failed_checks == (), name
        try:
            outcome: str = engine.simulate(Scenario(REQUEST, alone(NamedPolicy(name, text), kind))).outcome
        except ScenarioError as error:
            outcome = "error"
            sentences.append(error.message)
        answers[outcome] = answers.get(outcome, 0) + 1
    assert all(len(sentence.splitlines()) == 1 for sentence in sentences)
    assert set(answers) <= {*Outcome, "error"}
    if source is managed:
        assert answers[Outcome.ALLOWED] >= 1
        assert answers.get("error", 0) <= 2, "AWS's own policies can be judged"
