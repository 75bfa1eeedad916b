"""Many places of a text written anew, a few milliseconds a turn of the event loop, as one step that can be undone."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QTextCursor

from workbench.gui.editor.qt_text import to_qt
from workbench.gui.editor.text_edit import PolicyEdit

AT_ONCE, SLICE, TURN_S = 200, 50, 0.008


class Replacing(QObject):
    """Belongs to one PolicyEdit, in which nobody writes meanwhile."""

    def __init__(self, edit: PolicyEdit) -> None:
        super().__init__(edit)
        self._edit = edit
        self._edits: Sequence[tuple[int, int, str]] = ()
        self._left = self._revision = 0
        self._then: Callable[[int], object] = lambda _made: None
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._go_on)

    @property
    def busy(self) -> bool:
        return self._left > 0

    def run(self, edits: Sequence[tuple[int, int, str]], then: Callable[[int], object]) -> None:
        """Applies edits (Qt's start and end, text), in order and not overlapping; `then` is given how many were made:
        all, unless somebody else has written in the text."""
        if len(edits) <= AT_ONCE:
            self._edit.replace(list(edits))
            then(len(edits))
            return
        self._edits, self._left, self._then = edits, len(edits), then
        self._edit.setReadOnly(True)
        self._go_on()

    def _go_on(self) -> None:
        """From the end of the text on, so that the places before stay where they are."""
        document = self._edit.document()
        end = time.perf_counter() + TURN_S
        while self._left and time.perf_counter() < end:
            cursor = QTextCursor(document)
            if self._left == len(self._edits):
                cursor.beginEditBlock()
            elif document.revision() != self._revision:  # another has written: the places are not what they were
                self._end(len(self._edits) - self._left)
                return
            else:
                cursor.joinPreviousEditBlock()
            first = max(self._left - SLICE, 0)
            for start, stop, text in reversed(self._edits[first : self._left]):
                cursor.setPosition(start)
                cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
                cursor.insertText(to_qt(text))
            cursor.endEditBlock()
            self._left, self._revision = first, document.revision()
        if self._left:
            self._turn.start()
            return
        self._end(len(self._edits))

    def _end(self, made: int) -> None:
        self._edits, self._left = (), 0
        self._edit.setReadOnly(False)
        self._then(made)
