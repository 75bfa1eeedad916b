"""Find and replace in one text: expressions, scope, counts, one undo, and texts of megabytes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from workbench.gui.editor import text_search
from workbench.gui.editor.find_bar import FindBar
from workbench.gui.editor.found import Found
from workbench.gui.editor.tab import EditorTab
from workbench.gui.main_window import MainWindow

SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def tab(make_tab: Callable[..., EditorTab], qtbot: Any) -> EditorTab:
    tab = make_tab()
    tab.activateWindow()
    qtbot.waitUntil(tab.isActiveWindow, timeout=5000)
    return tab


def look_for(tab: EditorTab, text: str, needle: str, qtbot: Any, *switches: str) -> FindBar:
    tab.set_text(text)
    qtbot.waitUntil(lambda: not tab.loading, timeout=30_000)
    bar = tab.find_bar
    bar.open()
    for name in switches:
        button = getattr(bar, name)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert button.isChecked()
    qtbot.keyClicks(bar.needle, needle)
    return bar


def ready(bar: FindBar, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: bar.search.ready and not bar.replacing.busy, timeout=30_000)


def selected(tab: EditorTab) -> str:
    return tab.edit.textCursor().selectedText()


def test_an_expression_finds_and_its_groups_are_put_into_the_replacement(tab: EditorTab, qtbot: Any) -> None:
    bar = look_for(tab, '"s3:Get*", "sqs:Get*"', r"(\w+):(Get)", qtbot, "regular")
    assert bar.count.text() == "1 of 2"
    assert selected(tab) == "s3:Get"
    qtbot.keyClicks(bar.other, r"$2-\1")
    qtbot.mouseClick(bar.all, Qt.MouseButton.LeftButton)
    assert tab.text() == '"Get-s3*", "Get-sqs*"'
    assert bar.said.text() == "Replaced 2 hits. One undo takes all of it back."
    tab.edit.undo()
    assert tab.text() == '"s3:Get*", "sqs:Get*"'


def test_whole_words_and_case_are_switches(tab: EditorTab, qtbot: Any) -> None:
    bar = look_for(tab, "Get get GetObject", "Get", qtbot)
    assert bar.count.text() == "1 of 3"
    qtbot.mouseClick(bar.word, Qt.MouseButton.LeftButton)
    assert bar.count.text() == "1 of 2"
    qtbot.keyClick(bar.case, Qt.Key.Key_Space)
    assert bar.count.text() == "1 of 1"


def test_a_wrong_expression_is_told_in_the_bar_until_it_is_right(tab: EditorTab, qtbot: Any) -> None:
    bar = look_for(tab, "aaa", "(a", qtbot, "regular")
    assert bar.said.text() == "A ) is missing."
    assert bar.said.isVisible()
    assert bar.count.text() == ""
    assert not bar.all.isEnabled()
    qtbot.keyClicks(bar.needle, ")")
    assert not bar.said.isVisible()
    assert bar.count.text() == "1 of 3"


def test_a_group_that_does_not_exist_is_told_and_nothing_changes(tab: EditorTab, qtbot: Any) -> None:
    bar = look_for(tab, "aaa", "(a)", qtbot, "regular")
    qtbot.keyClicks(bar.other, "$3")
    for press in (lambda: qtbot.mouseClick(bar.all, Qt.MouseButton.LeftButton), lambda: enter(bar.other, qtbot)):
        press()
        assert bar.said.text() == "The replacement names group 3, which the expression does not have."
        assert tab.text() == "aaa"


def enter(widget: Any, qtbot: Any, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)  # the keys are where one writes
    qtbot.keyClick(widget, Qt.Key.Key_Return, modifier)


def test_enter_in_the_replacement_replaces_one_hit_after_the_other(tab: EditorTab, qtbot: Any) -> None:
    bar = look_for(tab, "ab 😀 ab ab", "ab", qtbot)
    qtbot.keyClicks(bar.other, "xyz")
    enter(bar.other, qtbot)
    assert tab.text() == "xyz 😀 ab ab"
    assert selected(tab) == "ab"
    enter(bar.other, qtbot)
    assert tab.text() == "xyz 😀 xyz ab"
    enter(bar.other, qtbot)
    ready(bar, qtbot)
    assert tab.text() == "xyz 😀 xyz xyz"
    qtbot.waitUntil(lambda: bar.count.text() == "No hits", timeout=5000)
    for left in ("xyz 😀 xyz ab", "xyz 😀 ab ab", "ab 😀 ab ab"):
        tab.edit.undo()
        assert tab.text() == left


def test_a_hit_across_lines_is_replaced_with_its_groups(tab: EditorTab, qtbot: Any) -> None:
    bar = look_for(tab, "a: 1,\nb: 2,\nc", r"(\w): 1,\n(\w)", qtbot, "regular")
    assert bar.count.text() == "1 of 1"
    qtbot.keyClicks(bar.other, r"$2\n$1")
    enter(bar.other, qtbot)
    assert tab.text() == "b\na: 2,\nc"


def test_only_what_is_selected_is_looked_in_and_grows_with_what_is_replaced(tab: EditorTab, qtbot: Any) -> None:
    tab.set_text("ab\nab ab\nab")
    cursor = tab.edit.textCursor()
    cursor.setPosition(3)
    cursor.setPosition(8, QTextCursor.MoveMode.KeepAnchor)
    tab.edit.setTextCursor(cursor)
    bar = tab.find_bar
    bar.open()
    qtbot.mouseClick(bar.inside, Qt.MouseButton.LeftButton)
    bar.needle.setText("")
    qtbot.keyClicks(bar.needle, "ab")
    assert bar.count.text() == "1 of 2"
    qtbot.keyClicks(bar.other, "abab")
    qtbot.mouseClick(bar.all, Qt.MouseButton.LeftButton)
    assert tab.text() == "ab\nabab abab\nab"
    ready(bar, qtbot)
    assert bar.count.text().endswith("4 hits")
    qtbot.mouseClick(bar.inside, Qt.MouseButton.LeftButton)
    assert bar.count.text().endswith("6 hits")


def test_a_selection_of_several_lines_is_looked_in(tab: EditorTab, qtbot: Any) -> None:
    tab.set_text("ab\nab\nab\nab")
    cursor = tab.edit.textCursor()
    cursor.setPosition(5, QTextCursor.MoveMode.KeepAnchor)
    tab.edit.setTextCursor(cursor)
    tab.find_bar.open()
    assert tab.find_bar.inside.isChecked()
    qtbot.keyClicks(tab.find_bar.needle, "ab")
    assert tab.find_bar.count.text() == "1 of 2"


def test_nothing_selected_is_nothing_to_look_in(tab: EditorTab, qtbot: Any) -> None:
    bar = look_for(tab, "ab", "zz", qtbot)
    qtbot.mouseClick(bar.inside, Qt.MouseButton.LeftButton)
    assert bar.said.text() == "Select a part of the text first."
    assert not bar.inside.isChecked()


def test_the_count_follows_the_caret_and_what_is_typed(tab: EditorTab, qtbot: Any) -> None:
    bar = look_for(tab, "ab ab ab", "ab", qtbot)
    enter(bar.needle, qtbot)
    assert bar.count.text() == "2 of 3"
    tab.edit.setFocus()
    qtbot.keyClick(tab.edit, Qt.Key.Key_End)
    assert bar.count.text() == "3 hits"
    qtbot.keyClicks(tab.edit, " ab")
    qtbot.waitUntil(lambda: bar.count.text() == "4 hits", timeout=5000)


def test_hits_are_tinted_and_marked_in_the_scroll_bar_where_a_click_goes_there(tab: EditorTab, qtbot: Any) -> None:
    text = "\n".join("ab" if n in (0, 500, 999) else "x" for n in range(1000))
    bar = look_for(tab, text, "ab", qtbot)
    ready(bar, qtbot)
    tints = [s for s in tab.edit.extraSelections() if s.cursor.selectedText() == "ab"]
    assert len(tints) == 1, "only what is in view is tinted"
    marks = tab.scroll_marks
    rows = marks.hit_rows()
    assert len(rows) == 3
    height = tab.edit.verticalScrollBar().height()
    assert abs(rows[1] - height / 2) < 20
    place = QPoint(2, marks._groove().top() + rows[1] + 1)
    qtbot.mouseClick(tab.edit.verticalScrollBar(), Qt.MouseButton.LeftButton, pos=place)
    assert tab.edit.textCursor().blockNumber() == 500
    assert bar.count.text() == "2 of 3"
    qtbot.keyClick(bar.needle, Qt.Key.Key_Escape)
    assert marks.hit_rows() == []


def test_a_million_hits_are_looked_up_a_page_at_a_time() -> None:
    many = Found(range(0, 10_000_000, 10), range(2, 10_000_002, 10))
    assert many.between(5_000_001, 5_000_020) == [
        (5_000_000, 5_000_002),
        (5_000_010, 5_000_012),
        (5_000_020, 5_000_022),
    ]
    assert (many.after(11), many.before(12), many.before(1)) == (2, 1, -1)
    assert many.index(20, 22) == 2
    assert many.index(20, 23) is None
    behind = many.replaced(2, 5)
    assert behind.place(3) == (33, 35)
    assert behind.between(0, 40) == [(33, 35)]
    assert behind.before(20) == -1


def test_a_catastrophic_expression_on_ten_megabytes_holds_nothing(tab: EditorTab, qtbot: Any) -> None:
    """`(a+)+$` takes Python's own engine for ever on forty letters."""
    line = "a" * 99 + "!"
    tab.set_text("\n".join([line] * 100_000))
    qtbot.waitUntil(lambda: not tab.loading, timeout=60_000)
    bar = tab.find_bar
    bar.open()
    bar.regular.setChecked(True)
    for letter in "(a+)+$":
        qtbot.keyClicks(bar.needle, letter)
    ready(bar, qtbot)
    assert bar.count.text() == "No hits"
    bar.needle.setText(r"(a|aa)+!$")
    ready(bar, qtbot)
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 100,000", timeout=30_000)


def test_a_long_search_says_so_and_can_be_stopped(tab: EditorTab, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    began, given_up = threading.Event(), threading.Event()
    find = text_search._find

    def held(search: Any, text: str, scope: Any, keep_on: Callable[[], object]) -> Found:
        began.set()
        try:
            while True:
                keep_on()
        finally:
            given_up.set()
        return find(search, text, scope, keep_on)

    monkeypatch.setattr(text_search, "_find", held)
    bar = look_for(tab, "ab\n" * 20_000, "ab", qtbot)
    qtbot.waitUntil(bar.halt.isVisible, timeout=5000)
    assert bar.count.text() == "Searching…"
    assert began.is_set()
    qtbot.mouseClick(bar.halt, Qt.MouseButton.LeftButton)
    assert bar.said.text() == "The search was stopped."
    qtbot.waitUntil(given_up.is_set, timeout=5000)
    monkeypatch.undo()
    enter(bar.needle, qtbot)
    ready(bar, qtbot)
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 20,000", timeout=5000)


def test_many_hits_of_a_short_text_do_not_hold_the_window_either(tab: EditorTab, qtbot: Any) -> None:
    bar = look_for(tab, "a" * 30_000, "a", qtbot)
    assert bar.search.busy
    ready(bar, qtbot)
    assert bar.count.text() == "1 of 30,000"


def test_enter_pressed_before_the_hits_are_known_goes_to_the_next_as_soon_as_they_are(
    tab: EditorTab, qtbot: Any
) -> None:
    tab.set_text("x\n" * 50_000 + "ab ab")
    qtbot.waitUntil(lambda: not tab.loading, timeout=30_000)
    bar = tab.find_bar
    bar.open()
    qtbot.keyClicks(bar.needle, "ab")
    assert bar.search.busy
    enter(bar.needle, qtbot, SHIFT)
    qtbot.waitUntil(lambda: bar.count.text() == "2 of 2", timeout=5000)


def test_replacing_everywhere_in_a_long_text_is_one_step_made_in_many_turns(tab: EditorTab, qtbot: Any) -> None:
    text = "  s3:GetObject 😀\n" * 20_000
    bar = look_for(tab, text, "GetObject", qtbot)
    ready(bar, qtbot)
    qtbot.keyClicks(bar.other, "Put")
    turns: list[int] = []
    tab.edit.edited.connect(lambda: turns.append(1))
    qtbot.mouseClick(bar.all, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.said.text().startswith("Replaced 20,000 hits"), timeout=30_000)
    assert tab.text() == text.replace("GetObject", "Put")
    assert len(turns) >= 20_000 // 50
    assert not tab.edit.isReadOnly()
    tab.edit.undo()
    assert tab.text() == text
    assert not tab.edit.document().isUndoAvailable()


def test_a_replacement_that_somebody_else_writes_into_ends_and_says_how_far_it_came(tab: EditorTab, qtbot: Any) -> None:
    bar = look_for(tab, "ab\n" * 20_000, "ab", qtbot)
    ready(bar, qtbot)
    qtbot.keyClicks(bar.other, "c")
    qtbot.mouseClick(bar.all, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.replacing.busy, timeout=5000)
    tab.edit.replace([(0, 0, "x")])
    qtbot.waitUntil(lambda: not bar.replacing.busy, timeout=5000)
    made = tab.text().count("c")
    assert 0 < made < 20_000
    assert bar.said.text() == f"The text has changed meanwhile: {made:,} of 20,000 hits were replaced."
    assert not tab.edit.isReadOnly()


def test_a_text_that_cannot_be_edited_is_searched_and_not_replaced(tab: EditorTab, qtbot: Any) -> None:
    tab.set_text("ab")
    tab.edit.setReadOnly(True)
    tab.find_bar.open(replace=True)
    assert not tab.find_bar.other.isVisible()
    assert tab.find_bar.needle.hasFocus()
    qtbot.keyClicks(tab.find_bar.needle, "ab")
    assert tab.find_bar.count.text() == "1 of 1"
    tab.find_bar.replace_every()
    tab.find_bar.replace_one()
    assert tab.text() == "ab"


# -- in the window: keys ------------------------------------------------------------------------------------------


def test_f3_goes_on_with_what_was_looked_for_and_leaves_the_keys_in_the_text(
    window_of: Callable[[str], MainWindow], qtbot: Any
) -> None:
    window = window_of('{"a": "s3", "b": "s3", "c": "s3"}')
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=5000)
    tab = window.area.current
    assert tab is not None
    tab.edit.setFocus()
    QTest.keyClick(tab.edit, Qt.Key.Key_F, CONTROL)
    assert QApplication.focusWidget() is tab.find_bar.needle
    qtbot.keyClicks(tab.find_bar.needle, "s3")
    qtbot.keyClick(tab.find_bar.needle, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is tab.edit
    assert not tab.find_bar.isVisible()
    QTest.keyClick(tab.edit, Qt.Key.Key_F3)
    assert tab.find_bar.count.text() == "2 of 3"
    assert QApplication.focusWidget() is tab.edit
    QTest.keyClick(tab.edit, Qt.Key.Key_F3, SHIFT)
    QTest.keyClick(tab.edit, Qt.Key.Key_F3, SHIFT)
    assert tab.find_bar.count.text() == "3 of 3"
    QTest.keyClick(tab.edit, Qt.Key.Key_H, CONTROL)
    assert QApplication.focusWidget() is tab.find_bar.other
    QTest.keyClicks(tab.find_bar.other, "sqs")
    QTest.keyClick(tab.find_bar.other, Qt.Key.Key_Return)
    assert tab.text().count("sqs") == 1


def test_f3_without_anything_to_look_for_asks(window_of: Callable[[str], MainWindow], qtbot: Any) -> None:
    window = window_of("{}")
    tab = window.area.current
    assert tab is not None
    tab.edit.setFocus()
    QTest.keyClick(tab.edit, Qt.Key.Key_F3)
    assert tab.find_bar.needle.hasFocus()


def test_another_tab_in_front_gives_a_search_up_and_back_it_is_shown_again(
    window_of: Callable[[str], MainWindow], qtbot: Any
) -> None:
    window = window_of('{"a": "s3"}')
    tab = window.area.current
    assert tab is not None
    tab.find_bar.open()
    qtbot.keyClicks(tab.find_bar.needle, "s3")
    assert len(tab.edit.found) == 1
    window.area.new("{}")
    assert len(tab.edit.found) == 0
    window.area.setCurrentWidget(tab)
    assert len(tab.edit.found) == 1
    assert tab.find_bar.isVisible()
