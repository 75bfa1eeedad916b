"""Accepting a finding through the window: the form, what is written where, how it shows, and what goes stale."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont

from tests.gui.accessibility import defects
from workbench.gui.findings.listing import DETAILS
from workbench.gui.findings.mending import NOTHING_SAME
from workbench.gui.findings.suppressing import GONE, NO_DATE, PAST, SuppressForm
from workbench.gui.main_window import MainWindow
from workbench.gui.strip import Strip

POLICY = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Read",
      "Effect": "Allow",
      "Action": ["s3:Get*", "s3:GetObject"],
      "Resource": "arn:aws:s3:::b/*"
    },
    {
      "Effect": "Allow",
      "Action": ["sqs:SendMessage", "sqs:ReceiveMesage"],
      "Resource": "arn:aws:sqs:us-east-1:111122223333:q"
    }
  ]
}
"""
REASON = "Both are named on purpose."


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "p.json"
    path.write_text(POLICY)
    return path


@pytest.fixture
def window(make_window: Callable[..., MainWindow], file: Path) -> MainWindow:
    return make_window(file)


def click_finding(qtbot: Any, window: MainWindow, code: str) -> None:
    pane = window.findings
    row = next(n for n in range(pane.model.rowCount()) if (f := pane.model.finding(n)) and f.code == code)
    place = pane.table.visualRect(pane.model.index(row, DETAILS)).center()
    qtbot.mouseClick(pane.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def form_for(qtbot: Any, window: MainWindow, code: str) -> SuppressForm:
    click_finding(qtbot, window, code)
    qtbot.mouseClick(window.findings.details.links["Suppress…"], Qt.MouseButton.LeftButton)
    found = window.findChild(SuppressForm)
    assert found is not None
    qtbot.waitUntil(found.isVisible, timeout=5_000)
    return found


def entries(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((file.parent / "p.suppressions.toml").read_text())["suppression"]
    return found


def suppress(qtbot: Any, window: MainWindow, code: str) -> None:
    form = form_for(qtbot, window, code)
    qtbot.keyClicks(form.reason, REASON)
    qtbot.mouseClick(form.ok, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any(f.code == code and f.suppressed for f in window.findings.model.rows), timeout=10_000)


def test_a_suggestion_needs_a_reason_and_is_named_by_its_sid(qtbot: Any, window: MainWindow, file: Path) -> None:
    form = form_for(qtbot, window, "REDUNDANT_ACTION")
    assert "The statement Read of p.json" in form.place.text()
    assert "p.suppressions.toml" in form.place.text()
    assert window.focusWidget() is form.reason
    qtbot.keyClicks(form.reason, "too short")
    assert not form.ok.isEnabled()
    assert "at least 10 characters" in form.wrong.text()
    form.reason.clear()
    qtbot.keyClicks(form.reason, REASON)
    assert form.ok.isEnabled()
    qtbot.keyClick(form.reason, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: any(f.suppressed for f in window.findings.model.rows), timeout=10_000)
    [entry] = entries(file)
    assert entry["code"] == "REDUNDANT_ACTION"
    assert entry["file"] == "p.json"
    assert entry["sid"] == "Read"
    assert entry["reason"] == REASON
    assert "expires" not in entry
    assert file.read_text() == POLICY
    tab = window.area.current
    assert tab is not None
    assert tab.text() == POLICY


def test_an_error_needs_a_date_that_has_not_passed(qtbot: Any, window: MainWindow, file: Path) -> None:
    form = form_for(qtbot, window, "INVALID_ACTION")
    assert "Statement[1].Action[1] of p.json" in form.place.text()
    qtbot.keyClicks(form.reason, REASON)
    assert form.ok.isEnabled()  # a date is proposed
    form.expires.clear()
    assert not form.ok.isEnabled()
    assert "expires" in form.wrong.text()
    qtbot.keyClicks(form.expires, "soon")
    assert form.wrong.text() == NO_DATE
    form.expires.clear()
    qtbot.keyClicks(form.expires, (date.today() - timedelta(days=1)).isoformat())
    assert form.wrong.text() == PAST
    until = date.today() + timedelta(days=20)
    form.expires.clear()
    qtbot.keyClicks(form.expires, until.isoformat())
    qtbot.mouseClick(form.ok, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any(f.suppressed for f in window.findings.model.rows), timeout=10_000)
    [entry] = entries(file)
    assert entry["expires"] == until
    assert entry["path"] == "Statement[1].Action[1]"
    assert entry["value"] == "sqs:ReceiveMesage"


def test_esc_leaves_everything_as_it_was(qtbot: Any, window: MainWindow, file: Path) -> None:
    form = form_for(qtbot, window, "REDUNDANT_ACTION")
    qtbot.keyClicks(form.reason, REASON)
    qtbot.keyClick(form.reason, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(SuppressForm) is None)
    tab = window.area.current
    assert tab is not None
    assert window.focusWidget() is tab.edit
    assert not (file.parent / "p.suppressions.toml").exists()


def test_the_form_stands_in_the_pane_and_is_used_by_keys_alone(qtbot: Any, window: MainWindow, file: Path) -> None:
    window.focus_pane("findings")
    row = next(n for n in range(99) if (f := window.findings.model.finding(n)) and f.code == "INVALID_ACTION")
    window.findings.table.selectRow(row)
    window.registry.action("policy.suppress").trigger()
    form = window.findChild(SuppressForm)
    assert form is not None
    assert window.findings.isAncestorOf(form)
    assert not form.isWindow()
    assert defects(window)[0] == []
    qtbot.keyClicks(window.focusWidget(), REASON)
    reached = [form.reason]
    while len(reached) < 4:
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        reached.append(window.focusWidget())
    assert reached == [form.reason, form.expires, form.ok, form.cancel]
    qtbot.keyClick(form.cancel, Qt.Key.Key_Backtab)
    qtbot.keyClick(form.ok, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: any(f.suppressed for f in window.findings.model.rows), timeout=10_000)
    assert window.focusWidget() is window.findings.table


def test_the_form_follows_its_finding_while_the_text_is_edited(qtbot: Any, window: MainWindow, file: Path) -> None:
    form = form_for(qtbot, window, "INVALID_ACTION")
    qtbot.keyClicks(form.reason, REASON)
    tab = window.area.current
    assert tab is not None
    tab.edit.setTextCursor(tab.edit.document().find('"sqs:SendMessage", '))
    qtbot.keyClick(tab.edit, Qt.Key.Key_Delete)
    qtbot.keyClick(form.reason, Qt.Key.Key_Return)  # before the answer to the edit
    qtbot.waitUntil(lambda: any(f.suppressed for f in window.findings.model.rows), timeout=10_000)
    [entry] = entries(file)
    assert entry["path"] == "Statement[1].Action[0]"


def test_a_finding_that_goes_meanwhile_is_not_suppressed(qtbot: Any, window: MainWindow, file: Path) -> None:
    form = form_for(qtbot, window, "INVALID_ACTION")
    qtbot.keyClicks(form.reason, REASON)
    tab = window.area.current
    assert tab is not None
    tab.edit.setTextCursor(tab.edit.document().find("ReceiveMesage"))
    qtbot.keyClicks(tab.edit, "ReceiveMessage")
    qtbot.waitUntil(lambda: form.wrong.text() == GONE, timeout=10_000)
    assert not form.ok.isEnabled()
    qtbot.keyClick(form.reason, Qt.Key.Key_Return)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    while tab.text() != POLICY:
        qtbot.keyClick(tab.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(form.ok.isEnabled, timeout=10_000)
    window.area.new("{}")
    qtbot.waitUntil(lambda: window.findChild(SuppressForm) is None, timeout=10_000)
    assert not (file.parent / "p.suppressions.toml").exists()


def test_what_is_suppressed_is_struck_through_does_not_count_and_can_be_hidden(qtbot: Any, window: MainWindow) -> None:
    pane, count = window.findings, len(window.findings.model.rows)
    suppress(qtbot, window, "REDUNDANT_ACTION")
    assert len(pane.model.rows) == count
    assert pane.model.rows[-1].code == "REDUNDANT_ACTION"
    font = pane.model.index(count - 1, DETAILS).data(Qt.ItemDataRole.FontRole)
    assert isinstance(font, QFont)
    assert font.strikeOut()
    assert window.docks["findings"].windowTitle() == f"Findings ({count - 1})"
    tab = window.area.current
    assert tab is not None
    at = tab.text().index("s3:GetObject")
    assert tab.edit.marks_between(at, at) == []
    click_finding(qtbot, window, "REDUNDANT_ACTION")
    assert f"Suppressed: {REASON}" in pane.details.text()
    assert "Suppress…" not in pane.details.links
    assert pane.suppressed.text() == "1 suppressed"
    qtbot.mouseClick(pane.suppressed, Qt.MouseButton.LeftButton)
    assert "REDUNDANT_ACTION" not in [f.code for f in pane.model.rows]
    qtbot.mouseClick(pane.suppressed, Qt.MouseButton.LeftButton)
    window.focus_pane("editor")
    qtbot.waitUntil(window.isActiveWindow, timeout=5_000)
    for _ in range(2 * count):  # F8 passes it over
        qtbot.keyClick(tab.edit, Qt.Key.Key_F8)
        assert pane.chosen is not None
        assert pane.chosen.suppressed is None


def test_a_suppression_that_suppresses_nothing_is_told_with_its_line(qtbot: Any, window: MainWindow) -> None:
    suppress(qtbot, window, "REDUNDANT_ACTION")
    assert not window.findings.stale.isVisible()
    window.focus_pane("editor")
    tab = window.area.current
    assert tab is not None
    tab.edit.setTextCursor(tab.edit.document().find(', "s3:GetObject"'))
    qtbot.keyClick(tab.edit, Qt.Key.Key_Delete)
    qtbot.waitUntil(window.findings.stale.isVisible, timeout=10_000)
    said = window.findings.stale.text()
    assert said.startswith("p.suppressions.toml:1: There is no REDUNDANT_ACTION in the statement Read")
    qtbot.keyClick(tab.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not window.findings.stale.isVisible(), timeout=10_000)


def test_a_text_without_a_file_is_to_be_saved_first(qtbot: Any, window: MainWindow) -> None:
    with qtbot.waitSignal(window.answer_shown, timeout=10_000):
        window.area.new(POLICY)
    click_finding(qtbot, window, "REDUNDANT_ACTION")
    qtbot.mouseClick(window.findings.details.links["Suppress…"], Qt.MouseButton.LeftButton)
    assert window.status.currentMessage().startswith("Save the policy first")
    assert window.findChild(SuppressForm) is None


def test_a_policy_of_a_project_is_suppressed_in_the_projects_file(
    qtbot: Any, make_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/read.json").write_text(POLICY)
    (tmp_path / "policies/other.json").write_text(POLICY)
    (tmp_path / "workbench.toml").write_text('name = "two"\naccount = "111122223333"\n')
    window = make_window(tmp_path)
    qtbot.waitUntil(lambda: window.project is not None, timeout=10_000)
    with qtbot.waitSignal(window.answer_shown, timeout=10_000):
        window.open_key("policies/read.json")
    qtbot.waitUntil(lambda: window.showing.is_about(window.area.current), timeout=10_000)
    suppress(qtbot, window, "REDUNDANT_ACTION")
    [entry] = tomllib.loads((tmp_path / "suppressions.toml").read_text())["suppression"]
    assert entry["file"] == "policies/read.json"
    # The other policy does not have it; its entry is in use all the same, by the first one.
    window.open_key("policies/other.json")
    qtbot.waitUntil(lambda: window.findings.file.text() == "other.json", timeout=10_000)
    qtbot.waitUntil(lambda: not window.accepting._stale.busy, timeout=10_000)
    assert all(f.suppressed is None for f in window.findings.model.rows)
    assert not window.findings.stale.isVisible()


def test_a_file_that_cannot_be_written_is_said_and_nothing_is_suppressed(
    qtbot: Any, window: MainWindow, file: Path
) -> None:
    (file.parent / "p.suppressions.toml").write_text("suppression = 3\n")
    form = form_for(qtbot, window, "REDUNDANT_ACTION")
    qtbot.keyClicks(form.reason, REASON)
    qtbot.mouseClick(form.ok, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "was left as it is" in window.status.currentMessage(), timeout=10_000)
    assert (file.parent / "p.suppressions.toml").read_text() == "suppression = 3\n"


def test_fix_all_leaves_alone_what_is_suppressed(qtbot: Any, window: MainWindow) -> None:
    suppress(qtbot, window, "REDUNDANT_ACTION")
    window.registry.action("policy.fix_all").trigger()
    qtbot.waitUntil(lambda: window.status.currentMessage() == NOTHING_SAME, timeout=20_000)
    tab = window.area.current
    assert tab is not None
    assert tab.text() == POLICY


def told(window: MainWindow) -> Strip | None:
    name = "suppressed"
    return window.strips.strip(name)


def test_a_suppression_is_undone_by_its_button(qtbot: Any, window: MainWindow, file: Path) -> None:
    suppress(qtbot, window, "REDUNDANT_ACTION")
    qtbot.waitUntil(lambda: told(window) is not None, timeout=10_000)
    bar = told(window)
    assert bar is not None
    assert bar.text() == "Suppressed in p.suppressions.toml."
    qtbot.mouseClick(bar.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: told(window) is None, timeout=10_000)
    assert not (file.parent / "p.suppressions.toml").exists()
    qtbot.waitUntil(lambda: not any(f.suppressed for f in window.findings.model.rows), timeout=10_000)


def test_what_was_written_since_is_not_undone(qtbot: Any, window: MainWindow, file: Path) -> None:
    suppress(qtbot, window, "REDUNDANT_ACTION")
    written = file.parent / "p.suppressions.toml"
    qtbot.waitUntil(lambda: told(window) is not None, timeout=10_000)
    text = written.read_text() + "# mine\n"
    written.write_text(text)
    bar = told(window)
    assert bar is not None
    qtbot.mouseClick(bar.buttons[0], Qt.MouseButton.LeftButton)
    said = "p.suppressions.toml has been changed since: nothing was undone."
    qtbot.waitUntil(lambda: window.status.currentMessage() == said, timeout=10_000)
    assert written.read_text() == text


def test_a_suppression_is_taken_back_where_its_finding_stands(qtbot: Any, window: MainWindow, file: Path) -> None:
    written = file.parent / "p.suppressions.toml"
    mine = '# ours\n[[suppression]]\ncode = "INVALID_ACTION"\nfile = "other.json"\nreason = "not of this file"\n'
    mine += "expires = 2099-01-01\n"
    written.write_text(mine)
    suppress(qtbot, window, "REDUNDANT_ACTION")
    qtbot.waitUntil(lambda: any(f.suppressed for f in window.findings.model.rows), timeout=10_000)
    suppressed = written.read_text()
    click_finding(qtbot, window, "REDUNDANT_ACTION")
    qtbot.mouseClick(window.findings.details.links["Take back"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not any(f.suppressed for f in window.findings.model.rows), timeout=10_000)
    assert written.read_text() == mine
    bar = told(window)
    assert bar is not None
    assert bar.text() == "The suppression was taken out of p.suppressions.toml: the finding counts again."
    qtbot.mouseClick(bar.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any(f.suppressed for f in window.findings.model.rows), timeout=10_000)
    assert written.read_text() == suppressed


def test_taking_back_is_a_command_that_says_what_it_needs(qtbot: Any, window: MainWindow, file: Path) -> None:
    click_finding(qtbot, window, "REDUNDANT_ACTION")
    window.registry.action("policy.take_back").trigger()
    assert window.status.currentMessage() == "Choose a suppressed finding first."
    suppress(qtbot, window, "REDUNDANT_ACTION")
    qtbot.waitUntil(lambda: any(f.suppressed for f in window.findings.model.rows), timeout=10_000)
    click_finding(qtbot, window, "REDUNDANT_ACTION")
    window.registry.action("policy.take_back").trigger()
    qtbot.waitUntil(lambda: not any(f.suppressed for f in window.findings.model.rows), timeout=10_000)
    assert (file.parent / "p.suppressions.toml").read_text() == ""


def test_what_cannot_be_taken_back_is_said_in_one_sentence(qtbot: Any, window: MainWindow, file: Path) -> None:
    written = file.parent / "p.suppressions.toml"
    suppress(qtbot, window, "REDUNDANT_ACTION")
    qtbot.waitUntil(lambda: any(f.suppressed for f in window.findings.model.rows), timeout=10_000)
    other = written.read_text().replace("REDUNDANT_ACTION", "REDUNDANT_RESOURCE")
    written.write_text(other)  # by another program
    click_finding(qtbot, window, "REDUNDANT_ACTION")
    assert REASON in window.findings.details.text()
    qtbot.mouseClick(window.findings.details.links["Take back"], Qt.MouseButton.LeftButton)
    said = "p.suppressions.toml has been changed: it does not suppress this finding any more."
    qtbot.waitUntil(lambda: window.status.currentMessage() == said, timeout=10_000)
    assert written.read_text() == other
