"""One statement of a document that AWS refuses, as if what is refused in it were mended. Source: `as_if`, which says
what of this is inferred.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from workbench.document.edits import Edit, apply_edits, remove_items, remove_members
from workbench.document.nodes import ArrayNode, Member, Node, ObjectNode, StringNode
from workbench.document.span import Span
from workbench.findings.context import CheckContext
from workbench.findings.listing import listed
from workbench.findings.places import member_value
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Defect, Effect, Statement
from workbench.policy.names import near_match
from workbench.policy.reader import STATEMENT_ELEMENTS
from workbench.policy.rules import may_have

NO_LINE_END = re.compile(r"[^\r\n]")
_LINE_END = re.compile(r"[\r\n]")
_DENY = re.compile("deny", re.IGNORECASE)
_ELEMENTS = tuple(name for name in STATEMENT_ELEMENTS if name not in ("Sid", "Effect"))


class Rewritten(NamedTuple):
    """A statement of the new text. `text` is as long as the old where `kept`; `blank`: what was taken out of it;
    `told`: what became of it, empty for nothing."""

    statement: Statement
    text: str
    kept: bool
    blank: tuple[Span, ...]
    told: str


def rewrite(
    context: CheckContext, statement: Statement, defects: Sequence[Defect], *, open_: bool, nameless: bool = False
) -> Rewritten | None:
    """What becomes of one statement, without text where it is left out; None if it may deny anything. `open_`: it
    denies what a template has yet to say; `nameless`: its Sid is taken away."""
    start, end = statement.node.start, statement.node.end
    written = context.text[start:end]
    number = numbered(statement)
    slips = slips_in(context, statement)
    if slips is None or (slips and statement.effect is Effect.ALLOW):
        if statement.effect is not Effect.ALLOW or _DENY.search(written):
            return None
        return Rewritten(statement, "", False, (), f"{number} left out, where the JSON is broken")
    if any(
        member.key.value not in STATEMENT_ELEMENTS and may_hold_deny(context, member)
        for member in statement.node.members
    ):
        return None
    elements: dict[str, list[Defect]] = {}
    for defect in defects:
        elements.setdefault(_element_of(defect, statement), []).append(defect)
    gone = {name for name, own in elements.items() if _is_harmless(context, statement, name, own)}
    told_gone = sorted(gone)
    if nameless:
        gone.add("Sid")
    to_allow = is_to_allow(statement)
    entries = {name: _without_entries(statement, name, own) for name, own in elements.items()} if to_allow else {}
    touched = {name for name in elements if name not in gone and not entries.get(name)}
    if not touched and not open_:
        blank = [*_members(statement, gone), *(span for name in sorted(entries) for span in entries[name])]
        blank += [slip for slip in slips if not any(b.start <= slip.start and slip.end <= b.end for b in blank)]
        blank.sort()
        edits = [
            Edit(Span(b.start - start, b.end - start), NO_LINE_END.sub(" ", context.text[b.start : b.end]))
            for b in blank
        ]
        without = [*told_gone, *(f"what is wrong in {name}" for name in sorted(entries) if name not in gone)]
        told = f"{number} without {listed(without)}" if without else ""
        return Rewritten(statement, apply_edits(written, edits), True, tuple(blank), told)
    if open_:
        touched |= {name for name in _ELEMENTS if _holds_placeholder(context, statement, name)}
    where = listed(sorted(touched - {""}))
    error = "what the template leaves open" if _only_template(context, defects, open_) else "an error"
    said = f"{error} in {where}" if where else error
    if to_allow:
        return Rewritten(statement, "", False, (), f"{number}, an Allow with {said}, left out")
    what = "a Deny" if statement.effect is Effect.DENY else "which may be a Deny,"
    told = f"{number}, {what} with {said}, denying all that it may mean to deny"
    return Rewritten(statement, _widest_deny(context, statement, touched), False, (), told)


def slips_in(context: CheckContext, statement: Statement) -> list[Span] | None:
    """What to take out of the statement so that its JSON is sound and says what it said: a comma with nothing after
    it, a comment that quotes nothing. None where that does not do."""
    if context.untouched(statement):
        return []
    document, start, end = context.document, statement.node.start, statement.node.end
    if start in document.patched or document.problems_left_out:
        return None
    inside = [p for p in document.problems if p.start < end and max(p.end, p.start + 1) > start]
    if all(
        p.kind == "trailing-comma" or (p.kind == "comment" and '"' not in context.text[p.start : p.end]) for p in inside
    ):
        return [Span(p.start, p.end) for p in inside]
    return None


def _only_template(context: CheckContext, defects: Sequence[Defect], open_: bool) -> bool:
    return all(is_left_open(context, d) for d in defects) and (open_ or bool(defects))


def numbered(statement: Statement) -> str:
    """How an assumption speaks of it: by its number, since lines are other ones in the file of a template."""
    return f"statement {statement.index + 1}"


def _element_of(defect: Defect, statement: Statement) -> str:
    """The element of the statement that a defect is in; empty for the statement itself."""
    rest = defect.places[0].path[len(statement.path) :]
    return str(rest[0][1]) if rest else ""


def _is_harmless(context: CheckContext, statement: Statement, name: str, own: Sequence[Defect]) -> bool:
    """Whether the element can be taken away, and the statement means what it meant."""
    if name == "Sid":
        return True
    if context.kind is PolicyKind.TRUST and name in ("Resource", "NotResource"):
        return True  # a trust policy is about its own role, whatever stands there
    value = member_value(statement.node, name)
    return (
        bool(name)
        and name not in STATEMENT_ELEMENTS
        and near_match(name.strip(), STATEMENT_ELEMENTS) is None
        and not isinstance(value, ObjectNode | ArrayNode)  # these may be to limit it
        and all(d.code in ("INVALID_POLICY_ELEMENT", "DUPLICATE_JSON_KEY") for d in own)
    )


def _without_entries(statement: Statement, name: str, own: Sequence[Defect]) -> list[Span]:
    """What to take out of a list of an Allow so that its other entries stay: each allows what it allows by itself.
    Empty where that cannot be done, or no entry would stay."""
    value = member_value(statement.node, name)
    if name in ("Action", "Resource") and isinstance(value, ArrayNode):
        return _without_items(value, own, len(statement.path) + 1) or []
    if name != "Principal" or not isinstance(value, ObjectNode):
        return []
    spans: list[Span] = []
    wrong: list[int] = []
    left = list(own)
    for number, member in enumerate(value.members):
        at = len(statement.path) + 1
        mine = [d for d in own if len(d.places[0].path) > at and d.places[0].path[at][1] == member.key.value]
        left = [d for d in left if d not in mine]
        items = _without_items(member.value, mine, at + 1) if isinstance(member.value, ArrayNode) else None
        if mine and (items is None or any(d.places[0].path[at][0] == "key" for d in mine)):
            wrong.append(number)
        else:
            spans += items or []
    if left or len(wrong) == len(value.members):
        return []
    return sorted([*spans, *(edit.span for edit in remove_members(value, wrong))])


def _without_items(value: Node, own: Sequence[Defect], depth: int) -> list[Span] | None:
    """The same for the items of one list, at whose path of length `depth` the defects are; None if it cannot be."""
    if not isinstance(value, ArrayNode):
        return None
    wrong = {i for i, item in enumerate(value.items) if not isinstance(item, StringNode)}
    for defect in own:
        path = defect.places[0].path
        number = path[depth][1] if len(path) > depth else None
        if isinstance(number, int):
            wrong.add(number)
        elif defect.code != "DATA_TYPE_MISMATCH":
            return None
    if own and len(wrong) == len(value.items):
        return None
    return [edit.span for edit in remove_items(value, wrong)] if own else []


def is_to_allow(statement: Statement) -> bool:
    """Whether it is an Allow, or one misspelt, and says nothing else of its effect beside."""
    values = [
        m.value for m in statement.node.members if near_match(m.key.value.strip(), STATEMENT_ELEMENTS) == "Effect"
    ]
    return bool(values) and all(
        isinstance(value, StringNode) and near_match(value.value.strip(), tuple(Effect)) == Effect.ALLOW
        for value in values
    )


def may_hold_deny(context: CheckContext, member: Member) -> bool:
    """Whether a member that no policy has may be where somebody meant to deny: by its name, or by what is in it. A
    plain string is a comment."""
    of = member.value if isinstance(member.value, ObjectNode | ArrayNode) else member.key
    return _DENY.search(context.text, member.key.start, of.end) is not None


def _members(statement: Statement, names: set[str]) -> list[Span]:
    members = [i for i, member in enumerate(statement.node.members) if member.key.value in names]
    return [edit.span for edit in remove_members(statement.node, members)]


def _holds_placeholder(context: CheckContext, statement: Statement, name: str) -> bool:
    return any(
        member.key.value == name and open_strings(context, member.key.start, member.value.end)
        for member in statement.node.members
    )


def _widest_deny(context: CheckContext, statement: Statement, touched: set[str]) -> str:
    """A Deny of all that the statement may mean to deny: of anything where an element has an error or is missing, and
    under conditions only where all of them can be read."""
    names = {member.key.value for member in statement.node.members}
    strange = names.difference(STATEMENT_ELEMENTS)
    unsure = touched | {near_match(name.strip(), STATEMENT_ELEMENTS) or "" for name in strange}
    made = ['"Effect": "Deny"']
    for name in ("Principal", "Action", "Resource"):
        if not may_have(context.kind, name):
            continue
        pair = {name, f"Not{name}"}
        present = sorted(names & pair)
        sound = len(present) == 1 and not unsure & pair
        made.append(_written(context, statement, present[0]) if sound else f'"{name}": "*"')
    if "Condition" in names and "Condition" not in unsure and not strange:
        made.append(_written(context, statement, "Condition"))
    return f"{{{', '.join(made)}}}" + NO_LINE_END.sub("", context.text[statement.node.start : statement.node.end])


def _written(context: CheckContext, statement: Statement, name: str) -> str:
    """An element as it is written, on one line."""
    value = member_value(statement.node, name)
    assert value is not None
    return f'"{name}": ' + _LINE_END.sub(" ", context.text[value.start : value.end])


def of_template(context: CheckContext, defect: Defect) -> bool:
    """Whether an object such as `{"Ref": …}` is the cause: the defect is at or in it, or about a list that holds it."""
    span, objects = defect.places[0].span, context.placeholders.objects
    number = bisect_right(objects, span.start, key=lambda o: o.start)
    if number and span.start < objects[number - 1].end:
        return True
    holds = number < len(objects) and objects[number].start < span.end
    return holds and defect.code == "DATA_TYPE_MISMATCH"


def is_left_open(context: CheckContext, defect: Defect) -> bool:
    """The same, or what is wrong is a string with a placeholder: AWS never sees it as it stands."""
    return defect.places[0].span.start in context.placeholders.strings or of_template(context, defect)


def open_strings(context: CheckContext, start: int, end: int) -> list[int]:
    """Where strings with a placeholder begin between two places of the text."""
    starts = context.once(_open_strings)
    return starts[bisect_left(starts, start) : bisect_left(starts, end)]


def _open_strings(context: CheckContext) -> list[int]:
    return sorted(context.placeholders.strings)
