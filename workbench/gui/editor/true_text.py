"""A text field whose clipboard, drags and keys carry the text itself, not what Qt keeps in its place."""

from __future__ import annotations

import re

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from workbench.document.decoding import with_newlines
from workbench.gui.editor.qt_text import from_qt, to_qt

_HALF = re.compile("[\ud800-\udfff]")
OWN = "application/x-policy-workbench-text"
"""The copied text in UTF-8 with halves of surrogate pairs, which the clipboard of the desktop would drop."""


class TrueTextEdit(QPlainTextEdit):
    """Whatever way a text comes in or goes out, `qt_text` is between."""

    pasted = Signal(int, int)
    """Where the text stands that was just pasted or dropped."""

    def createMimeDataFromSelection(self) -> QMimeData:  # noqa: N802
        text = from_qt(self.textCursor().selectedText())
        data = QMimeData()
        data.setText(text)
        if _HALF.search(text):
            data.setData(OWN, text.encode("utf-8", "surrogatepass"))
        return data

    def canInsertFromMimeData(self, source: QMimeData) -> bool:  # noqa: N802
        """Files that are dropped are for the window to open, not for the text."""
        return not source.hasUrls() and super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802
        if self.isReadOnly() or not source.hasText():
            return
        own = bytes(source.data(OWN).data()) if source.hasFormat(OWN) else b""
        text = own.decode("utf-8", "surrogatepass") if own else with_newlines(source.text(), "\n")
        cursor = self.textCursor()
        start = cursor.selectionStart()
        cursor.insertText(to_qt(text))
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
        self.pasted.emit(start, cursor.position())

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:  # noqa: N802
        """What an input method writes."""
        text = event.commitString()
        kept = to_qt(text)
        if kept != text:
            event.setCommitString(kept, event.replacementStart(), event.replacementLength())
        super().inputMethodEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Keyboards have keys for some of these characters, a no-break space among them."""
        text = event.text()
        kept = to_qt(text)
        if kept != text and not self.isReadOnly() and not any(char < " " or char == "\x7f" for char in text):
            self.textCursor().insertText(kept)
            self.ensureCursorVisible()
            event.accept()
            return
        super().keyPressEvent(event)
