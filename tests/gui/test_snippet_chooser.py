"""The command "Insert snippet…" with the keys and clicks of a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from workbench.document.parser import parse
from workbench.gui.editor.snippet_chooser import SnippetChooser
from workbench.gui.editor.tab import EditorTab
from workbench.gui.main_window import MainWindow

START = '{\n  "Version": "2012-10-17",\n  "Statement": [\n    {\n      "Effect": "Allow"\n    }\n  ]\n}\n'


@pytest.fixture
def window(window_of: Callable[[str], MainWindow]) -> MainWindow:
    return window_of(START)


def opened(qtbot: Any, tab: EditorTab) -> SnippetChooser:
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(tab.edit, Qt.Key.Key_Space, keys)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), SnippetChooser))
    found = QApplication.activePopupWidget()
    assert isinstance(found, SnippetChooser)
    return found


def titles(chooser: SnippetChooser) -> list[str]:
    return [chooser.list.item(row).text() for row in range(chooser.list.count())]


def test_a_few_letters_and_enter_insert_a_statement_behind_the_one_at_the_caret(tab: EditorTab, qtbot: Any) -> None:
    cursor = tab.edit.textCursor()
    cursor.setPosition(START.index('"Allow') + 2)
    tab.edit.setTextCursor(cursor)
    chooser = opened(qtbot, tab)
    qtbot.keyClicks(chooser.typed, "presigned")
    assert titles(chooser)[0] == "SageMaker: presigned domain URL for oneself"
    assert "sagemaker:CreatePresignedDomainUrl" in chooser.preview.toPlainText()
    qtbot.keyClick(chooser.typed, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "OwnStudio" in tab.text())
    assert not parse(tab.text()).problems
    assert '"Allow"\n    },\n    {\n      "Sid": "OwnStudio"' in tab.text()
    assert tab.edit.hasFocus()
    assert tab.edit.textCursor().selectedText() == "us-east-1"  # the first place to fill in
    qtbot.keyClick(tab.edit, Qt.Key.Key_Escape)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert tab.text() == START  # one step back


def test_arrows_and_the_mouse_choose(tab: EditorTab, qtbot: Any) -> None:
    chooser = opened(qtbot, tab)
    first, second = titles(chooser)[:2]
    assert chooser.list.currentItem().text() == first
    before = chooser.preview.toPlainText()
    qtbot.keyClick(chooser.typed, Qt.Key.Key_Down)
    assert chooser.list.currentItem().text() == second
    assert chooser.preview.toPlainText() != before
    qtbot.keyClick(chooser.typed, Qt.Key.Key_Up)
    qtbot.keyClick(chooser.typed, Qt.Key.Key_Up)
    assert chooser.list.currentRow() == chooser.list.count() - 1
    qtbot.keyClick(chooser.typed, Qt.Key.Key_PageUp)
    assert chooser.list.currentRow() < chooser.list.count() - 1
    chooser.list.scrollToTop()
    place = chooser.list.visualItemRect(chooser.list.item(0))
    qtbot.mouseClick(chooser.list.viewport(), Qt.MouseButton.LeftButton, pos=place.center())
    qtbot.waitUntil(lambda: tab.text() != START)
    assert not parse(tab.text()).problems


def test_what_is_for_another_kind_stands_last_and_says_so(tab: EditorTab, qtbot: Any) -> None:
    chooser = opened(qtbot, tab)
    rows = titles(chooser)
    assert rows.index("Data perimeter: only trusted identities") > rows.index("Allow statement")
    qtbot.keyClicks(chooser.typed, "trusted identities")
    assert "resource control policy" in chooser.about.text()
    assert "identity policy" in chooser.typed.accessibleDescription()


def test_letters_that_no_snippet_has_are_said_and_enter_does_nothing(tab: EditorTab, qtbot: Any) -> None:
    chooser = opened(qtbot, tab)
    qtbot.keyClicks(chooser.typed, "qqqq")
    assert titles(chooser) == []
    assert chooser.about.text() == "No snippet has these letters."
    qtbot.keyClick(chooser.typed, Qt.Key.Key_Return)
    qtbot.keyClick(chooser.typed, Qt.Key.Key_Escape)
    assert tab.text() == START


def test_a_text_without_statements_says_why_nothing_is_inserted(tab: EditorTab, window: MainWindow, qtbot: Any) -> None:
    tab.edit.replace_all("[1, 2]")
    chooser = opened(qtbot, tab)
    qtbot.keyClick(chooser.typed, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "no list of statements" in window.status.currentMessage())
    assert tab.text() == "[1, 2]"
