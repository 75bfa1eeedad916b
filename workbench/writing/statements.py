"""Changes to the statements of a policy that keep the author's white space: duplicate, move, split, merge.

Each takes a text and the caret in it (code points), acts on the statement that the caret is in, and gives the text with
the caret in that statement again. Raises Refused with one sentence. What a change does to access is for the proof.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

from workbench.document.edits import Edit, append_item, apply_edits, remove_item, remove_items
from workbench.document.nodes import ArrayNode, Document, Node, ObjectNode, StringNode
from workbench.document.parser import parse
from workbench.document.span import Span
from workbench.writing.rewriting import LISTS, Refused, Rewrite, good_document, statements_of, without_repeats
from workbench.writing.values import Numbers

_NO_WORD = re.compile(r"[^A-Za-z0-9]")


class _Statements:
    """The statements of a document and the one at the caret."""

    def __init__(self, text: str, caret: int) -> None:
        self.text, self.caret = text, caret
        self.document: Document = good_document(text)
        without_repeats(self.document)
        found = statements_of(self.document.root)
        if found is None:
            raise Refused("This policy has no statements.")
        self.list: Node = found[0].value
        self.nodes: Sequence[Node] = found[1]
        at = next((at for at, node in enumerate(self.nodes) if node.start <= caret <= node.end), None)
        if at is None or not isinstance(self.nodes[at], ObjectNode):
            raise Refused("Put the caret into a statement first.")
        self.at = at

    @property
    def node(self) -> ObjectNode:
        node = self.nodes[self.at]
        assert isinstance(node, ObjectNode)
        return node

    def written(self, at: int) -> str:
        return self.text[self.nodes[at].start : self.nodes[at].end]

    def gap(self) -> str:
        """The white space between two statements as the author writes it."""
        if not isinstance(self.list, ArrayNode):
            return " "
        if len(self.nodes) > 1:
            at = min(self.at, len(self.nodes) - 2)
            between = self.text[self.nodes[at].end : self.nodes[at + 1].start]
            return between.replace(",", "")
        before = self.text[self.list.start + 1 : self.nodes[0].start]
        return before or (" " if ": " in self.text else "")

    def sids(self) -> set[str]:
        found = (element(node, "Sid") for node in self.nodes)
        return {node.value for node in found if isinstance(node, StringNode)}

    def replaced(self, parts: Sequence[str], chosen: int) -> Rewrite:
        """The statement at the caret replaced by `parts`; the caret goes to the start of one of them."""
        single = not isinstance(self.list, ArrayNode)
        new = f",{self.gap()}".join(parts)
        start = self.node.start + single
        edit = Edit(Span(self.node.start, self.node.end), f"[{new}]" if single else new)
        offset = sum(len(part) + 1 + len(self.gap()) for part in parts[:chosen])
        inside = self.caret - self.node.start if chosen == 0 and parts[0] == self.written(self.at) else 0
        return Rewrite(apply_edits(self.text, [edit]), start + offset + inside)


def element(node: Node, name: str) -> Node | None:
    """The value of an element of a statement, None if it has none."""
    members = node.members if isinstance(node, ObjectNode) else ()
    return next((member.value for member in members if member.key.value == name), None)


def duplicate(text: str, caret: int) -> Rewrite:
    """The statement a second time behind itself, under a Sid of its own; the caret goes to the second."""
    found = _Statements(text, caret)
    written = found.written(found.at)
    return found.replaced([written, _with_sid(written, "", found.sids())], 1)


def move(text: str, caret: int, *, by: int) -> Rewrite:
    """The statement changes places with the one before (`by` -1) or behind it (1); the caret goes with it."""
    found = _Statements(text, caret)
    other = found.at + by
    if not 0 <= other < len(found.nodes):
        raise Refused(f"This is the {'first' if by < 0 else 'last'} statement already.")
    first, second = found.nodes[min(found.at, other)], found.nodes[max(found.at, other)]
    one, two = text[first.start : first.end], text[second.start : second.end]
    made = apply_edits(text, [Edit(Span(first.start, first.end), two), Edit(Span(second.start, second.end), one)])
    inside = caret - found.node.start
    start = first.start if by < 0 else second.end - len(one)
    return Rewrite(made, start + inside)


def split_by_service(text: str, caret: int) -> Rewrite:
    """The actions of each service in a statement of their own."""
    return _split(text, caret, "Action", lambda value: value.partition(":")[0].casefold(), "service")


def split_by_action(text: str, caret: int) -> Rewrite:
    """Each action in a statement of its own."""
    return _split(text, caret, "Action", None, "action")


def split_by_resource(text: str, caret: int) -> Rewrite:
    """Each resource in a statement of its own."""
    return _split(text, caret, "Resource", None, "resource")


def _split(text: str, caret: int, name: str, group: Callable[[str], str] | None, word: str) -> Rewrite:
    found = _Statements(text, caret)
    if element(found.node, f"Not{name}") is not None:
        raise Refused(f"Not{name} cannot be split: each part would mean what the others leave out.")
    values = element(found.node, name)
    items = values.items if isinstance(values, ArrayNode) else ()
    texts = [item.value for item in items if isinstance(item, StringNode)]
    if len(texts) != len(items):
        raise Refused(f"The list {name} holds something that is no string: mend it first.")
    groups: dict[str, list[int]] = {}
    for at, value in enumerate(texts):
        groups.setdefault(group(value) if group else str(at), []).append(at)
    if len(groups) < 2 or not isinstance(values, ArrayNode):
        raise Refused(f"This statement names one {word} only: there is nothing to split.")
    written, start = found.written(found.at), found.node.start
    taken = found.sids() - _sid(found.node)
    parts: list[str] = []
    for key, kept in groups.items():
        gone = set(range(len(items))) - set(kept)
        edits = [Edit(Span(e.span.start - start, e.span.end - start), e.text) for e in remove_items(values, gone)]
        label = _NO_WORD.sub("", key.capitalize()) if group else ""
        part = _with_sid(apply_edits(written, edits), label, taken)
        taken |= _sid(parse(part).root)
        parts.append(part)
    return found.replaced(parts, 0)


def merge(text: str, caret: int) -> Rewrite:
    """The next statement taken into this one, where both agree in all but one of Action and Resource; the Sid of this
    one stays."""
    found = _Statements(text, caret)
    if found.at + 1 >= len(found.nodes) or not isinstance(found.list, ArrayNode):
        raise Refused("There is no statement behind this one.")
    one, two = found.node, found.nodes[found.at + 1]
    if not isinstance(two, ObjectNode):
        raise Refused("What stands behind this statement is no statement.")
    differing = _differing(one, two)
    if len(differing) > 1 or not set(differing) <= {"Action", "Resource"}:
        raise Refused(f"The two statements differ in {_listed(differing)}: they cannot be one.")
    edits: list[Edit] = []
    for name in differing:
        edits += _joined(found, element(one, name), element(two, name))
    made = apply_edits(text, [*edits, *remove_item(found.list, found.at + 1)])
    moved = sum(len(e.text) - (e.span.end - e.span.start) for e in edits if e.span.end < caret)
    return Rewrite(made, caret + moved)


def _differing(one: ObjectNode, two: ObjectNode) -> list[str]:
    """The elements besides the Sid in which two statements differ, whatever the order of lists and names."""
    numbers = Numbers(any_order=True)
    names = dict.fromkeys(m.key.value for m in (*one.members, *two.members))
    found = []
    for name in names:
        values = [element(one, name), element(two, name)]
        if name in LISTS and all(value is not None for value in values):
            same = len({frozenset(numbers.of(item) for item in _items(value)) for value in values}) == 1
        else:
            same = numbers.of(values[0]) == numbers.of(values[1])
        if name != "Sid" and not same:
            found.append(name)
    return found


def _items(node: Node | None) -> tuple[Node, ...]:
    if node is None:
        return ()
    return node.items if isinstance(node, ArrayNode) else (node,)


def _joined(found: _Statements, one: Node | None, two: Node | None) -> tuple[Edit, ...]:
    if one is None or two is None:
        raise Refused("One of the two statements has no such element: they cannot be one.")
    mine, theirs = _items(one), _items(two)
    if not all(isinstance(item, StringNode) for item in (*mine, *theirs)):
        raise Refused("A list holds something that is no string: mend it first.")
    known = {item.value for item in mine if isinstance(item, StringNode)}
    new: list[str] = []
    for item in theirs:
        if isinstance(item, StringNode) and item.value not in known:
            known.add(item.value)
            new.append(found.text[item.start : item.end])
    if isinstance(one, ArrayNode) and one.items:
        return tuple(edit for written in new for edit in append_item(found.document, one, written))
    return append_item(found.document, one, ", ".join(new)) if new else ()


def _sid(node: Node | None) -> set[str]:
    sid = element(node, "Sid") if node is not None else None
    return {sid.value} if isinstance(sid, StringNode) else set()


def _with_sid(written: str, label: str, taken: set[str]) -> str:
    """A statement's text with its Sid, if it has one, made unlike those that are `taken`: by `label`, else a number."""
    root = parse(written).root
    sid = element(root, "Sid") if root is not None else None
    if not isinstance(sid, StringNode) or not sid.value:
        return written
    name, number = sid.value + label, 1
    base = name.rstrip("0123456789") or name
    while name in taken:
        number += 1
        name = f"{base}{number}"
    return written[: sid.start] + json.dumps(name, ensure_ascii=False) + written[sid.end :]


def _listed(names: Sequence[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]
