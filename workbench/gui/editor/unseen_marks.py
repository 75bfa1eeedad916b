"""What cannot be seen gets a box with its code in the text, and a letter that is not what it looks like one beside it.

The room for the box is letter spacing, a format of the block's layout: the text itself stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QTextBlock, QTextCharFormat, QTextLayout, QTextLine

from workbench.document.unseen import code_of, disguised
from workbench.gui.editor.qt_text import MARKED, from_qt
from workbench.gui.text_units import Units
from workbench.gui.theme import Theme

if TYPE_CHECKING:
    from workbench.gui.editor.text_edit import PolicyEdit

MOST_RANGES = 2_000
"""In one line; what comes after has a box of one letter's width."""
LONGEST = 200_000
"""Units of a line whose boxes are given room."""
_SCALE = 0.75
_CELLS = 0.92
"""Cells of the text's font that a letter of the label takes, with its share of the padding."""


def ranges(stored: str) -> list[QTextLayout.FormatRange]:
    """The formats of a line, as Qt has its text, that make room for the marks. O(length)."""
    if stored.isascii():
        return []
    found: list[QTextLayout.FormatRange] = []
    until, before = -1, ("", False)
    for start, end, code, covers in marks(stored):
        if start == until and (len(code), covers) == (len(before[0]), before[1]):
            found[-1].length += end - start
        elif len(found) < MOST_RANGES:
            found.append(_range(start, end - start, code, covers))
        else:
            break
        until, before = end, (code, covers)
    return found


def marks(stored: str, low: int = 0, high: int | None = None) -> Iterator[tuple[int, int, str, bool]]:
    """The marks of a line between two places, in order: from, to (Qt's units), code, and whether the mark stands in
    the place of the character."""
    units = Units(stored, stored=True)
    begin = units.from_qt(low)
    part = stored[begin : len(stored) if high is None else units.from_qt(high) + 1]
    places = [(begin + m.start(), begin + m.end(), True) for m in MARKED.finditer(part)]
    places += [(begin + at, begin + at + 1, False) for at in disguised(part)]
    for start, end, covers in sorted(places):
        code = code_of(from_qt(stored[start:end])) if stored[start:end] != "\u2029" else code_of("\u2029")
        yield units.to_qt(start), units.to_qt(end), code, covers


def _room(code: str, covers: bool) -> float:
    """Per cent of a character's own width."""
    return round(100 * (len(code) * _CELLS + (0 if covers else 1)))


def _range(start: int, length: int, code: str, covers: bool) -> QTextLayout.FormatRange:
    result = QTextLayout.FormatRange()
    result.start, result.length = start, length
    style = QTextCharFormat()
    style.setFontLetterSpacing(_room(code, covers))
    if covers:
        style.setForeground(QColor(0, 0, 0, 0))
    result.format = style
    return result


def paint(painter: QPainter, edit: PolicyEdit) -> None:
    """Draws the boxes of the visible lines."""
    block, last = edit.visible_blocks()
    theme, bottom, right = edit.theme, edit.viewport().height(), edit.viewport().width()
    pens = _Pens(edit.font(), theme)
    while block.isValid() and block.blockNumber() <= last:
        if block.isVisible():
            top = edit.blockBoundingGeometry(block).translated(edit.contentOffset())
            if top.top() > bottom:
                return
            _paint_block(painter, block, top.left(), top.top(), right, pens)
        block = block.next()


class _Pens:
    """The look of a box: a frame and letters of the text's own contrast on a tint, no color alone."""

    def __init__(self, font: QFont, theme: Theme) -> None:
        self.font = QFont(font)
        self.font.setPointSizeF(font.pointSizeF() * _SCALE)
        self.font.setBold(theme.strong)
        self.surface = theme.color("surface")
        self.ground = theme.mix("warning", "surface", 0.0 if theme.strong else 0.16)
        self.ink = theme.color("text" if theme.strong else "warning")


def _paint_block(painter: QPainter, block: QTextBlock, left: float, top: float, right: int, pens: _Pens) -> None:
    stored = block.text()
    if stored.isascii():
        return
    layout = block.layout()
    for number in range(layout.lineCount()):
        line = layout.lineAt(number)
        low, high = line.textStart(), line.textStart() + line.textLength()
        if len(stored) > LONGEST:  # only what is in sight
            low, high = line.xToCursor(-left), min(line.xToCursor(right - left) + 1, high)
        for start, end, code, covers in marks(stored, low, high):
            if not line.textStart() <= start < line.textStart() + line.textLength():
                continue
            x1, x2 = left + _x(line, start), left + _x(line, end)
            if x1 > right:
                break
            if x2 >= 0:
                _box(painter, QRectF(x1, top + line.y(), x2 - x1, line.height()), code, covers, pens)


def _box(painter: QPainter, room: QRectF, code: str, covers: bool, pens: _Pens) -> None:
    painter.setPen(QPen(pens.ink, 1))
    if not covers:
        letter = room.width() / (len(code) * _CELLS + 1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(room.left(), room.top() + 1, letter, room.height() - 2))
        room.setLeft(room.left() + letter)
    painter.fillRect(room, pens.surface)  # over what a font draws where it has no letter
    painter.setBrush(pens.ground)
    box = room.adjusted(1.5, 1.5, -1.5, -1.5)
    painter.drawRoundedRect(box, 2, 2)
    if box.width() > painter.fontMetrics().averageCharWidth() * 2:
        painter.setFont(pens.font)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip), code)


def _x(line: QTextLine, position: int) -> float:
    found: Any = line.cursorToX(position)
    return float(found[0])
