"""The menu View."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from workbench.gui.asking import open_palette
from workbench.gui.commands import Command
from workbench.gui.editor.views import ABOVE, BESIDE, Views
from workbench.gui.menus import folding
from workbench.gui.strip import go_to_strip
from workbench.gui.theme import Scheme

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow


def _views(w: MainWindow) -> list[Command]:
    def views() -> Views | None:
        return None if w.area.current is None else w.area.current.views

    def on_views(act: Callable[[Views], object]) -> Callable[[], None]:
        def run() -> None:
            if (found := views()) is not None:
                act(found)

        return run

    def split(name: str, title: str, keys: str, orientation: Qt.Orientation) -> Command:
        def stands_so() -> bool:
            found = views()
            return found is not None and found.is_split and found.orientation() is orientation

        return Command(
            f"view.split_{name}",
            title,
            on_views(lambda found: found.toggle(orientation)),
            keys,
            hint="The text of the tab in two views with one undo; chosen again, in one view",
            enabled=w.has_tab,
            checked=stands_so,
        )

    def is_split() -> bool:
        found = views()
        return found is not None and found.is_split

    return [
        split("beside", "Split side by side", "Ctrl+\\", BESIDE),
        split("above", "Split one above the other", "Ctrl+Shift+\\", ABOVE),
        Command(
            "view.other_view",
            "Go to the other view",
            on_views(Views.go_to_other),
            "F6",
            hint="The other half of a split text",
            enabled=is_split,
        ),
        Command(
            "view.join",
            "Close the split",
            on_views(Views.join),
            hint="Leaves the view that has the keys",
            enabled=is_split,
        ),
    ]


def commands(w: MainWindow) -> list[Command]:
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
        toggle("outline", "Outline pane", "n"),
        toggle("request", "Request pane", "r"),
        toggle("findings", "Findings pane", "f"),
        toggle("compare", "Compare pane", "m"),
        toggle("access", "Access pane", "a"),
        toggle("search", "Search pane", "h"),
        Command("view.focus_editor", "Go to the editor", lambda: w.focus_pane("editor"), "Ctrl+1"),
        Command("view.focus_project", "Go to the project", lambda: w.focus_pane("project"), "Ctrl+2"),
        Command("view.focus_request", "Go to the request", lambda: w.focus_pane("request"), "Ctrl+3"),
        Command("view.focus_findings", "Go to the findings", lambda: w.focus_pane("findings"), "Ctrl+4"),
        Command("view.focus_compare", "Go to the comparison", lambda: w.focus_pane("compare"), "Ctrl+5"),
        Command("view.focus_access", "Go to what is allowed", lambda: w.focus_pane("access"), "Ctrl+6"),
        Command(
            "view.crumbs",
            "Go to the path over the text",
            lambda: w.area.current.crumbs.take_focus() if w.area.current is not None else None,
            "Ctrl+Shift+.",
            hint="Where the caret is. Left and Right: from part to part, Enter: go there, Down: what stands beside",
            enabled=w.has_tab,
        ),
        Command("view.focus_outline", "Go to the outline", lambda: w.focus_pane("outline"), "Ctrl+7"),
        Command(
            "view.focus_strip",
            "Go to the bar over the text",
            partial(go_to_strip, w),
            "Ctrl+8",
            hint="What a bar says of the file or the program, and what can be done; Esc leads back to the text",
        ),
        Command("view.next_tab", "Next tab", lambda: w.step_tab(1), "Ctrl+Tab", enabled=w.has_tab),
        Command("view.previous_tab", "Previous tab", lambda: w.step_tab(-1), "Ctrl+Shift+Tab", enabled=w.has_tab),
        *_views(w),
        theme(Scheme.SYSTEM, "Theme of the system"),
        theme(Scheme.LIGHT, "Light theme"),
        theme(Scheme.DARK, "Dark theme"),
        theme(Scheme.CONTRAST, "High-contrast theme"),
        # Where the plus sign needs Shift, Ctrl+= is what hands press.
        Command("view.zoom_in", "Larger text", lambda: w.zoom(1), "Ctrl++", "plus", "l", other_keys=("Ctrl+=",)),
        Command("view.zoom_out", "Smaller text", lambda: w.zoom(-1), "Ctrl+-", "minus", "s"),
        Command("view.zoom_reset", "Usual text size", lambda: w.zoom(0), "Ctrl+0"),
        *folding.commands(w),
        Command(
            "view.float",
            "Float or dock the pane",
            lambda: w.panes.float_with_focus(),
            hint="The pane that has the keys becomes a window of its own, or goes back",
            mnemonic="o",
        ),
        Command("view.reset_layout", "Reset layout", w.reset_layout, "", "reload", "t"),
        Command("view.palette", "All commands…", partial(open_palette, w), "Ctrl+Shift+P", "palette", "c"),
    ]
