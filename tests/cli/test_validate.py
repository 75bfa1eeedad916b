"""What `validate` and `review` say of files, folders and projects, and when they call it clean."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import botocore.loaders
import pytest

from workbench.cli.main import main
from workbench.engine import Engine
from workbench.findings.model import FailedCheck
from workbench.policy.kinds import RESOURCE_TYPES

GOOD = (
    '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", '
    '"Resource": "arn:aws:s3:::b/*"}}'
)


@pytest.fixture
def broken_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """One check of every policy fails; none finds anything."""
    failed = (FailedCheck("dependent actions", "the catalog is damaged"),)
    monkeypatch.setattr("workbench.engine.run_checks", lambda _context, **_: ((), failed))


@pytest.mark.usefixtures("broken_check")
def test_a_failed_check_is_status_1_and_stands_in_the_summary(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "p.json"
    file.write_text(GOOD)
    assert main(["validate", str(file)]) == 1
    told, summary = capsys.readouterr().out.splitlines()
    assert told == f"{file}: the check dependent actions failed: the catalog is damaged"
    assert summary == "No findings, but 1 check failed in 1 file."
    assert main(["validate", str(file), "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["failedChecks"][0]["check"] == "dependent actions"


@pytest.mark.usefixtures("broken_check")
def test_a_failed_check_in_a_stream_is_status_1(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "d.jsonl"
    file.write_text(json.dumps({"id": "1", "text": GOOD}) + "\n")
    assert main(["validate", "--documents", str(file)]) == 1
    assert "failedChecks" in json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("broken_check")
def test_a_failed_check_is_status_1_of_a_review(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", str(Engine().example_project())]) == 1
    out = capsys.readouterr().out
    assert "No findings, but 5 checks failed in 5 files." in out
    assert "  No findings.\n" not in out, "said of a policy that was not wholly checked"


def summary_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    main(arguments)
    return next(line for line in capsys.readouterr().out.splitlines() if line.endswith(("file.", "files.")))


def test_validate_and_review_agree_on_a_project(capsys: pytest.CaptureFixture[str]) -> None:
    project = str(Engine().example_project())
    assert (
        summary_of(capsys, "validate", project) == summary_of(capsys, "review", project) == "1 suggestion in 5 files."
    )


def test_a_project_inside_a_folder_is_judged_as_the_project_it_is(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Its scenarios are no policies, and its policies are of the kinds it says."""
    shutil.copytree(Engine().example_project(), tmp_path / "b/project")
    (tmp_path / "a.json").write_text(GOOD)
    (tmp_path / "c").mkdir()
    (tmp_path / "c/d.json").write_text(GOOD)
    assert summary_of(capsys, "validate", str(tmp_path)) == "1 suggestion in 7 files."


@pytest.mark.parametrize("elsewhere", ["p.json", "policy/p.json"])
def test_a_project_without_a_policy_is_not_called_clean(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, elsewhere: str
) -> None:
    root = tmp_path / "project"
    file = root / elsewhere
    file.parent.mkdir(parents=True)
    file.write_text(GOOD)
    (root / "workbench.toml").write_text("")
    assert main(["validate", str(root)]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.split(";")[0]) == ("", f"policy-workbench: {root}: this project has no policy")
    (tmp_path / "q.json").write_text(GOOD)
    assert main(["validate", str(tmp_path)]) == 0  # an empty project among others is no trouble


def test_a_folder_that_cannot_be_read_is_an_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "a.json").write_text(GOOD)
    scan = os.scandir

    def refuse(path: str) -> Any:
        if Path(path).name == "secret":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert main(["validate", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"policy-workbench: {tmp_path}/secret: Permission denied\n"


def answers(capsys: pytest.CaptureFixture[str], tmp_path: Path, *rows: object) -> list[dict[str, Any]]:
    """What `validate --documents` says to these lines."""
    file = tmp_path / "d.jsonl"
    file.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n")
    main(["validate", "--documents", str(file)])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_number_is_an_id_and_a_list_is_none(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rows = [{"id": 1, "text": GOOD}, {"id": ["x"], "text": GOOD}, {"text": GOOD}]
    number, listed, none = answers(capsys, tmp_path, *rows)
    assert number == {"id": "1", "findings": []}
    assert listed == {"id": "", "error": {"message": "The id must be a string or a number.", "path": "id"}}
    assert none == {"id": "", "findings": []}


@pytest.mark.parametrize(
    ("more", "path", "says"),
    [
        (
            {"policytype": "RESOURCE_POLICY"},
            "policytype",
            "There is no key 'policytype' here. Did you mean 'policyType'?",
        ),
        ({"x": 1}, "x", "There is no key 'x' here. Known are id, policyType, "),
        ({"document": {}}, "text", "The line has both a document and a text; give one of them."),
        ({"validatePolicyResourceType": "AWS::S3"}, "validatePolicyResourceType", "must be one of AWS::S3::Bucket, "),
        ({"validatePolicyResourceType": 3}, "validatePolicyResourceType", "must be one of AWS::S3::Bucket, "),
        ({"policyType": ["RESOURCE_POLICY"]}, "policyType", "policyType must be one of IDENTITY_POLICY, "),
    ],
)
def test_a_line_with_what_nobody_reads_is_an_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, more: dict[str, Any], path: str, says: str
) -> None:
    [line] = answers(capsys, tmp_path, {"id": "one", "text": GOOD, **more})
    assert line["id"] == "one"
    assert line["error"]["path"] == path
    assert says in line["error"]["message"]


def test_a_key_that_stands_twice_in_a_line_is_an_error(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    [line] = answers(capsys, tmp_path, '{"id": "one", "text": "{}", "text": "[]"}')
    assert line == {"id": "one", "error": {"message": "'text' stands twice.", "path": "text"}}


def test_a_resource_type_that_aws_does_not_know_is_bad_usage(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "p.json").write_text(GOOD)
    with pytest.raises(SystemExit) as stop:
        main(["validate", str(tmp_path / "p.json"), "--validate-policy-resource-type", "AWS::S3::Buket"])
    assert stop.value.code == 2
    assert "AWS::S3::Bucket" in capsys.readouterr().err


def test_the_resource_types_are_those_of_aws() -> None:
    model = botocore.loaders.Loader().load_service_model("accessanalyzer", "service-2")
    assert list(RESOURCE_TYPES) == model["shapes"]["ValidatePolicyResourceType"]["enum"]


def test_what_can_be_read_is_told_beside_what_cannot(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "ok.json").write_text(GOOD.replace("GetObject", "GetObjct"))
    paths = [str(tmp_path / name) for name in ("nope.json", "ok.json", "neither.json")]
    assert main(["validate", *paths]) == 2
    printed = capsys.readouterr()
    assert "INVALID_ACTION" in printed.out
    line = f"policy-workbench: {paths[0]}: No such file or directory (and 1 more that cannot be read)\n"
    assert printed.err == line
    assert main(["validate", *paths[:2], "--format", "json"]) == 2
    [file] = json.loads(capsys.readouterr().out)["files"]
    assert file["path"] == paths[1]


def test_a_name_with_a_line_end_or_a_byte_that_is_no_text_stays_on_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["validate", "no\nsuch\udcff.json"]) == 2
    assert capsys.readouterr().err == "policy-workbench: no\\nsuch\\xff.json: No such file or directory\n"
    (tmp_path / "a\nb.json").write_text("{}")
    main(["validate", str(tmp_path / "a\nb.json")])
    assert f"{tmp_path}/a\\nb.json:1:1: ERROR" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--nope"], ["validate", "--nope"], ["--nope", "validate"]])
def test_an_option_that_is_none_is_named(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    says = "unrecognized arguments: --nope (see policy-workbench --help)"
    assert capsys.readouterr().err == f"policy-workbench: {says}\n"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "1:1: This is not JSON: The document is empty; a request is a JSON object."),
        (b"hello", "1:1: This is not JSON: a request begins with { and its names stand in double quotes."),
        (b'{\n "\xff"}', "2:3: The byte FF is not UTF-8 here; save the file as UTF-8."),
        (
            b'{"PolicyInputList": ["{bad"], "ActionNames": ["s3:GetObject"]}',
            "1:22: PolicyInputList[0]: The policy cannot be judged (1:2): The text ends too early; write the missing } "
            "here.",
        ),
    ],
)
def test_a_request_that_cannot_be_read_is_told_with_its_place(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, data: bytes, says: str
) -> None:
    file = tmp_path / "r.json"
    file.write_bytes(data)
    assert main(["simulate", "--cli-input-json", str(file)]) == 2
    assert capsys.readouterr().err == f"policy-workbench: {file}:{says}\n"


def test_a_line_that_is_no_json_says_so_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    [line] = answers(capsys, tmp_path, "hello")
    says = "This line is not JSON: a line begins with { and its names stand in double quotes."
    assert line["error"]["message"] == says


def test_null_in_a_line_is_as_good_as_left_out(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rows = [{"id": "a", "document": None, "text": GOOD}, {"id": "b", "policyType": None, "text": GOOD}]
    assert answers(capsys, tmp_path, *rows) == [{"id": "a", "findings": []}, {"id": "b", "findings": []}]
