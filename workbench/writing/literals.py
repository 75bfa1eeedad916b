"""Objects and strings in the source of Python, JavaScript or a shell, as a tree: names with or without quotes, any
quotes, commas at the end, comments, strings put together. Tolerant and linear; nothing is run, nothing recurses.
Source: the lexical rules of Python 3 and ECMAScript as far as a policy in them needs.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from workbench.document.parser import parse
from workbench.embedded.tree import Fields, Items, Literal, Node, Piece, Text, Unknown, short

_TOKEN = re.compile(
    r"(?P<blank>\s+|#[^\n]*|//[^\n]*|/\*.*?(?:\*/|\Z))"
    r"|(?P<shell>'\s*\{[^']*'(?:\"'\"'[^']*')+)"
    r"|(?P<string>(?P<prefix>[rRbBuUfF]{0,2})(?:"
    r'"""(?P<a>(?:[^\\]|\\.)*?)"""'
    r"|'''(?P<b>(?:[^\\]|\\.)*?)'''"
    r'|"(?P<c>(?:[^"\\\n]|\\.)*+)"'
    r"|'(?P<d>(?:[^'\\]|\\.)*+)'"
    r"|`(?P<e>(?:[^`\\]|\\.)*+)`))"
    r"|(?P<name>[^\W\d][\w.$]*)|(?P<number>\d[\w.]*)|(?P<sign>.)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r?\n)|(.))", re.DOTALL)
_MEANING = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0"}
_FIELD = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
_WORDS = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None, "undefined": None}
_CLOSES = {"}": "{", "]": "[", ")": "("}


class _Part(NamedTuple):
    """A token, or a value that is complete (`node`)."""

    start: int
    end: int
    written: str
    node: Node | None = None


class _Frame:
    """A bracket that is open, with its entries so far."""

    __slots__ = ("bracket", "entries", "start")

    def __init__(self, bracket: str, start: int) -> None:
        self.bracket, self.start = bracket, start
        self.entries: list[list[_Part]] = [[]]


def read_literals(source: str) -> Node:
    """All that looks like an object, or like a string, in the source. Never raises."""
    stack = [_Frame("", 0)]
    found: list[Node] = []
    for match in _TOKEN.finditer(source):
        kind, start, end = match.lastgroup, match.start(), match.end()
        if match["blank"]:
            continue
        if match["string"] or match["shell"]:
            # A quote within the single quotes of a shell is written '"'"'.
            value = match["shell"][1:-1].replace("'\"'\"'", "'") if match["shell"] else _decoded(match)
            node = Text(start, end, value, (Piece(0, len(value), start, end),))
            stack[-1].entries[-1].append(_Part(start, end, "", node))
        elif kind == "sign" and match[0] in "{[(":
            stack.append(_Frame(match[0], start))
        elif kind == "sign" and match[0] in _CLOSES:
            if len(stack) > 1 and stack[-1].bracket == _CLOSES[match[0]]:
                frame = stack.pop()
                stack[-1].entries[-1].append(_Part(start, end, frame.bracket, _closed(frame, end, source, found)))
            else:  # no such bracket is open: what was read so far stands by itself
                stack[-1].entries.append([])
        elif kind == "sign" and match[0] in ",;":
            stack[-1].entries.append([])
        else:
            stack[-1].entries[-1].append(_Part(start, end, match[0]))
    found += (node for frame in stack for entry in frame.entries for node in _loose(entry))
    return Items(0, len(source), tuple(found))


def _closed(frame: _Frame, end: int, source: str, found: list[Node]) -> Node:
    """The value that a bracket with its entries is. What stands in a block of code goes to `found`."""
    entries = [entry for entry in frame.entries if entry]
    if frame.bracket == "(":
        if len(entries) == 1:
            value = _value(entries[0], source)
            if not isinstance(value, Unknown):
                return value
        return Items(frame.start, end, tuple(node for entry in entries for node in _loose(entry)))
    if frame.bracket == "[":
        return Items(frame.start, end, tuple(_value(entry, source) for entry in entries))
    fields: list[tuple[Text, Node]] = []
    for entry in entries:
        if len(entry) > 2 and entry[1].written == ":" and entry[1].node is None:
            key = entry[0].node if isinstance(entry[0].node, Text) else None
            value = _value(entry[2:], source)
            fields.append((key or Text(entry[0].start, entry[0].end, entry[0].written), value))
            found += _loose(entry[2:]) if isinstance(value, Unknown) else ()
        else:
            found += _loose(entry)
    return Fields(frame.start, end, tuple(fields))


def _loose(entry: list[_Part]) -> list[Node]:
    """The values in an entry, those that are assigned with their name."""
    found: list[Node] = []
    for at, part in enumerate(entry):
        if part.node is None or not isinstance(part.node, Text | Fields | Items):
            continue
        call = at - 1 if part.written == "(" and at and entry[at - 1].written not in ("", "=") else at
        if call > 1 and entry[call - 1].written == "=" and entry[call - 2].node is None:
            named = entry[call - 2]
            key = Text(named.start, named.end, named.written)
            found.append(Fields(part.start, part.end, ((key, part.node),)))
        elif not isinstance(part.node, Items) or part.written == "(":
            found.append(part.node)
        if isinstance(part.node, Text) and len(found) > 1 and entry[at - 1].node is not None:
            # Strings that stand side by side are one string.
            before = found[-2]
            if isinstance(before, Text) and isinstance(found[-1], Text):
                found[-2:] = [_joined([before, found[-1]])]
    return found


def _value(parts: list[_Part], source: str) -> Node:
    nodes = [part.node for part in parts if part.node is not None]
    if len(parts) == 1:
        [part] = parts
        if part.node is not None:
            return part.node
        if part.written in _WORDS:
            return Literal(part.start, part.end, _WORDS[part.written])
        if part.written[0].isdigit():
            return Text(part.start, part.end, part.written)
    texts = [node for node in nodes if isinstance(node, Text)]
    if texts and len(texts) == len(nodes) and all(p.node is not None or p.written == "+" for p in parts):
        return _joined(texts)
    if len(parts) == 2 and parts[1].written == "(" and isinstance(parts[1].node, Fields):
        return parts[1].node  # json.dumps({…}), JSON.stringify({…})
    start, end = parts[0].start, parts[-1].end
    return Unknown(start, end, short(source[start:end]))


def _joined(texts: list[Text]) -> Text:
    value = "".join(text.value for text in texts)
    start, end = texts[0].start, texts[-1].end
    return Text(start, end, value, (Piece(0, len(value), start, end),))


def _decoded(match: re.Match[str]) -> str:
    """What a string means: as it stands if that is JSON (a shell knows no escapes), else with its escapes."""
    body = next(found for found in match.group("a", "b", "c", "d", "e") if found is not None)
    prefix = match["prefix"].lower()
    if "r" in prefix or (body.lstrip().startswith("{") and "\\" in body and not parse(body).problems):
        return body
    value = _ESCAPE.sub(_meant, body) if "\\" in body else body
    if "f" in prefix:
        value = _FIELD.sub(lambda m: m[0][0] if m[1] is None else "${" + short(m[1]) + "}", value)
    # Two escapes may make one character.
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _meant(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        number = int(code, 16)
        return chr(number) if number < 0x110000 else "\ufffd"
    if match[4]:
        return ""
    return _MEANING.get(match[5], match[5])
