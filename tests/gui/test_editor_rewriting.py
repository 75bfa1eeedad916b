"""Lay out, minify and sort from the window: one step each, the caret stays, refusals are said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from workbench.gui.editor import rewriting
from workbench.gui.main_window import MainWindow

POLICY = '{"Statement":[{"Action":["s3:b","s3:a"],"Effect":"Allow","Resource":"*"}],"Version":"2012-10-17"}'
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(make_window: Callable[..., MainWindow], tmp_path: Path) -> MainWindow:
    path = tmp_path / "p.json"
    path.write_text(POLICY)
    return make_window(path)


def run(window: MainWindow, command: str) -> str:
    """What the text is after the command."""
    window.registry.refresh()
    window.registry.action(command).trigger()
    assert window.area.current is not None
    return window.area.current.text()


def test_lay_out_by_its_key_is_one_step_and_keeps_the_caret(window: MainWindow, qtbot: Any) -> None:
    tab = window.area.current
    assert tab is not None
    at = POLICY.index("Allow")
    tab.show_span(at, at, flash=False)
    qtbot.keyClick(tab.edit, Qt.Key.Key_I, CONTROL | SHIFT)
    assert tab.text().startswith('{\n  "Statement": [\n')
    assert tab.text()[tab.offset_at_caret() :].startswith("Allow")
    assert window.status.currentMessage().startswith("Laid out: the values are the same, proved")
    qtbot.keyClick(tab.edit, Qt.Key.Key_Z, CONTROL)
    assert tab.text() == POLICY


def test_sort_and_minify_are_one_step_each(window: MainWindow, qtbot: Any) -> None:
    tab = window.area.current
    assert tab is not None
    first = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:b","s3:a"],"Resource":"*"}]}'
    assert run(window, "edit.sort") == first
    assert run(window, "edit.sort_lists") == first.replace('"s3:b","s3:a"', '"s3:a","s3:b"')
    assert run(window, "edit.minify") == tab.text()
    assert window.status.currentMessage() == "The text is so already: nothing was changed."
    qtbot.keyClick(tab.edit, Qt.Key.Key_Z, CONTROL)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Z, CONTROL)
    assert tab.text() == POLICY


@pytest.mark.parametrize("command", ["edit.minify", "edit.sort", "edit.sort_lists"])
def test_broken_json_stays_as_it_is_and_the_status_says_why(window: MainWindow, command: str) -> None:
    tab = window.area.current
    assert tab is not None
    tab.edit.replace_all('{"a": 1')
    assert run(window, command) == '{"a": 1'
    assert window.status.currentMessage() == "The JSON has a mistake: mend it first. Nothing was changed."


def test_a_long_text_is_worked_on_elsewhere_and_only_while_it_stays(
    window: MainWindow, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewriting, "AT_ONCE", 10)
    tab = window.area.current
    assert tab is not None
    tab.lay_out()
    assert tab.text() == POLICY
    tab.edit.replace([(0, 0, " ")])
    qtbot.waitUntil(lambda: not tab.rewriting.busy, timeout=5000)
    assert tab.text() == " " + POLICY
    assert window.status.currentMessage() == "The text has changed meanwhile: nothing was done."
    tab.lay_out()
    qtbot.waitUntil(lambda: tab.text().startswith('{\n  "Statement"'), timeout=5000)


def test_who_types_into_a_laid_out_text_is_told_how_and_can_without_its_bar(window: MainWindow, qtbot: Any) -> None:
    tab = window.area.new('{"a":[' + ",".join('"bbbbbbbb"' for _ in range(3000)) + "]}")
    qtbot.waitUntil(lambda: not tab.loading and tab.strip("laid-out") is not None, timeout=5000)
    before = tab.edit.toPlainText()
    qtbot.keyClick(tab.edit, Qt.Key.Key_X)
    assert window.status.currentMessage().endswith("To change it choose Edit > Lay out the text.")
    assert tab.edit.toPlainText() == before
    strip = tab.strip("laid-out")
    assert strip is not None
    qtbot.mouseClick(strip.close_button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(tab.edit, Qt.Key.Key_I, CONTROL | SHIFT)
    qtbot.keyClick(tab.edit, Qt.Key.Key_X)
    assert tab.text().startswith("x{")
