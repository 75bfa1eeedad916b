"""When Python looks for garbage. A full look at the values of a 1 MB policy holds every thread for half a second and
more, the one that paints too: it has to wait until nobody works here."""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from workbench.collector import swept_elsewhere

QUIET_MS = 20_000
FEW = 20
"""So many rounds of new values, of at most 7,000 each, are looked at in about a frame."""
_YOUNG = 700, 10
"""Python's own thresholds for what is new, which is looked at in under a millisecond."""
_NEVER = 1_000_000_000


class Sweeper(QObject):
    """Keeps Python from full collections of its own and makes them once nothing has been answered for 20 s and no job
    is `busy`: of what is new since the last, if that is little; of everything, if another window is worked in."""

    def __init__(self, window: QWidget, busy: Callable[[], bool]) -> None:
        super().__init__(window)
        self._window, self._busy = window, busy
        self._before = gc.get_threshold()
        self._settled = False
        gc.set_threshold(*_YOUNG, _NEVER)
        swept_elsewhere(True)
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._quiet.timeout.connect(self.sweep)

    def touch(self) -> None:
        """An answer has been shown. What the first one needed stays for good and need not be looked at again."""
        if not self._settled:
            self._settled = True
            gc.freeze()
        self._quiet.start()

    def sweep(self) -> bool:
        """Whether this was the moment to do it; else it is tried again later."""
        here = self._window.isActiveWindow()
        if self._busy() or (here and gc.get_count()[2] > FEW):
            self._quiet.start()
            return False
        if not here:
            gc.unfreeze()
        gc.collect()
        gc.freeze()
        return True

    def stop(self) -> None:
        """Python's own way again."""
        self._quiet.stop()
        swept_elsewhere(False)
        gc.set_threshold(*self._before)
        gc.unfreeze()
