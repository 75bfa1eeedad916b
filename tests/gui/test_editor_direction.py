"""Letters from right to left: lines begin at the left all the same, and say where they are not in their order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QToolTip

from workbench.gui.editor import direction
from workbench.gui.editor.direction import TOLD
from workbench.gui.editor.hover import HoverSheet
from workbench.gui.editor.tab import EditorTab
from workbench.gui.theme import DARK, LIGHT

A, B = "\u05d0\u05d1", "\u05d3\u05d4"
TEXT = f'{{\n"{A}": "x",\n  "Action": ["{A}", "{B}"],\n  "Sid": "{A}",\n  "Effect": "Allow"\n}}\n'


@pytest.fixture
def tab(make_tab: Callable[..., EditorTab]) -> EditorTab:
    return make_tab(TEXT, width=900, height=400)


def marked(tab: EditorTab) -> dict[int, QPoint]:
    return {block.blockNumber() + 1: box.center().toPoint() for box, block in direction._boxes(tab.edit)}


def test_only_lines_out_of_their_order_are_marked_and_told(tab: EditorTab, qtbot: Any) -> None:
    assert list(marked(tab)) == [3]
    tip = direction.tip_at(tab.edit, marked(tab)[3])
    runs = f"where \u20391\u203a is {A}\nwhere \u20392\u203a is {B}"
    assert tip == f'{TOLD}\n"Action": ["\u20391\u203a", "\u20392\u203a"],\n{runs}'
    assert direction.tip_at(tab.edit, QPoint(2, 2)) == ""
    tab.hovers._show_tip(marked(tab)[3], QPoint(5, 5))
    assert A in QToolTip.text()
    QToolTip.hideText()


def test_the_order_is_told_at_the_caret(tab: EditorTab, qtbot: Any) -> None:
    cursor = tab.edit.textCursor()
    cursor.setPosition(TEXT.index("Action"))
    tab.edit.setTextCursor(cursor)
    assert tab.hovers.show_sheet()
    sheet = QApplication.activePopupWidget()
    assert isinstance(sheet, HoverSheet)
    assert TOLD in sheet.text
    sheet.close()


def test_a_line_that_begins_with_such_a_letter_begins_at_the_left(tab: EditorTab, qtbot: Any) -> None:
    block = tab.edit.document().findBlockByNumber(1)
    assert block.textDirection() is Qt.LayoutDirection.LeftToRight
    line = block.layout().lineAt(0)
    assert line.cursorToX(0)[0] < line.cursorToX(block.length() - 1)[0] < 200  # type: ignore[index]
    cursor = tab.edit.textCursor()
    cursor.setPosition(block.position())
    tab.edit.setTextCursor(cursor)
    places = []
    for _ in range(block.length() - 1):
        qtbot.keyClick(tab.edit, Qt.Key.Key_Right)
        places.append(tab.edit.textCursor().positionInBlock())
    assert places == list(range(1, block.length()))
    tab.edit.wrapping.set(True)
    tab.edit.show_blanks(True)
    assert block.textDirection() is Qt.LayoutDirection.LeftToRight
    tab.edit.load(TEXT)
    assert tab.edit.document().findBlockByNumber(1).textDirection() is Qt.LayoutDirection.LeftToRight


def test_the_mark_is_painted_and_goes_with_what_it_is_about(tab: EditorTab, qtbot: Any) -> None:
    for theme in (LIGHT, DARK):
        tab.set_theme(theme)
        before = tab.edit.viewport().grab().toImage()
        place = marked(tab)[3]
        assert before.pixelColor(place.x(), place.y() - 6) != theme.color("surface")
        tab.edit.setTextCursor(tab.edit.document().find(f', "{B}"'))
        qtbot.keyClick(tab.edit, Qt.Key.Key_Delete)
        assert marked(tab) == {}
        after = tab.edit.viewport().grab().toImage()
        assert before.pixelColor(place.x() + 20, place.y() - 6) != after.pixelColor(place.x() + 20, place.y() - 6)
        qtbot.keyClick(tab.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def test_lines_without_such_letters_cost_nothing(tab: EditorTab, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr(direction, "_is_reordered", lambda text: bool(looked.append(text)))
    tab.set_text("\n".join("abc" for _ in range(10_000)))
    tab.edit.viewport().repaint()
    assert len(looked) < 200, "the lines in sight alone"


@pytest.mark.parametrize("scrolled", [0, 10_000])
def test_no_mark_hides_what_cannot_be_scrolled_to(tab: EditorTab, qtbot: Any, scrolled: int) -> None:
    tab.set_text(f'"{A}", "{B}", "' + "x" * 300 + '"')
    bar = tab.edit.horizontalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(scrolled)
    box = next(box for box, _ in direction._boxes(tab.edit))
    assert box.width() < 30
    assert (box.left() < 10) == bool(scrolled)
    assert box.right() < tab.edit.viewport().width()
    bar.setValue(0)
    tab.set_text(f'"{A}", "{B}"\n' + "x" * 300)
    [box] = [box for box, _ in direction._boxes(tab.edit)]
    assert box.width() > 30
