"""The guards of tests/conftest.py really fail the test that misbehaves, each shown by a test that does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import OUTSIDE_ENVIRONMENT, REPOSITORY


def run_suite(folder: Path, text: str, *arguments: str) -> str:
    """Output of a pytest run, under our configuration and guards, of a test file with this text."""
    (folder / "test_sample.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-c", str(REPOSITORY / "pyproject.toml"), "--rootdir", str(folder)]
    plugins = [*arguments, "-p", "tests.conftest", "-p", "no:cacheprovider"]
    environment = OUTSIDE_ENVIRONMENT | {
        "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY}/packaging",
        "QT_QPA_PLATFORM": "offscreen",
    }
    done = subprocess.run(
        [*command, *plugins, str(folder / "test_sample.py")],
        env=environment,
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("import socket; socket.socket()", "a test opened a socket"),
        (
            "import contextlib, socket\n    with contextlib.suppress(OSError): socket.socket()",
            "opened a socket: ['AF_INET",
        ),
        ("import _socket; _socket.socket()", "a test opened a socket (AF_INET)"),
        ("import socket; socket.getaddrinfo('localhost', 80)", "a test opened a socket (getaddrinfo)"),
        ("import socket; socket.gethostbyname('localhost')", "a test opened a socket (gethostbyname)"),
        (
            "import threading as t; t.Thread(target=t.Event().wait, args=(9,), daemon=True, name='forgotten').start()",
            "thread forgotten still runs",
        ),
        ("import warnings; warnings.warn('old habit', stacklevel=1)", "old habit"),
    ],
    ids=["socket", "socket-swallowed", "socket-underneath", "name", "name-old", "thread", "warning"],
)
def test_a_test_that_misbehaves_fails(tmp_path: Path, body: str, complaint: str) -> None:
    output = run_suite(tmp_path, f"def test_it():\n    {body}\n")
    assert complaint in output
    assert "1 failed" in output or "1 error" in output


HEAD = """
import time
from PySide6.QtCore import QBasicTimer, QObject, QThread, QThreadPool, QTimer
from PySide6.QtWidgets import QWidget

keep = []

class Sleeper(QThread):
    def __init__(self):
        super().__init__()
        self.setObjectName("sleeper")

    def run(self):
        while not self.isInterruptionRequested():
            time.sleep(0.05)
"""


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("w = QWidget(); w.setObjectName('lost'); keep.append(w)", "a top-level QWidget 'lost' outlived the test"),
        ("t = QTimer(); t.start(50); keep.append(t)", "a timer of 50 ms '' (parent None) still runs"),
        (
            "o = QObject(); o.setObjectName('ticker'); o.startTimer(50); keep.append(o)",
            "QObject 'ticker' started itself",
        ),
        ("o = QObject(); b = QBasicTimer(); b.start(50, o); keep.append((o, b))", "a timer that QObject '' started"),
        ("t = QThread(); t.setObjectName('idle'); t.start(); keep.append(t)", "a thread 'idle' still runs"),
        ("t = Sleeper(); t.start(); keep.append(t)", "a thread 'sleeper' still runs"),
        (
            "p = QThreadPool(); p.start(lambda: time.sleep(4)); keep.append(p)",
            "a job still runs in a thread pool",
        ),
        ("import PySide6.QtCore; PySide6.QtCore.qWarning('Qt is unhappy')", "Qt is unhappy"),
        ("import PySide6.QtNetwork", "the program loaded QtNetwork"),
    ],
    ids=["widget", "timer", "own-timer", "basic-timer", "idle-thread", "thread", "pool", "warning", "network"],
)
def test_a_test_that_misbehaves_in_qt_fails(tmp_path: Path, body: str, complaint: str) -> None:
    pytest.importorskip("PySide6", reason="needs Qt")
    output = run_suite(tmp_path, f"{HEAD}\ndef test_it(qapp):\n    {body}\n\ndef test_after(qapp): pass\n")
    assert complaint in output
    assert "1 passed, 1 error" in output or "1 failed, 1 passed" in output or "2 passed, 1 error" in output


def test_each_test_has_its_own_settings_folder(tmp_path: Path) -> None:
    pytest.importorskip("PySide6", reason="needs Qt")
    text = """
from PySide6.QtCore import QSettings, QStandardPaths

def visit():
    settings = QSettings("a", "b")
    seen = settings.value("mark")
    settings.setValue("mark", "here")
    settings.sync()
    return seen, settings.fileName(), QStandardPaths.writableLocation(QStandardPaths.AppDataLocation)

def test_first(qapp, own_settings):
    seen, *paths = visit()
    assert seen is None
    assert all(path.startswith(str(own_settings)) for path in paths)

def test_second(qapp, own_settings):
    test_first(qapp, own_settings)
"""
    assert "2 passed" in run_suite(tmp_path, text)


def test_the_suite_runs_with_qt_out_of_reach(tmp_path: Path) -> None:
    text = "import pytest\n\ndef test_it():\n    with pytest.raises(ImportError):\n        import PySide6\n"
    output = run_suite(tmp_path, text, "-p", "without_qt", "-p", "no:pytest-qt")
    assert "1 passed" in output


def test_the_two_lanes_together_run_every_test() -> None:
    """What the second leaves out without Qt is what the first runs, or itself with Qt."""
    first = (REPOSITORY / "packaging" / "test").read_text(encoding="utf-8")
    second = (REPOSITORY / "packaging" / "test-second-lane").read_text(encoding="utf-8")
    with_qt = re.findall(r'^ *"\$dev" -P -m pytest (tests/.*) \|\|', first + second, re.MULTILINE)
    assert len(with_qt) == 2
    assert set(re.findall(r"tests/(\w+)", " ".join(with_qt))) == set(re.findall(r"--ignore tests/(\w+)", second))
