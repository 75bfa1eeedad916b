"""The outline pane: the statements, following the caret and leading it, filtered, with the commands on statements."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu

from workbench.document.parser import parse
from workbench.gui.editor.tab import EditorTab
from workbench.gui.main_window import MainWindow
from workbench.gui.outline import pane as outline_pane
from workbench.gui.outline.model import EFFECT, FINDINGS, STATEMENT
from workbench.gui.outline.pane import OutlinePane
from workbench.gui.outline.reading import Outline, read_outline

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
TEXT = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::b/*"},
    {"Sid": "Never", "Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "arn:aws:s3:::b"},
    {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": "arn:aws:sqs:eu-west-1:111122223333:q"}
  ]
}
"""


@pytest.fixture
def window(make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any) -> MainWindow:
    file = tmp_path / "mine.json"
    file.write_text(TEXT)
    made = make_window(file)
    made.activateWindow()
    qtbot.keyClick(made, Qt.Key.Key_7, CTRL)
    qtbot.waitUntil(lambda: made.outline.model.rowCount() > 0 and not made.outline.pending, timeout=15_000)
    return made


def front(window: MainWindow) -> EditorTab:
    assert window.area.current is not None
    return window.area.current


def cells(pane: OutlinePane, column: int) -> list[str]:
    return [pane.model.index(row, column).data() for row in range(pane.model.rowCount())]


def settled(window: MainWindow, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: not window.outline.pending and not window.answering.pending, timeout=15_000)


def test_the_statements_are_listed_with_effect_and_findings(window: MainWindow, qtbot: Any) -> None:
    pane = window.outline
    assert cells(pane, STATEMENT) == ["[0]  Read", "[1]  Never", "[2]  sqs:SendMessage"]
    assert cells(pane, EFFECT) == ["Allow", "Deny", "Allow"]
    assert cells(pane, FINDINGS)[0] == "1"
    assert "1 finding" in pane.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "Deny" in pane.model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    allow, deny = (pane.model.index(row, 0).data(Qt.ItemDataRole.DecorationRole) for row in (0, 1))
    assert allow.cacheKey() != deny.cacheKey()


def test_it_follows_the_caret_and_the_keys_lead_the_caret(window: MainWindow, qtbot: Any) -> None:
    pane, tab = window.outline, front(window)
    assert pane.list.hasFocus()
    qtbot.keyClick(pane.list, Qt.Key.Key_End)
    assert tab.edit.textCursor().position() == TEXT.rindex('{"Effect"')
    assert pane.list.hasFocus()
    qtbot.keyClick(pane.list, Qt.Key.Key_Up)
    qtbot.keyClick(pane.list, Qt.Key.Key_Return)
    assert tab.edit.hasFocus()
    assert tab.edit.textCursor().selectedText().startswith('{"Sid": "Never"')
    cursor = tab.edit.textCursor()
    cursor.setPosition(TEXT.index("sqs:"))
    tab.edit.setTextCursor(cursor)
    qtbot.waitUntil(lambda: pane.list.currentIndex().row() == 2)
    cursor.setPosition(3)
    tab.edit.setTextCursor(cursor)
    qtbot.waitUntil(lambda: not pane.list.selectionModel().hasSelection())


def test_the_keys_come_here_without_moving_the_caret(window: MainWindow, qtbot: Any) -> None:
    pane, tab = window.outline, front(window)
    for place, row in ((TEXT.index("s3:Del"), 1), (3, 0), (len(TEXT) - 1, 2), (TEXT.index("sqs:"), 2)):
        for shown in (True, False):
            tab.edit.setFocus()
            cursor = tab.edit.textCursor()
            cursor.setPosition(place)
            tab.edit.setTextCursor(cursor)
            if not shown:
                window.toggle_pane("outline")
            qtbot.keyClick(window, Qt.Key.Key_7, CTRL)
            qtbot.waitUntil(pane.list.hasFocus)
            settled(window, qtbot)
            assert tab.edit.textCursor().position() == place
            assert pane.list.currentIndex().row() == row
            assert pane.list.selectionModel().hasSelection() == (TEXT[place:][:3] in ("s3:", "sqs"))
    qtbot.keyClick(pane.list, Qt.Key.Key_Up)
    assert tab.edit.textCursor().position() == TEXT.index('{"Sid": "Never"')
    tab.edit.setFocus()
    cursor.setPosition(0)
    tab.edit.setTextCursor(cursor)
    pane.filter.setFocus()
    qtbot.keyClicks(pane.filter, "sqs")
    qtbot.keyClick(pane.filter, Qt.Key.Key_Tab)
    qtbot.waitUntil(pane.list.hasFocus)
    assert tab.edit.textCursor().position() == 0
    assert pane.list.currentIndex().row() == 0
    qtbot.keyClick(pane.list, Qt.Key.Key_Down)
    assert tab.edit.textCursor().position() == TEXT.rindex('{"Effect"'), "the first that is listed, first of all"


def test_a_click_goes_there(window: MainWindow, qtbot: Any) -> None:
    pane, tab = window.outline, front(window)
    rect = pane.list.visualRect(pane.model.index(1, 0))
    qtbot.mouseClick(pane.list.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert tab.edit.textCursor().selectedText().startswith('{"Sid": "Never"')
    assert tab.edit.hasFocus()


def test_places_move_along_while_one_types_before_they_are_read_again(window: MainWindow, qtbot: Any) -> None:
    pane, tab = window.outline, front(window)
    tab.edit.setFocus()
    cursor = tab.edit.textCursor()
    cursor.setPosition(0)
    tab.edit.setTextCursor(cursor)
    window.showing.stop()
    qtbot.keyClick(tab.edit, Qt.Key.Key_Return)
    qtbot.keyClicks(tab.edit, "  ")
    pane._soon.stop()
    rect = pane.list.visualRect(pane.model.index(2, 0))
    qtbot.mouseClick(pane.list.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert tab.edit.textCursor().selectedText().startswith('{"Effect": "Allow", "Action": ["sqs:')


def test_the_filter_narrows_down_and_says_when_nothing_is_left(window: MainWindow, qtbot: Any) -> None:
    pane = window.outline
    pane.filter.setFocus()
    qtbot.keyClicks(pane.filter, "nev")
    assert cells(pane, STATEMENT) == ["[1]  Never"]
    qtbot.keyClick(pane.filter, Qt.Key.Key_Return)
    assert front(window).edit.textCursor().selectedText().startswith('{"Sid": "Never"')
    pane.filter.setFocus()
    qtbot.keyClicks(pane.filter, "zzzz")
    assert pane.said.isVisible()
    assert "all 3" in pane.said.text()
    qtbot.keyClick(pane.filter, Qt.Key.Key_Escape)
    assert len(cells(pane, STATEMENT)) == 3


def test_the_keys_of_statements_work_from_the_list(window: MainWindow, qtbot: Any) -> None:
    pane, tab = window.outline, front(window)
    qtbot.keyClick(pane.list, Qt.Key.Key_Home)
    qtbot.keyClick(pane.list, Qt.Key.Key_Down, ALT)
    assert tab.text().index('"Never"') < tab.text().index('"Read"')
    qtbot.waitUntil(lambda: cells(pane, STATEMENT)[:2] == ["[0]  Never", "[1]  Read"], timeout=15_000)
    assert pane.list.currentIndex().row() == 1
    settled(window, qtbot)
    assert cells(pane, FINDINGS)[1] == "1"


def test_the_menu_duplicates_and_moves_the_statement_it_was_opened_on(window: MainWindow, qtbot: Any) -> None:
    pane, tab = window.outline, front(window)
    qtbot.keyClick(pane.list, Qt.Key.Key_Down)
    row = pane.list.currentIndex().row()
    qtbot.keyClick(pane.list, Qt.Key.Key_Menu)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    names = [action.objectName() for action in menu.actions() if isinstance(action, QAction)]
    assert "policy.statement_duplicate" in names
    assert "policy.statement_up" in names
    next(a for a in menu.actions() if a.objectName() == "policy.statement_duplicate").trigger()
    menu.close()
    assert len(parse(tab.text()).root.members[1].value.items) == 4  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: len(cells(pane, STATEMENT)) == 4, timeout=15_000)
    assert cells(pane, STATEMENT)[row].partition("  ")[2] == cells(pane, STATEMENT)[row + 1].partition("  ")[2][:-1]


def test_another_tab_and_none(window: MainWindow, qtbot: Any) -> None:
    pane = window.outline
    window.area.new('{"Statement": {"Sid": "Only", "Effect": "Deny", "Action": "*", "Resource": "*"}}')
    qtbot.waitUntil(lambda: cells(pane, STATEMENT) == ["[0]  Only"], timeout=15_000)
    window.area.current.edit.selectAll()
    qtbot.keyClick(window.area.current.edit, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: pane.said.text() == outline_pane.NO_STATEMENT, timeout=15_000)
    window.area.close_all()
    qtbot.waitUntil(lambda: pane.said.text() == outline_pane.NOTHING_OPEN)


def test_a_hidden_outline_reads_nothing(window: MainWindow, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    monkeypatch.setattr(outline_pane, "read_outline", lambda *_given: read.append(1))
    window.registry.action("view.show_outline").trigger()
    assert not window.docks["outline"].isVisible()
    with qtbot.waitSignal(window.answer_shown, timeout=15_000):
        front(window).edit.setFocus()
        qtbot.keyClicks(front(window).edit, " ")
    assert read == []


def test_a_long_text_is_read_in_a_job_though_it_is_not_judged(
    make_window: Callable[..., MainWindow], qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.gui import showing

    monkeypatch.setattr(showing, "JUDGED", 20_000)
    window = make_window()
    window.focus_pane("outline")
    one = '{"Sid": "S%d", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}'
    tab = window.area.new('{"Statement": [' + ",\n".join(one % n for n in range(1_000)) + "]}")
    pane = window.outline
    qtbot.waitUntil(lambda: pane.model.rowCount() == 1_000, timeout=15_000)
    tab.edit.setFocus()
    pane._show(Outline())  # as it is while the statements are read
    window.focus_pane("outline")
    assert pane.filter.hasFocus()
    pane._soon.start(0)
    qtbot.waitUntil(pane.list.hasFocus, timeout=15_000)
    assert tab.edit.textCursor().position() == 0
    assert not tab.is_answered
    tab.edit.show_place(len(tab.text()) - 20, len(tab.text()) - 20)
    qtbot.waitUntil(lambda: pane.list.currentIndex().row() == 999)


def test_the_findings_of_a_policy_without_a_list_are_of_its_one_statement() -> None:
    from workbench.engine import Engine

    text = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Getx", "Resource": "*"}}'
    validation = Engine().validate(text)
    outline = read_outline(text, validation.document, validation.findings)
    assert outline.found[0].count >= 1
    assert outline.row_at(text.index("s3:")) == 0
    assert outline.row_at(2) is None


def test_it_has_room_for_statements_when_it_is_first_shown(window: MainWindow, qtbot: Any) -> None:
    outline = window.panes.docks["outline"]
    qtbot.waitUntil(lambda: outline.height() >= 200)
    window.resizeDocks([window.panes.docks["project"], outline], [120, 400], Qt.Orientation.Vertical)
    qtbot.waitUntil(lambda: outline.height() > 250)
    height = outline.height()
    window.toggle_pane("outline")
    window.toggle_pane("outline")  # whoever has made it higher keeps that
    qtbot.waitUntil(lambda: outline.isVisible() and abs(outline.height() - height) < 8)
