"""The compare pane: the policy in front beside another version; what changed in the text, and what it means."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from workbench.engine import Engine
from workbench.errors import ScenarioError
from workbench.evaluation.request import Scenario
from workbench.gui.compare.clauses import ClauseList, Row
from workbench.gui.compare.difference import DifferenceView, unified
from workbench.gui.compare.sources import Source
from workbench.gui.icons import icon
from workbench.gui.jobs import JobSlot, Progress
from workbench.gui.theme import LIGHT, Theme
from workbench.gui.widgets import GRID, PADDING, ElidedLabel, Veil, WrappedLabel
from workbench.policy.kinds import PolicyKind

if TYPE_CHECKING:
    from workbench.proof.compare import Comparison
    from workbench.proof.verdicts import Verdict

SOURCES = {
    "saved": "The file as saved",
    "file": "Another file…",
    "clipboard": "The clipboard",
    "git": "A version in git…",
    "managed": "An AWS managed policy…",
}
NOTHING_YET = "Open or write a policy, then choose with what to compare it: what it newly allows stands here."
NO_SOURCE = (
    "Choose with what to compare this policy: the file as saved, another file, the clipboard, git, AWS's library."
)
RELATIONS = {
    "equivalent": ("Both allow the same.", "allowed"),
    "narrower": ("Less is allowed than before.", "implicit-deny"),
    "wider": ("More is allowed than before.", "explicit-deny"),
    "incomparable": ("Something is newly allowed, something else no longer.", "explicit-deny"),
    "not decided": ("Not decided.", "depends"),
}
_LOOKS = {
    "allowed": "allowed",
    "implicit-deny": "implicit-deny",
    "explicit-deny": "explicit-deny",
    "depends": "depends",
}


class ComparePane(QWidget):
    """`source_wanted(name)`: the user chose one of SOURCES; `statement_chosen(index)`: show this statement of the text
    in front; `witness_chosen(scenario)`: ask this request; `changed`: it shows something new."""

    source_wanted = Signal(str)
    statement_chosen = Signal(int)
    witness_chosen = Signal(object)
    changed = Signal()

    def __init__(self, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compare-pane")
        self._engine, self._theme = engine, LIGHT
        self.source: Source | None = None
        self.comparison: Comparison | None = None
        self._name = ""
        self._wanted: tuple[str, PolicyKind] | None = None
        self._shown: tuple[str, PolicyKind, Source] | None = None
        self._slot = JobSlot(self)
        self._slot.finished.connect(self._show)
        self._slot.failed.connect(self._fail)
        self._slot.slow.connect(lambda: self._set_busy(True))
        self._slot.idle.connect(lambda: self._set_busy(False))
        self._make_head()
        self.difference = DifferenceView()
        self.list = ClauseList("What has changed", self._ask)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.difference)
        self.splitter.addWidget(self.list)
        self.splitter.setSizes([500, 500])
        self.empty = WrappedLabel(NOTHING_YET)
        self.empty.setProperty("role", "muted")
        empty = QWidget()
        around = QVBoxLayout(empty)
        around.setContentsMargins(0, GRID, 0, 0)
        around.addWidget(self.empty)
        around.addStretch(1)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.splitter)
        self._stack.addWidget(empty)
        self._stack.setCurrentIndex(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(PADDING, GRID, PADDING, PADDING)
        column.setSpacing(GRID)
        column.addLayout(self._head)
        column.addWidget(holder, 1)
        self._veil = Veil(holder)
        self.set_theme(LIGHT)

    def _make_head(self) -> None:
        self._shape = QLabel()
        self._shape.setFixedSize(16, 16)
        self.relation = QLabel()
        self.about = ElidedLabel("", mode=Qt.TextElideMode.ElideMiddle)
        self.about.setProperty("role", "muted")
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(self._slot.cancel)
        self.cancel.hide()
        self.choose = QPushButton("Compare &with")
        menu = QMenu(self.choose)
        self.actions_of = {
            name: menu.addAction(title, lambda name=name: self.source_wanted.emit(name))
            for name, title in SOURCES.items()
        }
        self.choose.setMenu(menu)
        self._head = QHBoxLayout()
        self._head.setSpacing(PADDING)
        self._head.addWidget(self._shape)
        self._head.addWidget(self.relation)
        self._head.addWidget(self.about, 1)
        self._head.addWidget(self.cancel)
        self._head.addWidget(self.choose)

    # -- what the window says -------------------------------------------------------------------------------------

    def follow(self, text: str, kind: PolicyKind, name: str) -> None:
        """The text in front and its kind; `name`: how to speak of it."""
        self._wanted = (text, kind)
        self._name = name
        self._start()

    def show_nothing(self) -> None:
        """No policy is open."""
        self._wanted = self._shown = None
        self._slot.cancel()
        self._say(NOTHING_YET)

    def set_source(self, source: Source | None) -> None:
        """With what to compare; None: with nothing."""
        self.source = source
        self._shown = None
        self._start()

    def say(self, sentence: str) -> None:
        """Why there is nothing to compare with."""
        self.source = self._shown = None
        self._slot.cancel()
        self._say(sentence)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._veil.set_color(theme.color("surface"))
        self.difference.set_theme(theme)
        self._shown = None
        self._start()

    def stop(self) -> None:
        """Before the window goes."""
        self._slot.cancel()

    def take_focus(self) -> None:
        (self.list if self.comparison is not None else self.choose).setFocus()

    def showEvent(self, event: object) -> None:  # noqa: N802 (Qt's name)
        super().showEvent(event)  # type: ignore[arg-type]
        self._start()

    # -- inside ---------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        if self._wanted is None:
            return
        if self.source is None:
            self._say(NO_SOURCE)
            return
        (text, kind), source = self._wanted, self.source
        if not self.isVisible() or self._shown == (text, kind, source):
            return
        proofs = self._engine.proofs

        def work(progress: Progress) -> object:
            lines = unified(source.text, text)
            progress.report(1, 2)
            return text, kind, source, lines, proofs.compare(source.text, text, kind, lambda: progress.cancelled)

        self._slot.start(work)

    def _show(self, found: tuple) -> None:
        text, kind, source, lines, comparison = found
        self._shown = (text, kind, source)
        self.comparison = comparison
        sentence, token = RELATIONS[comparison.relation.value]
        self.relation.setText(sentence)
        self._shape.setPixmap(icon(token, self._theme, token).pixmap(QSize(16, 16)))
        self.about.setText(f"{self._name} compared with {source.name}")
        self.difference.show_difference(lines, self._theme)
        self.list.clear()
        self._add("Newly allowed", "explicit-deny", comparison.gained, self._to)
        self._add("No longer allowed", "implicit-deny", comparison.lost, lambda index: lambda: None)
        self._stack.setCurrentIndex(0)
        self.changed.emit()

    def _add(self, title: str, token: str, verdict: Verdict, to: Callable[[int], Callable[[], object]]) -> None:
        if verdict.result.value == "PASS":
            self.list.add_heading(f"{title}: nothing", "muted", self._theme)
            return
        if verdict.result.value == "UNKNOWN":
            self.list.add_heading(f"{title}: not decided", "depends", self._theme)
            self.list.add_sentence(f"Neither is proven: {verdict.why}.")
            return
        self.list.add_heading(title, token, self._theme)
        self.list.add_rows(
            [Row(r.sid or f"Statement {r.index + 1}", r.text, to(r.index), r.scenario) for r in verdict.reasons]
        )
        for sentence in verdict.assumptions:
            self.list.add_sentence(sentence)

    def _to(self, index: int) -> Callable[[], object]:
        return lambda: self.statement_chosen.emit(index)

    def _fail(self, error: Exception) -> None:
        self._say(error.message if isinstance(error, ScenarioError) else str(error))

    def _say(self, sentence: str) -> None:
        self.comparison = None
        self.relation.setText("")
        self.about.setText("")
        self._shape.clear()
        self.empty.setText(sentence)
        self._stack.setCurrentIndex(1)
        self.changed.emit()

    def _set_busy(self, busy: bool) -> None:
        self.cancel.setVisible(busy)
        self._veil.show_over(busy)

    def _ask(self, scenario: Scenario) -> None:
        self.witness_chosen.emit(scenario)
