"""The journey of a change: edit, see what is newly allowed, ask the found request, and stand at its statement."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from tests.proof.documents import allow, document
from workbench.gui.compare.sources import Chooser
from workbench.gui.main_window import MainWindow
from workbench.gui.widgets import LinkButton, WrappedLabel

POLICY = """{
  "Version": "2012-10-17",
  "Statement": {
    "Sid": "Read",
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::b/*"
  }
}
"""


@pytest.fixture
def window(make_window: Callable[..., MainWindow], tmp_path: Path) -> MainWindow:
    file = tmp_path / "p.json"
    file.write_text(POLICY)
    return make_window(file)


def links(window: MainWindow, pane: str, name: str) -> list[LinkButton]:
    widget = window.comparing.compare if pane == "compare" else window.comparing.access
    return [link for link in widget.list.findChildren(LinkButton) if link.text() == name]


def test_a_change_is_compared_asked_and_found_in_the_text(qtbot: Any, window: MainWindow) -> None:
    compare = window.comparing.compare
    window.registry.action("policy.compare_saved").trigger()
    qtbot.waitUntil(lambda: compare.relation.text() == "Both allow the same.", timeout=10_000)
    edit = window.area.current.edit
    cursor = edit.document().find("GetObject")
    edit.setTextCursor(cursor)
    qtbot.keyClicks(edit, "*Object")
    qtbot.waitUntil(lambda: compare.relation.text() == "More is allowed than before.", timeout=10_000)
    said = [label.text() for label in compare.list.findChildren(WrappedLabel)]
    assert "s3:*Object on arn:aws:s3:::b/*." in said
    assert "s3:*Object" in compare.difference.toPlainText()
    [ask] = links(window, "compare", "Ask it")
    qtbot.mouseClick(ask, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.panel.card.word() == "Allowed", timeout=10_000)
    asked = window.panel.request()
    assert asked is not None
    assert asked.action != "s3:GetObject"
    shown = window.strip("witness")  # noqa: B005
    assert shown is not None
    qtbot.mouseClick(links(window, "compare", "Read")[0], Qt.MouseButton.LeftButton)
    assert window.area.current.edit.textCursor().selectedText().startswith("{")
    window.registry.action("edit.undo").trigger()
    qtbot.waitUntil(lambda: window.panel.card.word() == "Denied", timeout=10_000)


def test_what_is_allowed_follows_the_typing(qtbot: Any, window: MainWindow) -> None:
    window.focus_pane("access")
    access = window.comparing.access
    qtbot.waitUntil(lambda: len(access.list.rows) == 1, timeout=10_000)
    [ask] = links(window, "access", "Ask it")
    qtbot.mouseClick(ask, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.panel.card.word() == "Allowed", timeout=10_000)
    edit = window.area.current.edit
    edit.setTextCursor(edit.document().find("Allow"))
    qtbot.keyClicks(edit, "Deny")
    qtbot.waitUntil(lambda: access.empty.text() == "This policy allows nothing.", timeout=10_000)
    qtbot.waitUntil(lambda: window.panel.card.word() == "Denied", timeout=10_000)


def test_a_witness_is_let_go(qtbot: Any, window: MainWindow) -> None:
    window.focus_pane("access")
    qtbot.waitUntil(lambda: bool(links(window, "access", "Ask it")), timeout=10_000)
    qtbot.mouseClick(links(window, "access", "Ask it")[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.comparing.beside is not None)
    window.comparing.let_go()
    assert window.comparing.beside is None
    gone = window.strip("witness")  # noqa: B005
    assert gone is None


def test_the_clipboard_and_the_library_can_be_compared_with(qtbot: Any, window: MainWindow) -> None:
    compare = window.comparing.compare
    QGuiApplication.clipboard().setText("")
    window.registry.action("policy.compare_clipboard").trigger()
    assert compare.empty.text() == "The clipboard holds no text. Copy a policy first."
    QGuiApplication.clipboard().setText(document(allow("s3:*")))
    window.registry.action("policy.compare_clipboard").trigger()
    qtbot.waitUntil(lambda: compare.relation.text() == "Less is allowed than before.", timeout=10_000)
    window.registry.action("policy.compare_managed").trigger()
    chooser = window.findChild(Chooser)
    qtbot.keyClicks(chooser.typed, "AmazonS3ReadOnlyAccess")
    qtbot.keyClick(chooser.typed, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "AWS's AmazonS3ReadOnlyAccess" in compare.about.text(), timeout=10_000)
    window.registry.action("policy.compare_git").trigger()
    assert compare.empty.text() == "Git knows no older version of this file."


def test_a_version_in_git_and_another_file_can_be_compared_with(
    qtbot: Any, make_window: Callable[..., MainWindow], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "p.json"
    file.write_text(POLICY)
    for command in (["init", "-q"], ["add", "p.json"], ["commit", "-q", "-m", "Reading only"]):
        subprocess.run(
            ["git", "-c", "user.name=A", "-c", "user.email=a@example.com", *command], cwd=tmp_path, check=True
        )
    file.write_text(POLICY.replace("GetObject", "*Object"))
    window = make_window(file)
    compare = window.comparing.compare
    window.registry.action("policy.compare_git").trigger()
    chooser = window.findChild(Chooser)
    assert "Reading only" in chooser.list.item(0).text()
    qtbot.mouseClick(
        chooser.list.viewport(),
        Qt.MouseButton.LeftButton,
        pos=chooser.list.visualItemRect(chooser.list.item(0)).center(),
    )
    qtbot.waitUntil(lambda: compare.relation.text() == "More is allowed than before.", timeout=10_000)
    assert "compared with p.json in " in compare.about.text()

    other = tmp_path / "other.json"
    other.write_text(document(allow("s3:*")))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(other), ""))
    compare.actions_of["file"].trigger()
    qtbot.waitUntil(lambda: compare.relation.text() == "Less is allowed than before.", timeout=10_000)
    assert compare.about.text() == "p.json compared with other.json"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "gone.json"), ""))
    compare.actions_of["file"].trigger()
    assert "cannot be read: No such file" in compare.empty.text()
    os.mkfifo(tmp_path / "pipe.json")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "pipe.json"), ""))
    compare.actions_of["file"].trigger()  # nobody writes to it: reading would hold the window
    assert "pipe.json is no ordinary file" in compare.empty.text()
