"""The path over the text: each part is gone to by mouse and keys, and shows what stands beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu

from workbench.document.paths import path_at
from workbench.gui.editor import tab as tab_module
from workbench.gui.editor.tab import EditorTab
from workbench.gui.main_window import MainWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
TEXT = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "One", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"},
    {"Sid": "Two", "Effect": "Deny", "Action": "*", "Resource": "*",
     "Condition": {"StringLike": {"aws:PrincipalTag/team": ["red", "blue"]}}}
  ]
}
"""


@pytest.fixture
def tab(make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any) -> EditorTab:
    file = tmp_path / "mine.json"
    file.write_text(TEXT)
    window = make_window(file)
    window.activateWindow()
    found = window.area.current
    assert found is not None
    found.edit.setFocus()
    put_caret(found, '"blue"')
    qtbot.waitUntil(lambda: len(found.crumbs.parts) == 4, timeout=15_000)
    return found


def put_caret(tab: EditorTab, what: str) -> None:
    cursor = tab.edit.textCursor()
    cursor.setPosition(tab.text().index(what) + 2)
    tab.edit.setTextCursor(cursor)


def chosen(tab: EditorTab) -> str:
    return tab.edit.textCursor().selectedText().replace("\u2029", "\n")


def labels(tab: EditorTab) -> list[str]:
    return [part.text() for part in tab.crumbs.parts]


def open_menu() -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_a_click_selects_the_element(tab: EditorTab, qtbot: Any) -> None:
    assert labels(tab) == ["Statement[1]", "Condition", "StringLike", "aws:PrincipalTag/team[1]"]
    assert tab.breadcrumb == "Statement[1]  ▸  Condition  ▸  StringLike  ▸  aws:PrincipalTag/team[1]"
    qtbot.mouseClick(tab.crumbs.parts[2], Qt.MouseButton.LeftButton)
    assert chosen(tab) == '"StringLike": {"aws:PrincipalTag/team": ["red", "blue"]}'
    assert tab.edit.hasFocus()
    qtbot.waitUntil(lambda: labels(tab) == ["Statement[1]", "Condition", "StringLike"])


def test_the_keys_go_from_part_to_part_and_there(tab: EditorTab, qtbot: Any) -> None:
    qtbot.keyClick(tab.edit, Qt.Key.Key_Period, CTRL | SHIFT)
    parts = tab.crumbs.parts
    assert parts[-1].hasFocus()
    assert "Go to" in parts[-1].accessibleName()
    qtbot.keyClick(parts[3], Qt.Key.Key_Left)
    qtbot.keyClick(parts[2], Qt.Key.Key_Home)
    assert parts[0].hasFocus()
    qtbot.keyClick(parts[0], Qt.Key.Key_Left)
    assert parts[0].hasFocus()
    qtbot.keyClick(parts[0], Qt.Key.Key_Right)
    qtbot.keyClick(parts[1], Qt.Key.Key_Return)
    assert chosen(tab).startswith('"Condition"')
    assert tab.edit.hasFocus()
    qtbot.keyClick(tab.edit, Qt.Key.Key_Period, CTRL | SHIFT)
    qtbot.keyClick(tab.crumbs.parts[-1], Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: tab.edit.hasFocus())


def test_the_menu_shows_what_stands_beside_and_goes_there(tab: EditorTab, qtbot: Any) -> None:
    qtbot.keyClick(tab.edit, Qt.Key.Key_Period, CTRL | SHIFT)
    qtbot.keyClick(tab.crumbs.parts[3], Qt.Key.Key_Home)
    qtbot.keyClick(tab.crumbs.parts[0], Qt.Key.Key_Down)
    menu = open_menu()
    assert [a.text() for a in menu.actions()][:2] == ["[0]  One, Allow", "[1]  Two, Deny"]
    assert [a.isChecked() for a in menu.actions()][:2] == [False, True]
    qtbot.keyClick(menu, Qt.Key.Key_Up)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert chosen(tab).startswith('{"Sid": "One"')
    qtbot.waitUntil(lambda: labels(tab) == ["Statement[0]"])


def test_the_arrow_before_a_part_opens_its_menu(tab: EditorTab, qtbot: Any) -> None:
    arrow = tab.crumbs.parts[1].arrow
    assert arrow.accessibleName() == "What stands beside Condition"
    qtbot.mouseClick(arrow, Qt.MouseButton.LeftButton)
    menu = open_menu()
    assert [a.text() for a in menu.actions()][:5] == ["Sid", "Effect", "Action", "Resource", "Condition"]
    menu.actions()[1].trigger()
    menu.close()
    assert chosen(tab) == '"Effect": "Deny"'


def test_it_leads_to_the_place_as_it_is_now(tab: EditorTab, qtbot: Any) -> None:
    cursor = tab.edit.textCursor()
    cursor.setPosition(0)
    tab.edit.setTextCursor(cursor)
    tab.window().showing.stop()  # type: ignore[attr-defined]
    qtbot.keyClick(tab.edit, Qt.Key.Key_Return)
    assert len(tab.crumbs.parts) == 4
    qtbot.mouseClick(tab.crumbs.parts[2], Qt.MouseButton.LeftButton)
    assert chosen(tab).startswith('"StringLike"')
    assert chosen(tab).endswith("}")


def test_a_narrow_tab_keeps_the_last_parts_and_the_title_where_there_is_none(tab: EditorTab, qtbot: Any) -> None:
    tab.crumbs.setFixedWidth(150)
    qtbot.waitUntil(lambda: 1 <= len(tab.crumbs.parts) < 4)
    assert labels(tab)[-1] == "aws:PrincipalTag/team[1]"
    tab.crumbs.setMinimumWidth(0)
    tab.crumbs.setMaximumWidth(16_000)
    qtbot.waitUntil(lambda: len(tab.crumbs.parts) == 4)
    put_caret(tab, "{\n")
    cursor = tab.edit.textCursor()
    cursor.setPosition(0)
    tab.edit.setTextCursor(cursor)
    qtbot.waitUntil(lambda: tab.breadcrumb == "mine.json")
    assert tab.crumbs.whole.isVisible()
    assert tab.crumbs.parts == []


def test_it_speaks_of_the_view_with_the_keys(tab: EditorTab, qtbot: Any) -> None:
    qtbot.keyClick(tab.edit, Qt.Key.Key_Backslash, CTRL)
    first, second = tab.views.all()
    qtbot.waitUntil(lambda: second.edit.hasFocus())
    put_caret(tab, '"One"')
    qtbot.waitUntil(lambda: tab.breadcrumb == "Statement[0]  ▸  Sid")
    qtbot.keyClick(second.edit, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: tab.breadcrumb.startswith("Statement[1]  ▸  Condition"))
    qtbot.mouseClick(tab.crumbs.parts[1], Qt.MouseButton.LeftButton)
    assert first.edit.hasFocus()
    assert first.edit.textCursor().selectedText().startswith('"Condition"')


def test_the_way_to_the_caret_is_looked_for_once_a_move(
    tab: EditorTab, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Path, margin, findings and answer ask for it, and with 10,000 levels it takes milliseconds."""
    asked: list[int] = []
    monkeypatch.setattr(tab_module, "path_at", lambda document, at: (asked.append(at), path_at(document, at))[1])
    with qtbot.waitSignal(tab.caret_moved, timeout=5_000):
        put_caret(tab, '"Two"')
    assert tab.breadcrumb == "Statement[1]  ▸  Sid"
    assert tab.statement_at_caret() is not None
    assert asked == [TEXT.index('"Two"') + 2]
