"""Where a bracket is missing or too many, by indentation: the reader meets such a mistake only behind it.

A closing bracket stands on a line as far indented as the line of its opening one, and members of an object stand below
each other. The first bracket or member that does not tells the place; where all is on one line, a name of a statement
among names that are none does. Looks a bounded way.
"""

from __future__ import annotations

from workbench.document.frames import Frame
from workbench.document.nodes import ArrayNode, Node, ObjectNode
from workbench.document.trial import level, line_indent

_DEEPEST = 8
_MOST_MEMBERS = 200


def extra_closer(text: str, frame: Frame | None, before: int) -> int:
    """The first closing bracket out of line among those that stand side by side before the place `before`, of which
    `frame` has the last. -1 if all are in line."""
    chain: list[Frame] = []
    while frame is not None and len(chain) < _DEEPEST and not text[frame.closer + 1 : before].strip(" \t\n\r"):
        chain.append(frame)
        before = frame.closer
        frame = frame.last_child()
    for one in reversed(chain):
        early = _first_inside(text, one.items[-_MOST_MEMBERS:]) if one.is_object and len(one.items) > 1 else -1
        if early >= 0:
            return early
        if _is_odd(text, one.start, one.closer):
            return one.closer
    return -1


def missing_closer(text: str, frame: Frame) -> int:
    """Behind which place inside of `frame`, which nobody closed, its closing bracket or one within it is missing. -1 if
    nothing tells."""
    place = -1
    items = list(frame.items[-_MOST_MEMBERS:])
    is_object = frame.is_object
    for _ in range(_DEEPEST):
        if not items:
            break
        at = _first_outside(text, items) if is_object else 0
        if at:
            place = items[at - 1].value.end
        last: Node = items[at - 1].value if is_object else items[at - 1]
        if not isinstance(last, ArrayNode | ObjectNode) or not _is_odd(text, last.start, last.end - 1):
            break
        is_object = isinstance(last, ObjectNode)
        items = list((last.members if isinstance(last, ObjectNode) else last.items)[-_MOST_MEMBERS:])
        if items:
            place = items[-1].value.end if is_object else items[-1].end
    return place


def _is_odd(text: str, start: int, closer: int) -> bool:
    """Whether the brackets stand on lines indented differently."""
    opens, closes = line_indent(text, start)[0], line_indent(text, closer)[0]
    return -1 < opens != closes > -1


def _first_inside(text: str, members: list) -> int:  # type: ignore[type-arg]
    """The closing bracket before the first member that stands further in than the first, -1 if none does."""
    column, first = line_indent(text, members[0].key.start)
    for at in range(1, len(members) if first else 0):
        own, begins = line_indent(text, members[at].key.start)
        if begins and own > column:
            before = members[at - 1].value
            return before.end - 1 if isinstance(before, ArrayNode | ObjectNode) else -1
    return -1


def _first_outside(text: str, members: list) -> int:  # type: ignore[type-arg]
    """The index of the first member that belongs further out, else 0."""
    column, first = line_indent(text, members[0].key.start)
    plain = level(members[0].key.value) == 0
    for at, member in enumerate(members):
        if at and first:
            own, begins = line_indent(text, member.key.start)
            if begins and own < column:
                return at
        elif at and plain and level(member.key.value):
            return at
    return 0
