"""The part of the menu View that is about how a text is shown: what is folded, long lines, white space."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.gui.commands import Command

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow


def commands(w: MainWindow) -> list[Command]:
    def fold(name: str, title: str, act: str, hint: str, key: str = "", mnemonic: str = "") -> Command:
        def run() -> None:
            if w.area.current is not None:
                getattr(w.area.current.edit.folding, act)()

        return Command(f"view.{name}", title, run, key, "", mnemonic, hint, w.has_tab)

    def switch(name: str, title: str, key: str, mnemonic: str, hint: str) -> Command:
        return Command(
            f"view.{name}",
            title,
            lambda: w.settings.set(name, not w.settings.get(name)),
            key,
            "",
            mnemonic,
            hint,
            checked=lambda: bool(w.settings.get(name)),
        )

    return [
        fold(
            "fold", "Fold", "fold_here", "Hide what the caret's line opens, or what is around it", "Ctrl+Shift+[", "f"
        ),
        fold("unfold", "Unfold", "unfold_here", "Show what is folded behind the caret's line", "Ctrl+Shift+]", "u"),
        fold("fold_all", "Fold all", "fold_all", "Fold every object and list but the outermost", mnemonic="a"),
        fold("unfold_all", "Unfold all", "unfold_all", "Show everything that is folded", mnemonic="n"),
        fold("fold_statements", "Fold to statements", "fold_statements", "One line a statement", mnemonic="s"),
        switch("wrap", "Wrap long lines", "Alt+Z", "w", "A line longer than the editor is wide goes on below"),
        switch("blanks", "Show white space", "", "", "Spaces have a dot and tabs an arrow"),
    ]
