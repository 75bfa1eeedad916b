"""What the tool tip and the sheet say, asked for with the mouse and with the keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QTextCursor
from PySide6.QtWidgets import QApplication, QToolTip

from workbench.document.span import Span
from workbench.gui.editor.hover import HoverSheet, tip_of
from workbench.gui.main_window import MainWindow
from workbench.gui.widgets import WrappedLabel
from workbench.writing.hover import Hover

POLICY = """{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::bucket/*",
    "Condition": {"StringNotEqual": {"aws:SourceVpc": "<img src=x>"}}
  }
}
"""


@pytest.fixture
def window(window_of: Callable[[str], MainWindow]) -> MainWindow:
    return window_of(POLICY)


def put_caret(window: MainWindow, part: str) -> None:
    tab = window.area.current
    assert tab is not None
    cursor = tab.edit.textCursor()
    cursor.setPosition(tab.text().index(part) + 1)
    tab.edit.setTextCursor(cursor)
    tab.edit.setFocus()


def sheet() -> HoverSheet | None:
    found = QApplication.activePopupWidget()
    return found if isinstance(found, HoverSheet) else None


def test_the_keys_say_what_is_at_the_caret_and_any_key_puts_it_away(window: MainWindow, qtbot: Any) -> None:
    put_caret(window, "s3:GetObject")
    tab = window.area.current
    assert tab is not None
    qtbot.keyClick(tab.edit, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: sheet() is not None)
    shown = sheet()
    assert shown is not None
    assert "Access level: Read." in shown.accessibleDescription()
    assert shown.accessibleName() == "s3:GetObject"
    labels = shown.findChildren(WrappedLabel)
    needed = sum(label.heightForWidth(label.width()) for label in labels)
    assert shown.height() < needed + 10 * len(labels) + 40  # no holes between the lines
    picture = shown.grab().toImage()
    assert len({picture.pixel(x, y) for x in range(picture.width()) for y in range(0, picture.height(), 3)}) > 5
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: sheet() is None)
    assert tab.text() == POLICY


def test_the_mouse_says_findings_first_and_then_what_stands_there(window: MainWindow, qtbot: Any) -> None:
    tab = window.area.current
    assert tab is not None
    put_caret(window, "StringNotEqual")
    place = tab.edit.cursorRect().center()
    event = QHelpEvent(QEvent.Type.ToolTip, place, tab.edit.viewport().mapToGlobal(place))
    QApplication.sendEvent(tab.edit.viewport(), event)
    shown = QToolTip.text()
    assert "StringNotEquals" in shown  # the finding says what is meant
    assert shown.index("StringNotEquals") < shown.index("There is no condition operator of this name.")
    QToolTip.hideText()


def test_what_is_said_is_about_the_text_as_it_stands(window: MainWindow, qtbot: Any) -> None:
    """Also while its answer is still worked out."""
    tab = window.area.current
    assert tab is not None
    put_caret(window, "s3:GetObject")
    tab.edit.moveCursor(QTextCursor.MoveOperation.StartOfLine)
    qtbot.keyClicks(tab.edit, " ")
    put_caret(window, "s3:GetObject")
    qtbot.keyClicks(tab.edit, "3")
    assert not tab.is_answered
    assert tab.hovers.show_sheet()
    found = sheet()
    assert found is not None
    assert found.accessibleName() == "s33:GetObject"
    assert "does not list it" in found.accessibleDescription()
    found.close()


def test_of_a_long_text_nothing_is_said_before_it_is_answered(window: MainWindow, qtbot: Any) -> None:
    tab = window.area.current
    assert tab is not None
    one = '  {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'
    with qtbot.waitSignal(window.answer_shown, timeout=20_000):
        tab.edit.replace_all('{"Statement": [\n' + ",\n".join([one] * 600) + "\n]}")
        put_caret(window, "s3:GetObject")
        assert not tab.hovers.show_sheet()
    qtbot.waitUntil(lambda: tab.is_answered)
    assert tab.hovers.show_sheet()
    found = sheet()
    assert found is not None
    found.close()


def test_a_mark_in_the_margin_tells_its_findings_and_chooses_the_first(window: MainWindow, qtbot: Any) -> None:
    tab = window.area.current
    assert tab is not None
    put_caret(window, "StringNotEqual")
    window.findings.table.clearSelection()
    margin, line = tab.edit.margin, tab.edit.cursorRect().center().y()
    place = QPoint(10, line)
    QApplication.sendEvent(margin, QHelpEvent(QEvent.Type.ToolTip, place, margin.mapToGlobal(place)))
    assert "StringNotEquals" in QToolTip.text()
    QToolTip.hideText()
    tab.edit.moveCursor(QTextCursor.MoveOperation.Start)  # the light bulb goes
    qtbot.mouseClick(margin, Qt.MouseButton.LeftButton, pos=place)
    chosen = window.findings.chosen
    assert chosen is not None
    assert chosen.code == "INVALID_CONDITION_OPERATOR"


def test_what_a_policy_says_stays_text() -> None:
    shown = tip_of(["<b>x</b>"], Hover(Span(0, 1), "<img src=x>", ("<i>y</i>",), ("<u>",), 0))
    for part in ("<b>x", "<img", "<i>", "<u>"):
        assert part not in shown
