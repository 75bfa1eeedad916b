"""The fast way through a text that is JSON already, as all but the text being typed is.

In: a text. Out: its tree, or None if it is not exactly JSON by RFC 8259; then recovery.py says what is wrong.
One regular expression takes a whole `"key": "value",` at a time, since the time goes into Python's steps, not into
the characters. Linear, iterative, never raises.
"""

from __future__ import annotations

import re
from json import JSONDecodeError, JSONDecoder
from typing import Any

from workbench.document.nodes import ArrayNode, LiteralNode, Member, Node, NumberNode, ObjectNode, StringNode

_BLANKS = re.compile(r"[ \t\n\r]*+")
_PLAIN = r'"([^"\\\x00-\x1f]*+)"'
_MEMBER = re.compile(rf"{_PLAIN}[ \t\n\r]*+:[ \t\n\r]*+(?:{_PLAIN}[ \t\n\r]*+([,}}])|([\[{{]))[ \t\n\r]*+")
_ITEM = re.compile(rf"{_PLAIN}[ \t\n\r]*+([,\]])[ \t\n\r]*+|([\[{{])[ \t\n\r]*+")
_SCALAR = re.compile(r"(-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][-+]?[0-9]++)?+)|true|false|null")
_COLON = re.compile(r"[ \t\n\r]*+:[ \t\n\r]*+")
_LITERALS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_decode = JSONDecoder().raw_decode
_new: Any = tuple.__new__  # half the price of calling the NamedTuple

_Frame = tuple[bool, int, list[Any], StringNode | None]


def parse_strict(text: str) -> Node | None:
    """The tree of `text`, or None where it is not exactly one JSON value between blanks."""
    blanks = _BLANKS.match
    start = blanks(text).end()  # type: ignore[union-attr]
    opener = text[start : start + 1]
    if opener in ("{", "["):
        return _container(text, start)
    node = _scalar(text, start)
    if node is None or blanks(text, node.end).end() != len(text):  # type: ignore[union-attr]
        return None
    return node


def _scalar(text: str, pos: int) -> StringNode | NumberNode | LiteralNode | None:
    """The string, number or literal that begins at `pos`."""
    if text.startswith('"', pos):
        try:
            value, end = _decode(text, pos)
        except JSONDecodeError:
            return None
        return StringNode(pos, end, value)
    match = _SCALAR.match(text, pos)
    if match is None:
        return None
    if match[1] is not None:
        return NumberNode(pos, match.end(), match[1])
    return LiteralNode(pos, match.end(), _LITERALS[match[0]])


def _name(text: str, pos: int) -> tuple[StringNode, int] | None:
    """The name that begins at `pos` and the place of its value, behind the colon."""
    name = _scalar(text, pos)
    colon = _COLON.match(text, name.end) if type(name) is StringNode else None
    return (name, colon.end()) if type(name) is StringNode and colon is not None else None


def _container(text: str, pos: int) -> Node | None:
    """The tree of the list or object that begins at `pos` and that nothing but blanks may follow."""
    blanks: Any = _BLANKS.match
    match_member, match_item = _MEMBER.match, _ITEM.match
    new = _new
    size = len(text)
    stack: list[_Frame] = []
    # The open container: whether it is an object, where it starts, what it has, and the name waiting for its value.
    is_object, start, items = text[pos] == "{", pos, []
    key: StringNode | None = None
    pos = blanks(text, pos + 1).end()
    closed = pos < size and text[pos] == ("}" if is_object else "]")
    if closed:
        pos += 1
    while True:
        if not closed:
            match = (match_member if is_object else match_item)(text, pos)
            if match is None:
                # Escapes, numbers, literals: rare enough in policies to go step by step.
                if is_object:
                    name = _name(text, pos)
                    if name is None:
                        return None
                    key, pos = name
                if text[pos : pos + 1] not in ("{", "["):
                    value = _scalar(text, pos)
                    if value is None:
                        return None
                    items.append(new(Member, (key, value)) if is_object else value)
                    pos = blanks(text, value.end).end()
                    follows = text[pos : pos + 1]
                    pos += 1
                    if follows == ",":
                        pos = blanks(text, pos).end()
                    elif follows == ("}" if is_object else "]"):
                        closed = True
                    else:
                        return None
                    continue
                bracket = pos
                pos = blanks(text, pos + 1).end()
            elif is_object:
                a, b = match.span(1)
                key = new(StringNode, (a - 1, b + 1, match[1]))
                if match.lastindex == 3:
                    a, b = match.span(2)
                    items.append(new(Member, (key, new(StringNode, (a - 1, b + 1, match[2])))))
                    pos = match.end()
                    if match[3] == ",":
                        continue
                    pos = match.end(3)
                    closed = True
                    continue
                bracket = match.start(4)
                pos = match.end()
            elif match.lastindex == 2:
                a, b = match.span(1)
                items.append(new(StringNode, (a - 1, b + 1, match[1])))
                pos = match.end()
                if match[2] == ",":
                    continue
                pos = match.end(2)
                closed = True
                continue
            else:
                bracket = match.start(3)
                pos = match.end()
            stack.append((is_object, start, items, key))
            is_object, start, items = text[bracket] == "{", bracket, []
            if pos < size and text[pos] == ("}" if is_object else "]"):
                pos += 1
                closed = True
            continue
        # `pos` is just behind the closing bracket.
        node = new(ObjectNode if is_object else ArrayNode, (start, pos, tuple(items)))
        pos = blanks(text, pos).end()
        if not stack:
            return node if pos == size else None
        is_object, start, items, key = stack.pop()
        items.append(new(Member, (key, node)) if is_object else node)
        follows = text[pos : pos + 1]
        pos += 1
        if follows == ",":
            pos = blanks(text, pos).end()
            closed = False
        elif follows != ("}" if is_object else "]"):
            return None
