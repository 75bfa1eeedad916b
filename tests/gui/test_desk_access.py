"""Every control has a name, a role and a visible focus; every command a menu, every click a key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QMenu, QToolButton, QWidget

from tests.gui.accessibility import defects, looks_focused, reached_by_tab
from workbench.gui import dialogs
from workbench.gui.crash import Crash, Crashes
from workbench.gui.main_window import MainWindow
from workbench.gui.theme import Scheme

PANES = ("project", "request", "findings", "compare", "access", "search")
BROKEN = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObjct", "Resource": "*"}]}'


@pytest.fixture
def window(make_window: Callable[..., MainWindow], qtbot: Any) -> MainWindow:
    window = make_window()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=5000)
    with qtbot.waitSignal(window.answer_shown, timeout=5000):
        window.area.new(BROKEN)
    tab = window.area.current
    assert tab is not None
    tab.find_bar.open()
    tab.say("changed", "reload", "The file was changed by another program.", [("Reload", id), ("Keep mine", id)])
    window.show_failure("A check could not read the statement.", "details")
    return window


def open_dialogs(window: MainWindow, qtbot: Any, path: Path) -> list[QDialog]:
    path.write_text(BROKEN.replace("GetObjct", "GetObjekt"))
    with qtbot.waitSignal(window.answer_shown, timeout=5000):
        window.open_paths([path])
    for command in ("edit.settings", "edit.keys"):
        window.registry.action(command).trigger()
    dialogs.about(window)
    Crashes(window, path.parent).show_report(Crash(ValueError("x"), None, "a test"))
    for command in ("policy.compare_managed", "view.palette"):
        window.registry.action(command).trigger()
    return [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]


@pytest.mark.parametrize("pane", PANES)
def test_every_control_of_the_window_has_a_name_and_a_role(window: MainWindow, pane: str) -> None:
    window.focus_pane(pane)
    found, count = defects(window)
    assert found == []
    assert count > 60


def test_every_control_of_every_dialog_has_a_name_and_a_role(window: MainWindow, qtbot: Any, tmp_path: Path) -> None:
    opened = open_dialogs(window, qtbot, tmp_path / "policy.json")
    assert len({type(dialog) for dialog in opened}) == 6
    for dialog in opened:
        found, count = defects(dialog)
        assert found == []
        assert count
        dialog.close()


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK, Scheme.CONTRAST])
def test_the_focus_can_be_seen_wherever_tab_leads(window: MainWindow, qtbot: Any, scheme: Scheme) -> None:
    window.choose_theme(scheme)
    unseen: set[str] = set()
    count = 0
    for pane in PANES:
        window.focus_pane(pane)
        for widget in list(reached_by_tab(window)):
            count += 1
            if not looks_focused(widget):
                unseen.add(f"{type(widget).__name__}#{widget.objectName()} {widget.accessibleName()}")
    assert unseen == set()
    assert count > 60


def test_the_focus_can_be_seen_in_every_dialog(window: MainWindow, qtbot: Any) -> None:
    for command in ("edit.settings", "edit.keys"):
        window.registry.action(command).trigger()
        [dialog] = [d for d in window.findChildren(QDialog) if d.isVisible()]
        qtbot.waitUntil(dialog.isActiveWindow, timeout=5000)
        widgets = list(reached_by_tab(dialog))
        assert len(widgets) > 4
        assert [w.accessibleName() or w.objectName() for w in widgets if not looks_focused(w)] == []
        dialog.close()


def test_every_command_is_in_a_menu(window: MainWindow) -> None:
    in_menus, submenus = set(), set()
    for top in window.menuBar().actions():
        menu = top.menu()
        assert isinstance(menu, QMenu)
        in_menus |= {action.objectName() for action in menu.actions()}
        for action in menu.actions():
            inner = action.menu()
            if isinstance(inner, QMenu):
                submenus.add(action.text())
                in_menus |= {below.objectName() for below in inner.actions()}
    missing = {command.id for command, _ in window.registry} - in_menus
    assert missing == {"policy.show_kind"}  # there as the menu of kinds itself
    assert "&Kind of policy" in submenus


def test_a_button_with_an_icon_alone_says_what_it_does(window: MainWindow) -> None:
    buttons = [b for b in window.findChildren(QAbstractButton) if b.isVisible() and not b.text().strip()]
    ours = [b for b in buttons if not b.objectName().startswith("qt_") and "Scroll" not in type(b).__name__]
    silent = [b for b in ours if not b.toolTip() and not b.accessibleName()]
    assert ours
    assert [(type(b).__name__, b.parentWidget().objectName()) for b in silent] == []


def test_a_tool_tip_names_the_keys_of_a_command(window: MainWindow) -> None:
    for button in window.tool_bar.findChildren(QToolButton):
        action = button.defaultAction()
        if isinstance(action, QAction) and action.shortcut().toString():
            assert action.shortcut().toString() in button.toolTip()


def test_what_cannot_be_tabbed_to_has_keys_of_its_own(window: MainWindow, qtbot: Any) -> None:
    """The buttons of a pane's title: View > Float or dock the pane, and the pane's own switch."""
    window.focus_pane("findings")
    dock = window.docks["findings"]
    window.registry.action("view.float").trigger()
    assert dock.isFloating()
    qtbot.waitUntil(lambda: window.panes.with_focus is dock, timeout=5000)
    window.registry.action("view.float").trigger()
    assert not dock.isFloating()
    window.registry.action("view.show_findings").trigger()
    assert not dock.isVisible()


def test_tab_goes_around_the_settings_in_the_order_of_their_rows(window: MainWindow, qtbot: Any) -> None:
    window.registry.action("edit.settings").trigger()
    [dialog] = [d for d in window.findChildren(QDialog) if d.isVisible()]
    qtbot.waitUntil(dialog.isActiveWindow, timeout=5000)
    heights = []
    for _ in range(6):
        focus = QApplication.focusWidget()
        assert focus is not None
        heights.append(focus.mapTo(dialog, QPoint(0, 0)).y())
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    assert heights == sorted(heights)
    assert len(set(heights)) >= 4
    dialog.close()


# -- window.md section 2: the keyboard ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "where"), [("1", "editor"), ("2", "project"), ("3", "request"), ("4", "findings"), ("5", "compare")]
)
def test_ctrl_and_a_number_give_the_keys_to_a_pane(window: MainWindow, qtbot: Any, key: str, where: str) -> None:
    window.focus_pane("editor" if where != "editor" else "project")
    qtbot.keyClick(QApplication.focusWidget(), getattr(Qt.Key, f"Key_{key}"), Qt.KeyboardModifier.ControlModifier)
    focus = QApplication.focusWidget()
    owner: QWidget = window.area if where == "editor" else window.docks[where]
    assert focus is not None
    assert owner.isAncestorOf(focus)


def test_every_key_of_every_command_reaches_it_from_the_text(window: MainWindow, qtbot: Any) -> None:
    tab = window.area.current
    assert tab is not None
    tab.edit.selectAll()  # so that there is something to cut and to copy
    heard: list[str] = []
    wanted: list[str] = []
    by_the_text = {"edit.undo", "edit.redo", "edit.cut", "edit.copy", "edit.paste", "edit.select_all"}
    for command, action in window.registry:
        action.triggered.disconnect()
        action.triggered.connect(lambda _checked=False, name=command.id: heard.append(name))
        action.setEnabled(True)
    for command, action in window.registry:
        if command.id in by_the_text:  # Qt's own text has these keys and does the same
            continue
        for key in action.shortcuts():
            wanted.append(command.id)
            tab.edit.setFocus()
            QTest.keySequence(tab.edit, key)
    assert heard == wanted
    assert len(wanted) > 25


@pytest.mark.parametrize("pane", PANES)
def test_esc_gives_the_keys_back_to_the_editor_from_every_pane(window: MainWindow, qtbot: Any, pane: str) -> None:
    tab = window.area.current
    assert tab is not None
    tab.find_bar.close_bar()
    window.focus_pane(pane)
    assert QApplication.focusWidget() is not tab.edit
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is tab.edit


def test_alt_and_its_letter_open_every_menu(window: MainWindow, qtbot: Any) -> None:
    tab = window.area.current
    assert tab is not None
    for top in window.menuBar().actions():
        letter = top.text().partition("&")[2][0].upper()
        tab.edit.setFocus()
        qtbot.keyClick(tab.edit, getattr(Qt.Key, f"Key_{letter}"), Qt.KeyboardModifier.AltModifier)
        opened = QApplication.activePopupWidget()
        assert opened is top.menu(), letter
        assert opened.size() != QSize(0, 0)
        qtbot.keyClick(opened, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None, timeout=2000)
        qtbot.keyClick(window.menuBar(), Qt.Key.Key_Escape)


@pytest.mark.parametrize("command", ["edit.settings", "edit.keys"])
def test_esc_closes_a_dialog_and_the_editor_has_the_keys_again(window: MainWindow, qtbot: Any, command: str) -> None:
    tab = window.area.current
    assert tab is not None
    tab.edit.setFocus()
    window.registry.action(command).trigger()
    [dialog] = [d for d in window.findChildren(QDialog) if d.isVisible()]
    qtbot.waitUntil(dialog.isActiveWindow, timeout=5000)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is tab.edit, timeout=5000)


def test_the_walk_finds_a_control_without_a_name(window: MainWindow) -> None:
    nameless = QToolButton(window.statusBar())
    window.statusBar().addWidget(nameless)
    nameless.show()
    found, _ = defects(window)
    assert [line for line in found if line.startswith("no name: Button QToolButton")] == found
    assert len(found) == 1
