"""Folding: by keys and by the mouse, what it says, and that nothing is edited or found while it is hidden."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication

from tests.gui.folded import POLICY, box, fold, hidden, lines, press_chevron, put
from workbench.gui.editor import folding
from workbench.gui.editor.blocks import end_of, is_folded, shown_blocks
from workbench.gui.editor.marks import Mark, MarkList
from workbench.gui.editor.tab import EditorTab
from workbench.gui.main_window import MainWindow

FOLD_KEY, UNFOLD_KEY = Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def tab(make_tab: Callable[..., EditorTab]) -> EditorTab:
    return make_tab(POLICY, height=700)


# -- commands and mouse ----------------------------------------------------------------------------------------------


def test_a_click_on_the_chevron_folds_and_unfolds(tab: EditorTab, qtbot: Any) -> None:
    press_chevron(tab, qtbot, 7)
    assert hidden(tab) == {8, 9, 10}
    assert tab.text() == POLICY
    press_chevron(tab, qtbot, 7)
    assert hidden(tab) == set()


def test_a_line_that_opens_nothing_has_no_chevron(tab: EditorTab, qtbot: Any) -> None:
    press_chevron(tab, qtbot, 2)
    assert hidden(tab) == set()
    assert tab.edit.textCursor().selectedText() == '  "Version": "2012-10-17",'


def test_the_box_says_what_is_hidden_and_a_click_on_it_shows_it(tab: EditorTab, qtbot: Any) -> None:
    fold(tab, 4)
    place = box(tab, 4)
    assert '"Sid": "One",' in tab.edit.fold_tip(place)
    qtbot.mouseClick(tab.edit.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert hidden(tab) == set()


def test_a_selected_line_does_not_end_at_the_fold(tab: EditorTab, qtbot: Any) -> None:
    fold(tab, 4)
    [shown] = [s for s in shown_blocks(tab.edit) if s.block.blockNumber() == 12]
    qtbot.mouseClick(tab.edit.margin, Qt.MouseButton.LeftButton, pos=QPoint(30, int(shown.top + 8)))
    assert tab.edit.textCursor().selectedText() == "    {"


def test_keys_fold_what_the_line_opens_then_what_is_around(window_of: Callable[[str], MainWindow], qtbot: Any) -> None:
    window = window_of(POLICY)
    tab = window.area.current
    assert tab is not None
    tab.edit.setFocus()
    put(tab, 8, 10)
    qtbot.keyClick(tab.edit, FOLD_KEY, CTRL_SHIFT)
    assert hidden(tab) == {8, 9, 10}
    assert tab.caret()[0] == 7
    qtbot.keyClick(tab.edit, FOLD_KEY, CTRL_SHIFT)
    assert hidden(tab) == set(range(5, 13))
    qtbot.keyClick(tab.edit, FOLD_KEY, CTRL_SHIFT)
    assert hidden(tab) == set(range(4, 25))
    qtbot.keyClick(tab.edit, UNFOLD_KEY, CTRL_SHIFT)
    assert hidden(tab) == set(range(5, 13)), "what was folded in it stays so"
    put(tab, 4)
    qtbot.keyClick(tab.edit, UNFOLD_KEY, CTRL_SHIFT)
    assert hidden(tab) == {8, 9, 10}
    put(tab, 1)
    qtbot.keyClick(tab.edit, UNFOLD_KEY, CTRL_SHIFT)
    assert window.status.currentMessage() == "Nothing is folded in this line."


def test_commands_for_all_of_a_text(window_of: Callable[[str], MainWindow]) -> None:
    window = window_of(POLICY)
    tab = window.area.current
    assert tab is not None
    put(tab, 20, 4)
    window.registry.action("view.fold_statements").trigger()
    assert lines(tab) == [1, 2, 3, 4, 13, 24, 25, 26]
    assert tab.caret()[0] == 13
    assert window.status.currentMessage() == "Folded: 2 places."
    window.registry.action("view.fold_all").trigger()
    assert lines(tab) == [1, 2, 3, 25, 26]
    window.registry.action("view.unfold").trigger()
    assert lines(tab) == [1, 2, 3, 4, 13, 24, 25, 26], "statements are folded, too"
    window.registry.action("view.unfold_all").trigger()
    assert hidden(tab) == set()
    assert tab.text() == POLICY
    assert not tab.dirty


def test_what_is_not_closed_is_not_folded(tab: EditorTab, qtbot: Any) -> None:
    tab.set_text('{\n  "a": [\n  1,\n  2\n')
    with qtbot.waitSignal(tab.told) as said:
        press_chevron(tab, qtbot, 2)
    assert said.args == ["What line 2 opens is not closed: it cannot be folded."]
    assert hidden(tab) == set()


def test_very_many_lines_are_not_folded_into_one(tab: EditorTab, qtbot: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(folding, "MOST", 15)
    with qtbot.waitSignal(tab.told) as said:
        fold(tab, 3)
    assert said.args == ["Line 3 opens more than 15 lines, too many to fold: fold what is in it."]
    tab.edit.folding.fold_all()
    assert lines(tab) == [1, 2, 3, 4, 13, 24, 25, 26]


def test_the_keys_step_over_what_is_folded(tab: EditorTab, qtbot: Any) -> None:
    fold(tab, 4)
    put(tab, 4, 2)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Down)
    assert tab.caret() == (13, 3)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Up)
    assert tab.caret() == (4, 3)
    qtbot.keyClick(tab.edit, Qt.Key.Key_End)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Right)
    assert tab.caret() == (13, 1)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert tab.caret() == (4, 6)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert tab.edit.textCursor().selectedText().startswith('\u2029      "Sid": "One"')
    qtbot.keyClick(tab.edit, Qt.Key.Key_PageDown)
    qtbot.keyClick(tab.edit, Qt.Key.Key_PageUp)
    assert hidden(tab) == set(range(5, 13))


# -- what opens a fold -----------------------------------------------------------------------------------------------


def test_the_caret_opens_what_it_goes_into(tab: EditorTab, qtbot: Any) -> None:
    fold(tab, 7)
    fold(tab, 4)
    put(tab, 5)
    assert hidden(tab) == {8, 9, 10}
    put(tab, 9)
    assert hidden(tab) == set()


def test_what_is_shown_is_unfolded(tab: EditorTab) -> None:
    tab.edit.folding.fold_all()
    at = POLICY.index("aws:SecureTransport")
    tab.show_span(at, at + 5)
    assert hidden(tab) == set(range(5, 13)), "the other statement stays folded"
    tab.edit.folding.fold_statements()
    tab.show_span(POLICY.index("{", 60), POLICY.index("},", 60))
    assert not hidden(tab) & set(range(5, 13)), "a statement that is gone to is to be read"


def test_find_opens_what_holds_the_hit(tab: EditorTab, qtbot: Any) -> None:
    tab.edit.folding.fold_all()
    tab.find_bar.open()
    qtbot.keyClicks(tab.find_bar.needle, "PutObject")
    assert tab.edit.textCursor().selectedText() == "PutObject"
    assert tab.caret()[0] not in hidden(tab)


def test_a_fold_says_how_many_hits_it_hides(tab: EditorTab, qtbot: Any) -> None:
    tab.find_bar.open()
    qtbot.keyClicks(tab.find_bar.needle, "Object")
    qtbot.waitUntil(lambda: len(tab.edit.found) == 2)
    fold(tab, 7)
    tab.edit.viewport().repaint()
    assert [text for text, _, _ in tab.edit._fold_marks._pictures] == [
        '"s3:GetObject", "s3:PutObject" … 3 lines, 2 hits'
    ]
    qtbot.waitUntil(lambda: "Object" not in [each.cursor.selectedText() for each in tab.edit.extraSelections()])
    qtbot.keyClick(tab.find_bar.needle, Qt.Key.Key_Return)
    assert hidden(tab) == set()


def test_typing_in_a_folded_line_keeps_the_fold(tab: EditorTab, qtbot: Any) -> None:
    fold(tab, 7)
    put(tab, 7, 7)
    qtbot.keyClicks(tab.edit, "Not")
    assert hidden(tab) == {8, 9, 10}
    put(tab, 1)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Return)
    assert hidden(tab) == {9, 10, 11}, "and so do changes elsewhere"
    put(tab, 8, 7)
    for _ in range(2):
        tab.edit.undo()
    assert hidden(tab) == {8, 9, 10}


@pytest.mark.parametrize("keys", [[Qt.Key.Key_Delete], [Qt.Key.Key_Return], [Qt.Key.Key_Backspace]])
def test_a_change_to_what_holds_the_fold_opens_it(tab: EditorTab, qtbot: Any, keys: list[Qt.Key]) -> None:
    fold(tab, 7)
    put(tab, 7)
    qtbot.keyClick(tab.edit, Qt.Key.Key_End)
    for key in keys:
        qtbot.keyClick(tab.edit, key)
    assert hidden(tab) == set()
    tab.edit.undo()
    assert tab.text() == POLICY
    assert hidden(tab) == set()


def test_a_break_before_the_bracket_takes_the_fold_along(tab: EditorTab, qtbot: Any) -> None:
    fold(tab, 7)
    put(tab, 7, 15)
    tab.edit.insertPlainText("\n")
    assert hidden(tab) == {9, 10, 11}
    assert is_folded(tab.edit.document().findBlockByNumber(7))


def test_backspace_behind_a_fold_opens_it(tab: EditorTab, qtbot: Any) -> None:
    fold(tab, 7)
    put(tab, 11)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Backspace)
    assert hidden(tab) == set()
    assert tab.caret()[0] == 10


def test_a_selection_over_a_fold_is_replaced_whole_and_comes_back_with_undo(tab: EditorTab, qtbot: Any) -> None:
    fold(tab, 7)
    put(tab, 7)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Delete)
    assert '"Action": [\n' not in tab.text()
    assert hidden(tab) == set()
    tab.edit.undo()
    assert tab.text() == POLICY
    assert hidden(tab) == set()


def test_an_undo_in_what_was_folded_since_shows_it(tab: EditorTab, qtbot: Any) -> None:
    put(tab, 8, 9)
    qtbot.keyClicks(tab.edit, "x")
    fold(tab, 7)
    fold(tab, 4)
    assert hidden(tab)
    tab.edit.undo()
    assert tab.text() == POLICY
    assert hidden(tab) == set()
    assert tab.caret()[0] == 8


def test_an_edit_in_hidden_text_shows_it(tab: EditorTab) -> None:
    fold(tab, 4)
    at = POLICY.index("PutObject")
    tab.edit.replace([(at, at + 3, "Get")])
    assert hidden(tab) == set()


def test_copying_takes_what_is_folded_along(tab: EditorTab, qtbot: Any) -> None:
    fold(tab, 4)
    put(tab, 4)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(tab.edit, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "".join(POLICY.splitlines(keepends=True)[3:12])
    assert hidden(tab) == set(range(5, 13))
    tab.edit.folding.fold_all()
    tab.edit.selectAll()
    tab.edit.copy()
    assert QGuiApplication.clipboard().text() == POLICY


# -- findings --------------------------------------------------------------------------------------------------------


def test_findings_in_a_fold_show_at_its_line(tab: EditorTab, qtbot: Any) -> None:
    marks, at = MarkList(), POLICY.index('"s3:PutObject"')
    marks.set([Mark(at, at + 14, "warning", "inside"), Mark(at + 60, at + 62, "error", "behind")])
    tab.edit.set_marks(marks)
    fold(tab, 7)
    line = tab.edit.document().findBlockByNumber(6)
    assert tab.edit.worst_between(line.position(), end_of(line)) == "warning"
    [shown] = [s for s in shown_blocks(tab.edit) if s.block == line]
    assert [m.text for m in tab.edit.margin.marks_at(int(shown.top + 5))] == ["inside"]
    qtbot.mouseClick(tab.edit.margin, Qt.MouseButton.LeftButton, pos=QPoint(10, int(shown.top + 8)))
    assert hidden(tab) == set()
    assert tab.caret()[0] == 9


def test_the_next_finding_is_unfolded(window_of: Callable[[str], MainWindow], qtbot: Any) -> None:
    window = window_of(POLICY.replace("s3:PutObject", "s3:PutObjekt"))
    tab = window.area.current
    assert tab is not None
    tab.edit.folding.fold_all()
    tab.edit.setFocus()
    seen = set()
    for _ in range(len(window.findings.model.rows)):
        qtbot.keyClick(tab.edit, Qt.Key.Key_F8)
        assert tab.caret()[0] in lines(tab)
        seen.add(tab.caret()[0])
    assert 9 in seen


# -- across changes of the text --------------------------------------------------------------------------------------


def test_folds_are_found_again_when_a_file_is_reloaded(tab: EditorTab, tmp_path: Path, qtbot: Any) -> None:
    path = tmp_path / "p.json"
    path.write_text(POLICY)
    tab.open_file(path)
    fold(tab, 18)
    fold(tab, 13)
    fold(tab, 7)
    path.write_text(POLICY.replace('  "Version"', '  "Id": "new",\n  "Version"').replace("s3:PutObject", "s3:*"))
    tab.reload()
    assert lines(tab) == [*range(1, 9), *range(12, 15), 25, 26, 27]
    fold(tab, 14)
    assert hidden(tab) == {9, 10, 11, *range(20, 24)}, "what was folded within, too"


def test_folds_are_found_again_in_a_text_with_unsaved_changes(tab: EditorTab, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text(POLICY)
    tab.open_file(path)
    put(tab, 2)
    tab.edit.insertPlainText(" ")
    fold(tab, 4)
    path.write_text(POLICY + "\n")
    tab.reload()
    assert hidden(tab) == set(range(5, 13))
    tab.edit.undo()
    assert '   "Version"' in tab.text()


def test_folds_stay_where_statements_are_moved(tab: EditorTab) -> None:
    fold(tab, 13)
    at = POLICY.index("    {\n")
    tab.edit.replace([(at, at, "    {},\n    {},\n")])
    assert hidden(tab) == set(range(16, 26))
