"""The answer: the decision large, its sentence, and below it every authorization with its reasons."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from workbench.document.span import Span
from workbench.evaluation.decision import Decision, StatementRef
from workbench.evaluation.nearest import Way
from workbench.gui.icons import icon, pixmap
from workbench.gui.simulator.answer_details import AnswerDetails, Unfolded
from workbench.gui.simulator.sameness import looks_same
from workbench.gui.simulator.uncertain import Uncertain, uncertain_parts
from workbench.gui.simulator.wording import LOOKS, copied, with_our_quotes, without_decision
from workbench.gui.theme import LIGHT, Theme
from workbench.gui.widgets import PADDING, ElidedLabel, Veil, WrappedLabel

if TYPE_CHECKING:
    from workbench.engine import Answer

EMPTY = "Choose an action to ask whether it is allowed."
_ROOM_FOR_WORDS = 360
_NO_ANSWER = "This request cannot be answered"


class AnswerCard(QWidget):
    """Shows an Answer. `statement_clicked` carries the key of the text and the statement's span in code points,
    `policy_clicked` the key of a policy's text, `key_clicked` a context key to be given, `key_stated` a key and the
    value it is to have (None: absent), `way_chosen` a Way to the other decision."""

    statement_clicked = Signal(str, int, int)
    policy_clicked = Signal(str)
    key_clicked = Signal(str)
    key_stated = Signal(str, object)
    way_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._answer: Answer | None = None
        self._waiting_for = EMPTY
        self._unfolded = Unfolded()
        self._prepared: AnswerDetails | None = None
        self._marked: tuple[str, Span] | None = None
        self.setObjectName("answer")
        self.setMinimumHeight(120)
        self._lay_out()
        self._veil = Veil(self)
        self._refresh()

    # -- what the panel asks --------------------------------------------------------------------------------------

    @property
    def answer(self) -> Answer | None:
        """The answer that is shown."""
        return self._answer

    def prepare(self, answer: Answer) -> None:
        """Makes the details of an answer that is shown next: making and showing are each most of a frame."""
        self._drop_prepared()
        self._prepared = self._made(answer) if answer.decision is not None else None

    def show_answer(self, answer: Answer | None, looks_new: bool | None = None) -> None:
        """Shows the answer; what the user opened stays open. An answer that looks like the one shown changes nothing
        on the screen, so that a key press that decides nothing new takes no focus away; its links lead to the new
        places. `looks_new`: whether it does, where a job has found out; of a large policy that takes seconds."""
        before = self._answer
        self._answer = answer
        if looks_new is None:
            looks_new = before is None or answer is None or not same_look(before, answer)
        if looks_new:
            self._refresh()
        self._mark()

    def mark_statement(self, key: str, span: Span | None) -> None:
        """Sets off what is said of the statement at `span` of a text: the caret is in it."""
        marked = (key, span) if span is not None else None
        if marked != self._marked:
            self._marked = marked
            self._mark()

    def set_waiting_for(self, sentence: str) -> None:
        """What to say while there is nothing to answer: what is missing in the form."""
        if sentence != self._waiting_for:
            self._waiting_for = sentence
            if self._decision() is None:
                self._refresh()

    def set_stale(self, stale: bool) -> None:
        """Dims the answer: it is one to an older text or request."""
        self._veil.show_over(stale and self._answer is not None)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._drop_prepared()  # it has the colors of the old one
        self._veil.set_color(theme.color("surface"))
        self._line.setStyleSheet(f"background: {theme.color('border').name()};")
        self.copy_button.setIcon(icon("copy", theme))
        self._refresh()

    def word(self) -> str:
        """What the head of the card says, such as `Denied`."""
        return self._word.text()

    def sentence(self) -> str:
        return self._sentence.text()

    def copy(self) -> None:
        """Puts the whole answer on the clipboard as plain text."""
        if self._answer is not None and self._answer.decision is not None:
            request = self._answer.scenario.request if self._answer.scenario else None
            remarks = [self._answer.left_out] if self._answer.left_out else []
            text = copied(self._answer.decision, request, self._uncertain(self._answer.decision), remarks)
            QGuiApplication.clipboard().setText(text)

    # -- parts ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._shape = QLabel(self)
        self._shape.setFixedSize(24, 24)
        self._word = QLabel(self)
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 1.5)
        font.setBold(True)
        self._word.setFont(font)
        self._qualifier = ElidedLabel("", self, Qt.TextElideMode.ElideRight)
        self._qualifier.setProperty("role", "muted")
        self.copy_button = QPushButton("Cop&y answer", self)
        self.copy_button.setAccessibleName("Copy answer")
        self.copy_button.setToolTip("Copy the decision, its reasons and the request as text")
        self.copy_button.setIconSize(QSize(16, 16))
        self.copy_button.setFlat(True)
        self.copy_button.clicked.connect(self.copy)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(PADDING)
        head.addWidget(self._shape)
        head.addWidget(self._word)
        head.addWidget(self._qualifier, 1)
        head.addWidget(self.copy_button)
        self._sentence = WrappedLabel("", self)
        self._sentence.setAccessibleName("Answer")
        self._details = QScrollArea(self)
        self._details.setWidgetResizable(True)
        self._details.setFrameShape(QFrame.Shape.NoFrame)
        self._details.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._details.setAccessibleName("Reasons")
        self._details.viewport().setAutoFillBackground(False)
        self._line = QFrame(self)
        self._line.setFixedHeight(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._line)
        column = QVBoxLayout()
        column.setContentsMargins(PADDING, PADDING, PADDING, 0)
        column.setSpacing(PADDING)
        whole.addLayout(column)
        column.addLayout(head)
        column.addWidget(self._sentence)
        column.addWidget(self._details, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        # In a narrow dock the word of the decision has the room, and the button its picture.
        self.copy_button.setText("Cop&y answer" if self.width() >= _ROOM_FOR_WORDS else "")

    def _decision(self) -> Decision | None:
        return self._answer.decision if self._answer is not None else None

    def _refresh(self) -> None:
        answer, decision = self._answer, self._decision()
        error = answer.decision_error if answer is not None else ""
        for widget in (self._shape, self._word, self._qualifier, self.copy_button):
            widget.setVisible(decision is not None or (bool(error) and widget in (self._shape, self._word)))
        place = self._details.verticalScrollBar().value()
        if decision is not None:
            self._show_decision(decision)
        elif error:
            self._set_head("warning", "warning", _NO_ANSWER, "")
            self._say(with_our_quotes(error), muted=False)
        else:
            self._say(self._waiting_for, muted=True)
        content = self._taken(answer) if answer is not None and (decision is not None or error) else QWidget()
        self._details.setWidget(content)
        content.setAutoFillBackground(False)
        self._details.verticalScrollBar().setValue(place)
        self._veil.raise_()

    def _taken(self, answer: Answer) -> AnswerDetails:
        """The details of the answer, prepared or made now."""
        if self._prepared is not None and self._prepared.answer is answer:
            made, self._prepared = self._prepared, None
            return made
        self._drop_prepared()
        return self._made(answer)

    def _drop_prepared(self) -> None:
        if self._prepared is not None:
            self._prepared.deleteLater()
            self._prepared = None

    def _made(self, answer: Answer) -> AnswerDetails:
        details = AnswerDetails(answer, self._unfolded, self._is_marked, self._theme, self)
        details.statement_clicked.connect(self._follow)
        details.policy_clicked.connect(self._open)
        details.place_clicked.connect(self.statement_clicked)
        details.key_clicked.connect(self.key_clicked)
        details.key_stated.connect(self.key_stated)
        details.way_chosen.connect(self._choose)
        return details

    def _set_head(self, shape: str, token: str, word: str, qualifier: str) -> None:
        self._shape.setPixmap(pixmap(shape, self._theme, 24, self.devicePixelRatioF(), token))
        self._shape.setAccessibleName(word)
        palette = QPalette(self._word.palette())
        palette.setColor(QPalette.ColorRole.WindowText, self._theme.color(token))
        self._word.setPalette(palette)
        # The program's style sheet wins over a palette where it colors labels; this says the same in its own terms.
        self._word.setStyleSheet(f"color: {self._theme.color(token).name()};")
        self._word.setText(word)
        self._qualifier.setText(qualifier)

    def _say(self, sentence: str, muted: bool) -> None:
        self._sentence.setText(sentence)
        self._sentence.setProperty("role", "muted" if muted else "")
        self._sentence.style().unpolish(self._sentence)
        self._sentence.style().polish(self._sentence)
        self._sentence.updateGeometry()

    def _show_decision(self, decision: Decision) -> None:
        look = LOOKS[decision.outcome]
        self._set_head(look.icon, look.token, look.word, look.qualifier)
        self._qualifier.setToolTip(look.meaning)
        doubt = self._answer.doubt if self._answer is not None else ""
        self._say(f"{doubt} {without_decision(decision.sentence)}".lstrip(), muted=False)

    def _uncertain(self, decision: Decision) -> tuple[Uncertain, ...]:
        return uncertain_parts(decision, self._answer.traces if self._answer is not None else ())

    def _follow(self, ref: StatementRef) -> None:
        if self._answer is not None and ref.policy in self._answer.sources:
            here = self._where_now(ref)
            self.statement_clicked.emit(self._answer.sources[ref.policy], here.start.offset, here.end.offset)

    def _is_marked(self, ref: StatementRef) -> bool:
        if self._marked is None or self._answer is None:
            return False
        key, span = self._marked
        return (
            self._answer.sources.get(ref.policy) == key and span.start <= self._where_now(ref).start.offset < span.end
        )

    def _mark(self) -> None:
        content = self._details.widget()
        if isinstance(content, AnswerDetails):
            content.mark()

    def _where_now(self, ref: StatementRef) -> StatementRef:
        """The statement in the answer shown now: the text above it may have grown since its link was made."""
        answer = self._answer
        traces = answer.traces if answer is not None else ()
        traced = (statement.ref for layers in traces for layer in layers for statement in layer.statements)
        authorizations = answer.decision.authorizations if answer is not None and answer.decision else ()
        deciding = (found for authorization in authorizations for found in authorization.decided_by)
        return next((found for found in (*deciding, *traced) if looks_same(found, ref)), ref)

    def _choose(self, way: Way) -> None:
        """The same way in the answer shown now, with edits at today's places."""
        ways = self._answer.ways if self._answer is not None else ()
        self.way_chosen.emit(next((now for now in ways if now.label == way.label), way))

    def _open(self, name: str) -> None:
        if self._answer is not None and name in self._answer.sources:
            self.policy_clicked.emit(self._answer.sources[name])


def same_look(one: Answer, other: Answer) -> bool:
    """Whether both look the same on the card. Of two large policies it takes seconds."""

    def shown(answer: Answer) -> tuple[object, ...]:
        ways = tuple((way.label, way.outcome) for way in answer.ways)
        # Of the derived keys the card shows nothing, and the time among them never stays the same.
        decision = answer.decision
        if decision is not None:
            authorizations = tuple(replace(found, derived=()) for found in decision.authorizations)
            decision = replace(decision, derived=(), authorizations=authorizations)
        unknown = answer.scenario.request.unknown if answer.scenario is not None else frozenset()
        said = decision, answer.decision_error, answer.doubt, answer.left_out, unknown
        return said, answer.sources, ways, answer.no_way, answer.traces

    return looks_same(shown(one), shown(other))
