"""What the fixes of the chosen finding do to access: proved off the GUI thread, one after the other, when asked for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.engine import Engine, Validation
from workbench.findings.model import Fix, FixVerdict
from workbench.gui.jobs import JobSlot, Progress

SOON_MS = 150
"""So long a finding is chosen before its fixes are proved: whoever steps through the list does not wait for each."""


class Verdicts(QObject):
    """`judged` carries a Fix and its FixVerdict, `failed` a Fix and the error; verdicts for an older text never come.
    `slow`: the one at work takes a while."""

    judged = Signal(object, object)
    failed = Signal(object, object)
    slow = Signal(object)

    def __init__(self, engine: Engine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._validation: Validation | None = None
        self._known: dict[Fix, FixVerdict] = {}
        self._waiting: list[Fix] = []
        self._at_work: Fix | None = None
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self._next)
        self._slot = JobSlot(self)
        self._slot.finished.connect(self._judged)
        self._slot.failed.connect(self._failed)
        self._slot.slow.connect(lambda: self.slow.emit(self._at_work))

    @property
    def busy(self) -> bool:
        return self._slot.busy or self._soon.isActive()

    def follow(self, validation: Validation | None) -> None:
        """The text that fixes are of from now on."""
        before, self._validation = self._validation, validation
        if before is None or validation is None or _about(before) != _about(validation):
            self.cancel()
            self._known = {}

    def known(self, fix: Fix) -> FixVerdict | None:
        """The verdict, if it has been worked out for this text."""
        return self._known.get(fix)

    def ask(self, fixes: Sequence[Fix]) -> None:
        """Work out what is not known yet; what was asked before and is not done is dropped."""
        self.cancel()
        self._waiting = [fix for fix in fixes if fix not in self._known]
        if self._waiting:
            self._soon.start()

    def cancel(self) -> None:
        """Nobody waits for a verdict any more."""
        self._waiting = []
        self._at_work = None
        self._soon.stop()
        self._slot.cancel()

    def _next(self) -> None:
        validation = self._validation
        if not self._waiting or validation is None:
            return
        fix, engine = self._waiting.pop(0), self._engine
        self._at_work = fix

        def work(progress: Progress) -> FixVerdict:
            verdict = engine.fix_verdict(validation, fix, lambda: progress.cancelled)
            progress.report(1, 1)  # one that was stopped half way says "not decided": it stops here
            return verdict

        self._slot.start(work)

    def _judged(self, verdict: FixVerdict) -> None:
        fix, self._at_work = self._at_work, None
        if fix is not None:
            self._known[fix] = verdict
            self.judged.emit(fix, verdict)
        self._next()

    def _failed(self, error: Exception) -> None:
        fix, self._at_work = self._at_work, None
        self.failed.emit(fix, error)
        self._next()


def _about(validation: Validation) -> tuple[object, ...]:
    return validation.document.text, validation.kind, validation.filled
