"""The whole text of a document, read once and then followed: after an edit only what was edited is read again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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
        found = self._found()
        if isinstance(found, _Patch):
            self._text, self._units = found(), found.units
        elif found is not self._text:
            self._text, self._units = found, None
        self._revision, self._touched = self._document.revision(), None
        self._length = self._document.characterCount() - 1
        return self._text

    def later(self) -> Callable[[], str]:
        """Gives the text as it stands now, on whatever thread: where it was edited the copy is made only there."""
        found = self._found()
        if isinstance(found, _Patch):
            return found
        text = self.text()
        return lambda: text

    def _found(self) -> str | _Patch:
        """The text, or how it follows from the one that is known."""
        if self._text is not None and self._document.revision() == self._revision:
            return self._text
        if self._text is None or self._touched is None:
            return document_text(self._document)
        return self._mended(self._text, *self._touched)

    def _mended(self, text: str, start: int, behind: int) -> str | _Patch:
        """`text` with the part between `start` and the last `behind` units read again."""
        length = self._document.characterCount() - 1
        start = min(start, length, self._length)
        behind = min(behind, length - start, self._length - start)
        cursor = QTextCursor(self._document)
        cursor.setPosition(start)
        cursor.setPosition(length - behind, QTextCursor.MoveMode.KeepAnchor)
        units = self._units = self._units or Units(text)
        first, last = units.from_qt(start), units.from_qt(self._length - behind)
        whole = units.to_qt(units.length) == self._length  # else half a pair stands in the document
        if not whole or units.to_qt(first) != start or units.to_qt(last) != self._length - behind:
            return document_text(self._document)
        edited = cursor.selectedText()
        if edited.endswith(PREFIX) or text.endswith(PREFIX, 0, first):  # it may be one character with what follows
            return document_text(self._document)
        return _Patch(text, units, first, last, from_qt(edited))


@dataclass(frozen=True, slots=True)
class _Patch:
    """`text` with `put` in the place of [first, last); `before` are the counts of `text`."""

    text: str
    before: Units
    first: int
    last: int
    put: str

    @property
    def units(self) -> Units:
        return self.before.replaced(self.first, self.last, self.put)

    def __call__(self) -> str:
        return "".join((self.text[: self.first], self.put, self.text[self.last :]))
