"""A change to a file is taken back as a whole, and only as long as the file is as it was left."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from workbench.project.model import ProjectError
from workbench.project.undoing import Change, content, take_back


def test_a_file_that_was_made_goes_again(tmp_path: Path) -> None:
    path = tmp_path / "new.toml"
    before = content(path)
    path.write_bytes(b"new")
    take_back(Change(path, before, content(path)))
    assert not path.exists()


def test_a_file_that_was_there_has_its_bytes_again(tmp_path: Path) -> None:
    path = tmp_path / "old.toml"
    path.write_bytes(b"\xff old\r\n")
    before = content(path)
    path.write_bytes(b"new")
    take_back(Change(path, before, content(path)))
    assert path.read_bytes() == b"\xff old\r\n"


@pytest.mark.parametrize("since", [b"newer", None])
def test_a_file_changed_since_stays(tmp_path: Path, since: bytes | None) -> None:
    path = tmp_path / "f.toml"
    if since is not None:
        path.write_bytes(since)
    with pytest.raises(ProjectError, match=r"f\.toml has been changed since: nothing was undone\."):
        take_back(Change(path, b"old", b"new"))
    assert content(path) == since


def test_a_file_that_cannot_be_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f.toml"
    path.write_bytes(b"new")

    def refuse(*_paths: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(ProjectError, match="cannot be written: No space left on device"):
        take_back(Change(path, b"old", b"new"))
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="cannot be read"):
        content(tmp_path)
