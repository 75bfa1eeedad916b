"""From a path to its place in the text and back. Paths are AWS's; source: spec findings.md section 1.2.

Where a name stands twice in one object, the path means the last one, as JSON readers do. Iterative throughout, since
trees may be a million levels deep. Nothing here raises.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right

from workbench.document.nodes import ArrayNode, Document, Member, Node, ObjectNode, Path, PathElement, StringNode
from workbench.document.span import Span
from workbench.document.strings import CLOSERS

_PLAIN_NAME = re.compile(r"[^\s.\[\]\"\\]+")


def node_at(root: Node | None, path: Path) -> Node | None:
    """The node at `path`, None if there is none. `("key", name)` gives the name's own string, `("substring", …)` the
    whole string it is part of."""
    node = root
    for kind, what in path:
        if kind == "substring":
            return node if isinstance(node, StringNode) else None
        if kind == "index":
            if not (isinstance(node, ArrayNode) and isinstance(what, int) and 0 <= what < len(node.items)):
                return None
            node = node.items[what]
        else:
            member = _member(node, what)
            if member is None:
                return None
            if kind == "key":
                return member.key
            node = member.value
    return node


def _member(node: Node | None, name: object) -> Member | None:
    """The last member called `name`."""
    members = node.members if isinstance(node, ObjectNode) else ()
    return next((member for member in reversed(members) if member.key.value == name), None)


def span_at(document: Document, path: Path) -> Span | None:
    """The span of what `path` means, None if there is no such place. The empty path is the whole text."""
    if not path:
        return Span(0, len(document.text))
    node = node_at(document.root, path)
    if node is None:
        return None
    what = path[-1][1]
    if isinstance(node, StringNode) and isinstance(what, tuple):
        return substring_span(document, node, *what)
    return Span(node.start, node.end)


def path_at(document: Document, offset: int) -> Path:
    """The path to the deepest node, or member's name, that the caret at `offset` is in or touches. Between two nodes
    that touch the caret it takes the later one; behind a colon the value to come. O(depth × log width)."""
    path: list[PathElement] = []
    node = document.root
    if node is None or not node.start <= offset <= node.end:
        return ()
    while True:
        # At its own brackets' outside the caret is at the container, not in it.
        if not isinstance(node, ArrayNode | ObjectNode) or offset in (node.start, node.end):
            return tuple(path)
        if isinstance(node, ArrayNode):
            at = bisect_right(node.items, offset, key=lambda item: item.start) - 1
            if at < 0 or offset > node.items[at].end:
                return tuple(path)
            path.append(("index", at))
            node = node.items[at]
            continue
        at = bisect_right(node.members, offset, key=lambda member: member.key.start) - 1
        if at < 0 or offset > node.members[at].value.end:
            return tuple(path)
        key, value = node.members[at]
        if offset <= key.end:
            path.append(("key", key.value))
            return tuple(path)
        path.append(("value", key.value))
        if offset < value.start:
            return tuple(path)
        node = value


def format_path(path: Path) -> str:
    """A path for people: `Statement[1].Condition.StringEquals`. Names that could be misread stand in brackets and
    quotes; a part of a string is shown as the string. The whole document is the empty string."""
    parts: list[str] = []
    for kind, what in path:
        if kind == "index":
            parts.append(f"[{what}]")
        elif kind in ("value", "key"):
            name = str(what)
            if _PLAIN_NAME.fullmatch(name) and name.isprintable():
                parts.append(f".{name}" if parts else name)
            else:
                parts.append(f"[{json.dumps(name, ensure_ascii=not name.isprintable())}]")
    return "".join(parts)


def substring_span(document: Document, node: StringNode, start: int, length: int) -> Span:
    """The span in the text of `length` code points of `node.value` from `start`. An escape sequence counts with all
    its characters; a pair of \\u escapes that is one code point counts as one. Clamped to the string."""
    text = document.text
    opener = text[node.start : node.start + 1]
    quoted = opener in CLOSERS and node.end > node.start
    first = node.start + 1 if quoted else node.start
    start = min(max(start, 0), len(node.value))
    stop = min(start + max(length, 0), len(node.value))
    if text.find("\\", first, node.end) < 0:
        return Span(first + start, first + stop)
    begin = _source_offset(text, first, node.end, opener, start)
    return Span(begin, _source_offset(text, begin, node.end, opener, stop - start))


def _source_offset(text: str, pos: int, end: int, opener: str, count: int) -> int:
    """The offset `count` code points of value behind `pos`, which is between two of them."""
    for match in _units(opener).finditer(text, pos, end):
        if count <= 0:
            break
        size = match.end() - match.start()
        if match[1] is not None:
            if size >= count:
                return match.start() + count
            count -= size
        else:
            count -= 1
        pos = match.end()
    return pos


def _units(opener: str) -> re.Pattern[str]:
    """What a string in these quotes is made of: (group 1) a run of characters that stand for themselves, or an escape.
    Must agree with strings.meaning."""
    closers = re.escape(CLOSERS.get(opener, ""))
    own = rf"|\\[{closers}]" if closers else ""
    return re.compile(
        r"([^\\]+)|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}"
        rf'|\\["\\/bfnrt]{own}|\\'
    )
