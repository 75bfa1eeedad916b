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


def _stand_ins() -> dict[str, str]:
    found: dict[str, str] = {}
    basic = re.findall(f"[{BASIC}]", "".join(map(chr, range(0x10000))))
    found |= {char: chr(0xE000 + number) for number, char in enumerate(basic)}
    assert len(basic) < 0x800
    found |= {chr(code): chr(code + _HALVES) for code in range(0xD800, 0xE000)}
    found |= {chr(code): chr(code + _PRIVATE_UP) for code in range(0xE000, 0xF900)}
    found |= {chr(code): chr(code + _TAGS_UP) for code in range(0xE0000, 0xE1000)}
    others = [chr(code) for low, high in ((0x1BCA0, 0x1BCA4), (0x1D173, 0x1D17B)) for code in range(low, high)]
    found |= {char: chr(0xF1000 + number) for number, char in enumerate(others)}
    return found


_STAND_INS = _stand_ins()
_TO_QT = str.maketrans(_STAND_INS)
_FROM_QT = str.maketrans({stand_in: char for char, stand_in in _STAND_INS.items()})
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
