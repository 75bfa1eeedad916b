"""AWS's partitions, and those of them that policies tell apart: one stands for all that no pattern treats differently.

A caller is of one partition and can ask for nothing of another (evaluation.md section 3), so a question must be asked
by callers of every partition that makes a difference, also where only a wildcard takes it in (`arn:aws-*:…`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from workbench.evaluation.compiled import CompiledStatement
from workbench.policy.tokens import tokenize
from workbench.proof.languages import Machine
from workbench.proof.patterns import text_machine

PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc")
"""The main one first."""
_VARIABLE = re.compile(r"\$\{[^}]*\}")
_ARN_KEY = "aws:principalarn"


def told_apart(statements: Iterable[CompiledStatement]) -> tuple[str, ...]:
    """The main partition, one for each way in which patterns about callers and resources may treat another one, and
    those that the statements name; but for partitions of which no Allow statement takes a resource."""
    statements = list(statements)
    patterns = [_machine(text) for text in dict.fromkeys(_telling(statements))]
    named = set(_named(statements))
    found: dict[tuple[int, ...], str] = {}
    kept: list[str] = []
    for partition in PARTITIONS:
        told = tuple(pattern.walk(pattern.start, f"arn:{partition}:") for pattern in patterns)
        is_first = found.setdefault(told, partition) == partition
        if partition == PARTITIONS[0] or ((is_first or partition in named) and _is_open(statements, partition)):
            kept.append(partition)
    return tuple(kept)


def of_resources(texts: Iterable[str]) -> tuple[str, ...]:
    """The partitions of which patterns of resources speak: those named, and one for each way in which wildcards take
    in others. The main one only where something is about it."""
    patterns = [_machine(text) for text in dict.fromkeys(texts)]
    if not patterns:
        return PARTITIONS[:1]
    found: dict[tuple[int, ...], str] = {}
    for partition in PARTITIONS:
        told = tuple(pattern.walk(pattern.start, f"arn:{partition}:") for pattern in patterns)
        if any(told):
            found.setdefault(told, partition)
    return tuple(found.values()) or PARTITIONS[:1]


def _telling(statements: Iterable[CompiledStatement]) -> Iterator[str]:
    """Every text on which it may hang whether a caller of a partition is meant, or a resource of it."""
    statements = list(statements)
    compared = any(_ARN_KEY in map(str.lower, used) for s in statements for used in _variables(s))
    for statement in statements:
        for entry in statement.principal.entries if statement.principal is not None else ():
            if entry.kind == "AWS":
                yield entry.item.text
        for item in statement.source.resources.items if statement.source.resources is not None else ():
            yield item.text
        for test in statement.conditions:
            if compared or test.key_lower == _ARN_KEY:
                yield from (value.text for value in test.test.values)


def _variables(statement: CompiledStatement) -> Iterator[tuple[str, ...]]:
    yield statement.resource_variables
    yield from (tuple(test.variables) for test in statement.conditions)


def _named(statements: Iterable[CompiledStatement]) -> Iterator[str]:
    for statement in statements:
        for test in statement.source.conditions:
            for value in test.values:
                if value.text.startswith("arn:") and value.text.count(":") > 1:
                    yield value.text.split(":", 2)[1]


def _is_open(statements: Iterable[CompiledStatement], partition: str) -> bool:
    """Whether some Allow statement may be about a resource of the partition, or about none at all."""
    for statement in statements:
        if not statement.allow:
            continue
        resources = statement.source.resources
        if resources is None or resources.negated:
            return True
        for item in resources.items:
            machine = _machine(item.text)
            if machine.walk(machine.start, f"arn:{partition}:") or set(item.text) <= set("*?"):
                return True
    return False


def _machine(text: str) -> Machine:
    """A pattern in which a variable may be anything."""
    return text_machine(tokenize(_VARIABLE.sub("*", text), wildcards=True, variables=False).parts)
