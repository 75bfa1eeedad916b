"""A file that holds policies but is none, as a template does, says so and gives them as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu

from workbench.gui.editor.held import HeldPolicies
from workbench.gui.editor.tab import EditorTab
from workbench.gui.main_window import MainWindow
from workbench.writing.copying import as_jsonencode, as_yaml
from workbench.writing.layout import lay_out

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
OTHER = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
ONE, TWO = json.dumps(POLICY), json.dumps(OTHER)


def opened(make_window: Callable[..., MainWindow], path: Path, text: str, qtbot: Any) -> tuple[MainWindow, EditorTab]:
    path.write_text(text, encoding="utf-8")
    window = make_window(path)
    tab = window.area.current
    assert tab is not None
    [held] = tab.findChildren(HeldPolicies)
    qtbot.waitUntil(lambda: not tab.loading and not held.busy)
    return window, tab


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "Document:\n" + "".join(f"  {line}\n" for line in as_yaml(ONE).splitlines())),
        ("a.tf", f'resource "aws_iam_policy" "a" {{\n  policy = {as_jsonencode(ONE)}}}\n'),
        ("a.json", json.dumps({"PolicyVersion": {"Document": POLICY}})),
    ],
)
def test_the_policy_in_a_file_is_opened_in_a_tab_of_its_own(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any, name: str, text: str
) -> None:
    window, tab = opened(make_window, tmp_path / name, text, qtbot)
    strip = tab.strip("held")
    assert strip is not None
    assert strip.text().startswith(f"{name} is no policy itself.")
    strip.buttons[0].setFocus()
    qtbot.keyClick(strip.buttons[0], Qt.Key.Key_Space)
    taken = window.area.current
    assert taken is not None
    assert taken is not tab
    assert taken.path is None
    assert taken.dirty  # nothing else holds this text
    assert taken.text() == lay_out(ONE)
    assert taken.edit.hasFocus()
    assert tab.text() == text
    assert not tab.dirty


def test_of_several_one_is_chosen_by_key(make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any) -> None:
    window, tab = opened(make_window, tmp_path / "two.json", f'{{"a": {ONE}, "b&c": {TWO}}}', qtbot)
    strip = tab.strip("held")
    assert strip is not None
    assert "It holds 2" in strip.text()
    qtbot.keyClick(strip.buttons[0], Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.area.current is not tab)
    assert window.area.current is not None
    assert window.area.current.text() == lay_out(TWO)


@pytest.mark.parametrize("text", [ONE, "[]", "", "Statement", '{"Statement": [', "{" * 2000 + '"Statement"'])
def test_a_policy_or_what_may_become_one_is_left_alone(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any, text: str
) -> None:
    _window, tab = opened(make_window, tmp_path / "p.json", text, qtbot)
    assert tab.strip("held") is None
