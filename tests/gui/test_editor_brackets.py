"""The bracket that belongs to the one at the caret is marked however far away it is, without waiting for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt

from workbench.gui.editor import brackets, slices
from workbench.gui.editor.tab import EditorTab
from workbench.gui.main_window import MainWindow

CONTROL = Qt.KeyboardModifier.ControlModifier
STATEMENT = '    {"Sid": "S%d",\n     "Effect": "Allow",\n     "Action": "s3:Get[]*",\n     "Resource": "*"}'
TEXT = '{\n  "Statement": [\n' + ",\n".join(STATEMENT % n for n in range(1_000)) + "\n  ]\n}\n"
OPENS, CLOSES = TEXT.index("["), TEXT.rindex("]")


@pytest.fixture
def alone(make_tab: Callable[..., EditorTab]) -> EditorTab:
    """A tab that nobody answers."""
    return make_tab(TEXT)


def put(tab: EditorTab, place: int) -> None:
    cursor = tab.edit.textCursor()
    cursor.setPosition(place)
    tab.edit.setTextCursor(cursor)


def marked(tab: EditorTab) -> set[int]:
    """Where single characters are tinted."""
    spans = [sorted((tint.cursor.anchor(), tint.cursor.position())) for tint in tab.edit.extraSelections()]
    return {start for start, end in spans if end - start == 1}


@pytest.mark.parametrize(("place", "pair"), [(OPENS, (OPENS, CLOSES)), (CLOSES + 1, (OPENS, CLOSES)), (0, (0, -2))])
def test_a_far_bracket_is_found_in_slices_while_nothing_is_answered(
    alone: EditorTab, qtbot: Any, monkeypatch: pytest.MonkeyPatch, place: int, pair: tuple[int, int]
) -> None:
    monkeypatch.setattr(slices, "TURN_S", 0.0)  # a line a turn
    monkeypatch.setattr(brackets, "REST_MS", 1)
    expected = {at % len(TEXT) for at in pair}
    put(alone, place)
    qtbot.waitUntil(lambda: marked(alone) == expected, timeout=30_000)
    put(alone, place + 2)
    qtbot.waitUntil(lambda: marked(alone) == set())


def test_an_edit_or_a_move_ends_the_search(alone: EditorTab, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "TURN_S", 0.0)
    monkeypatch.setattr(brackets, "REST_MS", 1)
    pair = alone.edit._brackets
    for act in (
        lambda: put(alone, 3),
        lambda: qtbot.keyClick(alone.edit, Qt.Key.Key_Backspace),
    ):
        put(alone, OPENS + 1)
        qtbot.waitUntil(lambda: pair._slices.busy)
        act()
        qtbot.waitUntil(lambda: not pair._slices.busy)
        assert pair.at_caret() == ()


def test_the_tree_of_the_answer_knows_a_far_bracket_at_once(
    window_of: Callable[[str], MainWindow], qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = window_of(TEXT)
    tab = window.area.current
    assert tab is not None
    qtbot.waitUntil(lambda: tab.is_answered, timeout=15_000)

    def never(*_: object) -> None:
        raise AssertionError("a search")

    monkeypatch.setattr(brackets.BracketPair, "_look_on", never)
    put(tab, OPENS)
    qtbot.waitUntil(lambda: marked(tab) == {OPENS, CLOSES})
    put(tab, CLOSES + 1)
    qtbot.waitUntil(lambda: marked(tab) == {OPENS, CLOSES})
    put(tab, 0)
    qtbot.waitUntil(lambda: marked(tab) == {0, len(TEXT) - 2})
    assert window.area.current is tab


def test_a_bracket_is_marked_once_the_text_is_answered(
    window_of: Callable[[str], MainWindow], qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brackets, "REST_MS", 100_000)
    window = window_of(TEXT)
    tab = window.area.current
    assert tab is not None
    qtbot.waitUntil(lambda: tab.is_answered, timeout=15_000)
    put(tab, 1)
    tab.edit.setFocus()
    qtbot.keyClick(tab.edit, Qt.Key.Key_Space)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Home, CONTROL)
    qtbot.waitUntil(lambda: marked(tab) == {0, len(TEXT) - 1}, timeout=15_000)


def test_brackets_of_long_lines_are_found(alone: EditorTab, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brackets, "REST_MS", 1)
    text = '{"a": [' + '"x",' * 3_000 + '"]"]}'
    alone.edit.load(text)
    put(alone, 6)
    qtbot.waitUntil(lambda: marked(alone) == {6, len(text) - 2}, timeout=10_000)


def test_what_is_looked_at_at_once_is_bounded(alone: EditorTab, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    lines = brackets.brackets_of_line

    def watched(text: str) -> list[tuple[int, str]]:
        read.append(text)
        return lines(text)

    monkeypatch.setattr(brackets, "brackets_of_line", watched)
    put(alone, OPENS)
    assert alone.edit._brackets.at_caret() == ()
    assert 0 < len(read) <= brackets.REACH
    for _ in range(5):
        alone.edit._brackets.at_caret()
    assert len(read) <= brackets.REACH
