"""Ctrl+. and the light bulb: every fix with its verdict; the marks in the scroll bar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from workbench.gui.editor.marks import Mark, MarkList
from workbench.gui.main_window import MainWindow
from workbench.gui.quick_fixes import LightBulb

POLICY = """{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["s3:GetObjct", "s3:Get*", "s3:GetBucketAcl"],
    "Resource": "*"
  }
}
"""


@pytest.fixture
def window(window_of: Callable[[str], MainWindow]) -> MainWindow:
    return window_of(POLICY)


def put_caret(window: MainWindow, qtbot: Any, part: str) -> None:
    tab = window.area.current
    assert tab is not None
    cursor = tab.edit.textCursor()
    cursor.setPosition(tab.text().index(part) + 1)
    tab.edit.setTextCursor(cursor)
    tab.edit.setFocus()
    qtbot.waitUntil(lambda: tab.statement_at_caret() is not None)


def opened(window: MainWindow, qtbot: Any) -> QMenu:
    tab = window.area.current
    assert tab is not None
    qtbot.keyClick(tab.edit, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.quick_fixes.menu is not None and window.quick_fixes.menu.isVisible())
    assert window.quick_fixes.menu is not None
    return window.quick_fixes.menu


def test_the_menu_says_of_each_fix_what_it_does_to_access(window: MainWindow, qtbot: Any) -> None:
    put_caret(window, qtbot, "s3:GetBucketAcl")
    menu = opened(window, qtbot)
    first = menu.actions()[0]
    qtbot.waitUntil(lambda: first.text().endswith("\tSame access"), timeout=10_000)
    assert menu.activeAction() is first
    assert any(action.text().startswith("Why: REDUNDANT_ACTION") for action in menu.actions())
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    tab = window.area.current
    assert tab is not None
    assert '"s3:GetObject"' in tab.text()  # which s3:Get* allows anyway
    qtbot.keyClick(tab.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert tab.text() == POLICY  # one step


def test_why_shows_the_page_of_the_finding(window: MainWindow, qtbot: Any) -> None:
    put_caret(window, qtbot, "s3:GetBucketAcl")
    menu = opened(window, qtbot)
    why = next(action for action in menu.actions() if action.text().startswith("Why"))
    menu.setActiveAction(why)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.findings.details.page_shown, timeout=5000)


def test_the_light_bulb_is_beside_the_carets_line_and_opens_the_menu(window: MainWindow, qtbot: Any) -> None:
    tab = window.area.current
    assert tab is not None
    put_caret(window, qtbot, "s3:GetObjct")
    qtbot.waitUntil(lambda: any(b.isVisible() for b in tab.edit.margin.findChildren(LightBulb)))
    [bulb] = tab.edit.margin.findChildren(LightBulb)
    assert abs(bulb.geometry().center().y() - tab.edit.cursorRect().center().y()) <= 2
    ground = tab.edit.theme.color("surface").rgb()
    picture = tab.edit.margin.grab(bulb.geometry()).toImage()
    colors = {picture.pixel(x, y) for x in range(picture.width()) for y in range(picture.height())}
    assert picture.pixel(0, 0) == ground
    assert tab.edit.theme.color("error").rgb() not in colors  # the mark below does not show through
    qtbot.mouseClick(bulb, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.quick_fixes.menu is not None)
    assert window.quick_fixes.menu is not None
    qtbot.keyClick(window.quick_fixes.menu, Qt.Key.Key_Escape)
    cursor = tab.edit.textCursor()
    cursor.setPosition(0)
    tab.edit.setTextCursor(cursor)
    assert not bulb.isVisible()


def test_marks_stand_in_the_scroll_bar_and_a_click_goes_there(window: MainWindow, qtbot: Any) -> None:
    tab = window.area.current
    assert tab is not None
    lines = "\n".join(f"line {n}" for n in range(1000))
    with qtbot.waitSignal(window.answer_shown, timeout=10_000):
        tab.edit.replace_all(lines)
    marks = MarkList()
    at = lines.index("line 700")
    marks.set(
        [Mark(at, at + 4, "error", "x"), Mark(lines.index("line 100"), lines.index("line 101"), "suggestion", "y")]
    )
    tab.edit.set_marks(marks)
    strip = tab.scroll_marks
    assert set(strip.rows().values()) == {"error", "suggestion"}
    bar = tab.edit.verticalScrollBar()
    row = next(row for row, token in strip.rows().items() if token == "error")
    assert 0.68 < row / bar.height() < 0.72
    picture = bar.grab().toImage()
    ratio = picture.devicePixelRatio()
    color = tab.edit.theme.color("error").rgb()
    assert picture.pixel(int((bar.width() - 3) * ratio), int((row + 1) * ratio)) == color
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(bar.width() - 3, row + 1))
    assert tab.edit.textCursor().selectedText() == "line"
    assert tab.caret()[0] == 701


def test_ten_thousand_marks_are_looked_up_a_pixel_at_a_time(window: MainWindow, qtbot: Any) -> None:
    tab = window.area.current
    assert tab is not None
    with qtbot.waitSignal(window.answer_shown, timeout=10_000):
        tab.edit.replace_all("x\n" * 20_000)
    marks = MarkList()
    marks.set([Mark(4 * n, 4 * n + 1, "warning", "x") for n in range(10_000)])
    tab.edit.set_marks(marks)
    assert 0 < len(tab.scroll_marks.rows()) <= tab.edit.verticalScrollBar().height()
