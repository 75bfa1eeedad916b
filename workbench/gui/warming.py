"""What the first key press would load is loaded before it, off the GUI thread, once nothing more urgent is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.gui.jobs import JobSlot, Progress
from workbench.policy.kinds import PolicyKind

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow

LATEST_MS = 1_000
"""A window that shows no answer by then has none to show: it is not waited for any longer."""
_BEGUN = '{"Statement": [{"Action": "s'
"""A policy as one writes it: what reads broken text, and what proposes, is loaded for it."""


class Warming(QObject):
    """Of one window: begins with its first answer, at the latest after a second, and ends with `done`."""

    done = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._engine = window.engine
        self._begun = False
        self._slot = JobSlot(self)
        self._slot.idle.connect(self.done)
        self._latest = QTimer(self, singleShot=True, interval=LATEST_MS)
        self._latest.timeout.connect(self._begin)
        self._latest.start()
        window.answer_shown.connect(lambda _answered: self._begin())

    def _begin(self) -> None:
        self._latest.stop()
        if not self._begun:
            self._begun = True
            self._slot.start(self._warm)

    def _warm(self, _progress: Progress) -> None:
        self._engine.writing.complete(_BEGUN, len(_BEGUN), PolicyKind.IDENTITY)

    def stop(self) -> None:
        """Before the window goes: nothing is begun any more."""
        self._begun = True
        self._latest.stop()
        self._slot.cancel()
