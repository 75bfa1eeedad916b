"""Texts of megabytes: the first lines at once, and nothing worked out that nobody can want at each key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QPushButton

from workbench.gui import showing
from workbench.gui.editor import policy_text
from workbench.gui.main_window import MainWindow

LINE = '  {"Sid": "S", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},\n'


def test_a_text_no_policy_can_have_is_judged_only_when_asked(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(showing, "JUDGED", 20_000)
    window = make_window()
    path = tmp_path / "long.json"
    path.write_text('{"Version": "2012-10-17", "Statement": [\n' + LINE * 400 + "  {}\n]}\n", encoding="utf-8")
    tab = window.area.open(path)
    assert tab is not None
    qtbot.waitUntil(lambda: tab.strip("length") is not None, timeout=10_000)
    assert window.answered is None
    strip = tab.strip("length")
    assert strip is not None
    assert "is not judged while you type" in strip.text()
    [button] = [b for b in strip.findChildren(QPushButton) if b.text().replace("&", "") == "Judge it once"]
    with qtbot.waitSignal(window.answer_shown, timeout=20_000):
        button.click()
    assert window.showing.is_about(tab)
    assert window.answered is not None
    assert window.answered.answer.validation.findings


def test_a_text_that_has_become_short_is_judged_again(
    make_window: Callable[..., MainWindow], qtbot: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(showing, "JUDGED", 20_000)
    window = make_window()
    tab = window.area.new(LINE * 300)
    qtbot.waitUntil(lambda: tab.strip("length") is not None, timeout=10_000)
    with qtbot.waitSignal(window.answer_shown, timeout=10_000):
        tab.edit.replace_all("{}")
    assert tab.strip("length") is None


def test_a_key_in_a_long_text_does_not_read_it_whole(
    make_window: Callable[..., MainWindow], qtbot: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(showing, "JUDGED", 20_000)
    window = make_window()
    tab = window.area.new('{"Version": "2012-10-17", "Statement": [\n' + LINE * 1000 + "  {}\n]}\n")
    qtbot.waitUntil(lambda: tab.strip("length") is not None and not tab.loading, timeout=10_000)
    read: list[int] = []
    whole = policy_text.document_text
    monkeypatch.setattr(policy_text, "document_text", lambda document: read.append(1) or whole(document))
    cursor = tab.edit.textCursor()
    cursor.setPosition(40_000)
    tab.edit.setTextCursor(cursor)
    tab.edit.setFocus()
    moved: list[int] = []
    tab.caret_moved.connect(lambda: moved.append(1))
    for _ in range(3):
        qtbot.keyClicks(tab.edit, "ab")
        moved.clear()
        qtbot.waitUntil(lambda: bool(moved))  # all that follows the caret has been done
    assert read == []
