"""Edits of conditions and statements that many fixes need: move a test, take it out, add one, split a statement.

All of them keep the rest byte for byte and answer None where the edit would meet something that stands in its way.
Source: spec findings.md section 1.4.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from workbench.document.nodes import ArrayNode, ObjectNode
from workbench.document.span import Span
from workbench.findings import fixes
from workbench.findings.model import Edit, Fix
from workbench.findings.places import condition_value_node, member_value
from workbench.policy.model import ConditionTest, Item, Policy, Statement


def add_test(label: str, text: str, statement: Statement, operator: str, key: str, value: object) -> Fix | None:
    """Write `operator: {key: value}` into the Condition of a statement; None where that operator has the key."""
    condition = member_value(statement.node, "Condition")
    if condition is None:
        return fixes.add_member(label, text, statement.node, "Condition", {operator: {key: value}})
    if not isinstance(condition, ObjectNode):
        return None
    block = member_value(condition, operator)
    if block is None:
        return fixes.add_member(label, text, condition, operator, {key: value})
    if not isinstance(block, ObjectNode) or any(m.key.value.lower() == key.lower() for m in block.members):
        return None
    return fixes.add_member(label, text, block, key, value)


def remove_test(label: str, statement: Statement, test: ConditionTest) -> Fix | None:
    """Take a test out; with it its operator and the Condition where nothing else is left in them."""
    condition = member_value(statement.node, "Condition")
    block = member_value(condition, test.operator_node.value)
    if not isinstance(condition, ObjectNode) or not isinstance(block, ObjectNode):
        return None
    if len(block.members) > 1:
        return fixes.remove_member(label, block, test.key)
    if len(condition.members) > 1:
        return fixes.remove_member(label, condition, test.operator_node.value)
    return fixes.remove_member(label, statement.node, "Condition")


def move_test(
    label: str,
    text: str,
    statement: Statement,
    test: ConditionTest,
    operator: str,
    key: str | None = None,
    value: object = None,
) -> Fix | None:
    """Put a test under another operator, with another key or value where one is given. Renames in place where the test
    stands alone under its operator; else the test goes to the block of the other operator."""
    condition = member_value(statement.node, "Condition")
    node = condition_value_node(statement, test)
    block = member_value(condition, test.operator_node.value)
    if node is None or not isinstance(block, ObjectNode):
        return None
    name = key or test.key
    alone = len(block.members) == 1 and member_value(condition, operator) is None
    if alone or operator == test.operator_node.value:
        edits: list[Edit] = []
        if operator != test.operator_node.value:
            edits += fixes.replace_string("", test.operator_node, operator).edits
        if name != test.key:
            if any(m.key.value.lower() == name.lower() for m in block.members):
                return None
            edits += fixes.replace_string("", test.key_node, name).edits
        if value is not None:
            edits += fixes.replace_node("", node, json.dumps(value, ensure_ascii=False)).edits
        return Fix(label, tuple(edits)) if edits else None
    written = json.loads(text[node.start : node.end]) if value is None else value
    added = add_test(label, text, statement, operator, name, written)
    removed = remove_test(label, statement, test)
    if added is None or removed is None:
        return None
    return joined(label, added, removed)


def joined(label: str, *parts: Fix) -> Fix:
    """Several fixes of one text as one; they must not overlap."""
    edits = sorted((edit for part in parts for edit in part.edits), key=lambda edit: edit.span)
    return Fix(label, tuple(edits))


def remove_statements(label: str, policy: Policy, statements: Sequence[Statement]) -> Fix | None:
    """Take statements out of the list they stand in; None where nothing would be left."""
    node = member_value(policy.document.root, "Statement")
    indexes = {index for s in statements for kind, index in s.path[-1:] if kind == "index"}
    if not isinstance(node, ArrayNode) or len(indexes) != len(statements) or len(indexes) >= len(node.items):
        return None
    return fixes.remove_items(label, node, [index for index in indexes if isinstance(index, int)])


def remove_entries(label: str, statement: Statement, element: str, items: Sequence[Item]) -> Fix | None:
    """Take entries out of a list element such as Action; None where nothing would be left."""
    node = member_value(statement.node, element)
    if not isinstance(node, ArrayNode) or len(items) >= len(node.items):
        return None
    starts = {item.node.start for item in items}
    return fixes.remove_items(label, node, [i for i, item in enumerate(node.items) if item.start in starts])


def split_off(
    label: str, policy: Policy, statement: Statement, items: Sequence[Item], test: ConditionTest
) -> Fix | None:
    """Give some actions a statement of their own, in which `test` does not stand; None where none would be left."""
    kept = remove_entries(label, statement, "Action", items)
    written = json.loads(policy.document.text[statement.node.start : statement.node.end])
    condition = written.get("Condition")
    if kept is None or not isinstance(condition, dict) or not isinstance(condition.get(test.operator_node.value), dict):
        return None
    condition[test.operator_node.value].pop(test.key, None)
    if not condition[test.operator_node.value]:
        del condition[test.operator_node.value]
    if not condition:
        del written["Condition"]
    written.pop("Sid", None)
    written["Action"] = [item.text for item in items] if len(items) > 1 else items[0].text
    added = fixes.add_statement(label, policy, written)
    return joined(label, kept, added) if added is not None else None


def add_entries(label: str, text: str, statement: Statement, element: str, values: Sequence[str]) -> Fix | None:
    """Add strings to a list element such as Action; a bare string becomes a list."""
    node = member_value(statement.node, element)
    if node is None:
        return None
    if isinstance(node, ArrayNode):
        if not node.items:
            return fixes.replace_node(label, node, json.dumps(list(values), ensure_ascii=False))
        last = node.items[-1]
        blanks = text[node.start + 1 : node.items[0].start]
        more = "".join(f",{blanks or ' '}{fixes.quoted(value)}" for value in values)
        return Fix(label, (Edit(Span(last.end, last.end), more),))
    old = json.loads(text[node.start : node.end])
    return fixes.replace_node(label, node, json.dumps([old, *values], ensure_ascii=False))
