"""A project on disk and what it says around its policies, as `validate` and the window ask it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from workbench.cli.main import main
from workbench.engine import Engine, Question
from workbench.project.loader import load_project
from workbench.project.model import ProjectError

_ANN, _BOB = "arn:aws:iam::111122223333:user/Ann", "arn:aws:iam::111122223333:user/Bob"
_TOML = f"""
account = "111122223333"
[policies]
"policies/boundary.json" = "boundary"
"policies/scp.json" = "scp"
[[principal]]
arn = "{_ANN}"
identity = ["policies/keys.json"]
boundary = "policies/boundary.json"
[[principal]]
arn = "{_BOB}"
identity = ["policies/keys.json", "policies/more.json"]
[organization]
accounts = ["111122223333"]
[[organization.serviceControl]]
target = "root"
policies = ["policies/scp.json"]
"""


def _policy(action: str | list[str]) -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "policies").mkdir()
    (tmp_path / "workbench.toml").write_text(_TOML)
    for name, action in (("keys", "iam:CreateAccessKey"), ("more", "s3:ListAllMyBuckets"), ("scp", "*")):
        (tmp_path / f"policies/{name}.json").write_text(_policy(action))
    (tmp_path / "policies/boundary.json").write_text(_policy("s3:*"))
    return tmp_path


def test_what_the_project_says_around_a_policy(folder: Path) -> None:
    around = Engine().surroundings(load_project(folder), "policies/keys.json")
    assert around is not None
    assert around.own == "keys"
    assert around.accounts == frozenset({"111122223333"})
    assert [member.arn for member in around.holders] == [_ANN, _BOB]
    ann, bob = around.holders
    assert ann.policies.permissions_boundary is not None
    assert bob.policies.permissions_boundary is None
    assert ann.policies.service_control is not None
    assert around.shared == ()


def escalation(capsys: pytest.CaptureFixture[str], folder: Path) -> list[dict[str, Any]]:
    main(["validate", str(folder), "--format", "json"])
    files = json.loads(capsys.readouterr().out)["files"]
    return [f for file in files for f in file["findings"] if f["issueCode"] == "PRIVILEGE_ESCALATION"]


def test_validate_names_whom_a_path_is_open_for(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (finding,) = escalation(capsys, folder)
    assert finding["findingDetails"].startswith("Bob can ")
    (folder / "policies/scp.json").write_text(_policy("s3:*"))
    os.utime(folder / "policies/scp.json", ns=(1, 1))
    assert escalation(capsys, folder) == []


def test_the_window_asks_by_the_texts_as_edited(folder: Path) -> None:
    project = load_project(folder)

    def found(texts: dict[str, str]) -> list[str]:
        texts = {"policies/keys.json": project.read("policies/keys.json"), **texts}
        answer = Engine().answer(Question(project, texts, "policies/keys.json", {}, None))
        return [f.details for f in answer.validation.findings if f.code == "PRIVILEGE_ESCALATION"]

    (details,) = found({})
    assert details.startswith("Bob can ")
    assert found({"policies/scp.json": _policy("s3:*")}) == []
    (details,) = found({"policies/boundary.json": _policy("*")})
    assert details.startswith("Whoever has this policy can ")


def test_a_policy_that_cannot_be_read_is_told_of_whoever_has_it(folder: Path) -> None:
    project = load_project(folder)
    (folder / "policies/boundary.json").unlink()
    with pytest.raises(ProjectError, match=r"boundary\.json cannot be read"):
        Engine().surroundings(project, "policies/keys.json")
    around = Engine().surroundings(project, "policies/more.json")
    assert around is not None
    assert [member.arn for member in around.members] == [_BOB]


def test_a_check_that_is_off_is_asked_for(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    file = folder / "policies/alone.json"
    file.write_text(_policy(["lambda:CreateFunction", "lambda:InvokeFunction"]))
    code = "PRIVILEGE_ESCALATION_PARTIAL"
    main(["validate", str(file)])
    assert code not in capsys.readouterr().out
    main(["validate", str(file), "--enable", code])
    assert code in capsys.readouterr().out
    main(["validate", str(folder)])
    assert code not in capsys.readouterr().out
    (folder / "workbench.toml").write_text(_TOML + f'[rules]\nenable = ["{code}"]\n')
    main(["validate", str(folder)])
    assert code in capsys.readouterr().out
