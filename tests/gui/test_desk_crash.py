"""An error that nobody caught: told, kept here, sent nowhere, and the window goes on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from workbench.gui.crash import REPORTS_MOST, TOLD_MOST, Crash, Crashes, keep_report
from workbench.gui.crash_report import ReportDialog
from workbench.gui.jobs import JobSlot, Progress
from workbench.gui.main_window import MainWindow
from workbench.gui.strip import Strip

SECRET = "arn:aws:s3:::a-bucket-nobody-may-know"


@pytest.fixture
def window(make_window: Callable[..., MainWindow]) -> MainWindow:
    return make_window()


@pytest.fixture
def crashes(window: MainWindow, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Crashes]:
    crashes = Crashes(window, tmp_path / "reports")
    crashes.install()
    with caplog.at_level(logging.CRITICAL):
        yield crashes
    crashes.uninstall()


def fail_in_a_slot(qtbot: Any, window: MainWindow, error: Callable[[], None]) -> None:
    """Presses a button whose slot raises."""
    button = QPushButton("Fail", window)
    button.clicked.connect(lambda: error())
    button.show()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    button.hide()


def told(window: MainWindow, name: str = "program") -> Strip | None:
    return window.strips.strip(name)


def raising(kind: type[Exception] = ValueError) -> Callable[[], None]:
    def raise_() -> None:
        raise kind(f"cannot read {SECRET}")

    return raise_


def reports(tmp_path: Path) -> list[str]:
    return [path.read_text() for path in sorted((tmp_path / "reports").glob("*.txt"))]


@pytest.mark.qt_no_exception_capture
def test_an_error_in_a_slot_is_told_and_kept_without_a_policys_text(
    window: MainWindow, crashes: Crashes, qtbot: Any, tmp_path: Path
) -> None:
    fail_in_a_slot(qtbot, window, raising())
    qtbot.waitUntil(lambda: told(window) is not None, timeout=5000)
    strip = told(window)
    assert strip is not None
    assert strip.text() == (
        "Something went wrong in the program (ValueError). Your texts are still here, and you can go on."
    )
    qtbot.mouseClick(strip.buttons[1], Qt.MouseButton.LeftButton)
    copied = QApplication.clipboard().text()
    assert "ValueError in the window" in copied
    assert "test_desk_crash.py" in copied
    assert "PySide6 6." in copied
    assert SECRET not in copied
    [kept] = reports(tmp_path)
    assert kept == copied
    with qtbot.waitSignal(window.answer_shown, timeout=5000):
        window.ask_now()


@pytest.mark.qt_no_exception_capture
def test_words_and_policy_are_in_the_report_when_the_user_wants_them(
    window: MainWindow, crashes: Crashes, qtbot: Any
) -> None:
    fail_in_a_slot(qtbot, window, raising())
    qtbot.waitUntil(lambda: told(window) is not None, timeout=5000)
    strip, tab = told(window), window.area.current
    assert strip is not None
    assert tab is not None
    qtbot.mouseClick(strip.buttons[0], Qt.MouseButton.LeftButton)
    [dialog] = window.findChildren(ReportDialog)
    assert not dialog.isModal()
    assert SECRET not in dialog.text.toPlainText()
    assert "OnlyInOurSubnets" not in dialog.text.toPlainText()
    qtbot.keyClick(dialog.words, Qt.Key.Key_Space)
    assert f"Its words: cannot read {SECRET}" in dialog.text.toPlainText()
    qtbot.keyClick(dialog.with_text, Qt.Key.Key_Space)
    assert tab.text().strip() in dialog.text.toPlainText()
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == dialog.text.toPlainText()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


@pytest.mark.qt_no_exception_capture
def test_the_same_error_again_and_again_is_told_once(
    window: MainWindow, crashes: Crashes, qtbot: Any, tmp_path: Path
) -> None:
    turns = QTimer(window, interval=0)
    turns.timeout.connect(raising())
    turns.start()
    qtbot.waitUntil(lambda: bool(crashes._known) and next(iter(crashes._known.values())).count > 50, timeout=5000)
    turns.stop()
    assert len(reports(tmp_path)) == 1
    assert "times" in next(iter(crashes._known.values())).report()


@pytest.mark.qt_no_exception_capture
def test_an_error_in_painting_is_told_once_however_often_it_is_painted(
    window: MainWindow, crashes: Crashes, qtbot: Any, tmp_path: Path
) -> None:
    class Broken(QWidget):
        def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
            raise LookupError(SECRET)

    broken = Broken(window)
    broken.resize(40, 40)
    broken.show()
    qtbot.waitUntil(lambda: told(window) is not None, timeout=5000)
    again = QTimer(window, interval=1)
    again.timeout.connect(broken.update)
    again.start()
    qtbot.waitUntil(lambda: next(iter(crashes._known.values())).count >= 5, timeout=5000)
    again.stop()
    broken.hide()
    assert len(reports(tmp_path)) == 1


@pytest.mark.qt_no_exception_capture
def test_an_error_in_the_telling_does_not_tell_itself(
    window: MainWindow, crashes: Crashes, qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said: list[str] = []

    def say(name: str, *_rest: object) -> None:
        said.append(name)
        crashes.caught(KeyError("inner"), None, "the telling")
        raise RuntimeError("and it fails as well")

    monkeypatch.setattr(window, "say", say)
    fail_in_a_slot(qtbot, window, raising())
    qtbot.waitUntil(lambda: bool(said), timeout=5000)
    with qtbot.waitSignal(window.answer_shown, timeout=5000):
        window.ask_now()
    assert said == ["program"]
    assert len(reports(tmp_path)) == 1


@pytest.mark.qt_no_exception_capture
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_in_a_thread_is_told_on_the_windows_thread(
    window: MainWindow, crashes: Crashes, qtbot: Any, tmp_path: Path
) -> None:
    threading.Thread(target=raising(), name="some-thread").start()
    qtbot.waitUntil(lambda: told(window) is not None, timeout=5000)
    assert "ValueError in some-thread" in reports(tmp_path)[0]


def test_an_error_in_a_job_is_kept_and_told_by_who_asked_for_it(
    window: MainWindow, crashes: Crashes, qtbot: Any, tmp_path: Path
) -> None:
    slot, fail = JobSlot(window), raising(ZeroDivisionError)

    def work(_progress: Progress) -> None:
        fail()

    with qtbot.waitSignal(slot.failed, timeout=5000):
        slot.start(work)
    assert "ZeroDivisionError in a job" in reports(tmp_path)[0]
    assert SECRET not in reports(tmp_path)[0]
    assert told(window) is None


def test_a_failed_answer_offers_details_without_the_policy(window: MainWindow, qtbot: Any) -> None:
    with qtbot.waitSignal(window.went_wrong):
        window.answering.failed.emit(ValueError(f"cannot read {SECRET}"))
    strip = told(window, "failure")
    assert strip is not None
    qtbot.mouseClick(strip.buttons[0], Qt.MouseButton.LeftButton)
    assert "ValueError" in QApplication.clipboard().text()
    assert SECRET not in QApplication.clipboard().text()


def test_the_newest_reports_are_kept(tmp_path: Path) -> None:
    paths = [keep_report(tmp_path, Crash(ValueError(str(n)), None, f"place {n}")) for n in range(REPORTS_MOST + 5)]
    assert sorted(tmp_path.glob("*.txt")) == paths[-REPORTS_MOST:]


def test_a_folder_that_cannot_be_written_costs_the_file_only(window: MainWindow, qtbot: Any, tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file where the folder should be")
    crashes = Crashes(window, tmp_path / "reports")
    crashes.caught(ValueError("x"), None, "the window")
    qtbot.waitUntil(lambda: told(window) is not None, timeout=5000)


def test_more_errors_than_anybody_reads_are_left_to_the_log(window: MainWindow, tmp_path: Path) -> None:
    crashes = Crashes(window, tmp_path)
    for number in range(TOLD_MOST + 5):
        crashes.caught(type(f"Error{number}", (Exception,), {})(), None, "the window")
    assert len(crashes._known) == TOLD_MOST


def test_an_error_whose_words_cannot_be_made_is_still_told() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise ValueError

    assert "no words" in Crash(Mute(), None, "the window").report(words=True)
