"""A long text on its way into the editor: prepared off the GUI thread, then put in a slice a turn of the event loop."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextCursor, QTextDocument

from workbench.gui.editor.qt_text import to_qt
from workbench.writing.layout import LONG_LINE, lay_out, longest_line

AT_ONCE = 32_000
"""Characters that are shown without a detour: reading and setting them takes a few milliseconds."""
LARGE_PASTE = 4_000
"""Characters of a one-line document that are laid out as soon as it is opened."""
SLICE, TURN_S = 8_000, 0.005


@dataclass(frozen=True, slots=True)
class Shown:
    """A text as the editor shows it: `text`, laid out for reading if it `is_long` or `is_one_line`."""

    text: str
    length: int
    longest_line: int
    is_one_line: bool

    @property
    def is_laid_out(self) -> bool:
        return self.is_one_line or self.longest_line > LONG_LINE


def prepare(text: str) -> Shown:
    """How to show `text`. Takes 0.3 s for 1 MB on one line: for a job, if it may be long."""
    longest = longest_line(text)
    one_line = len(text) > LARGE_PASTE and text.count("\n") <= 1
    shown = lay_out(text) if one_line or longest > LONG_LINE else text
    return Shown(shown, len(text), longest, one_line)


class Filling(QObject):
    """Appends a text to a document, 5 ms a turn. What is appended cannot be undone. `done` comes at the end."""

    done = Signal()

    def __init__(self, document: QTextDocument, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._text, self._at = "", 0
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._fill)

    def start(self, text: str, at: int) -> None:
        """Appends what `text` has from `at` on."""
        self._text, self._at = text, at
        self._document.setUndoRedoEnabled(False)
        self._turn.start()

    def stop(self) -> None:
        self._turn.stop()
        self._document.setUndoRedoEnabled(True)

    def _end_of_slice(self) -> int:
        """Where the next slice ends: a line that is longer than one comes at once, for Qt would lay out all of it anew
        with each part."""
        end = self._at + SLICE
        if self._text.find("\n", self._at, end) < 0:
            newline = self._text.find("\n", end)
            end = newline if newline >= 0 else len(self._text)
        return end

    def _fill(self) -> None:
        until = time.perf_counter() + TURN_S
        cursor = QTextCursor(self._document)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        done = False
        while not done:
            to = self._end_of_slice()
            cursor.insertText(to_qt(self._text[self._at : to]))
            self._at = to
            done = to >= len(self._text) or time.perf_counter() >= until
        if self._at < len(self._text):
            self._turn.start()
        else:
            self._text = ""
            self._document.setUndoRedoEnabled(True)
            self.done.emit()
