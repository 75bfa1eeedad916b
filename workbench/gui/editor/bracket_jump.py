"""Going to the bracket that belongs to the one at the caret, however far away it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from workbench.gui.editor.filling import AT_ONCE
from workbench.gui.jobs import Cancelled, JobSlot, Progress
from workbench.gui.text_units import Units
from workbench.writing.brackets import partner
from workbench.writing.searching import KeepOn

if TYPE_CHECKING:
    from workbench.gui.editor.tab import EditorTab

NONE = "No bracket belongs to this place."


class BracketJump(QObject):
    """Belongs to one tab."""

    def __init__(self, tab: EditorTab) -> None:
        super().__init__(tab)
        self._tab = tab
        self._from = -1, -1
        self._slot = JobSlot(self)
        self._slot.finished.connect(self._go)
        self._slot.failed.connect(lambda _error: self._tab.told.emit(NONE))

    def jump(self) -> None:
        """The caret goes before the bracket; of a place beside none, before the one that closes what it is in."""
        tab, edit = self._tab, self._tab.edit
        text, position = tab.text(), edit.textCursor().position()
        self._from = edit.document().revision(), position
        if len(text) <= AT_ONCE:
            self._slot.cancel()
            self._go(_partner(text, position, lambda: None))
            return

        def work(progress: Progress) -> int | None:
            def keep_on() -> None:
                if progress.cancelled:
                    raise Cancelled

            return _partner(text, position, keep_on)

        self._slot.start(work)

    def _go(self, found: int | None) -> None:
        edit = self._tab.edit
        cursor = edit.textCursor()
        if self._from != (edit.document().revision(), cursor.position()):
            return  # the caret has gone on meanwhile
        if found is None:
            self._tab.told.emit(NONE)
            return
        cursor.setPosition(found)
        edit.setTextCursor(cursor)
        if not edit.viewport().rect().contains(edit.cursorRect()):
            edit.centerCursor()


def _partner(text: str, position: int, keep_on: KeepOn) -> int | None:
    units = Units(text)
    found = partner(text, units.from_qt(position), keep_on)
    return None if found is None else units.to_qt(found)
