"""Brackets and quotes in pairs: one that is opened is closed, the closing one typed over, an empty pair goes at once.

Only the line that the caret is in is looked at: no JSON string goes over its end.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from workbench.gui.text_units import Units
from workbench.writing.brackets import CLOSES, inside_string

LINE = 20_000
"""In a longer line nothing is closed: a key press has 16 ms."""
REMEMBERED = 32
_PAIRS = {**CLOSES, '"': '"'}
_on = True


def close_pairs(on: bool) -> None:
    """Whether brackets and quotes are closed from now on, in every text."""
    global _on
    _on = on


def pairs_are_closed() -> bool:
    return _on


class Pairs(QObject):
    """Belongs to one text. Knows which closing brackets it has written: only those are typed over."""

    def __init__(self, edit: QPlainTextEdit) -> None:
        super().__init__(edit)
        self._edit = edit
        self._own: list[QTextCursor] = []

    def key(self, event: QKeyEvent) -> bool:
        """Whether the key was one that is treated here."""
        cursor = self._edit.textCursor()
        if not _on or cursor.block().length() > LINE:
            return False
        if cursor.hasSelection():
            return event.text() == '"' and self._leave(cursor)
        line = cursor.block().text()
        column = Units(line, stored=True).from_qt(cursor.positionInBlock())
        typed = event.text()
        if event.key() == Qt.Key.Key_Backspace:
            return event.modifiers() == Qt.KeyboardModifier.NoModifier and self._take_pair(cursor, line, column)
        if typed == '"':
            return self._quote(cursor, line, column)
        if typed in CLOSES:
            return not inside_string(line[:column])[0] and self._open(cursor, line, column, typed)
        if typed in ("}", "]") and line[column : column + 1] == typed:
            return self._step_over(cursor)
        return False

    def _leave(self, cursor: QTextCursor) -> bool:
        """Where all that stands between two quotes is selected, as a place to fill in is, another quote goes behind it:
        quotes around it once more would be no JSON."""
        chosen, line = cursor.selectedText(), cursor.block().text()
        units = Units(line, stored=True)
        start = units.from_qt(cursor.selectionStart() - cursor.block().position())
        end = start + len(chosen)
        if line[start:end] != chosen or line[start - 1 : start] != '"' or line[end : end + 1] != '"' or '"' in chosen:
            return False
        if inside_string(line[:end]) != (True, False) or inside_string(line)[0]:
            return False
        cursor.setPosition(cursor.selectionEnd() + 1)
        self._edit.setTextCursor(cursor)
        return True

    def _quote(self, cursor: QTextCursor, line: str, column: int) -> bool:
        inside, escaped = inside_string(line[:column])
        if inside:
            # In a line where a quote is missing the next one begins another text, and this one is meant to be written.
            if escaped or line[column : column + 1] != '"' or inside_string(line)[0]:
                return False
            cursor.movePosition(QTextCursor.MoveOperation.Right)
            self._edit.setTextCursor(cursor)
            return True
        before = line[column - 1 : column]
        return not (before.isalnum() or before == '"') and self._open(cursor, line, column, '"')

    def _open(self, cursor: QTextCursor, line: str, column: int, opening: str) -> bool:
        """Writes both, as one step, unless something follows that may be meant to come between them."""
        after = line[column : column + 1]
        if after and not after.isspace() and after not in ",:}]":
            return False
        cursor.beginEditBlock()
        cursor.insertText(opening + _PAIRS[opening])
        cursor.movePosition(QTextCursor.MoveOperation.Left)
        cursor.endEditBlock()
        self._edit.setTextCursor(cursor)
        if opening in CLOSES:
            own = QTextCursor(cursor)
            own.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor)
            self._own = [*self._own[1 - REMEMBERED :], own]
        return True

    def _step_over(self, cursor: QTextCursor) -> bool:
        own = next((o for o in self._own if o.selectionStart() == cursor.position() and o.hasSelection()), None)
        if own is None:
            return False
        self._own.remove(own)
        cursor.movePosition(QTextCursor.MoveOperation.Right)
        self._edit.setTextCursor(cursor)
        return True

    def _take_pair(self, cursor: QTextCursor, line: str, column: int) -> bool:
        opening, closing = line[column - 1 : column], line[column : column + 1]
        if not column or not closing or _PAIRS.get(opening) != closing:
            return False
        # A bracket must stand outside of strings, a quote must begin one.
        if inside_string(line[: column - 1])[0]:
            return False
        cursor.beginEditBlock()
        cursor.deleteChar()
        cursor.deletePreviousChar()
        cursor.endEditBlock()
        self._edit.setTextCursor(cursor)
        return True
