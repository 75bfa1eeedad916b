"""A line that takes Qt longer than a frame to lay out came into a text that is edited: a bar says so, and offers to lay
the text out. What is opened from a file is laid out for reading before (`filling.prepare`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QTextBlock, QTextCursor

from workbench.writing.layout import LONG_LINE

if TYPE_CHECKING:
    from workbench.gui.editor.tab import EditorTab

STRIP = "long-line"
LOOKED_AT = 1_000
"""Changed lines that are looked at: one step brings more only where it writes the whole text anew."""


class LongLines(QObject):
    """Belongs to one tab. The bar goes with the line."""

    def __init__(self, tab: EditorTab) -> None:
        super().__init__(tab)
        self._tab = tab
        self._line: QTextCursor | None = None
        tab.views.text.changed.connect(self._changed)
        tab.views.text.loaded.connect(self._forget)

    def _changed(self, position: int, removed: int, added: int) -> None:
        if not removed and not added:
            return
        if self._line is not None and self._line.block().length() <= LONG_LINE:
            self._forget()
        document = self._tab.views.text.document
        block = document.findBlock(position)
        for _ in range(LOOKED_AT):
            if self._line is not None or not block.isValid() or block.position() > position + added:
                return
            if block.length() > LONG_LINE:
                self._tell(block)
            block = block.next()

    def _tell(self, block: QTextBlock) -> None:
        self._line = QTextCursor(block)
        what = f"Line {block.blockNumber() + 1:,} has {block.length() - 1:,} characters: typing in it is slow."
        self._tab.say(STRIP, "format", what, [("Lay out the text", self._tab.lay_out)]).closed.connect(self._forget)

    def _forget(self) -> None:
        self._line = None
        self._tab.unsay(STRIP)
