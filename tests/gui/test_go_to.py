"""Ctrl+G and the breadcrumb: the outline, and the way to a statement, a Sid or a line, by keys alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from workbench.document.nodes import Document
from workbench.gui.editor import go_to
from workbench.gui.editor.crumbs import CrumbButton
from workbench.gui.editor.go_to import GoTo
from workbench.gui.editor.tab import EditorTab
from workbench.gui.main_window import MainWindow
from workbench.writing.outline import Entry

POLICY = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
    {"Sid": "NoKeys", "Effect": "Deny", "Action": "kms:*", "Resource": "*"}
  ]
}
"""


@pytest.fixture
def window(window_of: Callable[[str], MainWindow]) -> MainWindow:
    return window_of(POLICY)


def opened(qtbot: Any, tab: EditorTab) -> GoTo:
    qtbot.keyClick(tab.edit, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), GoTo))
    found = QApplication.activePopupWidget()
    assert isinstance(found, GoTo)
    return found


def rows(go: GoTo) -> list[tuple[str, str, str]]:
    items = [go.list.topLevelItem(row) for row in range(go.list.topLevelItemCount())]
    return [(i.text(0), i.text(1), i.text(2)) for i in items if i is not None]


def test_a_long_sid_leaves_room_for_what_the_statement_is_about(
    window_of: Callable[[str], MainWindow], qtbot: Any
) -> None:
    statements = [f'{{"Sid": "{"Long" * 20}{n}", "Effect": "Allow", "Action": "s3:GetObject"}}' for n in range(30)]
    tab = window_of(f'{{"Statement": [{", ".join(statements)}]}}').area.current
    assert tab is not None
    go = opened(qtbot, tab)
    qtbot.waitUntil(lambda: go.list.verticalScrollBar().isVisible())
    assert go.list.header().length() <= go.list.viewport().width()  # nothing is cut off, what is too long is elided
    assert go.list.columnWidth(2) >= go.list.fontMetrics().horizontalAdvance("s3:GetObject")
    qtbot.keyClick(go.typed, Qt.Key.Key_Escape)


def test_the_outline_shows_effect_and_sid_and_is_painted(tab: EditorTab, qtbot: Any) -> None:
    go = opened(qtbot, tab)
    assert rows(go) == [("[0]  Read", "Allow", "s3:GetObject"), ("[1]  NoKeys", "Deny", "kms:*")]
    labels = go.list.fontMetrics().horizontalAdvance("[1]  NoKeys")
    assert go.list.columnWidth(0) >= labels  # not cut off
    picture = go.grab().toImage()
    assert len({picture.pixel(x, y) for x in range(0, picture.width(), 3) for y in range(0, picture.height(), 3)}) > 8
    qtbot.keyClick(go.typed, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)
    assert tab.edit.hasFocus()


def test_letters_of_a_sid_lead_to_the_statement(tab: EditorTab, qtbot: Any) -> None:
    go = opened(qtbot, tab)
    qtbot.keyClicks(go.typed, "nok")
    qtbot.keyClick(go.typed, Qt.Key.Key_Return)
    assert tab.edit.textCursor().selectedText().startswith('{"Sid": "NoKeys"')
    assert tab.edit.hasFocus()


def test_down_and_enter_choose_a_statement(tab: EditorTab, qtbot: Any) -> None:
    go = opened(qtbot, tab)
    qtbot.keyClick(go.typed, Qt.Key.Key_Down)
    qtbot.keyClick(go.typed, Qt.Key.Key_Return)
    assert tab.edit.textCursor().selectedText().startswith('{"Sid": "NoKeys"')


def test_the_index_is_that_of_the_breadcrumb(tab: EditorTab, qtbot: Any) -> None:
    go = opened(qtbot, tab)
    qtbot.keyClicks(go.typed, "1")
    qtbot.keyClick(go.typed, Qt.Key.Key_Down)  # the line of this number comes first
    qtbot.keyClick(go.typed, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: tab.breadcrumb.startswith("Statement[1]"))


def test_the_statements_of_a_long_text_come_from_a_job(
    tab: EditorTab, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []
    whole = go_to.outline

    def noted(document: Document) -> tuple[Entry, ...]:
        threads.append(threading.get_ident())
        return whole(document)

    monkeypatch.setattr(go_to, "outline", noted)
    one = '  {"Sid": "S%d", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'
    tab.edit.replace_all('{"Statement": [\n' + ",\n".join(one % n for n in range(600)) + "\n]}")
    go = opened(qtbot, tab)
    assert rows(go)[0][0] == go_to.READING
    qtbot.waitUntil(lambda: rows(go)[0][0] == "[0]  S0", timeout=10_000)
    assert threads
    assert threading.get_ident() not in threads
    assert rows(go)[-1][0] == "… and 400 more: type to narrow them down."
    qtbot.keyClicks(go.typed, "S599")
    qtbot.keyClick(go.typed, Qt.Key.Key_Return)
    assert tab.caret()[0] == 601


@pytest.mark.parametrize(("typed", "place"), [("4", (4, 1)), ("5:6", (5, 6)), ("999", (8, 1))])
def test_a_line_and_a_column(tab: EditorTab, qtbot: Any, typed: str, place: tuple[int, int]) -> None:
    go = opened(qtbot, tab)
    qtbot.keyClicks(go.typed, typed)
    qtbot.keyClick(go.typed, Qt.Key.Key_Return)
    assert tab.caret() == place


def test_the_statement_of_the_caret_is_chosen_first(tab: EditorTab, qtbot: Any) -> None:
    cursor = tab.edit.textCursor()
    cursor.setPosition(POLICY.index("NoKeys"))
    tab.edit.setTextCursor(cursor)
    go = opened(qtbot, tab)
    assert go.list.currentItem().text(0) == "[1]  NoKeys"
    qtbot.keyClick(go.typed, Qt.Key.Key_Escape)


def test_the_breadcrumb_opens_the_outline(tab: EditorTab, qtbot: Any) -> None:
    [crumbs] = tab.findChildren(CrumbButton)
    qtbot.mouseClick(crumbs, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), GoTo))
    found = QApplication.activePopupWidget()
    assert found is not None
    found.close()


def test_what_nothing_fits_says_so(tab: EditorTab, qtbot: Any) -> None:
    go = opened(qtbot, tab)
    qtbot.keyClicks(go.typed, "zzzz")
    assert rows(go)[0][0].startswith("Nothing here has")
    qtbot.keyClick(go.typed, Qt.Key.Key_Return)
    assert QApplication.activePopupWidget() is None
