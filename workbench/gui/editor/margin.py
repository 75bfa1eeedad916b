"""Line numbers, the icon of the worst finding of a line, what can be folded, and a bar along the caret's statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QTextBlock
from PySide6.QtWidgets import QWidget

from workbench.gui.editor.blocks import end_of, is_folded, shown_blocks, shown_lines
from workbench.gui.editor.marks import WORST, Mark
from workbench.gui.icons import pixmap

if TYPE_CHECKING:
    from workbench.gui.editor.text_edit import PolicyEdit

ICON = 12
FOLD, BAR = 16, 8
"""The columns right of the numbers: the mark of what can be folded, and the bar along a statement."""


class Margin(QWidget):
    """Belongs to one PolicyEdit, which places it."""

    def __init__(self, edit: PolicyEdit) -> None:
        super().__init__(edit)
        self._edit = edit
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def sizeHint(self) -> QSize:  # noqa: N802
        digits = max(len(str(self._edit.blockCount())), 2)
        return QSize(ICON + 16 + digits * self._edit.fontMetrics().horizontalAdvance("0") + FOLD + BAR - 2, 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        edit, theme = self._edit, self._edit.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), theme.color("surface"))
        painter.setFont(edit.font())
        current = edit.textCursor().blockNumber()
        faint = theme.faint()
        statement = edit.statement
        height = edit.fontMetrics().lineSpacing()
        for shown in shown_blocks(edit):
            block, top = shown.block, shown.top
            if top + shown.height < event.rect().top() or top > event.rect().bottom():
                continue
            here = block.blockNumber() == current
            painter.setPen(theme.color("text") if here else faint)
            numbers = QRectF(0, top, self.width() - FOLD - BAR, height)
            painter.drawText(numbers, int(Qt.AlignmentFlag.AlignRight), str(block.blockNumber() + 1))
            for line in shown_lines(edit, shown):
                self._paint_icon(painter, line.start, line.end, line.top, height)
            if is_folded(block) or edit.folding.can_fold(block):
                self._paint_fold(painter, top + height / 2, folded=is_folded(block))
            if statement and block.position() < statement[1] and end_of(block) >= statement[0]:
                painter.fillRect(QRectF(self.width() - 4, top, 2, shown.height), theme.color("accent"))
        painter.end()

    def _paint_icon(self, painter: QPainter, start: int, end: int, top: float, height: int) -> None:
        worst = self._edit.worst_between(start, end)
        if worst:
            picture = pixmap(worst, self._edit.theme, ICON, self.devicePixelRatioF())
            painter.drawPixmap(6, int(top + (height - ICON) / 2), picture)

    def _paint_fold(self, painter: QPainter, middle: float, *, folded: bool) -> None:
        """A chevron: down where it is open, to the right and stronger where it is folded."""
        center = self.width() - BAR - FOLD / 2
        corners = [(-2, -4), (2, 0), (-2, 4)] if folded else [(-4, -2), (0, 2), (4, -2)]
        theme = self._edit.theme
        painter.setPen(QPen(theme.color("text") if folded else theme.faint(), 1.8 if folded else 1.3))
        painter.drawPolyline(QPolygonF([QPointF(center + x, middle + y) for x, y in corners]))

    def marks_at(self, y: int) -> list[Mark]:
        """The findings that begin in the line at this height or in what is folded behind it, the worst first."""
        for shown in shown_blocks(self._edit):
            for line in shown_lines(self._edit, shown):
                if line.top <= y < line.top + line.line.height():
                    marks = self._edit.marks_between(line.start, line.end)
                    return sorted((m for m in marks if m.start >= line.start), key=lambda m: WORST.index(m.token))
        return []

    def fold_at(self, place: QPoint) -> QTextBlock | None:
        """The line whose mark for folding is at a place."""
        if not self.width() - BAR - FOLD <= place.x() < self.width() - BAR + 2:
            return None
        for shown in shown_blocks(self._edit):
            if shown.top <= place.y() < shown.top + shown.height:
                block = shown.block
                return block if is_folded(block) or self._edit.folding.can_fold(block) else None
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click on a number selects the line, on a mark chooses the finding, on a chevron folds or unfolds."""
        place = event.position().toPoint()
        marks = self.marks_at(place.y()) if place.x() < 6 + ICON + 2 else []
        if marks:
            self._edit.show_place(marks[0].start, marks[0].start, flash=False)
            self._edit.mark_pressed.emit()
            return
        header = self.fold_at(place)
        if header is not None:
            self._edit.folding.toggle(header)
            return
        cursor = self._edit.cursorForPosition(QPoint(0, place.y()))
        cursor.movePosition(cursor.MoveOperation.StartOfBlock)
        cursor.movePosition(cursor.MoveOperation.EndOfBlock, cursor.MoveMode.KeepAnchor)
        self._edit.setTextCursor(cursor)
        self._edit.setFocus()
