"""Actions and resources that another of the same list covers. Source: spec findings.md section 2.4."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.document.nodes import ArrayNode
from workbench.findings import fixes
from workbench.findings.context import Check, CheckContext
from workbench.findings.coverage import Covers, action_covers, groups, resource_covers
from workbench.findings.model import Finding, Fix
from workbench.policy.model import Item, ListElement
from workbench.policy.names import is_everything

_NAMED = 3


def redundant_actions(context: CheckContext) -> Iterator[Finding]:
    """Actions that another action of their list covers."""
    for _, element in context.elements():
        items = [i for i in element.items if not context.templated(i.node)]
        texts = ["*" if is_everything(i.text) else i.text.lower() for i in items]
        yield from _redundant(context, element, items, texts, action_covers, "REDUNDANT_ACTION")


def redundant_resources(context: CheckContext) -> Iterator[Finding]:
    """Resources that another resource of their list covers."""
    for statement in context.statements:
        element = statement.resources
        if element is not None:
            items = [i for i in element.items if not context.templated(i.node)]
            texts = [i.text for i in items]
            yield from _redundant(context, element, items, texts, resource_covers, "REDUNDANT_RESOURCE")


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
            fixes=_remove(element, [items[at] for at in covered], items[owner]),
        )


def _remove(element: ListElement, covered: list[Item], owner: Item) -> tuple[Fix, ...]:
    if not isinstance(element.node, ArrayNode):
        return ()
    starts = {item.node.start for item in covered}
    indexes = [i for i, node in enumerate(element.node.items) if node.start in starts]
    what = covered[0].text if len(covered) == 1 else f"{len(covered)} entries"
    return (fixes.remove_items(f"Remove {what} (covered by {owner.text})", element.node, indexes),)


CHECKS = (
    Check("redundant actions", ("REDUNDANT_ACTION",), redundant_actions),
    Check("redundant resources", ("REDUNDANT_RESOURCE",), redundant_resources),
)
