"""What every test of the window has: an application, so that pictures and fonts can be made whichever test is first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication, QWidget


@pytest.fixture(autouse=True)
def application(qapp: QApplication) -> QApplication:
    """Qt aborts the process when a picture is made without one."""
    return qapp


@pytest.fixture
def keep(qtbot: Any) -> Iterator[Callable[[QWidget], None]]:
    """`keep(widget)`: the widget is deleted at the end of the test, with its timers, whatever holds it."""
    kept: list[QWidget] = []
    yield kept.append
    for widget in reversed(kept):
        if shiboken6.isValid(widget):
            widget.hide()
            shiboken6.delete(widget)
