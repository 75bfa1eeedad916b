"""The request panel: the form above, the answer below, a splitter between. The answer is always in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from workbench.evaluation.request import Request
from workbench.gui.simulator.answer_card import EMPTY, AnswerCard
from workbench.gui.simulator.form import RequestForm
from workbench.gui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from workbench.engine import Answer, Engine
    from workbench.project.model import Project

INCOMPLETE = "The answer comes once the request is complete."


class RequestPanel(QWidget):
    """`request_changed` comes for every edit (the window waits for the last of them), `statement_clicked` with the key
    of a text and a span in it (code points), `open_requested` with the key of a text, `way_chosen` with a Way to the
    other decision."""

    request_changed = Signal()
    statement_clicked = Signal(str, int, int)
    open_requested = Signal(str)
    way_chosen = Signal(object)

    def __init__(self, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = RequestForm(engine, self)
        self.card = AnswerCard(self)
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(5)
        self.splitter.addWidget(self.form)
        self.splitter.addWidget(self.card)
        self.splitter.setStretchFactor(0, 2)
        self.splitter.setStretchFactor(1, 3)
        self.splitter.setSizes([290, 290])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.splitter)
        self.setFocusProxy(self.form)
        self.setMinimumWidth(300)
        self.form.edited.connect(self._edited)
        self.card.statement_clicked.connect(self.statement_clicked)
        self.card.policy_clicked.connect(self.open_requested)
        self.card.way_chosen.connect(self.way_chosen)
        self.card.key_clicked.connect(self.form.context_view.edit_value)
        self.card.key_stated.connect(self.form.context.state_key)
        self.set_theme(LIGHT)

    def request(self) -> Request | None:
        """What the form asks. None if it cannot be read; the form then says why in a sentence."""
        request = self.form.request()
        self.card.set_waiting_for(INCOMPLETE if self.form.message() else EMPTY)
        return request

    def set_project(self, project: Project | None) -> None:
        """Offers the principals and roles of the project; None: of no project."""
        self.form.set_project(project)

    def set_request(self, request: Request) -> None:
        """Shows a saved request in the form. Emits nothing: who sets it knows."""
        self.form.set_request(request)

    def show_answer(self, answer: Answer | None, looks_new: bool | None = None) -> None:
        """Shows the answer and the context keys that the engine filled in; None: there is no policy to ask."""
        if answer is not None and answer.decision is not None:
            self.form.set_derived(answer.decision.derived)
        self.card.show_answer(answer, looks_new)
        self.card.set_stale(False)

    def set_stale(self, stale: bool) -> None:
        """Dims the answer while a newer one is being worked out."""
        self.card.set_stale(stale)

    def set_theme(self, theme: Theme) -> None:
        self.form.set_theme(theme)
        self.card.set_theme(theme)

    def _edited(self) -> None:
        self.request()  # so that the sentence below the fields follows every key
        self.request_changed.emit()
