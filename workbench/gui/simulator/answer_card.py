"""The answer: the decision large, its sentence, and below it every authorization with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QScrollArea, QVBoxLayout, QWidget

from workbench.document.span import Span
from workbench.evaluation.decision import Decision, Dependence, Outcome, StatementRef
from workbench.evaluation.nearest import Way
from workbench.gui.icons import icon, pixmap
from workbench.gui.simulator.expander import Expander
from workbench.gui.simulator.sameness import looks_same
from workbench.gui.simulator.trace import AuthorizationRow, StatementRow
from workbench.gui.simulator.uncertain import Uncertain, uncertain_parts
from workbench.gui.simulator.ways import WaysBox
from workbench.gui.simulator.wording import LOOKS, copied, example_words, with_our_quotes, without_decision
from workbench.gui.theme import LIGHT, Theme
from workbench.gui.widgets import GRID, PADDING, ElidedLabel, FlowLayout, LinkButton, Veil, WrappedLabel

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
        self._opened: dict[tuple[str, str], bool] = {}
        self._notes_open = self._ways_open = False
        self._marked: tuple[str, Span] | None = None
        self.setObjectName("answer")
        self.setMinimumHeight(120)
        self._lay_out()
        self._veil = Veil(self)
        self._refresh()

    # -- what the panel asks --------------------------------------------------------------------------------------

    def show_answer(self, answer: Answer | None) -> None:
        """Shows the answer; what the user opened stays open. An answer that looks like the one shown changes nothing
        on the screen, so that a key press that decides nothing new takes no focus away; its links lead to the new
        places."""
        before = self._answer
        self._answer = answer
        if before is None or answer is None or not _same(before, answer):
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
        decision = self._decision()
        error = self._answer.decision_error if self._answer is not None else ""
        for widget in (self._shape, self._word, self._qualifier, self.copy_button):
            widget.setVisible(decision is not None or (bool(error) and widget in (self._shape, self._word)))
        place = self._details.verticalScrollBar().value()
        if decision is not None:
            self._show_decision(decision)
        elif error:
            self._set_head("warning", "warning", _NO_ANSWER, "")
            self._say(with_our_quotes(error), muted=False)
            self._details.setWidget(self._place_of_error())
        else:
            self._say(self._waiting_for, muted=True)
            self._details.setWidget(QWidget())
        self._details.widget().setAutoFillBackground(False)
        self._details.verticalScrollBar().setValue(place)
        self._veil.raise_()

    def _place_of_error(self) -> QWidget:
        """A link to what keeps the request from being answered, where that is a place in a text."""
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, GRID, PADDING)
        answer = self._answer
        if answer is not None and answer.error_key and answer.error_span is not None:
            key, start, end = answer.error_key, answer.error_span.start, answer.error_span.end
            link = LinkButton("Show the place", content)
            link.set_color(self._theme.color("accent"))
            link.clicked.connect(lambda: self.statement_clicked.emit(key, start, end))
            column.addWidget(link)
        column.addStretch(1)
        return content

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
        answer = self._answer
        doubt = answer.doubt if answer is not None else ""
        self._say(f"{doubt} {without_decision(decision.sentence)}".lstrip(), muted=False)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, GRID, PADDING)
        column.setSpacing(GRID)
        self._add_left_out(column, content)
        self._add_dependences(column, decision.depends_on, content)
        self._add_ways(column, content)
        if answer is not None and answer.no_way:
            column.addWidget(_muted(answer.no_way, content))
        self._add_unknown_keys(column, decision, content)
        self._add_authorizations(column, decision, content)
        unknown = self._unknown_keys()
        missing = [key for key in decision.deciding.missing_keys if key.lower() not in unknown]
        self._add_missing_keys(column, missing, content)
        self._add_policies(column, content)
        self._add_notes(column, [note for note in decision.notes if note != doubt], content)
        column.addStretch(1)
        self._details.setWidget(content)

    def _unknown_keys(self) -> dict[str, str]:
        """Lower-cased → as stated."""
        scenario = self._answer.scenario if self._answer is not None else None
        return {key.lower(): key for key in sorted(scenario.request.unknown)} if scenario is not None else {}

    def _uncertain(self, decision: Decision) -> tuple[Uncertain, ...]:
        return uncertain_parts(decision, self._answer.traces if self._answer is not None else ())

    def _add_left_out(self, column: QVBoxLayout, parent: QWidget) -> None:
        """Policies that the question leaves aside: nobody may take the answer for one that knew them."""
        if self._answer is None or not self._answer.left_out:
            return
        row = QHBoxLayout()
        row.setSpacing(GRID)
        shape = QLabel(parent)
        shape.setPixmap(pixmap("warning", self._theme, 16, self.devicePixelRatioF()))
        row.addWidget(shape, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(WrappedLabel(self._answer.left_out, parent), 1)
        column.addLayout(row)

    def _add_unknown_keys(self, column: QVBoxLayout, decision: Decision, parent: QWidget) -> None:
        """Says how the reasons below read keys of unknown value that do not decide."""
        deciding = {dependence.key.lower() for dependence in decision.depends_on}
        keys = [key for lower, key in self._unknown_keys().items() if lower not in deciding]
        if keys:
            names, one = ", ".join(keys), len(keys) == 1
            column.addWidget(
                _muted(
                    f"{names} {'is' if one else 'are'} unknown, and the answer is the same whatever "
                    f"{'it is' if one else 'they are'}; below, {'it is' if one else 'they are'} taken as absent.",
                    parent,
                )
            )

    def _add_dependences(self, column: QVBoxLayout, found: Sequence[Dependence], parent: QWidget) -> None:
        """For each key that decides: what it may be, and what the answer is then."""
        if not found:
            return
        column.addWidget(_muted("It is decided once these keys are known:", parent))
        chips = QWidget(parent)
        flow = FlowLayout(chips)
        for dependence in found:
            key = dependence.key
            chip = QPushButton(key, chips)
            chip.setToolTip("\n".join(f"{ref.policy}, {test}" for ref, test in dependence.tests))
            chip.setAccessibleName(f"Say what {key} is")
            menu = QMenu(chip)
            for outcome, value in dependence.examples:
                action = menu.addAction(icon(LOOKS[outcome].icon, self._theme), example_words(outcome, value))
                action.triggered.connect(lambda _checked=False, key=key, value=value: self.key_stated.emit(key, value))
            menu.addSeparator()
            menu.addAction("Another value…").triggered.connect(
                lambda _checked=False, key=key: self.key_clicked.emit(key)
            )
            chip.setMenu(menu)
            flow.addWidget(chip)
        column.addWidget(chips)

    def _add_missing_keys(self, column: QVBoxLayout, keys: Sequence[str], parent: QWidget) -> None:
        if not keys:
            return
        column.addWidget(
            _muted("A condition reads keys that the request does not carry. Click one to give it:", parent)
        )
        chips = QWidget(parent)
        flow = FlowLayout(chips)
        for key in keys:
            chip = QPushButton(key, chips)
            chip.setIcon(icon("plus", self._theme))
            chip.setIconSize(QSize(12, 12))
            chip.setToolTip(f"Give {key} a value")
            chip.setAccessibleName(f"Give {key} a value")
            chip.clicked.connect(lambda _checked=False, key=key: self.key_clicked.emit(key))
            flow.addWidget(chip)
        column.addWidget(chips)

    def _add_authorizations(self, column: QVBoxLayout, decision: Decision, parent: QWidget) -> None:
        sources = self._answer.sources if self._answer is not None else {}
        denied = decision.outcome is not Outcome.ALLOWED
        traces = self._answer.traces if self._answer is not None else ()
        for i, (found, uncertain) in enumerate(zip(decision.authorizations, self._uncertain(decision), strict=True)):
            traced = traces[i] if i < len(traces) else ()
            deciding = found is decision.deciding
            row = AuthorizationRow(
                found, deciding, traced, sources, self._theme, self._follow, self._is_marked, uncertain, parent
            )
            name = (found.action, found.resource)
            depends = decision.outcome is Outcome.DEPENDS
            row.set_open(self._opened.get(name, bool(uncertain) if depends else denied and deciding))
            row.opened.connect(lambda on, name=name: self._opened.__setitem__(name, on))
            column.addWidget(row)

    def _add_ways(self, column: QVBoxLayout, parent: QWidget) -> None:
        ways = self._answer.ways if self._answer is not None else ()
        if ways:
            box = WaysBox(ways, self._theme, self._ways_open, parent)
            box.chosen.connect(self._choose)
            box.opened.connect(lambda on: setattr(self, "_ways_open", on))
            column.addWidget(box)

    def _add_policies(self, column: QVBoxLayout, parent: QWidget) -> None:
        """The policies that were asked, as links: for an implicit deny they are where the missing line belongs."""
        if self._answer is None or self._answer.scenario is None:
            return
        policies = self._answer.scenario.policies
        asked = [*policies.identity, policies.permissions_boundary, *(policies.session or ()), policies.resource]
        names = [p.name for p in asked if p is not None and p.name in self._answer.sources]
        if not names:
            return
        line = QWidget(parent)
        flow = FlowLayout(line)
        title = QLabel("Policies asked:", line)
        title.setProperty("role", "muted")
        title.setFixedHeight(title.fontMetrics().height() + GRID)
        flow.addWidget(title)
        for name in dict.fromkeys(names):
            link = LinkButton(name, line)
            link.set_color(self._theme.color("accent"))
            link.setToolTip(f"Open {name}")
            link.clicked.connect(lambda _checked=False, name=name: self._open(name))
            flow.addWidget(link)
        column.addWidget(line)

    def _add_notes(self, column: QVBoxLayout, notes: Sequence[str], parent: QWidget) -> None:
        if not notes:
            return
        title = "1 note on this answer" if len(notes) == 1 else f"{len(notes)} notes on this answer"
        head = Expander(title, self._theme, parent)
        label = ElidedLabel(title, head)
        label.setProperty("role", "muted")
        head.row.addWidget(label, 1)
        body = WrappedLabel("\n".join(notes), parent)
        body.setProperty("role", "muted")
        body.setContentsMargins(24, 0, 0, 0)
        body.setVisible(self._notes_open)
        head.set_open(self._notes_open)
        head.toggled.connect(body.setVisible)
        head.toggled.connect(lambda on: setattr(self, "_notes_open", on))
        column.addWidget(head)
        column.addWidget(body)

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
        for row in content.findChildren(StatementRow) if content is not None else ():
            row.set_marked(self._is_marked(row.ref))

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


def _muted(text: str, parent: QWidget) -> WrappedLabel:
    label = WrappedLabel(text, parent)
    label.setProperty("role", "muted")
    return label


def _same(one: Answer, other: Answer) -> bool:
    """Whether both look the same on the card."""

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
