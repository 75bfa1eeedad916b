"""Projects on disk: what they say, what is wrong with them, and the scenario a request makes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from workbench.engine import Engine, Question
from workbench.evaluation.request import Principal, Request
from workbench.policy.kinds import PolicyKind
from workbench.project.model import ProjectError

ROLE = "arn:aws:iam::111122223333:role/team/R"
POLICY = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "policies" / "deep").mkdir(parents=True)
    (tmp_path / "policies" / "a.json").write_text(POLICY)
    (tmp_path / "policies" / "deep" / "a.json").write_text(POLICY.replace("s3", "sqs"))
    write(tmp_path, f'[[principal]]\narn = "{ROLE}"\nidentity = ["policies/a.json", "policies/deep/a.json"]\n')
    return tmp_path


def write(folder: Path, toml: str) -> None:
    (folder / "workbench.toml").write_text(toml)


def test_the_example_opens_with_a_role_a_trust_policy_and_requests() -> None:
    engine = Engine()
    project = engine.load_project(engine.example_project())
    assert project.name == "SageMaker data scientist"
    assert {p.name for p in project.principals} == {"Scientist", "TrainingExecution"}
    assert project.policy("policies/execution-role-trust.json").kind is PolicyKind.TRUST  # type: ignore[union-attr]
    assert project.requests[0].request.action == "sagemaker:CreateTrainingJob"
    assert all(saved.expect for saved in project.requests)


def test_a_session_finds_its_role_by_name(folder: Path) -> None:
    project = Engine().load_project(folder)
    found = project.principal_of(Principal(arn="arn:aws:sts::111122223333:assumed-role/R/s"))
    assert found is not None
    assert found.arn == ROLE
    assert project.principal_of(Principal(arn="arn:aws:sts::999999999999:assumed-role/R/s")) is None


def test_two_files_of_one_name_stay_apart(folder: Path) -> None:
    engine = Engine()
    project = engine.load_project(folder)
    request = Request(Principal(arn="arn:aws:sts::111122223333:assumed-role/R/s"), "sqs:SendMessage")
    answer = engine.answer(Question(project, {}, "policies/a.json", {}, request))
    assert answer.decision is not None
    [deciding] = answer.decision.deciding.decided_by
    assert answer.sources[deciding.policy] == "policies/deep/a.json"


def test_unsaved_text_stands_in_for_the_saved(folder: Path) -> None:
    engine = Engine()
    project = engine.load_project(folder)
    request = Request(Principal(arn=ROLE), "s3:GetObject", ("arn:aws:s3:::b/k",))
    key = "policies/a.json"
    before = engine.answer(Question(project, {key: POLICY}, key, {}, request))
    after = engine.answer(Question(project, {key: POLICY.replace("Allow", "Deny")}, key, {}, request))
    assert before.decision is not None
    assert after.decision is not None
    assert (before.decision.outcome, after.decision.outcome) == ("allowed", "explicitDeny")


def test_a_policy_without_project_answers_alone() -> None:
    engine = Engine()
    request = Request(Principal(arn=ROLE), "s3:GetObject", ("arn:aws:s3:::b/k",))
    answer = engine.answer(Question(None, {"/x/mine.json": POLICY}, "/x/mine.json", {}, request))
    assert answer.decision is not None
    assert answer.decision.sentence == "Allowed: statement 1 of mine allows s3:GetObject on b/k."
    assert answer.sources == {"mine": "/x/mine.json"}


def test_a_broken_policy_gives_a_sentence_instead_of_a_decision() -> None:
    engine = Engine()
    request = Request(Principal(arn=ROLE), "s3:GetObject", ("arn:aws:s3:::b/k",))
    answer = engine.answer(Question(None, {"p": POLICY[:-1]}, "p", {}, request))
    assert answer.decision is None
    assert "cannot be judged" in answer.decision_error
    assert answer.validation.findings[0].code == "JSON_SYNTAX_ERROR"


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("name = ", "is not a project file"),
        ("name = 3", "name must be a string"),
        ('[policies]\n"policies/none.json" = "identity"', "names policies/none.json, which is not there"),
        ('[policies]\n"policies/a.json" = "idenity"', "must be one of identity"),
        ('[[principal]]\nname = "x"', "principal.arn must be the ARN"),
        ('[[principal]]\narn = "a"\nidentity = ["gone.json"]', "identity names gone.json"),
        ('[[resource]]\narn = "a"', "resource must be an arn and a policy"),
        ("principal = 1", "principal must be a list of tables"),
        ('acount = "1"', "there is no key 'acount'; did you mean 'account'?"),
        ('[[principals]]\narn = "a"', "there is no key 'principals'; did you mean 'principal'?"),
        ("[organisation]\nserviceControl = []", "there is no key 'organisation'; did you mean 'organization'?"),
        (
            "[organization]\nscp = []",
            "no key 'scp' in organization; known are serviceControl, resourceControl, accounts.",
        ),
        (
            '[[organization.serviceControl]]\nou = "x"',
            "no key 'ou' in serviceControl; known are target, policies.",
        ),
        ('[[principal]]\narn = "a"\nboundry = "b"', "no key 'boundry' in principal; did you mean 'boundary'?"),
        ('[[principal]]\narn = "a"\npermissionsBoundary = "b"', "no key 'permissionsBoundary' in principal; known are"),
        ('[[resource]]\narn = "a"\npolicies = "b"', "no key 'policies' in resource; known are arn, policy."),
    ],
)
def test_a_wrong_project_says_what_is_wrong_in_one_line(folder: Path, toml: str, says: str) -> None:
    write(folder, toml)
    with pytest.raises(ProjectError) as caught:
        Engine().load_project(folder)
    assert says in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_wrong_scenario_file_is_named(folder: Path) -> None:
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "x.json").write_text('{"request": {"action": "s3:*"}}')
    with pytest.raises(ProjectError, match=r"x\.json is no scenario"):
        Engine().load_project(folder)


def test_a_folder_that_cannot_be_read_is_an_error_and_not_an_empty_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = os.scandir

    def refuse(path: str) -> Any:
        if Path(path).name == "deep":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(ProjectError, match=r"policies/deep cannot be read: Permission denied\."):
        Engine().load_project(folder)


def test_a_project_without_folders_is_empty(tmp_path: Path) -> None:
    write(tmp_path, "")
    project = Engine().load_project(tmp_path)
    assert (project.policies, project.requests) == ((), ())
