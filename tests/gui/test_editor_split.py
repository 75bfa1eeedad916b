"""One text in two views: one text, one undo, the same findings; each view its own caret, place and find bar."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from workbench.gui.editor.tab import EditorTab
from workbench.gui.editor.views import ABOVE, BESIDE
from workbench.gui.main_window import MainWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LINE = '    {"Sid": "S%d", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"},\n'
TEXT = (
    '{\n  "Version": "2012-10-17",\n  "Statement": [\n'
    + "".join(LINE % n for n in range(80))
    + '    {"Sid": "Last", "Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::b/*"}\n  ]\n}\n'
)


@pytest.fixture
def window(make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any) -> MainWindow:
    file = tmp_path / "mine.json"
    file.write_text(TEXT)
    made = make_window(file)
    made.activateWindow()
    assert made.area.current is not None
    made.area.current.edit.setFocus()
    qtbot.waitUntil(lambda: made.area.current.edit.hasFocus())
    return made


def tab_of(window: MainWindow) -> EditorTab:
    assert window.area.current is not None
    return window.area.current


def split(window: MainWindow, qtbot: Any, shift: bool = False) -> tuple[Any, Any]:
    tab = tab_of(window)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Backslash, CTRL | SHIFT if shift else CTRL)
    first, second = tab.views.all()
    qtbot.waitUntil(lambda: second.edit.hasFocus())
    return first, second


def answered(window: MainWindow, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: tab_of(window).is_answered and not window.answering.pending, timeout=15_000)


def go_to_line(edit: Any, line: int, column: int = 0) -> None:
    cursor = edit.textCursor()
    cursor.setPosition(edit.document().findBlockByNumber(line - 1).position() + column)
    edit.setTextCursor(cursor)


def test_both_views_show_one_text_with_one_undo(window: MainWindow, qtbot: Any) -> None:
    first, second = split(window, qtbot)
    tab = tab_of(window)
    assert tab.views.orientation() is BESIDE
    assert abs(first.width() - second.width()) <= 8
    go_to_line(second.edit, 70)
    assert first.edit.textCursor().blockNumber() == 0
    qtbot.keyClicks(second.edit, "zz")
    qtbot.mouseClick(first.edit.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 8))
    assert tab.edit is first.edit
    qtbot.keyClick(first.edit, Qt.Key.Key_Home, CTRL)
    qtbot.keyClicks(first.edit, "yy")
    assert first.edit.toPlainText() == second.edit.toPlainText() == tab.text()
    assert tab.text().startswith("yy{")
    assert tab.text().splitlines()[69].startswith("zz")
    assert second.edit.textCursor().blockNumber() == 69
    assert tab.dirty
    qtbot.keyClick(first.edit, Qt.Key.Key_Z, CTRL)
    assert not tab.text().startswith("yy")
    qtbot.keyClick(first.edit, Qt.Key.Key_Z, CTRL)
    assert tab.text() == TEXT
    assert not tab.dirty


def test_the_keys_turn_end_and_leave_a_split(window: MainWindow, qtbot: Any) -> None:
    first, second = split(window, qtbot)
    tab = tab_of(window)
    assert window.registry.action("view.split_beside").isChecked()
    assert second.edit.accessibleName() != first.edit.accessibleName()
    qtbot.keyClick(second.edit, Qt.Key.Key_F6)
    assert QApplication.focusWidget() is first.edit
    assert tab.edit is first.edit
    qtbot.keyClick(first.edit, Qt.Key.Key_Backslash, CTRL | SHIFT)
    assert tab.views.orientation() is ABOVE
    assert tab.views.all() == [first, second]
    assert tab.views.layout_state == "above"
    qtbot.keyClick(first.edit, Qt.Key.Key_F6)
    go_to_line(second.edit, 60)
    second.edit.centerCursor()
    place = second.edit.verticalScrollBar().value()
    window.registry.action("view.join").trigger()
    assert not tab.views.is_split
    assert tab.edit is first.edit
    assert first.edit.hasFocus()
    assert first.edit.textCursor().blockNumber() == 59
    assert first.edit.verticalScrollBar().value() == pytest.approx(place, abs=25)
    assert not window.registry.action("view.join").isEnabled()
    qtbot.keyClicks(first.edit, "x")
    assert tab.text().splitlines()[59].startswith("x")
    tab.views.arrange("beside")
    assert tab.views.layout_state == "beside"
    tab.views.arrange("")
    assert tab.views.layout_state == ""


def test_findings_and_statement_are_shown_in_both_and_gone_to_in_the_one_with_the_keys(
    window: MainWindow, qtbot: Any
) -> None:
    first, second = split(window, qtbot)
    answered(window, qtbot)
    end = len(TEXT)
    assert first.edit.marks_between(0, end) == second.edit.marks_between(0, end) != []
    assert first.scroll_marks.rows()
    assert second.scroll_marks.rows()
    go_to_line(first.edit, 20, 6)
    go_to_line(second.edit, 40, 6)
    qtbot.keyClick(second.edit, Qt.Key.Key_F8)
    qtbot.keyClick(second.edit, Qt.Key.Key_F8)
    assert second.edit.hasFocus()
    assert second.edit.textCursor().blockNumber() not in (19, 39)
    assert first.edit.textCursor().blockNumber() == 19
    go_to_line(second.edit, 50, 6)
    qtbot.waitUntil(lambda: "Statement[46]" in tab_of(window).breadcrumb)
    assert first.edit.statement is not None
    assert first.edit.statement != second.edit.statement


def test_completion_fixes_hover_and_find_belong_to_the_view_with_the_keys(window: MainWindow, qtbot: Any) -> None:
    first, second = split(window, qtbot)
    tab = tab_of(window)
    answered(window, qtbot)
    at = TEXT.index("s3:GetObjekt")
    second.edit.show_place(at + 3, at + 3, flash=False)
    bulbs = second.edit.findChildren(object, "light-bulb")
    qtbot.waitUntil(lambda: any(b.isVisible() for b in second.edit.findChildren(object, "light-bulb")))
    assert not any(b.isVisible() for b in first.edit.findChildren(object, "light-bulb")), bulbs
    qtbot.keyClick(second.edit, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: not any(b.isVisible() for b in second.edit.findChildren(object, "light-bulb")))
    qtbot.keyClick(first.edit, Qt.Key.Key_F6)
    qtbot.keyClick(second.edit, Qt.Key.Key_Space, CTRL)
    qtbot.waitUntil(lambda: second.completer.is_open)
    assert not first.completer.is_open
    assert tab.completer is second.completer
    qtbot.keyClick(second.edit, Qt.Key.Key_Escape)
    assert not second.completer.is_open
    assert second.hovers.explain is not None
    assert tab.hovers is second.hovers
    qtbot.keyClick(second.edit, Qt.Key.Key_F, CTRL)
    qtbot.waitUntil(lambda: tab.find_bar.needle.hasFocus())
    assert second.isAncestorOf(tab.find_bar)
    qtbot.keyClicks(tab.find_bar.needle, "Last")
    assert second.edit.textCursor().selectedText() == "Last"
    assert not first.edit.textCursor().hasSelection()
    qtbot.keyClick(tab.find_bar.needle, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: second.edit.hasFocus())


def test_statement_commands_saving_and_keeping_work_in_the_second_view(window: MainWindow, qtbot: Any) -> None:
    _first, second = split(window, qtbot)
    tab = tab_of(window)
    go_to_line(second.edit, 84, 6)
    qtbot.keyClick(second.edit, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert tab.text().index('"Last"') < tab.text().index('"S79"')
    assert second.edit.textCursor().blockNumber() == 82
    kept: list[str] = []
    window.recovery.keep = lambda texts, _number: kept.extend(t.text for t in texts)  # type: ignore[assignment,method-assign]
    window.area.keeping.now()
    qtbot.waitUntil(lambda: bool(kept))
    assert kept[0] == tab.text()
    qtbot.keyClick(second.edit, Qt.Key.Key_S, CTRL)
    assert tab.path is not None
    assert tab.path.read_text() == tab.text()
    assert not tab.dirty


def test_a_split_tab_closes_and_a_theme_reaches_both_views(window: MainWindow, qtbot: Any) -> None:
    first, second = split(window, qtbot)
    tab = tab_of(window)
    window.zoom(1)
    assert first.edit.zoom == second.edit.zoom == window.area.zoom_steps
    window.zoom(0)
    from workbench.gui.theme import DARK

    tab.set_theme(DARK)
    assert first.edit.theme is DARK
    assert second.edit.theme is DARK
    window.area.close_tab(tab)
    qtbot.waitUntil(lambda: window.area.current is None)
    qtbot.waitUntil(lambda: not shiboken6.isValid(tab))  # its views and its text go without a word, too


def test_a_fold_is_one_of_both_views_and_hides_no_caret(window: MainWindow, qtbot: Any) -> None:
    window.area.new('{\n  "Statement": [\n    {\n      "Sid": "A"\n    }\n  ]\n}\n')
    tab = tab_of(window)
    tab.edit.setFocus()
    qtbot.waitUntil(lambda: tab.edit.hasFocus())
    first, second = split(window, qtbot)
    go_to_line(first.edit, 4, 8)
    go_to_line(second.edit, 3)
    second.edit.folding.fold_here()
    assert not tab.edit.document().findBlockByNumber(3).isVisible()
    assert first.edit.textCursor().block().isVisible()
    assert first.edit.textCursor().blockNumber() == 2
    qtbot.keyClick(second.edit, Qt.Key.Key_F6)
    first.edit.folding.unfold_here()
    assert tab.edit.document().findBlockByNumber(3).isVisible()


def test_the_find_bar_of_a_narrow_view_leaves_room_for_what_is_typed(window: MainWindow, qtbot: Any) -> None:
    _first, second = split(window, qtbot)
    qtbot.keyClick(second.edit, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    bar = second.find_bar
    qtbot.keyClicks(bar.needle, "sagemaker")
    qtbot.waitUntil(lambda: bar.needle.width() > bar.needle.fontMetrics().horizontalAdvance("sagemaker:Create"))
    tab_of(window).views.join()


def test_a_view_that_was_closed_hears_no_more_of_the_text(window: MainWindow, qtbot: Any) -> None:
    """An error in a slot of the closed view would fail the test."""
    answered(window, qtbot)
    tab = tab_of(window)
    _, second = split(window, qtbot)
    gone = second.edit
    window.registry.action("view.join").trigger()
    qtbot.waitUntil(lambda: not tab.views.is_split and not shiboken6.isValid(gone))
    tab.edit.setFocus()
    before = tab.edit.blockCount()
    qtbot.keyClick(tab.edit, Qt.Key.Key_Return)
    qtbot.keyClicks(tab.edit, "[]")
    assert tab.edit.blockCount() == before + 1
    answered(window, qtbot)
