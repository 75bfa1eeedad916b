"""The loop of the window: something changed → 150 ms of quiet → one evaluation off the GUI thread → panes follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.engine import Answer, Engine, Question
from workbench.gui.editor.marks import MarkList
from workbench.gui.editor.underlines import marks_of
from workbench.gui.findings.listing import Listing
from workbench.gui.jobs import JobSlot, Progress
from workbench.project.checks import Check

QUIET_MS = 150
A_MS = 4_000
"""Characters that let it be quiet a millisecond longer: what takes seconds to judge need not begin at each pause."""
MOST_MS = 500


@dataclass(frozen=True, slots=True)
class Answered:
    """One evaluation: the state that was asked about, and all that the window shows of it. `listing` and `marks`: its
    findings as pane and editor show them; `checks`: what the project's saved requests get."""

    question: Question
    answer: Answer
    size: int
    quota: int | None
    catalog: str
    listing: Listing
    marks: MarkList
    checks: tuple[Check, ...] = ()
    like: Answer | None = None
    """The answer shown before, if this one looks the same as it."""


class Answering(QObject):
    """`ask()` gives the window's state, None if there is nothing to evaluate; `shown()` the answer on the screen,
    `same` says whether another looks like it, and `length()` how long the text in front is. Answers to older states
    never arrive."""

    answered = Signal(object)
    failed = Signal(object)
    slow = Signal()
    idle = Signal()

    def __init__(
        self,
        engine: Engine,
        ask: Callable[[], Question | None],
        shown: Callable[[], Answer | None],
        same: Callable[[Answer, Answer], bool],
        length: Callable[[], int],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._shown, self._same, self._length = shown, same, length
        self._wait = QUIET_MS
        self._engine = engine
        self._ask = ask
        self._stopped = False
        self._last: Answered | None = None
        self._slot = JobSlot(self)
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._quiet.timeout.connect(self.now)
        self._slot.finished.connect(self._answered)
        self._slot.failed.connect(self.failed)
        self._slot.slow.connect(self.slow)
        self._slot.idle.connect(self.idle)

    @property
    def pending(self) -> bool:
        """Whether what the panes show is older than the window's state."""
        return self._quiet.isActive() or self._slot.busy

    def wait(self, milliseconds: int) -> None:
        """How long it must be quiet from now on before the state is evaluated."""
        self._wait = milliseconds
        self._quiet.setInterval(milliseconds)

    def touch(self) -> None:
        """The state has changed: evaluate it once it has been quiet for 150 ms, or what `wait` was told, and for a
        long text up to half a second more."""
        if self._stopped:
            return
        self._quiet.start(self._wait + min(self._length() // A_MS, MOST_MS))
        self._slot.cancel()  # what it works out is of an older state by now

    def now(self) -> None:
        """Evaluate the state as it is."""
        self._quiet.stop()
        question = None if self._stopped else self._ask()
        if question is None:
            self._slot.cancel()
            return
        engine, before, same, last = self._engine, self._shown(), self._same, self._last

        def work(progress: Progress) -> Answered:
            answer = engine.answer(question)
            progress.report(1, 3)
            text = question.texts.get(question.active, "")
            size, quota = engine.counted_size(text, answer.validation.kind)
            progress.report(2, 3)
            checks = engine.checks(question)
            # What the panes would else work out on the GUI thread: where lines begin, and what looks new.
            answer.validation.document.lines  # noqa: B018
            like = before if before is not None and same(before, answer) else None
            listing, marks = _found(question, answer, last)
            return Answered(question, answer, size, quota, engine.catalog_version, listing, marks, checks, like)

        self._slot.start(work)

    def _answered(self, answered: Answered) -> None:
        self._last = answered
        self.answered.emit(answered)

    def stop(self) -> None:
        """Before the window goes: nothing is evaluated any more, whatever changes."""
        self._stopped = True
        self._quiet.stop()
        self._slot.cancel()


def _found(question: Question, answer: Answer, last: Answered | None) -> tuple[Listing, MarkList]:
    """The findings as pane and editor show them; those of the last answer where nothing has changed for them."""
    validation = answer.validation
    if last is not None and last.question.active == question.active and last.listing.validation is validation:
        return last.listing, last.marks
    return Listing(validation), marks_of(validation.document, validation.findings)
