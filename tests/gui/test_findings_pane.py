"""The findings pane: order, filter, what it says when it is empty, and where a row leads."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

from workbench.document.nodes import Document
from workbench.document.span import Span
from workbench.engine import Engine, Validation
from workbench.findings.context import WHY
from workbench.findings.model import Confidence, Edit, FailedCheck, Finding, FindingType, Fix, Location, Suppressed
from workbench.gui.findings.listing import CODE, DETAILS, FIX, PLACE, TYPE, Listing
from workbench.gui.findings.model import FindingsModel
from workbench.gui.findings.pane import NOTHING_FOUND, NOTHING_YET, FindingsPane
from workbench.gui.theme import DARK, LIGHT, mono_font
from workbench.gui.widgets import LinkButton
from workbench.policy.kinds import PolicyKind

TEXT = "abc\ndéf\n"
FIXED = Fix("Write B", (Edit(Span(4, 5), "B"),))


def finding(kind: FindingType, code: str, start: int, **more: Any) -> Finding:
    return Finding(kind, code, f"{code} is questioned.", (Location((), Span(start, start + 1)),), **more)


FINDINGS = (
    finding(FindingType.SUGGESTION, "S_ONE", 0, note="catalog of today", confidence=Confidence.INFERRED),
    finding(FindingType.ERROR, "E_ONE", 4, fixes=(FIXED,)),
    finding(FindingType.WARNING, "W_ONE", 5),
    finding(FindingType.ERROR, "E_TWO", 1),
)


def validation(*findings: Finding, failed: tuple[FailedCheck, ...] = ()) -> Validation:
    return Validation(PolicyKind.IDENTITY, Document(TEXT, None), findings, failed)


def listing(*findings: Finding, failed: tuple[FailedCheck, ...] = ()) -> Listing:
    return Listing(validation(*findings, failed=failed))


@pytest.fixture
def pane(qtbot: Any) -> FindingsPane:
    pane = FindingsPane(Engine())
    qtbot.addWidget(pane)
    pane.resize(1100, 180)
    pane.show()
    return pane


def codes(pane: FindingsPane) -> list[str]:
    return [f.code for f in pane.model.rows]


def click(qtbot: Any, pane: FindingsPane, row: int, column: int) -> None:
    place = pane.table.visualRect(pane.model.index(row, column)).center()
    qtbot.mouseClick(pane.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_the_model_keeps_qts_rules(qtmodeltester: Any) -> None:
    model = FindingsModel(LIGHT)
    model.set_listing(listing(*FINDINGS))
    qtmodeltester.check(model)


def test_worst_first_then_by_place(pane: FindingsPane) -> None:
    pane.show_listing(listing(*FINDINGS), "p.json")
    assert codes(pane) == ["E_TWO", "E_ONE", "W_ONE", "S_ONE"]
    places = [pane.model.index(row, PLACE).data() for row in range(4)]
    assert places == ["1:2", "2:1", "2:2", "1:1"]


def test_a_column_sorts(pane: FindingsPane) -> None:
    pane.show_listing(listing(*FINDINGS), "p.json")
    pane.table.sortByColumn(CODE, Qt.SortOrder.DescendingOrder)
    assert codes(pane) == ["W_ONE", "S_ONE", "E_TWO", "E_ONE"]


def test_counts_are_words_and_hide_their_type(qtbot: Any, pane: FindingsPane) -> None:
    pane.show_listing(listing(*FINDINGS), "p.json")
    button = pane._counts[FindingType.ERROR]
    assert button.text().strip() == "2 errors"
    assert not pane._counts[FindingType.SECURITY_WARNING].isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert codes(pane) == ["W_ONE", "S_ONE"]
    assert button.isVisible()


def test_the_filter_looks_in_code_and_sentence(qtbot: Any, pane: FindingsPane) -> None:
    pane.show_listing(listing(*FINDINGS), "p.json")
    qtbot.keyClicks(pane.filter, "e_ONE is")
    assert codes(pane) == ["E_ONE"]
    pane.filter.setText("nothing like it")
    assert codes(pane) == []
    assert pane.empty.text() == "No finding matches the filter. Clear it to see all 4."


def test_a_filter_says_how_many_of_all_it_leaves(qtbot: Any, pane: FindingsPane) -> None:
    accepted = finding(FindingType.WARNING, "W_TWO", 6, suppressed=Suppressed("known"))
    errors, warnings = (pane._counts[kind] for kind in (FindingType.ERROR, FindingType.WARNING))
    titles: list[str] = []
    pane.counted.connect(titles.append)
    pane.show_listing(listing(*FINDINGS, accepted), "p.json")
    assert titles[-1] == "4"
    qtbot.keyClicks(pane.filter, "_one")
    assert titles[-1] == "3 of 4"
    assert [button.text().strip() for button in (errors, warnings)] == ["1 of 2 errors", "1 warning"]
    assert pane.suppressed.text() == "0 of 1 suppressed"
    qtbot.mouseClick(errors, Qt.MouseButton.LeftButton)  # a type that is hidden says what it would show
    assert errors.text().strip() == "1 of 2 errors"
    assert titles[-1] == "2 of 4"
    qtbot.mouseClick(errors, Qt.MouseButton.LeftButton)
    pane.filter.selectAll()
    qtbot.keyClick(pane.filter, Qt.Key.Key_Space)  # blanks filter nothing
    assert titles[-1] == "4"
    qtbot.keyClick(pane.filter, Qt.Key.Key_Backspace)
    assert errors.text().strip() == "2 errors"
    assert pane.suppressed.text() == "1 suppressed"


def test_empty_says_what_it_means(pane: FindingsPane) -> None:
    assert pane.empty.text() == NOTHING_YET
    pane.show_listing(listing(), "p.json")
    assert pane.empty.text() == NOTHING_FOUND
    pane.show_listing(None, "")
    assert pane.empty.text() == NOTHING_YET


def test_a_click_leads_to_the_place_and_shows_the_whole(qtbot: Any, pane: FindingsPane) -> None:
    pane.show_listing(listing(*FINDINGS), "p.json")
    with qtbot.waitSignal(pane.finding_activated, timeout=1_000) as caught:
        click(qtbot, pane, 3, TYPE)
    assert caught.args == [0, 1]
    assert "S_ONE is questioned." in pane.details.text()
    assert "catalog of today" in pane.details.text()
    assert "inferred" in pane.details.text()


@pytest.mark.parametrize("note", ["", WHY[Confidence.INFERRED], "catalog of today"])
def test_what_is_inferred_says_so_once(qtbot: Any, pane: FindingsPane, note: str) -> None:
    known = finding(FindingType.ERROR, "E_ONE", 4, note=note, confidence=Confidence.INFERRED)
    pane.show_listing(listing(known), "p.json")
    with qtbot.waitSignal(pane.finding_activated, timeout=1_000):
        click(qtbot, pane, 0, TYPE)
    text = pane.details.text()
    assert f"Note (inferred): {note or WHY[Confidence.INFERRED]}." in text
    assert text.count("inferred") == 1
    assert text.count("AWS does not document") == (note != "catalog of today")


def test_a_click_on_fix_asks_for_it(qtbot: Any, pane: FindingsPane) -> None:
    pane.show_listing(listing(*FINDINGS), "p.json")
    with qtbot.waitSignal(pane.fix_requested, timeout=1_000) as caught:
        click(qtbot, pane, 1, FIX)
    assert caught.args == [FIXED]


def test_next_goes_round_and_enter_activates(qtbot: Any, pane: FindingsPane) -> None:
    pane.show_listing(listing(*FINDINGS), "p.json")
    seen: list[int] = []
    pane.finding_activated.connect(lambda start, _end: seen.append(start))
    for _ in range(5):
        pane.next_finding()
    assert seen == [1, 4, 5, 0, 1]
    qtbot.keyClick(pane.table, Qt.Key.Key_Return)
    assert seen[-1] == 1


def test_the_chosen_finding_stays_chosen(pane: FindingsPane) -> None:
    pane.show_listing(listing(*FINDINGS), "p.json")
    pane.table.selectRow(2)
    pane.show_listing(listing(FINDINGS[2]), "p.json")
    assert pane.table.currentIndex().row() == 0


def test_failed_checks_are_said(pane: FindingsPane) -> None:
    pane.show_listing(listing(failed=(FailedCheck("names", "broke"),)), "p.json")
    assert pane.failed.isVisible()
    assert "names (broke)" in pane.failed.text()


def test_rows_of_the_statement_at_the_caret_are_set_off(pane: FindingsPane) -> None:
    pane.show_listing(listing(*FINDINGS), "p.json")
    pane.mark_statement(Span(4, 8))
    marked = [pane.model.index(r, 0).data(Qt.ItemDataRole.BackgroundRole) is not None for r in range(4)]
    assert marked == [False, True, True, False]


def test_both_themes_color_the_words(pane: FindingsPane) -> None:
    pane.show_listing(listing(*FINDINGS), "p.json")
    for theme in (LIGHT, DARK):
        pane.set_theme(theme)
        assert pane.model.index(0, TYPE).data(Qt.ItemDataRole.ForegroundRole) == theme.color("error")


def test_ten_thousand_findings_are_shown(pane: FindingsPane) -> None:
    many = tuple(finding(FindingType.WARNING, f"W_{i}", i % 7) for i in range(10_000))
    pane.show_listing(listing(*many), "p.json")
    assert pane.model.rowCount() == 10_000
    assert pane._counts[FindingType.WARNING].text().strip() == "10,000 warnings"


def test_the_place_is_said_once(pane: FindingsPane) -> None:
    details = "A comma is missing. (Line 2, column 1, index 4.)"
    pane.show_listing(listing(Finding(FindingType.ERROR, "J", details, (Location((), Span(4, 5)),))), "p.json")
    pane.table.selectRow(0)
    assert pane.model.index(0, DETAILS).data() == "A comma is missing."
    assert pane.details.text() == "A comma is missing."


def test_the_longest_code_is_shown_whole(qtbot: Any, pane: FindingsPane) -> None:
    code = "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"
    pane.resize(860, 180)
    pane.show_listing(listing(finding(FindingType.ERROR, code, 0)), "p.json")
    click(qtbot, pane, 0, DETAILS)
    [link] = [each for each in pane.details.findChildren(LinkButton) if each.text() == code]
    qtbot.waitUntil(lambda: link.width() >= QFontMetrics(mono_font()).horizontalAdvance(code), timeout=2_000)
    qtbot.mouseClick(pane.beside, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not pane.table.isColumnHidden(CODE), timeout=2_000)
    assert QFontMetrics(mono_font()).horizontalAdvance(code) <= pane.table.columnWidth(CODE) - 12


def test_an_empty_policy_has_no_findings_yet(pane: FindingsPane) -> None:
    found = finding(FindingType.ERROR, "JSON_SYNTAX_ERROR", 0)
    pane.show_listing(Listing(Validation(PolicyKind.IDENTITY, Document(" \n", None), (found,), ())), "new.json")
    assert codes(pane) == []
    assert pane.empty.text() == NOTHING_YET
    assert pane.file.text() == "new.json"
