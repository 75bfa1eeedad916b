"""Below the sentence of an answer: the ways to the other decision, and every authorization with its reasons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from workbench.evaluation.decision import Decision, Dependence, Outcome, StatementRef
from workbench.gui.icons import icon, pixmap
from workbench.gui.plain import caption, tip
from workbench.gui.simulator.expander import Expander
from workbench.gui.simulator.trace import AuthorizationRow, StatementRow
from workbench.gui.simulator.uncertain import uncertain_parts
from workbench.gui.simulator.ways import WaysBox, changes_what_nobody_wrote
from workbench.gui.simulator.wording import LOOKS, example_words
from workbench.gui.theme import Theme
from workbench.gui.widgets import GRID, PADDING, ElidedLabel, FlowLayout, LinkButton, WrappedLabel

if TYPE_CHECKING:
    from workbench.engine import Answer


@dataclass(slots=True)
class Unfolded:
    """What the user has opened; it stays open in the next answer. `authorizations`: action and resource → whether."""

    authorizations: dict[tuple[str, str], bool] = field(default_factory=dict)
    notes: bool = False
    ways: bool = False


class AnswerDetails(QWidget):
    """The reasons of one answer; hidden when made, so that making and showing can be turns of their own.
    `statement_clicked` carries a StatementRef as this answer has it, `policy_clicked` the name of a policy,
    `place_clicked` the key of a text and a span in code points, `key_clicked` a context key to be given, `key_stated` a
    key and the value it is to have (None: absent), `way_chosen` a Way."""

    statement_clicked = Signal(object)
    policy_clicked = Signal(str)
    place_clicked = Signal(str, int, int)
    key_clicked = Signal(str)
    key_stated = Signal(str, object)
    way_chosen = Signal(object)

    def __init__(
        self,
        answer: Answer,
        unfolded: Unfolded,
        is_marked: Callable[[StatementRef], bool],
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.hide()
        self.answer, self._unfolded, self._is_marked = answer, unfolded, is_marked
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, GRID, PADDING)
        self._column.setSpacing(GRID)
        if answer.decision is not None:
            self._add_all(answer.decision)
        else:
            self._add_place_of_error()
        self._column.addStretch(1)

    def mark(self) -> None:
        """Sets off the rows of the statements that are marked now."""
        for row in self.findChildren(StatementRow):
            row.set_marked(self._is_marked(row.ref))

    def _add_all(self, decision: Decision) -> None:
        answer = self.answer
        self._add_left_out()
        self._add_dependences(decision.depends_on)
        self._add_ways()
        if answer.no_way:
            self._add_muted(answer.no_way)
        self._add_unknown_keys(decision)
        self._add_authorizations(decision)
        unknown = self._unknown_keys()
        self._add_missing_keys([key for key in decision.deciding.missing_keys if key.lower() not in unknown])
        self._add_policies()
        self._add_notes([note for note in decision.notes if note != answer.doubt])

    def _add_muted(self, text: str) -> None:
        label = WrappedLabel(text, self)
        label.setProperty("role", "muted")
        self._column.addWidget(label)

    def _add_place_of_error(self) -> None:
        """A link to what keeps the request from being answered, where that is a place in a text."""
        answer = self.answer
        if answer.error_key and answer.error_span is not None:
            key, start, end = answer.error_key, answer.error_span.start, answer.error_span.end
            link = LinkButton("Show the place", self)
            link.set_color(self._theme.color("accent"))
            link.clicked.connect(lambda: self.place_clicked.emit(key, start, end))
            self._column.addWidget(link)

    def _unknown_keys(self) -> dict[str, str]:
        """Lower-cased → as stated."""
        scenario = self.answer.scenario
        return {key.lower(): key for key in sorted(scenario.request.unknown)} if scenario is not None else {}

    def _add_left_out(self) -> None:
        """Policies that the question leaves aside: nobody may take the answer for one that knew them."""
        if not self.answer.left_out:
            return
        row = QHBoxLayout()
        row.setSpacing(GRID)
        shape = QLabel(self)
        shape.setPixmap(pixmap("warning", self._theme, 16, self.devicePixelRatioF()))
        row.addWidget(shape, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(WrappedLabel(self.answer.left_out, self), 1)
        self._column.addLayout(row)

    def _add_unknown_keys(self, decision: Decision) -> None:
        """Says how the reasons below read keys of unknown value that do not decide."""
        deciding = {dependence.key.lower() for dependence in decision.depends_on}
        keys = [key for lower, key in self._unknown_keys().items() if lower not in deciding]
        if keys:
            names, one = ", ".join(keys), len(keys) == 1
            self._add_muted(
                f"{names} {'is' if one else 'are'} unknown, and the answer is the same whatever "
                f"{'it is' if one else 'they are'}; below, {'it is' if one else 'they are'} taken as absent."
            )

    def _add_dependences(self, found: Sequence[Dependence]) -> None:
        """For each key that decides: what it may be, and what the answer is then."""
        if not found:
            return
        self._add_muted("It is decided once these keys are known:")
        chips = QWidget(self)
        flow = FlowLayout(chips)
        for dependence in found:
            key = dependence.key
            chip = QPushButton(caption(key), chips)
            chip.setToolTip(tip("\n".join(f"{ref.policy}, {test}" for ref, test in dependence.tests)))
            chip.setAccessibleName(f"Say what {key} is")
            menu = QMenu(chip)
            for outcome, value in dependence.examples:
                action = menu.addAction(icon(LOOKS[outcome].icon, self._theme), caption(example_words(outcome, value)))
                action.triggered.connect(lambda _checked=False, key=key, value=value: self.key_stated.emit(key, value))
            menu.addSeparator()
            menu.addAction("Another value…").triggered.connect(
                lambda _checked=False, key=key: self.key_clicked.emit(key)
            )
            chip.setMenu(menu)
            flow.addWidget(chip)
        self._column.addWidget(chips)

    def _add_missing_keys(self, keys: Sequence[str]) -> None:
        if not keys:
            return
        self._add_muted("A condition reads keys that the request does not carry. Click one to give it:")
        chips = QWidget(self)
        flow = FlowLayout(chips)
        for key in keys:
            chip = QPushButton(caption(key), chips)
            chip.setIcon(icon("plus", self._theme))
            chip.setIconSize(QSize(12, 12))
            chip.setToolTip(tip(f"Give {key} a value"))
            chip.setAccessibleName(f"Give {key} a value")
            chip.clicked.connect(lambda _checked=False, key=key: self.key_clicked.emit(key))
            flow.addWidget(chip)
        self._column.addWidget(chips)

    def _add_authorizations(self, decision: Decision) -> None:
        traces, opened = self.answer.traces, self._unfolded.authorizations
        denied, depends = decision.outcome is not Outcome.ALLOWED, decision.outcome is Outcome.DEPENDS
        for i, (found, uncertain) in enumerate(
            zip(decision.authorizations, uncertain_parts(decision, traces), strict=True)
        ):
            traced = traces[i] if i < len(traces) else ()
            deciding = found is decision.deciding
            row = AuthorizationRow(
                found,
                deciding,
                traced,
                self.answer.sources,
                self._theme,
                self.statement_clicked.emit,
                self._is_marked,
                uncertain,
                self,
            )
            name = (found.action, found.resource)
            row.set_open(opened.get(name, bool(uncertain) if depends else denied and deciding))
            row.opened.connect(lambda on, name=name: opened.__setitem__(name, on))
            self._column.addWidget(row)

    def _add_ways(self) -> None:
        ways = [way for way in self.answer.ways if not changes_what_nobody_wrote(way, self.answer.sources)]
        if ways:
            box = WaysBox(ways, self._theme, self._unfolded.ways, self)
            box.chosen.connect(self.way_chosen)
            box.opened.connect(lambda on: setattr(self._unfolded, "ways", on))
            self._column.addWidget(box)

    def _add_policies(self) -> None:
        """The policies that were asked, as links: for an implicit deny they are where the missing line belongs."""
        if self.answer.scenario is None:
            return
        policies = self.answer.scenario.policies
        asked = [*policies.identity, policies.permissions_boundary, *(policies.session or ()), policies.resource]
        names = [p.name for p in asked if p is not None and p.name in self.answer.sources]
        if not names:
            return
        line = QWidget(self)
        flow = FlowLayout(line)
        title = QLabel("Policies asked:", line)
        title.setProperty("role", "muted")
        title.setFixedHeight(title.fontMetrics().height() + GRID)
        flow.addWidget(title)
        for name in dict.fromkeys(names):
            link = LinkButton(name, line)
            link.set_color(self._theme.color("accent"))
            link.setToolTip(tip(f"Open {name}"))
            link.clicked.connect(lambda _checked=False, name=name: self.policy_clicked.emit(name))
            flow.addWidget(link)
        self._column.addWidget(line)

    def _add_notes(self, notes: Sequence[str]) -> None:
        if not notes:
            return
        title = "1 note on this answer" if len(notes) == 1 else f"{len(notes)} notes on this answer"
        head = Expander(title, self._theme, self)
        label = ElidedLabel(title, head)
        label.setProperty("role", "muted")
        head.row.addWidget(label, 1)
        body = WrappedLabel("\n".join(notes), self)
        body.setProperty("role", "muted")
        body.setContentsMargins(24, 0, 0, 0)
        body.setVisible(self._unfolded.notes)
        head.set_open(self._unfolded.notes)
        head.toggled.connect(body.setVisible)
        head.toggled.connect(lambda on: setattr(self._unfolded, "notes", on))
        self._column.addWidget(head)
        self._column.addWidget(body)
