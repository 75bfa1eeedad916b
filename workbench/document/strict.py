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
from workbench.patience import check

_BLANKS = re.compile(r"[ \t\n\r]*+")
_PLAIN = r'"([^"\\\x00-\x1f]*+)"'
_MEMBER = re.compile(rf"{_PLAIN}[ \t\n\r]*+:[ \t\n\r]*+(?:{_PLAIN}[ \t\n\r]*+([,}}])|([\[{{]))[ \t\n\r]*+")
_ITEM = re.compile(rf"{_PLAIN}[ \t\n\r]*+([,\]])[ \t\n\r]*+|([\[{{])[ \t\n\r]*+")
_SCALAR = re.compile(r"(-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][-+]?[0-9]++)?+)|true|false|null")
_COLON = re.compile(r"[ \t\n\r]*+:[ \t\n\r]*+")
_LITERALS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_decode = JSONDecoder().raw_decode
_new: Any = tuple.__new__  # half the price of calling the NamedTuple

_OPENS, _CLOSES, _BROKEN, _GOES_ON = range(4)
_Outcome = int
_Frame = tuple[bool, int, list[Any], StringNode | None]


def parse_strict(text: str) -> Node | None:
    """The tree of `text`, or None where it is not exactly one JSON value between blanks."""
    start = _skip(text, 0)
    if text.startswith(("{", "["), start):
        return _container(text, start)
    node = _scalar(text, start)
    return node if node is not None and _skip(text, node.end) == len(text) else None


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


def _members(text: str, pos: int, items: list[Any]) -> tuple[_Outcome, int, StringNode | None]:
    """Reads members of an object from `pos`, where a name must be, into `items` until a list or object begins, the
    object ends or the text is no JSON. Out: which of these; the place of the bracket, or behind the closing one; the
    name that the list or object belongs to."""
    match_member, new = _MEMBER.match, _new
    while True:
        match = match_member(text, pos)
        if match is None:
            # Escapes, numbers, literals: rare enough in policies to go step by step.
            name = _name(text, pos)
            if name is None:
                return _BROKEN, pos, None
            key, pos = name
            if text[pos : pos + 1] in ("{", "["):
                return _OPENS, pos, key
            value, pos, follows = _value(text, pos)
            items.append(new(Member, (key, value)))
            if follows != ",":
                return (_CLOSES if follows == "}" else _BROKEN), pos, None
            continue
        a, b = match.span(1)
        key = new(StringNode, (a - 1, b + 1, match[1]))
        if match.lastindex == 4:
            return _OPENS, match.start(4), key
        a, b = match.span(2)
        items.append(new(Member, (key, new(StringNode, (a - 1, b + 1, match[2])))))
        if match[3] == "}":
            return _CLOSES, match.end(3), None
        pos = match.end()


def _items(text: str, pos: int, items: list[Any]) -> tuple[_Outcome, int, None]:
    """The same for the items of a list."""
    match_item, new = _ITEM.match, _new
    while True:
        match = match_item(text, pos)
        if match is None:
            value, pos, follows = _value(text, pos)
            items.append(value)
            if follows != ",":
                return (_CLOSES if follows == "]" else _BROKEN), pos, None
            continue
        if match.lastindex == 3:
            return _OPENS, match.start(3), None
        a, b = match.span(1)
        items.append(new(StringNode, (a - 1, b + 1, match[1])))
        if match[2] == "]":
            return _CLOSES, match.end(2), None
        pos = match.end()


def _value(text: str, pos: int) -> tuple[Node | None, int, str]:
    """The string, number or literal at `pos`, the comma or bracket that follows it ("" if there is no value), and the
    place behind that, and behind the blanks behind a comma."""
    value = _scalar(text, pos)
    if value is None:
        return None, pos, ""
    pos = _skip(text, value.end)
    follows = text[pos : pos + 1]
    return value, _skip(text, pos + 1) if follows == "," else pos + 1, follows


def _skip(text: str, pos: int) -> int:
    """The place behind the blanks at `pos`."""
    match = _BLANKS.match(text, pos)
    return pos if match is None else match.end()


def _container(text: str, pos: int) -> Node | None:
    """The tree of the list or object that begins at `pos` and that nothing but blanks may follow."""
    new = _new
    stack: list[_Frame] = []
    # The open container: whether it is an object, where it starts, what it has, and the name waiting for its value.
    is_object, start = text[pos] == "{", pos
    items: list[Any] = []
    key: StringNode | None = None
    outcome = _OPENS
    while True:
        if outcome == _OPENS:
            pos = _skip(text, pos + 1)
            if text.startswith("}" if is_object else "]", pos):
                pos += 1
                outcome = _CLOSES
        if outcome != _CLOSES:
            outcome, pos, key = (_members if is_object else _items)(text, pos, items)
            if outcome == _OPENS:
                stack.append((is_object, start, items, key))
                is_object, start, items = text[pos] == "{", pos, []
                continue
            if outcome == _BROKEN:
                return None
        # `pos` is just behind the closing bracket.
        node = new(ObjectNode if is_object else ArrayNode, (start, pos, tuple(items)))
        pos = _skip(text, pos)
        if not stack:
            return node if pos == len(text) else None
        check()
        is_object, start, items, key = stack.pop()
        items.append(new(Member, (key, node)) if is_object else node)
        follows = text[pos : pos + 1]
        pos += 1
        if follows == ",":
            pos = _skip(text, pos)
            outcome = _GOES_ON
        elif follows != ("}" if is_object else "]"):
            return None
