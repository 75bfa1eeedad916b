"""The request panel: the form above, the answer below, a splitter between. The answer is always in sight."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from workbench.document.span import Span
from workbench.evaluation.request import Request
from workbench.gui.simulator.answer_card import EMPTY, AnswerCard
from workbench.gui.simulator.form import RequestForm
from workbench.gui.theme import LIGHT, Theme

if TYPE_CHECKING:
    from workbench.engine import Answer, Engine
    from workbench.project.model import Project

INCOMPLETE = "The answer comes once the request is complete."
NO_POLICY = "No policy is open. Open or write one, and this request is asked of it."
EMPTY_POLICY = "The policy is empty. Paste or type one, and this request is asked of it."
WORKING = "The answer comes in a moment."
FEWEST_ROWS, MOST_ROWS = 4, 8
"""Rows of the context that the form has room for: these at least, as many as these where the pane is high."""
_FORM_SHARE = 0.48


class _Splitter(QSplitter):
    """Says when it is turned."""

    turned = Signal()

    def setOrientation(self, orientation: Qt.Orientation) -> None:  # noqa: N802 (Qt's name)
        super().setOrientation(orientation)
        self.turned.emit()


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
        self.splitter = _Splitter(Qt.Orientation.Vertical, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(5)
        self.splitter.addWidget(self.form)
        self.splitter.addWidget(self.card)
        self.splitter.setStretchFactor(0, 2)
        self.splitter.setStretchFactor(1, 3)
        self._placed = False  # whether the user has moved the splitter: then it stays
        self._no_policy = self._empty = False
        self._share = QTimer(self, singleShot=True, interval=0)
        self._share.timeout.connect(self._share_room)
        self.splitter.splitterMoved.connect(self._moved)
        self.splitter.turned.connect(self._turned)
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
        for changed in (self.form.edited, self.form.grew):
            changed.connect(self._share.start)
        self.form.context.rowsInserted.connect(self._share.start)
        self.form.context.rowsRemoved.connect(self._share.start)
        self.set_theme(LIGHT)

    # -- room -----------------------------------------------------------------------------------------------------

    def _moved(self) -> None:
        self._placed = True

    def _turned(self) -> None:
        self._placed = False
        # At once: a form that is still high would make a low window grow.
        self.form.set_wide(self.splitter.orientation() is Qt.Orientation.Horizontal)
        self.form.layout().activate()
        self.splitter.refresh()
        self.layout().activate()
        self._share.start()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        self._share.start()

    def _share_room(self) -> None:
        """The form gets the room for its fields and a few rows of the context, the answer all the rest."""
        beside = self.splitter.orientation() is Qt.Orientation.Horizontal
        self.form.set_wide(beside and self.width() >= 900)
        if self._placed:
            return
        if beside:
            self.splitter.setSizes([500, 300] if self.width() >= 900 else [400, 400])
            return
        rows = min(max(self.form.context.rowCount(), FEWEST_ROWS), MOST_ROWS)
        least, most = self.form.height_for_rows(FEWEST_ROWS), self.form.height_for_rows(rows)
        form = min(max(least, round(self.height() * _FORM_SHARE)), most)
        self.splitter.setSizes([form, max(self.height() - form - self.splitter.handleWidth(), 1)])

    # -- what the window asks -------------------------------------------------------------------------------------

    def request(self) -> Request | None:
        """What the form asks. None if it cannot be read; the form then says why in a sentence."""
        request = self.form.request()
        if request is not None:
            self.card.set_waiting_for(NO_POLICY if self._no_policy else EMPTY_POLICY if self._empty else WORKING)
        else:
            self.card.set_waiting_for(INCOMPLETE if self.form.message() else EMPTY)
        return request

    def set_project(self, project: Project | None) -> None:
        """Offers the principals and roles of the project; None: of no project."""
        self.form.set_project(project)

    def set_request(self, request: Request) -> None:
        """Shows a saved request in the form. Emits nothing: who sets it knows."""
        self.form.set_request(request)

    def show_answer(self, answer: Answer | None) -> None:
        """Shows the answer and the context keys that the engine filled in; None: there is no policy to ask."""
        self._no_policy = answer is None
        self.form.set_policy_text(answer.validation.document.text if answer is not None else "")
        self._empty = answer is not None and bool(answer.decision_error) and _is_blank(answer)
        if answer is not None and self._empty:
            answer = replace(answer, decision_error="")  # a policy not yet begun is no mistake
        if answer is not None and answer.decision is not None:
            self.form.set_derived(answer.decision.derived)
        elif answer is None or not self.form.has_principal():
            self.form.set_derived(())  # nothing follows from a principal that cannot be read, or where nobody asks
        self.request()
        self.card.show_answer(answer)
        self.card.set_stale(False)

    def mark_statement(self, key: str, span: Span | None) -> None:
        """Sets off what the answer says of the statement that the caret is in: the text's key, and its place."""
        self.card.mark_statement(key, span)

    def set_stale(self, stale: bool) -> None:
        """Dims the answer while a newer one is being worked out."""
        self.card.set_stale(stale)

    def set_theme(self, theme: Theme) -> None:
        self.form.set_theme(theme)
        self.card.set_theme(theme)

    def _edited(self) -> None:
        self.request()  # so that the sentence below the fields follows every key
        self.request_changed.emit()


def _is_blank(answer: Answer) -> bool:
    return not answer.validation.document.text.strip()
