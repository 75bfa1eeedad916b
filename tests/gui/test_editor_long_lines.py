"""Lines that Qt cannot lay out within a frame: how they come in, and that laying out is offered."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from workbench.gui.editor import filling
from workbench.gui.editor.filling import SLICE
from workbench.gui.editor.tab import EditorTab
from workbench.gui.strip import Strip
from workbench.writing.layout import LONG_LINE

CTRL = Qt.KeyboardModifier.ControlModifier
STATEMENTS = [{"Sid": f"S{n}", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"} for n in range(500)]
MINIFIED = json.dumps({"Version": "2012-10-17", "Statement": STATEMENTS}, separators=(",", ":"))


@pytest.fixture
def tab(make_tab: Callable[..., EditorTab]) -> EditorTab:
    return make_tab()


def bar(tab: EditorTab) -> Strip | None:
    name = "long-line"
    return tab.strip(name)


def longest(tab: EditorTab) -> int:
    return max(map(len, tab.text().split("\n")))


def test_a_minified_policy_that_is_pasted_is_laid_out_by_the_bar_in_one_step(tab: EditorTab, qtbot: Any) -> None:
    QGuiApplication.clipboard().setText(MINIFIED)
    qtbot.keyClick(tab.edit, Qt.Key.Key_V, CTRL)
    assert tab.text() == MINIFIED, "what is pasted stays until somebody says otherwise"
    strip = bar(tab)
    assert strip is not None
    assert strip.text() == f"Line 1 has {len(MINIFIED):,} characters: typing in it is slow."
    qtbot.mouseClick(strip.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: longest(tab) < 100, timeout=10_000)
    assert json.loads(tab.text()) == json.loads(MINIFIED)
    assert bar(tab) is None
    qtbot.keyClick(tab.edit, Qt.Key.Key_Z, CTRL)
    assert tab.text() == MINIFIED
    assert bar(tab) is not None, "it is there again, and so is the bar"
    qtbot.keyClick(tab.edit, Qt.Key.Key_Z, CTRL)
    assert tab.text() == ""
    assert bar(tab) is None


def test_the_bar_names_the_line_and_can_be_put_away(tab: EditorTab, qtbot: Any) -> None:
    tab.set_text("{\n}\n")
    qtbot.keyClick(tab.edit, Qt.Key.Key_End, CTRL)
    QGuiApplication.clipboard().setText("// " + "x" * LONG_LINE)
    qtbot.keyClick(tab.edit, Qt.Key.Key_V, CTRL)
    strip = bar(tab)
    assert strip is not None
    assert strip.text().startswith("Line 3 has 20,003 characters")
    qtbot.mouseClick(strip.close_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar(tab) is None)


def test_lines_that_are_not_long_have_no_bar(tab: EditorTab, qtbot: Any) -> None:
    QGuiApplication.clipboard().setText("x" * (LONG_LINE - 1) + "\n" + "y" * (LONG_LINE - 1))
    qtbot.keyClick(tab.edit, Qt.Key.Key_V, CTRL)
    assert bar(tab) is None


@pytest.mark.parametrize("before", [0, 10, SLICE - 7, SLICE - 6, SLICE])
def test_a_long_line_comes_in_few_pieces_each_of_which_qt_lays_out(
    tab: EditorTab, qtbot: Any, tmp_path: Path, before: int
) -> None:
    path = tmp_path / "p.json"
    path.write_text(json.dumps(["a" * before, "x" * 50 * SLICE, *range(20)]))
    pieces: list[int] = []
    tab.edit.document().contentsChange.connect(lambda _at, _removed, added: pieces.append(added))
    tab.open_file(path)
    qtbot.waitUntil(lambda: not tab.loading, timeout=30_000)
    assert longest(tab) == 50 * SLICE + len('  "",')
    assert sum(added > 0 for added in pieces) <= 5
    assert bar(tab) is None, "it cannot be typed in"
    assert tab.edit.isReadOnly()


def test_a_long_text_comes_in_a_slice_a_turn(tab: EditorTab, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "TURN_S", 0.0)
    turns: list[int] = []
    fill = filling.Filling._fill

    def watched(each: filling.Filling) -> None:
        before = tab.edit.document().characterCount()
        fill(each)
        turns.append(tab.edit.document().characterCount() - before)

    monkeypatch.setattr(filling.Filling, "_fill", watched)
    tab.set_text("[\n" + "1234567,\n" * 10_000 + "1]\n")
    qtbot.waitUntil(lambda: not tab.loading, timeout=30_000)
    assert len(turns) >= 10
    assert max(turns) <= SLICE
