"""What says that something is folded: a box behind the line, with the first of what it hides and how many lines it is.

A click on the box unfolds; its tool tip shows more of what is hidden.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPen, QPixmap, QTextBlock

from workbench.gui.editor.blocks import ShownLine, is_folded, last_hidden, shown_blocks, shown_lines
from workbench.gui.editor.qt_text import from_qt
from workbench.writing.folding import closing, told

if TYPE_CHECKING:
    from workbench.gui.editor.text_edit import PolicyEdit

GAP, PAD, RADIUS = 6.0, 6.0, 4.0
LOOKED_AT, TIP_LINES, TIP_LETTERS = 3, 20, 120
MOST_KEPT = 400
MOST_NEW = 12
"""Boxes that one painting draws anew, about a millisecond and a half; those it leaves out come with the next turn."""


class _Box(NamedTuple):
    """`width` is that of the box, `of_box`, and of what closes it."""

    picture: QPixmap
    width: int
    of_box: int
    height: int


class FoldMarks(QObject):
    """Belongs to one PolicyEdit, which has them painted."""

    def __init__(self, edit: PolicyEdit) -> None:
        super().__init__(edit)
        self._edit = edit
        self._boxes: list[tuple[QRectF, QTextBlock]] = []
        self._look: tuple[str, str, float] | None = None
        self._pictures: dict[tuple[str, str, bool], _Box] = {}
        self._new = 0  # drawn by this painting
        self._rest = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(edit.viewport().update)
        edit.viewport().setMouseTracking(True)
        edit.viewport().installEventFilter(self)

    def paint(self, painter: QPainter) -> None:
        """Draws the boxes of the folds in the viewport."""
        edit, self._boxes, self._new = self._edit, [], 0
        look = edit.font().key(), edit.theme.name, edit.devicePixelRatioF()
        if look != self._look or len(self._pictures) > MOST_KEPT:
            self._look, self._pictures = look, {}
        cursor = edit.textCursor()
        chosen_from, chosen_to = cursor.selectionStart(), cursor.selectionEnd()
        for shown in shown_blocks(edit):
            if self._new >= MOST_NEW:
                self._rest.start()
                break
            lines = shown_lines(edit, shown) if is_folded(shown.block) else []
            if lines:
                end = lines[-1].start + lines[-1].line.textLength()
                self._paint_box(painter, shown.block, lines[-1], chosen=chosen_from <= end < chosen_to)

    def _paint_box(self, painter: QPainter, header: QTextBlock, line: ShownLine, *, chosen: bool) -> None:
        last = last_hidden(header)
        count = last.blockNumber() - header.blockNumber()
        end = closing(last.text())
        right = line.left + line.line.x() + line.line.naturalTextWidth() + GAP
        room = self._edit.viewport().width() - GAP
        found, start = self._edit.found, header.position() + header.length()
        hits = found.after(last.position() + last.length()) - found.after(start) if len(found) else 0
        said = f", {hits:,} hit{'' if hits == 1 else 's'}" if hits else ""
        box = self._box(told(_first_lines(header, min(count, LOOKED_AT)), count) + said, end, chosen)
        if right + box.width > room:
            box = self._box(told((), count) + said, end, chosen)
        left = round(max(min(right, room - box.width), GAP))
        painter.drawPixmap(left, round(line.top), box.picture)
        self._boxes.append((QRectF(left, line.top, box.of_box, box.height), header))

    def _box(self, text: str, end: str, chosen: bool) -> _Box:
        """The picture of a box and of what closes it; drawn once, since each key press paints all of them."""
        key = text, end, chosen
        found = self._pictures.get(key)
        if found is None:
            found = self._pictures[key] = self._draw(text, end, chosen)
            self._new += 1
        return found

    def _draw(self, text: str, end: str, chosen: bool) -> _Box:
        edit, theme, ratio = self._edit, self._edit.theme, self._edit.devicePixelRatioF()
        metrics = QFontMetricsF(edit.font())
        height, of_box = ceil(metrics.lineSpacing()), ceil(metrics.horizontalAdvance(text) + 2 * PAD)
        width = of_box + ceil(GAP + metrics.horizontalAdvance(end) if end else 0)
        picture = QPixmap(ceil(width * ratio), ceil(height * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(edit.font())
        painter.setPen(QPen(theme.color("muted") if theme.strong else theme.mix("muted", "surface", 0.4), 1))
        painter.setBrush(theme.selection() if chosen else theme.mix("muted", "surface", 0.08))
        painter.drawRoundedRect(QRectF(0.5, 0.5, of_box - 1, height - 1), RADIUS, RADIUS)
        painter.setPen(theme.color("text" if chosen else "muted"))
        base = metrics.leading() + metrics.ascent()
        painter.drawText(QPointF(PAD, base), text)
        painter.setPen(theme.color("text"))
        painter.drawText(QPointF(of_box + GAP, base), end)
        painter.end()
        return _Box(picture, width, of_box, height)

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
        lines.append(from_qt(block.text()))
        block = block.next()
    return lines
