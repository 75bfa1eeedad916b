"""The bracket that belongs to another, in a text of any length. Offsets are code points."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

from workbench.document.nodes import ArrayNode, Document, Node, ObjectNode

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


def brackets_of_line(line: str) -> list[tuple[int, str]]:
    """The brackets of one line outside its strings, with their offsets.

    >>> brackets_of_line('{"a": "[", "b": [')
    [(0, '{'), (16, '[')]
    """
    if not any(bracket in line for bracket in "{}[]"):
        return []
    return [(match.start(), match.group()) for match in _TOKEN.finditer(line) if match.group() in _BRACKETS]


def partner_in(document: Document, offset: int) -> int | None:
    """Like `partner` for a bracket at `offset`, from the tree of the text: O(depth × log width). None also where the
    tree's brackets are partly a guess."""
    node = document.root
    if document.brackets_doubtful:
        return None
    while isinstance(node, ArrayNode | ObjectNode):
        if offset in (node.start, node.end - 1):
            return node.end - 1 if offset == node.start else node.start
        inner: Node | None = None
        if isinstance(node, ArrayNode):
            at = bisect_right(node.items, offset, key=lambda item: item.start) - 1
            inner = node.items[at] if at >= 0 else None
        else:
            at = bisect_right(node.members, offset, key=lambda member: member.key.start) - 1
            inner = node.members[at].value if at >= 0 else None
        node = inner
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
