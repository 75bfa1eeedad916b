"""Helpers that tests of every room share. Qt-free: the suite also runs where Qt is not importable."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"

# The environment as the test run found it, before conftest.py gave each test a settings folder of its own. For tests
# that start programs of the outside world (pip, apt) which must find the user's own configuration.
OUTSIDE_ENVIRONMENT = dict(os.environ)


def shared(path: str) -> Path:
    """`path` inside the folder of specifications and sample data beside the repository; skips if it is absent."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"needs ../shared/{path}, which is not beside this clone")
    return found


def isolated_settings(folder: Path) -> dict[str, str]:
    """Environment variables that keep a program's settings, data and caches inside `folder`, which they create."""
    names = {
        "HOME": "home",
        "XDG_CONFIG_HOME": "config",
        "XDG_DATA_HOME": "data",
        "XDG_CACHE_HOME": "cache",
        "XDG_STATE_HOME": "state",
    }
    for name in names.values():
        (folder / name).mkdir(parents=True, exist_ok=True)
    return {variable: str(folder / name) for variable, name in names.items()}


def leftover_threads(before: set[Any], patience: float) -> list[str]:
    """Names of Python threads that were not in `before` and do not end within `patience` seconds.

    Threads that Qt's pool started are not counted here (Python only sees their shadow, which outlives them): see
    `leftover_qt_work`.
    """
    import threading

    started = [t for t in threading.enumerate() if t not in before and not isinstance(t, threading._DummyThread)]
    for thread in started:
        thread.join(patience)
    return [thread.name for thread in started if thread.is_alive()]


class QtLeaks:
    """What a test left behind in Qt: busy pool threads, top-level widgets, running timers.

    Made before the test, asked after it. Costs nothing while no test has made a QApplication.
    """

    def __init__(self) -> None:
        self._before = {_address(o) for objects in self._alive() for o in objects}

    @staticmethod
    def _alive() -> tuple[list[Any], list[Any]]:
        import sys

        if "PySide6.QtWidgets" not in sys.modules:
            return [], []
        import shiboken6
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

        if QApplication.instance() is None:
            return [], []
        widgets = [w for w in QApplication.topLevelWidgets() if w.metaObject().className() != "QTipLabel"]
        timers = [o for o in shiboken6.getAllValidWrappers() if isinstance(o, QTimer) and o.isActive()]
        return widgets, timers

    def found(self) -> list[str]:
        """One sentence for each leak; empty if the test cleaned up. Lets deferred deletions happen first."""
        import sys

        if "PySide6.QtCore" not in sys.modules:
            return []
        from PySide6.QtCore import QCoreApplication, QEvent, QThreadPool

        leaks = []
        if not QThreadPool.globalInstance().waitForDone(2000):
            leaks.append("a job still runs in Qt's thread pool")
        if QCoreApplication.instance() is None:
            return leaks
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        widgets, timers = self._new()
        if widgets or timers:  # perhaps only garbage that Python has not collected yet
            import gc

            del widgets, timers
            gc.collect()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            widgets, timers = self._new()
        for widget in widgets:
            leaks.append(f"a top-level {widget.metaObject().className()} {widget.objectName()!r} outlived the test")
            widget.close()
            widget.deleteLater()  # so that it fails this test only
        for timer in timers:
            leaks.append(
                f"a timer of {timer.interval()} ms {timer.objectName()!r} (parent {timer.parent()!r}) still runs"
            )
            timer.stop()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return leaks

    def _new(self) -> tuple[list[Any], list[Any]]:
        widgets, timers = self._alive()
        return [w for w in widgets if _address(w) not in self._before], [
            t for t in timers if _address(t) not in self._before
        ]


def _address(qt_object: Any) -> int:
    """Of the C++ object: Python's wrapper around it may be made anew at each look."""
    import shiboken6

    return int(shiboken6.getCppPointer(qt_object)[0])
