"""Suppressions in the window: the form that accepts a finding, and the word on those that suppress nothing any more.

Files are read and written off the GUI thread, the policies of a project looked at there too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from workbench.document.span import LineIndex
from workbench.engine import Engine, Question, Validation
from workbench.errors import WorkbenchError
from workbench.findings.identity import identity_of
from workbench.findings.model import Finding
from workbench.findings.suppressions import Suppression
from workbench.gui.answering import Answered
from workbench.gui.findings.suppressing import SuppressForm
from workbench.gui.jobs import JobSlot, Progress
from workbench.project.model import Project
from workbench.project.suppression_files import NAME, beside, suppressions_for, take_back_for
from workbench.project.undoing import Change, content, take_back

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow

_SHOWN_MS = 6000
NOT_SAVED = "Save the policy first: a suppression names its file."
CHANGED = "The text has changed: choose the finding again."
SUPPRESSED = "Suppressed in {file}."
TAKEN_BACK = "The suppression was taken out of {file}: the finding counts again."


@dataclass(frozen=True, slots=True)
class _Asked:
    """The finding that a reason is asked for, what it was found by, and the file that the entry goes to."""

    project: Project | None
    key: str
    target: Path
    validation: Validation
    finding: Finding


class Accepting(QObject):
    """Follows the answers of a window; `suppress(finding)` asks for the reason, in a bar over the findings."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._form: SuppressForm | None = None
        self._asked: _Asked | None = None
        self._given: tuple[str, date | None] | None = None
        self._writer = JobSlot(self)
        self._writer.finished.connect(self._written)
        self._writer.failed.connect(lambda error: self._say(_sentence(error)))
        self._undoer = JobSlot(self)
        self._undoer.finished.connect(self._undone)
        self._undoer.failed.connect(lambda error: self._say(_sentence(error)))
        self._stale = JobSlot(self)
        self._stale.finished.connect(window.findings.show_stale)
        self._stale.failed.connect(lambda error: window.findings.show_stale([_sentence(error)]))
        window.findings.suppress_wanted.connect(self.suppress)
        window.findings.take_back_wanted.connect(self.take_back)
        window.showing.shown.connect(self.follow)

    def follow(self, answered: Answered) -> None:
        """A new answer is shown: which suppressions are stale now?"""
        self._follow_form(answered)
        engine, question = self._window.engine, answered.question
        self._stale.start(lambda progress: stale_suppressions(engine, question, progress))

    def suppress(self, finding: Finding) -> None:
        """Asks why and until when a finding of the text in front is accepted."""
        window, answered, tab = self._window, self._window.answered, self._window.area.current
        if answered is None or tab is None or finding not in answered.answer.validation.findings:
            self._say(CHANGED)
            return
        if tab.path is None:
            self._say(NOT_SAVED)
            return
        project, key, validation = window.project, tab.key, answered.answer.validation
        of_project = project is not None and project.policy(key) is not None
        file, written_to = (key, NAME) if of_project else (Path(key).name, beside(Path(key)).name)
        target = project.root / NAME if of_project and project is not None else beside(Path(key))
        self._close()
        self._asked = _Asked(project, key, target, validation, finding)
        form = self._form = SuppressForm(finding, validation.document, file, written_to, date.today())
        form.suppressed.connect(self._accept)
        form.canceled.connect(self._cancel)
        window.show_pane("findings")
        window.findings.forms.addWidget(form)
        form.show()  # now: a layout would show it a turn later, and its keys with it
        form.reason.setFocus()

    def take_back(self, finding: Finding) -> None:
        """Removes what suppresses a finding of the text in front."""
        window, answered, tab = self._window, self._window.answered, self._window.area.current
        if answered is None or tab is None or finding not in answered.answer.validation.findings:
            self._say(CHANGED)
            return
        project, key, validation = window.project, tab.key, answered.answer.validation

        def work(_progress: Progress) -> tuple[Change, str]:
            file, _ = suppressions_for(project, key)
            before = content(file.path) if file is not None else None
            path = take_back_for(project, key, validation.document, finding)
            return Change(path, before, content(path)), TAKEN_BACK

        self._close()
        self._writer.start(work)

    def _follow_form(self, answered: Answered) -> None:
        """The form stays with its finding, which may stand elsewhere now; another text takes the form away."""
        asked, validation = self._asked, answered.answer.validation
        if self._form is None or asked is None:
            return
        if answered.question.active != asked.key:
            self._close()
            return
        before = identity_of(asked.finding, asked.validation.document, "")
        found = [
            each
            for each in validation.findings
            if each.suppressed is None and identity_of(each, validation.document, "") == before
        ]
        same_place = [each for each in found if each.locations == asked.finding.locations]
        finding = next(iter(same_place or found), None)
        if finding is not None:
            self._asked = replace(asked, validation=validation, finding=finding)
        given, self._given = self._given, None
        self._form.follow(finding, validation.document)
        if given is not None and finding is not None:
            self._accept(*given)

    def _accept(self, reason: str, expires: date | None) -> None:
        window, asked, tab = self._window, self._asked, self._window.area.current
        if asked is None:
            return
        if tab is None or tab.key != asked.key:
            return  # another text is coming, and takes the form away
        if window.answering.pending or not tab.is_answered:
            self._given = reason, expires  # is the finding still there? The answer will say
            return
        engine = window.engine

        def work(_progress: Progress) -> tuple[Change, str]:
            before = content(asked.target)
            engine.add_suppression(asked.project, asked.key, asked.validation, asked.finding, reason, expires)
            return Change(asked.target, before, content(asked.target)), SUPPRESSED

        self._close()
        self._writer.start(work)
        window.findings.take_focus()

    def _cancel(self) -> None:
        self._close()
        self._window.focus_pane("editor")

    def _close(self) -> None:
        form, self._form, self._asked, self._given = self._form, None, None, None
        if form is not None:
            form.hide()
            form.deleteLater()

    def _written(self, found: tuple[Change, str]) -> None:
        window, (change, said) = self._window, found

        def undo(_progress: Progress) -> str:
            take_back(change)
            return (
                "The finding is not suppressed any more." if said == SUPPRESSED else "The finding is suppressed again."
            )

        window.say(
            "suppressed", "passed", said.format(file=change.path.name), [("Undo", lambda: self._undoer.start(undo))]
        )
        window.ask_now()

    def _undone(self, sentence: str) -> None:
        self._window.unsay("suppressed")
        self._say(sentence)
        self._window.ask_now()

    def _say(self, sentence: str) -> None:
        self._window.status.showMessage(sentence, _SHOWN_MS)

    def stop(self) -> None:
        """Before the window goes."""
        self._writer.cancel()
        self._undoer.cancel()
        self._stale.cancel()


def stale_suppressions(engine: Engine, question: Question, progress: Progress) -> list[str]:
    """What is to be said of the suppressions that the text in front is under, each with its file and line. Raises
    ProjectError for a file that cannot be read."""
    project, active = question.project, question.active
    file, name = suppressions_for(project, active)
    if file is None:
        return []
    of_project = project is not None and project.policy(active) is not None
    keys = [policy.key for policy in project.policies] if project is not None and of_project else [active]
    used: set[Suppression] = set()
    for done, key in enumerate(keys):
        progress.report(done, len(keys))
        text = question.texts[key] if key in question.texts or project is None else project.read(key)
        of_key = replace(question, active=key, texts={**question.texts, key: text}, request=None)
        validation = engine.answer(of_key).validation
        used |= engine.suppress(validation, file.entries, key if of_project else name)[1]
    lines = LineIndex(file.text)
    found = engine.stale_suppressions(file, used, keys if of_project else [name])
    return [f"{file.path.name}:{lines.position(each.span.start).line}: {each.details}" for each in found]


def _sentence(error: Exception) -> str:
    return str(error) if isinstance(error, WorkbenchError) else f"{type(error).__name__}: {error}"
