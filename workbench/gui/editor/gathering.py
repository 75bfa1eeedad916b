"""The text of a long document, read a slice a turn of the event loop: 10 MB in one piece take three frames."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextCursor, QTextDocument

from workbench.gui.editor.qt_text import from_qt

SLICE, TURN_S = 200_000, 0.004


class Gathering(QObject):
    """Begins anew whenever the text changes before all of it is read; `done` carries the revision and the text."""

    done = Signal(int, object)  # as a str it would be copied twice more on its way

    def __init__(self, document: QTextDocument, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._parts: list[str] = []
        self._at, self._revision = 0, -1
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._read)

    def start(self) -> None:
        if not self._turn.isActive():
            self._begin()
            self._turn.start()

    def stop(self) -> None:
        self._turn.stop()
        self._parts = []

    def _begin(self) -> None:
        self._parts, self._at, self._revision = [], 0, self._document.revision()

    def _read(self) -> None:
        if self._revision != self._document.revision():
            self._begin()
        end, last = time.perf_counter() + TURN_S, self._document.characterCount() - 1
        cursor = QTextCursor(self._document)
        while self._at < last and time.perf_counter() < end:
            cursor.setPosition(self._at)
            self._at = min(self._at + SLICE, last)
            if "\ud800" <= self._document.characterAt(self._at - 1) <= "\udbff":  # two units, one character
                self._at += 1
            cursor.setPosition(self._at, QTextCursor.MoveMode.KeepAnchor)
            self._parts.append(from_qt(cursor.selectedText()))
        if self._at < last:
            self._turn.start()
            return
        text, self._parts = "".join(self._parts), []
        self.done.emit(self._revision, text)
