"""The statements of a policy in a line each, and which of them a person means by what was typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.document.nodes import ArrayNode, Document, Node, ObjectNode, StringNode
from workbench.document.span import Span
from workbench.writing.fuzzy import match

MOST_NAMED = 3
"""Actions that a line names."""
MOST_SCORED = 300
"""Statements up to which letters that only stand in their order count, too."""
_LINE = re.compile(r"([0-9]{1,9})(?::([0-9]{0,9}))?")


@dataclass(frozen=True, slots=True)
class Entry:
    """One statement: its index as in `Statement[0]`, its Sid and Effect as written ("" where there is none), what it is
    about, and where it stands."""

    index: int
    sid: str
    effect: str
    about: str
    span: Span


def outline(document: Document) -> tuple[Entry, ...]:
    """The statements in order; whatever stands in their list and is no object is left out. Never raises. Linear."""
    top = _member(document.root, "Statement")
    items = top.items if isinstance(top, ArrayNode) else (top,)
    return tuple(_entry(index, node) for index, node in enumerate(items) if isinstance(node, ObjectNode))


def line_meant(typed: str) -> tuple[int, int] | None:
    """The line and column, both from 1, of `12` or `12:5`; None for anything else."""
    found = _LINE.fullmatch(typed.strip())
    return (max(int(found[1]), 1), max(int(found[2] or 1), 1)) if found else None


def meant(entries: Sequence[Entry], typed: str) -> list[Entry]:
    """The statements that `typed` may mean, the likeliest first: by the index, by letters of the Sid or of what it is
    about. All of them where nothing is typed. Of very many only those that hold what is typed as it stands."""
    typed = typed.strip()
    if not typed:
        return list(entries)
    if typed.isascii() and typed.isdigit():
        return [entry for entry in entries if entry.index == int(typed[:9])]
    if len(entries) > MOST_SCORED:
        low = typed.lower()
        return [entry for entry in entries if low in entry.sid.lower() or low in entry.about.lower()]
    scored: list[tuple[float, int]] = []
    for at, entry in enumerate(entries):
        fits = [found.score for text in (entry.sid, entry.about) if (found := match(typed, text)) is not None]
        if fits:
            scored.append((-max(fits), at))
    return [entries[at] for _, at in sorted(scored)]


def _entry(index: int, node: ObjectNode) -> Entry:
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
    return Entry(index, sid, effect, about, Span(node.start, node.end))


def _member(node: Node | None, name: str) -> Node | None:
    members = node.members if isinstance(node, ObjectNode) else ()
    return next((member.value for member in reversed(members) if member.key.value == name), None)


def _text(node: Node | None) -> str:
    return node.value if isinstance(node, StringNode) else ""
