"""Text in and out of a QTextDocument without loss.

Qt ends a block at U+2029, U+FDD0 and U+FDD1 as well as at line ends, and `toPlainText` turns a no-break space into a
space. All of these may stand in a JSON string. They are stored as neighbors that Qt leaves alone and JSON texts do not
hold, one for one, so that no offset moves.
"""

from __future__ import annotations

from PySide6.QtGui import QTextDocument

_STAND_INS = {"\u2029": "\ufdd2", "\ufdd0": "\ufdd3", "\ufdd1": "\ufdd4"}
_TO_QT = str.maketrans(_STAND_INS)
_FROM_QT = str.maketrans({stand_in: original for original, stand_in in _STAND_INS.items()} | {"\u2029": "\n"})


def to_qt(text: str) -> str:
    """`text`, whose line ends are "\\n", as a QTextDocument can keep it."""
    return text if text.isascii() else text.translate(_TO_QT)


def from_qt(raw: str) -> str:
    """What `to_qt` was given, from `QTextDocument.toRawText` or a cursor's `selectedText`."""
    if "\ufdd2" in raw or "\ufdd3" in raw or "\ufdd4" in raw:
        return raw.translate(_FROM_QT)
    return raw.replace("\u2029", "\n")


def document_text(document: QTextDocument) -> str:
    """The whole text. O(length)."""
    return from_qt(document.toRawText())
