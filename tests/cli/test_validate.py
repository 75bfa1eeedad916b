"""What `validate` and `review` say of files, folders and projects, and when they call it clean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workbench.cli.main import main
from workbench.engine import Engine
from workbench.findings.model import FailedCheck

GOOD = (
    '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", '
    '"Resource": "arn:aws:s3:::b/*"}}'
)


@pytest.fixture
def broken_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """One check of every policy fails; none finds anything."""
    failed = (FailedCheck("dependent actions", "the catalog is damaged"),)
    monkeypatch.setattr("workbench.engine.run_checks", lambda _context: ((), failed))


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
