"""What every test of the window has: an application, so that pictures and fonts can be made whichever test is first."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication, QWidget

from workbench.engine import Engine
from workbench.gui import app
from workbench.gui.editor.tab import EditorTab
from workbench.gui.main_window import MainWindow
from workbench.gui.settings import Settings
from workbench.gui.theme import LIGHT, Scheme, ThemeSource


@pytest.fixture(autouse=True)
def application(qapp: QApplication) -> QApplication:
    """Qt aborts the process when a picture is made without one."""
    return qapp


@pytest.fixture(scope="module", autouse=True)
def swept() -> Iterator[None]:
    """Windows and engines are rings of objects, which Python by itself would find late: gigabytes would pile up."""
    yield
    gc.collect()


@pytest.fixture
def keep(qtbot: Any) -> Iterator[Callable[[QWidget], None]]:
    """`keep(widget)`: the widget is deleted at the end of the test, with its timers, whatever holds it."""
    kept: list[QWidget] = []
    yield kept.append
    for widget in reversed(kept):
        if shiboken6.isValid(widget):
            widget.hide()
            shiboken6.delete(widget)


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def make_window(qtbot: Any, engine: Engine) -> Iterator[Callable[..., MainWindow]]:
    """`make_window(*paths, width=, height=)`: the window as the program builds it, its first answer shown; without
    paths the first start with the example. Taken down at the end whatever a test left in it."""
    made: list[MainWindow] = []

    def make(*paths: Path, width: int = 1280, height: int = 800) -> MainWindow:
        window = MainWindow(engine, Settings(), ThemeSource(Scheme.LIGHT))
        made.append(window)
        window.resize(width, height)
        with qtbot.waitSignal(window.answer_shown, timeout=15_000):
            window.show()
            app.open_first(window, paths)
        return window

    yield make
    for window in made:
        if shiboken6.isValid(window):
            for tab in window.area.tabs():
                tab.edit.document().setModified(False)
            window.area.close_all()
            window.stop()
            window.recovery.close()
            window.hide()
            shiboken6.delete(window)


@pytest.fixture
def window_of(make_window: Callable[..., MainWindow], tmp_path: Path) -> Callable[[str], MainWindow]:
    """`window_of(text)`: the window with a file of this text open, its first answer shown."""

    def make(text: str) -> MainWindow:
        path = tmp_path / "p.json"
        path.write_text(text, encoding="utf-8")
        return make_window(path)

    return make


@pytest.fixture
def make_tab(qtbot: Any, keep: Callable[[QWidget], None]) -> Callable[..., EditorTab]:
    """`make_tab(text, width=, height=)`: a tab by itself, which nobody answers, shown and with the keys."""

    def make(text: str = "", width: int = 800, height: int = 500) -> EditorTab:
        tab = EditorTab("untitled-1.json", LIGHT)
        keep(tab)
        tab.resize(width, height)
        with qtbot.waitExposed(tab):
            tab.show()
        if text:
            tab.set_text(text)
            qtbot.waitUntil(lambda: not tab.loading, timeout=10_000)
        tab.edit.setFocus()
        return tab

    return make


@pytest.fixture
def tab(window: MainWindow) -> EditorTab:
    """The tab in front of the test's own window; it has the keys."""
    found = window.area.current
    assert found is not None
    found.edit.setFocus()
    return found
