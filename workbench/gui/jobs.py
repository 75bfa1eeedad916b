"""Work off the GUI thread. One run has one ticket; a slot holds the newest run of one purpose and forgets the rest."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThreadPool, QTimer, Signal

from workbench import patience
from workbench.errors import WorkbenchError

log = logging.getLogger(__name__)

SLOW_MS = 300
"""A run that takes longer than this says so (window.md section 2)."""

unexpected: list[Callable[[Exception], object]] = []
"""Who hears, on the job's thread, of an error in a job that is none a user was meant to see."""


class Cancelled(Exception):
    """Raised inside the work by `Progress.report` once the run is cancelled."""


class Progress:
    """Handed to the work; Qt-free from its side: engine code takes any object with `report`."""

    def __init__(self, emit: Callable[[int, int], None]) -> None:
        self._emit, self._stop = emit, threading.Event()

    def cancel(self) -> None:
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        return self._stop.is_set()

    def report(self, done: int, total: int) -> None:
        """Raises Cancelled once the run is cancelled."""
        if self._stop.is_set():
            raise Cancelled
        self._emit(done, total)


class JobSlot(QObject):
    """Runs `work(progress)` for one purpose (say, "the answer of this window"). Starting again cancels the run before.

    Every signal comes for the newest run only, on the thread that owns the slot. `slow` comes once a run has taken
    300 ms, `idle` when the newest run has ended in whatever way, after `finished` or `failed`.
    """

    progressed = Signal(int, int)
    finished = Signal(object)
    failed = Signal(object)  # the exception
    slow = Signal()
    idle = Signal()
    _done = Signal(int, object, object)
    _step = Signal(int, int, int)

    def __init__(self, parent: QObject | None = None, pool: QThreadPool | None = None) -> None:
        super().__init__(parent)
        self._pool = pool or QThreadPool.globalInstance()
        self._ticket = 0
        self._progress: Progress | None = None
        self._patience = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._patience.timeout.connect(self.slow)
        self._done.connect(self._deliver)
        self._step.connect(self._forward)

    @property
    def busy(self) -> bool:
        """Whether the newest run has not ended yet."""
        return self._progress is not None

    def start(self, work: Callable[[Progress], Any]) -> None:
        self._drop()
        ticket = self._ticket
        progress = self._progress = Progress(lambda done, total: self._step.emit(ticket, done, total))

        def run() -> None:
            if progress.cancelled:  # it waited in the queue while a newer run was asked for
                return
            try:
                with patience.until(lambda: progress.cancelled):
                    result, error = work(progress), None
            except Cancelled:
                return
            except patience.GivenUp as gone:
                patience.take_down(gone)
                return
            except Exception as failure:  # the top of a job: nothing may escape into the pool
                if not isinstance(failure, WorkbenchError):  # those are told, and say all there is to say
                    log.exception("job failed")
                    for hear in unexpected:
                        hear(failure)
                result, error = None, failure
            # A cancelled run stays silent: its slot may be gone by now.
            if not progress.cancelled:
                self._done.emit(ticket, result, error)

        self._patience.start()
        # Not QRunnable.create: the pool deletes such an object without telling Python, whose stale wrapper then
        # stands for whatever Qt puts at the same address next.
        self._pool.start(run)

    def cancel(self) -> None:
        """Forgets the newest run; its work is asked to stop, its result is dropped."""
        was_busy = self.busy
        self._drop()
        if was_busy:
            self.idle.emit()

    def _drop(self) -> None:
        self._ticket += 1
        self._patience.stop()
        if self._progress is not None:
            self._progress.cancel()
            self._progress = None

    def _forward(self, ticket: int, done: int, total: int) -> None:
        if ticket == self._ticket:
            self.progressed.emit(done, total)

    def _deliver(self, ticket: int, result: object, error: Exception | None) -> None:
        if ticket != self._ticket:
            return
        self._patience.stop()
        self._progress = None
        if error is None:
            self.finished.emit(result)
        else:
            self.failed.emit(error)
        if ticket == self._ticket:  # a receiver may have started the next run
            self.idle.emit()
