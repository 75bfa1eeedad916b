"""What the tests of folding share: a text, and what is shown and hidden of it in a tab."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt

from workbench.gui.editor.blocks import shown_blocks
from workbench.gui.editor.margin import BAR, FOLD
from workbench.gui.editor.tab import EditorTab

POLICY = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "One",
      "Effect": "Allow",
      "Action": [
        "s3:GetObject",
        "s3:PutObject"
      ],
      "Resource": "*"
    },
    {
      "Sid": "Two",
      "Effect": "Deny",
      "Action": "s3:*",
      "Resource": "*",
      "Condition": {
        "Bool": {
          "aws:SecureTransport": "false"
        }
      }
    }
  ]
}
"""


def lines(tab: EditorTab) -> list[int]:
    """The numbers of the lines that are shown, from 1."""
    block, found = tab.edit.document().begin(), []
    while block.isValid():
        if block.isVisible():
            found.append(block.blockNumber() + 1)
        block = block.next()
    return found


def hidden(tab: EditorTab) -> set[int]:
    return set(range(1, tab.edit.blockCount() + 1)) - set(lines(tab))


def fold(tab: EditorTab, line: int) -> None:
    tab.edit.folding.toggle(tab.edit.document().findBlockByNumber(line - 1))


def put(tab: EditorTab, line: int, column: int = 0) -> None:
    cursor = tab.edit.textCursor()
    cursor.setPosition(tab.edit.document().findBlockByNumber(line - 1).position() + column)
    tab.edit.setTextCursor(cursor)


def press_chevron(tab: EditorTab, qtbot: Any, line: int) -> None:
    [shown] = [s for s in shown_blocks(tab.edit) if s.block.blockNumber() == line - 1]
    margin = tab.edit.margin
    place = QPoint(margin.width() - BAR - FOLD // 2, int(shown.top + 8))
    qtbot.mouseClick(margin, Qt.MouseButton.LeftButton, pos=place)


def box(tab: EditorTab, line: int) -> QPoint:
    """The middle of the box of a fold, after it is painted."""
    tab.edit.viewport().repaint()
    [found] = [rect for rect, header in tab.edit._fold_marks._boxes if header.blockNumber() == line - 1]
    return found.center().toPoint()
