"""A paste that holds a policy is offered as JSON; what is copied in another form comes back so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu

from workbench.gui.editor.tab import EditorTab
from workbench.gui.main_window import MainWindow
from workbench.gui.menus.edit import COPY_AS
from workbench.writing.layout import lay_out

CONTROL = Qt.KeyboardModifier.ControlModifier
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
OTHER = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
LAID_OUT = lay_out(json.dumps(POLICY))


@pytest.fixture
def window(make_window: Callable[..., MainWindow], tmp_path: Path) -> MainWindow:
    path = tmp_path / "p.json"
    path.write_text(LAID_OUT)
    return make_window(path)


def paste(window: MainWindow, qtbot: Any, text: str, into: str = "") -> EditorTab:
    tab = window.area.current
    assert tab is not None
    tab.set_text(into)
    QGuiApplication.clipboard().setText(text)
    qtbot.keyClick(tab.edit, Qt.Key.Key_V, CONTROL)
    assert text in tab.text(), "the paste comes first, as it is"
    qtbot.waitUntil(lambda: not tab.pasting.busy, timeout=5000)
    return tab


def test_the_policy_in_a_paste_takes_its_place_in_one_step(window: MainWindow, qtbot: Any) -> None:
    text = json.dumps({"PolicyVersion": {"Document": POLICY, "VersionId": "v1"}})
    tab = paste(window, qtbot, text, into="\n😀")
    strip = tab.strip("pasted")
    assert strip is not None
    assert strip.text() == "What was pasted holds a policy."
    strip.buttons[0].setFocus()
    qtbot.keyClick(strip.buttons[0], Qt.Key.Key_Space)
    assert tab.text() == LAID_OUT + "\n😀"
    assert tab.strip("pasted") is None
    qtbot.keyClick(tab.edit, Qt.Key.Key_Z, CONTROL)
    assert tab.text() == text + "\n😀"


def test_of_several_policies_one_is_chosen_by_key(window: MainWindow, qtbot: Any) -> None:
    tab = paste(window, qtbot, f"a = {POLICY!r}\nb = {OTHER!r}\n")
    strip = tab.strip("pasted")
    assert strip is not None
    assert strip.text() == "What was pasted holds 2 policies."
    qtbot.mouseClick(strip.buttons[0], Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [action.text().split("  ")[1] for action in menu.actions()] == ["a", "b"]
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert json.loads(tab.text()) == OTHER


@pytest.mark.parametrize("text", [LAID_OUT, "no policy", '{"Effect": "Allow"}', "The Statement"])
def test_nothing_is_offered_where_nothing_is_gained(window: MainWindow, qtbot: Any, text: str) -> None:
    assert paste(window, qtbot, text).strip("pasted") is None


def test_the_offer_goes_with_the_text_it_is_about(window: MainWindow, qtbot: Any) -> None:
    tab = paste(window, qtbot, json.dumps({"Document": POLICY}))
    assert tab.strip("pasted") is not None
    qtbot.keyClick(tab.edit, Qt.Key.Key_Z, CONTROL)
    assert tab.strip("pasted") is None


@pytest.mark.parametrize("name", [name for name in COPY_AS if name != "minified"])
def test_each_copy_comes_back_by_paste(window: MainWindow, qtbot: Any, name: str) -> None:
    window.registry.action(f"edit.copy_as_{name}").trigger()
    assert window.status.currentMessage() == f"Copied as {COPY_AS[name][0]}: the whole policy."
    tab = paste(window, qtbot, QGuiApplication.clipboard().text())
    strip = tab.strip("pasted")
    assert strip is not None
    qtbot.mouseClick(strip.buttons[0], Qt.MouseButton.LeftButton)
    assert json.loads(tab.text()) == POLICY


def test_a_selected_statement_is_copied_alone_and_broken_json_is_refused(window: MainWindow, qtbot: Any) -> None:
    tab = window.area.current
    assert tab is not None
    start, end = LAID_OUT.index("{", 1), LAID_OUT.rindex("}", 0, -3) + 1
    tab.show_span(start, end, flash=False)
    window.registry.action("edit.copy_as_minified").trigger()
    assert QGuiApplication.clipboard().text() == '{"Effect":"Allow","Action":"s3:*","Resource":"*"}'
    assert window.status.currentMessage() == "Copied as Minified JSON: what is selected."
    tab.edit.replace_all("{")
    window.registry.action("edit.copy_as_yaml").trigger()
    assert window.status.currentMessage().startswith("The JSON has a mistake")
    assert QGuiApplication.clipboard().text().startswith('{"Effect"')
