"""How well the text goes on after a guess: the judge between several readings of a mistake.

A trial reads the next tokens, a bounded number of them, with a small machine that knows only which lists and objects
are open, and counts what does not fit: the reading with the fewest further mistakes is the author's. Where readings
fit equally, indentation and names decide: a closing bracket stands below the line of its opening one, members stand
below each other, no name comes twice, and the elements of a policy, of a statement and everything else do not mix.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from workbench.document.frames import Frame
from workbench.document.nodes import ArrayNode, ObjectNode
from workbench.document.scanner import AFTER, COLON, NAME, VALUE

_WINDOW = 8_000  # characters
_MOST_TOKENS = 96
DEEPEST = 8
_NEXT = re.compile(
    r"[ \t\n\r]*+(?:(\"(?:[^\"\\\n\r]|\\.)*+\"?+|'[^'\n\r]*+'?+)|([{}\[\],:])"
    r"|(//[^\n\r]*+|\#[^\n\r]*+|/\*(?:(?!\*/)[^\n\r])*+(?:\*/)?+)|([^\s,:{}\[\]\"']++)|\Z)"
)
_INDENT = re.compile(r"[ \t]*+")
_FAR = 400
_OFF, _TWICE, _MIXED = 0.3, 0.5, 0.4
_MOST_DOUBT = 0.9
_DOCUMENT_NAMES = frozenset({"Version", "Statement", "Id"})
_STATEMENT_NAMES = frozenset(
    {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"}
)

STRING, END = "s", "end"


class Ahead(NamedTuple):
    """A token to come: a bracket, comma, colon, `s` or `end`; `first` its column if it is the first of its line, else
    -1; `indent` that of its line, -1 if not known."""

    kind: str
    first: int
    indent: int
    word: str


class Shape:
    """What a trial knows of an open list or object."""

    __slots__ = ("comma", "expects", "indent", "is_object", "members", "names", "scalars")

    def __init__(
        self, is_object: bool, expects: int, indent: int = -1, members: int = -1, names: frozenset[str] = frozenset()
    ) -> None:
        self.is_object = is_object
        self.expects = expects
        self.indent = indent  # of the line on which it opens
        self.members = members  # the column of those that begin a line
        self.names = names
        self.comma = False
        self.scalars: bool | None = None  # of a list: whether its items are

    def copy(self) -> Shape:
        other = Shape(self.is_object, self.expects, self.indent, self.members, self.names)
        other.comma = self.comma
        other.scalars = self.scalars
        return other


Shapes = list[Shape]


def line_indent(text: str, pos: int) -> tuple[int, bool]:
    """How far the line of `pos` is indented, -1 for a line too long to look, and whether `pos` is its first token."""
    since = max(text.rfind("\n", max(0, pos - _FAR), pos), text.rfind("\r", max(0, pos - _FAR), pos))
    if since < 0 and pos > _FAR:
        return -1, False
    match = _INDENT.match(text, since + 1)
    end = match.end() if match is not None else since + 1
    return end - since - 1, end >= pos


def ahead(text: str, pos: int, most: int = _MOST_TOKENS) -> list[Ahead]:
    """The tokens from `pos` on. Of a long run of strings between commas only the ends are kept."""
    found: list[Ahead] = []
    limit = min(len(text), pos + _WINDOW)
    indent, first = line_indent(text, pos)
    while len(found) < most and pos < limit:
        match = _NEXT.match(text, pos, limit)
        if match is None:
            break
        which = match.lastindex
        if which is None:
            pos = match.end()
            break
        start = match.start(which)
        if start > pos:
            line = max(text.rfind("\n", pos, start), text.rfind("\r", pos, start))
            if line >= 0:
                indent, first = start - line - 1, True
        pos = match.end()
        if which == 3:
            continue
        kind = match[which] if which == 2 else STRING
        word = match[which].strip("\"'") if which != 2 and pos - start < 200 else ""
        found.append(Ahead(kind, indent if first else -1, indent, word))
        first = False
        if kind == "," and len(found) >= 6 and "".join(t.kind for t in found[-6:]) == "s,s,s,":
            del found[-4:-2]
    if pos >= len(text) and len(found) < most:
        found.append(Ahead(END, -1, -1, ""))
    return found


def names_of(frame: Frame) -> frozenset[str]:
    """The latest names of an open object, that of the member being read too."""
    if not frame.is_object:
        return frozenset()
    names = frozenset(m.key.value for m in frame.items[-16:] if hasattr(m, "key"))
    return names if frame.key is None else names | {frame.key.value}


def shapes_of(text: str, stack: list[Frame]) -> tuple[Shapes, bool]:
    """The innermost open lists and objects, and whether these are all."""
    shapes = []
    for frame in stack[-DEEPEST:]:
        members = -1
        if frame.items:
            item = frame.items[0]
            column, first = line_indent(text, item.key.start if hasattr(item, "key") else item.start)
            members = column if first else -1
        indent = -1 if frame.implicit else line_indent(text, frame.start)[0]
        shape = Shape(frame.is_object, frame.expects, indent, members, names_of(frame))
        shape.comma = frame.comma >= 0
        if frame.items:
            shape.scalars = not isinstance(frame.items[0], (ArrayNode, ObjectNode))
        shapes.append(shape)
    for shape in shapes[:-1]:
        shape.expects, shape.comma = AFTER, False
    return shapes, len(stack) <= DEEPEST


def follow(tokens: list[Ahead], at: int, stack: Shapes, whole: bool, limit: float) -> float:
    """How much does not fit of `tokens` from `at` on, where `stack` is open (changed here); whole mistakes, and doubts
    as fractions. `whole`: nothing else is open. Stops at `limit`."""
    cost, doubt = 0, 0.0
    count = len(tokens)
    while at < count and cost < limit:
        kind, first, indent, word = tokens[at]
        at += 1
        if not stack:
            if whole and kind != END:
                cost += 1
            break
        top = stack[-1]
        expects = top.expects
        if kind == STRING:
            colon = at < count and tokens[at].kind == ":"
            if not top.is_object:
                cost += expects == AFTER
                top.expects = AFTER
                doubt += _MIXED if top.scalars is False else 0
                top.scalars = True
            elif expects == VALUE:
                cost += colon
                top.expects = COLON if colon else AFTER
            elif expects == COLON:
                cost += 1
                top.expects = COLON if colon else AFTER
            else:
                cost += expects == AFTER
                doubt += _name_doubt(top, word, first)
                top.expects = COLON
            top.comma = False
        elif kind == ",":
            if expects == AFTER:
                top.expects = NAME if top.is_object else VALUE
                top.comma = True
            else:
                cost += 1
                if top.is_object:
                    top.expects = NAME
        elif kind == ":":
            if top.is_object and expects == COLON:
                top.expects = VALUE
                continue
            cost += 1
            if top.is_object:
                top.expects = VALUE if expects == NAME else expects
            elif expects == AFTER and len(stack) > 1 and stack[-2].is_object:
                stack.pop()
                stack[-1].expects = VALUE
            elif expects == AFTER:
                stack.append(Shape(True, VALUE))
        elif kind in "{[":
            cost += expects != VALUE
            if not top.is_object:
                doubt += _MIXED if top.scalars else 0
                top.scalars = False
                if first >= 0:
                    doubt += _OFF if 0 <= top.members != first else 0
                    top.members = first
            top.expects = AFTER
            top.comma = False
            stack.append(Shape(kind == "{", NAME if kind == "{" else VALUE, indent))
        elif kind == END:
            cost += min(len(stack), 2)
        else:
            cost += _close(stack, kind == "}")
            doubt += _OFF if 0 <= first != top.indent >= 0 else 0
    return cost + min(doubt, _MOST_DOUBT)


def _close(stack: Shapes, is_object: bool) -> int:
    top = stack[-1]
    if top.is_object == is_object:
        stack.pop()
        return int(top.comma or (is_object and top.expects in (COLON, VALUE)))
    if len(stack) > 1 and stack[-2].is_object == is_object:
        del stack[-2:]
    return 1


def _name_doubt(top: Shape, word: str, first: int) -> float:
    doubt = 0.0
    if word in top.names:
        doubt = _TWICE
    elif top.names and not any(level(word) == level(name) for name in top.names):
        doubt = _MIXED
    if first >= 0:
        if 0 <= top.members != first:
            doubt += _OFF
        top.members = first
    top.names |= {word}
    return doubt


def level(name: str) -> int:
    """1 for an element of a policy, 2 for one of a statement, 0 for any other name."""
    return 1 if name in _DOCUMENT_NAMES else 2 if name in _STATEMENT_NAMES else 0
