"""The access pane: what the policy in front allows, in a few clauses that together are all of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workbench.document.nodes import Document
from workbench.engine import Engine
from workbench.gui.compare.clauses import Row
from workbench.gui.compare.following import ProofPane, Question
from workbench.gui.jobs import Progress
from workbench.gui.widgets import ElidedLabel
from workbench.policy.kinds import PolicyKind

NOTHING_YET = "Open or write a policy: what it allows stands here, statement by statement, each with a request to ask."
ALLOWS_NOTHING = "This policy allows nothing."
LETS_NOTHING = "By itself it lets nothing through: it needs a statement, or another such policy beside it, that allows."
LIMITS = {
    PolicyKind.SCP: "A service control policy grants nothing by itself; this is what it lets through.",
    PolicyKind.RCP: "A resource control policy grants nothing by itself; what it denies is taken out of everything.",
    PolicyKind.BOUNDARY: "A permissions boundary grants nothing by itself; this is what it lets through.",
}


class AccessPane(ProofPane):
    """Works only while it can be seen."""

    def __init__(self, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(engine, "What the policy allows", parent)
        self.setObjectName("access-pane")
        self._wanted: tuple[str, PolicyKind, Document] | None = None
        self.head = ElidedLabel("", mode=Qt.TextElideMode.ElideMiddle)
        head = QHBoxLayout()
        head.addWidget(self.head, 1)
        head.addWidget(self.cancel)
        self._lay_out(head, self.list)
        self._say(NOTHING_YET)

    def follow(self, text: str, kind: PolicyKind, document: Document, name: str) -> None:
        """The text in front, its kind and tree. Worked out off the GUI thread, at once if the pane can be seen."""
        self._wanted = (text, kind, document)
        self.head.setText(f"What {name} allows" + (" (beside full access)" if kind in LIMITS else ""))
        self._start()

    def show_nothing(self) -> None:
        """No policy is open."""
        self._wanted = None
        self.head.setText("")
        self._let_go(NOTHING_YET)

    def take_focus(self) -> None:
        (self.list if self.list.isVisible() else self.empty).setFocus()

    def _question(self) -> Question | None:
        if self._wanted is None:
            return None
        text, kind, document = self._wanted
        proofs = self._engine.proofs

        def work(progress: Progress) -> object:
            if document.root is None:
                return None, ()
            return kind, proofs.summary(text, kind, lambda: progress.cancelled)

        return (text, kind), work

    def _show(self, found: tuple) -> None:
        kind, clauses = found
        self.list.clear()
        if kind in LIMITS:
            self.list.add_sentence(LIMITS[kind])
        if kind is None:
            self._say(NOTHING_YET)
            return
        if not clauses:
            self._say(f"{LIMITS[kind]} {LETS_NOTHING}" if kind in LIMITS else ALLOWS_NOTHING)
            return
        self.list.add_rows(
            [Row(c.sid or f"Statement {c.index + 1}", c.text, self._to(c.index), c.scenario) for c in clauses]
        )
        self._show_filled()
