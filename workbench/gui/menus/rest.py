"""The menus Request and Help."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from workbench.gui import dialogs
from workbench.gui.commands import Command
from workbench.gui.help.topics import show_help

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow


def commands(window: MainWindow) -> list[Command]:
    return [
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
