"""Changes to a text that keep the rest of it byte for byte.

The helpers look at how the author wrote the list or object (one line or many, indentation, line ends, the blank behind
colons) and write what is new the same way. They read a Document without problems in the part they change, and then
leave valid JSON; over broken text they may not. Source: spec findings.md section 1.4.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from workbench.document.nodes import ArrayNode, Document, Node, ObjectNode
from workbench.document.span import Span

_BLANKS_BEFORE = re.compile(r"[ \t\n\r]*\Z")
_COLON = re.compile(r"[ \t]*:[ \t]*")
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the code points of `span` by `text`."""

    span: Span
    text: str


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """`text` with all edits made; spans count in `text` as it was. Raises ValueError if they overlap, are not in the
    text's order or lie outside it. Insertions at one place follow each other in the order given."""
    parts: list[str] = []
    done = 0
    for edit in edits:
        start, end = edit.span
        if not done <= start <= end <= len(text):
            raise ValueError(f"the edit at {start}..{end} overlaps the one before, which ends at {done}, or is outside")
        parts += (text[done:start], edit.text)
        done = end
    parts.append(text[done:])
    return "".join(parts)


def insert_member(document: Document, object_node: ObjectNode, key: str, value_json: str) -> tuple[Edit, ...]:
    """Adds `"key": value_json` as the last member."""
    colon = ": "
    if object_node.members:
        member = object_node.members[-1]
        written = document.text[member.key.end : member.value.start]
        colon = written if _COLON.fullmatch(written) else colon
    spans = [Span(member.key.start, member.value.end) for member in object_node.members]
    return _insert(document, object_node, spans, json.dumps(key, ensure_ascii=False) + colon + value_json)


def append_item(document: Document, node: Node, value_json: str) -> tuple[Edit, ...]:
    """Adds `value_json` as the last item of a list. Any other value, such as a bare string, becomes a list of both."""
    if isinstance(node, ArrayNode):
        return _insert(document, node, [Span(item.start, item.end) for item in node.items], value_json)
    return Edit(Span(node.start, node.start), "["), Edit(Span(node.end, node.end), f", {value_json}]")


def remove_items(array: ArrayNode, indexes: Collection[int]) -> tuple[Edit, ...]:
    """Takes the items at `indexes` (from 0) out, each with one comma. Raises IndexError if there is no such item."""
    return _remove(array, [Span(item.start, item.end) for item in array.items], indexes)


def remove_item(array: ArrayNode, index: int) -> tuple[Edit, ...]:
    """Takes one item out. Raises IndexError if there is no such item."""
    return remove_items(array, (index,))


def remove_members(object_node: ObjectNode, indexes: Collection[int]) -> tuple[Edit, ...]:
    """Takes the members at `indexes` (from 0) out. Raises IndexError if there is no such member."""
    return _remove(object_node, [Span(m.key.start, m.value.end) for m in object_node.members], indexes)


def remove_member(object_node: ObjectNode, key: str) -> tuple[Edit, ...]:
    """Takes every member called `key` out. Raises KeyError if there is none."""
    indexes = [at for at, member in enumerate(object_node.members) if member.key.value == key]
    if not indexes:
        raise KeyError(key)
    return remove_members(object_node, indexes)


def _insert(document: Document, node: ArrayNode | ObjectNode, spans: Sequence[Span], new: str) -> tuple[Edit, ...]:
    """Writes `new` behind the last of `spans`, the things in `node`."""
    text = document.text
    if not spans:
        return (Edit(Span(node.start + 1, node.end - 1), _indented(new, _line_indent(text, node.start))),)
    last = spans[-1]
    before = _blanks_before(text, spans[-2].end if len(spans) > 1 else node.start + 1, last.start)
    if len(spans) == 1 and not _LINE_END.search(before):
        # One thing on one line shows no separator yet; a minified text has no blank behind its colons and commas.
        before = " " if before or airy(text, node) else ""
    line_ends = _LINE_END.findall(before)
    indent = line_ends[-1] + before[before.rfind(line_ends[-1]) + len(line_ends[-1]) :] if line_ends else ""
    return (Edit(Span(last.end, last.end), "," + before + _indented(new, indent or _line_indent(text, last.start))),)


def _blanks_before(text: str, start: int, end: int) -> str:
    match = _BLANKS_BEFORE.search(text, start, end)
    return "" if match is None else match[0]


def airy(text: str, node: ArrayNode | ObjectNode) -> bool:
    """Whether the author puts blanks behind separators; looked up near the node."""
    near = text[max(0, node.start - 200) : node.end]
    return ": " in near or ", " in near or not re.search(r'"[:,]\S', near)


def _line_indent(text: str, offset: int) -> str:
    """The line end and blanks with which the line of `offset` begins; LF for the first line."""
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    newline = "\r\n" if text[:start].endswith("\r\n") else text[start - 1 : start] if start else "\n"
    end = start
    while text[end : end + 1] in (" ", "\t"):
        end += 1
    return newline + text[start:end]


def _indented(new: str, line_start: str) -> str:
    """`new` with its further lines moved under `line_start`. JSON has line ends only between tokens."""
    return _LINE_END.sub(lambda _: line_start, new)


def _remove(node: ArrayNode | ObjectNode, spans: Sequence[Span], indexes: Collection[int]) -> tuple[Edit, ...]:
    """Deletes some of `spans`, the things in `node`, with their commas: those before the first that stays up to the
    next thing, the others from the thing before. So whatever stays keeps its own line."""
    gone = sorted(set(indexes))
    if gone and not 0 <= gone[0] <= gone[-1] < len(spans):
        raise IndexError(f"no {gone} among {len(spans)}")
    if len(gone) == len(spans):
        return (Edit(Span(node.start + 1, node.end - 1), ""),) if gone else ()
    edits: list[Edit] = []
    for place, index in enumerate(gone):
        leading = place == index
        span = (
            Span(spans[index].start, spans[index + 1].start)
            if leading
            else Span(spans[index - 1].end, spans[index].end)
        )
        if edits and edits[-1].span.end == span.start:
            span = Span(edits.pop().span.start, span.end)
        edits.append(Edit(span, ""))
    return tuple(edits)
