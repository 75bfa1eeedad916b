"""What the two panes over proofs share: they follow the text in front, work off the GUI thread while they can be seen,
can be cancelled, and show their answer or a sentence that says why there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from workbench.engine import Engine
from workbench.errors import ScenarioError
from workbench.gui.compare.clauses import ClauseList
from workbench.gui.jobs import JobSlot, Progress
from workbench.gui.theme import LIGHT, Theme
from workbench.gui.widgets import GRID, PADDING, Veil, WrappedLabel

CANCELLED = "This was cancelled. It is worked out again when the policy changes."

Question: TypeAlias = tuple[object, Callable[[Progress], Any]]
"""What is asked (equal for the same question) and the work that answers it."""


class ProofPane(QWidget):
    """`statement_chosen(index)`: show the statement; `witness_chosen(scenario)`: ask this request; `changed`: it shows
    something new. A pane says what it asks (`_question`) and how its answer looks (`_show`)."""

    statement_chosen = Signal(int)
    witness_chosen = Signal(object)
    changed = Signal()

    def __init__(self, engine: Engine, list_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._engine, self._theme = engine, LIGHT
        self._asked: object = None
        self._slot = JobSlot(self)
        self._slot.finished.connect(self._show)
        self._slot.failed.connect(self._fail)
        self._slot.slow.connect(lambda: self._set_busy(True))
        self._slot.idle.connect(lambda: self._set_busy(False))
        self.list = ClauseList(list_name, self.witness_chosen.emit)
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(self._cancel)
        self.cancel.hide()
        self.empty = WrappedLabel()
        self.empty.setProperty("role", "muted")
        self.empty.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # so that the pane can have the keys while it says why

    def _lay_out(self, head: QHBoxLayout, filled: QWidget) -> None:
        """`head` above; below it `filled`, or the sentence that stands in its place."""
        empty = QWidget()
        around = QVBoxLayout(empty)
        around.setContentsMargins(0, GRID, 0, 0)
        around.addWidget(self.empty)
        around.addStretch(1)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(filled)
        self._stack.addWidget(empty)
        head.setSpacing(PADDING)
        column = QVBoxLayout(self)
        column.setContentsMargins(PADDING, GRID, PADDING, PADDING)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(holder, 1)
        self._veil = Veil(holder)

    # -- what the window says -----------------------------------------------------------------------------------------

    def look(self) -> None:
        """The pane may have come in sight: then it follows."""
        self._start()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 (Qt's name)
        super().paintEvent(event)
        self._start()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._veil.set_color(theme.color("surface"))

    def stop(self) -> None:
        """Before the window goes."""
        self._slot.cancel()

    # -- for the panes ------------------------------------------------------------------------------------------------

    def _question(self) -> Question | None:
        """What to ask now; None where there is nothing to ask."""
        raise NotImplementedError

    def _show(self, found: Any) -> None:
        """Show the answer of the work."""
        raise NotImplementedError

    def _start(self) -> None:
        question = self._question()
        if question is None or question[0] == self._asked or not seen(self):
            return
        self._asked, work = question
        self._slot.start(work)

    def _let_go(self, sentence: str) -> None:
        """There is nothing to ask: the sentence says why."""
        self._asked = None
        self._slot.cancel()
        self._say(sentence)

    def _say(self, sentence: str) -> None:
        self.empty.setText(sentence)
        self._stack.setCurrentIndex(1)
        self.changed.emit()

    def _show_filled(self) -> None:
        self._stack.setCurrentIndex(0)
        self.changed.emit()

    def _to(self, index: int) -> Callable[[], object]:
        return lambda: self.statement_chosen.emit(index)

    def _cancel(self) -> None:
        self._slot.cancel()
        self._say(CANCELLED)

    def _fail(self, error: Exception) -> None:
        self._say(error.message if isinstance(error, ScenarioError) else str(error))

    def _set_busy(self, busy: bool) -> None:
        self.cancel.setVisible(busy)
        self._veil.show_over(busy)


def seen(widget: QWidget) -> bool:
    """Whether any of the widget can be seen; Qt calls a pane behind another's tab visible too."""
    return widget.isVisible() and not widget.visibleRegion().isEmpty()
