"""Starting the window: the application object, the first content, and what happens to errors nobody caught."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from PySide6.QtCore import QMessageLogContext, QObject, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

import workbench
from workbench.collector import collector_paused
from workbench.engine import Engine
from workbench.gui.crash import Crashes
from workbench.gui.dialogs import NAME
from workbench.gui.icons import app_icon
from workbench.gui.main_window import MainWindow
from workbench.gui.memory import Sweeper
from workbench.gui.settings import Settings, data_folder
from workbench.gui.theme import Scheme, ThemeSource
from workbench.gui.turns import Turns
from workbench.starting import instead_of_window

log = logging.getLogger(__name__)

SELFTEST = "POLICY_WORKBENCH_SELFTEST"
WATCHDOG = "POLICY_WORKBENCH_WATCHDOG"
SELFTEST_MS = 30_000
SWITCH_S = 0.0005
"""A job that computes in Python holds the interpreter this long before the GUI thread may take it."""


def make_application(arguments: Sequence[str]) -> QApplication:
    """The application object, with the program's name, style and icon."""
    QApplication.setApplicationName("policy-workbench")
    QApplication.setApplicationDisplayName(NAME)
    QApplication.setApplicationVersion(workbench.__version__)
    QApplication.setDesktopFileName("policy-workbench")
    app = QApplication(["policy-workbench", *arguments])
    # The display name would be put behind every title; ours end with it already.
    QApplication.setApplicationDisplayName("")
    app.setStyle("Fusion")
    app.setWindowIcon(app_icon())
    Turns(app)
    return app


def make_application_or_leave(paths: Sequence[Path]) -> QApplication:
    """The application object. Where there is nothing to draw on Qt says so at length and aborts the process: its words
    are kept back, and the process becomes the command that does the same in the terminal, or ends with one line."""
    said: list[str] = []

    def listen(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if kind is QtMsgType.QtFatalMsg:
            told = [line for line in said if "display" in line or "plugin" in line] or [*said, message]
            leave(instead_of_window(paths, f"no window can be opened here ({told[0].strip()})"))
        said.append(message)

    before = qInstallMessageHandler(listen)
    try:
        app = make_application([])
    finally:
        qInstallMessageHandler(before)
    for message in said:
        print(message, file=sys.stderr)
    return app


def leave(command: Sequence[str] | None) -> NoReturn:
    """Be `command` of the command line from now on; without one end with status 2. Qt is about to abort: nothing that
    Python would clean up may be waited for."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError):
            stream.flush()
    if command is None:
        os._exit(2)
    os.execv(sys.executable, [sys.executable, "-P", "-m", "workbench", *command])


def open_first(window: MainWindow, paths: Sequence[Path]) -> None:
    """What the window shows first: what was asked for, else what was open, else the example project."""
    settings = window.settings
    lost = window.recovery.take_over()
    if paths:
        window.open_paths(paths)
        window.area.keeping.restore(lost)
    else:
        project = settings.get("project")
        is_there = bool(project) and Path(project).is_dir()
        anything = window.restoring.start(project, is_there, lost)
        if is_there:
            window.opening.load_project(Path(project), anew=not anything)
        elif not anything and not project and not window.session.last("").tabs:
            window.open_example()
    window.show_welcome()


class SelfTest(QObject):
    """Ends the program once the first answer is on the screen: 0 and a picture, or 1 and a sentence."""

    def __init__(self, window: MainWindow, target: Path) -> None:
        super().__init__(window)
        self._window, self._target = window, target
        self._limit = QTimer(self, singleShot=True, interval=SELFTEST_MS)
        self._limit.timeout.connect(lambda: self._fail("no answer was shown within 30 s"))
        self._limit.start()
        window.answer_shown.connect(self._shown)
        window.went_wrong.connect(self._fail)

    def _shown(self, answered: object) -> None:
        if getattr(answered, "answer").decision is None:  # noqa: B009 (the signal carries an object)
            return
        self._window.answer_shown.disconnect(self._shown)
        QTimer.singleShot(50, self, self._picture)  # one turn of the loop, so that every pane has painted

    def _picture(self) -> None:
        if self._window.grab().save(str(self._target)):
            QApplication.exit(0)
        else:
            self._fail(f"{self._target} could not be written")

    def _fail(self, sentence: str) -> None:
        print(f"policy-workbench: self-test failed: {sentence}", file=sys.stderr)
        QApplication.exit(1)


def make_window() -> tuple[MainWindow, Sweeper]:
    """The window and who looks for its garbage."""
    settings = Settings()
    chosen = settings.get("theme")
    themes = ThemeSource(Scheme(chosen) if chosen in list(Scheme) else Scheme.SYSTEM)
    window = MainWindow(Engine(), settings, themes)
    sweeper = Sweeper(window, lambda: window.answering.pending)
    window.answer_shown.connect(lambda _answered: sweeper.touch())
    return window, sweeper


def main(paths: Sequence[Path]) -> int:
    """Shows the window for `paths` and returns the exit status."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.setswitchinterval(SWITCH_S)
    app = make_application_or_leave(paths)
    with collector_paused():
        window, sweeper = make_window()
        crashes = Crashes(window, data_folder() / "reports")
        crashes.install()
        watchdog = None
        if os.environ.get(WATCHDOG):
            from workbench.gui.watchdog import Watchdog

            watchdog = Watchdog(window)
        target = os.environ.get(SELFTEST)
        if target:
            SelfTest(window, Path(target))
        window.fit_into(window.screen().availableSize())
        window.show()
    QTimer.singleShot(0, window, lambda: open_first(window, paths))
    status = app.exec()
    if watchdog is not None:
        watchdog.stop()
    window.stop()
    window.hide()  # what its docks tell of that is told while all still stands
    sweeper.stop()
    if target:
        window.recovery.close()
    crashes.uninstall()
    return int(status)
