"""What must hold of a request, as a tree of tests on its resource and its context keys.

A tree is positive: `not` stands only at the leaves, as the outcome wanted of a test. Values only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from workbench.evaluation.compiled import CompiledStatement, resource_tokens
from workbench.policy.model import ListElement
from workbench.proof.keys import KeyTest, condition_said, key_test
from workbench.proof.languages import Machine
from workbench.proof.patterns import Variables, resource_machine


@dataclass(frozen=True, eq=False)
class ResourceTest:
    """Whether the resource is among those of one Resource or NotResource element."""

    same: tuple[object, ...]
    machines: tuple[Machine, ...]
    negated: bool


Test: TypeAlias = ResourceTest | KeyTest


@dataclass(frozen=True, slots=True)
class Leaf:
    """The outcome wanted of one test."""

    test: Test
    holds: bool


@dataclass(frozen=True, slots=True)
class All:
    """All parts hold; without parts it is TRUE."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Some part holds; without parts it is FALSE."""

    parts: tuple[Formula, ...]


Formula: TypeAlias = Leaf | All | Some
TRUE, FALSE = All(()), Some(())


def all_of(parts: Iterable[Formula]) -> Formula:
    """The conjunction, FALSE as soon as one part is."""
    found: list[Formula] = []
    for part in parts:
        if part == FALSE:
            return FALSE
        found += part.parts if isinstance(part, All) else (part,)
    return found[0] if len(found) == 1 else All(tuple(found))


def some_of(parts: Iterable[Formula]) -> Formula:
    """The disjunction, TRUE as soon as one part is."""
    found: list[Formula] = []
    for part in parts:
        if part == TRUE:
            return TRUE
        found += part.parts if isinstance(part, Some) else (part,)
    return found[0] if len(found) == 1 else Some(tuple(found))


def negated(formula: Formula) -> Formula:
    """The tree that holds where `formula` does not."""
    match formula:
        case Leaf(test, holds):
            return Leaf(test, not holds)
        case All(parts):
            return some_of(map(negated, parts))
        case Some(parts):
            return all_of(map(negated, parts))


class Body:
    """What a statement asks of resource and context, once for all actions and callers that it is about."""

    __slots__ = ("formula", "same", "statement")

    def __init__(self, statement: CompiledStatement, variables: Variables) -> None:
        self.statement = statement
        tests: list[Formula] = []
        if statement.source.resources is not None:
            test = _resource_test(statement.source.resources, statement.variables_active, variables)
            if not _takes_all(test):
                tests.append(Leaf(test, True))
        tests += (Leaf(key_test(c, statement.variables_active, variables), True) for c in statement.conditions)
        self.formula = all_of(tests)
        self.same = said(statement)
        """Equal for statements that say the same."""


def said(statement: CompiledStatement) -> tuple[object, ...]:
    """What a statement says, whatever the order and spelling: equal for statements that say the same."""
    source, active = statement.source, statement.variables_active
    principal = source.principal
    return (
        statement.allow,
        statement.actions.negated,
        frozenset(item.text.lower() for item in statement.actions.items),
        None if principal is None else (principal.negated, frozenset((e.kind, e.item.text) for e in principal.entries)),
        None if source.resources is None else _resources_said(source.resources, active),
        frozenset(condition_said(test, active) for test in source.conditions if test.operator is not None),
    )


def _resources_said(element: ListElement, variables_active: bool) -> tuple[object, ...]:
    texts = sorted({item.text for item in element.items})
    return (element.negated, variables_active and any("${" in text for text in texts), *texts)


def _resource_test(element: ListElement, variables_active: bool, variables: Variables) -> ResourceTest:
    texts = tuple(sorted({item.text for item in element.items}))
    machines = tuple(resource_machine(variables.hide(resource_tokens(text, variables_active))) for text in texts)
    return ResourceTest(_resources_said(element, variables_active), machines, element.negated)


def on_resources(patterns: Iterable[str]) -> Formula:
    """The resource is among those of the patterns, in which nothing is a variable."""
    texts = tuple(sorted(set(patterns)))
    machines = tuple(resource_machine(resource_tokens(text, variables_active=False)) for text in texts)
    test = ResourceTest((False, False, *texts), machines, negated=False)
    return TRUE if _takes_all(test) else Leaf(test, True)


def _takes_all(test: ResourceTest) -> bool:
    return not test.negated and any(m.start & m.absorbing for m in test.machines)
