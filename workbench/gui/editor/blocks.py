"""The lines of a text that are shown, with folds between them, and what is kept with a line.

Qt keeps with each block whether it is shown, and moves that with the text: a fold is a shown block that hidden ones
follow. Hidden blocks count no line, so that Qt finds the ends of a fold without a walk over what it hides.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtCore import QPointF
from PySide6.QtGui import QTextBlock, QTextLine
from PySide6.QtWidgets import QPlainTextEdit


def after(block: QTextBlock) -> QTextBlock:
    """The next block that is shown; an invalid one behind the last."""
    following = block.next()
    if not following.isValid() or following.isVisible():
        return following
    found = following.document().findBlockByLineNumber(following.firstLineNumber())
    if found.isValid() and (not found.isVisible() or found.position() < following.position()):
        return _step(following, forward=True)  # amid a change, before Qt has counted the lines
    return found


def before(block: QTextBlock) -> QTextBlock:
    """The last block before this one that is shown; an invalid one before the first."""
    previous = block.previous()
    if not previous.isValid() or previous.isVisible():
        return previous
    found = previous.document().findBlockByLineNumber(previous.firstLineNumber() - 1)
    if not found.isValid() or not found.isVisible() or found.position() > previous.position():
        return _step(previous, forward=False)
    return found


def _step(block: QTextBlock, *, forward: bool) -> QTextBlock:
    while block.isValid() and not block.isVisible():
        block = block.next() if forward else block.previous()
    return block


def is_folded(block: QTextBlock) -> bool:
    """Whether the lines behind this one, which is shown, are hidden."""
    following = block.next()
    return following.isValid() and block.isVisible() and not following.isVisible()


def last_hidden(block: QTextBlock) -> QTextBlock:
    """The last block that is folded behind one that is shown."""
    following = after(block)
    return following.previous() if following.isValid() else block.document().lastBlock()


def end_of(block: QTextBlock) -> int:
    """Where the text ends that a shown block stands for: its own, or the end of what is folded behind it."""
    following = after(block)
    return following.position() - 1 if following.isValid() else block.document().characterCount() - 1


class ShownBlock(NamedTuple):
    """A block with its place in the viewport."""

    block: QTextBlock
    top: float
    height: float


def shown_blocks(edit: QPlainTextEdit) -> Iterator[ShownBlock]:
    """The blocks of which something is in the viewport, from above."""
    block = edit.firstVisibleBlock()
    if block.isValid() and not block.isVisible():
        block = after(block)
    top = edit.blockBoundingGeometry(block).translated(edit.contentOffset()).top()
    bottom = edit.viewport().height()
    while block.isValid() and top <= bottom:
        height = edit.blockBoundingRect(block).height()
        yield ShownBlock(block, top, height)
        top += height
        block = after(block)


def near_blocks(edit: QPlainTextEdit) -> list[QTextBlock]:
    """The shown blocks of the visible page and of a page before and after it, in order; of long lines fewer."""
    page = edit.viewport().height() // max(edit.fontMetrics().lineSpacing(), 1) + 2
    block = edit.firstVisibleBlock()
    earlier: list[QTextBlock] = []
    found = before(block)
    while found.isValid() and len(earlier) < page:
        earlier.append(found)
        found = before(found)
    blocks = earlier[::-1]
    until = len(blocks) + 2 * page
    while block.isValid() and len(blocks) < until:
        if block.isVisible():
            blocks.append(block)
        block = after(block)
    return blocks


class ShownLine(NamedTuple):
    """A line as it is shown, which is a part of its block where lines are wrapped: its place in the viewport, and the
    text it stands for, as positions in the document."""

    line: QTextLine
    left: float
    top: float
    start: int
    end: int


def shown_lines(edit: QPlainTextEdit, shown: ShownBlock) -> list[ShownLine]:
    """The lines of a block that are in the viewport; the last stands for what is folded behind it, too."""
    block, bottom = shown.block, edit.viewport().height()
    layout, origin = block.layout(), QPointF(edit.contentOffset().x(), shown.top)
    lines = []
    for number in range(layout.lineCount()):
        line = layout.lineAt(number)
        top = origin.y() + line.y()
        if top > bottom:
            break
        if top + line.height() < 0:
            continue
        start = block.position() + line.textStart()
        is_last = number == layout.lineCount() - 1
        end = end_of(block) if is_last else start + line.textLength() - 1
        lines.append(ShownLine(line, origin.x(), top, start, end))
    return lines


# -- what is kept with a block: the state of its colors, and whether it was folded when it was hidden itself ----------


def colors_of(block: QTextBlock) -> int:
    """The state its colors were made for; 0 if they never were."""
    return max(block.userState(), 0) >> 1


def set_colors(block: QTextBlock, state: int) -> None:
    block.setUserState(state << 1 | max(block.userState(), 0) & 1)


def was_folded(block: QTextBlock) -> bool:
    """Whether the block is to be folded as soon as it is shown itself."""
    return bool(max(block.userState(), 0) & 1)


def set_was_folded(block: QTextBlock, on: bool) -> None:
    if was_folded(block) != on:
        block.setUserState(max(block.userState(), 0) & ~1 | on)
