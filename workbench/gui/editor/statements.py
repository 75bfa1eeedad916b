"""Commands on the statement at the caret, and what each does to access: proved off the GUI thread after it is made."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from workbench.answers import Validation
from workbench.document.parser import parse
from workbench.findings.model import Effect, Fix, FixVerdict
from workbench.gui.editor.rewriting import Change
from workbench.gui.jobs import Cancelled, JobSlot, Progress
from workbench.writing.difference import difference

if TYPE_CHECKING:
    from workbench.gui.editor.tab import EditorTab
    from workbench.gui.main_window import MainWindow

STRIP = "verdict"
_WORDS = {Effect.NARROWER: "the access is narrower, proved", Effect.WIDER: "the access is wider, proved"}


class StatementCommands(QObject):
    """Belongs to the window. "Same access" is said in the status bar, anything else in a bar with Undo."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._about: tuple[EditorTab, str, str] | None = None
        self._shown: tuple[EditorTab, str] | None = None
        window.area.changed.connect(self._forget)
        self._slot = JobSlot(self)
        self._slot.finished.connect(self._judged)
        self._slot.failed.connect(lambda error: self._judged(FixVerdict(why=str(error))))

    @property
    def busy(self) -> bool:
        return self._slot.busy

    def run(self, change: Change, done: str) -> None:
        """Makes the change in the text in front, then asks the proof about it. `done`: "Statement moved down"."""
        tab = self._window.area.current
        if tab is not None:
            tab.rewriting.run(change, f"{done}. Comparing access…", partial(self._compare, tab, done))

    def _compare(self, tab: EditorTab, done: str, before: str, after: str) -> None:
        tab.unsay(STRIP)
        window, engine = self._window, self._window.engine
        answered = window.answered
        known = answered.answer.validation.kind if answered is not None and window.showing.is_about(tab) else None
        kind = tab.kind or known
        self._about = tab, done, after

        def work(progress: Progress) -> FixVerdict:
            document = parse(before)
            validation = Validation(kind or engine.guess_kind(document), document, (), ())
            verdict = engine.fix_verdict(validation, Fix(done, difference(before, after)), lambda: progress.cancelled)
            if progress.cancelled:
                raise Cancelled
            return verdict

        self._slot.start(work)

    def _judged(self, verdict: FixVerdict) -> None:
        if self._about is None:
            return
        (tab, done, after), self._about = self._about, None
        if tab not in list(self._window.area.tabs()) or tab.text() != after:
            return  # what was compared is there no longer
        if verdict.effect is Effect.SAME:
            tab.told.emit(f"{done}: same access, proved.")
            return
        why = f" {verdict.why}" if verdict.why else ""
        words = _WORDS.get(verdict.effect, "whether the access is the same is not decided")
        icon = "warning" if verdict.effect is Effect.WIDER else "suggestion"
        tab.say(STRIP, icon, f"{done}: {words}.{why}", [("Undo", partial(self._undo, tab, after))])
        self._shown = tab, after
        tab.told.emit(f"{done}: {words}.")

    def _forget(self) -> None:
        """Takes a verdict away that is about a text of before."""
        if self._shown is not None and (tab := self._shown[0]) in list(self._window.area.tabs()):
            if tab.text() != self._shown[1]:
                tab.unsay(STRIP)
                self._shown = None
        else:
            self._shown = None

    def _undo(self, tab: EditorTab, after: str) -> None:
        tab.unsay(STRIP)
        if tab.text() == after:
            tab.edit.undo()
        tab.take_focus()

    def stop(self) -> None:
        self._about = None
        self._slot.cancel()
