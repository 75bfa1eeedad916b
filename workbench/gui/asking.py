""" "Ask or run…": the field at the right end of the menu bar, and what can be asked by a few letters."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton

from workbench.gui.command_palette import CommandPalette, Entry
from workbench.gui.icons import icon
from workbench.gui.theme import Theme
from workbench.writing.fuzzy import match

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow

MOST = 6
RECENT_MOST = 6
FEWEST_LETTERS = 3
"""Below this every action of AWS would fit."""


class AskField(QPushButton):
    """Looks like a field and opens the palette. `keys`: what opens it as well."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Ask or run…")
        self.setObjectName("ask")
        self.setAccessibleName("Ask or run")
        self._keys = ""
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._muted = theme.color("muted")
        self.setIcon(icon("search", theme))

    def show_keys(self, keys: str) -> None:
        self._keys = keys
        self.setToolTip(f"Run a command, or ask a request  {keys}".rstrip())
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(260, super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        painter, option = QPainter(self), QStyleOptionButton()
        self.initStyleOption(option)
        rect = self.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, self)
        painter.setPen(self._muted)
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), self._keys)


def open_palette(window: MainWindow) -> None:
    """The palette over a window."""
    window.registry.refresh()
    recent = window.settings.get("recent_commands")

    def used(command_id: str) -> None:
        rest = [each for each in window.settings.get("recent_commands") if each != command_id]
        window.settings.set("recent_commands", [command_id, *rest][:RECENT_MOST])

    CommandPalette(window.registry, window.theme, window, partial(_asks, window), recent, used).show()


def _asks(window: MainWindow, typed: str) -> list[Entry]:
    """The saved requests whose titles have the letters, then the actions they may stand for."""
    requests = window.project.requests if window.project is not None else ()
    found = [(match(typed, saved.title or saved.id), saved) for saved in requests]
    fitting = sorted(((f.score, n) for n, (f, _) in enumerate(found) if f is not None), reverse=True)[:MOST]
    entries = [
        Entry("Ask", saved.title or saved.id, partial(window.set_request, saved), icon="request")
        for saved in (found[n][1] for _, n in fitting)
    ]
    letters = typed.strip()
    if len(letters) < FEWEST_LETTERS or not window.has_tab():
        return entries
    names = [name for name in window.panel.form.search_actions(letters) if not name.endswith(":")][:MOST]
    return [*entries, *(Entry("Ask", name, partial(ask_action, window, name), icon="run") for name in names)]


def ask_action(window: MainWindow, action: str) -> None:
    """Asks the request in the form for another action."""
    window.comparing.let_go()
    window.panel.form.action.setText(action)
    window.focus_pane("request")
    window.ask_now()


def make_field(window: MainWindow) -> AskField:
    """The field, at the right end of the menu bar."""
    field = AskField(window.theme)
    field.clicked.connect(lambda: open_palette(window))
    window.menuBar().setCornerWidget(field, Qt.Corner.TopRightCorner)
    return field
