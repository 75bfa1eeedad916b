"""The places of an inserted text that are filled in one after the other, with Tab and Shift+Tab."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QTextCursor

from workbench.gui.editor.text_edit import PolicyEdit


class Stops(QObject):
    """Belongs to one PolicyEdit. Over as soon as the caret leaves the inserted text, with Esc, or behind the last."""

    def __init__(self, edit: PolicyEdit) -> None:
        super().__init__(edit)
        self._edit = edit
        self._stops: list[QTextCursor] = []
        self._end: QTextCursor | None = None
        self._at = 0

    @property
    def active(self) -> bool:
        return bool(self._stops)

    def begin(self, stops: Sequence[tuple[int, int]], end: int) -> None:
        """Selects the first of `stops` (Qt's positions); behind the last the caret goes to `end`."""
        self._stops = [self._cursor(*stop) for stop in stops]
        self._end = self._cursor(end, end)
        self._at = 0
        self._select()

    def stop(self) -> None:
        self._stops, self._end = [], None

    def key(self, key: int) -> bool:
        """Whether the key was one of ours."""
        if key == Qt.Key.Key_Escape:
            self.stop()
            return True
        if key not in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) or not self._is_here():
            return False
        self._at += 1 if key == Qt.Key.Key_Tab else -1
        if self._at >= len(self._stops):
            end = self._end
            self.stop()
            if end is not None:
                self._edit.setTextCursor(end)
            return True
        self._at = max(self._at, 0)
        self._select()
        return True

    def _is_here(self) -> bool:
        """Whether the caret is still where something is filled in."""
        place = self._edit.textCursor().position()
        assert self._end is not None
        if self._stops[0].selectionStart() <= place <= self._end.position():
            return True
        self.stop()
        return False

    def _select(self) -> None:
        self._edit.setTextCursor(self._stops[self._at])
        self._edit.ensureCursorVisible()

    def _cursor(self, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self._edit.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return cursor
