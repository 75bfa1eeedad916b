"""`validate --fix`: what it shows, what it writes, and that a file otherwise stays byte for byte."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from workbench.cli.main import main

_POLICY = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:Get*"],
      "Resource": "arn:aws:s3:::b/*"
    }
  ]
}
"""
_FIXED = _POLICY.replace('      "Sid": "",\n', "").replace('"s3:GetObject", ', "")


def _file(folder: Path, text: str = _POLICY, name: str = "p.json") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def test_a_dry_run_shows_a_diff_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _file(tmp_path)
    assert main(["validate", "--fix", str(path)]) == 1
    told = capsys.readouterr()
    assert '-      "Sid": "",\n' in told.out
    assert '+      "Action": ["s3:Get*"],\n' in told.out
    assert "[REDUNDANT_ACTION]" in told.out
    assert told.err == "2 fixes in 1 file keep the access the same; --write makes them.\n"
    assert path.read_text() == _POLICY


def test_writing_makes_the_file_clean_and_doing_it_again_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _file(tmp_path)
    assert main(["validate", "--fix", "--write", str(tmp_path)]) == 0
    assert path.read_text() == _FIXED
    capsys.readouterr()
    before = path.stat().st_mtime_ns
    assert main(["validate", "--fix", "--write", str(path)]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "No fix keeps the access the same.\n")
    assert path.stat().st_mtime_ns == before


def test_mode_line_ends_encoding_and_links_stay(tmp_path: Path) -> None:
    real = tmp_path / "real.json"
    real.write_bytes(b"\xef\xbb\xbf" + _POLICY.replace("\n", "\r\n").encode())
    real.chmod(0o640)
    link = tmp_path / "link.json"
    link.symlink_to(real.name)
    assert main(["validate", "--fix", "--write", str(link)]) == 1  # the byte order mark is found still
    assert real.read_bytes() == b"\xef\xbb\xbf" + _FIXED.replace("\n", "\r\n").encode()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert link.is_symlink()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.json", "real.json"]


def test_a_text_without_an_end_of_line_keeps_to_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _file(tmp_path, _POLICY.replace("\n", " ").rstrip())
    main(["validate", "--fix", "--write", str(path)])
    assert "\\ No newline at end of file" in capsys.readouterr().out
    assert not path.read_text().endswith("\n")


def test_a_diff_is_one_that_patch_applies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """To `patch` and git a carriage return alone ends no line, and a name with a blank ends at a tab."""
    path = _file(tmp_path, _POLICY.replace("\n", "\r"), "by hand.json")
    main(["validate", "--fix", str(path)])
    shown = capsys.readouterr().out.split("\n")
    start = next(i for i, line in enumerate(shown) if line.startswith("--- "))
    assert [line.endswith("/by hand.json\t") for line in shown[start : start + 2]] == [True, True]
    assert shown[start + 2] == "@@ -1 +1 @@"
    assert [line[:1] for line in shown[start + 3 :]] == ["-", "\\", "+", "\\", ""]


def test_a_fix_that_changes_the_access_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b"}}'
    path = _file(tmp_path, text)
    assert main(["validate", "--fix", "--write", str(path)]) == 1
    assert capsys.readouterr().err == "No fix keeps the access the same.\n"
    assert path.read_text() == text


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="whoever may do everything can write everywhere")
def test_a_folder_that_takes_no_file_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _file(tmp_path)
    tmp_path.chmod(0o500)
    try:
        assert main(["validate", "--fix", "--write", str(path)]) == 2
    finally:
        tmp_path.chmod(0o700)
    assert path.read_text() == _POLICY
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [["--write", "p.json"], ["--fix", "--format", "json", "p.json"], ["--fix", "--documents", "-"]]
)
def test_what_does_not_go_together_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", *arguments]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


_TERRAFORM = f'resource "aws_iam_policy" "p" {{\n  policy = <<P\n{_POLICY}P\n}}\n'
_YAML = """Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Action: [s3:GetObject, "s3:Get*"]
            Resource: arn:aws:s3:::b/*
"""


def test_a_policy_that_a_template_writes_as_json_is_mended_in_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template = _file(tmp_path, _TERRAFORM, "main.tf")
    assert main(["validate", "--fix", str(template)]) == 1
    assert template.read_text() == _TERRAFORM
    assert capsys.readouterr().err == "2 fixes in 1 file keep the access the same; --write makes them.\n"
    assert main(["validate", "--fix", "--write", str(tmp_path)]) == 0
    assert template.read_text() == _TERRAFORM.replace(_POLICY, _FIXED)
    assert main(["validate", "--fix", "--write", str(template)]) == 0
    assert template.read_text() == _TERRAFORM.replace(_POLICY, _FIXED)


_BLOCKS = """Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Sid: ''
            Effect: Allow
            Action:
              - s3:GetObject
              - s3:Get*
              - s3:PutObject
              - s3:PutObject
            Resource: arn:aws:s3:::b/*
            Condition:
              IpAddress:
                aws:SourceIp: [203.0.113.9/24, "198.51.100.0/24"]
          # the last one
          - Effect: Deny
            Action: s3:DeleteObject
            Resource: '*'
"""
_BLOCKS_MENDED = (
    _BLOCKS.replace("Sid: ''\n            ", "")
    .replace("              - s3:GetObject\n", "")
    .replace("              - s3:PutObject\n              - s3:PutObject\n", "              - s3:PutObject\n")
    .replace("203.0.113.9/24", "203.0.113.0/24")
)
_HCL = """resource "aws_iam_policy" "p" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = ""
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:Get*"]
      Resource = "arn:aws:s3:::${var.b}/*"
    }]
  })
}
"""
_HCL_MENDED = _HCL.replace('Sid      = ""\n      ', "").replace('"s3:GetObject", ', "")


@pytest.mark.parametrize(
    ("name", "text", "mended"),
    [
        ("flow.yaml", _YAML, _YAML.replace("s3:GetObject, ", "")),
        ("blocks.yml", _BLOCKS, _BLOCKS_MENDED),
        ("main.tf", _HCL, _HCL_MENDED),
    ],
)
def test_what_a_template_says_in_its_own_words_is_taken_out_or_replaced(
    tmp_path: Path, name: str, text: str, mended: str
) -> None:
    template = _file(tmp_path, text, name)
    main(["validate", "--fix", "--write", str(template)])
    assert template.read_text() == mended
    main(["validate", "--fix", "--write", str(template)])
    assert template.read_text() == mended


@pytest.mark.parametrize(
    "text",
    [
        _YAML.replace("        Version: '2012-10-17'\n", "").replace(
            's3:GetObject, "', '"'
        ),  # something is to be added
        _BLOCKS.replace("- s3:GetObject\n", "- s3:GetObject # named on purpose\n")
        .replace("              - s3:PutObject\n", "")
        .replace("Sid: ''\n            ", "")
        .replace("203.0.113.9/24", "203.0.113.0/24"),
    ],
    ids=["addition", "comment"],
)
def test_what_cannot_be_said_in_the_words_of_a_template_stays_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    template = _file(tmp_path, text, "stack.yaml")
    assert main(["validate", "--fix", "--write", str(template)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        f"{template}: 1 fix that keeps the access the same would change what the file says in its own words "
        "or a comment in it, and is left to you.",
        "No fix keeps the access the same.",
    ]
    assert template.read_text() == text


def test_several_fixes_that_stay_are_left_to_you(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = _BLOCKS.replace("- s3:GetObject\n", "- s3:GetObject # one\n")
    text += text.partition("Resources:\n")[2].replace("P:", "Q:", 1)
    main(["validate", "--fix", str(_file(tmp_path, text, "stack.yaml"))])
    assert "comment in it, and are left to you." in capsys.readouterr().err


def test_what_is_suppressed_is_not_fixed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _file(tmp_path)
    entry = '[[suppression]]\ncode = "REDUNDANT_ACTION"\nfile = "p.json"\nreason = "Both are named on purpose."\n'
    (tmp_path / "p.suppressions.toml").write_text(entry)
    assert main(["validate", "--fix", "--write", str(path)]) == 0
    assert path.read_text() == _POLICY.replace('      "Sid": "",\n', "")
    assert "REDUNDANT_ACTION" not in capsys.readouterr().out


def test_what_is_suppressed_in_a_folder_is_not_fixed_in_a_template_either(tmp_path: Path) -> None:
    template = _file(tmp_path, _TERRAFORM, "main.tf")
    entry = '[[suppression]]\ncode = "REDUNDANT_ACTION"\nfile = "main.tf"\nreason = "Both are named on purpose."\n'
    (tmp_path / "suppressions.toml").write_text(entry)
    assert main(["validate", "--fix", "--write", str(tmp_path)]) == 0
    assert template.read_text() == _TERRAFORM.replace('      "Sid": "",\n', "")
