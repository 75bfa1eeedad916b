"""The menu Edit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from workbench.errors import WorkbenchError
from workbench.gui import changes, dialogs
from workbench.gui.commands import Command
from workbench.gui.editor.find_bar import FindBar
from workbench.gui.editor.qt_text import from_qt
from workbench.gui.editor.rewriting import Change
from workbench.writing.copying import as_cli_argument, as_json_string, as_jsonencode, as_minified, as_yaml
from workbench.writing.rewriting import in_order, minify

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow


def commands(w: MainWindow) -> list[Command]:
    def editable() -> bool:
        return w.area.current is not None and not w.area.current.edit.isReadOnly()

    return [*_clipboard(w, editable), *_places(w), *_writing(w, editable), *_copying(w), *_preferences(w)]


def _clipboard(w: MainWindow, editable: Callable[[], bool]) -> list[Command]:
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
    ]


def _places(w: MainWindow) -> list[Command]:
    def bar(act: Callable[[FindBar], object]) -> Callable[[], None]:
        def run() -> None:
            if w.area.current is not None:
                act(w.area.current.find_bar)

        return run

    return [
        Command("edit.find", "Find and replace…", bar(FindBar.open), "Ctrl+F", "search", "f", enabled=w.has_tab),
        Command(
            "edit.replace", "Replace…", bar(lambda b: b.open(replace=True)), "Ctrl+H", mnemonic="p", enabled=w.has_tab
        ),
        Command(
            "edit.find_next", "Find the next hit", bar(lambda b: b.again(1)), "F3", mnemonic="n", enabled=w.has_tab
        ),
        Command(
            "edit.find_previous", "Find the previous hit", bar(lambda b: b.again(-1)), "Shift+F3", enabled=w.has_tab
        ),
        Command(
            "edit.find_everywhere",
            "Find in all files…",
            lambda: w.searching.open(),
            "Ctrl+Shift+F",
            hint="In the project's files and all open texts, as they stand unsaved",
        ),
        Command(
            "edit.replace_everywhere",
            "Replace in all files…",
            lambda: w.searching.open(replace=True),
            "Ctrl+Shift+H",
            hint="In the project's files and all open texts, with one undo",
        ),
        Command(
            "edit.go_to",
            "Go to a statement or line…",
            partial(dialogs.go_to, w),
            "Ctrl+G",
            "",
            "g",
            "The policy's outline: a statement by its index or Sid, a line, or line:column",
            w.has_tab,
        ),
    ]


def _writing(w: MainWindow, editable: Callable[[], bool]) -> list[Command]:
    return [
        Command(
            "edit.complete",
            "Complete",
            lambda: changes.complete_at_caret(w),
            "Ctrl+Space",
            "",
            "e",
            "Show what can be written at the caret",
            editable,
        ),
        Command(
            "edit.snippet",
            "Insert snippet…",
            lambda: changes.choose_snippet(w),
            "Ctrl+Shift+Space",
            "",
            "i",
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
        *_rewriting(w, editable),
    ]


def _preferences(w: MainWindow) -> list[Command]:
    return [
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


COPY_AS: dict[str, tuple[str, Callable[[str], str]]] = {
    "minified": ("Minified JSON", as_minified),
    "json_string": ("JSON string", as_json_string),
    "yaml": ("YAML", as_yaml),
    "jsonencode": ("Terraform jsonencode", as_jsonencode),
    "cli": ("Argument of the AWS CLI", as_cli_argument),
}


def _copying(w: MainWindow) -> list[Command]:
    def copy(title: str, form: Callable[[str], str]) -> None:
        tab = w.area.current
        if tab is None:
            return
        chosen = from_qt(tab.edit.textCursor().selectedText())
        # A statement that is selected is meant; a few characters of one are no JSON, and the whole policy is.
        whole = not chosen.strip().startswith(("{", "[")) or bool(w.engine.parse(chosen).problems)
        try:
            made = form(tab.text() if whole else chosen)
        except WorkbenchError as error:
            tab.told.emit(str(error))
            return
        QGuiApplication.clipboard().setText(made)
        tab.told.emit(f"Copied as {title}: {'the whole policy' if whole else 'what is selected'}.")

    return [
        Command(
            f"edit.copy_as_{name}",
            f"Copy as {title}",
            partial(copy, title, form),
            hint="The JSON that is selected, else the whole policy",
            enabled=w.has_tab,
        )
        for name, (title, form) in COPY_AS.items()
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
            mnemonic="o",
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
