"""Closing asks nothing: a tab that is closed can be opened again, a window comes back with everything unsaved in it.
Only where the unsaved text cannot be kept does a bar say so, and the window stays."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from workbench.gui.editor.arrangement import settle
from workbench.gui.strip import Choice

if TYPE_CHECKING:
    from workbench.gui.editor.tab import EditorTab
    from workbench.gui.main_window import MainWindow

CLOSED, UNKEPT = "closed", "unkept"


class Closing:
    """Of one window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._may_lose = False  # the user gave up what cannot be kept
        self._waits = False  # for texts on their way to the disk
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
        if self._on_their_way():
            self._wait()
            return False
        settle(window.area.tabs())
        window.session.close()
        reason = window.area.keeping.leave()
        if reason is None or self._may_lose:
            return True
        sentence = f"The unsaved changes cannot be kept: {reason}. Save them before the window is closed."
        window.say(UNKEPT, "warning", sentence, [("Close and lose them", self._close_anyway)])
        return False

    def _on_their_way(self) -> list[EditorTab]:
        return [tab for tab in self._window.area.tabs() if tab.saving.busy]

    def _wait(self) -> None:
        """Closes the window once every text is on the disk; if one does not come there it stays, with that in front."""
        if self._waits:
            return
        self._waits = True
        for tab in self._on_their_way():
            self._window.status.showMessage(f"The window closes as soon as {tab.title} is on the disk.")
            tab.saving.after(partial(self._saved, tab))

    def _saved(self, tab: EditorTab, well: bool) -> None:
        if not well:
            self._waits = False
            self._window.status.clearMessage()
            self._window.area.setCurrentWidget(tab)
        elif self._waits and not self._on_their_way():
            self._waits = False
            self._window.close()

    def _close_anyway(self) -> None:
        self._may_lose = True
        self._window.close()
