"""Making the edits of a fix: small changes that keep the rest of the text byte for byte. Source: findings.md 1.4.

A fix made here says `not decided`: what it does to access is for the proof to say, not for the check.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence

from workbench.document.edits import airy
from workbench.document.nodes import ArrayNode, Node, ObjectNode, StringNode
from workbench.document.span import Span
from workbench.findings.model import Edit, Fix
from workbench.policy.model import Policy

_BLANKS = " \t\r\n"
_LINE_END = re.compile(r"\r\n?|\n")


def quoted(value: str) -> str:
    """`value` as a JSON string."""
    return json.dumps(value, ensure_ascii=False)


def replace_string(label: str, node: StringNode, value: str) -> Fix:
    """Put `value` in the place of a string (a value or a name)."""
    return Fix(label, (Edit(Span(node.start, node.end), quoted(value)),))


def replace_node(label: str, node: Node, text: str) -> Fix:
    """Put the JSON `text` in the place of a value."""
    return Fix(label, (Edit(Span(node.start, node.end), text),))


def remove_items(label: str, array: ArrayNode, indexes: Collection[int]) -> Fix:
    """Take items out of a list."""
    return Fix(label, _without([Span(item.start, item.end) for item in array.items], indexes))


def remove_members(label: str, node: ObjectNode, indexes: Collection[int]) -> Fix:
    """Take members out of an object."""
    return Fix(label, _without([Span(m.key.start, m.value.end) for m in node.members], indexes))


def remove_member(label: str, node: ObjectNode, name: str) -> Fix:
    """Take every member called `name` out of an object."""
    return remove_members(label, node, [i for i, m in enumerate(node.members) if m.key.value == name])


def add_member(label: str, text: str, node: ObjectNode, name: str, value: object, *, first: bool = False) -> Fix:
    """Write a member into an object, at its end or as its first."""
    blanks = _blanks_after(text, node.start + 1)
    colon = ": " if airy(text, node) else ":"
    written = f"{quoted(name)}{colon}{_written(value, blanks, _unit(text, node), colon)}"
    if first and node.members:
        return Fix(label, (_insert(node.start + 1, f"{blanks}{written},"),))
    if node.members:
        return Fix(label, (_insert(node.members[-1].value.end, f",{blanks}{written}"),))
    return Fix(label, (Edit(Span(node.start, node.end), "{" + written + "}"),))


def add_statement(label: str, policy: Policy, statement: dict[str, object]) -> Fix | None:
    """Write a statement at the end of the policy; None where its Statement is neither an object nor a list."""
    text, root = policy.document.text, policy.document.root
    node = (
        next((m.value for m in root.members if m.key.value == "Statement"), None)
        if isinstance(root, ObjectNode)
        else None
    )
    if isinstance(node, ArrayNode):
        blanks = _blanks_after(text, node.start + 1)
        written = _written(statement, blanks, _unit(text, node), ": " if airy(text, node) else ":")
        if not node.items:
            return Fix(label, (_insert(node.start + 1, written),))
        return Fix(label, (_insert(node.items[-1].end, f",{blanks or (' ' if airy(text, node) else '')}{written}"),))
    if isinstance(node, ObjectNode):
        blanks = _line_start_blanks(text, node.start)
        unit = _unit(text, node)
        ends = _LINE_END.search(text, node.start, node.end)
        colon = ": " if airy(text, node) else ":"
        inner = f"{ends[0] if ends else ''}{blanks}" if unit else colon[1:]
        written = _written(statement, inner, unit, colon)
        return Fix(label, (_insert(node.start, "["), _insert(node.end, f",{inner}{written}]")))
    return None


def _insert(offset: int, text: str) -> Edit:
    return Edit(Span(offset, offset), text)


def _without(spans: Sequence[Span], indexes: Collection[int]) -> tuple[Edit, ...]:
    """Edits that delete some of the elements of a list together with their commas."""
    edits, at, gone = [], 0, frozenset(indexes)
    while at < len(spans):
        if at not in gone:
            at += 1
            continue
        last = at
        while last + 1 < len(spans) and last + 1 in gone:
            last += 1
        if at > 0:
            span = Span(spans[at - 1].end, spans[last].end)
        elif last + 1 < len(spans):
            span = Span(spans[0].start, spans[last + 1].start)
        else:
            span = Span(spans[0].start, spans[last].end)
        edits.append(Edit(span, ""))
        at = last + 1
    return tuple(edits)


def _blanks_after(text: str, offset: int) -> str:
    end = offset
    while end < len(text) and text[end] in _BLANKS:
        end += 1
    return text[offset:end]


def _line_start_blanks(text: str, offset: int) -> str:
    """The indentation of the line that `offset` stands in."""
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    return _blanks_after(text, start)


def _unit(text: str, node: Node) -> str:
    """One step of indentation as it is used around `node`; empty if the text is written on one line."""
    inner = _blanks_after(text, node.start + 1)
    if "\n" not in inner and "\r" not in inner:
        return ""
    deep, shallow = inner.lstrip("\r\n"), _line_start_blanks(text, node.start)
    return deep[len(shallow) :] if deep.startswith(shallow) and len(deep) > len(shallow) else "  "


def _written(value: object, blanks: str, unit: str, colon: str) -> str:
    """`value` as JSON, indented to stand after `blanks`; on one line with the blanks of `colon`."""
    if not unit or ("\n" not in blanks and "\r" not in blanks):
        return json.dumps(value, ensure_ascii=False, separators=("," + colon[1:], colon))
    lines = json.dumps(value, ensure_ascii=False, indent=unit).split("\n")
    last = _LINE_END.findall(blanks)[-1]  # there may be empty lines before what is written, not inside of it
    return f"{last}{blanks[blanks.rfind(last) + len(last) :]}".join(lines)
