"""Folding in long texts, and whatever is done to a text with folds."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import Qt

from tests.gui.folded import POLICY, fold, hidden, lines, put
from workbench.gui.editor import fold_marks, folding, slices
from workbench.gui.editor.blocks import after, before, end_of, is_folded, near_blocks, shown_blocks
from workbench.gui.editor.tab import EditorTab
from workbench.writing.folding import opens

FOLD_KEY, UNFOLD_KEY = Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def tab(make_tab: Callable[..., EditorTab]) -> EditorTab:
    return make_tab(POLICY, height=700)


# -- long texts ------------------------------------------------------------------------------------------------------


def long_policy(count: int) -> str:
    one = '    {\n      "Sid": "S%d",\n      "Effect": "Allow",\n      "Action": "s3:*",\n      "Resource": "*"\n    }'
    return '{\n  "Statement": [\n' + ",\n".join(one % n for n in range(count)) + "\n  ]\n}\n"


def test_all_of_a_long_text_is_folded_a_few_milliseconds_a_turn(tab: EditorTab, qtbot: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(slices, "TURN_S", 0.0005)
    monkeypatch.setattr(folding, "MOST", 3_000)
    tab.set_text(long_policy(2_000))
    qtbot.waitUntil(lambda: not tab.loading)
    tab.edit.folding.fold_statements()
    assert tab.edit.folding.busy
    put(tab, 1, 1)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not tab.edit.folding.busy)
    assert len(lines(tab)) == 2_000 + 6
    assert lines(tab)[3:5] == [4, 10]
    tab.edit.folding.unfold_all()
    qtbot.waitUntil(lambda: not tab.edit.folding.busy)
    assert hidden(tab) == set()


def test_a_page_of_new_boxes_is_drawn_a_few_a_turn(tab: EditorTab, qtbot: Any, monkeypatch: Any) -> None:
    tab.resize(900, 900)
    tab.set_text(long_policy(100))
    qtbot.waitUntil(lambda: not tab.loading)
    marks, drawn, painted = tab.edit._fold_marks, [], []
    draw, paint = marks._draw, marks.paint

    def painting(painter: Any) -> None:
        before = len(drawn)
        paint(painter)
        painted.append(len(drawn) - before)

    monkeypatch.setattr(marks, "_draw", lambda *what: drawn.append(what) or draw(*what))
    monkeypatch.setattr(marks, "paint", painting)
    tab.edit.folding.fold_statements()
    qtbot.waitUntil(lambda: len(marks._boxes) == sum(is_folded(each.block) for each in shown_blocks(tab.edit)) > 20)
    assert max(painted) == fold_marks.MOST_NEW
    assert len(drawn) == len(set(drawn))


def test_a_long_fold_is_laid_out_before_it_is_hidden(tab: EditorTab, qtbot: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(slices, "TURN_S", 0.0005)
    tab.set_text(long_policy(500))
    qtbot.waitUntil(lambda: not tab.loading)
    fold(tab, 2)
    assert tab.edit.folding.busy
    qtbot.waitUntil(lambda: not tab.edit.folding.busy)
    assert lines(tab) == [1, 2, 3_004, 3_005]
    block = tab.edit.document().findBlockByNumber(2_000)
    assert block.layout().lineCount() == 1


def test_a_key_in_a_folded_text_looks_at_a_page_only(tab: EditorTab, qtbot: Any, monkeypatch: Any) -> None:
    tab.set_text(long_policy(1_000))
    qtbot.waitUntil(lambda: not tab.loading)
    tab.edit.folding.fold_statements()
    qtbot.waitUntil(lambda: not tab.edit.folding.busy)
    put(tab, 6_001, 1)
    tab.edit.viewport().repaint()
    near = near_blocks(tab.edit)
    assert len(near) < 200
    assert all(block.isVisible() for block in near)
    asked: list[int] = []
    whole = folding.opens
    monkeypatch.setattr(folding, "opens", lambda line: asked.append(1) or whole(line))
    qtbot.keyClicks(tab.edit, "x")
    tab.edit.viewport().repaint()
    assert len(asked) < 200


def test_shown_blocks_are_the_neighbors_of_one_another(tab: EditorTab) -> None:
    tab.edit.folding.fold_all()
    document = tab.edit.document()
    numbers = [block - 1 for block in lines(tab)]
    for one, other in pairwise(numbers):
        assert after(document.findBlockByNumber(one)).blockNumber() == other
        assert before(document.findBlockByNumber(other)).blockNumber() == one
    assert not after(document.lastBlock()).isValid()
    assert not before(document.firstBlock()).isValid()


def test_a_fold_at_the_end_of_the_text(tab: EditorTab, qtbot: Any) -> None:
    tab.set_text(POLICY.rstrip())
    fold(tab, 1)
    assert lines(tab) == [1]
    assert end_of(tab.edit.document().firstBlock()) == len(POLICY.rstrip())
    assert [s.block.blockNumber() for s in shown_blocks(tab.edit)] == [0]
    qtbot.keyClick(tab.edit, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert hidden(tab) == set()


# -- whatever is done ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 4, 14, 15, 16])
def test_nothing_is_ever_edited_while_it_is_hidden(tab: EditorTab, qtbot: Any, seed: int) -> None:
    draw = random.Random(seed)
    edit, document = tab.edit, tab.edit.document()
    keys = [getattr(Qt.Key, f"Key_{name}") for name in ("Left", "Right", "Up", "Down", "Home", "End", "PageDown")]
    changing = [getattr(Qt.Key, f"Key_{name}") for name in ("Return", "Backspace", "Delete", "Tab", "A", "BraceLeft")]
    for _ in range(150):
        what = draw.random()
        before_it = hidden(tab)
        if what < 0.3:
            fold(tab, draw.randint(1, edit.blockCount()))
        elif what < 0.6:
            held = draw.choice([Qt.KeyboardModifier.NoModifier, *Qt.KeyboardModifier][:3])
            qtbot.keyClick(edit, draw.choice(keys), held)
        elif what < 0.8:
            text_before, caret = tab.text(), edit.textCursor()
            touched = range(
                document.findBlock(caret.selectionStart()).blockNumber() + 1,
                document.findBlock(caret.selectionEnd()).blockNumber() + 2,
            )
            qtbot.keyClick(edit, draw.choice(changing))
            if len(touched) == 1 and tab.text() != text_before:
                assert touched[0] not in before_it
        elif what < 0.9:
            (edit.undo if draw.random() < 0.7 else edit.redo)()
        elif what < 0.95:
            draw.choice([edit.folding.fold_all, edit.folding.fold_statements, edit.folding.unfold_all])()
        else:
            place = draw.randrange(document.characterCount())
            edit.show_place(place, place)
        shown = lines(tab)
        assert edit.textCursor().blockNumber() + 1 in shown
        assert document.lineCount() == len(shown)
        block = document.begin()
        while block.isValid():
            if is_folded(block):
                assert opens(block.text()), block.text()
            block = block.next()
        tab.edit.viewport().repaint()
    while document.isUndoAvailable():
        edit.undo()
    assert tab.text() == POLICY
