"""What a session leaves to the next one: project, open files, the window's place. Saved as it changes, not at the end,
which a session may never come to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer

from workbench.gui.jobs import JobSlot, Progress
from workbench.gui.settings import Settings

QUIET_MS = 400


class Session(QObject):
    """`state()` gives the settings to be kept, None while they are still being restored."""

    def __init__(self, settings: Settings, state: Callable[[], dict[str, Any] | None], parent: QObject) -> None:
        super().__init__(parent)
        self._settings, self._state = settings, state
        self._kept: dict[str, Any] = {}
        self._slot = JobSlot(self)
        self._writing = threading.Lock()
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._quiet.timeout.connect(self._keep)

    def touch(self) -> None:
        """Something has changed: keep it once nothing else does."""
        self._quiet.start()

    def _keep(self) -> None:
        state = self._state()
        if state is None:
            self._quiet.start()
        elif state != self._kept:
            self._kept = state
            self._slot.start(lambda progress: self._write(state, progress))

    def _write(self, state: dict[str, Any], progress: Progress) -> None:
        """Off the GUI thread: the disk may be slow."""
        with self._writing:
            progress.report(0, 1)  # stops here if a newer state has been written meanwhile
            Settings().keep(state)

    def close(self) -> None:
        """Keeps everything now: the program ends."""
        self.stop()
        self._settings.keep(self._state() or {})

    def stop(self) -> None:
        self._quiet.stop()
        self._slot.cancel()
