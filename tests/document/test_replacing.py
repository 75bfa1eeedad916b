"""Replacing a file: as a whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from workbench.document.replacing import replace_file


def test_a_file_is_made_and_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    for data in (b"{}", b"\xef\xbb\xbf{}\r\n"):
        replace_file(file, data)
        assert file.read_bytes() == data
    assert os.listdir(tmp_path) == ["p.json"]


def test_mode_and_link_stay(tmp_path: Path) -> None:
    file, link = tmp_path / "p.json", tmp_path / "link.json"
    file.write_bytes(b"old")
    file.chmod(0o640)
    link.symlink_to(file)
    replace_file(link, b"new")
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"new", 0o640)
    assert link.is_symlink()


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_whatever_step_fails_the_file_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "p.json"
    file.write_bytes(b"old")
    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match="No space left"):
        replace_file(file, b"new")
    monkeypatch.undo()
    assert file.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["p.json"]
