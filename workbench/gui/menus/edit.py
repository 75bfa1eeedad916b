"""The menu Edit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from workbench.gui import dialogs
from workbench.gui.commands import Command
from workbench.gui.editor.rewriting import Change
from workbench.writing.rewriting import in_order, minify

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
            "edit.lay_out",
            "Lay out the text",
            w.lay_out_text,
            "Ctrl+Shift+I",
            "format",
            "l",
            "Lay out: one value a line, two spaces a level",
            w.has_tab,
        ),
        *_rewriting(w, editable),
    ]


def _rewriting(w: MainWindow, editable: Callable[[], bool]) -> list[Command]:
    def run(change: Change, sentence: str) -> Callable[[], None]:
        def act() -> None:
            if w.area.current is not None:
                w.area.current.rewriting.run(change, sentence)

        return act

    sorted_, proved = (
        "Sorted: the values are the same but for their order, proved by reading both.",
        "proved by reading both.",
    )
    return [
        Command(
            "edit.minify",
            "Minify",
            run(minify, f"Minified: the values are the same, {proved}"),
            mnemonic="m",
            hint="Minify: one line without white space",
            enabled=editable,
        ),
        Command(
            "edit.sort",
            "Sort the elements",
            run(in_order, sorted_),
            mnemonic="s",
            hint="Elements in the order of the grammar: Version, Id, Statement; Sid, Effect, Principal, Action …",
            enabled=editable,
        ),
        Command(
            "edit.sort_lists",
            "Sort elements, actions and resources",
            run(partial(in_order, lists=True), sorted_),
            hint="The same, and the lists of actions and resources by the alphabet",
            enabled=editable,
        ),
    ]
