"""The panes over proofs: what a policy allows, and what a change newly allows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt, QThreadPool
from PySide6.QtWidgets import QHBoxLayout, QWidget

from tests.proof.documents import allow, deny, document, engine
from workbench.evaluation.request import Scenario
from workbench.gui.compare.access import ALLOWS_NOTHING, LETS_NOTHING, NOTHING_YET, AccessPane
from workbench.gui.compare.difference import unified
from workbench.gui.compare.following import CANCELLED, ProofPane, Question
from workbench.gui.compare.pane import NO_SOURCE, ComparePane
from workbench.gui.compare.sources import Chooser, Source
from workbench.gui.jobs import Progress
from workbench.gui.theme import DARK, LIGHT
from workbench.gui.widgets import ElidedLabel, LinkButton, WrappedLabel
from workbench.policy.kinds import PolicyKind

READ, BOTH = document(allow("s3:Get*")), document(allow("s3:Get*"), {**allow("s3:Put*"), "Sid": "Write"})


@pytest.fixture
def access(qtbot: Any) -> AccessPane:
    pane = AccessPane(engine())
    qtbot.addWidget(pane)
    pane.resize(900, 200)
    with qtbot.waitExposed(pane):
        pane.show()
    return pane


@pytest.fixture
def compare(qtbot: Any) -> ComparePane:
    pane = ComparePane(engine())
    qtbot.addWidget(pane)
    pane.resize(1100, 260)
    with qtbot.waitExposed(pane):
        pane.show()
    return pane


def texts(pane: AccessPane | ComparePane) -> list[str]:
    return [label.text() for label in pane.list.findChildren(WrappedLabel)]


def links(pane: AccessPane | ComparePane, name: str) -> list[LinkButton]:
    return [link for link in pane.list.findChildren(LinkButton) if link.text() == name]


def follow(pane: AccessPane, text: str, kind: PolicyKind = PolicyKind.IDENTITY) -> None:
    pane.follow(text, kind, engine().parse(text), "p.json")


def test_the_access_pane_says_what_would_fill_it(access: AccessPane) -> None:
    assert access.empty.text() == NOTHING_YET
    access.show_nothing()
    assert access.empty.text() == NOTHING_YET


def test_the_access_pane_lists_what_is_allowed(qtbot: Any, access: AccessPane) -> None:
    follow(access, document(allow("s3:Get*"), deny("s3:GetObject", "arn:aws:s3:::secret/*")))
    qtbot.waitUntil(lambda: len(access.list.rows) == 1)
    assert texts(access) == ["s3:Get* on every resource, except what statement 2 denies."]
    with qtbot.waitSignal(access.statement_chosen) as chosen:
        qtbot.mouseClick(links(access, "Statement 1")[0], Qt.MouseButton.LeftButton)
    assert chosen.args == [0]
    with qtbot.waitSignal(access.witness_chosen) as asked:
        qtbot.mouseClick(links(access, "Ask it")[0], Qt.MouseButton.LeftButton)
    assert isinstance(asked.args[0], Scenario)
    assert asked.args[0].request.action.startswith("s3:Get")


def test_the_access_pane_follows_what_is_typed(qtbot: Any, access: AccessPane) -> None:
    follow(access, READ)
    qtbot.waitUntil(lambda: len(access.list.rows) == 1)
    follow(access, BOTH)
    qtbot.waitUntil(lambda: len(access.list.rows) == 2)
    follow(access, document(deny("*")))
    qtbot.waitUntil(lambda: access.empty.text() == ALLOWS_NOTHING)


def test_the_access_pane_says_why_a_policy_cannot_be_judged(qtbot: Any, access: AccessPane) -> None:
    follow(access, '{"Version": "2012-10-17", "Statement": [{"Effect": "Maybe", "Action": "*", "Resource": "*"}]}')
    qtbot.waitUntil(lambda: "cannot be judged" in access.empty.text())


def test_a_hidden_access_pane_works_out_nothing(qtbot: Any, access: AccessPane) -> None:
    access.hide()
    follow(access, READ)
    assert not access.list.rows
    access.show()
    qtbot.waitUntil(lambda: len(access.list.rows) == 1)


def test_a_limiting_policy_is_said_to_grant_nothing(qtbot: Any, access: AccessPane) -> None:
    follow(access, READ, PolicyKind.SCP)
    qtbot.waitUntil(lambda: len(access.list.rows) == 1)
    assert texts(access)[0].startswith("A service control policy grants nothing")


def test_a_limiting_policy_that_only_denies_says_what_it_needs(qtbot: Any, access: AccessPane) -> None:
    follow(access, document(deny("iam:*")), PolicyKind.SCP)
    qtbot.waitUntil(lambda: access.empty.text().endswith(LETS_NOTHING))


def test_the_compare_pane_asks_for_something_to_compare_with(compare: ComparePane) -> None:
    compare.follow(READ, PolicyKind.IDENTITY, "p.json")
    assert compare.empty.text() == NO_SOURCE


def test_the_compare_pane_shows_text_and_meaning_of_a_change(qtbot: Any, compare: ComparePane) -> None:
    compare.follow(BOTH, PolicyKind.IDENTITY, "p.json")
    compare.set_source(Source("p.json as saved", READ))
    qtbot.waitUntil(lambda: compare.comparison is not None)
    assert compare.relation.text() == "More is allowed than before."
    assert compare.about.text() == "p.json compared with p.json as saved"
    assert texts(compare) == ["Newly allowed", "s3:Put* on every resource.", "No longer allowed: nothing"]
    with qtbot.waitSignal(compare.witness_chosen) as asked:
        qtbot.mouseClick(links(compare, "Ask it")[0], Qt.MouseButton.LeftButton)
    assert asked.args[0].request.action.startswith("s3:Put")
    with qtbot.waitSignal(compare.statement_chosen) as chosen:
        qtbot.mouseClick(links(compare, "Write")[0], Qt.MouseButton.LeftButton)
    assert chosen.args == [1]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (READ, READ, "Both allow the same."),
        (BOTH, READ, "Less is allowed than before."),
        (READ, document(allow("s3:Put*")), "Something is newly allowed, something else no longer."),
    ],
)
def test_the_compare_pane_names_the_relation(qtbot: Any, compare: ComparePane, old: str, new: str, said: str) -> None:
    compare.set_source(Source("old", old))
    compare.follow(new, PolicyKind.IDENTITY, "p.json")
    qtbot.waitUntil(lambda: compare.relation.text() == said)


def test_the_compare_pane_says_what_it_cannot_compare(qtbot: Any, compare: ComparePane) -> None:
    compare.set_source(Source("old", "no policy"))
    compare.follow(READ, PolicyKind.IDENTITY, "p.json")
    qtbot.waitUntil(lambda: "cannot be judged" in compare.empty.text())
    compare.say("Git knows no older version of this file.")
    assert compare.empty.text() == "Git knows no older version of this file."
    compare.show_nothing()
    assert compare.comparison is None


def test_the_sources_are_a_menu(qtbot: Any, compare: ComparePane) -> None:
    with qtbot.waitSignal(compare.source_wanted) as wanted:
        compare.actions_of["clipboard"].trigger()
    assert wanted.args == ["clipboard"]


def test_the_panes_take_every_theme(qtbot: Any, compare: ComparePane, access: AccessPane) -> None:
    compare.follow(BOTH, PolicyKind.IDENTITY, "p.json")
    compare.set_source(Source("old", READ))
    for theme in (DARK, LIGHT):
        compare.set_theme(theme)
        access.set_theme(theme)
    qtbot.waitUntil(lambda: compare.comparison is not None)


class Held(ProofPane):
    """A pane whose work lasts until it is let go or cancelled."""

    def __init__(self) -> None:
        super().__init__(engine(), "Held")
        self.wanted = 0
        self.let_go = threading.Event()
        self.begun: list[int] = []
        self.cancelled: list[int] = []
        self.shown: list[int] = []
        head = QHBoxLayout()
        head.addWidget(self.cancel)
        self._lay_out(head, self.list)

    def ask(self, number: int) -> None:
        self.wanted = number
        self.look()

    def _question(self) -> Question | None:
        number = self.wanted

        def work(progress: Progress) -> int:
            self.begun.append(number)
            while not self.let_go.wait(0.01):
                if progress.cancelled:
                    self.cancelled.append(number)
                    break
            return number

        return (number, work) if number else None

    def _show(self, found: int) -> None:
        self.shown.append(found)
        self._show_filled()


@pytest.fixture
def held(qtbot: Any) -> Iterator[Held]:
    pane = Held()
    qtbot.addWidget(pane)
    pane.resize(400, 200)
    with qtbot.waitExposed(pane):
        pane.show()
    yield pane
    pane.let_go.set()
    QThreadPool.globalInstance().waitForDone()


def test_a_proof_that_takes_long_can_be_cancelled(qtbot: Any, held: Held) -> None:
    held.ask(1)
    qtbot.waitUntil(held.cancel.isVisible)
    qtbot.mouseClick(held.cancel, Qt.MouseButton.LeftButton)
    assert held.empty.text() == CANCELLED
    assert not held.cancel.isVisible()
    qtbot.waitUntil(lambda: held.cancelled == [1])
    held.ask(1)  # the same question is not asked again by itself
    assert not held._slot.busy
    held.let_go.set()
    held.ask(2)
    qtbot.waitUntil(lambda: held.shown == [2])


def test_an_answer_that_came_too_late_is_dropped(qtbot: Any, held: Held) -> None:
    held.ask(1)
    qtbot.waitUntil(lambda: held.begun == [1])
    held.ask(2)
    qtbot.waitUntil(lambda: held.cancelled == [1])
    held.let_go.set()
    qtbot.waitUntil(lambda: held.shown == [2])


@pytest.mark.parametrize("make", [AccessPane, ComparePane])
def test_both_panes_can_be_cancelled(qtbot: Any, make: Any) -> None:
    pane = make(engine())
    qtbot.addWidget(pane)
    assert isinstance(pane, ProofPane)
    assert pane.isAncestorOf(pane.cancel)


def test_names_stand_in_one_column_and_only_those_of_the_open_text_are_links(qtbot: Any, compare: ComparePane) -> None:
    compare.follow(document({**allow("s3:Put*"), "Sid": "Write"}), PolicyKind.IDENTITY, "p.json")
    compare.set_source(Source("old", document({**allow("s3:Get*"), "Sid": "ReadWithALongerName"})))
    qtbot.waitUntil(lambda: compare.comparison is not None)
    assert links(compare, "Write")
    assert not links(compare, "ReadWithALongerName")
    [name] = [label for label in compare.list.findChildren(ElidedLabel) if label.text() == "ReadWithALongerName"]
    assert "of the other text" in name.toolTip()


def test_what_is_odd_about_a_witness_stands_in_its_row(qtbot: Any, compare: ComparePane) -> None:
    odd = {**allow("s3:GetObject", "arn:aws:s3:::No Bucket:/*"), "Sid": "Odd"}
    compare.follow(document({**allow("s3:Put*"), "Sid": "Write"}, odd), PolicyKind.IDENTITY, "p.json")
    compare.set_source(Source("old", document(allow("ec2:StartInstances"))))
    qtbot.waitUntil(lambda: compare.comparison is not None)
    rows = [[label.text() for label in row.findChildren(WrappedLabel)] for row in compare.list.rows]
    assert [len(row) for row in rows] == [1, 2, 1]
    assert "No request that the catalog" in rows[1][1]
    assert sum("No request that the catalog" in text for text in texts(compare)) == 1


def test_indentation_is_no_change() -> None:
    assert unified('{\n  "a": 1\n}', '{\n    "a": 1\n}') == []
    assert [line for line in unified('{\n  "a": 1\n}', '{\n    "a": 2\n}') if line[0] in "+-"] == [
        '-  "a": 1',
        '+    "a": 2',
    ]


def test_a_chooser_filters_and_takes(qtbot: Any) -> None:
    taken: list[str] = []
    lines = [(f"Policy {n}", str(n)) for n in range(300)]
    pane = QWidget()
    qtbot.addWidget(pane)
    pane.resize(700, 500)
    pane.show()
    chooser = Chooser("Choose", "Filter", lines, taken.append, pane)
    chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    chooser.open_over()
    assert not chooser.isModal()
    assert chooser.geometry().bottom() <= pane.geometry().bottom()
    assert chooser.list.count() == 201
    qtbot.keyClicks(chooser.typed, "policy 29")
    assert chooser.list.count() == 13
    qtbot.keyClicks(chooser.typed, "9")
    qtbot.keyClick(chooser.typed, Qt.Key.Key_Return)
    assert taken == ["299"]
    qtbot.keyClicks(chooser.typed, "zzz")
    assert chooser.list.item(0).text() == "Nothing has these words."


def test_a_difference_keeps_signs_and_a_little_around() -> None:
    lines = unified("a\nb\nc\nd\ne\nf\ng\nh", "a\nb\nc\nD\ne\nf\ng\nh")
    assert lines[0].startswith("@@")
    assert "-d" in lines
    assert "+D" in lines
    assert unified("a", "a") == []
