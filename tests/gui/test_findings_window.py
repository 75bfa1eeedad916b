"""Findings in the real window with the real engine: what a reviewer does with keys and mouse, from finding to fix."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QPushButton, QTabBar

from workbench.engine import Engine, Validation
from workbench.findings.mending import Mended
from workbench.findings.model import Effect, FailedCheck, Finding, Fix, FixVerdict
from workbench.gui.findings.details import NOT_PROVED, WORKING, FixCard
from workbench.gui.findings.listing import DETAILS, FIX, Grouping
from workbench.gui.findings.mending import NOTHING_SAME
from workbench.gui.help.popup import HelpPopup
from workbench.gui.main_window import MainWindow
from workbench.gui.widgets import WrappedLabel

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
      "Sid": "Misspelt",
      "Effect": "Allow",
      "Action": ["sqs:SendMessage", "sqs:ReceiveMesage"],
      "Resource": "arn:aws:sqs:us-east-1:111122223333:q"
    },
    {
      "Sid": "Buckets",
      "Effect": "Allow",
      "Action": ["sns:Publish", "sns:Publish"],
      "Resource": "arn:aws:sns:us-east-1:111122223333:t"
    }
  ]
}
"""
ESCALATION = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Build",
      "Effect": "Allow",
      "Action": ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
      "Resource": "*"
    }
  ]
}
"""
BUCKET = """{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Service": "cloudtrail.amazonaws.com"},
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::b/*"
  }
}
"""


@pytest.fixture
def open_text(qtbot: Any, make_window: Callable[..., MainWindow], tmp_path: Path) -> Callable[[str], MainWindow]:
    """The window with one policy in front and its findings shown."""

    def open_it(text: str) -> MainWindow:
        file = tmp_path / "p.json"
        file.write_text(text)
        return make_window(file)

    return open_it


@pytest.fixture
def window(open_text: Callable[[str], MainWindow]) -> MainWindow:
    return open_text(POLICY)


def text_of(window: MainWindow) -> str:
    tab = window.area.current
    assert tab is not None
    return tab.text()


def selected(window: MainWindow) -> str:
    tab = window.area.current
    assert tab is not None
    return tab.edit.textCursor().selectedText()


def click_finding(qtbot: Any, window: MainWindow, code: str) -> Finding:
    """A click on the row of the first finding of a code."""
    pane = window.findings
    row = next(n for n in range(pane.model.rowCount()) if (f := pane.model.finding(n)) and f.code == code)
    place = pane.table.visualRect(pane.model.index(row, DETAILS)).center()
    qtbot.mouseClick(pane.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    found = pane.chosen
    assert found is not None
    return found


def judged(qtbot: Any, window: MainWindow, number: int = 0) -> FixCard:
    card = window.findings.details.cards[number]
    qtbot.waitUntil(lambda: card.verdict is not None, timeout=20_000)
    return card


def press(qtbot: Any, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key, modifier)


def codes(window: MainWindow) -> list[str]:
    return [f.code for f in window.findings.model.rows]


# -- the list -----------------------------------------------------------------------------------------------------


def test_the_count_stands_in_title_and_tab(qtbot: Any, window: MainWindow) -> None:
    count = len(window.findings.model.rows)
    assert count > 2
    assert window.docks["findings"].windowTitle() == f"Findings ({count})"
    assert window.docks["findings"]._label.text() == f"FINDINGS ({count})"
    tabs = {bar.tabText(n) for bar in window.findChildren(QTabBar) for n in range(bar.count())}
    assert f"Findings ({count})" in tabs
    tab = window.area.current
    assert tab is not None
    window.focus_pane("editor")
    tab.edit.selectAll()
    with qtbot.waitSignal(window.answer_shown, timeout=10_000):
        press(qtbot, Qt.Key.Key_Delete)
    assert window.docks["findings"].windowTitle() == "Findings"


@pytest.mark.parametrize("start", ["editor", "findings"])
def test_f8_goes_on_and_shift_f8_back_from_editor_and_pane(qtbot: Any, window: MainWindow, start: str) -> None:
    window.focus_pane(start)
    if start == "findings":
        window.findings.table.clearSelection()
        window.findings.table.setCurrentIndex(window.findings.model.index(-1, 0))
    places = [(f.span.start, f.span.end) for f in window.findings.model.rows]
    text, seen = text_of(window), []
    for _ in range(3):
        press(qtbot, Qt.Key.Key_F8)
        seen.append(selected(window).replace("\u2029", "\n"))
    press(qtbot, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    seen.append(selected(window).replace("\u2029", "\n"))
    assert seen == [text[a:b] for a, b in (*places[:3], places[1])]


def test_the_grouping_is_kept_for_the_next_window(
    qtbot: Any, window: MainWindow, make_window: Callable[..., MainWindow]
) -> None:
    window.findings.group_by(Grouping.STATEMENT)
    again = make_window()
    assert again.findings.model.shape.grouping is Grouping.STATEMENT
    assert again.findings.group_actions[Grouping.STATEMENT].isChecked()
    assert again.findings.group.text() == "By statement"


def test_whether_the_chosen_finding_shows_beside_the_list_is_kept_for_the_next_window(
    qtbot: Any, window: MainWindow, make_window: Callable[..., MainWindow]
) -> None:
    def choose(shown: MainWindow) -> None:
        shown.findings.table.setFocus()
        qtbot.keyClick(shown.findings.table, Qt.Key.Key_Home)
        assert shown.findings.table.currentIndex().isValid()

    choose(window)
    assert window.findings.details.isVisible()
    qtbot.mouseClick(window.findings.beside, Qt.MouseButton.LeftButton)
    assert not window.findings.details.isVisible()
    again = make_window()
    assert not again.findings.beside.isChecked()
    choose(again)
    assert not again.findings.details.isVisible()
    qtbot.mouseClick(again.findings.beside, Qt.MouseButton.LeftButton)
    third = make_window()
    choose(third)
    assert third.findings.details.isVisible()


def test_the_list_has_all_the_room_until_a_finding_is_chosen(qtbot: Any, window: MainWindow) -> None:
    pane = window.findings
    window.area.current.edit.setFocus()
    pane.table.clearSelection()
    pane.table.setCurrentIndex(pane.model.index(-1, 0))
    assert not pane.details.isVisible()
    wide = pane.table.width()
    qtbot.keyClick(window.area.current.edit, Qt.Key.Key_F8)
    assert pane.details.isVisible()
    qtbot.waitUntil(lambda: pane.table.width() < wide, timeout=2_000)


def test_the_first_click_on_a_fix_finds_it_where_it_was_pressed(qtbot: Any, window: MainWindow) -> None:
    pane = window.findings
    pane.table.setCurrentIndex(pane.model.index(-1, 0))
    [row] = [row for row in range(pane.model.rowCount()) if (found := pane.model.finding(row)) and found.fixes][:1]
    at = pane.table.visualRect(pane.model.index(row, FIX)).center()
    qtbot.mousePress(pane.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QApplication.processEvents()
    assert not pane.details.isVisible()
    with qtbot.waitSignal(pane.fix_requested, timeout=2_000):
        qtbot.mouseRelease(pane.table.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_what_a_fix_changes_is_seen_at_the_first_height_of_the_pane(qtbot: Any, window: MainWindow) -> None:
    click_finding(qtbot, window, "REDUNDANT_ACTION")
    card = judged(qtbot, window)
    qtbot.waitUntil(lambda: card.changes.height() > 0, timeout=5_000)
    shown = card.changes.visibleRegion().boundingRect()
    assert shown.height() == card.changes.height()


# -- fixes --------------------------------------------------------------------------------------------------------


def test_a_fix_is_shown_as_a_difference_and_proved_and_applied_in_one_step(qtbot: Any, window: MainWindow) -> None:
    before = text_of(window)
    click_finding(qtbot, window, "REDUNDANT_ACTION")
    card = judged(qtbot, window)
    assert card.words() == "Same access"
    assert [line.sign for line in card.changes.lines] == [" ", "-", "+", " "]
    assert card.changes.lines[2].text == '"Action": ["s3:Get*"],'
    qtbot.mouseClick(card.apply, Qt.MouseButton.LeftButton)
    assert '["s3:Get*"]' in text_of(window)
    tab = window.area.current
    assert tab is not None
    assert tab.edit.hasFocus()
    press(qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert text_of(window) == before


def test_what_a_wider_fix_newly_allows_can_be_asked_and_turns_with_it(qtbot: Any, window: MainWindow) -> None:
    click_finding(qtbot, window, "INVALID_ACTION")
    card = judged(qtbot, window)
    assert card.verdict is not None
    assert card.verdict.effect is Effect.WIDER
    assert card.words().startswith("Wider")
    qtbot.mouseClick(card.links()["Ask a request it newly allows"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.panel.card.word() == "Denied", timeout=10_000)
    asked = window.panel.request()
    assert asked is not None
    assert asked.action == "sqs:ReceiveMessage"
    qtbot.mouseClick(window.findings.details.cards[0].apply, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.panel.card.word() == "Allowed", timeout=10_000)


def test_what_a_narrower_fix_takes_away_can_be_asked(qtbot: Any, open_text: Callable[[str], MainWindow]) -> None:
    window = open_text(BUCKET)
    click_finding(qtbot, window, "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL")
    card = judged(qtbot, window)
    assert card.verdict is not None
    assert card.verdict.effect is Effect.NARROWER
    qtbot.mouseClick(card.links()["Ask a request it takes away"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.panel.card.word() == "Allowed", timeout=10_000)
    qtbot.mouseClick(window.findings.details.cards[0].apply, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.panel.card.word() == "Denied", timeout=10_000)


def test_what_cannot_be_decided_says_why(qtbot: Any, open_text: Callable[[str], MainWindow]) -> None:
    window = open_text(POLICY.replace('"Effect": "Allow"', '"Effect": "allow"', 1))
    click_finding(qtbot, window, "INVALID_EFFECT")
    card = judged(qtbot, window)
    assert card.words().startswith("Not decided AWS refuses the document as it stands")
    assert card.why.isVisible()
    assert card.links() == {}


class Held:
    """Stands in for a proof that takes long: it ends when it is canceled or let go."""

    def __init__(self, result: object) -> None:
        self.go, self.asked, self.stopped, self._result = threading.Event(), 0, 0, result

    def __call__(self, _validation: Validation, *rest: Any) -> Any:
        cancelled = rest[-1]
        self.asked += 1
        while not self.go.wait(0.005):
            if cancelled():
                self.stopped += 1
                break
        return self._result


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    held = Held(FixVerdict(Effect.SAME))
    monkeypatch.setattr(Engine, "fix_verdict", lambda _engine, *given: held(*given))
    return held


def test_a_verdict_that_takes_long_can_be_canceled_and_asked_for_again(
    qtbot: Any, held: Held, window: MainWindow
) -> None:
    click_finding(qtbot, window, "REDUNDANT_ACTION")
    card = window.findings.details.cards[0]
    assert card.words() == WORKING
    qtbot.waitUntil(lambda: "Cancel" in card.links(), timeout=5_000)
    qtbot.mouseClick(card.links()["Cancel"], Qt.MouseButton.LeftButton)
    assert card.words().startswith(NOT_PROVED)
    qtbot.waitUntil(lambda: held.stopped == 1, timeout=5_000)
    assert card.verdict is None
    held.go.set()
    qtbot.mouseClick(card.links()["Work it out"], Qt.MouseButton.LeftButton)
    assert judged(qtbot, window).words() == "Same access"
    assert held.asked == 2


def test_a_verdict_of_an_older_text_is_dropped(qtbot: Any, held: Held, window: MainWindow) -> None:
    click_finding(qtbot, window, "REDUNDANT_ACTION")
    qtbot.waitUntil(lambda: held.asked == 1, timeout=5_000)
    told: list[object] = []
    window.findings.verdicts.judged.connect(lambda fix, _verdict: told.append(fix))
    tab = window.area.current
    assert tab is not None
    tab.edit.moveCursor(QTextCursor.MoveOperation.Start)
    with qtbot.waitSignal(window.answer_shown, timeout=10_000):
        press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: held.stopped == 1 and held.asked == 2, timeout=5_000)
    assert told == []
    held.go.set()
    judged(qtbot, window)
    [fix] = told
    assert fix == window.findings.details.cards[0].fix


def test_a_verdict_once_proved_is_not_proved_again_for_the_same_text(
    qtbot: Any, held: Held, window: MainWindow
) -> None:
    held.go.set()
    click_finding(qtbot, window, "REDUNDANT_ACTION")
    judged(qtbot, window)
    click_finding(qtbot, window, "INVALID_ACTION")
    judged(qtbot, window)
    click_finding(qtbot, window, "REDUNDANT_ACTION")
    assert window.findings.details.cards[0].words() == "Same access"
    assert held.asked == 2


def test_fix_all_makes_what_keeps_the_access_in_one_step(qtbot: Any, window: MainWindow) -> None:
    before = text_of(window)
    qtbot.mouseClick(window.findings.fix_all, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: text_of(window) != before, timeout=20_000)
    fixed = json.loads(text_of(window))["Statement"]
    assert [s["Action"] for s in fixed] == [["s3:Get*"], ["sqs:SendMessage", "sqs:ReceiveMesage"], ["sns:Publish"]]
    assert window.status.currentMessage().startswith("2 fixes were applied")
    press(qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert text_of(window) == before
    press(qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    fixed_text = text_of(window)
    qtbot.waitUntil(lambda: "REDUNDANT_ACTION" not in codes(window), timeout=10_000)
    window.registry.action("policy.fix_all").trigger()
    qtbot.waitUntil(lambda: window.status.currentMessage() == NOTHING_SAME, timeout=20_000)
    assert text_of(window) == fixed_text


def test_fix_all_can_be_canceled_and_leaves_a_text_alone_that_has_changed(
    qtbot: Any, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(Mended("{}", (("X", "fix"),)))
    monkeypatch.setattr(Engine, "fix_all", lambda _engine, *given: held(*given))
    before = text_of(window)
    window.registry.action("policy.fix_all").trigger()
    qtbot.waitUntil(window.findings.work.isVisible, timeout=5_000)
    qtbot.mouseClick(window.findings.cancel_work, Qt.MouseButton.LeftButton)
    assert not window.findings.work.isVisible()
    qtbot.waitUntil(lambda: held.stopped == 1, timeout=5_000)
    window.registry.action("policy.fix_all").trigger()
    qtbot.waitUntil(lambda: held.asked == 2, timeout=5_000)
    window.focus_pane("editor")
    press(qtbot, Qt.Key.Key_Space)
    held.go.set()
    qtbot.waitUntil(lambda: "has changed" in window.status.currentMessage(), timeout=5_000)
    assert text_of(window) == f" {before}"


# -- why, and requests that show findings -----------------------------------------------------------------------------


def test_f1_and_the_link_show_the_page_of_the_code_and_esc_closes_it(qtbot: Any, window: MainWindow) -> None:
    details = window.findings.details
    click_finding(qtbot, window, "REDUNDANT_ACTION")
    qtbot.mouseClick(details.links["Why"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: details.page_shown, timeout=10_000)
    assert details.page.code == "REDUNDANT_ACTION"
    assert "REDUNDANT_ACTION" in details.page.browser.toPlainText()
    assert details.page.browser.hasFocus()
    press(qtbot, Qt.Key.Key_Escape)
    assert not details.page_shown
    window.findings.table.setFocus()
    press(qtbot, Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: details.page_shown, timeout=10_000)
    press(qtbot, Qt.Key.Key_F1)  # the page is there already: now what the keys do in the pane
    assert isinstance(QApplication.activePopupWidget(), HelpPopup)
    press(qtbot, Qt.Key.Key_Escape)


def test_why_at_the_caret_chooses_the_finding_there(qtbot: Any, window: MainWindow) -> None:
    tab = window.area.current
    assert tab is not None
    cursor = tab.edit.textCursor()
    cursor.setPosition(tab.text().index("sqs:ReceiveMesage"))
    tab.edit.setTextCursor(cursor)
    window.registry.action("policy.why").trigger()
    details = window.findings.details
    qtbot.waitUntil(lambda: details.page_shown, timeout=10_000)
    assert details.page.code == "INVALID_ACTION"
    assert window.findings.chosen is not None
    assert window.findings.chosen.code == "INVALID_ACTION"


def test_the_request_that_shows_a_security_finding_is_allowed(
    qtbot: Any, open_text: Callable[[str], MainWindow]
) -> None:
    window = open_text(ESCALATION)
    found = click_finding(qtbot, window, "PRIVILEGE_ESCALATION")
    assert found.scenario is not None
    details = window.findings.details
    shown = [label.text() for label in details.findChildren(WrappedLabel) if label.isVisible()]
    assert f"Assumed: {' '.join(found.assumption)}" in shown
    qtbot.mouseClick(details.links["Show the request"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.panel.card.word() == "Allowed", timeout=10_000)
    assert window.panel.request() == found.scenario.request
    # It is asked of the text in front: without the actions it is denied.
    tab = window.area.current
    assert tab is not None
    tab.edit.setTextCursor(tab.edit.document().find("Allow"))
    window.focus_pane("editor")
    qtbot.keyClicks(tab.edit, "Deny")
    qtbot.waitUntil(lambda: window.panel.card.word() == "Denied", timeout=10_000)


def test_the_request_of_a_refused_document_is_asked_of_it_as_if_mended(
    qtbot: Any, open_text: Callable[[str], MainWindow]
) -> None:
    window = open_text(ESCALATION.replace('"Build"', '"not a Sid"'))
    click_finding(qtbot, window, "PRIVILEGE_ESCALATION")
    qtbot.mouseClick(window.findings.details.links["Show the request"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.panel.card.word() == "Allowed", timeout=10_000)
    shown = [label.text() for label in window.findChildren(WrappedLabel) if label.isVisible()]
    assert not [b for b in window.panel.findChildren(QPushButton) if b.text() == "Apply" and b.isVisible()]
    assert any("as if its errors and gaps were mended. It does not follow what you type." in text for text in shown)


def test_checks_that_failed_stand_in_the_status_bar(
    qtbot: Any, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not window.status.failed.isVisible()
    failed = (FailedCheck("names", "ValueError: broke"), FailedCheck("sizes", "not decided within budget"))
    monkeypatch.setattr("workbench.engine.run_checks", lambda _context, **_: ((), failed))
    window.focus_pane("editor")
    with qtbot.waitSignal(window.answer_shown, timeout=10_000):
        press(qtbot, Qt.Key.Key_Space)
    assert window.status.failed.text() == "2 checks failed"
    assert "names: ValueError: broke" in window.status.failed.toolTip()
    window.docks["findings"].hide()
    qtbot.mouseClick(window.status.failed, Qt.MouseButton.LeftButton)
    assert window.findings.isVisible()
    assert "names (ValueError: broke)" in window.findings.failed.text()


def test_a_fix_of_the_list_is_applied_as_before(qtbot: Any, window: MainWindow) -> None:
    fixes: list[Fix] = []
    window.findings.fix_requested.connect(fixes.append)
    found = click_finding(qtbot, window, "REDUNDANT_ACTION")
    window.registry.action("policy.fix").trigger()
    assert window.quick_fixes.menu is not None
    qtbot.keyClick(window.quick_fixes.menu, Qt.Key.Key_Return)
    assert fixes == []  # the command does not go through the pane
    assert '["s3:Get*"]' in text_of(window)
    assert found.fixes


def test_the_veil_leaves_list_and_details_their_room(window: MainWindow, qtbot: Any) -> None:
    pane = window.findings
    before = pane.splitter.sizes()
    pane.set_stale(True)
    assert pane.splitter.sizes() == before
    assert pane._veil.geometry() == pane._veil.parentWidget().rect()
