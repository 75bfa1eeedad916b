"""The menu Edit."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from workbench.gui import changes, dialogs
from workbench.gui.commands import Command

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow


def commands(w: MainWindow) -> list[Command]:
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
            "edit.complete",
            "Complete",
            lambda: changes.complete_at_caret(w),
            "Ctrl+Space",
            "",
            "m",
            "Show what can be written at the caret",
            editable,
        ),
        Command(
            "edit.snippet",
            "Insert snippet…",
            lambda: changes.choose_snippet(w),
            "Ctrl+Shift+Space",
            "",
            "s",
            "Choose a statement to begin with",
            editable,
        ),
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
        Command(
            "edit.settings",
            "Settings…",
            lambda: w.preferences.show_settings(),
            "Ctrl+,",
            "settings",
            "s",
            "Everything that can be set, with search",
        ),
        Command(
            "edit.keys",
            "Keyboard shortcuts…",
            lambda: w.preferences.show_keys(),
            "",
            "",
            "k",
            "All commands and their keys, which can be changed",
        ),
    ]
