"""Whether saved requests get what they expect, by the texts as edited."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from workbench.engine import Engine, Question
from workbench.evaluation.decision import Outcome
from workbench.project.model import Project


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def project(engine: Engine) -> Project:
    return engine.load_project(engine.example_project())


def results(engine: Engine, project: Project, texts: dict[str, str]) -> dict[str, Outcome | None]:
    question = Question(project, texts, "", {}, None)
    return {check.saved.id: check.outcome for check in engine.checks(question)}


def test_the_text_as_edited_decides(engine: Engine, project: Project) -> None:
    key = "policies/studio-user.json"
    assert results(engine, project, {})["train-in-studio"] is Outcome.IMPLICIT_DENY
    text = project.read(key).replace('"sagemaker:StopTrainingJob"', '"sagemaker:AddTags"')
    assert results(engine, project, {key: text})["train-in-studio"] is Outcome.ALLOWED


def test_the_decision_is_the_one_with_reasons(engine: Engine, project: Project) -> None:
    for saved in project.requests:
        reasoned = engine.simulate(engine.scenario_in(project, saved.request)).outcome
        assert results(engine, project, {})[saved.id] is reasoned


def test_unknown_keys_are_tried(engine: Engine, project: Project) -> None:
    saved = project.requests[1]
    request = replace(saved.request, context={}, unknown=frozenset(["sagemaker:VpcSubnets"]))
    asked = replace(project, requests=(replace(saved, request=request, expect="depends"),))
    assert results(engine, asked, {}) == {saved.id: Outcome.DEPENDS}


def test_what_cannot_be_judged_has_failed_and_says_why(engine: Engine, project: Project) -> None:
    question = Question(project, {"policies/studio-user.json": "{"}, "", {}, None)
    [check] = [c for c in engine.checks(question) if c.saved.id == "train-in-studio"]
    assert (check.passed, check.outcome) == (False, None)
    assert "studio-user" in check.error


def test_a_file_that_is_gone_fails_its_requests_only(engine: Engine, project: Project, tmp_path: Path) -> None:
    elsewhere = replace(project, root=tmp_path)
    assert set(results(engine, elsewhere, {}).values()) == {None}


def test_what_expects_nothing_is_not_asked(engine: Engine, project: Project) -> None:
    silent = replace(project, requests=tuple(replace(saved, expect="") for saved in project.requests))
    assert results(engine, silent, {}) == {}
    assert engine.checks(Question(None, {}, "", {}, None)) == ()
