"""Commands that write the text of a tab differently: worked out off the GUI thread if it is long, made in one step.

A change is made only to the text that it was worked out for; what is refused is said in one sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject

from workbench.errors import WorkbenchError
from workbench.gui.editor.filling import AT_ONCE
from workbench.gui.jobs import JobSlot
from workbench.gui.text_units import Units
from workbench.writing.difference import difference
from workbench.writing.rewriting import Rewrite

if TYPE_CHECKING:
    from workbench.gui.editor.tab import EditorTab

Change: TypeAlias = Callable[[str, int], Rewrite]
"""A text and the caret in it, in code points, to another; raises a WorkbenchError where it is refused."""


class Rewriting(QObject):
    """Belongs to one tab."""

    def __init__(self, tab: EditorTab) -> None:
        super().__init__(tab)
        self._tab = tab
        self._asked = ""
        self._sentence = ""
        self._then: Callable[[str, str], object] | None = None
        self._slot = JobSlot(self)
        self._slot.finished.connect(self._apply)
        self._slot.failed.connect(lambda error: self._tab.told.emit(str(error)))

    @property
    def busy(self) -> bool:
        return self._slot.busy

    def run(self, change: Change, sentence: str, then: Callable[[str, str], object] | None = None) -> None:
        """Makes the change and says `sentence`, or why it was not made; `then` is given the text before and after."""
        tab = self._tab
        if tab.edit.isReadOnly():
            tab.told.emit("This text is read-only: nothing was changed.")
            return
        text, caret = tab.text(), tab.offset_at_caret()
        self._asked, self._sentence, self._then = text, sentence, then
        if len(text) > AT_ONCE:
            self._slot.start(lambda _progress: change(text, caret))
            return
        self._slot.cancel()
        try:
            made = change(text, caret)
        except WorkbenchError as error:
            tab.told.emit(str(error))
        else:
            self._apply(made)

    def _apply(self, made: Rewrite) -> None:
        tab, text = self._tab, self._asked
        if tab.edit.isReadOnly() or tab.text() != text:
            tab.told.emit("The text has changed meanwhile: nothing was done.")
            return
        if made.text == text:
            tab.told.emit("The text is so already: nothing was changed.")
            return
        tab.apply_edits(difference(text, made.text))
        at = Units(made.text).to_qt(made.caret)
        cursor = tab.edit.textCursor()
        cursor.setPosition(at)
        tab.edit.setTextCursor(cursor)
        tab.edit.ensureCursorVisible()
        tab.told.emit(self._sentence)
        if self._then is not None:
            self._then(text, made.text)
