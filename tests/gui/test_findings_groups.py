"""The findings pane with keys and mouse: groups and folding, the switches, next and previous, ten thousand rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from tests.work import Meter, counting
from workbench.document.edits import Edit
from workbench.document.span import Span
from workbench.engine import Engine, Validation
from workbench.findings.model import Finding, FindingType, Fix, Location
from workbench.gui.findings import listing as listing_module
from workbench.gui.findings import model as model_module
from workbench.gui.findings import pane as pane_module
from workbench.gui.findings import table as table_module
from workbench.gui.findings.listing import DETAILS, Entry, Group, Grouping, Listing, Spans
from workbench.gui.findings.pane import FindingsPane
from workbench.policy.kinds import PolicyKind

TEXT = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
    {"Effect": "Allow", "Action": "s3:Put*", "Resource": "*"}
  ]
}
"""
ENGINE = Engine()


def place(part: str, statement: int | None) -> Location:
    start = TEXT.index(part)
    path = () if statement is None else (("value", "Statement"), ("index", statement))
    return Location(path, Span(start, start + len(part)))


def finding(kind: FindingType, code: str, part: str, statement: int | None) -> Finding:
    return Finding(kind, code, f"{code} is questioned.", (place(part, statement),))


FINDINGS = (
    finding(FindingType.ERROR, "E_ONE", '"s3:Put*"', 1),
    finding(FindingType.WARNING, "W_ONE", '"s3:Get*"', 0),
    finding(FindingType.WARNING, "W_TWO", '"s3:Put*"', 1),
    finding(FindingType.SUGGESTION, "W_ONE", '"2012-10-17"', None),
)


def listing(*findings: Finding) -> Listing:
    return Listing(Validation(PolicyKind.IDENTITY, ENGINE.parse(TEXT), findings, ()))


@pytest.fixture
def pane(qtbot: Any) -> FindingsPane:
    pane = FindingsPane(ENGINE)
    qtbot.addWidget(pane)
    pane.resize(1100, 300)
    pane.show()
    pane.show_listing(listing(*FINDINGS), "p.json")
    return pane


def rows(pane: FindingsPane) -> list[str]:
    """What stands in the list: headings with their counts, findings by their codes."""
    found = (pane.model.row(number) for number in range(pane.model.rowCount()))
    return [
        f"{row.label} {len(row.entries)}" if isinstance(row, Group) else row.finding.code
        for row in found
        if row is not None
    ]


def choose_grouping(qtbot: Any, pane: FindingsPane, grouping: Grouping) -> None:
    """Through the button's menu, as a user does."""
    menu = pane.group.menu()
    menu.popup(pane.group.mapToGlobal(QPoint(0, pane.group.height())))
    qtbot.waitUntil(menu.isVisible, timeout=2_000)
    action = pane.group_actions[grouping]
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    menu.close()


def click(qtbot: Any, pane: FindingsPane, row: int) -> None:
    at = pane.table.visualRect(pane.model.index(row, DETAILS)).center()
    qtbot.mouseClick(pane.table.viewport(), Qt.MouseButton.LeftButton, pos=at)


@pytest.mark.parametrize(
    ("grouping", "expected"),
    [
        (Grouping.SEVERITY, ["Errors 1", "E_ONE", "Warnings 2", "W_ONE", "W_TWO", "Suggestions 1", "W_ONE"]),
        (Grouping.CODE, ["E_ONE 1", "E_ONE", "W_ONE 2", "W_ONE", "W_ONE", "W_TWO 1", "W_TWO"]),
        (
            Grouping.STATEMENT,
            ["The whole policy 1", "W_ONE", "Statement 1: Read 1", "W_ONE", "Statement 2 2", "E_ONE", "W_TWO"],
        ),
    ],
)
def test_findings_stand_under_headings_with_counts(
    qtbot: Any, pane: FindingsPane, grouping: Grouping, expected: list[str]
) -> None:
    choose_grouping(qtbot, pane, grouping)
    assert rows(pane) == expected
    choose_grouping(qtbot, pane, Grouping.NONE)
    assert rows(pane) == ["E_ONE", "W_ONE", "W_TWO", "W_ONE"]


def test_a_click_on_a_heading_folds_it_and_it_stays_folded_with_new_findings(qtbot: Any, pane: FindingsPane) -> None:
    pane.group_by(Grouping.SEVERITY)
    click(qtbot, pane, 2)
    assert rows(pane) == ["Errors 1", "E_ONE", "Warnings 2", "Suggestions 1", "W_ONE"]
    pane.show_listing(listing(*FINDINGS[:3]), "p.json")
    assert rows(pane) == ["Errors 1", "E_ONE", "Warnings 2"]
    click(qtbot, pane, 2)
    assert rows(pane) == ["Errors 1", "E_ONE", "Warnings 2", "W_ONE", "W_TWO"]


def test_keys_fold_and_open_as_in_a_tree(qtbot: Any, pane: FindingsPane) -> None:
    pane.group_by(Grouping.SEVERITY)
    pane.table.setFocus()
    pane.table.selectRow(3)
    qtbot.keyClick(pane.table, Qt.Key.Key_Left)  # to its heading
    assert pane.table.currentIndex().row() == 2
    qtbot.keyClick(pane.table, Qt.Key.Key_Left)
    assert rows(pane)[2:4] == ["Warnings 2", "Suggestions 1"]
    qtbot.keyClick(pane.table, Qt.Key.Key_Right)
    assert rows(pane)[2:4] == ["Warnings 2", "W_ONE"]
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        before = len(rows(pane))
        qtbot.keyClick(pane.table, key)
        assert len(rows(pane)) != before
        assert pane.table.currentIndex().row() == 2


def test_next_and_previous_go_through_folded_groups_too(qtbot: Any, pane: FindingsPane) -> None:
    pane.group_by(Grouping.SEVERITY)
    click(qtbot, pane, 2)
    seen: list[int] = []
    pane.finding_activated.connect(lambda start, _end: seen.append(start))
    pane.next_finding()  # from the folded heading into it
    assert rows(pane)[3] == "W_ONE"
    assert pane.chosen is FINDINGS[1]
    pane.next_finding()
    pane.next_finding()
    pane.next_finding()
    assert pane.chosen is FINDINGS[0]
    pane.next_finding(-1)
    assert pane.chosen is FINDINGS[3]
    pane.next_finding(-1)
    assert pane.chosen is FINDINGS[2]
    assert len(seen) == 6


def test_the_chosen_finding_stays_chosen_through_groups_filter_and_switches(qtbot: Any, pane: FindingsPane) -> None:
    click(qtbot, pane, 2)
    assert pane.chosen is FINDINGS[2]
    choose_grouping(qtbot, pane, Grouping.CODE)
    assert pane.chosen is FINDINGS[2]
    qtbot.keyClicks(pane.filter, "w_")
    assert rows(pane) == ["W_ONE 2", "W_ONE", "W_ONE", "W_TWO 1", "W_TWO"]
    assert pane.chosen is FINDINGS[2]
    qtbot.mouseClick(pane._counts[FindingType.SUGGESTION], Qt.MouseButton.LeftButton)
    assert rows(pane) == ["W_ONE 1", "W_ONE", "W_TWO 1", "W_TWO"]
    assert pane.chosen is FINDINGS[2]
    qtbot.mouseClick(pane._counts[FindingType.WARNING], Qt.MouseButton.LeftButton)
    assert pane.chosen is None


def test_headings_are_drawn_and_said(pane: FindingsPane) -> None:
    pane.group_by(Grouping.STATEMENT)
    said = pane.model.index(2, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Statement 1: Read, 1, open"
    band = pane.table.viewport().grab().toImage()
    y = pane.table.rowViewportPosition(2) + 2
    assert band.pixelColor(band.width() - 5, y) == pane._theme.color("window")
    assert band.pixelColor(band.width() - 5, y + pane.table.rowHeight(2)) != pane._theme.color("window")


def test_the_pane_says_how_many_there_are(qtbot: Any, pane: FindingsPane) -> None:
    said: list[str] = []
    pane.counted.connect(said.append)
    pane.show_listing(listing(*FINDINGS * 500), "p.json")
    pane.show_listing(listing(), "p.json")
    assert said[0] == "2,000"
    assert said[-1] == ""


# -- ten thousand -------------------------------------------------------------------------------------------------


def many() -> tuple[Finding, ...]:
    text_length = len(TEXT)
    kinds = tuple(FindingType)
    fix = (Fix("Write *", (Edit(Span(0, 1), "{"),)),)
    return tuple(
        Finding(
            kinds[n % 4],
            f"CODE_{n % 90}",
            f"Number {n} is questioned.",
            (Location((("value", "Statement"), ("index", n // 2)), Span(n % text_length, n % text_length + 1)),),
            fixes=fix if n % 3 == 0 else (),
        )
        for n in range(10_000)
    )


MODULES = [listing_module, model_module, pane_module, table_module]
A_TURN = 160_000
"""Lines of Python in these modules. The dearest step, new findings under 5,000 headings, runs 141,000 of them in 6 to 9
of the 16 ms that a frame has."""


def work_of(act: Callable[[], object]) -> int:
    meter = Meter()
    with counting(meter, MODULES):
        act()
        QApplication.processEvents()
    return meter.lines


def test_ten_thousand_findings_stay_smooth(qtbot: Any, pane: FindingsPane) -> None:
    whole = listing(*many())  # made in a job
    steps: dict[str, Callable[[], object]] = {
        "show": lambda: pane.show_listing(whole, "p.json"),
        "type": lambda: qtbot.keyClicks(pane.filter, "7"),
        "type on": lambda: qtbot.keyClicks(pane.filter, "7"),
        "hide a type": lambda: qtbot.mouseClick(pane._counts[FindingType.ERROR], Qt.MouseButton.LeftButton),
        "clear": pane.filter.clear,
        "group by severity": lambda: pane.group_by(Grouping.SEVERITY),
        "group by code": lambda: pane.group_by(Grouping.CODE),
        "group by statement": lambda: pane.group_by(Grouping.STATEMENT),
        "fold": lambda: click(qtbot, pane, 0),
        "next": pane.next_finding,
        "previous": lambda: pane.next_finding(-1),
        "mark": lambda: pane.mark_statement(Span(10, 60)),
        "new text": lambda: pane.show_listing(whole, "p.json"),
    }
    done = {name: work_of(act) for name, act in steps.items()}
    assert len(pane.model.rows) == 7_500
    assert max(done.values()) < A_TURN, done


def test_rows_out_of_sight_are_never_asked_for(qtbot: Any, pane: FindingsPane, monkeypatch: Any) -> None:
    asked: set[int] = set()
    text = model_module.FindingsModel._text

    def counted(self: Any, entry: Entry, column: int) -> str:
        asked.add(id(entry))
        return text(self, entry, column)

    monkeypatch.setattr(model_module.FindingsModel, "_text", counted)
    pane.show_listing(listing(*many()), "p.json")
    for grouping in Grouping:
        pane.group_by(grouping)
        pane.table.viewport().repaint()
    assert 0 < len(asked) < 200


# -- what is where ----------------------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from([0, 1, 5, 9_999, 10_000, 20_000])), max_size=8),
    st.integers(0, 40),
    st.integers(0, 20),
)
def test_spans_are_found_by_place(drawn: list[tuple[int, int]], at: int, more: int) -> None:
    spans = [Span(start, start + length) for start, length in drawn]
    found = Spans(spans)
    assert found.around(at) == [n for n, span in enumerate(spans) if span.start <= at <= span.end]
    assert found.begun_in(at, at + more) == [n for n, span in enumerate(spans) if at <= span.start <= at + more]
