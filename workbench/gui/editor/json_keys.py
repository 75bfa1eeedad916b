"""The keys that a JSON editor treats in its own way: Enter indents, Tab shifts lines, a closing bracket steps back, a
quote or an opening bracket goes around what is selected.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from workbench.gui.editor.pairs import Pairs, pairs_are_closed
from workbench.gui.text_units import Units
from workbench.writing.brackets import CLOSES
from workbench.writing.layout import INDENT

_AROUND = {**CLOSES, '"': '"'}
_MODIFIERS = Qt.KeyboardModifier
_HARMLESS = _MODIFIERS.ShiftModifier | _MODIFIERS.KeypadModifier | _MODIFIERS.GroupSwitchModifier
"""What is held for a character, and meant by no command."""
_ALT_GR = _MODIFIERS.ControlModifier | _MODIFIERS.AltModifier
"""As some systems tell the key AltGr, which many keyboards have their brackets on."""


def typed(edit: QPlainTextEdit, event: QKeyEvent, pairs: Pairs) -> bool:
    """Whether the key was one that a JSON editor treats in its own way."""
    held = event.modifiers() & ~_HARMLESS
    if held and not (held == _ALT_GR and event.text() and event.text() in '{}[]"'):
        return False
    if pairs.key(event):
        return True
    if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        _new_line(edit)
    elif event.key() == Qt.Key.Key_Tab:
        _indent(edit)
    elif event.key() == Qt.Key.Key_Backtab:
        _outdent(edit)
    elif event.text() in _AROUND and pairs_are_closed() and _is_within_a_line(edit.textCursor()):
        _wrap(edit, event.text())
    elif event.text() in ("}", "]"):
        _close_bracket(edit, event.text())
    else:
        return False
    return True


def _new_line(edit: QPlainTextEdit) -> None:
    cursor = edit.textCursor()
    line = cursor.block().text()
    column = Units(line, stored=True).from_qt(cursor.positionInBlock())
    before, after = line[:column], line[column:].lstrip()
    indent = before[: len(before) - len(before.lstrip(" \t"))]
    opens = before.rstrip()[-1:] in ("{", "[")
    cursor.beginEditBlock()
    cursor.insertText("\n" + indent + (" " * INDENT if opens else ""))
    if opens and after[:1] == CLOSES[before.rstrip()[-1]]:
        place = cursor.position()
        cursor.insertText("\n" + indent)
        cursor.setPosition(place)
    cursor.endEditBlock()
    edit.setTextCursor(cursor)
    edit.ensureCursorVisible()


def _is_within_a_line(cursor: QTextCursor) -> bool:
    return cursor.hasSelection() and "\u2029" not in cursor.selectedText()


def _wrap(edit: QPlainTextEdit, opening: str) -> None:
    """Puts what is selected in quotes or brackets; it stays selected."""
    cursor = edit.textCursor()
    start, end = cursor.selectionStart(), cursor.selectionEnd()
    cursor.beginEditBlock()
    cursor.setPosition(end)
    cursor.insertText(_AROUND[opening])
    cursor.setPosition(start)
    cursor.insertText(opening)
    cursor.endEditBlock()
    cursor.setPosition(start + 1)
    cursor.setPosition(end + 1, QTextCursor.MoveMode.KeepAnchor)
    edit.setTextCursor(cursor)


def _indent(edit: QPlainTextEdit) -> None:
    cursor = edit.textCursor()
    if cursor.hasSelection() and _lines_of(edit, cursor)[0] != _lines_of(edit, cursor)[1]:
        _shift_lines(edit, INDENT)
    else:
        cursor.insertText(" " * (INDENT - cursor.positionInBlock() % INDENT))


def _outdent(edit: QPlainTextEdit) -> None:
    _shift_lines(edit, -INDENT)


def _lines_of(edit: QPlainTextEdit, cursor: QTextCursor) -> tuple[int, int]:
    document = edit.document()
    first = document.findBlock(cursor.selectionStart()).blockNumber()
    end = document.findBlock(cursor.selectionEnd())
    last = end.blockNumber()
    if last > first and cursor.selectionEnd() == end.position():
        last -= 1
    return first, last


def _shift_lines(edit: QPlainTextEdit, by: int) -> None:
    cursor = edit.textCursor()
    first, last = _lines_of(edit, cursor)
    change = QTextCursor(edit.document())
    change.beginEditBlock()
    for number in range(first, last + 1):
        block = edit.document().findBlockByNumber(number)
        change.setPosition(block.position())
        if by > 0:
            change.insertText(" " * by)
        else:
            text = block.text()
            blanks = min(-by, len(text) - len(text.lstrip(" ")))
            change.setPosition(block.position() + blanks, QTextCursor.MoveMode.KeepAnchor)
            change.removeSelectedText()
    change.endEditBlock()


def _close_bracket(edit: QPlainTextEdit, bracket: str) -> None:
    cursor = edit.textCursor()
    line = cursor.block().text()
    before = line[: Units(line, stored=True).from_qt(cursor.positionInBlock())]
    cursor.beginEditBlock()
    if before and before.isspace() and not cursor.hasSelection():
        back = min(INDENT, len(before))
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, back)
    cursor.insertText(bracket)
    cursor.endEditBlock()
    edit.setTextCursor(cursor)
