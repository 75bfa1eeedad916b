"""The statements of a policy in a line each, and which place a person means by what was typed."""

from __future__ import annotations

from typing import NamedTuple

from workbench.document.nodes import ArrayNode, Document, Node, ObjectNode, StringNode
from workbench.document.span import Span
from workbench.writing.fuzzy import match

MOST_NAMED = 3
"""Actions that a line names."""


class Entry(NamedTuple):
    """One statement: its number from 1, its Sid and Effect as written ("" where there is none), what it is about, and
    where it stands."""

    number: int
    sid: str
    effect: str
    about: str
    span: Span


class Place(NamedTuple):
    """Somewhere to go: how to speak of it, what stands there, and its span. `effect` of a statement, else ""."""

    label: str
    about: str
    span: Span
    effect: str = ""


def outline(document: Document) -> tuple[Entry, ...]:
    """The statements in order; whatever stands in their list and is no object is left out. Never raises. Linear."""
    top = _member(document.root, "Statement")
    items = top.items if isinstance(top, ArrayNode) else (top,)
    return tuple(_entry(number, node) for number, node in enumerate(items, 1) if isinstance(node, ObjectNode))


def places(document: Document, entries: tuple[Entry, ...], typed: str) -> tuple[Place, ...]:
    """What `typed` may mean, the likeliest first: a line (`12`), a line and a column (`12:5`), a statement by its
    number (`3`), by letters of its Sid or of what it is about. All statements where nothing is typed."""
    typed = typed.strip()
    found: list[Place] = []
    line, _, column = typed.partition(":")
    if line.isascii() and line.isdigit() and len(line) < 9 and (not column or (column.isascii() and column.isdigit())):
        place = _line(document, int(line), int(column[:9] or 1))
        found.append(place)
    scored: list[tuple[float, int]] = []
    for at, entry in enumerate(entries):
        if not typed:
            scored.append((0.0, at))
        elif typed == str(entry.number):
            scored.append((1_000.0, at))
        elif not typed.isdigit():
            fits = [f.score for text in (entry.sid, entry.about) if (f := match(typed, text)) is not None]
            if fits:
                scored.append((max(fits), at))
    scored.sort(key=lambda pair: (-pair[0], pair[1]))
    for _, at in scored:
        entry = entries[at]
        found.append(Place(f"{entry.number}  {entry.sid or 'no Sid'}", entry.about, entry.span, entry.effect))
    return tuple(found)


def _line(document: Document, line: int, column: int) -> Place:
    starts = document.text.split("\n")
    at = min(max(line, 1), len(starts))
    begin = sum(len(text) + 1 for text in starts[: at - 1])
    offset = begin + min(max(column, 1) - 1, len(starts[at - 1]))
    return Place(
        f"Line {at:,}" + (f", column {column:,}" if column > 1 else ""), starts[at - 1].strip(), Span(offset, offset)
    )


def _entry(number: int, node: ObjectNode) -> Entry:
    sid, effect = (_text(_member(node, name)) for name in ("Sid", "Effect"))
    about = "nothing yet"
    for name in ("Action", "NotAction"):
        element = _member(node, name)
        items = element.items if isinstance(element, ArrayNode) else (element,)
        texts = [item.value for item in items if isinstance(item, StringNode)]
        if texts:
            rest = f" and {len(texts) - MOST_NAMED:,} more" if len(texts) > MOST_NAMED else ""
            about = f"{'all but ' if name == 'NotAction' else ''}{', '.join(texts[:MOST_NAMED])}{rest}"
            break
    return Entry(number, sid, effect, about, Span(node.start, node.end))


def _member(node: Node | None, name: str) -> Node | None:
    members = node.members if isinstance(node, ObjectNode) else ()
    return next((member.value for member in reversed(members) if member.key.value == name), None)


def _text(node: Node | None) -> str:
    return node.value if isinstance(node, StringNode) else ""
