"""Whoever opens a file or changes to another one can write at once: the text has the keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QToolButton

from workbench.gui.editor.text_edit import PolicyEdit
from workbench.gui.main_window import MainWindow

POLICY = '{"Version": "2012-10-17", "Statement": []}\n'


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    found = [tmp_path / f"{name}.json" for name in "abc"]
    for path in found:
        path.write_text(POLICY, encoding="utf-8")
    return found


def write(qtbot: Any, window: MainWindow) -> None:
    """Presses a key wherever the keys are, and sees it arrive in the text in front."""
    tab = window.area.current
    assert tab is not None
    assert QApplication.focusWidget() is tab.edit
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert tab.text().startswith(" {")


@pytest.mark.parametrize("count", [1, 3])
def test_at_the_start(make_window: Callable[..., MainWindow], paths: list[Path], qtbot: Any, count: int) -> None:
    window = make_window(*paths[:count])
    qtbot.waitUntil(lambda: not window.opening.busy)
    write(qtbot, window)


def test_in_every_tab_that_comes_to_the_front(
    make_window: Callable[..., MainWindow], paths: list[Path], qtbot: Any
) -> None:
    window = make_window(*paths)
    qtbot.waitUntil(lambda: not window.opening.busy)
    for _ in paths:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
        write(qtbot, window)


def test_after_a_tab_was_closed_by_its_mark(
    make_window: Callable[..., MainWindow], paths: list[Path], qtbot: Any
) -> None:
    window = make_window(*paths)
    qtbot.waitUntil(lambda: not window.opening.busy)
    bar = window.area.tabBar()
    close = bar.tabButton(window.area.currentIndex(), bar.ButtonPosition.RightSide)
    assert isinstance(close, QToolButton)
    close.setFocus()
    qtbot.keyClick(close, Qt.Key.Key_Space)
    write(qtbot, window)


def test_other_panes_keep_the_keys_while_the_text_in_front_changes(
    make_window: Callable[..., MainWindow], paths: list[Path], qtbot: Any
) -> None:
    window = make_window(*paths)
    qtbot.waitUntil(lambda: not window.opening.busy)
    window.focus_pane("findings")
    focus = QApplication.focusWidget()
    assert not isinstance(focus, PolicyEdit)
    window.area.setCurrentIndex(0)
    assert QApplication.focusWidget() is focus
