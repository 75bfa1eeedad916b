"""The two panes over proofs in their window: what they follow, where older texts come from, where a witness goes."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from workbench.catalog.managed import ManagedPolicies
from workbench.errors import WorkbenchError
from workbench.evaluation.request import ASKED_ABOUT, PolicySet, Scenario
from workbench.findings.as_if import MENDED
from workbench.gui.answering import Answered
from workbench.gui.compare.access import AccessPane
from workbench.gui.compare.following import seen
from workbench.gui.compare.pane import ComparePane
from workbench.gui.compare.sources import Chooser, Source
from workbench.gui.editor.area import FILTER
from workbench.gui.editor.files import FileProblem, read_file
from workbench.project.history import bytes_at, versions

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow

ROOM = 300
"""Pixels of height with which a comparison can be read."""
WITNESS = "This request is asked of {name} {beside}, as it was found"
IN_A_PROJECT = "; the project's other policies take no part"
OF_MENDED = "This request is asked of {name} as if its errors and gaps were mended. It does not follow what you type."


class Comparing(QObject):
    """`beside`: the policies that a witness is asked with, None while requests are asked as usual."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.beside: PolicySet | None = None
        self.compare = ComparePane(window.engine)
        self.access = AccessPane(window.engine)
        for pane in (self.compare, self.access):
            pane.witness_chosen.connect(self.ask)
            pane.statement_chosen.connect(self._show_statement)
        self.compare.source_wanted.connect(self.take_source)
        window.area.compare_wanted.connect(self.show_against)

    def follow(self, answered: Answered) -> None:
        """A new answer is on the panes: these two follow its text."""
        window, question = self._window, answered.question
        tab = window.area.tab_of(question.active)
        if tab is None or tab is not window.area.current:
            return
        text, validation = question.texts.get(question.active, ""), answered.answer.validation
        self.access.follow(text, validation.kind, validation.document, tab.title)
        self.compare.follow(text, validation.kind, tab.title)

    def show_nothing(self) -> None:
        self.access.show_nothing()
        self.compare.show_nothing()

    def stop(self) -> None:
        self.access.stop()
        self.compare.stop()

    # -- a witness --------------------------------------------------------------------------------------------------

    def ask(self, scenario: Scenario) -> None:
        """Shows a found request in the request pane and asks it of the policy in front alone, or as it was mended for
        the finding that the request shows."""
        window = self._window
        tab = window.area.current
        self.beside = scenario.policies
        window.panel.set_request(scenario.request)
        window.show_pane("request")
        name = tab.title if tab is not None else "the policy"
        window.say("witness", "link", self._said(name, scenario.policies), [("Ask as usual", self.let_go)])
        window.ask_now()

    def _said(self, name: str, policies: PolicySet) -> str:
        """What the request is asked of."""
        if MENDED in policies.names:
            return OF_MENDED.format(name=name)
        beside = sorted(set(policies.names) - ASKED_ABOUT)
        sentence = WITNESS.format(name=name, beside=f"beside {' and '.join(beside)}" if beside else "alone")
        return f"{sentence}{IN_A_PROJECT if self._window.project is not None else ''}."

    def let_go(self) -> None:
        """Requests are asked of the whole project again."""
        if self.beside is not None:
            self.beside = None
            self._window.unsay("witness")
            self._window.ask_now()

    def _show_statement(self, index: int) -> None:
        answered, tab = self._window.answered, self._window.area.current
        if answered is None or tab is None or answered.question.active != tab.key:
            return
        span = answered.answer.validation.statement_span(index)
        if span is not None:
            tab.show_span(span.start, span.end)
            tab.edit.setFocus()

    # -- the older text ---------------------------------------------------------------------------------------------

    def begin(self, name: str) -> None:
        """Shows the pane, with room for both sides where it showed nothing, and compares with what `name` stands
        for."""
        self._make_room()
        self.take_source(name)

    def _make_room(self) -> None:
        if not seen(self.compare) or self.compare.source is None:
            self._window.panes.give_height("compare", ROOM)
        self._window.show_pane("compare")

    def show_against(self, name: str, text: str) -> None:
        """Shows the pane, which compares the text in front with `text`."""
        self._make_room()
        self.compare.set_source(Source(name, text))

    def take_source(self, name: str) -> None:
        """What the user chose to compare with."""
        tab = self._window.area.current
        if tab is None:
            return
        path: Path | None = tab.path
        match name:
            case "saved":
                self._read(path, f"{path.name} as saved") if path else self.compare.say("This text was never saved.")
            case "file":
                start = str(path.parent if path else Path.home())
                chosen, _ = QFileDialog.getOpenFileName(self._window, "Compare with", start, FILTER)
                if chosen:
                    self._read(Path(chosen), Path(chosen).name)
            case "clipboard":
                text = QGuiApplication.clipboard().text()
                if text.strip():
                    self.compare.set_source(Source("the clipboard", text))
                else:
                    self.compare.say("The clipboard holds no text. Copy a policy first.")
            case "git":
                self._choose_version(path)
            case _:
                self._choose_managed()

    def _read(self, path: Path, name: str) -> None:
        try:
            text = read_file(path).text
        except FileProblem as problem:
            self.compare.say(str(problem))
            return
        self.compare.set_source(Source(name, text))

    def _choose_version(self, path: Path | None) -> None:
        found = versions(path) if path is not None else ()
        if path is None or not found:
            self.compare.say("Git knows no older version of this file.")
            return
        lines = [(f"{v.date}  {v.commit[:8]}  {v.subject}", v.commit) for v in found]
        Chooser("Compare with a version", "Filter versions", lines, partial(self._at, path), self.compare).open_over()

    def _at(self, path: Path, commit: str) -> None:
        data = bytes_at(path, commit)
        if data is None:
            self.compare.say(f"The file did not exist in {commit[:8]}.")
            return
        self.compare.set_source(Source(f"{path.name} in {commit[:8]}", self._window.engine.decode(data).text))

    def _choose_managed(self) -> None:
        try:
            library = ManagedPolicies.open()
        except WorkbenchError as error:
            self.compare.say(str(error))
            return

        def chosen(name: str) -> None:
            policy = library.get(name)
            if policy is not None:
                self.compare.set_source(Source(f"AWS's {name} ({policy.version} of {policy.updated})", policy.document))

        lines = [(name, name) for name in sorted(library.names(), key=str.lower)]
        title = "Compare with an AWS managed policy"
        Chooser(title, "Filter policies", lines, chosen, self.compare).open_over()
