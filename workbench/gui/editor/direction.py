"""Every line runs from left to right, and one that letters from right to left bring out of its order says so at its
end; the tool tip there, and what is shown at the caret, tell it in the order in which it is written."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QTextBlock, QTextDocument

from workbench.gui.editor.blocks import is_folded, shown_blocks, shown_lines
from workbench.gui.editor.qt_text import from_qt
from workbench.writing.direction import in_order, is_reordered
from workbench.writing.layout import LONG_LINE

if TYPE_CHECKING:
    from workbench.gui.editor.text_edit import PolicyEdit

LABEL, SHORT = "right to left", "⇄"
TOLD = "Letters here run from right to left, and others with them. In the order in which it is written, the line is:"
GAP, PAD, RADIUS = 8, 4, 3


def keep_left_to_right(document: QTextDocument) -> None:
    """A line that begins with a letter from right to left would else begin at the right edge."""
    option = document.defaultTextOption()
    option.setTextDirection(Qt.LayoutDirection.LeftToRight)
    document.setDefaultTextOption(option)


@lru_cache(maxsize=2_000)
def _is_reordered(stored: str) -> bool:
    return is_reordered(stored)


def order_of(block: QTextBlock) -> str:
    """What is told of a line that is shown out of its order; nothing of any other."""
    if block.length() > LONG_LINE or not _is_reordered(block.text()):
        return ""
    return f"{TOLD}\n{in_order(from_qt(block.text()))}"


def _boxes(edit: PolicyEdit) -> Iterator[tuple[QRectF, QTextBlock]]:
    """Where the marks of the lines in sight stand: at the end of each, at an edge if there is no room."""
    metrics, view = QFontMetricsF(edit.font()), edit.viewport().width()
    height = metrics.lineSpacing()
    long, short = (metrics.horizontalAdvance(label) + 2 * PAD for label in (LABEL, SHORT))
    for shown in shown_blocks(edit):
        block = shown.block
        if block.length() > LONG_LINE or not _is_reordered(block.text()):
            continue
        lines = shown_lines(edit, shown)
        if lines:
            last = lines[-1]
            end = last.left + last.line.x() + last.line.naturalTextWidth() + GAP
            fits = end + long < view and not is_folded(block)
            # Where a line ends at the edge of the view, its beginning is what can be scrolled to from under the mark.
            left = end if fits else view - short - GAP if end - GAP > view or is_folded(block) else 1
            yield QRectF(round(left), round(last.top), long if fits else short, height), block


def paint(painter: QPainter, edit: PolicyEdit) -> None:
    """Draws the marks."""
    theme = edit.theme
    for box, _block in _boxes(edit):
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(edit.font())
        painter.setPen(QPen(theme.color("text" if theme.strong else "warning"), 1))
        painter.setBrush(theme.mix("warning", "surface", 0.0 if theme.strong else 0.12))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        label = LABEL if box.width() > QFontMetricsF(edit.font()).horizontalAdvance(LABEL) else SHORT
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), label)
        painter.restore()


def tip_at(edit: PolicyEdit, place: QPoint) -> str:
    """What is told at a place of the viewport, if a mark is there."""
    return next((order_of(block) for box, block in _boxes(edit) if box.contains(place)), "")
