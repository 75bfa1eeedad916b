"""Older versions of a file out of the user's own git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from workbench.project.history import bytes_at, versions


def git(folder: Path, *arguments: str) -> None:
    names = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *names, *arguments], check=True, capture_output=True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "p.json"
    git(tmp_path, "init", "-q")
    for text, subject in (("{}", "First"), ('{"a": 1}', "Second\tpart")):
        path.write_text(text)
        git(tmp_path, "add", "p.json")
        git(tmp_path, "commit", "-qm", subject)
    return path


def test_versions_come_newest_first(file: Path) -> None:
    found = versions(file)
    assert [v.subject for v in found] == ["Second\tpart", "First"]
    assert all(len(v.commit) == 40 and len(v.date) == 10 for v in found)


def test_a_version_has_the_bytes_of_its_time(file: Path) -> None:
    newest, oldest = versions(file)
    assert bytes_at(file, newest.commit) == b'{"a": 1}'
    assert bytes_at(file, oldest.commit) == b"{}"
    assert bytes_at(file, "0" * 40) is None


def test_a_file_outside_a_repository_has_no_versions(tmp_path: Path) -> None:
    assert versions(tmp_path / "p.json") == ()


def test_without_git_there_are_no_versions(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert versions(file) == ()
