"""The compare pane: the policy in front beside another version; what changed in the text, and what it means."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QSplitter, QWidget

from workbench.engine import Engine
from workbench.gui.compare.clauses import Row, Show
from workbench.gui.compare.difference import DifferenceView, unified
from workbench.gui.compare.following import ProofPane, Question
from workbench.gui.compare.sources import Source
from workbench.gui.icons import icon
from workbench.gui.jobs import Progress
from workbench.gui.theme import LIGHT, Theme
from workbench.gui.widgets import ElidedLabel
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


class ComparePane(ProofPane):
    """`source_wanted(name)`: the user chose one of SOURCES."""

    source_wanted = Signal(str)

    def __init__(self, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(engine, "What has changed", parent)
        self.setObjectName("compare-pane")
        self.source: Source | None = None
        self.comparison: Comparison | None = None
        self._name = ""
        self._wanted: tuple[str, PolicyKind] | None = None
        self.difference = DifferenceView()
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.difference)
        self.splitter.addWidget(self.list)
        self.splitter.setSizes([420, 580])
        self._lay_out(self._made_head(), self.splitter)
        self._say(NOTHING_YET)
        self.set_theme(LIGHT)

    def _made_head(self) -> QHBoxLayout:
        self._shape = QLabel()
        self._shape.setFixedSize(16, 16)
        self.relation = QLabel()
        self.about = ElidedLabel("", mode=Qt.TextElideMode.ElideMiddle)
        self.about.setProperty("role", "muted")
        self.choose = QPushButton("Compare &with")
        menu = QMenu(self.choose)
        self.actions_of = {
            name: menu.addAction(title, lambda name=name: self.source_wanted.emit(name))
            for name, title in SOURCES.items()
        }
        self.choose.setMenu(menu)
        head = QHBoxLayout()
        head.addWidget(self._shape)
        head.addWidget(self.relation)
        head.addWidget(self.about, 1)
        head.addWidget(self.cancel)
        head.addWidget(self.choose)
        return head

    # -- what the window says -------------------------------------------------------------------------------------

    def follow(self, text: str, kind: PolicyKind, name: str) -> None:
        """The text in front and its kind; `name`: how to speak of it."""
        self._wanted = (text, kind)
        self._name = name
        self._start()

    def show_nothing(self) -> None:
        """No policy is open."""
        self._wanted = None
        self._let_go(NOTHING_YET)

    def set_source(self, source: Source | None) -> None:
        """With what to compare; None: with nothing."""
        self.source = source
        self._asked = None
        self._start()

    def say(self, sentence: str) -> None:
        """Why there is nothing to compare with."""
        self.source = None
        self._let_go(sentence)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.difference.set_theme(theme)
        self._asked = None
        self._start()

    def take_focus(self) -> None:
        (self.list if self.comparison is not None else self.choose).setFocus()

    # -- inside ---------------------------------------------------------------------------------------------------

    def _question(self) -> Question | None:
        if self._wanted is None:
            return None
        if self.source is None:
            if self.empty.text() == NOTHING_YET or self.comparison is not None:
                self._say(NO_SOURCE)
            return None
        (text, kind), source = self._wanted, self.source
        proofs = self._engine.proofs

        def work(progress: Progress) -> object:
            lines = unified(source.text, text)
            progress.report(1, 2)
            return source, lines, proofs.compare(source.text, text, kind, lambda: progress.cancelled)

        return (text, kind, source), work

    def _show(self, found: tuple) -> None:
        source, lines, comparison = found
        self.comparison = comparison
        sentence, token = RELATIONS[comparison.relation.value]
        self.relation.setText(sentence)
        self._shape.setPixmap(icon(token, self._theme, token).pixmap(QSize(16, 16)))
        self.about.setText(f"{self._name} compared with {source.name}")
        self.difference.show_difference(lines, self._theme)
        self.list.clear()
        self._add("Newly allowed", "explicit-deny", comparison.gained, self._to)
        self._add("No longer allowed", "implicit-deny", comparison.lost, lambda index: None)
        self._show_filled()

    def _add(self, title: str, token: str, verdict: Verdict, to: Callable[[int], Show | None]) -> None:
        if verdict.result.value == "PASS":
            self.list.add_heading(f"{title}: nothing", "muted", self._theme)
            return
        if verdict.result.value == "UNKNOWN":
            self.list.add_heading(f"{title}: not decided", "depends", self._theme)
            self.list.add_sentence(f"Neither is proven: {verdict.why}.")
            return
        self.list.add_heading(title, token, self._theme)
        self.list.add_rows(
            [
                Row(r.sid or f"Statement {r.index + 1}", r.text, to(r.index), r.scenario, " ".join(r.assumptions))
                for r in verdict.reasons
            ]
        )
        for sentence in verdict.assumed_of_all:
            self.list.add_sentence(sentence)

    def _say(self, sentence: str) -> None:
        self.comparison = None
        self.relation.setText("")
        self.about.setText("")
        self._shape.clear()
        super()._say(sentence)
