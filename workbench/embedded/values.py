"""Values that a user gives for what only a deployment fills in: the policy as it would then be, and the way back.

Nothing is written to a file: findings and answers are about the text that `filled` makes. Source: spec findings.md 4.3.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from workbench.document.edits import Edit
from workbench.document.nodes import ArrayNode, Document, Node, ObjectNode, StringNode
from workbench.document.parser import parse
from workbench.document.span import Span
from workbench.embedded.source_map import SourceMap
from workbench.embedded.tree import Piece
from workbench.findings.model import Finding, Fix, Location
from workbench.findings.placeholders import find_placeholders, placeholders_in

_EXAMPLES = (
    (re.compile("account", re.IGNORECASE), "111122223333"),
    (re.compile("region", re.IGNORECASE), "us-east-1"),
    (re.compile("partition", re.IGNORECASE), "aws"),
)


class Blank(NamedTuple):
    """Something to be filled in. `name`: how values name it, alike for `{"Ref": "Name"}` and `${Name}`; `spans`: where
    it stands, an object as a whole; `example`: a value such as is meant, empty where nobody knows."""

    name: str
    spans: tuple[Span, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Filled:
    """The text with values in it, and where each part of it stands in the text without."""

    text: str
    source: SourceMap


class _Part(NamedTuple):
    """A stretch of the text, the names that it hangs on, and what it becomes with their values."""

    span: Span
    names: tuple[str, ...]
    made: Callable[[Mapping[str, str]], str]


def blanks(document: Document, known_key: Callable[[str], bool]) -> tuple[Blank, ...]:
    """What is to be filled in, in the order of the text; `known_key` says whether a `prefix:name` is a condition key,
    so that `${prefix:name}` is a variable of the policy. Linear."""
    spans: dict[str, list[Span]] = {}
    for part in _parts(document, known_key):
        for name in part.names:
            spans.setdefault(name, []).append(part.span)
    return tuple(Blank(name, tuple(at), _example(name)) for name, at in spans.items())


def filled(document: Document, known_key: Callable[[str], bool], values: Mapping[str, str]) -> Filled | None:
    """The document with `values` (name of a blank → text) in it; None if it hangs on none of them. What has no value
    stays as it is, so does a function of a template of which one value is missing. Lines keep their numbers."""
    parts = [part for part in _parts(document, known_key) if all(values.get(name) for name in part.names)]
    if not parts:
        return None
    text = document.text
    pieces: list[Piece] = []
    out: list[str] = []
    done = length = 0

    def take(new: str, start: int, end: int, *, foreign: bool) -> None:
        nonlocal length
        pieces.append(Piece(length, length + len(new), start, end, foreign))
        out.append(new)
        length += len(new)

    for part in parts:
        start, end = part.span
        take(text[done:start], done, start, foreign=False)
        lines = re.findall(r"\r\n|\r|\n", text[start:end])  # of an object; a string has none
        take(part.made(values) + "".join(lines), start, end, foreign=True)
        done = end
    take(text[done:], done, len(text), foreign=False)
    return Filled("".join(out), SourceMap(pieces))


def moved_back(finding: Finding, source: SourceMap) -> Finding:
    """A finding of the filled text at its places in the text without values. A fix stays if it says nothing that a
    value could have told it: what it replaces stands there just so, or goes."""
    return replace(
        finding,
        locations=tuple(Location(where.path, source.span(where.span)) for where in finding.locations),
        fixes=tuple(Fix(fix.label, edits) for fix in finding.fixes if (edits := edits_back(fix.edits, source))),
    )


def edits_back(edits: tuple[Edit, ...], source: SourceMap) -> tuple[Edit, ...]:
    """Edits of the filled text as edits of the text without values; none if one of them cannot be."""
    made: list[Edit] = []
    for edit in edits:
        span = source.around(edit.span) if not edit.text else source.exact(edit.span)
        if span is None:
            return ()
        made.append(Edit(span, edit.text))
    return tuple(made)


def _parts(document: Document, known_key: Callable[[str], bool]) -> Iterator[_Part]:
    found = find_placeholders(document, known_key)
    objects = set(found.objects)
    for placeholder in found.found:
        if placeholder.span not in objects:
            yield _in_string(placeholder.span, placeholder.text)
        else:
            yield _of_object(placeholder.span, document.text[placeholder.span.start : placeholder.span.end])


def _in_string(span: Span, name: str) -> _Part:
    return _Part(span, (name,), lambda values: json.dumps(values[name], ensure_ascii=False)[1:-1])


def _of_object(span: Span, written: str) -> _Part:
    """`{"Ref": "Name"}` is `${Name}`, `{"Fn::GetAtt": ["A", "B"]}` is `${A.B}`, of `{"Fn::Sub": "…"}` each placeholder
    is filled in; any other function of a template is one thing, called as it is written."""
    root = parse(written).root
    member = root.members[0] if isinstance(root, ObjectNode) and root.members else None
    function, given = (member.key.value, member.value) if member else ("", None)
    if function == "Fn::Sub" and isinstance(given, StringNode):
        places = [(a, b) for a, b in placeholders_in(given.value) if not given.value.startswith("${!", a)]
        names = tuple(dict.fromkeys(given.value[a:b] for a, b in places))
        return _Part(span, names, lambda values: json.dumps(_sub(given.value, places, values), ensure_ascii=False))
    name = _name_of(function, given) or " ".join(written.split())
    return _Part(span, (name,), lambda values: json.dumps(values[name], ensure_ascii=False))


def _name_of(function: str, given: Node | None) -> str:
    if function == "Ref" and isinstance(given, StringNode):
        return f"${{{given.value}}}"
    if function == "Fn::GetAtt":
        parts = given.items if isinstance(given, ArrayNode) else (given,)
        texts = [part.value for part in parts if isinstance(part, StringNode)]
        return f"${{{'.'.join(texts)}}}" if texts and len(texts) == len(parts) else ""
    return ""


def _sub(text: str, places: list[tuple[int, int]], values: Mapping[str, str]) -> str:
    parts: list[str] = []
    done = 0
    for start, end in places:
        parts += (text[done:start], values[text[start:end]])
        done = end
    return "".join((*parts, text[done:])).replace("${!", "${")  # how Fn::Sub writes a `${` of the policy's own


def _example(name: str) -> str:
    return next((example for word, example in _EXAMPLES if word.search(name)), "")
