"""The answer card and the panel around it: the decision in words, links, chips, and what stays through an answer."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPushButton, QToolButton

from workbench.document.span import Position, Span
from workbench.engine import Answer, Engine, Validation
from workbench.evaluation.decision import (
    Authorization,
    Decision,
    Dependence,
    LayerOutcome,
    Outcome,
    StatementRef,
)
from workbench.evaluation.request import NamedPolicy, PolicySet, Principal, Request, Scenario
from workbench.evaluation.trace import ElementTrace, LayerTrace, StatementTrace
from workbench.gui.simulator.answer_card import EMPTY
from workbench.gui.simulator.answer_details import AnswerDetails
from workbench.gui.simulator.panel import INCOMPLETE, RequestPanel
from workbench.gui.simulator.trace import AuthorizationRow, Expander
from workbench.gui.simulator.ways import WaysBox
from workbench.gui.simulator.wording import LOOKS, example_words, without_decision
from workbench.gui.theme import DARK
from workbench.gui.widgets import LinkButton, WrappedLabel
from workbench.policy.kinds import PolicyKind

ARN = "arn:aws:sagemaker:us-east-1:111122223333:training-job/x"
TRAIN = StatementRef("identity", "studio-user", 1, "Train", "Allow", Position(4, 4, 30), Position(9, 5, 120))
OTHER = StatementRef("identity", "elsewhere", 0, "", "Allow", Position(1, 0, 0), Position(2, 0, 9))
REQUEST = Request(Principal(arn="arn:aws:iam::111122223333:user/ann"), "sagemaker:CreateTrainingJob", (ARN,))
CREATE = Authorization(
    "sagemaker:CreateTrainingJob",
    ARN,
    Outcome.ALLOWED,
    "identity",
    "Allowed: statement Train of studio-user allows it.",
    (TRAIN,),
    (LayerOutcome("identity", Outcome.ALLOWED, (TRAIN,)),),
)
TAGS = Authorization(
    "sagemaker:AddTags",
    ARN,
    Outcome.IMPLICIT_DENY,
    "identity",
    "Denied: no statement allows sagemaker:AddTags on training-job/x.",
    layers=(LayerOutcome("identity", Outcome.IMPLICIT_DENY),),
    missing_keys=("aws:SourceVpc",),
    why="the call tags what it creates",
)
DENIED = Decision(Outcome.IMPLICIT_DENY, TAGS.sentence, (CREATE, TAGS), ("Studio's tag names are inferred.",))
ALLOWED = Decision(Outcome.ALLOWED, CREATE.sentence, (CREATE,))


def answer(decision: Decision | None = DENIED, error: str = "", **more: Any) -> Answer:
    engine_text = Engine().parse("{}")
    scenario = Scenario(REQUEST, PolicySet(identity=(NamedPolicy("studio-user", "{}"), NamedPolicy("elsewhere", "{}"))))
    return Answer(
        Validation(PolicyKind.IDENTITY, engine_text, (), ()),
        decision,
        error,
        scenario if decision else None,
        {"studio-user": "policies/studio-user.json"},
        **more,
    )


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.fixture
def panel(qtbot: Any, engine: Engine) -> RequestPanel:
    panel = RequestPanel(engine)
    qtbot.addWidget(panel)
    panel.resize(400, 620)
    panel.show()
    return panel


def shown(panel: RequestPanel, kind: type) -> list[Any]:
    return [w for w in panel.card.findChildren(kind) if w.isVisibleTo(panel.card) and w.parent() is not None]


def rows(panel: RequestPanel) -> list[AuthorizationRow]:
    return list(panel.card._details.widget().findChildren(AuthorizationRow))


def words(panel: RequestPanel) -> str:
    return "\n".join(label.text() for label in shown(panel, WrappedLabel))


def test_every_outcome_has_a_shape_and_a_word_of_its_own() -> None:
    assert len({look.icon for look in LOOKS.values()}) == len(Outcome)
    assert len({(look.word, look.qualifier) for look in LOOKS.values()}) == len(Outcome)


@pytest.mark.parametrize(
    ("sentence", "shown_as"),
    [
        ("Denied: no statement allows it.", "No statement allows it."),
        ("Allowed: sagemaker:AddTags needs nothing.", "sagemaker:AddTags needs nothing."),
        ("Depends on aws:SourceVpc.", "Depends on aws:SourceVpc."),
        ("Denied: ", "Denied: "),
    ],
)
def test_the_word_is_not_said_twice(sentence: str, shown_as: str) -> None:
    assert without_decision(sentence) == shown_as


def test_an_empty_card_says_what_to_do(panel: RequestPanel) -> None:
    assert panel.request() is None
    assert panel.card.sentence() == EMPTY
    assert not panel.card.copy_button.isVisible()
    panel.form.action.setText("nonsense")
    panel.form.principal.setCurrentText("*")
    assert panel.card.sentence() == INCOMPLETE


def test_a_decision_is_a_word_and_a_sentence(panel: RequestPanel) -> None:
    panel.show_answer(answer())
    assert panel.card.word() == "Denied"
    assert panel.card._qualifier.text() == "implicit"
    assert panel.card.sentence() == "No statement allows sagemaker:AddTags on training-job/x."
    panel.show_answer(answer(ALLOWED))
    assert panel.card.word() == "Allowed"
    assert panel.card._qualifier.text() == ""


def test_a_request_that_cannot_be_judged_says_why(panel: RequestPanel) -> None:
    panel.show_answer(answer())
    panel.show_answer(answer(None, "The policy studio-user is not JSON."))
    assert panel.card.word() == "This request cannot be answered"
    assert panel.card.sentence() == "The policy studio-user is not JSON."
    assert rows(panel) == []
    assert not panel.card.copy_button.isVisible()


def test_the_authorization_that_decided_is_open(panel: RequestPanel) -> None:
    panel.show_answer(answer())
    assert [(r.authorization.action, r.is_open()) for r in rows(panel)] == [
        ("sagemaker:CreateTrainingJob", False),
        ("sagemaker:AddTags", True),
    ]


def test_what_was_opened_stays_open_in_the_next_answer(panel: RequestPanel) -> None:
    panel.show_answer(answer())
    rows(panel)[0].set_open(True)
    rows(panel)[1].set_open(False)
    panel.show_answer(answer(dataclasses.replace(DENIED, notes=())))
    assert [r.is_open() for r in rows(panel)] == [True, False]


def test_a_deciding_statement_is_a_link(qtbot: Any, panel: RequestPanel) -> None:
    panel.show_answer(answer())
    link = next(w for w in shown(panel, LinkButton) if w.text() == "Train")
    with qtbot.waitSignal(panel.statement_clicked) as caught:
        qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    assert caught.args == ["policies/studio-user.json", 30, 120]
    with qtbot.waitSignal(panel.statement_clicked):
        qtbot.keyClick(link, Qt.Key.Key_Space)


def test_a_statement_without_a_text_to_show_is_no_link(panel: RequestPanel) -> None:
    there = dataclasses.replace(CREATE, decided_by=(OTHER,))
    panel.show_answer(answer(dataclasses.replace(ALLOWED, authorizations=(there,))))
    assert "Statement 1 of elsewhere" not in [w.text() for w in shown(panel, LinkButton)]


def test_an_opened_row_shows_layers_and_why_each_statement_applies(panel: RequestPanel) -> None:
    reason = ElementTrace("Action", True, Span(40, 50), "Action lists sagemaker:CreateTrainingJob.")
    traced = StatementTrace(TRAIN, applies=True, elements=(reason,))
    panel.show_answer(answer(ALLOWED, traces=((LayerTrace(CREATE.layers[0], (traced,)),),)))
    rows(panel)[0].set_open(True)
    links = [w.text() for w in shown(panel, LinkButton)]
    assert "Train, studio-user 4:5" in links
    assert "Action lists sagemaker:CreateTrainingJob." in words(panel)


def test_a_statement_about_other_actions_folds_and_another_says_all_that_fails(panel: RequestPanel) -> None:
    def element(name: str, holds: bool, sentence: str) -> ElementTrace:
        return ElementTrace(name, holds, Span(40, 50), sentence)

    fails = (element("Resource", False, "Wrong resource."), element("Condition", False, "Wrong network."))
    other = StatementTrace(OTHER, False, (element("Action", False, "Other action."), *fails))
    close = StatementTrace(TRAIN, False, (element("Action", True, "This action."), *fails))
    panel.show_answer(answer(ALLOWED, traces=((LayerTrace(CREATE.layers[0], (other, close)),),)))
    rows(panel)[0].set_open(True)
    said = [line for line in words(panel).splitlines() if "action." in line or line.startswith("Wrong")]
    assert said == ["Wrong resource.", "Wrong network.", "Other action."]


def test_an_answer_of_another_second_keeps_the_card(panel: RequestPanel) -> None:
    def at(time: str) -> Decision:
        derived = (("aws:CurrentTime", time),)
        return dataclasses.replace(
            ALLOWED, derived=derived, authorizations=(dataclasses.replace(CREATE, derived=derived),)
        )

    panel.show_answer(answer(at("1")))
    before = rows(panel)[0]
    panel.show_answer(answer(at("2")))
    assert rows(panel)[0] is before


def test_a_way_that_attaches_a_policy_is_read_and_not_pressed(panel: RequestPanel, engine: Engine) -> None:
    bare = Scenario(Request(Principal(arn="arn:aws:iam::111111111111:user/u"), "s3:GetObject", ("*",)))
    panel.show_answer(answer(ways=engine.ways(bare)))
    assert "Attach an identity policy that allows s3:GetObject." in words(panel)
    [box] = shown(panel, WaysBox)
    assert box.buttons == []


def test_an_answer_that_nothing_turns_says_so(panel: RequestPanel) -> None:
    panel.show_answer(answer(ALLOWED, no_way="Nothing would deny it."))
    assert "Nothing would deny it." in words(panel)
    panel.show_answer(answer(ALLOWED))
    assert "Nothing would deny it." not in words(panel)


def test_a_policy_that_was_asked_opens(qtbot: Any, panel: RequestPanel) -> None:
    panel.show_answer(answer())
    link = next(w for w in shown(panel, LinkButton) if w.text() == "studio-user")
    with qtbot.waitSignal(panel.open_requested) as caught:
        link.click()
    assert caught.args == ["policies/studio-user.json"]
    assert "elsewhere" not in [w.text() for w in shown(panel, LinkButton)]


def test_a_missing_key_is_a_chip_that_goes_to_its_value(qtbot: Any, panel: RequestPanel) -> None:
    panel.show_answer(answer())
    chip = next(w for w in shown(panel, QPushButton) if w.text() == "aws:SourceVpc")
    with qtbot.waitSignal(panel.request_changed):
        chip.click()
    table = panel.form.context
    assert [table.row(i).key for i in range(table.rowCount() - 1)] == ["aws:SourceVpc"]  # type: ignore[union-attr]
    assert panel.form.context_view.currentIndex().column() == 1


def test_a_key_that_decides_is_stated_with_one_press(qtbot: Any, panel: RequestPanel) -> None:
    examples = ((Outcome.ALLOWED, "vpc-1"), (Outcome.IMPLICIT_DENY, None))
    depends = Dependence("aws:SourceVpc", ((TRAIN, "StringEquals vpc-1"),), examples)
    panel.form.context.set_request(dataclasses.replace(REQUEST, unknown=frozenset({"aws:SourceVpc"})))
    open_question = dataclasses.replace(
        ALLOWED, outcome=Outcome.DEPENDS, sentence="Depends on aws:SourceVpc.", depends_on=(depends,)
    )
    panel.show_answer(answer(open_question))
    assert panel.card.word() == "Depends"
    chip = next(w for w in shown(panel, QPushButton) if w.text() == "aws:SourceVpc")
    choices = {a.text(): a for a in chip.menu().actions() if a.text()}
    assert list(choices) == ["vpc-1: allowed", "absent: denied", "Another value…"]
    choices["vpc-1: allowed"].trigger()
    assert panel.form.context.context() == {"aws:SourceVpc": "vpc-1"}
    choices["absent: denied"].trigger()
    assert panel.form.context.context() == {}
    assert example_words(Outcome.ALLOWED, ("a", "b")) == "a, b: allowed"


def test_notes_open_on_demand(panel: RequestPanel) -> None:
    panel.show_answer(answer())
    head = next(e for e in shown(panel, Expander) if "note" in e.title)
    assert head.title == "1 note on this answer"
    assert "inferred" not in words(panel)
    head.set_open(True)
    assert "Studio's tag names are inferred." in words(panel)


def test_an_expander_opens_by_click_and_arrow_keys(qtbot: Any, panel: RequestPanel) -> None:
    panel.show_answer(answer())
    head = next(e for e in shown(panel, Expander) if e.title == "sagemaker:CreateTrainingJob")
    qtbot.mouseClick(head, Qt.MouseButton.LeftButton)
    assert head.arrow.isChecked()
    qtbot.keyClick(head.arrow, Qt.Key.Key_Left)
    assert not head.arrow.isChecked()
    qtbot.keyClick(head.arrow, Qt.Key.Key_Right)
    assert head.arrow.isChecked()
    assert head.arrow.accessibleName() == "Hide details: sagemaker:CreateTrainingJob"


def test_the_copied_answer_holds_request_and_reasons(qtbot: Any, panel: RequestPanel) -> None:
    panel.show_answer(answer())
    qtbot.mouseClick(panel.card.copy_button, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    for part in ("Denied (implicitDeny)", TAGS.sentence, f"Resource: {ARN}", "Train, studio-user 4:5", "aws:SourceVpc"):
        assert part in text


def test_an_equal_answer_touches_nothing(panel: RequestPanel) -> None:
    panel.show_answer(answer())
    before = panel.card._details.widget()
    panel.show_answer(answer())
    assert panel.card._details.widget() is before


def test_an_answer_prepared_is_the_one_shown(panel: RequestPanel) -> None:
    panel.show_answer(answer())
    shown_before, coming = panel.card._details.widget(), answer(ALLOWED)
    panel.card.prepare(coming)
    (prepared,) = (w for w in panel.card.findChildren(AnswerDetails) if w is not shown_before)
    assert not prepared.isVisible(), "what is being made is not seen yet"
    assert panel.card._details.widget() is shown_before
    panel.show_answer(coming)
    assert panel.card._details.widget() is prepared
    assert prepared.isVisible()


def test_of_what_was_prepared_for_another_answer_or_theme_nothing_is_shown(qtbot: Any, panel: RequestPanel) -> None:
    def details() -> list[AnswerDetails]:
        return list(panel.card.findChildren(AnswerDetails))

    panel.card.prepare(answer(ALLOWED))
    (prepared,) = details()
    panel.show_answer(answer())
    assert panel.card._details.widget() is not prepared
    qtbot.waitUntil(lambda: details() == [panel.card._details.widget()])
    coming = answer(ALLOWED)
    panel.card.prepare(coming)
    (light,) = (w for w in details() if w is not panel.card._details.widget())
    panel.card.set_theme(DARK)
    panel.show_answer(coming)
    assert panel.card._details.widget() is not light
    qtbot.waitUntil(lambda: details() == [panel.card._details.widget()])


def test_derived_keys_come_with_the_answer(panel: RequestPanel) -> None:
    panel.show_answer(answer(dataclasses.replace(ALLOWED, derived=(("aws:SecureTransport", "true"),))))
    row = panel.form.context.row(0)
    assert row is not None
    assert (row.key, row.text, row.state) == ("aws:SecureTransport", "true", "derived")


def test_a_stale_answer_is_dimmed_until_the_next(panel: RequestPanel) -> None:
    panel.set_stale(True)
    assert not panel.card._veil.isVisible(), "there is nothing to dim yet"
    panel.show_answer(answer())
    panel.set_stale(True)
    assert panel.card._veil.isVisible()
    assert panel.card._veil.geometry() == panel.card.rect()
    panel.show_answer(answer())
    assert not panel.card._veil.isVisible()


def test_the_card_stays_in_sight_however_low_the_panel(panel: RequestPanel) -> None:
    panel.show_answer(answer())
    panel.resize(300, 320)
    panel.splitter.setSizes([10_000, 0])
    assert panel.card.height() >= panel.card.minimumHeight() > 0
    assert panel.card._word.isVisible()


def test_long_names_widen_nothing(panel: RequestPanel) -> None:
    panel.show_answer(answer())
    width = panel.minimumSizeHint().width()
    long = dataclasses.replace(TAGS, action="sagemaker:" + "A" * 300, resource=ARN * 5, missing_keys=("k" * 300,))
    panel.show_answer(answer(dataclasses.replace(DENIED, sentence=ARN * 5, authorizations=(long,))))
    assert panel.minimumSizeHint().width() == width
    content = panel.card._details.widget()
    assert content.minimumSizeHint().width() <= panel.card.width()


def test_the_panel_takes_the_dark_theme(panel: RequestPanel) -> None:
    panel.show_answer(answer())
    panel.set_theme(DARK)
    color = panel.card._word.palette().color(panel.card._word.foregroundRole())
    assert color == DARK.color("implicit-deny")
    assert panel.card.word() == "Denied"


def test_every_button_has_a_name(panel: RequestPanel) -> None:
    panel.show_answer(answer())
    buttons = [*panel.findChildren(QToolButton), *panel.findChildren(QPushButton)]
    own = [b for b in buttons if not isinstance(b.parent(), QLineEdit)]  # those in a line edit are Qt's
    assert [b for b in own if not (b.text() or b.accessibleName())] == []
