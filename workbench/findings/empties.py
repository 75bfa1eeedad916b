"""Empty lists and objects, which match nothing or everything. Source: spec grammar.md section 1, conditions.md "
"section 5."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.document.nodes import ArrayNode, ObjectNode
from workbench.findings import fixes
from workbench.findings.condition_edits import move_test, remove_statements
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Confidence, Finding, Fix
from workbench.findings.places import condition_value_node, member_value, node_place, value_place
from workbench.policy.model import ConditionTest, ListElement, Statement
from workbench.policy.operators import Qualifier


def _is_empty_list(node: object) -> bool:
    return isinstance(node, ArrayNode) and not node.items


def empty_lists(context: CheckContext) -> Iterator[Finding]:
    """Action, Resource or a principal list without an item."""
    for statement in context.statements:
        for element, code in ((statement.actions, "EMPTY_ARRAY_ACTION"), (statement.resources, "EMPTY_ARRAY_RESOURCE")):
            if element is not None and _is_empty_list(element.node):
                mend = None
                if not element.negated:
                    mend = remove_statements("Remove the statement", context.policy, [statement])
                place = value_place(statement, element)
                yield context.report(code, _list_details(element), place, fixes=(mend,) if mend else ())
        yield from _empty_principal(context, statement)


def empty_statement(context: CheckContext) -> Iterator[Finding]:
    """A policy without a statement."""
    node = member_value(context.document.root, "Statement")
    if _is_empty_list(node) and node is not None:
        details = "Statement is an empty list, so the policy allows and denies nothing. Write a statement."
        yield context.report("EMPTY_ARRAY_STATEMENT", details, node_place(node, (("value", "Statement"),)))


def _list_details(element: ListElement) -> str:
    thing = "actions" if element.name.endswith("Action") else "resources"
    if element.negated:
        return f"{element.name} is an empty list, which matches all {thing}. List the {thing} to leave out."
    return (
        f"{element.name} is an empty list, so the statement never applies. List the {thing}, or remove the statement."
    )


def _empty_principal(context: CheckContext, statement: Statement) -> Iterator[Finding]:
    principal = statement.principal
    if principal is None:
        return
    place = value_place(statement, principal)
    if isinstance(principal.node, ObjectNode):
        if not principal.node.members:
            details = f"{principal.name} is an empty object, so it names nobody. Name the principals."
            yield context.report("EMPTY_OBJECT_PRINCIPAL", details, place)
        for member in principal.node.members:
            if _is_empty_list(member.value):
                others = len(principal.node.members) > 1
                yield context.report(
                    "EMPTY_ARRAY_PRINCIPAL",
                    f"{principal.name} {member.key.value} is an empty list, so it names nobody. Name the principals.",
                    node_place(member.value, (*place.path, ("value", member.key.value))),
                    fixes=(fixes.remove_member(f"Remove {member.key.value}", principal.node, member.key.value),)
                    if others
                    else (),
                )
    elif _is_empty_list(principal.node):
        details = f"{principal.name} is an empty list, so it names nobody. Name the principals."
        yield context.report("EMPTY_ARRAY_PRINCIPAL", details, place)


def empty_conditions(context: CheckContext) -> Iterator[Finding]:
    """A condition that tests nothing, or a test without values."""
    for statement in context.statements:
        condition = member_value(statement.node, "Condition")
        if not isinstance(condition, ObjectNode):
            continue
        path = (*statement.path, ("value", "Condition"))
        if not condition.members:
            yield context.report(
                "EMPTY_OBJECT_CONDITION",
                "The Condition is empty, so it restricts nothing. Write a condition, or remove it.",
                node_place(condition, path),
                fixes=(fixes.remove_member("Remove the empty Condition", statement.node, "Condition"),),
            )
        for block in condition.members:
            if isinstance(block.value, ObjectNode) and not block.value.members:
                yield context.report(
                    "EMPTY_OBJECT_CONDITION",
                    f"The condition {block.key.value} is empty, so it restricts nothing. Write a key and its values, "
                    "or remove it.",
                    node_place(block.value, (*path, ("value", block.key.value))),
                    confidence=Confidence.INFERRED,
                    fixes=(fixes.remove_member(f"Remove {block.key.value}", condition, block.key.value),)
                    if len(condition.members) > 1
                    else (fixes.remove_member("Remove the empty Condition", statement.node, "Condition"),),
                )
        for test in statement.conditions:
            node = condition_value_node(statement, test)
            if not test.values and isinstance(node, ArrayNode) and not node.items:
                code, outcome = _empty_values(test)
                details = f"{test.key} has no values, so the test {outcome}. Give it values, or remove it."
                place = node_place(node, test.path)
                yield context.report(code, details, place, fixes=_instead(context, statement, test, code))


def _instead(context: CheckContext, statement: Statement, test: ConditionTest, code: str) -> tuple[Fix, ...]:
    """What says the same without an empty list."""
    if code == "EMPTY_ARRAY_CONDITION_FORANYVALUE":
        mend = remove_statements("Remove the statement", context.policy, [statement])
    elif code in ("EMPTY_ARRAY_CONDITION_FORALLVALUES", "EMPTY_ARRAY_CONDITION_IFEXISTS"):
        if test.operator is None or test.operator.base.negated:
            return ()  # always true, whether the key is there or not
        mend = move_test(f"Write Null {test.key} true", context.text, statement, test, "Null", value="true")
    else:
        return ()
    return (mend,) if mend else ()


def _empty_values(test: ConditionTest) -> tuple[str, str]:
    operator = test.operator
    if operator is not None and operator.qualifier is Qualifier.FOR_ALL:
        return "EMPTY_ARRAY_CONDITION_FORALLVALUES", "is true only if the request does not carry the key"
    if operator is not None and operator.qualifier is Qualifier.FOR_ANY:
        return "EMPTY_ARRAY_CONDITION_FORANYVALUE", "is never true"
    if operator is not None and operator.if_exists:
        return "EMPTY_ARRAY_CONDITION_IFEXISTS", "is true only if the request does not carry the key"
    if operator is not None and operator.base.negated:
        return "EMPTY_ARRAY_CONDITION", "is always true"
    return "EMPTY_ARRAY_CONDITION", "is never true"


CHECKS = (
    Check("empty policy", ("EMPTY_ARRAY_STATEMENT",), empty_statement),
    Check(
        "empty lists",
        ("EMPTY_ARRAY_ACTION", "EMPTY_ARRAY_RESOURCE", "EMPTY_ARRAY_PRINCIPAL", "EMPTY_OBJECT_PRINCIPAL"),
        empty_lists,
        local=True,
    ),
    Check(
        "empty conditions",
        (
            "EMPTY_OBJECT_CONDITION",
            "EMPTY_ARRAY_CONDITION",
            "EMPTY_ARRAY_CONDITION_FORALLVALUES",
            "EMPTY_ARRAY_CONDITION_FORANYVALUE",
            "EMPTY_ARRAY_CONDITION_IFEXISTS",
        ),
        empty_conditions,
        local=True,
    ),
)
