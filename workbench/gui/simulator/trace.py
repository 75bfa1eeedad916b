"""One authorization in the answer: its outcome in a row, and below it, opened, what each layer said and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from workbench.evaluation.decision import Authorization, LayerOutcome, Outcome, StatementRef
from workbench.evaluation.trace import LayerTrace, StatementTrace
from workbench.gui.icons import icon, pixmap
from workbench.gui.simulator.wording import (
    LOOKS,
    SHOWN_STATEMENTS,
    layer_says,
    layer_title,
    short_statement_name,
    statement_name,
)
from workbench.gui.theme import Theme
from workbench.gui.widgets import GRID, ROW_HEIGHT, ElidedLabel, LinkButton, WrappedLabel

_ACTION_WIDTH = 176
Follow = Callable[[StatementRef], None]


class _Arrow(QToolButton):
    """Right opens, Left closes, as in a tree. A plain button would use the arrow keys to go to the next button."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        if event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Left):
            self.setChecked(event.key() == Qt.Key.Key_Right)
        else:
            super().keyPressEvent(event)


class Expander(QWidget):
    """A row that opens what is below it: by its arrow, a click anywhere on it, or Space and the arrow keys."""

    toggled = Signal(bool)

    def __init__(self, title: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.title = title
        self.setFixedHeight(ROW_HEIGHT)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.arrow = _Arrow(self)
        self.arrow.setCheckable(True)
        self.arrow.setObjectName("expander")
        self.arrow.setIconSize(QSize(12, 12))
        self.arrow.setFixedSize(20, 20)
        # A checked tool button is tinted by the sheet; an open arrow is no chosen state.
        self.arrow.setStyleSheet("QToolButton:checked { background: transparent; }")
        self.arrow.toggled.connect(self._turn)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(GRID)
        self.row.addWidget(self.arrow)
        self._turn(False)

    def _turn(self, opened: bool) -> None:
        self.arrow.setIcon(icon("chevron-down" if opened else "chevron-right", self._theme))
        self.arrow.setAccessibleName(f"{'Hide' if opened else 'Show'} details: {self.title}")
        self.arrow.setToolTip("Hide details" if opened else "Show details")
        self.toggled.emit(opened)

    def set_open(self, opened: bool) -> None:
        self.arrow.setChecked(opened)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.arrow.toggle()


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
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.authorization = authorization
        self._deciding = deciding  # the card says its sentence already
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
        found, look = self.authorization, LOOKS[self.authorization.outcome]
        shape = QLabel(self._head)
        shape.setPixmap(pixmap(look.icon, self._theme, 16, self.devicePixelRatioF()))
        shape.setToolTip(look.word)
        shape.setAccessibleName(look.word)
        action = ElidedLabel(found.action, self._head)
        action.setToolTip(f"{found.action}\non {found.resource}")
        action.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._head.row.addWidget(shape)
        # The action is what tells rows apart: where both are long, the statement gives way.
        action.setMinimumWidth(min(action.sizeHint().width(), _ACTION_WIDTH))
        self._head.row.addWidget(action, 1)
        if found.decided_by:
            decider: QWidget = self._link(found.decided_by[0], short_statement_name(found.decided_by[0]), self._head)
            self._head.row.addWidget(decider)
        else:
            words = "nothing denies it" if found.outcome is Outcome.ALLOWED else "nothing allows it"
            nothing = ElidedLabel(words, self._head)
            nothing.setProperty("role", "muted")
            self._head.row.addWidget(nothing, 0)

    def _link(self, ref: StatementRef, text: str, parent: QWidget) -> QWidget:
        """A link to the statement; plain words where the window has no text to show for it."""
        if ref.policy not in self._sources:
            words = ElidedLabel(text, parent)
            words.setProperty("role", "muted")
            return words
        link = LinkButton(text, parent)
        link.setToolTip(f"Show {statement_name(ref)}")
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
        if not self._deciding:
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
        nearest = sorted(traced, key=_distance)
        for statement in nearest[:SHOWN_STATEMENTS]:
            self._add_statement(column, statement, body)
        left_out = len(nearest) - SHOWN_STATEMENTS
        if left_out > 0:
            column.addWidget(_muted(f"and {left_out:,} more statements that do not apply", body))

    def _add_statement(self, column: QVBoxLayout, statement: StatementTrace, body: QWidget) -> None:
        """The statement as a link, and why it applies or does not."""
        line = QHBoxLayout()
        line.setContentsMargins(14, 0, 0, 0)
        line.addWidget(self._link(statement.ref, statement_name(statement.ref), body))
        line.addStretch(1)
        column.addLayout(line)
        shown = statement.elements if statement.applies else [e for e in statement.elements if not e.holds]
        reason = _muted("\n".join(element.sentence for element in shown), body)
        reason.setContentsMargins(14, 0, 0, 0)
        reason.setAccessibleName(f"Why {short_statement_name(statement.ref)} {_APPLIES[statement.applies]}")
        column.addWidget(reason)


_APPLIES = {True: "applies", False: "does not apply", None: "may apply"}


def _distance(statement: StatementTrace) -> tuple[bool, bool, int, int]:
    """Those that apply first, then those that may, those that came closest to it, then in the policy's order."""
    return not statement.applies, statement.applies is False, -len(statement.elements), statement.ref.statement


def _muted(text: str, parent: QWidget) -> WrappedLabel:
    label = WrappedLabel(text, parent)
    label.setProperty("role", "muted")
    return label
