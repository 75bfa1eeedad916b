"""The table of everything the window can do. Only what exists stands here: no entry leads nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QMenu, QToolBar

from workbench.gui.commands import Command
from workbench.gui.icons import icon
from workbench.gui.menus import edit, file, policy, rest, view
from workbench.gui.plain import caption

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow

MENUS = (
    ("file", "&File"),
    ("edit", "&Edit"),
    ("view", "&View"),
    ("policy", "&Policy"),
    ("request", "&Request"),
    ("help", "&Help"),
)
TOOLS = (
    ("file.open", "file.save"),
    ("edit.undo", "edit.redo", "edit.find", "edit.lay_out"),
    ("request.ask", "policy.next_finding"),
)
_PARTS = (
    ("edit.copy_as_", "Copy as"),
    ("view.focus_", "&Go to"),
    ("view.crumbs", "&Go to"),
    ("view.split_", "Spl&it"),
    ("view.other_view", "Spl&it"),
    ("view.join", "Spl&it"),
    ("view.theme_", "Them&e"),
    ("view.fold", "Fol&ding"),
    ("view.unfold", "Fol&ding"),
)
"""Beginnings of commands that are a menu within their menu."""
_SEPARATED = frozenset(
    [
        "file.save",
        "file.close",
        "edit.cut",
        "edit.find",
        "edit.lay_out",
        "edit.settings",
        "view.focus_editor",
        "view.split_beside",
        "view.theme_system",
        "view.zoom_in",
        "view.fold",
        "view.float",
        "view.palette",
        "policy.fix",
        "policy.show_kind",
        "policy.compare_saved",
        "policy.statement_duplicate",
    ]
)
"""Commands that a line stands before in their menu."""


def commands(window: MainWindow) -> list[Command]:
    """All commands, in the order of their menus."""
    return [command for part in (file, edit, view, policy, rest) for command in part.commands(window)]


def build(window: MainWindow) -> None:
    """Registers the commands and makes menus and tool bar of them."""
    for command in commands(window):
        window.registry.add(command, window)
    parts: dict[str, QMenu] = {}
    for name, title in MENUS:
        menu = window.menuBar().addMenu(title)
        menu.setObjectName(f"menu-{name}")
        menu.setToolTipsVisible(False)
        for command, action in window.registry.of_menu(name):
            if command.id in _SEPARATED:
                menu.addSeparator()
            if command.id == "policy.show_kind":
                kinds = menu.addMenu("&Kind of policy")
                window.kind_menu = kinds
                kinds.aboutToShow.connect(lambda kinds=kinds: _fill_kinds(window, kinds))
                continue
            part = next((title for start, title in _PARTS if command.id.startswith(start)), None)
            if part is not None:
                if part not in parts:
                    parts[part] = menu.addMenu(part)
                parts[part].addAction(action)
                continue
            menu.addAction(action)
            if command.id == "file.open_example":
                window.recent_menu = menu.addMenu("Open &recent")
                window.recent_menu.aboutToShow.connect(lambda: _fill_recent(window, window.recent_menu))
        menu.aboutToShow.connect(window.registry.refresh)
    bar = QToolBar("Tools", window)
    bar.setObjectName("tools")
    bar.setMovable(False)
    bar.setIconSize(QSize(20, 20))
    window.addToolBar(bar)
    window.tool_bar = bar
    for index, group in enumerate(TOOLS):
        if index:
            bar.addSeparator()
        for command_id in group:
            bar.addAction(window.registry.action(command_id))


def _fill_kinds(window: MainWindow, menu: QMenu) -> None:
    menu.clear()
    menu.addActions(window.status.kind_menu.actions())


def _fill_recent(window: MainWindow, menu: QMenu) -> None:
    menu.clear()
    for path in window.recent():
        action = menu.addAction(caption(str(path)))
        action.triggered.connect(lambda _checked=False, path=path: window.open_paths([path]))
    if menu.isEmpty():
        menu.addAction("Nothing opened yet").setEnabled(False)


def set_icons(window: MainWindow) -> None:
    """Draws the commands' icons for the theme in force."""
    for command, action in window.registry:
        if command.icon:
            action.setIcon(icon(command.icon, window.theme))
