"""The whole text of a document, read once and then followed: after an edit only what was edited is read again."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QTextCursor, QTextDocument

from workbench.gui.editor.qt_text import PREFIX, document_text, from_qt
from workbench.gui.text_units import Units


class FollowedText(QObject):
    """`text()` costs a copy of the text after an edit, and nothing else without one; what Qt stores is turned back into
    the text itself (`qt_text`) for the edited part alone."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._document = document
        self._text: str | None = None
        self._units: Units | None = None  # of the text that is known, once somebody needed them
        self._revision = -1
        self._length = 0  # of the text that is known, in Qt's units
        # The part that may have changed since: where it begins, and how much stands behind it. None: nothing has.
        self._touched: tuple[int, int] | None = None
        document.contentsChange.connect(self._changed)

    def _changed(self, position: int, _removed: int, added: int) -> None:
        if self._text is None:
            return
        behind = max(self._document.characterCount() - 1 - position - added, 0)
        before = self._touched or (position, behind)
        self._touched = min(position, before[0]), min(behind, before[1])

    def forget(self) -> None:
        """Another text is about to be put in."""
        self._text = self._touched = self._units = None

    def know(self, text: str) -> None:
        """`text` is what the document holds now: it need not be read."""
        self._text, self._touched, self._units = text, None, None
        self._revision, self._length = self._document.revision(), self._document.characterCount() - 1

    def text(self) -> str:
        """The whole text, line ends "\\n"."""
        revision = self._document.revision()
        if self._text is None or (revision != self._revision and self._touched is None):
            self._text, self._units = document_text(self._document), None
        elif revision != self._revision and self._touched is not None:
            self._text = self._mended(self._text, *self._touched)
        self._revision, self._touched = revision, None
        self._length = self._document.characterCount() - 1
        return self._text

    def _mended(self, text: str, start: int, behind: int) -> str:
        """`text` with the part between `start` and the last `behind` units read again."""
        length = self._document.characterCount() - 1
        start = min(start, length, self._length)
        behind = min(behind, length - start, self._length - start)
        cursor = QTextCursor(self._document)
        cursor.setPosition(start)
        cursor.setPosition(length - behind, QTextCursor.MoveMode.KeepAnchor)
        units, self._units = self._units or Units(text), None
        first, last = units.from_qt(start), units.from_qt(self._length - behind)
        whole = units.to_qt(units.length) == self._length  # else half a pair stands in the document
        if not whole or units.to_qt(first) != start or units.to_qt(last) != self._length - behind:
            return document_text(self._document)
        edited = cursor.selectedText()
        if edited.endswith(PREFIX) or text.endswith(PREFIX, 0, first):  # it may be one character with what follows
            return document_text(self._document)
        put = from_qt(edited)
        self._units = units.replaced(first, last, put)
        return "".join((text[:first], put, text[last:]))
