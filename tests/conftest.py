"""What holds for every test: its own settings folder, no socket, nothing left running. Works without Qt too."""

from __future__ import annotations

import importlib.util
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import QtLeaks, isolated_settings, leftover_threads, shared

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before anything asks Qt for a window


def _is_here(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # packaging/without_qt.py refuses
        return False


QT_IS_HERE = _is_here("PySide6") and _is_here("pytestqt")
# Without Qt, what needs it is not even collected: tests/gui, and files elsewhere that say so in their name.
collect_ignore_glob = [] if QT_IS_HERE else ["gui/*", "*/test_gui_*.py"]


def pytest_addoption(parser: pytest.Parser) -> None:
    if not QT_IS_HERE:
        # pytest-qt is off, and strict configuration refuses its settings in pyproject.toml unless somebody knows them.
        for name in ("qt_api", "qt_log_level_fail", "qt_log_ignore"):
            parser.addini(name, "unused: Qt is not importable")


@pytest.fixture
def shared_data() -> Callable[[str], Path]:
    """`shared_data("data/broken-json")`: a path beside the repository; skips the test if it is absent."""
    return shared


@pytest.fixture(autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has a settings folder of its own; no test reads or writes the user's."""
    folder = tmp_path_factory.mktemp("settings")
    for name, value in isolated_settings(folder).items():
        monkeypatch.setenv(name, value)
    qt_core = sys.modules.get("PySide6.QtCore")
    if qt_core is not None:  # QSettings looks at the environment once in a process
        for kind in (qt_core.QSettings.Format.NativeFormat, qt_core.QSettings.Format.IniFormat):
            qt_core.QSettings.setPath(kind, qt_core.QSettings.Scope.UserScope, str(folder / "config"))
            qt_core.QSettings.setPath(kind, qt_core.QSettings.Scope.SystemScope, str(folder / "system"))
    return folder


class _SocketWatch:
    """Sees every internet socket and every look-up of a name in this process, also those that go around the module
    `socket`: Python's own audit events tell. A hook stays for good, so there is one, and each test asks it anew."""

    def __init__(self) -> None:
        self.opened: list[str] | None = None  # None: no test is running
        sys.addaudithook(self.hear)

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.opened is None or not event.startswith("socket."):
            return
        what = ""
        if event == "socket.__new__" and arguments[1] in (socket.AF_INET, socket.AF_INET6, -1):
            what = socket.AddressFamily(socket.AF_INET if arguments[1] == -1 else arguments[1]).name
        elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
            what = event.removeprefix("socket.")
        if what:
            self.opened.append(what)
            raise PermissionError(f"a test opened a socket ({what})")


_WATCH = _SocketWatch()


@pytest.fixture(autouse=True)
def no_sockets() -> Iterator[list[str]]:
    """A test that opens an internet socket or asks for an address fails, even if the program swallows the error. Unix
    sockets (D-Bus, process pools) stay on this machine and are allowed; QtNetwork would go around Python, so nothing
    may load it. What a child process does is not seen."""
    network_was_loaded = "PySide6.QtNetwork" in sys.modules  # then the test that did it has failed already
    opened = _WATCH.opened = []
    yield opened
    _WATCH.opened = None
    assert not opened, f"the test opened a socket: {opened}"
    assert network_was_loaded or "PySide6.QtNetwork" not in sys.modules, "the program loaded QtNetwork"


@pytest.fixture(autouse=True)
def nothing_left_running(own_settings: Path) -> Iterator[None]:
    """A thread, a job, a timer or a window that outlives its test fails it."""
    threads, qt = set(threading.enumerate()), QtLeaks()
    yield
    leaks = [f"thread {name} still runs" for name in leftover_threads(threads, patience=2.0)] + qt.found()
    assert not leaks, "; ".join(leaks)
