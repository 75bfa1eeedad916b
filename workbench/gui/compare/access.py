"""The access pane: what the policy in front allows, in a few clauses that together are all of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QStackedLayout, QVBoxLayout, QWidget

from workbench.document.nodes import Document
from workbench.engine import Engine
from workbench.errors import ScenarioError
from workbench.evaluation.request import Scenario
from workbench.gui.compare.clauses import ClauseList, Row
from workbench.gui.jobs import JobSlot, Progress
from workbench.gui.theme import LIGHT, Theme
from workbench.gui.widgets import GRID, PADDING, Veil, WrappedLabel
from workbench.policy.kinds import PolicyKind

NOTHING_YET = "Open or write a policy: what it allows stands here, statement by statement, each with a request to ask."
ALLOWS_NOTHING = "This policy allows nothing."
LIMITS = {
    PolicyKind.SCP: "A service control policy grants nothing by itself; this is what it lets through.",
    PolicyKind.RCP: "A resource control policy grants nothing by itself; what it denies is taken out of everything.",
    PolicyKind.BOUNDARY: "A permissions boundary grants nothing by itself; this is what it lets through.",
}


class AccessPane(QWidget):
    """`statement_chosen(index)`: show the statement; `witness_chosen(scenario)`: ask this request. Works only while it
    can be seen; `changed` comes when it shows something new."""

    statement_chosen = Signal(int)
    witness_chosen = Signal(object)
    changed = Signal()

    def __init__(self, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("access-pane")
        self._engine, self._theme = engine, LIGHT
        self._wanted: tuple[str, PolicyKind, Document] | None = None
        self._shown: tuple[str, PolicyKind] | None = None
        self._slot = JobSlot(self)
        self._slot.finished.connect(self._show)
        self._slot.failed.connect(self._fail)
        self.head = QLabel()
        self.list = ClauseList("What the policy allows", self._ask)
        self.empty = WrappedLabel(NOTHING_YET)
        self.empty.setProperty("role", "muted")
        empty = QWidget()
        around = QVBoxLayout(empty)
        around.setContentsMargins(0, GRID, 0, 0)
        around.addWidget(self.empty)
        around.addStretch(1)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.list)
        self._stack.addWidget(empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(PADDING, GRID, PADDING, PADDING)
        column.setSpacing(GRID)
        column.addWidget(self.head)
        column.addWidget(holder, 1)
        self._veil = Veil(holder)
        self._slot.slow.connect(lambda: self._veil.show_over(True))
        self._slot.idle.connect(lambda: self._veil.show_over(False))
        self._say(NOTHING_YET)

    def follow(self, text: str, kind: PolicyKind, document: Document, name: str) -> None:
        """The text in front, its kind and tree. Worked out off the GUI thread, at once if the pane can be seen."""
        self._wanted = (text, kind, document)
        self.head.setText(f"What {name} allows" + (" (beside full access)" if kind in LIMITS else ""))
        if self.isVisible():
            self._start()

    def show_nothing(self) -> None:
        """No policy is open."""
        self._wanted = self._shown = None
        self._slot.cancel()
        self.head.setText("")
        self._say(NOTHING_YET)

    def showEvent(self, event: object) -> None:  # noqa: N802 (Qt's name)
        super().showEvent(event)  # type: ignore[arg-type]
        self._start()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._veil.set_color(theme.color("surface"))

    def stop(self) -> None:
        """Before the window goes."""
        self._slot.cancel()

    def take_focus(self) -> None:
        self.list.setFocus()

    def _start(self) -> None:
        if self._wanted is None or self._wanted[:2] == self._shown:
            return
        text, kind, document = self._wanted
        if document.root is None:
            self._shown = (text, kind)
            self._slot.cancel()
            self._say(NOTHING_YET)
            return
        proofs = self._engine.proofs

        def work(progress: Progress) -> object:
            return text, kind, proofs.summary(text, kind, lambda: progress.cancelled)

        self._slot.start(work)

    def _show(self, found: tuple) -> None:
        text, kind, clauses = found
        self._shown = (text, kind)
        self.list.clear()
        if kind in LIMITS:
            self.list.add_sentence(LIMITS[kind])
        if not clauses:
            self._say(ALLOWS_NOTHING)
            return
        self.list.add_rows(
            [Row(c.sid or f"Statement {c.index + 1}", c.text, self._to(c.index), c.scenario) for c in clauses]
        )
        self._stack.setCurrentIndex(0)
        self.changed.emit()

    def _to(self, index: int) -> Callable[[], None]:
        return lambda: self.statement_chosen.emit(index)

    def _fail(self, error: Exception) -> None:
        self._shown = self._wanted[:2] if self._wanted else None
        self._say(error.message if isinstance(error, ScenarioError) else str(error))

    def _say(self, sentence: str) -> None:
        self.empty.setText(sentence)
        self._stack.setCurrentIndex(1)
        self.changed.emit()

    def _ask(self, scenario: Scenario) -> None:
        self.witness_chosen.emit(scenario)
