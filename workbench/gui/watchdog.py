"""Says so when the GUI thread is silent: in debug runs by a thread that looks on, in tests by a meter."""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, QTimer

log = logging.getLogger(__name__)

SILENT_MS = 100


class Watchdog(QObject):
    """Logs where the GUI thread is whenever it has not turned its event loop for 100 ms. Made on the GUI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._beat = time.monotonic()
        self._thread_id = threading.get_ident()
        self._end = threading.Event()
        self._timer = QTimer(self, interval=10, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self.reports: list[str] = []
        self._thread = threading.Thread(target=self._look, name="gui-watchdog", daemon=True)
        self._thread.start()

    def _tick(self) -> None:
        self._beat = time.monotonic()

    def _look(self) -> None:
        reported = 0.0
        while not self._end.wait(0.02):
            beat = self._beat
            silent = (time.monotonic() - beat) * 1000
            if silent > SILENT_MS and beat != reported:
                reported = beat
                frame = sys._current_frames().get(self._thread_id)
                where = "".join(traceback.format_stack(frame)) if frame else "(in Qt)"
                report = f"the GUI thread has been silent for {silent:.0f} ms at\n{where}"
                self.reports.append(report)
                log.warning(report)

    def stop(self) -> None:
        self._timer.stop()
        self._end.set()
        self._thread.join()


class StallMeter:
    """`with StallMeter() as meter: …` then `meter.longest_ms`: the longest time the event loop did not turn, and
    `meter.busiest_ms`: the most that the thread itself computed in one turn, whatever else the machine was doing."""

    def __init__(self) -> None:
        self.longest_ms = self.busiest_ms = 0.0
        self._last = self._last_work = 0.0
        self._timer = QTimer(interval=0, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def _tick(self) -> None:
        now, work = time.perf_counter(), time.thread_time()
        self.longest_ms = max(self.longest_ms, (now - self._last) * 1000)
        self.busiest_ms = max(self.busiest_ms, (work - self._last_work) * 1000)
        self._last, self._last_work = now, work

    def __enter__(self) -> StallMeter:
        self._last, self._last_work = time.perf_counter(), time.thread_time()
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tick()
        self._timer.stop()
