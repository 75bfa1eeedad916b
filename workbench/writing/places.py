"""What the caret is in: which name or value of a policy is being typed, in any text, however broken.

A marker takes the place of the string at the caret; where the tolerant parser finds the marker is where the caret is.
Of a long text only the statement around the caret is read.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from workbench.document.nodes import ArrayNode, Document, Node, ObjectNode, Path, StringNode
from workbench.document.parser import parse
from workbench.document.paths import node_at, path_at
from workbench.document.span import Span

WHOLE = 30_000
"""Characters up to which a text is read whole."""
REACH = 20_000
"""Characters before and behind the caret that are looked at in a longer one."""
MOST_OPEN = 2_000
"""Lists and objects among what is read: no policy has so many there, and the parser has a few milliseconds."""
DEEPEST = 100
"""Lists and objects around the caret that are looked at to find its statement."""
_MARK = "\ue000"
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\],:]|[^\s{}\[\],:"]+')
_NOT_ITS = re.compile(r"""[\s,\]}]|:\s*["{\[]""")
_STATEMENT_KEY = re.compile(r'"(?:Sid|Effect|(?:Not)?(?:Action|Resource|Principal)|Condition)"\s*:')


class Here(NamedTuple):
    """`path` leads from the document's root (None for what no slice shows); `is_key`: a name is being typed, not a
    value. `token`: the text that a completion replaces, quotes included; `typed`: what of it stands before the caret,
    without quotes. `quoted`: whether the caret is inside quotes. `before` and `after`: the nearest characters outside
    the token that are no white space, "" at the ends. `document` holds the marker in the token's place."""

    path: Path
    is_key: bool
    token: Span
    typed: str
    quoted: bool
    before: str
    after: str
    document: Document

    @property
    def names(self) -> tuple[str, ...]:
        """The names on the way, without indexes and, for a key, without the key itself."""
        found = tuple(str(what) for how, what in self.path if how in ("value", "key"))
        return found[:-1] if self.is_key else found

    @property
    def in_statement(self) -> tuple[str, ...] | None:
        """`names` below the statement; None where the caret is in none."""
        return self.names[1:] if self.names[:1] == ("Statement",) else None

    @property
    def lacks_colon(self) -> bool:
        """Whether a value is typed behind nothing but its name."""
        return bool(self.path) and self.path[-1][0] == "value" and not self.is_key and self.before == '"'

    def siblings(self) -> tuple[str, ...]:
        """The names that the object around a key has already."""
        around = node_at(self.document.root, self.path[:-1]) if self.is_key else None
        members = around.members if isinstance(around, ObjectNode) else ()
        return tuple(member.key.value for member in members if member.key.value != _MARK)

    def strings(self, *names: str) -> tuple[str, ...]:
        """The strings under these names of the statement that the caret is in."""
        if self.in_statement is None:
            return ()
        top = 2 if len(self.path) > 1 and self.path[1][0] == "index" else 1
        node = node_at(self.document.root, self.path[:top])
        for name in names:
            node = _member(node, name)
        items = node.items if isinstance(node, ArrayNode) else (node,)
        return tuple(item.value for item in items if isinstance(item, StringNode) and item.value != _MARK)

    def members(self, name: str) -> tuple[str, ...]:
        """The names under `name` of the statement: the operators of its Condition."""
        top = 2 if len(self.path) > 1 and self.path[1][0] == "index" else 1
        node = _member(node_at(self.document.root, self.path[:top]), name) if self.in_statement is not None else None
        return tuple(member.key.value for member in node.members) if isinstance(node, ObjectNode) else ()


def _member(node: Node | None, name: str) -> Node | None:
    members = node.members if isinstance(node, ObjectNode) else ()
    return next((member.value for member in members if member.key.value == name), None)


def place_at(text: str, offset: int) -> Here | None:
    """What the caret at `offset` (code points) of `text` is in; None where nothing can be completed, such as in
    a line of more than 20,000 characters, or amid more than 2,000 lists and objects. Never raises. O(length) up to
    WHOLE, else O(REACH)."""
    offset = min(max(offset, 0), len(text))
    begin = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    if end - begin > REACH:
        return None
    token, quoted = _token(text, begin, end, offset)
    if token.start == token.end and _is_filled(text, offset):
        token, quoted = _next_value(text, offset, end)
        if token.start == token.end:
            return None
    start, stop, front, back = 0, len(text), "", ""
    if len(text) > WHOLE:
        if _opened(text, max(offset - REACH, 0), offset) > MOST_OPEN:
            return None
        start, stop = statement_around(text, offset)
        front, back = '{"Statement":[', "]}"
    probe = f'{front}{text[start : token.start]}"{_MARK}"{text[token.end : stop]}{back}'
    if _opened(probe, 0, len(probe)) > MOST_OPEN:
        return None
    document = parse(probe)
    at = len(front) + token.start - start
    path = path_at(document, at + 1)
    node = node_at(document.root, path)
    if not isinstance(node, StringNode) or node.value != _MARK:
        return None
    inside = text[min(token.start + quoted, offset) : offset]
    is_key = bool(path) and (path[-1][0] == "key" or _is_lone(document, path))
    outside_before = text[max(token.start - REACH, 0) : token.start].rstrip()
    outside_after = text[token.end : token.end + REACH].lstrip()
    here = Here(path, is_key, token, inside, quoted, outside_before[-1:], outside_after[:1], document)
    return None if here.lacks_colon and here.after in ("[", "{") else here  # the value is there, but for the colon


def _opened(text: str, start: int, end: int) -> int:
    return text.count("{", start, end) + text.count("[", start, end)


def _is_lone(document: Document, path: Path) -> bool:
    """Whether the marker stands in an object where a name is due, and the parser took it for a value."""
    return isinstance(node_at(document.root, path[:-1]), ObjectNode) and path[-1][1] == _MARK


def _token(text: str, begin: int, end: int, offset: int) -> tuple[Span, bool]:
    """The string or bare word around the caret in its line, and whether it begins with a quote. A string ends with its
    line: JSON's cannot go on. Where the line has a quote too many it is the one before the caret that lacks its end."""
    words = list(_TOKEN.finditer(text, begin, end))
    strings = [match for match in words if match.group()[0] == '"']
    odd = bool(strings) and not _is_closed(strings[-1].group())
    for match in words:
        if match.start() >= offset:
            break
        word = match.group()
        if word in "{}[],:" or offset > match.end():
            continue
        if word[0] != '"':
            return Span(match.start(), match.end()), False
        closed = _is_closed(word) and not (odd and offset < match.end())
        if offset < match.end() or not closed:
            return Span(match.start(), _string_end(text, match.start(), match.end(), offset, closed=closed)), True
    return Span(offset, offset), False


def _is_closed(string: str) -> bool:
    return len(string) > 1 and string.endswith('"') and not _escaped(string)


def _is_filled(text: str, offset: int) -> bool:
    """Whether nothing more fits here: between a name and its colon, or a colon and the value that is there."""
    before = text[max(offset - REACH, 0) : offset].rstrip()[-1:]
    after = text[offset : offset + REACH].lstrip()
    if before != ":":
        return after[:1] == ":"
    word = _TOKEN.match(after)
    if word is None or word.group() in ("}", "]", ",", ":"):
        return False
    return after[word.end() :].lstrip()[:1] != ":"


def _next_value(text: str, offset: int, end: int) -> tuple[Span, bool]:
    """The text or bare word behind the caret in its line, which a completion then replaces; empty if there is none."""
    start = offset + _blank(text, offset)
    word = _TOKEN.match(text, start, end)
    behind_colon = text[max(offset - REACH, 0) : offset].rstrip().endswith(":")
    if word is None or not behind_colon or word.group() in "{}[],:":
        return Span(offset, offset), False
    return Span(*word.span()), word.group()[0] == '"'


def _string_end(text: str, start: int, end: int, offset: int, *, closed: bool) -> int:
    """Where the string being typed ends. One that nobody has closed runs to the line's end: what follows the caret
    and looks like JSON (a comma, a bracket, a colon with a value behind it) is not its."""
    if closed:
        return end
    match = _NOT_ITS.search(text, offset, end)
    return match.start() if match else end


def _escaped(word: str) -> bool:
    """Whether the last quote of a string is an escaped one."""
    body = word[:-1]
    return (len(body) - len(body.rstrip("\\"))) % 2 == 1


def statement_around(text: str, offset: int) -> tuple[int, int]:
    """The span of the statement around the caret, or of what can be seen of it. Goes line by line, since no string goes
    over a line's end."""
    low = max(offset - REACH, 0)
    keys = _STATEMENT_KEY.finditer(text, low, offset + REACH)
    last_key = max((key.start() for key in keys), default=-1)
    depth, at, best, cut, around = 0, offset, low, low, 0
    while at > low and around < DEEPEST:
        line_start = max(text.rfind("\n", low, at) + 1, low)
        for match in reversed(list(_TOKEN.finditer(text, line_start, at))):
            word = match.group()
            if word in ("}", "]"):
                depth += 1
            elif word in ("{", "["):
                depth -= 1
                if depth < 0:
                    depth, around = 0, around + 1
                    if word == "{" and match.start() <= last_key:
                        best = match.start()
                        if _STATEMENT_KEY.match(text, match.end() + _blank(text, match.end())):
                            cut = best
        if cut > low:
            break
        at = line_start - 1
    start = cut if cut > low else best
    return start, _end_of(text, start, offset)


def _blank(text: str, at: int) -> int:
    return len(text[at : at + 400]) - len(text[at : at + 400].lstrip())


def _end_of(text: str, start: int, offset: int) -> int:
    """Where the object that begins at `start` ends, at most REACH behind the caret."""
    depth = 0
    stop = min(offset + REACH, len(text))
    for match in _TOKEN.finditer(text, start, stop):
        word = match.group()
        depth += (word in "{[") - (word in "}]")
        if depth <= 0 and match.end() > offset:
            return match.end()
    return stop
