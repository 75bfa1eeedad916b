"""The bracket that belongs to another, in a text of any length. Offsets are code points."""

from __future__ import annotations

import re
from collections.abc import Callable

CLOSES = {"{": "}", "[": "]"}
_OPENS = {close: open_ for open_, close in CLOSES.items()}
_TOKEN = re.compile(r'"(?:[^"\\\n]+|\\.)*"?|[{}\[\]]')
"""Strings end with their line, whatever is wrong with them: no JSON string goes over one."""
_BRACKETS = frozenset("{}[]")
_STEPS = 5_000


def partner(text: str, offset: int, keep_on: Callable[[], object] = lambda: None) -> int | None:
    """Where the bracket stands that belongs to the one at `offset` or before it; of a place beside none, the bracket
    that closes what it is in. None if there is no such, or brackets before it do not fit. O(length); `keep_on` is
    called now and then and may raise to end it."""
    start = text.rfind("\n", 0, offset) + 1
    beside = {m.start() for m in _TOKEN.finditer(text, start, min(offset + 1, len(text))) if m.group() in _BRACKETS}
    place = next((at for at in (offset, offset - 1) if at in beside), None)
    opened: list[int] = []
    closing: int | None = None  # how deep what is to be closed lies
    for count, match in enumerate(_TOKEN.finditer(text)):
        if not count % _STEPS:
            keep_on()
        at, char = match.start(), match.group()
        if closing is None and place is None and at >= offset:
            if not opened:
                return None
            closing = len(opened)
        if char in CLOSES:
            opened.append(at)
            if at == place:
                closing = len(opened)
        elif char in _OPENS:
            if not opened or text[opened[-1]] != _OPENS[char]:
                return None
            if at == place:
                return opened[-1]
            if len(opened) == closing:
                return at
            opened.pop()
    return None


def inside_string(line: str) -> tuple[bool, bool]:
    """Whether a string is open behind this beginning of a line, and whether a backslash in it still waits for its
    character."""
    open_, at = False, 0
    while True:
        quote = line.find('"', at)
        if not open_:
            if quote < 0:
                return False, False
            open_, at = True, quote + 1
            continue
        slash = line.find("\\", at)
        if 0 <= slash < (quote if quote >= 0 else len(line)):
            at = slash + 2
            if at > len(line):
                return True, True
        elif quote < 0:
            return True, False
        else:
            open_, at = False, quote + 1
