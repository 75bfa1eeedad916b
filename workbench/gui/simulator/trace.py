"""One authorization in the answer: its outcome in a row, and below it, opened, what each layer said and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from workbench.evaluation.decision import Authorization, LayerOutcome, Outcome, StatementRef
from workbench.evaluation.trace import ElementTrace, LayerTrace, StatementTrace
from workbench.gui.icons import pixmap
from workbench.gui.plain import tip
from workbench.gui.simulator.expander import Expander
from workbench.gui.simulator.uncertain import Uncertain
from workbench.gui.simulator.wording import (
    LOOKS,
    SHOWN_STATEMENTS,
    layer_says,
    layer_title,
    short_statement_name,
    statement_name,
)
from workbench.gui.theme import Theme
from workbench.gui.widgets import GRID, ElidedLabel, LinkButton, WrappedLabel

_ACTION_WIDTH = 176
Follow = Callable[[StatementRef], None]
IsMarked = Callable[[StatementRef], bool]


class StatementRow(QWidget):
    """One statement: a link to it, and below it why it applies or does not. Marked while the caret is in it."""

    def __init__(self, ref: StatementRef, link: QWidget, reason: QLabel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.ref = ref
        self.marked = False
        self._theme = theme
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(link)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 0, GRID, 0)
        column.setSpacing(0)
        column.addLayout(line)
        reason.setContentsMargins(14, 0, 0, 2)
        column.addWidget(reason)

    def set_marked(self, marked: bool) -> None:
        if marked != self.marked:
            self.marked = marked
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        if self.marked:
            painter = QPainter(self)
            painter.fillRect(self.rect(), self._theme.mix("accent", "surface", 0.10))
            painter.fillRect(QRect(0, 0, 2, self.height()), self._theme.color("accent"))


class AuthorizationRow(QWidget):
    """`opened` is emitted with the new state when the user opens or closes it."""

    opened = Signal(bool)

    def __init__(
        self,
        authorization: Authorization,
        deciding: bool,
        traced: tuple[LayerTrace, ...],
        sources: Mapping[str, str],
        theme: Theme,
        follow: Follow,
        is_marked: IsMarked,
        uncertain: Uncertain,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.authorization = authorization
        self.uncertain = uncertain
        self.look = LOOKS[Outcome.DEPENDS if uncertain else authorization.outcome]
        self._says_sentence = not deciding and not uncertain  # the card says it already; or it is not known
        self._is_marked = is_marked
        self._traced = traced
        self._sources, self._theme, self._follow = sources, theme, follow
        self._body: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._head = Expander(authorization.action, theme, self)
        self._fill_head()
        self._head.toggled.connect(self._toggle)
        self._column.addWidget(self._head)

    def _fill_head(self) -> None:
        found, look = self.authorization, self.look
        shape = QLabel(self._head)
        shape.setPixmap(pixmap(look.icon, self._theme, 16, self.devicePixelRatioF()))
        shape.setToolTip(look.word)
        shape.setAccessibleName(look.word)
        action = ElidedLabel(found.action, self._head)
        action.setToolTip(tip(f"{found.action}\non {found.resource}"))
        action.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._head.row.addWidget(shape)
        # The action is what tells rows apart: where both are long, the statement gives way.
        action.setMinimumWidth(min(action.sizeHint().width(), _ACTION_WIDTH))
        self._head.row.addWidget(action, 1)
        if self.uncertain:
            words = ElidedLabel("depends", self._head)
            words.setProperty("role", "muted")
            self._head.row.addWidget(words)
        elif found.decided_by:
            decider: QWidget = self._link(found.decided_by[0], short_statement_name(found.decided_by[0]), self._head)
            self._head.row.addWidget(decider)
        else:
            nothing = ElidedLabel(
                "nothing denies it" if found.outcome is Outcome.ALLOWED else "nothing allows it", self._head
            )
            nothing.setProperty("role", "muted")
            self._head.row.addWidget(nothing, 0)

    def _link(self, ref: StatementRef, text: str, parent: QWidget) -> QWidget:
        """A link to the statement; plain words where the window has no text to show for it."""
        if ref.policy not in self._sources:
            words = ElidedLabel(text, parent)
            words.setProperty("role", "muted")
            return words
        link = LinkButton(text, parent)
        link.setToolTip(tip(f"Show {statement_name(ref)}"))
        link.setAccessibleName(f"Show {statement_name(ref)}")
        link.set_color(self._theme.color("accent"))
        link.clicked.connect(lambda: self._follow(ref))
        return link

    def set_open(self, opened: bool) -> None:
        self._head.set_open(opened)

    def is_open(self) -> bool:
        return self._head.arrow.isChecked()

    def _toggle(self, opened: bool) -> None:
        if opened and self._body is None:
            self._body = self._make_body()
            self._column.addWidget(self._body)
        if self._body is not None:
            self._body.setVisible(opened)
        self.opened.emit(opened)

    def _make_body(self) -> QWidget:
        found = self.authorization
        body = QWidget(self)
        column = QVBoxLayout(body)
        column.setContentsMargins(24, 0, 0, GRID)
        column.setSpacing(GRID)
        resource = ElidedLabel(f"on {found.resource}", body)
        resource.setProperty("role", "muted")
        column.addWidget(resource)
        if self._says_sentence:
            column.addWidget(WrappedLabel(found.sentence, body))
        for i, layer in enumerate(found.layers):
            traced = self._traced[i].statements if i < len(self._traced) else ()
            self._add_layer(column, layer, traced, body)
        if not found.layers:
            column.addWidget(_muted("No layer of policies was consulted.", body))
        return body

    def _add_layer(
        self, column: QVBoxLayout, layer: LayerOutcome, traced: tuple[StatementTrace, ...], body: QWidget
    ) -> None:
        if any(statement.ref in self.uncertain for statement in traced):
            layer = replace(layer, outcome=Outcome.DEPENDS)
        look = LOOKS[layer.outcome]
        row = QHBoxLayout()
        row.setSpacing(GRID)
        shape = QLabel(body)
        shape.setPixmap(pixmap(look.icon, self._theme, 12, self.devicePixelRatioF()))
        shape.setAccessibleName(look.word)
        title = ElidedLabel(layer_title(layer), body)
        title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        says = QLabel(layer_says(layer), body)
        says.setProperty("role", "muted")
        row.addWidget(shape)
        row.addWidget(title, 1)
        row.addWidget(says)
        column.addLayout(row)
        nearest = sorted(traced, key=lambda statement: (statement.ref not in self.uncertain, *_distance(statement)))
        for statement in nearest[:SHOWN_STATEMENTS]:
            self._add_statement(column, statement, body)
        left_out = len(nearest) - SHOWN_STATEMENTS
        if left_out > 0:
            column.addWidget(_muted(f"and {left_out:,} more statements that do not apply", body))

    def _add_statement(self, column: QVBoxLayout, statement: StatementTrace, body: QWidget) -> None:
        """The statement as a link, and why it applies or does not; or what it hangs on."""
        ref = statement.ref
        words = self.uncertain.get(ref) or "\n".join(element.sentence for element in _shown(statement))
        reason = _muted(words, body)
        applies = "may apply" if ref in self.uncertain else _APPLIES[statement.applies]
        reason.setAccessibleName(f"Why {short_statement_name(ref)} {applies}")
        row = StatementRow(ref, self._link(ref, statement_name(ref), body), reason, self._theme, body)
        row.set_marked(self._is_marked(ref))
        column.addWidget(row)


_APPLIES = {True: "applies", False: "does not apply", None: "may apply"}


def _shown(statement: StatementTrace) -> tuple[ElementTrace, ...]:
    """What a reader needs: of a statement that applies every element, of another all that fail; of one about other
    actions only that it is."""
    if statement.applies:
        return statement.elements
    failing = tuple(element for element in statement.elements if not element.holds)
    return failing[:1] if _is_about_other_actions(statement) else failing


def _is_about_other_actions(statement: StatementTrace) -> bool:
    return not statement.elements[0].holds


def _distance(statement: StatementTrace) -> tuple[bool, bool, int, int]:
    """Those that apply first, then those about the action that came closest to it, then in the policy's order."""
    failing = sum(not element.holds for element in statement.elements)
    return not statement.applies, _is_about_other_actions(statement), failing, statement.ref.statement


def _muted(text: str, parent: QWidget) -> WrappedLabel:
    label = WrappedLabel(text, parent)
    label.setProperty("role", "muted")
    return label
