"""Single changes to a scenario: what to edit in a policy, what to attach, what the request is to carry.

A step says what it does in terms of the scenario as it was given, so that of several steps any can be left out; `made`
does them one after the other and gives the edits that a person's editor can do in that order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from workbench.document.edits import (
    Edit,
    append_item,
    apply_edits,
    remove_items,
    remove_member,
    remove_members,
)
from workbench.document.nodes import ArrayNode, Document, Node, ObjectNode
from workbench.document.parser import parse
from workbench.document.span import Span
from workbench.evaluation.places import policy_places, with_new_policy, with_policy
from workbench.evaluation.request import ContextValue, NamedPolicy, Scenario


@dataclass(frozen=True, slots=True)
class Change:
    """One change. Of a policy: `place`, `policy` (its name) and `edits` in its text; of a policy that is not there yet
    `text`, the whole of it. Of the request: `key` and the `value` to state (None: leave it out). `label` starts with a
    verb; `cost` orders: smaller is nearer and safer."""

    label: str
    cost: int
    place: str = ""
    policy: str = ""
    edits: tuple[Edit, ...] = ()
    key: str = ""
    value: ContextValue | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """The request carries the key with this value; None: it does not carry it."""

    key: str
    value: ContextValue | None
    place: str = ""

    @property
    def label(self) -> str:
        if self.value is None:
            return f"leave {self.key} out of the request"
        shown = self.value if isinstance(self.value, str) else ", ".join(self.value)
        return f"send {self.key} = {shown or '(empty)'}"

    @property
    def cost(self) -> int:
        return 3 if self.value is None else 2


@dataclass(frozen=True, slots=True)
class Attach:
    """A policy where none is."""

    label: str
    cost: int
    place: str
    policy: str
    text: str


@dataclass(frozen=True, slots=True)
class AddStatement:
    """A statement, as JSON, at the end of a policy."""

    label: str
    cost: int
    place: str
    policy: str
    statement: str

    def edits(self, document: Document) -> tuple[Edit, ...]:
        return append_item(document, _member(_root(document), "Statement"), self.statement)


@dataclass(frozen=True, slots=True)
class AddItem:
    """An item in a list of a statement: of an element, or of a condition key where `path` is operator and key."""

    label: str
    cost: int
    place: str
    policy: str
    statement: int
    path: tuple[str, ...]
    value: str

    def edits(self, document: Document) -> tuple[Edit, ...]:
        node = _statements(document)[self.statement]
        for name in self.path[:-1]:
            inner = _member(node, name)
            assert isinstance(inner, ObjectNode)
            node = inner
        return append_item(document, _member(node, self.path[-1]), json.dumps(self.value))


@dataclass(frozen=True, slots=True)
class RemoveItems:
    """Items out of the list of an element."""

    label: str
    cost: int
    place: str
    policy: str
    statement: int
    element: str
    items: tuple[int, ...]

    def edits(self, document: Document) -> tuple[Edit, ...]:
        array = _member(_statements(document)[self.statement], self.element)
        assert isinstance(array, ArrayNode)
        return remove_items(array, self.items)


@dataclass(frozen=True, slots=True)
class RemoveTests:
    """Tests out of the condition of a statement, each as (operator, key) in the text's spelling; none: all of it."""

    label: str
    cost: int
    place: str
    policy: str
    statement: int
    tests: frozenset[tuple[str, str]]

    def edits(self, document: Document) -> tuple[Edit, ...]:
        node = _statements(document)[self.statement]
        if not self.tests:
            return remove_member(node, "Condition")
        condition = _member(node, "Condition")
        assert isinstance(condition, ObjectNode)
        edits: list[Edit] = []
        emptied: list[int] = []
        for index, block in enumerate(condition.members):
            assert isinstance(block.value, ObjectNode)
            names = [(block.key.value, member.key.value) for member in block.value.members]
            leaving = [i for i, name in enumerate(names) if name in self.tests]
            if len(leaving) == len(names):
                emptied.append(index)
            else:
                edits += remove_members(block.value, leaving)
        return tuple(sorted((*edits, *remove_members(condition, emptied)), key=lambda e: e.span))


@dataclass(frozen=True, slots=True)
class RemoveStatements:
    """Statements out of a policy: index → how to speak of it."""

    place: str
    policy: str
    named: tuple[tuple[int, str], ...]

    @property
    def label(self) -> str:
        names = [name for _, name in self.named]
        listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
        return f"remove statement{'s' if len(names) > 1 else ''} {listed} of {self.policy}"

    @property
    def cost(self) -> int:
        return 4

    def edits(self, document: Document) -> tuple[Edit, ...]:
        holder = _member(_root(document), "Statement")
        if isinstance(holder, ArrayNode):
            return remove_items(holder, [index for index, _ in self.named])
        return (Edit(Span(holder.start, holder.end), "[]"),)


InText = AddStatement | AddItem | RemoveItems | RemoveTests | RemoveStatements
Step = State | Attach | InText


def made(scenario: Scenario, steps: Iterable[Step]) -> tuple[Scenario, tuple[Change, ...]] | None:
    """The scenario with the steps done, statements removed last, and each as a change of the text before it. None if
    one needs a policy that is not there."""
    changes: list[Change] = []
    for step in _in_order(steps):
        if isinstance(step, State):
            changes.append(Change(step.label, step.cost, key=step.key, value=step.value))
            scenario = _stated(scenario, step)
            continue
        if isinstance(step, Attach):
            changes.append(Change(step.label, step.cost, step.place, step.policy, text=step.text))
            new = NamedPolicy(step.policy, step.text)
            scenario = replace(scenario, policies=with_new_policy(scenario.policies, step.place, new))
            continue
        text = texts(scenario).get(step.place)
        if text is None:
            return None
        edits = step.edits(parse(text))
        changes.append(Change(step.label, step.cost, step.place, step.policy, edits))
        edited = apply_edits(text, edits)
        scenario = replace(scenario, policies=with_policy(scenario.policies, step.place, edited))
    return scenario, tuple(changes)


def _in_order(steps: Iterable[Step]) -> list[Step]:
    """Removals of one policy become one, after everything that counts its statements as they were."""
    kept: list[Step] = []
    removals: dict[str, RemoveStatements] = {}
    for step in steps:
        if isinstance(step, RemoveStatements):
            before = removals.get(step.place)
            named = step.named if before is None else tuple(sorted({*before.named, *step.named}))
            removals[step.place] = replace(step, named=named)
        else:
            kept.append(step)
    return [*kept, *removals.values()]


def removed(steps: Iterable[Step]) -> Mapping[str, list[int]]:
    """The statements that the steps take out of each policy, in order."""
    found: dict[str, set[int]] = {}
    for step in steps:
        if isinstance(step, RemoveStatements):
            found.setdefault(step.place, set()).update(index for index, _ in step.named)
    return {place: sorted(indexes) for place, indexes in found.items()}


def texts(scenario: Scenario) -> dict[str, str]:
    """The text of each policy by its place."""
    return {place: policy.text for _, place, policy in policy_places(scenario.policies)}


def _stated(scenario: Scenario, step: State) -> Scenario:
    request, lower = scenario.request, step.key.lower()
    context = {k: v for k, v in request.context.items() if k.lower() != lower}
    absent = {k for k in request.absent if k.lower() != lower}
    if step.value is None:
        absent.add(step.key)
    else:
        context[step.key] = step.value
    return replace(scenario, request=replace(request, context=context, absent=frozenset(absent)))


def _root(document: Document) -> ObjectNode:
    assert isinstance(document.root, ObjectNode)
    return document.root


def _member(node: ObjectNode, name: str) -> Node:
    return next(member.value for member in node.members if member.key.value == name)


def _statements(document: Document) -> list[ObjectNode]:
    holder = _member(_root(document), "Statement")
    items = holder.items if isinstance(holder, ArrayNode) else (holder,)
    return [item for item in items if isinstance(item, ObjectNode)]
