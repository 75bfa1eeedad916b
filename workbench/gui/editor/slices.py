"""Work on a document that must be done on the GUI thread and takes longer than a frame: a few milliseconds a turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer

TURN_S = 0.004
AGAIN_MS = 200


class Slices(QObject):
    """Runs one piece of work, which yields wherever it may pause; what is short ends within the call of `start`. A text
    that changes meanwhile makes it begin anew, once the keys are quiet."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._make: Callable[[], Iterator[None]] | None = None
        self._work: Iterator[None] | None = None
        self._turn = QTimer(self, singleShot=True)
        self._turn.timeout.connect(self._go_on)

    @property
    def busy(self) -> bool:
        return self._make is not None

    def start(self, make: Callable[[], Iterator[None]]) -> None:
        """Runs what `make` makes; what ran before is dropped."""
        self._make, self._work = make, None
        self._go_on()

    def stop(self) -> None:
        self._turn.stop()
        self._make = self._work = None

    def again(self) -> None:
        """The document has changed: what has been found out about it is no longer true."""
        if self._make is not None:
            self._work = None
            self._turn.start(AGAIN_MS)

    def _go_on(self) -> None:
        self._turn.stop()
        make = self._make
        if make is None:
            return
        work = self._work = self._work or make()
        end = time.perf_counter() + TURN_S
        for _ in work:
            if self._work is not work:  # it was stopped, or begins anew
                return
            if time.perf_counter() >= end:
                self._turn.start(0)
                return
        if self._work is work:
            self._make = self._work = None
