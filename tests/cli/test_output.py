"""`validate` of what the AWS CLI printed into a file: findings in their places, fixes where they can be written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workbench.cli.main import main


def _policy(*actions: str, resource: str = "arn:aws:s3:::b/*", **more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", **more, "Action": list(actions), "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _in_version(policy: dict[str, Any]) -> str:
    return json.dumps({"PolicyVersion": {"Document": policy, "VersionId": "v1"}}, indent=4)


def _in_string(policy: dict[str, Any]) -> str:
    return json.dumps({"Policy": json.dumps(policy)})


def _file(folder: Path, text: str) -> Path:
    path = folder / "out.json"
    path.write_text(text)
    return path


@pytest.mark.parametrize("wrapped", [_in_version, _in_string])
def test_findings_stand_where_the_policy_does(tmp_path: Path, capsys: pytest.CaptureFixture[str], wrapped: Any) -> None:
    text = wrapped(_policy("s3:GetObjct"))
    assert main(["validate", "--format", "json", str(_file(tmp_path, text))]) == 1
    [finding] = json.loads(capsys.readouterr().out)["findings"]
    assert finding["issueCode"] == "INVALID_ACTION"
    span = finding["locations"][0]["span"]
    assert text[span["start"]["offset"] : span["end"]["offset"]].strip('\\"') == "s3:GetObjct"


@pytest.mark.parametrize("wrapped", [_in_version, _in_string])
def test_a_fix_leaves_the_output_around_it_as_it_is(tmp_path: Path, wrapped: Any) -> None:
    path = _file(tmp_path, wrapped(_policy("s3:GetObject", "s3:GetObject")))
    assert main(["validate", "--fix", "--write", str(path)]) == 0
    assert path.read_text() == wrapped(_policy("s3:GetObject"))


def test_a_fix_that_a_string_would_need_escapes_for_is_left_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = _in_string(_policy("s3:GetObject", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.9/24"}}))
    path = _file(tmp_path, text)
    assert main(["validate", "--fix", "--write", str(path)]) == 1
    assert "what the file says in its own words or a comment in it, and is left to you." in capsys.readouterr().err
    assert path.read_text() == text


def test_output_that_is_cut_off_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = _in_version(_policy("s3:GetObject"))
    main(["validate", str(_file(tmp_path, text[: text.index('"Resource"') + 5]))])
    told = capsys.readouterr().out
    assert "The file cannot be read from line" in told
    assert "Its deployment" not in told
