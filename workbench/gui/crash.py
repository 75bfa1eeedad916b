"""Errors of our own that nobody caught: told in the window, kept in a file on this machine, sent nowhere.

A report names the error and where in the program it was. The error's own words and the text in front may quote a
policy: they are added only when the user chooses.
"""

from __future__ import annotations

import contextlib
import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import PySide6
from PySide6.QtCore import QObject, Qt, Signal, qVersion
from PySide6.QtGui import QGuiApplication

import workbench
from workbench.document.replacing import replace_file
from workbench.gui import jobs

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow

log = logging.getLogger(__name__)

REPORTS_MOST = 10
TOLD_MOST = 20
"""Different errors that are told in one run; whatever comes after is in the log."""
FRAMES_MOST = 50


class Crash:
    """One error that nobody caught, and how often it came."""

    def __init__(self, error: BaseException, trace: TracebackType | None, where: str) -> None:
        self.when = datetime.now(UTC)
        self.count = 1
        self.name = type(error).__name__
        self.where = where
        try:
            self.words = str(error)
        except Exception:  # noqa: BLE001 (an error whose own __str__ fails is still told)
            self.words = "(no words: its text cannot be made)"
        self.frames = [
            f"  {Path(frame.filename).name}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(trace)[-FRAMES_MOST:]
        ]

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """Equal for the same error at the same place."""
        return self.name, tuple(self.frames)

    @property
    def sentence(self) -> str:
        return f"Something went wrong in the program ({self.name}). Your texts are still here, and you can go on."

    def report(self, *, words: bool = False, text: str = "") -> str:
        """The report; with the error's own `words` and the policy's `text` where the user wants them in it."""
        lines = [
            "Policy Workbench report",
            f"{self.when:%Y-%m-%d %H:%M:%S} UTC, {self.count} times" if self.count > 1 else f"{self.when:%F %T} UTC",
            f"program {workbench.__version__}, Python {platform.python_version()}, Qt {qVersion()}, "
            f"PySide6 {PySide6.__version__}",
            f"system {platform.system()} {platform.release()} {platform.machine()}",
            "",
            f"{self.name} in {self.where}",
            *self.frames,
        ]
        if words:
            lines += ["", f"Its words: {self.words}"]
        if text:
            lines += ["", "The text in front:", text]
        return "\n".join(lines) + "\n"


class Crashes(QObject):
    """Hears of every error that no slot, thread or job caught. `folder` keeps the newest reports."""

    _raised = Signal(object)

    def __init__(self, window: MainWindow, folder: Path) -> None:
        super().__init__(window)
        self._window, self._folder = window, folder
        self._known: dict[tuple[str, tuple[str, ...]], Crash] = {}
        self._telling = False
        # A thread's error is told on the window's thread.
        self._raised.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        sys.excepthook = self._of_slot
        threading.excepthook = self._of_thread
        jobs.unexpected.append(self._of_job)

    def uninstall(self) -> None:
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        jobs.unexpected.remove(self._of_job)

    def _of_slot(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.error("not caught", exc_info=(kind, error, trace))
        if issubclass(kind, Exception):
            self.caught(error, trace, "the window")

    def _of_thread(self, arguments: threading.ExceptHookArgs) -> None:
        error = arguments.exc_value
        log.error("not caught in a thread", exc_info=error)
        if isinstance(error, Exception):
            self.caught(error, arguments.exc_traceback, arguments.thread.name if arguments.thread else "a thread")

    def _of_job(self, error: Exception) -> None:
        """The pane that asked for the job tells it; here it is kept."""
        self.caught(error, error.__traceback__, "a job", tell=False)

    def caught(self, error: BaseException, trace: TracebackType | None, where: str, *, tell: bool = True) -> None:
        """Keeps and tells an error. One that comes again, say with every painting, is counted; one that comes from the
        telling itself is in the log only. Never raises, from whatever thread."""
        crash = Crash(error, trace, where)
        known = self._known.get(crash.key)
        if known is not None:
            known.count += 1
            return
        if self._telling or len(self._known) >= TOLD_MOST:
            return
        self._known[crash.key] = crash
        with contextlib.suppress(OSError):
            keep_report(self._folder, crash)
        if tell:
            with contextlib.suppress(RuntimeError):  # the window may be gone
                self._raised.emit(crash)

    def _tell(self, crash: Crash) -> None:
        self._telling = True
        try:
            window = self._window
            window.say(
                "program",
                "error",
                crash.sentence,
                [
                    ("Show report…", lambda: self.show_report(crash)),
                    ("Copy details", lambda: QGuiApplication.clipboard().setText(crash.report())),
                ],
            )
            window.went_wrong.emit(crash.sentence)
        except Exception:  # telling of an error must not end in another
            log.exception("the error above could not be told")
        finally:
            self._telling = False

    def show_report(self, crash: Crash) -> None:
        from workbench.gui.crash_report import ReportDialog

        tab = self._window.area.current
        text: Callable[[], str] = tab.text if tab is not None else str
        dialog = ReportDialog(crash, self._folder, text, self._window)
        dialog.show()  # the window below it goes on
        dialog.activateWindow()
        dialog.text.setFocus()


def keep_report(folder: Path, crash: Crash) -> Path:
    """Writes the report, without anything of a policy, beside those before; the oldest go. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{crash.when:%Y%m%d-%H%M%S-%f}.txt"
    replace_file(path, crash.report().encode())
    for old in sorted(folder.glob("*.txt"))[:-REPORTS_MOST]:
        old.unlink(missing_ok=True)
    return path
