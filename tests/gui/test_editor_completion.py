"""Completion with the keys that a person presses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt

from workbench.document.parser import parse
from workbench.gui.editor.tab import EditorTab
from workbench.gui.main_window import MainWindow

START = '{\n  "Version": "2012-10-17",\n  "Statement": [\n    \n  ]\n}\n'


@pytest.fixture
def window(window_of: Callable[[str], MainWindow]) -> MainWindow:
    return window_of(START)


@pytest.fixture
def tab(window: MainWindow) -> EditorTab:
    found = window.area.current
    assert found is not None
    found.edit.setFocus()
    put(found, START, START.index("\n  ]"))
    return found


def put(tab: EditorTab, text: str, caret: int) -> None:
    tab.edit.replace_all(text)
    cursor = tab.edit.textCursor()
    cursor.setPosition(caret)
    tab.edit.setTextCursor(cursor)


def rows(tab: EditorTab) -> list[str]:
    model = tab.completer.popup.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def opened(qtbot: Any, tab: EditorTab, first: str) -> None:
    qtbot.waitUntil(lambda: tab.completer.is_open and rows(tab)[0] == first)


def test_a_few_letters_and_tab_write_an_action(tab: EditorTab, qtbot: Any) -> None:
    put(tab, '{"Statement": [{"Effect": "Allow", "Action": []}]}', 46)
    qtbot.keyClicks(tab.edit, '"cretrain')
    opened(qtbot, tab, "sagemaker:CreateTrainingJob")
    qtbot.keyClick(tab.edit, Qt.Key.Key_Tab)
    assert '"Action": ["sagemaker:CreateTrainingJob"]' in tab.text()
    assert not tab.completer.is_open
    qtbot.keyClick(tab.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert "sagemaker" not in tab.text()  # one step back


def test_a_statement_is_filled_in_stop_by_stop(tab: EditorTab, qtbot: Any) -> None:
    qtbot.keyClick(tab.edit, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    opened(qtbot, tab, "Allow statement")
    qtbot.keyClick(tab.edit, Qt.Key.Key_Return)
    assert tab.edit.textCursor().selectedText() == "Name"
    qtbot.keyClicks(tab.edit, "Read")
    qtbot.keyClick(tab.edit, Qt.Key.Key_Tab)
    assert tab.edit.textCursor().selectedText() == "s3:GetObject"
    qtbot.keyClick(tab.edit, Qt.Key.Key_Backtab)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Tab)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Tab)
    assert tab.edit.textCursor().selectedText() == "arn:aws:s3:::bucket/*"
    qtbot.keyClick(tab.edit, Qt.Key.Key_Tab)
    assert not tab.completer.stops.active
    assert '"Sid": "Read"' in tab.text()
    assert not parse(tab.text()).problems


def test_escape_leaves_the_places_to_fill_in(tab: EditorTab, qtbot: Any) -> None:
    qtbot.keyClick(tab.edit, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    opened(qtbot, tab, "Allow statement")
    qtbot.keyClick(tab.edit, Qt.Key.Key_Return)
    assert tab.completer.stops.active
    qtbot.keyClick(tab.edit, Qt.Key.Key_Escape)
    assert not tab.completer.stops.active


def test_down_chooses_escape_closes_and_enter_stays_a_new_line(tab: EditorTab, qtbot: Any) -> None:
    put(tab, '{"Statement": [{"Effect": ""}]}', 27)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    opened(qtbot, tab, "Allow")
    qtbot.keyClick(tab.edit, Qt.Key.Key_Down)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Return)
    assert tab.text() == '{"Statement": [{"Effect": "Deny"}]}'
    qtbot.keyClick(tab.edit, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Escape)
    assert not tab.completer.is_open
    qtbot.keyClick(tab.edit, Qt.Key.Key_Return)
    assert tab.text().count("\n") == 1


def test_a_name_brings_its_value_and_the_list_of_what_may_stand_there(tab: EditorTab, qtbot: Any) -> None:
    put(tab, '{"Statement": [{"Action": "s3:GetObject", }]}', 42)
    qtbot.keyClicks(tab.edit, '"Reso')
    opened(qtbot, tab, "Resource")
    qtbot.keyClick(tab.edit, Qt.Key.Key_Return)
    opened(qtbot, tab, "arn:aws:s3:::*/*")
    qtbot.keyClick(tab.edit, Qt.Key.Key_Tab)
    assert '"Resource": "arn:aws:s3:::*/*"' in tab.text()
    assert tab.edit.textCursor().selectedText() == "aws"


def test_the_mouse_takes_a_row(tab: EditorTab, qtbot: Any) -> None:
    put(tab, '{"Statement": [{"Effect": ""}]}', 27)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    opened(qtbot, tab, "Allow")
    popup = tab.completer.popup
    place = popup.visualRect(popup.model().index(1, 0)).center()
    qtbot.mouseClick(popup.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert tab.text() == '{"Statement": [{"Effect": "Deny"}]}'
    assert tab.edit.hasFocus()


def test_the_list_stays_inside_the_window_and_is_painted(tab: EditorTab, window: MainWindow, qtbot: Any) -> None:
    put(tab, "\n" * 60 + '{"Statement": [{"Action": ""}]}', 60 + 27)
    tab.edit.ensureCursorVisible()
    qtbot.keyClicks(tab.edit, "s3:Get")
    qtbot.waitUntil(lambda: tab.completer.is_open)
    popup = tab.completer.popup
    assert window.rect().contains(popup.geometry())
    picture = popup.grab().toImage()
    assert len({picture.pixel(x, y) for x in range(0, picture.width(), 2) for y in range(0, picture.height(), 2)}) > 8


def test_it_says_what_it_is_to_a_screen_reader(tab: EditorTab, qtbot: Any) -> None:
    put(tab, '{"Statement": [{"Action": "s3:GetObjec"}]}', 38)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    opened(qtbot, tab, "s3:GetObject")
    popup = tab.completer.popup
    assert popup.accessibleName() == "Completions"
    assert popup.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "s3:GetObject, Read"


def test_the_quote_that_ends_a_text_opens_no_list_and_enter_stays_a_new_line(tab: EditorTab, qtbot: Any) -> None:
    put(tab, '{"Statement": [{"Action": }]}', 26)
    qtbot.keyClicks(tab.edit, '"s3:GetObject')
    opened(qtbot, tab, "s3:GetObject")
    qtbot.keyClicks(tab.edit, '"')
    qtbot.waitUntil(lambda: not tab.completer.is_open)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Return)
    assert tab.text() == '{"Statement": [{"Action": "s3:GetObject"\n}]}'


def test_a_variable_is_proposed_as_soon_as_it_is_begun(tab: EditorTab, qtbot: Any) -> None:
    put(tab, '{"Statement": [{"Resource": "arn:aws:s3:::b/"}]}', 44)
    qtbot.keyClicks(tab.edit, "${")
    opened(qtbot, tab, "${aws:username}")
    qtbot.keyClick(tab.edit, Qt.Key.Key_Tab)
    assert tab.text() == '{"Statement": [{"Resource": "arn:aws:s3:::b/${aws:username}"}]}'


def test_the_letters_that_were_typed_are_marked(tab: EditorTab, qtbot: Any) -> None:
    put(tab, '{"Statement": [{"Action": ""}]}', 27)
    qtbot.keyClicks(tab.edit, "cretrain")
    opened(qtbot, tab, "sagemaker:CreateTrainingJob")
    picture = tab.completer.popup.grab().toImage()
    accent, row = tab.edit.theme.color("accent"), tab.completer.popup.visualRect(tab.completer._model.index(1, 0))
    seen = {picture.pixelColor(x, y).name() for x in range(8, picture.width()) for y in range(row.top(), row.bottom())}
    assert accent.name() in seen


def test_an_emoji_before_the_caret_moves_nothing(tab: EditorTab, qtbot: Any) -> None:
    text = '{"Statement": [{"Sid": "😀😀", "Effect": ""}]}'
    put(tab, text, len(text) + 2 - 4)
    qtbot.keyClicks(tab.edit, "de")
    opened(qtbot, tab, "Deny")
    qtbot.keyClick(tab.edit, Qt.Key.Key_Return)
    assert tab.text() == '{"Statement": [{"Sid": "😀😀", "Effect": "Deny"}]}'


@pytest.mark.parametrize("number", [3, 2000, 3998])
def test_in_a_long_text_the_place_is_known_wherever_it_is(tab: EditorTab, qtbot: Any, number: int) -> None:
    one = '    {"Sid": "S%d", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}'
    text = '{\n  "Statement": [\n' + ",\n".join(one % n for n in range(4_000)) + "\n  ]\n}"
    place = text.index('"Effect": "', text.index(f'"S{number}"')) + len('"Effect": "')
    tab.edit.load(text)
    qtbot.waitUntil(lambda: not tab.edit.loading)
    cursor = tab.edit.textCursor()
    cursor.setPosition(place + len("Allow"))
    tab.edit.setTextCursor(cursor)
    for _ in "Allow":
        qtbot.keyClick(tab.edit, Qt.Key.Key_Backspace)
    qtbot.keyClicks(tab.edit, "D")
    opened(qtbot, tab, "Deny")
    qtbot.keyClick(tab.edit, Qt.Key.Key_Return)
    assert tab.text() == text[:place] + "Deny" + text[place + len("Allow") :]


def test_nothing_is_proposed_for_a_text_that_cannot_be_edited(tab: EditorTab, qtbot: Any) -> None:
    tab.edit.setReadOnly(True)
    tab.completer.open()
    assert not tab.completer.is_open
