"""The table of everything the window can do. Only what exists stands here: no entry leads nowhere."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QMenu, QToolBar

from workbench.gui import changes, dialogs
from workbench.gui.commands import Command
from workbench.gui.help.topics import show_help
from workbench.gui.icons import icon
from workbench.gui.theme import Scheme

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
_SEPARATED = frozenset(
    [
        "file.save",
        "file.close",
        "edit.cut",
        "edit.find",
        "edit.lay_out",
        "view.focus_editor",
        "view.theme_system",
        "view.zoom_in",
        "view.reset_layout",
        "view.palette",
        "policy.fix",
        "policy.show_kind",
        "policy.compare_saved",
    ]
)
"""Commands that a line stands before in their menu."""


def commands(window: MainWindow) -> list[Command]:
    """All commands, in the order of their menus."""
    return [
        *_file(window),
        *_edit(window),
        *_view(window),
        Command(
            "policy.next_finding",
            "Next finding",
            window.next_finding,
            "F8",
            "next",
            "n",
            enabled=lambda: window.has_tab(),
        ),
        Command(
            "policy.previous_finding",
            "Previous finding",
            lambda: window.next_finding(-1),
            "Shift+F8",
            "",
            "p",
            enabled=window.has_tab,
        ),
        Command("policy.why", "Why is this a finding", window.mending.why, "", "", "w", enabled=window.has_tab),
        Command(
            "policy.fix",
            "Fix at the caret",
            lambda: changes.fix_at_caret(window),
            "Ctrl+.",
            "fix",
            "f",
            enabled=window.has_tab,
        ),
        Command(
            "policy.fix_all",
            "Fix all that keep access the same",
            window.mending.fix_all,
            "",
            "",
            "a",
            "Apply every fix that is proved to keep the access the same, as one step that can be undone",
            window.has_tab,
        ),
        Command(
            "policy.suppress", "Suppress the chosen finding…", window.mending.suppress, "", "", "s", "", window.has_tab
        ),
        Command(
            "policy.show_kind",
            "Set the kind of policy",
            window.choose_kind,
            "",
            "policy",
            "k",
            enabled=window.has_tab,
        ),
        *_compare(window),
        Command(
            "request.ask",
            "Ask now",
            window.ask_now,
            "Ctrl+Return",
            "run",
            "a",
            "Answer the request for the text as it is",
            window.has_tab,
            other_keys=("Ctrl+Enter",),  # the keypad's
        ),
        Command("request.edit", "Edit the request", lambda: window.focus_pane("request"), "", "request", "e"),
        Command("help.here", "Help on what has the focus", lambda: show_help(window), "F1", "", "h"),
        Command("help.about", "About Policy Workbench", partial(dialogs.about, window), "", "suggestion", "a"),
    ]


def _compare(w: MainWindow) -> list[Command]:
    titles = {
        "saved": "Compare with the file as saved",
        "file": "Compare with another file…",
        "clipboard": "Compare with the clipboard",
        "git": "Compare with a version in git…",
        "managed": "Compare with an AWS managed policy…",
    }
    return [
        Command(f"policy.compare_{name}", title, partial(w.comparing.begin, name), enabled=w.has_tab)
        for name, title in titles.items()
    ]


def _file(w: MainWindow) -> list[Command]:
    return [
        Command("file.new", "New policy", lambda: w.area.new(), "Ctrl+N", "new", "n"),
        Command(
            "file.open", "Open policy…", partial(dialogs.open_dialog, w), "Ctrl+O", "open", "o", "Open policy files"
        ),
        Command(
            "file.open_project",
            "Open project folder…",
            partial(dialogs.open_project_dialog, w),
            "Ctrl+Shift+O",
            "project",
            "p",
        ),
        Command("file.open_example", "Open the example project", w.open_example, "", "", "e"),
        Command("file.save", "Save", lambda: w.area.save(), "Ctrl+S", "save", "s", enabled=w.has_tab),
        Command("file.save_as", "Save as…", lambda: w.area.save_as(), "Ctrl+Shift+S", "save-as", "a", "", w.has_tab),
        Command("file.close", "Close tab", lambda: w.area.close_tab(), "Ctrl+W", "close", "c", enabled=w.has_tab),
        Command("file.quit", "Quit", w.close, "Ctrl+Q", "", "q"),
    ]


def _edit(w: MainWindow) -> list[Command]:
    def editable() -> bool:
        return w.area.current is not None and not w.area.current.edit.isReadOnly()

    def can(what: str) -> bool:
        tab = w.area.current
        return tab is not None and bool(getattr(tab.edit.document(), what)())

    return [
        Command(
            "edit.undo", "Undo", lambda: w.on_text("undo"), "Ctrl+Z", "undo", "u", "", lambda: can("isUndoAvailable")
        ),
        Command(
            "edit.redo",
            "Redo",
            lambda: w.on_text("redo"),
            "Ctrl+Shift+Z",
            "redo",
            "r",
            "",
            lambda: can("isRedoAvailable"),
        ),
        Command("edit.cut", "Cut", lambda: w.on_focus("cut"), "Ctrl+X", "", "t", enabled=editable),
        Command("edit.copy", "Copy", lambda: w.on_focus("copy"), "Ctrl+C", "copy", "c"),
        Command("edit.paste", "Paste", lambda: w.on_focus("paste"), "Ctrl+V", "", "p"),
        Command("edit.select_all", "Select all", lambda: w.on_focus("selectAll"), "Ctrl+A", "", "a"),
        Command("edit.find", "Find and replace…", w.find, "Ctrl+F", "search", "f", enabled=w.has_tab),
        Command("edit.go_to_line", "Go to line…", partial(dialogs.go_to_line, w), "Ctrl+G", "", "g", enabled=w.has_tab),
        Command(
            "edit.lay_out",
            "Lay out the text",
            w.lay_out_text,
            "Ctrl+Shift+I",
            "format",
            "l",
            "Lay out: one value a line, two spaces a level",
            w.has_tab,
        ),
    ]


def _view(w: MainWindow) -> list[Command]:
    def toggle(name: str, title: str, mnemonic: str) -> Command:
        return Command(
            f"view.show_{name}",
            title,
            lambda: w.toggle_pane(name),
            mnemonic=mnemonic,
            checked=lambda: w.docks[name].isVisible(),
        )

    def theme(scheme: Scheme, title: str) -> Command:
        return Command(
            f"view.theme_{scheme.value}", title, lambda: w.choose_theme(scheme), checked=lambda: w.scheme is scheme
        )

    return [
        toggle("project", "Project pane", "p"),
        toggle("request", "Request pane", "r"),
        toggle("findings", "Findings pane", "f"),
        toggle("compare", "Compare pane", "m"),
        toggle("access", "Access pane", "a"),
        Command("view.focus_editor", "Go to the editor", lambda: w.focus_pane("editor"), "Ctrl+1"),
        Command("view.focus_project", "Go to the project", lambda: w.focus_pane("project"), "Ctrl+2"),
        Command("view.focus_request", "Go to the request", lambda: w.focus_pane("request"), "Ctrl+3"),
        Command("view.focus_findings", "Go to the findings", lambda: w.focus_pane("findings"), "Ctrl+4"),
        Command("view.focus_compare", "Go to the comparison", lambda: w.focus_pane("compare"), "Ctrl+5"),
        Command("view.focus_access", "Go to what is allowed", lambda: w.focus_pane("access"), "Ctrl+6"),
        Command("view.next_tab", "Next tab", lambda: w.step_tab(1), "Ctrl+Tab", enabled=w.has_tab),
        Command("view.previous_tab", "Previous tab", lambda: w.step_tab(-1), "Ctrl+Shift+Tab", enabled=w.has_tab),
        theme(Scheme.SYSTEM, "Theme of the system"),
        theme(Scheme.LIGHT, "Light theme"),
        theme(Scheme.DARK, "Dark theme"),
        # Where the plus sign needs Shift, Ctrl+= is what hands press.
        Command("view.zoom_in", "Larger text", lambda: w.zoom(1), "Ctrl++", "plus", "l", other_keys=("Ctrl+=",)),
        Command("view.zoom_out", "Smaller text", lambda: w.zoom(-1), "Ctrl+-", "minus", "s"),
        Command("view.zoom_reset", "Usual text size", lambda: w.zoom(0), "Ctrl+0"),
        Command("view.reset_layout", "Reset layout", w.reset_layout, "", "reload", "t"),
        Command("view.palette", "All commands…", w.open_palette, "Ctrl+Shift+P", "palette", "c"),
    ]


def build(window: MainWindow) -> None:
    """Registers the commands and makes menus and tool bar of them."""
    for command in commands(window):
        window.registry.add(command, window)
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
        action = menu.addAction(str(path))
        action.triggered.connect(lambda _checked=False, path=path: window.open_paths([path]))
    if menu.isEmpty():
        menu.addAction("Nothing opened yet").setEnabled(False)


def set_icons(window: MainWindow) -> None:
    """Draws the commands' icons for the theme in force."""
    for command, action in window.registry:
        if command.icon:
            action.setIcon(icon(command.icon, window.theme))
