"""Values for the placeholders of a template, through the window: findings and answers use them, the text stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from workbench.evaluation.request import Principal, Request
from workbench.findings.model import Effect
from workbench.gui.findings.filling import NOTHING_TO_FILL, FillDialog
from workbench.gui.main_window import MainWindow
from workbench.project.model import SavedRequest

TEMPLATE = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "s3:GetObject",
      "Resource": ["arn:aws:s3:::${Bucket}/*", "arn:aws:s3:::data/*"]
    },
    {
      "Effect": "Allow",
      "Action": "sts:AssumeRole",
      "Resource": {
        "Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/r"
      }
    }
  ]
}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "p.json"
    path.write_text(TEMPLATE)
    return path


@pytest.fixture
def window(make_window: Callable[..., MainWindow], file: Path) -> MainWindow:
    return make_window(file)


def codes(window: MainWindow) -> set[str]:
    return {finding.code for finding in window.findings.model.rows}


def fill(qtbot: Any, window: MainWindow, **values: str) -> None:
    window.registry.action("policy.fill_in").trigger()
    qtbot.waitUntil(lambda: window.findChild(FillDialog) is not None, timeout=5_000)
    dialog = window.findChild(FillDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible, timeout=5_000)
    first = next(iter(dialog.fields.values()))
    assert first.hasFocus() or window.focusWidget() is None or dialog.focusWidget() is first
    for name, value in values.items():
        field = dialog.fields[f"${{{name.replace('__', '::')}}}"]
        field.selectAll()
        qtbot.keyClicks(field, value)
    with qtbot.waitSignal(window.answer_shown, timeout=10_000):
        qtbot.keyClick(first, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.findChild(FillDialog) is None, timeout=5_000)


def ask(window: MainWindow, action: str, resource: str) -> None:
    role = Principal("arn:aws:iam::111122223333:role/r")
    window.set_request(SavedRequest("r", "A request", Request(role, action, (resource,))))


def test_findings_are_of_the_text_with_the_values_and_point_into_the_text_without(
    qtbot: Any, window: MainWindow, file: Path
) -> None:
    assert codes(window) == {"TEMPLATE_NOT_RESOLVED"}
    fill(qtbot, window, Bucket="data", AWS__AccountId="12")
    assert codes(window) == {"REDUNDANT_RESOURCE", "INVALID_ARN_ACCOUNT"}
    tab = window.area.current
    assert tab is not None
    assert tab.text() == TEMPLATE == file.read_text()
    assert not tab.dirty
    places = {f.code: [TEMPLATE[at.span.start : at.span.end] for at in f.locations] for f in window.findings.model.rows}
    assert places["REDUNDANT_RESOURCE"] == ['"arn:aws:s3:::${Bucket}/*"', '"arn:aws:s3:::data/*"']
    assert places["INVALID_ARN_ACCOUNT"][0].startswith('{\n        "Fn::Sub"')


def test_a_fix_is_made_in_the_text_as_written_and_says_that_it_rests_on_the_values(
    qtbot: Any, window: MainWindow
) -> None:
    fill(qtbot, window, Bucket="data")
    answered, tab = window.answered, window.area.current
    assert answered is not None
    assert tab is not None
    validation = answered.answer.validation
    [fix] = next(f for f in validation.findings if f.code == "REDUNDANT_RESOURCE").fixes
    verdict = window.engine.fix_verdict(validation, fix)
    assert verdict.effect is not Effect.SAME or verdict.why == "With the values filled in for this session."
    assert window.engine.fix_all(validation).made == ()  # in the file these values are not
    with qtbot.waitSignal(window.answer_shown, timeout=10_000):
        window.findings.fix_requested.emit(fix)
    assert tab.text() == TEMPLATE.replace(', "arn:aws:s3:::data/*"', "")


def test_a_strip_says_so_and_takes_the_values_away(qtbot: Any, window: MainWindow) -> None:
    fill(qtbot, window, Bucket="other")
    strip = window.strip("values")
    assert strip is not None
    assert codes(window) == {"TEMPLATE_NOT_RESOLVED"}
    with qtbot.waitSignal(window.answer_shown, timeout=10_000):
        qtbot.mouseClick(strip.buttons[1], Qt.MouseButton.LeftButton)
    assert window.strip("values") is None
    assert window.filling.values == {}


def test_requests_are_answered_with_the_values(qtbot: Any, window: MainWindow) -> None:
    fill(qtbot, window, Bucket="mine", AWS__AccountId="111122223333")
    ask(window, "s3:GetObject", "arn:aws:s3:::mine/key")
    qtbot.waitUntil(lambda: window.panel.card.word() == "Allowed", timeout=10_000)
    answered = window.answered
    assert answered is not None
    assert answered.answer.decision is not None
    [ref] = answered.answer.decision.authorizations[0].decided_by
    assert TEMPLATE[ref.start.offset : ref.end.offset].startswith('{\n      "Effect": "Allow",\n      "Action": "s3')
    assert ref.start.line == 4


def test_a_way_to_the_other_decision_edits_the_text_as_written(qtbot: Any, window: MainWindow) -> None:
    fill(qtbot, window, Bucket="mine", AWS__AccountId="111122223333")
    ask(window, "s3:PutObject", "arn:aws:s3:::mine/key")
    qtbot.waitUntil(lambda: window.panel.card.word() == "Denied", timeout=10_000)
    answered, tab = window.answered, window.area.current
    assert answered is not None
    assert tab is not None
    with qtbot.waitSignal(window.answer_shown, timeout=10_000):
        window.panel.way_chosen.emit(answered.answer.ways[0])
    qtbot.waitUntil(lambda: window.panel.card.word() == "Allowed", timeout=10_000)
    assert "s3:PutObject" in tab.text()
    assert "arn:aws:s3:::${Bucket}/*" in tab.text()


def test_a_policy_without_placeholders_says_so(qtbot: Any, window: MainWindow) -> None:
    tab = window.area.current
    assert tab is not None
    with qtbot.waitSignal(window.answer_shown, timeout=10_000):
        tab.edit.setPlainText('{"Version": "2012-10-17", "Statement": []}')
    window.registry.action("policy.fill_in").trigger()
    qtbot.waitUntil(lambda: window.status.currentMessage() == NOTHING_TO_FILL, timeout=5_000)


def test_the_finding_leads_to_the_dialog(qtbot: Any, window: MainWindow) -> None:
    window.findings.next_finding()
    qtbot.mouseClick(window.findings.details.links["Fill in values…"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.findChild(FillDialog) is not None, timeout=5_000)
    dialog = window.findChild(FillDialog)
    assert dialog is not None
    assert not dialog.isModal()
    window.registry.action("policy.fill_in").trigger()
    assert window.findChildren(FillDialog) == [dialog], "the one that is open comes to the front"
    assert list(dialog.fields) == ["${Bucket}", "${AWS::AccountId}"]
    assert dialog.fields["${AWS::AccountId}"].placeholderText() == "such as 111122223333"
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
