"""Statement commands by key and from the menu: one step, the caret goes along, the verdict is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from workbench.gui.editor.tab import EditorTab
from workbench.gui.main_window import MainWindow

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
TEXT = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "One", "Effect": "Allow", "Action": ["s3:GetObject", "sqs:SendMessage"], "Resource": "*"},
    {"Sid": "Two", "Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}
  ]
}
"""


@pytest.fixture
def window(make_window: Callable[..., MainWindow], tmp_path: Path) -> MainWindow:
    path = tmp_path / "p.json"
    path.write_text(TEXT)
    return make_window(path)


def at(window: MainWindow, part: str) -> EditorTab:
    tab = window.area.current
    assert tab is not None
    start = tab.text().index(part)
    tab.show_span(start, start, flash=False)
    tab.edit.setFocus()
    window.registry.refresh()
    return tab


def sids(tab: EditorTab) -> list[str]:
    return [statement["Sid"] for statement in json.loads(tab.text())["Statement"]]


def test_a_statement_moves_by_key_and_the_access_is_proved_the_same(window: MainWindow, qtbot: Any) -> None:
    tab = at(window, "GetObject")
    qtbot.keyClick(tab.edit, Qt.Key.Key_Down, ALT)
    assert sids(tab) == ["Two", "One"]
    assert tab.text()[tab.offset_at_caret() :].startswith("GetObject")
    qtbot.waitUntil(
        lambda: window.status.currentMessage() == "Statement moved down: same access, proved.", timeout=10_000
    )
    qtbot.keyClick(tab.edit, Qt.Key.Key_Up, ALT)
    assert tab.text() == TEXT
    qtbot.keyClick(tab.edit, Qt.Key.Key_Z, CONTROL)
    assert sids(tab) == ["Two", "One"]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("duplicate", ["One", "One2", "Two"]),
        ("split_service", ["OneS3", "OneSqs", "Two"]),
        ("split_action", ["One", "One2", "Two"]),
        ("merge", ["One"]),
    ],
)
def test_each_command_is_one_step_with_its_verdict(
    window: MainWindow, qtbot: Any, command: str, expected: list[str]
) -> None:
    tab = at(window, "GetObject")
    window.registry.action(f"policy.statement_{command}").trigger()
    assert sids(tab) == expected
    qtbot.waitUntil(lambda: window.status.currentMessage().endswith(": same access, proved."), timeout=10_000)
    assert tab.strip("verdict") is None
    qtbot.keyClick(tab.edit, Qt.Key.Key_Z, CONTROL)
    assert tab.text() == TEXT


def test_a_refusal_is_said_and_nothing_changes(window: MainWindow) -> None:
    tab = at(window, "GetObject")
    window.registry.action("policy.statement_split_resource").trigger()
    assert window.status.currentMessage() == "This statement names one resource only: there is nothing to split."
    assert tab.text() == TEXT


def test_what_is_not_the_same_is_said_in_the_tab_with_undo(window: MainWindow, qtbot: Any) -> None:
    from workbench.writing.rewriting import Rewrite

    tab = at(window, "GetObject")
    window.statements.run(lambda text, caret: Rewrite(text.replace("sns:Publish", "sns:*"), caret), "Changed")
    qtbot.waitUntil(lambda: tab.strip("verdict") is not None, timeout=10_000)
    strip = tab.strip("verdict")
    assert strip is not None
    assert strip.text().startswith("Changed: the access is wider, proved.")
    qtbot.mouseClick(strip.buttons[0], Qt.MouseButton.LeftButton)
    assert tab.text() == TEXT
    assert tab.strip("verdict") is None


def test_a_policy_that_aws_refuses_is_not_decided(window: MainWindow, qtbot: Any) -> None:
    tab = at(window, "GetObject")
    tab.edit.replace_all(TEXT.replace('"Effect": "Allow"', '"Effect": "Perhaps"'))
    at(window, "GetObject")
    window.registry.action("policy.statement_down").trigger()
    qtbot.waitUntil(lambda: tab.strip("verdict") is not None, timeout=10_000)
    strip = tab.strip("verdict")
    assert strip is not None
    assert "whether the access is the same is not decided. AWS refuses the document" in strip.text()
    qtbot.keyClicks(tab.edit, " ")
    assert tab.strip("verdict") is None, "it was about the text of before"
