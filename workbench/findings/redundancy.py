"""Actions and resources that another of the same list covers, statements that say the same. Source: spec findings.md
section 2.4."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.document.nodes import ArrayNode
from workbench.findings import fixes
from workbench.findings.condition_edits import joined, remove_statements
from workbench.findings.context import Check, CheckContext, GaveUpError
from workbench.findings.coverage import Covers, action_covers, groups, resource_covers
from workbench.findings.model import Confidence, Finding, Fix
from workbench.policy.model import Item, ListElement, Statement
from workbench.policy.names import is_everything

_NAMED = 3


def redundant_actions(context: CheckContext) -> Iterator[Finding]:
    """Actions that another action of their list covers."""
    for _, element in context.elements():
        items = [i for i in element.items if not context.templated(i.node)]
        texts = [_as_pattern(i.text) for i in items]
        yield from _redundant(context, element, items, texts, action_covers, "REDUNDANT_ACTION")


def redundant_resources(context: CheckContext) -> Iterator[Finding]:
    """Resources that another resource of their list covers."""
    for statement in context.statements:
        element = statement.resources
        if element is not None:
            items = [i for i in element.items if not context.templated(i.node)]
            texts = [i.text for i in items]
            yield from _redundant(context, element, items, texts, resource_covers, "REDUNDANT_RESOURCE")


def redundant_statements(context: CheckContext) -> Iterator[Finding]:
    """Statements that say the same, their Sids apart."""
    same: dict[object, list[Statement]] = {}
    for statement in context.statements:
        canonical = _canonical(statement)
        if canonical is not None:
            same.setdefault(canonical, []).append(statement)
    for group in same.values():
        if len(group) < 2 or any(_has_defect(context, statement) for statement in group):
            continue
        later = group[1:]
        names = [statement.name for statement in later]
        mend = remove_statements(f"Remove {', '.join(names[:_NAMED])} (as {group[0].name})", context.policy, later)
        yield context.report(
            "REDUNDANT_STATEMENT",
            f"{len(group)} statements say the same as {group[0].name}, their Sids apart. Keep one of them."
            if len(group) > 2
            else f"{names[0]} says the same as {group[0].name}. Remove one of them.",
            *(statement.place for statement in group),
            fixes=(mend,) if mend else (),
        )


def _canonical(statement: Statement) -> object | None:
    """What a statement says, whatever its order, its bare strings and its Sid."""
    principal, actions, resources = statement.principal, statement.actions, statement.resources
    if statement.effect is None or actions is None:
        return None
    return (
        statement.effect,
        (principal.name, frozenset((e.kind, e.item.text) for e in principal.entries)) if principal else None,
        (actions.name, frozenset(_as_pattern(i.text) for i in actions.items)),
        (resources.name, frozenset(i.text for i in resources.items)) if resources else None,
        frozenset(
            (
                test.operator.name if test.operator is not None else test.operator_node.value,
                test.key.lower(),
                frozenset(v.text for v in test.values),
            )
            for test in statement.conditions
        ),
    )


def _has_defect(context: CheckContext, statement: Statement) -> bool:
    """Whether something in the statement could not be read, so that two may differ in what is not compared."""
    start, end = statement.node.start, statement.node.end
    return any(start < place.span.start < end for defect in context.policy.defects for place in defect.places)


def _redundant(
    context: CheckContext, element: ListElement, items: list[Item], texts: list[str], covers: Covers, code: str
) -> Iterator[Finding]:
    if len(items) < 2:
        return
    for owner, covered in groups(texts, covers):
        members = sorted((owner, *covered))
        names = [items[at].text for at in covered]
        shown = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
        verb = "is" if len(names) == 1 else "are"
        yield context.report(
            code,
            f"{len(members)} entries of {element.name} overlap: {shown} {verb} covered by {items[owner].text}. Remove "
            "what is covered.",
            *(items[at].place for at in members),
            confidence=Confidence.INFERRED if element.name == "NotAction" else None,
            fixes=_remove(element, [items[at] for at in covered], items[owner]),
        )


def _remove(element: ListElement, covered: list[Item], owner: Item) -> tuple[Fix, ...]:
    if not isinstance(element.node, ArrayNode):
        return ()
    starts = {item.node.start for item in covered}
    indexes = [i for i, node in enumerate(element.node.items) if node.start in starts]
    what = covered[0].text if len(covered) == 1 else f"{len(covered)} entries"
    return (fixes.remove_items(f"Remove {what} (covered by {owner.text})", element.node, indexes),)


def without_redundancy(context: CheckContext, label: str) -> Fix | None:
    """Everything that another entry of its list covers, taken out at once; None where nothing is covered, or where the
    lists are too long to compare."""
    parts: list[Fix] = []
    for statement in context.statements:
        for element, covers in ((statement.actions, action_covers), (statement.resources, resource_covers)):
            if element is None or not isinstance(element.node, ArrayNode):
                continue
            items = [i for i in element.items if not context.templated(i.node)]
            actions = element is statement.actions
            texts = [_as_pattern(i.text) if actions else i.text for i in items]
            try:
                covering = groups(texts, covers)
            except GaveUpError:
                return None
            starts = {items[at].node.start for _, covered in covering for at in covered}
            indexes = [i for i, node in enumerate(element.node.items) if node.start in starts]
            if indexes:
                parts.append(fixes.remove_items("", element.node, indexes))
    return joined(label, *parts) if parts else None


def _as_pattern(action: str) -> str:
    """An action as it is compared: in lower case, `*:*` as `*`."""
    return "*" if is_everything(action) else action.lower()


CHECKS = (
    Check("redundant actions", ("REDUNDANT_ACTION",), redundant_actions),
    Check("redundant statements", ("REDUNDANT_STATEMENT",), redundant_statements),
    Check("redundant resources", ("REDUNDANT_RESOURCE",), redundant_resources),
)
