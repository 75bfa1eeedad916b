"""Squiggles under what was found. Qt's own wave underline is a row of dots at 1x and at 2x: this one is a wave.

Only what is in the viewport is drawn; a place that is wrapped has a wave on each of its lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF, QTextDocument, QTextLine

from workbench.gui.editor.blocks import ShownBlock, is_folded, shown_blocks, shown_lines
from workbench.gui.editor.marks import Mark

if TYPE_CHECKING:
    from workbench.gui.editor.text_edit import PolicyEdit

LONGEST = 400
_WIDTH, _HEIGHT, _ABOVE = 128, 5, 2
"""Pixels: a piece of a wave, and how much of its height is above the middle."""


def drawn(document: QTextDocument, mark: Mark) -> tuple[int, int]:
    """Where the wave of a mark goes."""
    start, end = mark.start, mark.end
    if start == end:  # nothing stands there: mark the character before, or the one after at a line's start
        at_start = document.findBlock(start).position() == start
        return (start, end + 1) if at_start else (start - 1, end)
    # A whole statement underlined says nothing: its first line does, and of an object or a list its bracket.
    block = document.findBlock(start)
    line_end = block.position() + block.length() - 1
    if end > line_end or end - start > LONGEST:
        bracket = document.characterAt(start) in ("{", "[")
        return start, start + 1 if bracket else min(end, max(line_end, start + 1))
    return start, end


def paint_waves(edit: PolicyEdit, painter: QPainter) -> None:
    """Draws them over the text that is in the viewport."""
    for stretch in _stretches(edit):
        first, last = stretch[0].block, stretch[-1].block
        marks = edit.marks_between(first.position(), last.position() + last.length())
        if not marks:
            continue
        places = [(*drawn(edit.document(), mark), mark.token) for mark in reversed(marks)]  # the tightest comes last
        for shown in stretch:
            begin, end = shown.block.position(), shown.block.position() + shown.block.length() - 1
            here = [(low - begin, high - begin, token) for low, high, token in places if low <= end and high > begin]
            if here:
                _paint_block(edit, painter, shown, here)


def _stretches(edit: PolicyEdit) -> list[list[ShownBlock]]:
    """What is in the viewport, parted where something is folded: what is hidden has no waves."""
    stretches: list[list[ShownBlock]] = []
    goes_on = False
    for shown in shown_blocks(edit):
        if goes_on:
            stretches[-1].append(shown)
        else:
            stretches.append([shown])
        goes_on = not is_folded(shown.block)
    return stretches


def _paint_block(
    edit: PolicyEdit, painter: QPainter, shown: ShownBlock, places: Sequence[tuple[int, int, str]]
) -> None:
    """The waves of one block; `places` count from its start."""
    right, length = edit.viewport().width() + 4.0, shown.block.length() - 1
    for line in shown_lines(edit, shown):
        start, end = line.line.textStart(), line.line.textStart() + line.line.textLength()
        base = line.top + line.line.ascent() + 3
        for low, high, token in places:
            low, high = max(low, start), min(high, end)
            if low < high or low == end == length:
                x1, x2 = line.left + _x(line.line, low), line.left + _x(line.line, max(low, high))
                x1, x2 = max(x1, -4.0), min(max(x2, x1 + 4), right)
                if x1 < x2:
                    _draw(painter, edit.theme.color(token), edit.viewport().devicePixelRatioF(), x1, x2, base)


def _x(line: QTextLine, position: int) -> float:
    """Where a position stands in a line; PySide6 gives it with the position."""
    found: Any = line.cursorToX(position)
    return float(found[0])


def _draw(painter: QPainter, color: QColor, ratio: float, left: float, right: float, base: float) -> None:
    """A zigzag of 4 px a turn."""
    place = QPointF(round(left * ratio) / ratio, round(base * ratio) / ratio - _ABOVE)
    painter.drawTiledPixmap(QRectF(place, QSizeF(right - left, _HEIGHT)), _tile(color.rgba(), ratio))


@lru_cache(maxsize=32)
def _tile(color: int, ratio: float) -> QPixmap:
    """A piece of the wave, drawn once: a line of a page's width takes Qt most of a millisecond, each time."""
    tile = QPixmap(round(_WIDTH * ratio), round(_HEIGHT * ratio))
    tile.setDevicePixelRatio(ratio)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor.fromRgba(color), 1.2))
    turns = range(-2, _WIDTH // 2 + 3)
    painter.drawPolyline(QPolygonF([QPointF(2 * n, _ABOVE + (1.2 if n % 2 else -0.8)) for n in turns]))
    painter.end()
    return tile
