"""`validate` over time and over files: suppressions, baselines, severities, formats, templates, checks that fail."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support import REPOSITORY
from workbench.cli.inputs import all_of
from workbench.cli.judging import Asked
from workbench.cli.main import main
from workbench.engine import Engine
from workbench.evaluation.judge import utc_now
from workbench.findings.codes import CODES
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Finding
from workbench.findings.registry import REGISTRY, run_checks
from workbench.policy.kinds import PolicyKind
from workbench.project.loader import load_project
from workbench.project.model import ProjectError
from workbench.report.github import github_lines
from workbench.report.json_shape import json_shape
from workbench.report.model import fails
from workbench.report.sarif import sarif_log
from workbench.report.text import text_lines

BAD = """\
{"Version": "2012-10-17", "Statement": [
  {"Sid": "Own", "Effect": "Allow", "Action": "s3:GetObjct", "Resource": "*"},
  {"Effect": "Allow", "Action": ["s3:*", "s3:List*"], "Resource": "*"}
]}
"""
ENTRY = """\
[[suppression]]
code = "INVALID_ACTION"
file = "{file}"
sid = "Own"
reason = "the action is in preview"
expires = {year}-01-01
"""
LATER = utc_now().year + 2


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    (tmp_path / "p.json").write_text(BAD)
    return tmp_path / "p.json"


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    status = main(["validate", *map(str, arguments)])
    return status, capsys.readouterr().out


def shape(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    return json.loads(said(capsys, *arguments, "--format", "json")[1])


def codes(shown: Any) -> list[str]:
    return [finding["issueCode"] for finding in shown["findings"]]


# -- suppressions ----------------------------------------------------------------------------------------------------


def test_a_suppression_beside_a_file_marks_and_does_not_count(capsys: pytest.CaptureFixture[str], bad: Path) -> None:
    (bad.parent / "p.suppressions.toml").write_text(ENTRY.format(file="p.json", year=LATER))
    shown = shape(capsys, bad)
    [finding] = [f for f in shown["findings"] if f["issueCode"] == "INVALID_ACTION"]
    assert finding["suppressed"] == {"reason": "the action is in preview", "expires": f"{LATER}-01-01"}
    assert set(shown) == {"findings"}
    status, out = said(capsys, bad, "--fail-on", "error")
    assert status == 0
    assert " 1 suppressed in 1 file." in out


def test_a_stale_suppression_is_told_on_its_own_line(capsys: pytest.CaptureFixture[str], bad: Path) -> None:
    file = bad.parent / "p.suppressions.toml"
    file.write_text("# old\n" + ENTRY.format(file="p.json", year=2020))
    status, out = said(capsys, bad)
    assert status == 1
    assert f"{file}:2:1: SUGGESTION SUPPRESSION_STALE: The suppression of INVALID_ACTION expired on 2020-01-01." in out
    assert "note: catalog of 2026-10-27; suppressed until 2020-01-01: the action is in preview" in out
    assert out.splitlines()[-1].endswith(" in 1 file.")
    shown = shape(capsys, bad)
    assert shown["suppressions"]["path"] == str(file)
    assert codes(shown["suppressions"]) == ["SUPPRESSION_STALE"]
    assert "INVALID_ACTION" in codes(shown)


def project(folder: Path, rules: str = "") -> Path:
    (folder / "policies").mkdir()
    (folder / "policies/p.json").write_text(BAD)
    (folder / "workbench.toml").write_text(f'name = "x"\n{rules}')
    return folder


def test_a_project_has_its_suppressions_and_its_rules(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    root = project(tmp_path, '[[rules.forbidden]]\nactions = ["s3:DeleteBucket"]\nreason = "buckets stay"\n')
    (root / "suppressions.toml").write_text(ENTRY.format(file="policies/*", year=LATER))
    shown = shape(capsys, root)
    [house] = [f for f in shown["findings"] if f["issueCode"] == "HOUSE_RULE_FORBIDDEN_ACTION"]
    assert "buckets stay" in house["findingDetails"]
    assert house["scenario"]["request"]["action"] == "s3:DeleteBucket"
    assert [f["issueCode"] for f in shown["findings"] if "suppressed" in f] == ["INVALID_ACTION"]


def test_a_project_with_a_suppression_that_is_none_says_so_and_goes_on(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    root = project(tmp_path)
    (root / "suppressions.toml").write_text('[[suppression]]\ncode = "*"\nfile = "a"\nreason = "x"\n')
    files = shape(capsys, root, root / "policies/p.json")["files"]
    assert [codes(file) for file in files if file["path"].endswith(".toml")] == [["SUPPRESSION_INVALID"]]


def test_the_engine_adds_a_suppression_where_it_belongs(bad: Path, tmp_path: Path) -> None:
    engine = Engine()
    (tmp_path / "project").mkdir()
    opened = load_project(project(tmp_path / "project"))
    for which, key, place in (
        (opened, "policies/p.json", tmp_path / "project/suppressions.toml"),
        (None, str(bad), tmp_path / "p.suppressions.toml"),
    ):
        validation = engine.validate(BAD, PolicyKind.IDENTITY)
        [finding] = [f for f in validation.findings if f.code == "INVALID_ACTION"]
        with pytest.raises(ProjectError, match="say with expires"):
            engine.add_suppression(which, key, validation, finding, "the action is in preview")
        expires = utc_now().date().replace(year=LATER, day=1)
        assert engine.add_suppression(which, key, validation, finding, "the action is in preview", expires) == place
    inputs: list[str] = []
    assert main(["validate", str(bad), str(tmp_path / "project"), "--fail-on", "error"]) == 0, inputs


# -- baselines and severities ----------------------------------------------------------------------------------------


def test_with_a_baseline_only_what_is_new_fails(capsys: pytest.CaptureFixture[str], bad: Path) -> None:
    baseline = bad.parent / "baseline.json"
    assert said(capsys, bad, "--write-baseline", baseline)[0] == 0
    bad.write_text("\n\n" + BAD.replace('["s3:*", "s3:List*"]', '["s3:List*", "s3:*"]'))
    status, out = said(capsys, bad, "--baseline", baseline)
    assert status == 0, out
    assert out.startswith("No findings, ")
    bad.write_text(BAD.replace('"s3:List*"', '"s3:List*", "s3:PutObjct"'))
    shown = shape(capsys, bad, "--baseline", baseline)
    new = [f["issueCode"] for f in shown["findings"] if "inBaseline" not in f]
    assert "INVALID_ACTION" in new
    assert [f["issueCode"] for f in shown["findings"] if "inBaseline" in f].count("INVALID_ACTION") == 1
    assert said(capsys, bad, "--baseline", baseline)[0] == 1


def test_a_baseline_names_files_from_its_own_folder(
    capsys: pytest.CaptureFixture[str], bad: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    baseline = bad.parent / "baseline.json"
    said(capsys, bad, "--write-baseline", baseline)
    monkeypatch.chdir(bad.parent)
    assert said(capsys, "./p.json", "--baseline", "baseline.json")[0] == 0


def test_a_baseline_that_is_none_is_bad_usage(capsys: pytest.CaptureFixture[str], bad: Path) -> None:
    assert main(["validate", str(bad), "--baseline", str(bad)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(("level", "status"), [("error", 0), ("security-warning", 0), ("suggestion", 1), ("never", 0)])
def test_the_exit_status_is_a_matter_of_severity(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, level: str, status: int
) -> None:
    (tmp_path / "p.json").write_text('{"Version": "2012-10-17", "Statement": []}')
    assert said(capsys, tmp_path / "p.json", "--fail-on", level)[0] == status


def test_what_is_less_severe_or_of_others_can_be_left_out(capsys: pytest.CaptureFixture[str], bad: Path) -> None:
    assert {CODES[code].type for code in codes(shape(capsys, bad, "--severity", "error"))} == {"ERROR"}
    assert {CODES[code].origin for code in codes(shape(capsys, bad, "--origin", "aws"))} == {"AWS"}


# -- templates -------------------------------------------------------------------------------------------------------

YAML = """\
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyDocument:
            Version: 2012-10-17
            Statement:
              - {Sid: Own, Effect: Allow, Action: s3:GetObjct, Resource: !Sub "arn:aws:s3:::${Bucket}/*"}
              - {Effect: Allow, Action: !Ref Actions, Resource: !GetAtt Bucket.Arn}
        - PolicyDocument: !Ref Other
"""
HCL = """\
resource "aws_iam_policy" "p" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObjct", Resource = "arn:aws:s3:::${var.bucket}/*" }]
  })
}
"""


def test_a_template_has_the_findings_of_its_policies_and_one_explanation(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "t.yaml").write_text(YAML)
    shown = shape(capsys, tmp_path / "t.yaml")
    assert codes(shown) == ["INVALID_ACTION", "TEMPLATE_NOT_RESOLVED"]
    action, template = shown["findings"]
    assert action["policy"] == "Resources.Role.Properties.Policies[0].PolicyDocument"
    start = action["locations"][0]["span"]["start"]
    assert start == {"line": 9, "column": 50, "offset": YAML.index("s3:GetObjct")}
    assert "${Bucket}" in template["findingDetails"]
    assert "The policy at line 11 cannot be read here" in template["findingDetails"]


def test_a_folder_of_templates_is_read_and_other_files_are_passed_over(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "t.yml").write_text(YAML)
    (tmp_path / "main.tf").write_text(HCL)
    (tmp_path / "other.yaml").write_text("kind: Deployment\nspec: {a: [1]}\n")
    (tmp_path / "broken.yaml").write_text("{{ helm }}: [")
    (tmp_path / ".terraform").mkdir()
    (tmp_path / ".terraform/module.tf").write_text(HCL)
    (tmp_path / "variables.tf").write_text('variable "x" { default = "y" }\n')
    (tmp_path / "suppressions.toml").write_text(ENTRY.format(file="t.yml", year=LATER))
    files = shape(capsys, tmp_path)["files"]
    assert [Path(file["path"]).name for file in files] == ["main.tf", "t.yml"]
    assert [codes(file) for file in files] == [["INVALID_ACTION", "TEMPLATE_NOT_RESOLVED"]] * 2
    assert ["suppressed" in file["findings"][0] for file in files] == [False, True]


def test_a_file_without_a_policy_that_is_named_is_bad_usage(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("a: 1\n")
    assert main(["validate", str(tmp_path / "other.yaml")]) == 2
    assert capsys.readouterr().err == f"policy-workbench: {tmp_path}/other.yaml: there is no policy in this file\n"


def test_a_template_that_is_broken_is_one_explanation(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(YAML + "  {{ if }}: [\n")
    found = shape(capsys, tmp_path / "t.yaml")["findings"]
    assert [f["issueCode"] for f in found] == ["TEMPLATE_NOT_RESOLVED"]
    assert "The file cannot be read from line 13 on: " in found[0]["findingDetails"]


@pytest.mark.parametrize("command", [["validate", "p.json"], ["--version"]])
def test_a_start_reads_no_yaml(bad: Path, command: list[str]) -> None:
    code = f"import sys; from workbench.cli.main import main\ntry: main({command!r})\nexcept SystemExit: pass\n"
    code += "print('yaml' in sys.modules, 'workbench.proof.door' in sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=bad.parent, capture_output=True, text=True, check=True,
        env={"PYTHONPATH": str(REPOSITORY), **_environment()},
    )  # fmt: skip
    assert done.stderr.strip() == "False False"


def _environment() -> dict[str, str]:
    import os

    return {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}


# -- checks that fail ------------------------------------------------------------------------------------------------


WHOLE: dict[str, Any] = {}


@pytest.mark.parametrize("broken", REGISTRY, ids=lambda check: check.name)
def test_a_check_that_fails_is_told_once_in_each_format_and_the_others_go_on(
    capsys: pytest.CaptureFixture[str], bad: Path, monkeypatch: pytest.MonkeyPatch, broken: Check
) -> None:
    def explode(_: CheckContext) -> Iterator[Finding]:
        raise ZeroDivisionError("division by zero")

    checks = [replace(c, run=explode) if c is broken else c for c in REGISTRY]
    template = bad.with_name("t.tf")
    template.write_text(HCL + HCL.replace('"p"', '"q"'))
    for file in (bad, template):
        whole = WHOLE.setdefault(file.name, None) or shape(capsys, file)
        WHOLE[file.name] = whole
        with monkeypatch.context() as patched:
            patched.setattr("workbench.engine.run_checks", lambda context, **_: run_checks(context, checks))
            inputs = all_of(Engine(), [file], Asked())
        shown = json_shape(inputs.reports, single=True)
        if not any(CODES[code].on and PolicyKind.IDENTITY in CODES[code].kinds for code in broken.codes):
            assert shown == whole
            continue
        assert shown["failedChecks"] == [{"check": broken.name, "error": "division by zero"}]
        others = [f for f in whole["findings"] if f["issueCode"] not in broken.codes]
        assert [f for f in shown["findings"] if f in others] == others
        assert fails(inputs.reports, None)
        text = list(text_lines(inputs.reports))
        assert text.count(f"{file}: the check {broken.name} failed: division by zero") == 1
        assert text[-1].endswith(", but 1 check failed in 1 file.")
        annotations = list(github_lines(inputs.reports))
        assert annotations.count(f"::error file={file},title=A check failed::{broken.name}: division by zero") == 1
        [run] = sarif_log(inputs.reports, file.parent)["runs"]
        [notification] = run["invocations"][0]["toolExecutionNotifications"]
        assert notification["descriptor"] == {"id": broken.name}
        assert len(run["results"]) == len(shown["findings"])
