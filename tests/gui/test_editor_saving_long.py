"""A long text is saved off the GUI thread: what is typed, asked for, closed or broken meanwhile loses nothing."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt

from workbench.gui.editor import saving
from workbench.gui.editor.files import DiskFile, write_file
from workbench.gui.editor.filling import AT_ONCE
from workbench.gui.editor.tab import EditorTab
from workbench.gui.main_window import MainWindow

CTRL = Qt.KeyboardModifier.ControlModifier
LONG = "[\n" + "  1,\n" * (AT_ONCE // 4) + "  2\n]\n"


class Disk:
    """Stands between the program and its disk: each write waits while `slow`; `written` are threads and texts."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.go_on.set()
        self.begun = 0
        self.written: list[tuple[int, str]] = []

    def write(self, path: Path, text: str, like: DiskFile | None) -> DiskFile:
        self.begun += 1
        assert self.go_on.wait(20)
        self.written.append((threading.get_ident(), text))
        return write_file(path, text, like)

    def slow(self) -> None:
        self.go_on.clear()


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    found = Disk()
    monkeypatch.setattr(saving, "write_file", found.write)
    yield found
    found.go_on.set()


@pytest.fixture
def window(window_of: Callable[[str], MainWindow], qtbot: Any, disk: Disk) -> MainWindow:
    found = window_of(LONG)
    qtbot.waitUntil(lambda: found.area.current is not None and not found.area.current.loading, timeout=10_000)
    return found


def save(tab: EditorTab, qtbot: Any) -> None:
    qtbot.keyClick(tab.edit, Qt.Key.Key_S, CTRL)


def saved(tab: EditorTab, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: not tab.saving.busy, timeout=10_000)


def on_disk(tab: EditorTab) -> str:
    assert tab.path is not None
    return tab.path.read_text(encoding="utf-8")


def test_it_is_encoded_and_written_off_the_gui_thread(
    window: MainWindow, tab: EditorTab, qtbot: Any, disk: Disk
) -> None:
    disk.slow()
    qtbot.keyClicks(tab.edit, " ")
    save(tab, qtbot)
    assert tab.saving.busy
    assert tab.dirty, "nobody says it is saved before it is"
    assert window.status.currentMessage() == "Saving p.json…"
    assert on_disk(tab) == LONG
    disk.go_on.set()
    saved(tab, qtbot)
    [(thread, text)] = disk.written
    assert thread != threading.get_ident()
    assert on_disk(tab) == text == " " + LONG
    assert not tab.dirty
    assert window.status.currentMessage() == "Saved p.json."
    assert "●" not in window.area.tabText(0)


def test_a_short_text_is_on_disk_at_once(window: MainWindow, qtbot: Any, disk: Disk, tmp_path: Path) -> None:
    path = tmp_path / "short.json"
    path.write_text("{}")
    tab = window.area.open(path)
    assert tab is not None
    qtbot.keyClicks(tab.edit, " ")
    assert window.area.save()
    assert path.read_text() == " {}"


def test_what_is_typed_meanwhile_stays_unsaved_and_kept(
    window: MainWindow, tab: EditorTab, qtbot: Any, disk: Disk, tmp_path: Path
) -> None:
    disk.slow()
    qtbot.keyClicks(tab.edit, "a")
    save(tab, qtbot)
    qtbot.keyClicks(tab.edit, "b")
    window.area.keeping.now()
    kept = window.recovery._own
    qtbot.waitUntil(lambda: (kept / "index.json").exists(), timeout=10_000)
    assert [file.read_text() for file in kept.glob("*.txt")] == ["ab" + LONG]
    disk.go_on.set()
    saved(tab, qtbot)
    assert on_disk(tab) == "a" + LONG
    assert tab.text() == "ab" + LONG
    assert tab.dirty
    save(tab, qtbot)
    saved(tab, qtbot)
    assert on_disk(tab) == "ab" + LONG
    assert not tab.dirty
    qtbot.waitUntil(lambda: not list(kept.glob("*.txt")), timeout=10_000)


def test_what_is_saved_meanwhile_is_written_after_it(
    window: MainWindow, tab: EditorTab, qtbot: Any, disk: Disk
) -> None:
    disk.slow()
    qtbot.keyClicks(tab.edit, "a")
    save(tab, qtbot)
    qtbot.waitUntil(lambda: disk.begun == 1, timeout=10_000)
    qtbot.keyClicks(tab.edit, "b")
    save(tab, qtbot)
    save(tab, qtbot)
    assert tab.strip("changed") is None
    disk.go_on.set()
    saved(tab, qtbot)
    assert [text for _, text in disk.written] == ["a" + LONG, "ab" + LONG]
    assert on_disk(tab) == "ab" + LONG
    assert not tab.dirty


def test_our_own_write_is_no_change_by_another_program(
    window: MainWindow, tab: EditorTab, qtbot: Any, disk: Disk
) -> None:
    disk.slow()
    qtbot.keyClicks(tab.edit, "a")
    save(tab, qtbot)
    assert tab.path is not None
    os.utime(tab.path, ns=(1, 1))  # half of it done, as it were
    window.area.look_at_disk()
    assert tab.strip("changed") is None
    disk.go_on.set()
    saved(tab, qtbot)
    window.area.look_at_disk()
    assert tab.strip("changed") is None


def test_a_slow_disk_is_told_in_the_tab_until_it_is_over(
    window: MainWindow, tab: EditorTab, qtbot: Any, disk: Disk
) -> None:
    disk.slow()
    qtbot.keyClicks(tab.edit, "a")
    save(tab, qtbot)
    qtbot.waitUntil(lambda: tab.strip("saving") is not None, timeout=10_000)
    disk.go_on.set()
    saved(tab, qtbot)
    assert tab.strip("saving") is None


def test_a_tab_closes_once_its_text_is_there(window: MainWindow, tab: EditorTab, qtbot: Any, disk: Disk) -> None:
    path = tab.path
    assert path is not None
    disk.slow()
    qtbot.keyClicks(tab.edit, "a")
    save(tab, qtbot)
    qtbot.keyClick(tab.edit, Qt.Key.Key_W, CTRL)
    qtbot.keyClick(tab.edit, Qt.Key.Key_W, CTRL)
    assert window.area.current is tab
    disk.go_on.set()
    qtbot.waitUntil(lambda: window.area.count() == 0, timeout=10_000)
    assert path.read_text(encoding="utf-8") == "a" + LONG
    [closed] = window.area.keeping.closed
    assert closed.unsaved is None


def test_the_window_closes_once_every_text_is_there(window: MainWindow, tab: EditorTab, qtbot: Any, disk: Disk) -> None:
    disk.slow()
    qtbot.keyClicks(tab.edit, "a")
    save(tab, qtbot)
    window.close()
    window.close()
    assert window.isVisible()
    disk.go_on.set()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=10_000)
    assert on_disk(tab) == "a" + LONG


@pytest.mark.parametrize("number", [28, 13], ids=["ENOSPC", "EACCES"])
@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_a_fault_is_told_in_the_tab_and_nothing_closes(
    window: MainWindow, tab: EditorTab, qtbot: Any, disk: Disk, monkeypatch: pytest.MonkeyPatch, step: str, number: int
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    disk.slow()
    qtbot.keyClicks(tab.edit, "a")
    save(tab, qtbot)
    qtbot.keyClick(tab.edit, Qt.Key.Key_W, CTRL)
    window.close()
    with monkeypatch.context() as broken:
        broken.setattr(os, step, fail)
        disk.go_on.set()
        saved(tab, qtbot)
    assert window.isVisible()
    assert window.area.current is tab
    problem = tab.strip("problem")
    assert problem is not None
    assert "cannot be written" in problem.text()
    assert [button.text() for button in problem.buttons] == ["Try again", "Save as…"]
    assert tab.dirty
    assert on_disk(tab) == LONG
    assert tab.path is not None
    assert [file.name for file in tab.path.parent.iterdir() if file.name.startswith(".p.json")] == []
    problem.buttons[0].click()
    saved(tab, qtbot)
    assert on_disk(tab) == "a" + LONG
    assert tab.strip("problem") is None
    assert not tab.dirty


def test_an_error_of_our_own_is_told_too(
    window: MainWindow, tab: EditorTab, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> DiskFile:
        raise ValueError("no such thing")

    monkeypatch.setattr(saving, "write_file", broken)
    qtbot.keyClicks(tab.edit, "a")
    save(tab, qtbot)
    saved(tab, qtbot)
    problem = tab.strip("problem")
    assert problem is not None
    assert "no such thing" in problem.text()
    assert tab.dirty


def test_all_tabs_can_go_and_the_text_is_there(window: MainWindow, tab: EditorTab, qtbot: Any) -> None:
    path = tab.path
    assert path is not None
    qtbot.keyClicks(tab.edit, "a")
    save(tab, qtbot)
    window.area.close_all()
    assert path.read_text(encoding="utf-8") == "a" + LONG


def test_another_project_waits_for_the_text(window: MainWindow, tab: EditorTab, qtbot: Any) -> None:
    path = tab.path
    assert path is not None
    qtbot.keyClicks(tab.edit, "a")
    save(tab, qtbot)
    window.area.keeping.park()
    assert path.read_text(encoding="utf-8") == "a" + LONG
    assert window.area.keeping.waiting() == set()
    assert not tab.dirty


def test_under_another_name_it_is_that_file_then(
    window: MainWindow, tab: EditorTab, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.json"
    monkeypatch.setattr("workbench.gui.editor.area.QFileDialog.getSaveFileName", lambda *_: (str(other), ""))
    with qtbot.waitSignal(window.area.opened, timeout=10_000):
        window.registry.action("file.save_as").trigger()
    assert other.read_text(encoding="utf-8") == LONG
    assert tab.path == other
    assert tab.key == str(other)
    assert window.area.tabText(0) == "other.json"


def test_a_tab_that_closes_under_an_open_list_says_nothing(window: MainWindow, tab: EditorTab, qtbot: Any) -> None:
    """Qt warns, and that fails the test, where the list outlives what it lists."""
    qtbot.keyClicks(tab.edit, '{"')
    qtbot.waitUntil(lambda: tab.completer.is_open, timeout=5_000)
    window.area.close_tab(tab)
    qtbot.waitUntil(lambda: not shiboken6.isValid(tab), timeout=5_000)
    assert window.area.count() == 0
