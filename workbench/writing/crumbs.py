"""The way to a place of a policy as a few names, each with what it means in the text and what stands beside it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from workbench.document.nodes import ArrayNode, Document, Member, Node, ObjectNode, Path, StringNode
from workbench.document.paths import node_at
from workbench.document.span import Span

MOST_BESIDE = 40
"""Neighbors that are named: a list of thousands is for the outline."""
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Crumb:
    """One part of the way: `Statement[2]`, `Condition`. `path` leads to it, `span` is what it means: a member with its
    name, or an item of a list."""

    label: str
    path: Path
    span: Span


@dataclass(frozen=True, slots=True)
class Neighbor:
    """What stands beside a crumb, or the crumb itself (`here`)."""

    label: str
    span: Span
    here: bool


def crumbs(document: Document, path: Path, most: int) -> tuple[Crumb, ...]:
    """The parts of `path`, of a long one the last `most`. The index of a list belongs to the list's name. Linear in
    the path."""
    near: deque[tuple[int, Node | Member]] = deque(maxlen=2 * most)  # a list takes two elements of the path
    node: Node | None = document.root
    for at, (kind, what) in enumerate(path):
        if kind == "index" and isinstance(node, ArrayNode) and isinstance(what, int) and what < len(node.items):
            node = node.items[what]
            near.append((at, node))
            continue
        members = node.members if isinstance(node, ObjectNode) else ()
        member = next((member for member in reversed(members) if member.key.value == what), None)
        if member is None:
            break
        node = member.value
        near.append((at, member))
    found: list[Crumb] = []
    for at, part in near:
        upto = path[: at + 1] if at >= len(path) - 2 * most else ()
        if isinstance(part, Member):
            found.append(Crumb(str(path[at][1]), upto, _span(part)))
            continue
        before = found.pop().label if found and path[at - 1][0] == "value" else ""
        found.append(Crumb(f"{before}[{path[at][1]}]", upto, Span(part.start, part.end)))
    return tuple(found[-most:])


def neighbors(document: Document, path: Path) -> tuple[tuple[Neighbor, ...], int]:
    """What stands in the list or object that `path` leads into, itself among them, in order; and how many more there
    are. Of many the nearest are given."""
    if not path:
        return (), 0
    parent, (kind, what) = node_at(document.root, path[:-1]), path[-1]
    if isinstance(parent, ArrayNode) and kind == "index" and isinstance(what, int):
        first, last = _near(what, len(parent.items))
        of_list = tuple(
            Neighbor(f"[{at}]  {_named(item)}".rstrip(), Span(item.start, item.end), at == what)
            for at, item in enumerate(parent.items[first:last], first)
        )
        return of_list, len(parent.items) - len(of_list)
    if isinstance(parent, ObjectNode):
        names = [member.key.value for member in parent.members]
        here = len(names) - 1 - names[::-1].index(str(what)) if what in names else 0
        first, last = _near(here, len(names))
        near = enumerate(parent.members[first:last], first)
        of_object = tuple(Neighbor(_short(member.key.value), _span(member), at == here) for at, member in near)
        return of_object, len(names) - len(of_object)
    return (), 0


def _span(member: Member) -> Span:
    return Span(member.key.start, max(member.key.end, member.value.end))


def _near(at: int, count: int) -> tuple[int, int]:
    first = max(min(at - MOST_BESIDE // 2, count - MOST_BESIDE), 0)
    return first, min(first + MOST_BESIDE, count)


def _named(item: Node) -> str:
    """An item of a list by what a reader knows it by: its text; of a statement its Sid and Effect."""
    if isinstance(item, StringNode):
        return _short(item.value)
    members = item.members if isinstance(item, ObjectNode) else ()
    known = {member.key.value: member.value for member in members}
    said = [node.value for name in ("Sid", "Effect") if isinstance(node := known.get(name), StringNode)]
    return _short(", ".join(said) or ", ".join(list(known)[:3]))


def _short(text: str) -> str:
    """A text as one line of a menu: what cannot be seen, or would turn the line round, is shown as unknown."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:_LONGEST])
    return f"{shown}…" if len(text) > _LONGEST else shown
