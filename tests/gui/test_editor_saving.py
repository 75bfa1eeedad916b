"""Saving beside other programs: never over their change unasked; links, modes, encodings and line ends stay."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from workbench.gui.editor.recovery import Unsaved
from workbench.gui.editor.tab import EditorTab
from workbench.gui.main_window import MainWindow
from workbench.gui.strip import Strip

POLICY = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}\n'


@pytest.fixture
def window(window_of: Callable[[str], MainWindow]) -> MainWindow:
    return window_of(POLICY)


def press(tab: EditorTab, name: str, label: str) -> None:
    strip = tab.strip(name)
    assert strip is not None
    [button] = [b for b in strip.buttons if b.text().replace("&", "") == label]
    button.click()


def test_another_programs_change_is_never_saved_over_unasked(
    window: MainWindow, tab: EditorTab, qtbot: Any, tmp_path: Path
) -> None:
    other = POLICY.replace("GetObject", "PutObject")
    qtbot.keyClicks(tab.edit, " ")
    assert tab.path is not None
    tab.path.write_text(other, encoding="utf-8")
    os.utime(tab.path, ns=(1, 1))
    qtbot.keyClick(tab.edit, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert tab.path.read_text(encoding="utf-8") == other
    assert tab.dirty
    press(tab, "changed", "Save anyway")
    assert tab.path.read_text(encoding="utf-8") == " " + POLICY
    assert tab.strip("changed") is None
    assert not tab.dirty


def test_one_file_has_one_tab_whatever_it_is_called(window: MainWindow, tab: EditorTab, tmp_path: Path) -> None:
    assert tab.path is not None
    (tmp_path / "link.json").symlink_to(tab.path)
    (tmp_path / "gone.json").symlink_to(tmp_path / "nothing.json")
    for name in ("link.json", "../" + tmp_path.name + "/p.json"):
        window.open_paths([tmp_path / name])
        assert window.area.current is tab
    window.open_paths([tmp_path / "gone.json"])  # told, as before
    assert window.area.count() == 1


def test_the_bars_are_reached_and_left_by_keys(window: MainWindow, tab: EditorTab, qtbot: Any) -> None:
    def go() -> str:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_8, Qt.KeyboardModifier.ControlModifier)
        focus = QApplication.focusWidget()
        return focus.text() if isinstance(focus, QPushButton) else type(focus).__name__

    for name in ("welcome", "project"):
        window.unsay(name)
    assert go() == "PolicyEdit"  # there is none
    window.say("project", "warning", "Something.", [("Look again", lambda: None)])
    assert tab.path is not None
    tab.path.write_text(POLICY.replace("GetObject", "PutObject"), encoding="utf-8")
    os.utime(tab.path, ns=(1, 1))
    window.area.look_at_disk()
    qtbot.waitUntil(lambda: len([strip for strip in window.findChildren(Strip) if strip.isVisible()]) == 2)
    assert go() == "Reload"
    assert go() == "Look again"
    assert go() == "Reload"
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert tab.edit.hasFocus()
    assert tab.strip("changed") is not None
    go()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert "PutObject" in tab.text()
    assert tab.edit.hasFocus()


def test_what_another_program_wrote_can_be_compared(window: MainWindow, tab: EditorTab, qtbot: Any) -> None:
    assert tab.path is not None
    tab.path.write_text(POLICY.replace("GetObject", "PutObject"), encoding="utf-8")
    os.utime(tab.path, ns=(1, 1))
    window.area.look_at_disk()
    press(tab, "changed", "Compare")
    compare = window.comparing.compare
    qtbot.waitUntil(lambda: compare.source is not None and "PutObject" in compare.source.text, timeout=5000)
    assert compare.isVisible()


def test_what_was_recovered_is_shown_beside_the_file(window: MainWindow, tab: EditorTab, qtbot: Any) -> None:
    assert tab.path is not None
    window.area.keeping.restore([Unsaved("p.json", str(tab.path), POLICY.replace("GetObject", "*"))])
    press(tab, "recovered", "Show changes")
    compare = window.comparing.compare
    qtbot.waitUntil(lambda: compare.source is not None and compare.source.text == POLICY, timeout=5000)
    assert compare.isVisible()
    assert tab.text() == POLICY.replace("GetObject", "*")


def test_a_link_stays_a_link_and_the_mode_stays(window: MainWindow, qtbot: Any, tmp_path: Path) -> None:
    real = tmp_path / "real.json"
    real.write_text(POLICY, encoding="utf-8")
    real.chmod(0o640)
    link = tmp_path / "link.json"
    link.symlink_to(real)
    tab = window.area.open(link)
    assert tab is not None
    tab.edit.setFocus()
    qtbot.keyClicks(tab.edit, " ")
    assert window.area.save()
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == " " + POLICY
    assert real.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + POLICY.encode(),
        POLICY.encode("utf-16"),
        POLICY.encode("utf-16-be"),
        POLICY.replace("\n", "\r\n").encode(),
        POLICY.rstrip("\n").encode(),
    ],
    ids=["BOM", "UTF-16", "UTF-16-BE", "CRLF", "no newline"],
)
def test_encoding_line_ends_and_the_last_line_stay(window: MainWindow, qtbot: Any, tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "other.json"
    file.write_bytes(data)
    tab = window.area.open(file)
    assert tab is not None
    tab.edit.setFocus()
    qtbot.keyClicks(tab.edit, "x")
    qtbot.keyClick(tab.edit, Qt.Key.Key_Backspace)
    tab.edit.document().setModified(True)
    assert window.area.save()
    assert file.read_bytes() == data
