"""What says that something is folded: a box behind the line, with the first of what it hides and how many lines it is.

A click on the box unfolds; its tool tip shows more of what is hidden.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPen, QTextBlock

from workbench.gui.editor.blocks import is_folded, last_hidden, shown_blocks, shown_lines
from workbench.writing.folding import closing, told

if TYPE_CHECKING:
    from workbench.gui.editor.text_edit import PolicyEdit

GAP, PAD, RADIUS = 6.0, 6.0, 4.0
LOOKED_AT, TIP_LINES, TIP_LETTERS = 3, 20, 120


class FoldMarks(QObject):
    """Belongs to one PolicyEdit, which has them painted."""

    def __init__(self, edit: PolicyEdit) -> None:
        super().__init__(edit)
        self._edit = edit
        self._boxes: list[tuple[QRectF, QTextBlock]] = []
        edit.viewport().setMouseTracking(True)
        edit.viewport().installEventFilter(self)

    def paint(self, painter: QPainter) -> None:
        """Draws the boxes of the folds in the viewport."""
        edit, self._boxes = self._edit, []
        metrics = QFontMetricsF(edit.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(edit.font())
        for shown in shown_blocks(edit):
            lines = shown_lines(edit, shown) if is_folded(shown.block) else []
            if lines:
                line = lines[-1]
                right = line.left + line.line.x() + line.line.naturalTextWidth()
                self._paint_box(painter, metrics, shown.block, right, line.top)

    def _paint_box(
        self, painter: QPainter, metrics: QFontMetricsF, header: QTextBlock, right: float, top: float
    ) -> None:
        edit, theme = self._edit, self._edit.theme
        count = last_hidden(header).blockNumber() - header.blockNumber()
        end = closing(last_hidden(header).text())
        room = edit.viewport().width() - GAP - metrics.horizontalAdvance(end)
        texts = told(_first_lines(header, min(count, LOOKED_AT)), count), told((), count)
        widths = [metrics.horizontalAdvance(text) + 2 * PAD for text in texts]
        fits = right + GAP + widths[0] <= room
        text, width = (texts[0], widths[0]) if fits else (texts[1], widths[1])
        left = max(min(right + GAP, room - width), GAP)
        box = QRectF(round(left) + 0.5, round(top) + 0.5, round(width), round(metrics.height()) - 1)
        cursor = edit.textCursor()
        chosen = cursor.selectionStart() < header.position() + header.length() <= cursor.selectionEnd()
        painter.setPen(QPen(theme.color("muted") if theme.strong else theme.mix("muted", "surface", 0.4), 1))
        painter.setBrush(theme.selection() if chosen else theme.mix("muted", "surface", 0.08))
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        painter.setPen(theme.color("text" if chosen else "muted"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
        if end:
            painter.setPen(theme.color("text"))
            painter.drawText(
                QRectF(box.right() + GAP, top, 200, metrics.height()), int(Qt.AlignmentFlag.AlignLeft), end
            )
        self._boxes.append((box, header))

    def header_at(self, place: QPoint) -> QTextBlock | None:
        """The line whose fold's box is at a place of the viewport."""
        for box, header in self._boxes:
            if box.contains(place) and header.isValid() and is_folded(header):
                return header
        return None

    def tip_at(self, place: QPoint) -> str:
        """The first of the hidden lines, where there is a box; else nothing."""
        header = self.header_at(place)
        if header is None:
            return ""
        count = last_hidden(header).blockNumber() - header.blockNumber()
        lines = [line[:TIP_LETTERS] for line in _first_lines(header, min(count, TIP_LINES))]
        indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
        rest = [f"… and {count - TIP_LINES:,} more lines"] if count > TIP_LINES else []
        return "\n".join(["Folded; a click shows it:", *(line[indent:] for line in lines), *rest])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QMouseEvent):
            header = self.header_at(event.position().toPoint())
            if event.type() == QEvent.Type.MouseMove and not event.buttons():
                shape = Qt.CursorShape.PointingHandCursor if header is not None else Qt.CursorShape.IBeamCursor
                if self._edit.viewport().cursor().shape() != shape:
                    self._edit.viewport().setCursor(shape)
            elif event.type() == QEvent.Type.MouseButtonPress and header is not None:
                self._edit.folding.unfold(header)
                return True
        return super().eventFilter(watched, event)


def _first_lines(header: QTextBlock, count: int) -> list[str]:
    lines, block = [], header.next()
    for _ in range(count):
        lines.append(block.text())
        block = block.next()
    return lines
