"""The menu File."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from workbench.gui import dialogs
from workbench.gui.commands import Command

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow


def commands(w: MainWindow) -> list[Command]:
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
        Command(
            "file.reopen",
            "Reopen closed tab",
            w.area.keeping.reopen,
            "Ctrl+Shift+T",
            "",
            "t",
            "Open the tab again that was closed last, with what was not saved in it",
            lambda: bool(w.area.keeping.closed),
        ),
        Command("file.quit", "Quit", w.close, "Ctrl+Q", "", "q"),
    ]
