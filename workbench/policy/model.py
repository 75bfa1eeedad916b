"""A policy as its document says it: statements, principals, actions, resources, conditions, each with its place.

Values only, made by `reader.read`. Nothing here judges whether the policy is legal: that is in `defects`.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from workbench.document.nodes import Document, Node, ObjectNode, Path, StringNode
from workbench.document.span import Span
from workbench.policy.kinds import PolicyKind
from workbench.policy.operators import Operator

CURRENT_VERSION = "2012-10-17"
OLD_VERSION = "2008-10-17"


class Effect(enum.StrEnum):
    ALLOW = "Allow"
    DENY = "Deny"


class Place(NamedTuple):
    """Where something stands: AWS's path to it and its span."""

    path: Path
    span: Span


class Defect(NamedTuple):
    """A breach of the grammar. `code` is the issue code of spec findings.md, `places` is never empty, `details` says it
    in one or two sentences. `fatal`: AWS would refuse the document or the engine cannot know what it means, so that
    no request may be judged by it."""

    code: str
    places: tuple[Place, ...]
    details: str
    fatal: bool


class Item(NamedTuple):
    """One string of a list element and its place in the document."""

    text: str
    node: StringNode
    path: Path

    @property
    def place(self) -> Place:
        return Place(self.path, Span(self.node.start, self.node.end))


class ListElement(NamedTuple):
    """Action, NotAction, Resource or NotResource. `items` holds the strings; what is no string is in the defects."""

    name: str
    key: StringNode
    node: Node
    items: tuple[Item, ...]

    @property
    def negated(self) -> bool:
        """Whether it is a `Not…` element."""
        return self.name.startswith("Not")


class PrincipalEntry(NamedTuple):
    """One principal: its kind (`AWS`, `Service`, `Federated`, `CanonicalUser`, or as written) and the item."""

    kind: str
    item: Item


class PrincipalElement(NamedTuple):
    """Principal or NotPrincipal. `"*"` alone is the one entry (`AWS`, `*`), as grammar.md section 5 says they are
    equal."""

    name: str
    key: StringNode
    node: Node
    entries: tuple[PrincipalEntry, ...]

    @property
    def negated(self) -> bool:
        return self.name.startswith("Not")


class ConditionValue(NamedTuple):
    """One policy value as text: numbers as written, Booleans `true` or `false` (grammar.md G9)."""

    text: str
    node: Node
    path: Path

    @property
    def place(self) -> Place:
        return Place(self.path, Span(self.node.start, self.node.end))


class ConditionTest(NamedTuple):
    """One `operator: {key: values}`. `operator` is None where no such operator exists."""

    operator: Operator | None
    operator_node: StringNode
    key: str
    key_node: StringNode
    values: tuple[ConditionValue, ...]
    path: Path

    @property
    def key_place(self) -> Place:
        return Place((*self.path[:-1], ("key", self.key)), Span(self.key_node.start, self.key_node.end))

    @property
    def operator_place(self) -> Place:
        name = self.operator_node
        return Place((*self.path[:-2], ("key", name.value)), Span(name.start, name.end))


@dataclass(frozen=True)
class Statement:
    """One statement; an element that is missing or unreadable is None (and a defect says so)."""

    index: int
    node: ObjectNode
    path: Path
    sid: StringNode | None
    effect: Effect | None
    principal: PrincipalElement | None
    actions: ListElement | None
    resources: ListElement | None
    conditions: tuple[ConditionTest, ...]
    has_condition: bool

    @property
    def place(self) -> Place:
        return Place(self.path, Span(self.node.start, self.node.end))

    @property
    def name(self) -> str:
        """How to speak of it: its Sid, else its number from 1."""
        return self.sid.value if self.sid and self.sid.value else f"statement {self.index + 1}"


@dataclass(frozen=True)
class Policy:
    """What a document says as a policy of `kind`. `version` is None where it is missing or no string."""

    document: Document
    kind: PolicyKind
    version: StringNode | None
    statements: tuple[Statement, ...]
    defects: tuple[Defect, ...]

    @property
    def variables_active(self) -> bool:
        """Policy variables are variables only in the current language (grammar.md section 3)."""
        return self.version is not None and self.version.value == CURRENT_VERSION

    @cached_property
    def fatal(self) -> Defect | None:
        """The first defect that forbids judging requests by this policy; a mistake in the JSON before all others, which
        may follow from it."""
        fatal = [d for d in self.defects if d.fatal]
        return next((d for d in fatal if d.code == "JSON_SYNTAX_ERROR"), fatal[0] if fatal else None)

    def tests(self) -> Iterator[tuple[Statement, ConditionTest]]:
        """Every condition test with its statement."""
        for statement in self.statements:
            for test in statement.conditions:
                yield statement, test
