"""The bracket that belongs to the one at the caret, found without looking further than a few pages."""

from __future__ import annotations

import re

from PySide6.QtGui import QTextBlock, QTextDocument

from workbench.gui.text_units import Units
from workbench.writing.brackets import CLOSES

_OPENS = {close: open_ for open_, close in CLOSES.items()}
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[{}\[\]]', re.DOTALL)
REACH, LINE = 600, 4_000
"""Lines that are looked at, and the length of line that is: a key press has 16 ms."""


def _brackets(text: str) -> list[tuple[int, str]]:
    """Brackets of one line outside its strings, with their UTF-16 offsets."""
    found = [(match.start(), match.group()) for match in _TOKEN.finditer(text) if match.group()[0] != '"']
    if text.isascii() or not found:
        return found
    units = Units(text, stored=True)
    return [(units.to_qt(at), char) for at, char in found]


def match_bracket(document: QTextDocument, position: int) -> tuple[int, int] | None:
    """Positions of the bracket before or after `position` and of its partner; None if there is none within reach."""
    block = document.findBlock(position)
    if block.length() > LINE:
        return None
    column = position - block.position()
    here = _brackets(block.text())
    at = next((i for want in (column, column - 1) for i, (c, _) in enumerate(here) if c == want), None)
    if at is None:
        return None
    start, char = here[at]
    partner = _walk(block, here, at, forward=char in CLOSES)
    return None if partner is None else (block.position() + start, partner)


def _walk(block: QTextBlock, here: list[tuple[int, str]], at: int, *, forward: bool) -> int | None:
    stack: list[str] = []
    opening = CLOSES if forward else _OPENS
    rest = here[at:] if forward else here[at::-1]
    for _ in range(REACH):
        for column, char in rest:
            if char in opening:
                stack.append(opening[char])
            elif not stack or stack.pop() != char:
                return None
            elif not stack:
                return block.position() + column
        block = block.next() if forward else block.previous()
        if not block.isValid() or block.length() > LINE:
            return None
        text = block.text()
        rest = _brackets(text) if any(c in text for c in "{}[]") else []
        if not forward:
            rest.reverse()
    return None
