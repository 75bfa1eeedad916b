"""Who works in the background rests while a key is served."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from workbench import patience
from workbench.gui.turns import Turns


@pytest.mark.parametrize("by_key", [True, False])
def test_a_key_or_click_is_in_front_until_it_is_served(
    qtbot: Any, qapp: QGuiApplication, monkeypatch: pytest.MonkeyPatch, by_key: bool
) -> None:
    said: list[bool] = []
    monkeypatch.setattr(patience, "in_front", said.append)
    button = QPushButton("Do")
    qtbot.addWidget(button)
    served: list[list[bool]] = []
    button.pressed.connect(lambda: served.append(list(said)))
    turns = Turns(qapp)
    try:
        button.show()
        button.activateWindow()
        qtbot.waitUntil(lambda: qapp.focusWindow() is not None)
        handle = button.windowHandle()
        turns._follow(handle)
        if by_key:
            QTest.keyPress(handle, Qt.Key.Key_Space)
        else:
            QTest.mousePress(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(5, 5))
        assert served
        assert served[0]
        assert all(served[0])
        qtbot.waitUntil(lambda: said[-1] is False)
    finally:
        button.windowHandle().removeEventFilter(turns)
        turns.setParent(None)
        turns.deleteLater()
