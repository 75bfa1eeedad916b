"""Helpers that tests of every room share. Qt-free: the suite also runs where Qt is not importable."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

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


class _Leak(NamedTuple):
    """Something of Qt that is alive: what it is known by, a sentence, and the object."""

    marks: tuple[Any, ...]
    sentence: str
    found: Any

    def end(self) -> None:
        """End it, so that it fails one test only."""
        from PySide6.QtCore import QThread, QThreadPool, QTimer

        if isinstance(self.found, QTimer):
            self.found.stop()
        elif isinstance(self.found, QThreadPool):
            self.found.clear()
        elif isinstance(self.found, QThread):
            self.found.requestInterruption()
            self.found.quit()
            self.found.wait(2000)
        elif self.found.isWidgetType():
            self.found.close()
            self.found.deleteLater()
        else:
            for _, number in self.marks:
                self.found.killTimer(number)


class QtLeaks:
    """What a test left behind in Qt: threads, busy pools, top-level widgets, running timers.

    Made before the test, asked after it. Costs nothing while no test has made a QApplication. Of threads, pools and
    objects with timers it sees those that Python knows.
    """

    def __init__(self) -> None:
        self._before = {mark for leak in self._alive() for mark in leak.marks}

    @staticmethod
    def _alive() -> list[_Leak]:
        import sys

        if "PySide6.QtWidgets" not in sys.modules:
            return []
        import shiboken6
        from PySide6.QtCore import QAbstractEventDispatcher, QObject, QThread, QThreadPool, QTimer
        from PySide6.QtWidgets import QApplication

        app = QApplication.instance()
        if app is None:
            return []
        leaks = [
            _Leak((_address(w),), f"a top-level {w.metaObject().className()} {w.objectName()!r} outlived the test", w)
            for w in QApplication.topLevelWidgets()
            if w.metaObject().className() != "QTipLabel"
        ]
        dispatcher = QAbstractEventDispatcher.instance()
        for found in shiboken6.getAllValidWrappers():
            if isinstance(found, QTimer):
                if found.isActive():
                    which = f"{found.interval()} ms {found.objectName()!r} (parent {found.parent()!r})"
                    leaks.append(_Leak((_address(found),), f"a timer of {which} still runs", found))
            elif isinstance(found, QThreadPool):
                if found.activeThreadCount() and not found.waitForDone(500):
                    leaks.append(_Leak((_address(found),), "a job still runs in a thread pool", found))
            elif isinstance(found, QThread):
                pooled = found.objectName().startswith("Thread (pooled)")  # waits idly for the pool's next job
                if found.isRunning() and found is not app.thread() and not pooled:
                    leaks.append(_Leak((_address(found),), f"a thread {found.objectName()!r} still runs", found))
            elif isinstance(found, QObject) and not found.isWidgetType() and found.thread() is app.thread():
                started = dispatcher.registeredTimers(found) if dispatcher else []
                if started:
                    marks = tuple((_address(found), timer.timerId) for timer in started)
                    name = f"{type(found).__name__} {found.objectName()!r}"
                    leaks.append(_Leak(marks, f"a timer that {name} started itself still runs", found))
        return leaks

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
        new = self._new()
        if new:  # perhaps only garbage that Python has not collected yet
            import gc

            del new
            gc.collect()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            new = self._new()
        for leak in new:
            leaks.append(leak.sentence)
            leak.end()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return leaks

    def _new(self) -> list[_Leak]:
        return [leak for leak in self._alive() if not set(leak.marks) <= self._before]


def _address(qt_object: Any) -> int:
    """Of the C++ object: Python's wrapper around it may be made anew at each look."""
    import shiboken6

    return int(shiboken6.getCppPointer(qt_object)[0])
