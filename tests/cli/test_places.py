"""What `validate` makes of a file by where it stands, and by what it is said to be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.cli.main import main

_ENDPOINT = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["s3:GetObject"],
"Resource":["arn:aws:s3:::b/*"]}]}"""
_POLICY = """{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:Get*"], "Resource": "arn:aws:s3:::b/*"}]
}
"""
_PROJECT = """name = "p"
[[rules.forbidden]]
actions = ["s3:GetObject"]
reason = "Read through the lake."
"""
_ENTRY = """[[suppression]]
code = "REDUNDANT_ACTION"
file = "{file}"
reason = "Both are named on purpose."
"""


def _codes(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    main(["validate", "--format", "json", *arguments])
    return sorted(
        finding["issueCode"] + ("*" if "suppressed" in finding else "")
        for finding in json.loads(capsys.readouterr().out)["findings"]
    )


def _project(folder: Path) -> Path:
    (folder / "workbench.toml").write_text(_PROJECT)
    (folder / "policies").mkdir()
    (folder / "policies" / "p.json").write_text(_POLICY)
    (folder / "policies" / "q.json").write_text(_POLICY)
    (folder / "suppressions.toml").write_text(
        _ENTRY.format(file="policies/p.json") + _ENTRY.format(file="policies/other.json")
    )
    return folder / "policies" / "p.json"


def test_an_endpoint_policy_is_public_only_where_it_is_taken_for_another_kind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "endpoint.json"
    path.write_text(_ENDPOINT)
    assert "PUBLIC_ACCESS" in _codes(capsys, str(path))
    assert "PUBLIC_ACCESS" in _codes(capsys, str(path), "--policy-type", "RESOURCE_POLICY")
    assert _codes(capsys, str(path), "--kind", "vpc-endpoint") == []


def test_a_kind_and_a_type_do_not_go_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--kind", "scp", "--policy-type", "RESOURCE_POLICY"]
    assert main(["validate", str(tmp_path), *given]) == 2
    assert "not both" in capsys.readouterr().err


def test_a_file_by_itself_is_under_the_project_it_stands_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _project(tmp_path)
    assert _codes(capsys, str(path)) == ["HOUSE_RULE_FORBIDDEN_ACTION", "REDUNDANT_ACTION*"]
    assert _codes(capsys, str(path.with_name("q.json"))) == ["HOUSE_RULE_FORBIDDEN_ACTION", "REDUNDANT_ACTION"]


def test_entries_for_other_files_are_not_stale_where_one_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _project(tmp_path)
    main(["validate", "--format", "json", str(path)])
    assert "suppressions" not in json.loads(capsys.readouterr().out)
    path.write_text(_POLICY.replace('"s3:GetObject", ', ""))
    main(["validate", "--format", "json", str(path)])
    told = json.loads(capsys.readouterr().out)["suppressions"]["findings"]
    assert [finding["issueCode"] for finding in told] == ["SUPPRESSION_STALE"]


def test_a_file_of_the_folder_that_is_none_of_its_policies_is_under_it_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _project(tmp_path)
    loose = tmp_path / "drafts" / "d.json"
    loose.parent.mkdir()
    loose.write_text(_POLICY)
    assert _codes(capsys, str(loose)) == ["HOUSE_RULE_FORBIDDEN_ACTION", "REDUNDANT_ACTION"]
    (tmp_path / "suppressions.toml").write_text(_ENTRY.format(file="drafts/*.json"))
    assert _codes(capsys, str(loose)) == ["HOUSE_RULE_FORBIDDEN_ACTION", "REDUNDANT_ACTION*"]
    (tmp_path / "suppressions.toml").unlink()
    loose.with_name("d.suppressions.toml").write_text(_ENTRY.format(file="d.json"))
    assert _codes(capsys, str(loose)) == ["HOUSE_RULE_FORBIDDEN_ACTION", "REDUNDANT_ACTION*"]


def test_what_stands_beside_a_file_counts_where_its_folder_is_validated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inside = tmp_path / "deep" / "er"
    inside.mkdir(parents=True)
    own = []
    for name in ("p", "q"):
        inside.joinpath(f"{name}.json").write_text(_POLICY)
        own.append(inside / f"{name}.suppressions.toml")
        own[-1].write_text(_ENTRY.format(file="?.json"))
    inside.joinpath("r.json").write_text(_POLICY)
    assert main(["validate", str(tmp_path), "--fail-on", "suggestion"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 suggestion, 2 suppressed in 3 files."
    inside.joinpath("r.json").unlink()
    assert main(["validate", str(tmp_path), "--fail-on", "suggestion"]) == 0
    capsys.readouterr()
    assert main(["validate", str(tmp_path), "--fix"]) == 0
    assert "@@" not in capsys.readouterr().out
    for name in ("p", "q"):
        inside.joinpath(f"{name}.json").write_text(_POLICY.replace('"s3:GetObject", ', ""))
    main(["validate", "--format", "json", str(tmp_path), str(inside / "p.json")])
    files = json.loads(capsys.readouterr().out)["files"]
    told = [(f["path"], [x["issueCode"] for x in f["findings"]]) for f in files if f["path"].endswith("toml")]
    assert told == [(str(each), ["SUPPRESSION_STALE"]) for each in own]  # each once, though they say the same


def test_fixing_one_file_of_a_project_respects_its_suppressions(tmp_path: Path) -> None:
    path = _project(tmp_path)
    main(["validate", "--fix", "--write", str(path)])
    assert path.read_text() == _POLICY


def test_verdicts_are_proved_where_they_are_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "p.json"
    path.write_text(_POLICY)

    def fix(*arguments: str) -> dict[str, object]:
        main(["validate", "--format", "json", str(path), *arguments])
        [finding] = json.loads(capsys.readouterr().out)["findings"]
        found: dict[str, object] = finding["fixes"][0]
        return found

    assert fix()["verdict"] == "not decided"
    assert fix("--verdicts")["verdict"] == "same access"
    main(["validate", "--format", "sarif", "--verdicts", str(path)])
    [result] = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert result["fixes"][0]["properties"] == {"verdict": "same access"}
    assert main(["validate", "--verdicts", str(path)]) == 2


@pytest.mark.parametrize(
    ("text", "judged"),
    [
        ('{"name": "x", "version": "1.0.0", "dependencies": {"effect": "^3.0.0"}}', False),
        ('{"compilerOptions": {} /* none */}', False),
        ('{"baseline": 1, "findings": [{"place": "Statement[0].Action", "values": ["2012-10-17"]}]}', False),
        ("[1, 2]", False),
        ('{"statment": [{"Effect": "Allow"}]}', True),
        ("{Statement: []}", True),
        ('{"Version": "2012-10-17"}', True),
        ("", True),
    ],
)
def test_what_is_no_policy_in_a_folder_is_passed_over(
    text: str, judged: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder is mostly the repository of something else; what is named is judged whatever it is."""
    (tmp_path / "other.json").write_text(text)
    (tmp_path / "policy.json").write_text(
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}'
    )
    assert main(["validate", str(tmp_path)]) == (1 if judged else 0)
    assert ("other.json" in capsys.readouterr().out) is judged
    assert main(["validate", str(tmp_path / "other.json")]) == 1
