"""What a new user does, from end to end, in the real window with the real engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QPushButton, QToolButton

from workbench.gui.main_window import MainWindow
from workbench.gui.settings import data_folder
from workbench.gui.simulator.trace import AuthorizationRow
from workbench.gui.simulator.ways import WaysBox
from workbench.gui.widgets import LinkButton

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
def window(make_window: Callable[..., MainWindow], qtbot: Any) -> MainWindow:
    """The window at the first start: the example project."""
    window = make_window()
    qtbot.waitUntil(lambda: window.project is not None and window.panel.card.word() == "Denied", timeout=10_000)
    return window


def word(window: MainWindow) -> str:
    return window.panel.card.word()


def codes(window: MainWindow) -> list[str]:
    return [f.code for f in window.findings.model.rows]


def put_caret(window: MainWindow, before: str) -> None:
    """The caret in front of some text, as a click would put it."""
    tab = window.area.current
    assert tab is not None
    cursor = tab.edit.textCursor()
    cursor.setPosition(tab.text().index(before))
    tab.edit.setTextCursor(cursor)


def wait_word(qtbot: Any, window: MainWindow, expected: str) -> None:
    qtbot.waitUntil(lambda: word(window) == expected, timeout=10_000)


def test_the_example_is_denied_for_addtags_and_allowed_once_it_is_typed(qtbot: Any, window: MainWindow) -> None:
    assert "sagemaker:AddTags" in window.panel.card.sentence()
    assert codes(window) == ["DEPENDENT_ACTION_MISSING_FOR_TAGS"]
    tab = window.area.current
    assert tab is not None
    put_caret(window, '"sagemaker:StopTrainingJob"')
    qtbot.keyClicks(tab.edit, '"sagemaker:AddTags"')
    qtbot.keyClick(tab.edit, Qt.Key.Key_Comma)
    wait_word(qtbot, window, "Allowed")
    assert json.loads(tab.text())["Statement"][0]["Action"][1] == "sagemaker:AddTags"
    qtbot.waitUntil(lambda: codes(window) == [], timeout=10_000)
    assert "AddTags" in tab.text()
    while tab.edit.document().isUndoAvailable():
        tab.edit.undo()
    wait_word(qtbot, window, "Denied")
    assert "sagemaker:AddTags" in window.panel.card.sentence()


def test_the_nearest_way_is_one_press(qtbot: Any, window: MainWindow) -> None:
    box = window.panel.card.findChild(WaysBox)
    assert box is not None
    qtbot.mouseClick(box.buttons[0], Qt.MouseButton.LeftButton)
    wait_word(qtbot, window, "Allowed")
    tab = window.area.current
    assert tab is not None
    assert json.loads(tab.text())["Statement"][0]["Action"][-1] == "sagemaker:AddTags"
    assert tab.dirty
    tab.edit.undo()
    wait_word(qtbot, window, "Denied")


def test_the_fix_of_the_finding_mends_it_and_breaks_nothing(qtbot: Any, window: MainWindow) -> None:
    [finding] = window.findings.model.rows
    window.findings.fix_requested.emit(finding.fixes[0])
    qtbot.waitUntil(lambda: codes(window) == [], timeout=10_000)
    wait_word(qtbot, window, "Allowed")


def test_the_deciding_statement_is_a_link_into_the_text(qtbot: Any, window: MainWindow) -> None:
    row = window.panel.card.findChild(AuthorizationRow)
    assert row is not None
    link = row.findChild(LinkButton)
    assert link is not None
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    tab = window.area.current
    assert tab is not None
    assert tab.edit.textCursor().selectedText().replace("\u2029", "\n").startswith('{\n      "Sid": "Train"')


def test_a_finding_leads_to_its_place(qtbot: Any, window: MainWindow) -> None:
    window.findings.next_finding()
    tab = window.area.current
    assert tab is not None
    assert tab.edit.textCursor().selectedText() == '"sagemaker:CreateTrainingJob"'
    qtbot.waitUntil(lambda: window.status.caret.text().startswith("Ln 8"), timeout=5_000)


def test_another_saved_request_fills_the_form_and_is_answered(qtbot: Any, window: MainWindow) -> None:
    assert window.project is not None
    window.set_request(window.project.requests[2])
    wait_word(qtbot, window, "Allowed")
    request = window.panel.request()
    assert request is not None
    assert request.action == "sagemaker:InvokeEndpoint"


def test_a_broken_policy_gets_a_sentence_instead_of_an_answer(qtbot: Any, window: MainWindow) -> None:
    tab = window.area.current
    assert tab is not None
    put_caret(window, '  "Statement"')
    tab.edit.textCursor().deletePreviousChar()
    tab.edit.textCursor().deletePreviousChar()  # the comma before
    qtbot.waitUntil(lambda: codes(window)[:1] == ["JSON_SYNTAX_ERROR"], timeout=10_000)
    qtbot.waitUntil(lambda: "cannot be judged" in window.panel.card.sentence(), timeout=10_000)


def test_typing_a_misspelt_action_is_found_and_underlined(
    qtbot: Any, make_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    file = tmp_path / "mine.json"
    file.write_text(POLICY.replace("GetObject", "GetObjct"))
    window = make_window(file)
    assert codes(window) == ["INVALID_ACTION"]
    window.findings.fix_requested.emit(window.findings.model.rows[0].fixes[0])
    qtbot.waitUntil(lambda: codes(window) == [], timeout=10_000)
    tab = window.area.current
    assert tab is not None
    assert '"s3:GetObject"' in tab.text()


def test_edit_and_save_keeps_every_other_byte(
    qtbot: Any, make_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    file = tmp_path / "mine.json"
    before = b"\xef\xbb\xbf" + POLICY.replace("\n", "\r\n").encode()
    file.write_bytes(before)
    window = make_window(file)
    tab = window.area.current
    assert tab is not None
    put_caret(window, "b/*")
    qtbot.keyClicks(tab.edit, "x")
    assert tab.dirty
    assert window.area.save()
    assert file.read_bytes() == before.replace(b":::b/", b":::xb/")
    assert not tab.dirty


def test_a_dropped_file_opens(qtbot: Any, window: MainWindow, tmp_path: Path) -> None:
    file = tmp_path / "dropped.json"
    file.write_text(POLICY)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    drop = QDropEvent(
        QPoint(100, 100).toPointF(),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(drop)
    tab = window.area.current
    assert tab is not None
    assert tab.path == file


def test_unsaved_text_survives_the_end_of_the_program(
    qtbot: Any, make_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    file = tmp_path / "mine.json"
    file.write_text(POLICY)
    window = make_window(file)
    put_caret(window, "b/*")
    tab = window.area.current
    assert tab is not None
    qtbot.keyClicks(tab.edit, "kept-")
    window.area.keeping.now()
    kept = lambda: any("kept-b" in p.read_text() for p in (data_folder() / "unsaved").rglob("*") if p.is_file())  # noqa: E731
    qtbot.waitUntil(kept, timeout=10_000)


def test_no_policy_open_says_what_to_do(qtbot: Any, window: MainWindow) -> None:
    window.area.close_tab()
    qtbot.waitUntil(lambda: window.area.current is None, timeout=5_000)
    assert codes(window) == []
    assert window.findings.empty.text().startswith("Open or write a policy")
    assert "AddTags" not in window.panel.card.sentence()


def test_every_tool_button_and_button_says_what_it_does(window: MainWindow) -> None:
    nameless = [
        button
        for kind in (QToolButton, QPushButton)
        for button in window.findChildren(kind)
        if button.isVisible()
        and not (button.text() or button.toolTip() or button.accessibleName())
        and not button.objectName().startswith("qt_")
    ]
    assert nameless == []


def test_refcount_of_none_does_not_fall(window: MainWindow) -> None:
    """PySide6 6.12.0 loses a reference of None in every call that returns nothing; ours must not (design section 7)."""
    import sys

    before = sys.getrefcount(None)
    for i in range(1_000):
        window.setWindowTitle(f"title {i}")
    assert sys.getrefcount(None) > before - 500
