"""Text in and out of a QTextDocument: nothing is lost, nothing moves what stands around it.

Qt ends a block at some characters, drops halves of surrogate pairs on the way to Python, and lays out what stands
around a direction mark in another order. What cannot be seen, or moves or joins others, is stored as a character of the
private use area, one unit for one unit. Those of the private use area in turn take two units, those of the private use
planes four (a prefix and themselves): no two texts have one form in Qt. `Units` counts accordingly.
"""

from __future__ import annotations

import re

from PySide6.QtGui import QTextDocument

from workbench.document.unseen import BASIC, BEYOND, PRIVATE

PREFIX = "\U0010fffd"
"""Together with the character behind it, of the private use planes, it stands for that."""
_HALVES = 0xE800 - 0xD800  # from half a pair to what stands for it
_PRIVATE_UP = 0x100000 - 0xE000
_TAGS_UP = 0xF0000 - 0xE0000
_RANGE = re.compile("(.)(?:-(.))?", re.DOTALL)
"""A part of the inside of a class, which has no escapes: a character, or the first and the last of several."""


def _stand_ins() -> dict[int, int]:
    """What is stored for each character that cannot be stored itself. Made at each start: by ranges, which is quick."""
    basic = [code for first, last in _RANGE.findall(BASIC) for code in range(ord(first), ord(last or first) + 1)]
    assert len(basic) < 0x800
    others = [code for low, high in ((0x1BCA0, 0x1BCA4), (0x1D173, 0x1D17B)) for code in range(low, high)]
    found = dict(zip(basic, range(0xE000, 0xE800), strict=False))
    found.update(zip(others, range(0xF1000, 0xF1000 + len(others)), strict=True))
    for first, end, up in ((0xD800, 0xE000, _HALVES), (0xE000, 0xF900, _PRIVATE_UP), (0xE0000, 0xE1000, _TAGS_UP)):
        found.update(zip(range(first, end), range(first + up, end + up), strict=True))
    return found


_TO_QT = _stand_ins()
_FROM_QT = dict(zip(_TO_QT.values(), _TO_QT, strict=True))
_HIDDEN = re.compile(f"[{BASIC}\ud800-\udfff\ue000-\uf8ff{BEYOND}]+|[\U000f0000-\U0010ffff]")
_STORED = re.compile(f"[\ue000-\uf8ff]+|{PREFIX}[\U000f0000-\U0010ffff]|[\U000f0000-\U0010ffff]")
MARKED = re.compile(f"{PREFIX}[\U000f0000-\U0010ffff]|[{BASIC}{PRIVATE}{BEYOND}]")
"""One character of `to_qt`'s text that needs a mark to be seen."""


def to_qt(text: str) -> str:
    """`text`, whose line ends are "\\n", as a QTextDocument can keep and show it."""
    if text.isascii() and text.isprintable():
        return text
    return _HIDDEN.sub(_store, text)


def _store(match: re.Match[str]) -> str:
    found = match.group()
    return PREFIX + found if found >= "\U000f0000" else found.translate(_TO_QT)


def from_qt(raw: str) -> str:
    """What `to_qt` was given, from `QTextDocument.toRawText`, a block's text or a cursor's `selectedText`."""
    raw = raw.replace("\u2029", "\n")
    return raw if raw.isascii() else _STORED.sub(_true, raw)


def _true(match: re.Match[str]) -> str:
    found = match.group()
    return found[1] if len(found) == 2 and found[0] == PREFIX else found.translate(_FROM_QT)


def document_text(document: QTextDocument) -> str:
    """The whole text. O(length)."""
    return from_qt(document.toRawText())
