"""Whoever tries the example out and saves changes a copy of it, never the program's own files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from workbench.engine import Engine
from workbench.gui import example
from workbench.gui.example import own_example
from workbench.gui.main_window import MainWindow
from workbench.gui.settings import data_folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_saving_in_the_example_changes_the_copy_alone(make_window: Callable[..., MainWindow], qtbot: Any) -> None:
    original = Engine().example_project()
    before = contents(original)
    window = make_window()
    qtbot.waitUntil(lambda: window.project is not None and window.area.current is not None, timeout=10_000)
    tab = window.area.current
    assert tab is not None
    assert tab.path is not None
    assert data_folder() in tab.path.parents
    was = before[str(tab.path.relative_to(data_folder() / "examples" / original.name))]
    qtbot.keyClick(tab.edit, Qt.Key.Key_Space)
    qtbot.keyClick(tab.edit, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not tab.dirty)
    try:
        assert contents(original) == before
    finally:
        (original / tab.path.relative_to(data_folder() / "examples" / original.name)).write_bytes(was)
    assert tab.path.read_bytes() == b" " + was


def test_the_copy_is_made_once_and_anew_where_it_was_deleted(tmp_path: Path) -> None:
    original = Engine().example_project()
    own = own_example(original, tmp_path / "deep" / "examples")
    assert contents(own) == contents(original)
    mine = own / "workbench.toml"
    mine.write_text('name = "mine"\n')
    assert own_example(original, own.parent) == own
    assert mine.read_text() == 'name = "mine"\n'
    mine.unlink()
    for path in sorted(own.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert contents(own_example(original, own.parent)) == contents(original)
    assert [path.name for path in own.parent.iterdir()] == [original.name]


@pytest.mark.parametrize("fault", ["full", "no folder"])
def test_without_room_for_a_copy_the_example_itself_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    folder = tmp_path / "examples"
    if fault == "no folder":
        folder.write_text("")
    else:

        def full(_source: Path, _target: Path) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(example.os, "replace", full)
    original = Engine().example_project()
    assert own_example(original, folder) == original
    assert not folder.is_dir() or not list(folder.iterdir())
