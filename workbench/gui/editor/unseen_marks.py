"""What cannot be seen gets a box with its code in the text, and a letter that is not what it looks like one beside it.

The room for the box is letter spacing, a format of the block's layout: the text itself stays as it is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap, QTextBlock, QTextCharFormat, QTextLayout, QTextLine

from workbench.document.unseen import code_of, disguised
from workbench.gui.editor.blocks import shown_blocks
from workbench.gui.editor.qt_text import MARKED, from_qt
from workbench.gui.text_units import Units
from workbench.gui.theme import LIGHT

if TYPE_CHECKING:
    from workbench.gui.editor.text_edit import PolicyEdit

MOST_RANGES = 300
"""In one line; what comes after has a box of one letter's width."""
LONGEST = 200_000
"""Units of a line whose boxes are given room."""
KNOWN = 500
"""Units of a line up to which its marks are kept: each key press paints the whole page."""
NEAR = 40
"""Units of a line from which on only those in sight are looked at when it is painted."""
MOST_PICTURES = 2_000
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
    if stored.isascii():
        return
    units = Units(stored, stored=True)
    begin = units.from_qt(low)
    part = stored[begin : len(stored) if high is None else units.from_qt(high) + 1]
    places = [(begin + m.start(), begin + m.end(), True) for m in MARKED.finditer(part)]
    places += [(begin + at, begin + at + 1, False) for at in disguised(part)]
    for start, end, covers in sorted(places):
        yield units.to_qt(start), units.to_qt(end), _code(stored[start:end]), covers


@lru_cache(maxsize=4096)
def _code(stored: str) -> str:
    return code_of(stored if stored == "\u2029" else from_qt(stored))


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
    boxes = _boxes(edit.font().key(), edit.theme.name, edit.viewport().devicePixelRatioF())
    boxes.font, boxes.theme = edit.font(), edit.theme
    left, right = edit.contentOffset().x(), edit.viewport().width()
    for shown in shown_blocks(edit):
        _paint_block(painter, shown.block, left, shown.top, right, boxes)


def _paint_block(painter: QPainter, block: QTextBlock, left: float, top: float, right: int, boxes: _Boxes) -> None:
    stored = block.text()
    if stored.isascii():
        return
    layout = block.layout()
    for number in range(layout.lineCount()):
        line = layout.lineAt(number)
        begin, end = line.textStart(), line.textStart() + line.textLength()
        low, high = begin, end
        if end - begin > NEAR:  # what is half in sight, too
            low, high = max(line.xToCursor(-left) - 2, begin), min(line.xToCursor(right - left) + 1, end)
        height, y, until, x2 = line.height(), top + line.y(), -1, 0.0
        for start, stop, code, covers in _marks_between(stored, low, high):
            if not begin <= start < end:
                continue
            x1 = x2 if start == until else left + _x(line, start)
            until, x2 = stop, left + _x(line, stop)
            if x1 > right:
                break
            if x2 >= 0:
                painter.drawPixmap(QPointF(x1, y), boxes.picture(code, x2 - x1, height, covers))


def _marks_between(stored: str, low: int, high: int) -> Iterable[tuple[int, int, str, bool]]:
    if len(stored) > KNOWN:
        return marks(stored, low, high)
    found = _marks_of(stored)
    return found[bisect_left(found, (low,)) : bisect_right(found, (high,))]


@lru_cache(maxsize=256)
def _marks_of(stored: str) -> tuple[tuple[int, int, str, bool], ...]:
    return tuple(marks(stored))


class _Boxes:
    """Pictures of boxes, for one font and theme: a frame and letters of the text's own contrast on a tint, no color
    alone."""

    def __init__(self, ratio: float) -> None:
        self.font, self.theme = QFont(), LIGHT
        self._ratio = ratio
        self._made: dict[tuple[str, int, int, bool], QPixmap] = {}

    def picture(self, code: str, width: float, height: float, covers: bool) -> QPixmap:
        """The box of a code, of that size."""
        key = code, round(width * self._ratio), round(height * self._ratio), covers
        if key not in self._made:
            if len(self._made) >= MOST_PICTURES:
                self._made.clear()
            self._made[key] = self._drawn(*key)
        return self._made[key]

    def _drawn(self, code: str, width: int, height: int, covers: bool) -> QPixmap:
        theme, picture = self.theme, QPixmap(max(width, 1), max(height, 1))
        picture.setDevicePixelRatio(self._ratio)
        picture.fill(theme.color("surface") if covers else QColor(0, 0, 0, 0))  # over what a font draws there
        ink = theme.color("text" if theme.strong else "warning")
        painter = QPainter(picture)
        painter.setPen(QPen(ink, 1))
        room = QRectF(0, 0, width / self._ratio, height / self._ratio)
        if not covers:
            letter = room.width() / (len(code) * _CELLS + 1)
            painter.drawRect(QRectF(0.5, 0.5, letter - 1, room.height() - 1))
            room.setLeft(letter)
        box = room.adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.mix("warning", "surface", 0.0 if theme.strong else 0.16))
        painter.drawRoundedRect(box, 2, 2)
        font = QFont(self.font)
        font.setPointSizeF(max(self.font.pointSizeF() * _SCALE, 1))
        font.setBold(theme.strong)
        painter.setFont(font)
        if painter.fontMetrics().horizontalAdvance(code) <= box.width() + 2:
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), code)
        painter.end()
        return picture


@lru_cache(maxsize=8)
def _boxes(_font: str, _theme: str, ratio: float) -> _Boxes:
    return _Boxes(ratio)


def _x(line: QTextLine, position: int) -> float:
    found: Any = line.cursorToX(position)
    return float(found[0])
