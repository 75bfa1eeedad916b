"""Each answer on the panes, in three turns of the event loop, and a veil over them while they show an older state."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.engine import Question
from workbench.errors import WorkbenchError
from workbench.gui.answering import Answered, Answering
from workbench.gui.crash import Crash
from workbench.gui.simulator.answer_card import same_look
from workbench.policy.kinds import PolicyKind
from workbench.project.other_files import is_other_file

if TYPE_CHECKING:
    from workbench.gui.editor.tab import EditorTab
    from workbench.gui.main_window import MainWindow


JUDGED = 2_000_000
"""Characters up to which a text is judged as one types: three hundred times the longest policy that AWS takes."""
NO_POLICY = "This is a file of the project and no policy: nothing in it is judged."


class Showing(QObject):
    """`answered`: the answer that the panes show, None while they show none. `shown` carries it once all of them do,
    `went_wrong` a sentence and the details of an error."""

    shown = Signal(object)
    went_wrong = Signal(str, str)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.answered: Answered | None = None
        self._wanted: EditorTab | None = None
        self.answering = Answering(
            window.engine, self._question, lambda: window.panel.card.answer, same_look, self._length, self
        )
        self._next_turn = QTimer(self, singleShot=True, interval=0)
        self._next_turn.timeout.connect(self._prepare_decision)
        self._last_turn = QTimer(self, singleShot=True, interval=0)
        self._last_turn.timeout.connect(self._show_decision)
        self.answering.answered.connect(self._show)
        self.answering.failed.connect(self._failed)
        self.answering.slow.connect(lambda: self._set_stale(True))
        self.answering.idle.connect(self._settled)

    def _length(self) -> int:
        tab = self._window.area.current
        return 0 if tab is None else tab.edit.document().characterCount()

    def _question(self) -> Question | None:
        window, tab = self._window, self._window.area.current
        if tab is None or tab.loading or not self._is_judged(tab):
            return None
        texts = {tab.key: tab.text() for tab in window.area.tabs() if not tab.loading}
        kinds = {tab.key: tab.kind for tab in window.area.tabs() if tab.kind is not None}
        request, beside = window.panel.request(), window.comparing.beside
        return Question(window.project, texts, tab.key, kinds, request, beside, window.filling.values)

    def _is_judged(self, tab: EditorTab) -> bool:
        """Whether the text is one that can be a policy. Judging one of megabytes takes minutes and gigabytes, at each
        pause: only if the user asks for it, and then once."""
        project = self._window.project
        if project is not None and tab.path is not None and is_other_file(project, tab.path):
            if tab.strip("other") is None:
                tab.say("other", "suggestion", NO_POLICY)
            self._judge_nothing(tab)
            return False
        length = tab.edit.document().characterCount()
        if length <= JUDGED:
            tab.unsay("length")
            return True
        if tab is self._wanted:
            self._wanted = None
            return True
        if tab.strip("length") is None:
            tab.say(
                "length",
                "warning",
                f"No policy AWS takes has {length:,} characters: this text is not judged while you type.",
                [("Judge it once", lambda: self._judge_once(tab))],
            )
        self._judge_nothing(tab)
        return False

    def _judge_nothing(self, tab: EditorTab) -> None:
        """What the panes show of another text goes."""
        if not self.is_about(tab):
            self.answered = None
            self._window.panel.show_answer(None)
            self._window.findings.show_listing(None, "")
            self._window.status.show_no_size()
            self._set_stale(False)

    def _judge_once(self, tab: EditorTab) -> None:
        self._wanted = tab
        self.answering.now()

    def is_about(self, tab: EditorTab | None) -> bool:
        """Whether the answer on the panes is about this tab."""
        return tab is not None and self.answered is not None and self.answered.question.active == tab.key

    def kind_of(self, tab: EditorTab) -> PolicyKind:
        """What the tab's policy is taken for: what the user said, else what the last answer found."""
        if tab.kind is not None:
            return tab.kind
        shown = self.answered if self.is_about(tab) else None
        return shown.answer.validation.kind if shown is not None else PolicyKind.IDENTITY

    def switched(self) -> None:
        """Another tab is in front: what the panes show is not about it until its own answer comes."""
        if self.answered is not None and not self.is_about(self._window.area.current):
            self._set_stale(True)
            self._window.status.show_no_size()

    def show_nothing(self) -> None:
        """No policy is open."""
        window = self._window
        window.status.show_nothing()
        self.answered = None
        window.panel.show_answer(None)
        window.findings.show_listing(None, "")
        window.comparing.show_nothing()
        self.answering.now()

    def _show(self, answered: Answered) -> None:
        window = self._window
        tab = window.area.tab_of(answered.question.active)
        if tab is None or tab is not window.area.current:
            return
        self.answered = answered
        validation = answered.answer.validation
        window.strips.unsay("failure")
        tab.show_marks(validation.document, answered.marks)
        window.findings.show_listing(answered.listing, tab.title)
        window.status.show_kind(validation.kind, chosen=tab.kind is not None)
        window.status.show_size(answered.size, answered.quota)
        window.status.show_failed(answered.listing.failed)
        window.status.show_catalog(answered.catalog)
        self.follow_caret()
        self._last_turn.stop()
        self._next_turn.start()

    def _looks_new(self, answered: Answered) -> bool:
        before = self._window.panel.card.answer
        return before is None or answered.like is not before

    def _prepare_decision(self) -> None:
        """Makes what the card shows: that, `_show` and the painting of each are together longer than a frame."""
        window, answered = self._window, self.answered
        if answered is not None and self.is_about(window.area.current) and self._looks_new(answered):
            window.panel.card.prepare(answered.answer)
        self._last_turn.start()

    def _show_decision(self) -> None:
        window = self._window
        if self.answered is not None and self.is_about(window.area.current):
            window.panel.show_answer(self.answered.answer, self._looks_new(self.answered))
            window.tree.show_checks(self.answered.checks)
            self.shown.emit(self.answered)

    def follow_caret(self) -> None:
        """Shows where the caret is, and which findings are of its statement."""
        tab = self._window.area.current
        if tab is not None:
            self._window.status.show_caret(*tab.caret())
            statement = tab.statement_at_caret()
            self._window.findings.mark_statement(statement)
            self._window.panel.mark_statement(tab.key, statement)
            self._window.quick_fixes.follow_caret()

    def show_finding(self, start: int, end: int) -> None:
        """Selects the place of a finding, if the findings are those of the text in front."""
        tab = self._window.area.current
        if tab is not None and self.is_about(tab):
            tab.show_seen(start, end)
            tab.take_focus()

    def _settled(self) -> None:
        if not self.answering.pending:  # else what was worked out has been given up for something newer
            self._set_stale(False)

    def _set_stale(self, stale: bool) -> None:
        self._window.status.show_state("Working…" if stale else "Ready", busy=stale)
        self._window.panel.set_stale(stale)
        self._window.findings.set_stale(stale)

    def _failed(self, error: Exception) -> None:
        if not self.is_about(self._window.area.current):  # better nothing than what is wrong with another text
            self.answered = None
            self._window.panel.show_answer(None)
            self._window.findings.show_listing(None, "")
        self.went_wrong.emit(*described(error))

    def stop(self) -> None:
        self.answering.stop()
        self._next_turn.stop()
        self._last_turn.stop()


def described(error: Exception) -> tuple[str, str]:
    """A sentence on an error, and its details to copy: of an error of ours without its words, which may quote a
    policy."""
    if isinstance(error, WorkbenchError):
        return str(error), "".join(traceback.format_exception(error))
    return f"{type(error).__name__}: {error}", Crash(error, error.__traceback__, "a job").report()
