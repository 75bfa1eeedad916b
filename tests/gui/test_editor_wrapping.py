"""Wrapped lines: what is drawn beside and under them stands where the text is; and marks for white space."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent, QTextOption
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QToolTip

from workbench.gui.editor import waves
from workbench.gui.editor.blocks import ShownLine, shown_blocks, shown_lines
from workbench.gui.editor.marks import Mark, MarkList
from workbench.gui.editor.tab import EditorTab
from workbench.gui.main_window import MainWindow
from workbench.gui.settings import Settings
from workbench.gui.theme import LIGHT
from workbench.writing.layout import LONG_LINE

LINE = '{"Action": [' + ", ".join(f'"s3:Action{n:03}"' for n in range(180)) + "]}"
"""About 3,000 characters, short enough not to be laid out."""


@pytest.fixture
def tab(make_tab: Callable[..., EditorTab]) -> EditorTab:
    tab = make_tab(width=700, height=400)
    tab.edit.wrapping.set(True)
    tab.set_text(LINE + "\n{}\n")
    return tab


def line_at(tab: EditorTab, position: int) -> ShownLine:
    [found] = [
        line
        for shown in shown_blocks(tab.edit)
        for line in shown_lines(tab.edit, shown)
        if line.start <= position <= line.end
    ]
    return found


def mark(tab: EditorTab, part: str, token: str = "error") -> int:
    at, marks = tab.text().index(part), MarkList()
    marks.set([Mark(at, at + len(part), token, f"about {part}")])
    tab.edit.set_marks(marks)
    return at


def colored(tab: EditorTab, token: str, top: int, bottom: int) -> list[int]:
    """The columns of the viewport between two heights where something has nearly a token's color."""
    picture = tab.edit.viewport().grab().toImage()
    wanted = LIGHT.color(token)
    found = set()
    for x in range(picture.width()):
        for y in range(max(top, 0), min(bottom, picture.height())):
            color = picture.pixelColor(x, y)
            if all(abs(a - b) < 12 for a, b in zip(color.getRgb()[:3], wanted.getRgb()[:3], strict=True)):
                found.add(x)
    return sorted(found)


def test_lines_are_wrapped_at_the_edge(tab: EditorTab) -> None:
    block = tab.edit.document().firstBlock()
    assert block.lineCount() > 20
    assert tab.edit.horizontalScrollBar().maximum() == 0
    [first, *_] = shown_blocks(tab.edit)
    assert len(shown_lines(tab.edit, first)) < block.lineCount(), "only what is in the viewport"


def test_a_wave_is_under_its_words_on_a_wrapped_line(tab: EditorTab) -> None:
    at = mark(tab, '"s3:Action030"')
    line = line_at(tab, at)
    assert line.top > 40
    bottom = line.top + line.line.height()
    columns = colored(tab, "error", int(bottom - 4), int(bottom + 2))
    x = tab.edit.cursorRect(_cursor(tab, at)).left()
    assert columns
    assert abs(columns[0] - x) <= 4
    assert colored(tab, "error", 0, int(line.top) - 4) == []


def test_a_wave_goes_on_where_its_place_is_wrapped(tab: EditorTab) -> None:
    first = tab.edit.document().firstBlock().layout().lineAt(2)
    end = first.textStart() + first.textLength()
    marks = MarkList()
    marks.set([Mark(end - 5, end + 5, "error", "over the edge")])
    tab.edit.set_marks(marks)
    lines = [line_at(tab, end - 5), line_at(tab, end)]
    assert lines[0].top < lines[1].top
    for line in lines:
        base = int(line.top + line.line.ascent() + 3)
        assert colored(tab, "error", base - 1, base + 2)
    assert colored(tab, "error", int(lines[1].top + lines[1].line.ascent()), int(lines[1].top) + 20)[0] < 20


def test_a_wave_is_drawn_once_and_then_put_where_it_belongs(tab: EditorTab) -> None:
    mark(tab, '"s3:Action030"')
    tab.edit.viewport().grab()
    before = waves._tile.cache_info()
    tab.edit.viewport().grab()
    after = waves._tile.cache_info()
    assert after.hits > before.hits
    assert after.misses == before.misses


def _cursor(tab: EditorTab, at: int) -> Any:
    cursor = tab.edit.textCursor()
    cursor.setPosition(at)
    return cursor


def test_the_margin_has_its_mark_at_the_line_of_the_finding(tab: EditorTab, qtbot: Any) -> None:
    at = mark(tab, '"s3:Action030"')
    line = line_at(tab, at)
    margin = tab.edit.margin
    assert [m.text for m in margin.marks_at(int(line.top + 4))] == ['about "s3:Action030"']
    assert margin.marks_at(4) == []
    pressed = []
    tab.edit.mark_pressed.connect(lambda: pressed.append(tab.edit.textCursor().position()))
    qtbot.mouseClick(margin, Qt.MouseButton.LeftButton, pos=QPoint(10, int(line.top + 6)))
    assert pressed == [at]


def test_hover_knows_what_is_at_the_pointer_and_what_is_beside_the_text(tab: EditorTab, qtbot: Any) -> None:
    at = mark(tab, '"s3:Action030"')
    rect = tab.edit.cursorRect(_cursor(tab, at + 4))
    QToolTip.hideText()

    def point(place: QPoint) -> None:
        viewport = tab.edit.viewport()
        QApplication.sendEvent(viewport, QHelpEvent(QEvent.Type.ToolTip, place, viewport.mapToGlobal(place)))

    point(rect.center())
    assert "s3:Action030" in QToolTip.text()
    tab.edit.wrapping.set(False)
    tab.set_text('{"a": "b"}\n')
    mark(tab, '"b"}')
    point(QPoint(400, tab.edit.cursorRect(_cursor(tab, 2)).center().y()))
    qtbot.waitUntil(lambda: QToolTip.text() == "")


def test_the_scroll_bar_has_its_mark_where_the_line_is(tab: EditorTab) -> None:
    mark(tab, '"s3:Action090"')
    tab.edit.verticalScrollBar().setValue(0)
    bar = tab.edit.verticalScrollBar()
    assert bar.maximum() > 10
    [row] = tab.scroll_marks.rows()
    height = tab.scroll_marks._groove().height()
    assert 0.4 < row / height < 0.6, "half way down, though it is in the first of two lines"


def test_the_line_of_the_caret_is_the_one_it_is_seen_in(tab: EditorTab) -> None:
    at = tab.text().index('"s3:Action030"')
    tab.edit.setTextCursor(_cursor(tab, at))
    tab.edit._refresh_marks()
    line = line_at(tab, at)
    picture = tab.edit.viewport().grab().toImage()
    x = picture.width() - 2
    tints = {y: picture.pixelColor(x, y).name() for y in range(picture.height())}
    ground = LIGHT.color("surface").name()
    tinted = [y for y, name in tints.items() if name != ground]
    assert tinted
    assert line.top - 1 <= tinted[0]
    assert tinted[-1] <= line.top + line.line.height() + 1


def test_folds_in_wrapped_text(tab: EditorTab, qtbot: Any) -> None:
    tab.set_text('{\n  "x": "' + "long " * 200 + '", "Action": [\n    "a",\n    "b"\n  ]\n}\n')
    tab.edit.folding.toggle(tab.edit.document().findBlockByNumber(1))
    block = tab.edit.document().findBlockByNumber(1)
    assert block.lineCount() > 5
    assert not tab.edit.document().findBlockByNumber(3).isVisible()
    tab.edit.viewport().repaint()
    [(box, _)] = tab.edit._fold_marks._boxes
    [shown] = [s for s in shown_blocks(tab.edit) if s.block == block]
    assert shown.top + shown.height - 30 < box.center().y() < shown.top + shown.height
    assert box.right() < tab.edit.viewport().width()
    qtbot.mouseClick(tab.edit.viewport(), Qt.MouseButton.LeftButton, pos=box.center().toPoint())
    assert tab.edit.document().findBlockByNumber(3).isVisible()


# -- lines that are too long -----------------------------------------------------------------------------------------


def test_a_line_too_long_is_not_wrapped_and_that_is_said(tab: EditorTab, qtbot: Any) -> None:
    QGuiApplication.clipboard().setText('"' + "x" * (LONG_LINE + 10) + '"')
    tab.edit.setTextCursor(_cursor(tab, len(LINE) + 1))
    with qtbot.waitSignal(tab.told) as said:
        qtbot.keyClick(tab.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert said.args == ["The lines of this text are not wrapped: one has more than 20,000 characters."]
    assert not tab.edit.wrapping.on
    tab.edit.undo()
    qtbot.waitUntil(lambda: tab.edit.wrapping.on, timeout=3_000)


def test_one_line_of_a_megabyte_is_laid_out_and_wrapped(tab: EditorTab, qtbot: Any) -> None:
    statements = [{"Sid": f"S{n}", "Effect": "Allow", "Action": "s3:*", "Resource": "*" * 300} for n in range(3_000)]
    text = json.dumps({"Statement": statements})
    assert len(text) > 1_000_000
    tab.set_text(text)
    qtbot.waitUntil(lambda: not tab.loading, timeout=20_000)
    qtbot.waitUntil(lambda: tab.edit.wrapping.on, timeout=5_000)
    assert tab.edit.blockCount() > 10_000


def test_a_string_too_long_to_be_laid_out_is_not_wrapped(tab: EditorTab, qtbot: Any) -> None:
    with qtbot.waitSignal(tab.told, timeout=10_000) as said:
        tab.set_text('{"Sid": "' + "x" * 200_000 + '"}')
    assert "are not wrapped" in said.args[0]
    assert not tab.edit.wrapping.on


# -- commands and settings -------------------------------------------------------------------------------------------


def test_wrapping_is_a_command_and_a_setting_that_is_kept(make_window: Callable[..., MainWindow], qtbot: Any) -> None:
    window = make_window()
    tab = window.area.current
    assert tab is not None
    action = window.registry.action("view.wrap")
    assert action.isCheckable()
    assert not action.isChecked()
    tab.edit.setFocus()
    qtbot.keyClick(tab.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.AltModifier)
    assert action.isChecked()
    assert tab.edit.lineWrapMode() == QPlainTextEdit.LineWrapMode.WidgetWidth
    assert window.area.new("{}").edit.wrapping.on
    assert Settings().get("wrap") is True
    again = make_window()
    assert again.area.current is not None
    assert again.area.current.edit.wrapping.on
    again.settings.set("wrap", False)
    assert not again.area.current.edit.wrapping.on


def test_white_space_is_a_command_and_a_setting_that_is_kept(make_window: Callable[..., MainWindow]) -> None:
    window = make_window()
    tab = window.area.current
    assert tab is not None
    flag = QTextOption.Flag.ShowTabsAndSpaces
    plain = tab.edit.viewport().grab().toImage()
    window.registry.action("view.blanks").trigger()
    assert window.registry.action("view.blanks").isChecked()
    assert tab.edit.document().defaultTextOption().flags() & flag
    assert tab.edit.viewport().grab().toImage() != plain
    block = tab.edit.document().findBlockByNumber(1)
    faint = LIGHT.faint()
    [first, *_] = block.layout().formats()
    assert (first.start, first.format.foreground().color()) == (0, faint)
    assert window.area.new(" {}").edit.document().defaultTextOption().flags() & flag
    assert Settings().get("blanks") is True
    tab.edit.wrapping.set(True)
    assert tab.edit.document().defaultTextOption().flags() & flag, "the one does not end the other"
    window.registry.action("view.blanks").trigger()
    assert not tab.edit.document().defaultTextOption().flags() & flag
