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


@pytest.mark.parametrize("others", [{}, {"package.json": "{}", "notes.yaml": "a: b"}])
def test_a_project_without_a_policy_is_not_called_clean(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, others: dict[str, str]
) -> None:
    root = tmp_path / "project"
    root.mkdir()
    for name, text in {"workbench.toml": "", **others}.items():
        (root / name).write_text(text)
    assert main(["validate", str(root)]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.split(";")[0]) == ("", f"policy-workbench: {root}: this project has no policy")
    assert main(["validate", "--fix", str(root)]) == 2
    assert capsys.readouterr().err == f"policy-workbench: {root}: there is no policy in this folder\n"
    (tmp_path / "q.json").write_text(GOOD)
    assert main(["validate", str(tmp_path)]) == 0  # an empty project among others is no trouble


_TEMPLATE = """Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: ["s3:GetObject", "s3:Get*"], Resource: "arn:aws:s3:::b/*"}]
"""


def test_what_stands_beside_the_policies_of_a_project_is_judged_with_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Templates and policies elsewhere in the folder, under the project's suppressions; no copies in hidden folders, no
    scenarios, nothing that is no policy."""
    root = tmp_path / "project"
    files = {
        "workbench.toml": '[[rules.forbidden]]\nactions = ["s3:GetObject"]\nreason = "No."\n',
        "policies/a.json": GOOD,
        "other/b.json": '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObjct"}}',
        "package.json": "{",
        ".terraform/c.yaml": _TEMPLATE,
        "infra/t.yaml": _TEMPLATE,
        "inner/workbench.toml": "",
        "inner/policies/d.json": '{"Statement": []}',
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    main(["validate", "--format", "json", str(root)])
    told = {
        Path(file["path"]).relative_to(root).as_posix(): {finding["issueCode"] for finding in file["findings"]}
        for file in json.loads(capsys.readouterr().out)["files"]
    }
    assert set(told) == {"policies/a.json", "other/b.json", "infra/t.yaml", "inner/policies/d.json"}
    assert {"INVALID_ACTION", "MISSING_RESOURCE"} <= told["other/b.json"]
    assert {"REDUNDANT_ACTION", "HOUSE_RULE_FORBIDDEN_ACTION"} <= told["infra/t.yaml"]
    assert "EMPTY_ARRAY_STATEMENT" in told["inner/policies/d.json"]
    main(["validate", "--fix", str(root)])
    assert "+++ b/" + (root / "infra/t.yaml").as_posix().lstrip("/") in capsys.readouterr().out


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


def answers(capsys: pytest.CaptureFixture[str], tmp_path: Path, *rows: object, more: Any = ()) -> list[dict[str, Any]]:
    """What `validate --documents` says to these lines; `more`: options."""
    file = tmp_path / "d.jsonl"
    file.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n")
    main(["validate", "--documents", str(file), *more])
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
        ({"kind": "endpoint"}, "kind", "kind must be one of identity, "),
        ({"kind": "scp", "policyType": "RESOURCE_POLICY"}, "kind", "The line has both a kind and a policyType"),
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


_OPEN = GOOD.replace('"Effect"', '"Principal": "*", "Effect"')


@pytest.mark.parametrize(
    ("line", "options", "public"),
    [
        ({}, [], True),
        ({"kind": "vpc-endpoint"}, [], False),
        ({}, ["--kind", "vpc-endpoint"], False),
        ({"kind": "resource"}, ["--kind", "vpc-endpoint"], True),
        ({"policyType": "RESOURCE_POLICY"}, ["--kind", "vpc-endpoint"], True),
        ({}, ["--policy-type", "RESOURCE_POLICY"], True),
    ],
)
def test_a_line_is_of_the_kind_that_it_says_or_else_the_options(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, line: dict[str, str], options: list[str], public: bool
) -> None:
    [answer] = answers(capsys, tmp_path, {"text": _OPEN, **line}, more=options)
    assert ("PUBLIC_ACCESS" in {finding["issueCode"] for finding in answer["findings"]}) is public


@pytest.mark.parametrize(
    "options",
    [
        ["--format", "sarif"],
        ["--severity", "error"],
        ["--origin", "aws"],
        ["--baseline", "b"],
        ["--write-baseline", "b"],
    ],
)
def test_lines_take_no_options_that_are_for_files(capsys: pytest.CaptureFixture[str], options: list[str]) -> None:
    assert main(["validate", "--documents", "-", *options]) == 2
    said = capsys.readouterr()
    assert (said.out, len(said.err.splitlines())) == ("", 1)
