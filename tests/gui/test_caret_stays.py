"""The caret and the place in sight stay where they are when a command changes the text, and when that is undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt

from workbench.gui.main_window import MainWindow

CTRL = Qt.KeyboardModifier.ControlModifier
ONE = """    {
      "Sid": "S%d",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:Get*"],
      "Resource": "arn:aws:s3:::b%d/*"
    }"""
POLICY = (
    '{\n  "Version": "2012-10-17",\n  "Statement": [\n' + ",\n".join(ONE % (n, n) for n in range(40)) + "\n  ]\n}\n"
)


@pytest.fixture
def window(window_of: Callable[[str], MainWindow]) -> MainWindow:
    return window_of(POLICY)


def put(window: MainWindow, text: str) -> None:
    tab = window.area.current
    assert tab is not None
    cursor = tab.edit.textCursor()
    cursor.setPosition(tab.text().index(text))
    tab.edit.setTextCursor(cursor)
    tab.edit.centerCursor()
    tab.edit.setFocus()


def where(window: MainWindow) -> tuple[str, int]:
    """The text after the caret, and how far below the top of the view it stands."""
    tab = window.area.current
    assert tab is not None
    after = tab.edit.textCursor().block().text()[tab.edit.textCursor().positionInBlock() :]
    return after, tab.edit.cursorRect().top()


def test_of_all_fixes_and_their_undo(window: MainWindow, qtbot: Any) -> None:
    tab = window.area.current
    assert tab is not None
    put(window, '"S30"')
    before, text = where(window), tab.text()
    window.registry.action("policy.fix_all").trigger()
    qtbot.waitUntil(lambda: tab.text() != text, timeout=15_000)
    assert where(window) == before
    qtbot.keyClick(tab.edit, Qt.Key.Key_Z, CTRL)
    assert tab.text() == text
    assert where(window) == before


@pytest.mark.parametrize("command", ["edit.minify", "edit.sort_lists"])
def test_of_a_rewriting_and_its_undo(window: MainWindow, qtbot: Any, command: str) -> None:
    tab = window.area.current
    assert tab is not None
    put(window, '"S30"')
    before, text = where(window), tab.text()
    window.registry.action(command).trigger()
    qtbot.waitUntil(lambda: tab.text() != text, timeout=15_000)
    assert where(window)[0].startswith('"S30"')
    qtbot.keyClick(tab.edit, Qt.Key.Key_Z, CTRL)
    assert tab.text() == text
    assert where(window)[0] == before[0]


def test_of_laying_out_and_sorting(window_of: Callable[[str], MainWindow], qtbot: Any) -> None:
    one = ", ".join(f'{{"Resource": "*", "Action": "s3:Get*", "Effect": "Allow", "Sid": "S{n}"}}' for n in range(40))
    window = window_of(f'{{"Statement": [{one}], "Version": "2012-10-17"}}')
    tab = window.area.current
    assert tab is not None
    texts = [tab.text()]
    put(window, '"S30"')
    for command in ("edit.lay_out", "edit.sort"):
        window.registry.action(command).trigger()
        qtbot.waitUntil(lambda: tab.text() != texts[-1], timeout=15_000)
        texts.append(tab.text())
        assert where(window)[0].startswith('"S30"'), command
        assert 0 <= where(window)[1] < tab.edit.viewport().height(), command
    for text in reversed(texts[:-1]):
        qtbot.keyClick(tab.edit, Qt.Key.Key_Z, CTRL)
        assert tab.text() == text
        assert where(window)[0].startswith('"S30"')
        assert 0 <= where(window)[1] < tab.edit.viewport().height()


def test_of_one_fix_and_its_undo(window: MainWindow, qtbot: Any) -> None:
    tab, pane = window.area.current, window.findings
    assert tab is not None
    row = next(n for n in range(pane.model.rowCount()) if (f := pane.model.finding(n)) and f.fixes)
    finding = pane.model.finding(row)
    assert finding is not None
    put(window, '"S30"')
    before, text = where(window), tab.text()
    pane.fix_requested.emit(finding.fixes[0])
    qtbot.waitUntil(lambda: tab.text() != text, timeout=15_000)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Z, CTRL)
    assert tab.text() == text
    assert where(window)[0] == before[0]
