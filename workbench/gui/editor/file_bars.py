"""What a tab says of its file in bars over the text: gone, changed, read-only, not written, restored; never a box."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from workbench.gui.editor.files import FileProblem, Stamp, read_file
from workbench.gui.strip import Choice

if TYPE_CHECKING:
    from workbench.gui.editor.tab import EditorTab


class FileBars(QObject):
    """`allowed`: the state on disk that the user said may be written over."""

    def __init__(self, tab: EditorTab) -> None:
        super().__init__(tab)
        self._tab = tab
        self.allowed: Stamp | None = None

    def _compare(self) -> None:
        tab = self._tab

        def compare() -> None:
            assert tab.file is not None
            tab.compare_wanted.emit(f"{tab.title} on disk", read_file(tab.file.path).text)

        tab.guarded(compare)

    def _save_again(self) -> None:
        assert self._tab.file is not None
        self._tab.saving.write(self._tab.file.path)

    def _save_as(self) -> Choice:
        return "Save as…", lambda: self._tab.save_wanted.emit(True)

    def _reload(self) -> Choice:
        return "Reload", lambda: self._tab.guarded(self._tab.reload)

    def gone(self) -> None:
        """The file is no longer on disk."""
        tab = self._tab
        tab.say(
            "changed",
            "warning",
            f"{tab.title} is no longer on disk. Its text is still here.",
            [("Save it again", self._save_again), ("Keep", lambda: tab.unsay("changed"))],
        )

    def changed(self) -> None:
        """Another program wrote the file."""
        tab = self._tab
        unsaved = " Your unsaved changes are still here." if tab.dirty else ""
        choices: list[Choice] = [self._reload(), ("Keep mine", self._keep_mine), ("Compare", self._compare)]
        tab.say("changed", "reload", f"{tab.title} was changed by another program.{unsaved}", choices)

    def _keep_mine(self) -> None:
        self.allowed = self._tab.seen_stamp  # this much of it the user knows of
        self._tab.unsay("changed")
        self._tab.edit.document().setModified(True)

    def ask_to_save(self, now: Stamp) -> None:
        """The text was to be saved over what another program wrote."""
        tab = self._tab

        def save() -> None:
            self.allowed = now
            tab.save_wanted.emit(False)

        choices: list[Choice] = [("Save anyway", save), ("Compare", self._compare), self._reload()]
        sentence = f"{tab.title} was not saved: it was changed by another program."
        tab.say("changed", "warning", sentence, choices)

    def read_only(self) -> None:
        """The file may be read only."""
        sentence = f"{self._tab.title} cannot be written. Save it under another name to keep changes."
        self._tab.say("read-only", "lock", sentence, [self._save_as()])

    def problem(self, problem: FileProblem) -> None:
        """The file could not be read or written."""
        choices: list[Choice] = [("Try again", lambda: self._tab.save_wanted.emit(False)), self._save_as()]
        self._tab.say("problem", "error", str(problem), choices if self._tab.dirty else ())

    def unkept(self, reason: str | None) -> None:
        """Why unsaved changes are not kept for the case that the program ends; None: they are."""
        if reason is None:
            self._tab.unsay("unkept")
        elif self._tab.strip("unkept") is None:
            sentence = f"Unsaved changes are not kept at the moment: {reason}. Save the file so as not to lose them."
            self._tab.say("unkept", "warning", sentence, [self._save_as()])

    def recovered(self, gone: Path | None) -> None:
        """The text comes from an earlier session; `gone` is its file if that is not there now."""
        tab = self._tab
        choices: list[Choice] = [("Keep", lambda: tab.unsay("recovered"))]
        words = "Restored: these changes were not saved when the program ended."
        if gone is not None:
            words = f"Restored: {gone.name} is no longer on disk, and this text was not saved when the program ended."
            choices.insert(0, ("Save it again", self._save_again))
        elif tab.file is not None:
            choices.append(("Show changes", self._compare))
            choices.append(("Use the file on disk", lambda: tab.guarded(tab.reload)))
        tab.say("recovered", "history", words, choices)
