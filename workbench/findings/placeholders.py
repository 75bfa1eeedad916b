"""Placeholders of templates: text that something else fills in before AWS sees it. Source: spec findings.md section "
"4.3."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from workbench.document.nodes import ArrayNode, Document, Node, ObjectNode, Path, StringNode
from workbench.document.span import Span
from workbench.findings.places import substring_place
from workbench.patience import check

# CloudFormation Sub, Terraform and HCL (a policy variable has a colon in its name), Jinja, prose, Python, Ruby.
_PLACEHOLDER = re.compile(
    r"\$\{(?!\s*\})(?![*?$]\})[^:{}]+\}"
    r"|\$\{[A-Za-z_]+::[^{}]+\}"
    r"|\{\{[^{}]+\}\}"
    r"|<[A-Za-z][^<>]{0,80}>"
    r"|\[[A-Za-z][A-Za-z0-9 _-]{0,80}\]"
    r"|%\([A-Za-z_][^()]{0,80}\)s"
    r"|#\{[^{}]+\}"
)
_FOREIGN_VARIABLE = re.compile(r"\$\{([^:{}\s]+:[^{},\s]+)\}")
_CAPITALS = r"[A-Z][A-Z0-9_-]*[A-Z]"
_REGION_IN_CAPITALS = re.compile(rf"arn:[^:]*:[^:]*:({_CAPITALS})(?::|$)")
_ACCOUNT_IN_CAPITALS = re.compile(rf"arn:[^:]*:[^:]*:[^:]*:({_CAPITALS})(?::|$)")
_CAPITAL_WORD = re.compile(r"(?:[A-Z]+[_-])*(?:ACCOUNT|REGION)(?:[_-]?[A-Z]+)*")
# One cheap look at the raw text: most documents hold nothing that could be a placeholder.
_WORTH_A_LOOK = re.compile(
    r'\$\{|\{\{|<[A-Za-z]|\[[A-Za-z]|%\(|#\{|"Ref"|"Fn::|:[A-Z][A-Z0-9_-]*[A-Z][:"]|ACCOUNT|REGION'
)

_DEEPEST = 12


class Placeholder(NamedTuple):
    """One placeholder: its text, AWS's path to it and its span."""

    text: str
    path: Path
    span: Span


class Placeholders(NamedTuple):
    """All placeholders of a document. `strings`: starts of the strings that hold one; `objects`: spans of objects such
    as `{"Ref": …}`, in the order of the text."""

    found: tuple[Placeholder, ...]
    strings: frozenset[int]
    objects: tuple[Span, ...]


NONE = Placeholders((), frozenset(), ())


def find_placeholders(document: Document, known_key: Callable[[str], bool]) -> Placeholders:
    """The placeholders of `document`; `known_key` says whether a `prefix:name` is a condition key. Linear."""
    if document.root is None or not _WORTH_A_LOOK.search(document.text):
        return NONE
    found: list[Placeholder] = []
    strings: set[int] = set()
    objects: list[Span] = []
    foreign: list[Placeholder] = []
    foreign_strings: set[int] = set()

    def place(node: StringNode, path: Path, start: int, end: int) -> Placeholder:
        return Placeholder(node.value[start:end], *substring_place(document.text, node, path, start, end))

    for node, path in _walk(document.root):
        check()
        if isinstance(node, ObjectNode):
            found.append(Placeholder(node.members[0].key.value, path, Span(node.start, node.end)))
            objects.append(Span(node.start, node.end))
            continue
        for start, end in placeholders_in(node.value):
            found.append(place(node, path, start, end))
            strings.add(node.start)
        for match in _FOREIGN_VARIABLE.finditer(node.value):
            if not known_key(match[1]) and "::" not in match[1]:
                foreign.append(place(node, path, *match.span()))
                foreign_strings.add(node.start)
    if found and foreign:  # beside other placeholders `${x:y}` is one too; alone it is a variable of an unknown key
        found = sorted((*found, *foreign), key=lambda p: p.span)
        strings |= foreign_strings
    return Placeholders(tuple(found), frozenset(strings), tuple(objects)) if found else NONE


def placeholders_in(text: str) -> list[tuple[int, int]]:
    """Where placeholders stand in the value of a string."""
    places = [match.span() for match in _PLACEHOLDER.finditer(text)]
    if places:
        return places
    for part in (_REGION_IN_CAPITALS, _ACCOUNT_IN_CAPITALS):
        found = part.match(text)
        if found:
            places.append(found.span(1))
    if places:
        return places
    return [(0, len(text))] if _CAPITAL_WORD.fullmatch(text) else []


def _walk(root: Node) -> Iterator[tuple[StringNode | ObjectNode, Path]]:
    """Every string (names included), and every object that is a template function; what such an object holds is not
    walked. In the order of the text, without recursion, down to where a policy can have something to say."""
    stack: list[tuple[Node, Path]] = [(root, ())]
    while stack:
        node, path = stack.pop()
        if isinstance(node, StringNode):
            yield node, path
        elif len(path) > _DEEPEST:
            continue
        elif isinstance(node, ArrayNode):
            stack += reversed([(item, (*path, ("index", i))) for i, item in enumerate(node.items)])
        elif isinstance(node, ObjectNode):
            if is_template_object(node):
                yield node, path
                continue
            inner: list[tuple[Node, Path]] = []
            for member in node.members:
                inner.append((member.key, (*path, ("key", member.key.value))))
                inner.append((member.value, (*path, ("value", member.key.value))))
            stack += reversed(inner)


def is_template_object(node: Node) -> bool:
    """Whether it is `{"Ref": …}` or `{"Fn::…": …}`."""
    if not isinstance(node, ObjectNode) or len(node.members) != 1:
        return False
    return is_template_name(node.members[0].key.value)


def is_template_name(name: str) -> bool:
    """Whether an object with this single member is such a one."""
    return name == "Ref" or name.startswith("Fn::")
