"""Closing asks nothing: a tab that is closed can be opened again, a window comes back with everything unsaved in it.
Only where the unsaved text cannot be kept does a bar say so, and the window stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.gui.editor.arrangement import settle
from workbench.gui.strip import Choice

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow

CLOSED, UNKEPT = "closed", "unkept"


class Closing:
    """Of one window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._may_lose = False  # the user gave up what cannot be kept
        keeping = window.area.keeping
        keeping.closed_unsaved.connect(self._tell)
        keeping.closed_changed.connect(self._changed)

    def _tell(self, title: str) -> None:
        keeping = self._window.area.keeping
        choices: list[Choice] = [("Undo close", keeping.reopen), ("Discard the changes", keeping.forget)]
        self._window.say(CLOSED, "history", f"{title} was closed. Its unsaved changes are kept.", choices)

    def _changed(self) -> None:
        closed = self._window.area.keeping.closed
        if not closed or closed[-1].unsaved is None:
            self._window.unsay(CLOSED)
        self._window.registry.refresh()

    def may_close(self) -> bool:
        """Keeps what is unsaved for the next start; whether the window may go."""
        window = self._window
        settle(window.area.tabs())
        window.session.close()
        reason = window.area.keeping.leave()
        if reason is None or self._may_lose:
            return True
        sentence = f"The unsaved changes cannot be kept: {reason}. Save them before the window is closed."
        window.say(UNKEPT, "warning", sentence, [("Close and lose them", self._close_anyway)])
        return False

    def _close_anyway(self) -> None:
        self._may_lose = True
        self._window.close()
