"""Brackets and quotes that close themselves, and the way to the matching bracket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from workbench.gui.editor.pairs import close_pairs
from workbench.gui.editor.tab import EditorTab
from workbench.gui.main_window import MainWindow
from workbench.gui.text_units import Units

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def tab(make_tab: Callable[..., EditorTab]) -> EditorTab:
    return make_tab()


@pytest.fixture(autouse=True)
def pairs() -> Iterator[None]:
    yield
    close_pairs(True)


def put(tab: EditorTab, text: str) -> None:
    """`text` with the caret at its bar."""
    tab.set_text(text.replace("|", ""))
    cursor = tab.edit.textCursor()
    cursor.setPosition(Units(text).to_qt(text.index("|")))
    tab.edit.setTextCursor(cursor)


def shown(tab: EditorTab) -> str:
    text, at = tab.text(), tab.offset_at_caret()
    return f"{text[:at]}|{text[at:]}"


@pytest.mark.parametrize(
    ("before", "typed", "after"),
    [
        ("|", "{", "{|}"),
        ("|", "[", "[|]"),
        ("|", '"', '"|"'),
        ('"a": |', "[", '"a": [|]'),
        ('"a": |,', '"', '"a": "|",'),
        ("[|]", "{", "[{|}]"),
        ("|abc", "{", "{|abc"),  # what follows may be meant to be inside
        ('|"abc"', "[", '[|"abc"'),
        ('"a|"', "{", '"a{|"'),  # in a string a bracket is a letter
        ('"a|', '"', '"a"|'),  # a quote ends it
        ('"a|"', '"', '"a"|'),
        ('"a\\|"', '"', '"a\\"|"'),  # this one is a letter of it
        ('"a"|', '"', '"a""|'),
        ('|"b"', '"a",', '"a",|"b"'),
        ("a|", '"', 'a"|'),
        ('"é😀|"', '"', '"é😀"|'),
        ('"\u202e\ue000|"', '"', '"\u202e\ue000"|'),  # stored as other characters, of other lengths
        ("|", "{}", "{}|"),
        ("|", "[[]]", "[[]]|"),
        ("|", '{"a": ["b"]}', '{"a": ["b"]}|'),
        ("{|}", "}", "{}|}"),  # written by another: another one is meant
    ],
)
def test_what_is_opened_is_closed_and_what_is_closed_is_typed_over(
    tab: EditorTab, qtbot: Any, before: str, typed: str, after: str
) -> None:
    put(tab, before)
    qtbot.keyClicks(tab.edit, typed)
    assert shown(tab) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{|}", "|"),
        ("[|]", "|"),
        ('"|"', "|"),
        ('{"a": "|"}', '{"a": |}'),
        ('"a{|}"', '"a|}"'),  # in a string they are letters
        ('"a"|"b"', '"a|"b"'),  # two strings, no empty one
        ("{ |}", "{|}"),
        ("|", "|"),
        ("[|}", "|}"),
    ],
)
def test_backspace_in_an_empty_pair_takes_both(tab: EditorTab, qtbot: Any, before: str, after: str) -> None:
    put(tab, before)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Backspace)
    assert shown(tab) == after


def test_enter_in_a_pair_that_was_just_opened_opens_a_line_in_it(tab: EditorTab, qtbot: Any) -> None:
    put(tab, '  "a": |')
    qtbot.keyClicks(tab.edit, "{")
    qtbot.keyClick(tab.edit, Qt.Key.Key_Return)
    assert shown(tab) == '  "a": {\n    |\n  }'


def test_enter_behind_wide_characters_opens_a_line_too(tab: EditorTab, qtbot: Any) -> None:
    put(tab, '"😀😀": {|}')
    qtbot.keyClick(tab.edit, Qt.Key.Key_Return)
    assert shown(tab) == '"😀😀": {\n  |\n}'


def test_keypad_enter_is_enter(tab: EditorTab, qtbot: Any) -> None:
    put(tab, "{|}")
    qtbot.keyClick(tab.edit, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    assert shown(tab) == "{\n  |\n}"


def test_undo_goes_back_in_the_steps_one_has_taken(tab: EditorTab, qtbot: Any) -> None:
    put(tab, "|")
    qtbot.keyClicks(tab.edit, '{"ab')
    qtbot.keyClick(tab.edit, Qt.Key.Key_Backspace)
    states = [tab.text()]
    while tab.edit.document().isUndoAvailable():
        QTest.keyClick(tab.edit, Qt.Key.Key_Z, CONTROL)
        states.append(tab.text())
    assert states == ['{"a"}', '{"ab"}', '{""}', "{}", ""]
    while tab.edit.document().isRedoAvailable():
        QTest.keyClick(tab.edit, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert tab.text() == '{"a"}'
    put(tab, "[|]")
    qtbot.keyClick(tab.edit, Qt.Key.Key_Backspace)
    tab.edit.undo()
    assert tab.text() == "[]"


def test_a_selection_is_put_between_the_two(tab: EditorTab, qtbot: Any) -> None:
    put(tab, "|s3:Get*")
    tab.show_span(0, 7, flash=False)
    qtbot.keyClicks(tab.edit, '"')
    qtbot.keyClicks(tab.edit, "[")
    assert tab.text() == '"[s3:Get*]"'


def test_a_quote_over_all_that_stands_between_two_goes_behind_them(tab: EditorTab, qtbot: Any) -> None:
    put(tab, '"é😀", "b|c"')
    tab.show_span(1, 3, flash=False)
    qtbot.keyClicks(tab.edit, '"')
    assert shown(tab) == '"é😀"|, "bc"'
    tab.show_span(7, 8, flash=False)
    qtbot.keyClicks(tab.edit, '"')
    assert tab.text() == '"é😀", ""b"c"'


def test_brackets_on_the_third_level_of_a_keyboard_are_brackets(tab: EditorTab) -> None:
    alt_gr = CONTROL | Qt.KeyboardModifier.AltModifier
    put(tab, "|")
    for kind in (QKeyEvent.Type.KeyPress, QKeyEvent.Type.KeyRelease):
        QApplication.sendEvent(tab.edit, QKeyEvent(kind, Qt.Key.Key_BraceLeft, alt_gr, "{"))
    assert shown(tab) == "{|}"


def test_a_read_only_text_stays_as_it_is(tab: EditorTab, qtbot: Any) -> None:
    put(tab, "{|}")
    tab.edit.setReadOnly(True)
    qtbot.keyClicks(tab.edit, "{")
    qtbot.keyClick(tab.edit, Qt.Key.Key_Backspace)
    assert tab.text() == "{}"


def test_in_a_very_long_line_nothing_is_looked_for(tab: EditorTab, qtbot: Any) -> None:
    put(tab, "\n|")
    tab.edit.replace([(0, 0, "1" * 30_000)])
    qtbot.keyClicks(tab.edit, "{")
    assert tab.text().endswith("{}")
    cursor = tab.edit.textCursor()
    cursor.setPosition(30_000)
    tab.edit.setTextCursor(cursor)
    qtbot.keyClicks(tab.edit, " {")
    assert tab.text()[30_000:] == " {\n{}"


# -- in the window: the setting, completion, snippets ------------------------------------------------------------


@pytest.fixture
def window(window_of: Callable[[str], MainWindow], qtbot: Any) -> MainWindow:
    window = window_of('{\n  "Version": "2012-10-17",\n  "Statement": [\n    {}\n  ]\n}\n')
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=5000)
    return window


def in_statement(window: MainWindow) -> EditorTab:
    tab = window.area.current
    assert tab is not None
    at = tab.text().index("{}") + 1
    tab.show_span(at, at, flash=False)
    tab.edit.setFocus()
    return tab


def test_the_setting_turns_it_off_and_on(window: MainWindow, qtbot: Any) -> None:
    tab = in_statement(window)
    window.settings.set("close_pairs", False)
    qtbot.keyClicks(tab.edit, '"a": [')
    assert '{"a": [}' in tab.text()
    window.settings.set("close_pairs", True)
    qtbot.keyClicks(tab.edit, '"')
    assert '{"a": [""}' in tab.text()


def test_proposals_come_between_the_quotes_and_quotes_are_typed_over_in_their_places(
    window: MainWindow, qtbot: Any
) -> None:
    tab = in_statement(window)

    def settled() -> None:
        qtbot.waitUntil(lambda: not tab.completer._soon.isActive(), timeout=5000)

    qtbot.keyClicks(tab.edit, '"eff')
    settled()
    assert tab.completer.is_open
    qtbot.keyClick(tab.edit, Qt.Key.Key_Tab)
    settled()
    assert '{"Effect": "Allow|"}' in shown(tab)
    assert tab.completer.stops.active
    qtbot.keyClicks(tab.edit, '", "Res')
    settled()
    assert tab.completer.is_open
    qtbot.keyClick(tab.edit, Qt.Key.Key_Tab)
    settled()
    assert '{"Effect": "Allow", "Resource": "|"}' in shown(tab)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Escape)
    qtbot.keyClicks(tab.edit, '*"')
    assert '{"Effect": "Allow", "Resource": "*"|}' in shown(tab)


def test_a_whole_statement_typed_key_by_key_is_what_was_typed(window: MainWindow, qtbot: Any) -> None:
    window.area.new("")
    tab = window.area.current
    assert tab is not None
    tab.completer.complete = None
    typed = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:Get*", "sqs:*"]}]}'
    qtbot.keyClicks(tab.edit, typed)
    assert tab.text() == typed


def test_the_key_goes_to_the_matching_bracket_and_back_over_ten_thousands_of_lines(
    window: MainWindow, qtbot: Any
) -> None:
    text = "[\n" + '  {"a": "]"},\n' * 20_000 + '  {"a": 1}\n]\n'
    tab = window.area.new(text)
    qtbot.waitUntil(lambda: not tab.loading, timeout=30_000)
    tab.edit.setFocus()
    QTest.keyClick(tab.edit, Qt.Key.Key_M, CONTROL | SHIFT)
    last = text.rindex("]")
    qtbot.waitUntil(lambda: tab.edit.textCursor().position() == last, timeout=15_000)
    assert tab.edit.viewport().rect().contains(tab.edit.cursorRect())
    QTest.keyClick(tab.edit, Qt.Key.Key_M, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: tab.edit.textCursor().position() == 0, timeout=15_000)


def test_beside_no_bracket_the_key_goes_to_the_end_of_what_the_caret_is_in(window: MainWindow, qtbot: Any) -> None:
    tab = window.area.new('{"a": [1, 2], "b": 3}')
    cursor = tab.edit.textCursor()
    cursor.setPosition(3)
    tab.edit.setTextCursor(cursor)
    QTest.keyClick(tab.edit, Qt.Key.Key_M, CONTROL | SHIFT)
    assert tab.edit.textCursor().position() == 20
    tab = window.area.new("no bracket")
    with qtbot.waitSignal(tab.told, timeout=2000) as told:
        QTest.keyClick(tab.edit, Qt.Key.Key_M, CONTROL | SHIFT)
    assert told.args == ["No bracket belongs to this place."]
