"""Line numbers, the icon of the worst finding of a line, and a bar along the statement that the caret is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from workbench.gui.editor.marks import Mark
from workbench.gui.icons import pixmap

if TYPE_CHECKING:
    from workbench.gui.editor.text_edit import PolicyEdit

ICON = 12
_WORST = ("error", "security", "warning", "suggestion")


class Margin(QWidget):
    """Belongs to one PolicyEdit, which places it."""

    def __init__(self, edit: PolicyEdit) -> None:
        super().__init__(edit)
        self._edit = edit
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def sizeHint(self) -> QSize:  # noqa: N802
        digits = max(len(str(self._edit.blockCount())), 2)
        return QSize(ICON + 16 + digits * self._edit.fontMetrics().horizontalAdvance("0") + 8, 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        edit, theme = self._edit, self._edit.theme
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.color("surface"))
        painter.setFont(edit.font())
        current = edit.textCursor().blockNumber()
        faint = theme.faint()
        statement = edit.statement
        block, last = edit.visible_blocks()
        top = edit.blockBoundingGeometry(block).translated(edit.contentOffset()).top()
        height = edit.fontMetrics().lineSpacing()
        while block.isValid() and block.blockNumber() <= last:
            bottom = top + edit.blockBoundingRect(block).height()
            if block.isVisible() and bottom >= event.rect().top() and top <= event.rect().bottom():
                here = block.blockNumber() == current
                painter.setPen(theme.color("text") if here else faint)
                numbers = QRectF(0, top, self.width() - 10, height)
                painter.drawText(numbers, int(Qt.AlignmentFlag.AlignRight), str(block.blockNumber() + 1))
                self._paint_icon(painter, block.position(), block.length(), top, height)
                end = block.position() + block.length()
                if statement and block.position() < statement[1] and end > statement[0]:
                    painter.fillRect(QRectF(self.width() - 4, top, 2, bottom - top), theme.color("accent"))
            top = bottom
            block = block.next()
        painter.end()

    def _paint_icon(self, painter: QPainter, start: int, length: int, top: float, height: int) -> None:
        tokens = {m.token for m in self._edit.marks_between(start, start + length - 1) if start <= m.start}
        worst = next((t for t in _WORST if t in tokens), None)
        if worst:
            picture = pixmap(worst, self._edit.theme, ICON, self.devicePixelRatioF())
            painter.drawPixmap(6, int(top + (height - ICON) / 2), picture)

    def marks_at(self, y: int) -> list[Mark]:
        """The findings that begin in the line at this height, the worst first."""
        block = self._edit.cursorForPosition(QPoint(0, y)).block()
        start = block.position()
        marks = self._edit.marks_between(start, start + block.length() - 1)
        return sorted((m for m in marks if m.start >= start), key=lambda m: _WORST.index(m.token))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click on a number selects the line, one on the mark beside it chooses the finding."""
        place = event.position().toPoint()
        marks = self.marks_at(place.y()) if place.x() < 6 + ICON + 2 else []
        if marks:
            self._edit.show_place(marks[0].start, marks[0].start, flash=False)
            self._edit.mark_pressed.emit()
            return
        cursor = self._edit.cursorForPosition(place)
        cursor.movePosition(cursor.MoveOperation.StartOfBlock)
        cursor.movePosition(cursor.MoveOperation.EndOfBlock, cursor.MoveMode.KeepAnchor)
        self._edit.setTextCursor(cursor)
        self._edit.setFocus()
