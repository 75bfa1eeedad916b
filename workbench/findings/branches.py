"""Statements that a template chooses between: `{"Fn::If": [condition, statement, statement]}` among the statements.

Each is read where it stands; of the two of one choice a deployment has exactly one, or none where AWS::NoValue stands.
Source: CloudFormation User Guide, Condition functions; spec findings.md section 4.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from workbench.document.nodes import ArrayNode, Node, ObjectNode, Path, StringNode
from workbench.findings.context import CheckContext
from workbench.findings.model import Finding
from workbench.findings.placeholders import find_placeholders, is_template_object
from workbench.policy.model import Statement
from workbench.policy.reader import read_statement

_IF, _REF, _NOTHING = "Fn::If", "Ref", "AWS::NoValue"
_PARTS = 3


class Branch(NamedTuple):
    """A statement that is there where a condition of the template holds, or does not. `context`: the document as if it
    were its only statement."""

    condition: str
    holds: bool
    context: CheckContext

    @property
    def statement(self) -> Statement:
        return self.context.policy.statements[0]


def branches(context: CheckContext) -> Mapping[int, tuple[Branch, ...]]:
    """The branches of each statement, by its index, that is a choice between plain statements. Linear."""
    return context.once(_branches)


def is_in_branch(path: Path) -> bool:
    """Whether a path leads into a statement of a branch."""
    return any(step == ("value", _IF) and at + 1 < len(path) for at, step in enumerate(path[1:3], 1))


def _branches(context: CheckContext) -> Mapping[int, tuple[Branch, ...]]:
    found: dict[int, tuple[Branch, ...]] = {}
    if not context.placeholders.objects:
        return found
    for statement in context.statements:
        made = _of(context, statement)
        if made is not None:
            found[statement.index] = made
    return found


def _of(context: CheckContext, statement: Statement) -> tuple[Branch, ...] | None:
    node = statement.node
    value = node.members[0].value if len(node.members) == 1 and node.members[0].key.value == _IF else None
    if not isinstance(value, ArrayNode) or len(value.items) != _PARTS:
        return None
    condition = value.items[0]
    if not isinstance(condition, StringNode):
        return None
    made: list[Branch] = []
    for at, item in enumerate(value.items[1:], 1):
        if _is_nothing(item):
            continue
        if not isinstance(item, ObjectNode) or is_template_object(item):
            return None
        path: Path = (*statement.path, ("value", _IF), ("index", at))
        made.append(Branch(condition.value, at == 1, _alone(context, statement.index, item, path)))
    return tuple(made)


def _is_nothing(node: Node) -> bool:
    if not isinstance(node, ObjectNode) or len(node.members) != 1:
        return False
    value = node.members[0].value
    return node.members[0].key.value == _REF and isinstance(value, StringNode) and value.value == _NOTHING


def _alone(context: CheckContext, index: int, node: ObjectNode, path: Path) -> CheckContext:
    narrowed = replace(context, policy=read_statement(context.policy, index, node, path))
    document = replace(context.document, root=node)
    # The cached property, set before it is asked for: it would else look through the whole document for each branch.
    vars(narrowed)["placeholders"] = find_placeholders(document, lambda name: context.catalog.key(name) is not None)
    return narrowed


def local_findings(context: CheckContext, run: Iterator[Finding]) -> Iterator[Finding]:
    """The findings of a local check about one branch, with the fixes that change nothing beyond it."""
    node = context.policy.statements[0].node
    for finding in run:
        within = tuple(
            fix
            for fix in finding.fixes
            if all(node.start < edit.span.start and edit.span.end < node.end for edit in fix.edits)
        )
        yield replace(finding, fixes=within)
