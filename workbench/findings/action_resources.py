"""Actions and resources of one statement that do not go together. Source: spec findings.md section 3.1, grammar.md
section 7, sagemaker.md section 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from workbench.catalog.arnformat import compile_format, fill, fits
from workbench.evaluation.doubts import ALTERNATIVE_TYPES
from workbench.findings import fixes
from workbench.findings.condition_edits import add_entries, joined, remove_entries
from workbench.findings.context import Check, CheckContext
from workbench.findings.coverage import Work
from workbench.findings.listing import listed
from workbench.findings.model import Finding, FindingType, Fix
from workbench.findings.names import has_wildcard, names_action
from workbench.findings.reach import of_formats
from workbench.findings.resource_types import has_a_type
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Effect, Item, ListElement, Statement
from workbench.policy.names import is_everything

if TYPE_CHECKING:
    from workbench.catalog.model import Action

_LOCATED = 50
_MOST_STATEMENTS = 100
"""In longer policies it is not looked up whether another statement allows what one cannot."""
_ELSEWHERE = "Another statement allows it where it works, so nothing is missing."
_ALL_NEEDED = frozenset({"sagemaker", "ec2"})
"""Services whose data calls a type required only where each call names one (but for ALTERNATIVE_TYPES); elsewhere the
mark often stands on either-or types (inferred: sagemaker.md section 3)."""


class _Mismatch(NamedTuple):
    """Actions of a statement that work on none of its resources: all that are authorized on resources, or all that
    are authorized on `*` only."""

    items: tuple[Item, ...]
    formats: tuple[str, ...]
    """ARN formats of their resources, those of the first action first; none: they are authorized on `*`."""
    alike: bool
    """Whether all of them take the same formats."""


def mismatches(context: CheckContext) -> Iterator[Finding]:
    """Each group of actions of a statement of which no resource of it can be (findings.md 3.1,
    ACTION_DOES_NOT_FIT_RESOURCE). A pattern of actions counts only where none of its actions fits."""
    for statement in context.statements:
        resources = _named_resources(context, statement)
        if resources is None:
            continue
        groups = _groups(context, statement, resources)
        if groups and all(_has_a_type(context, item.text) for item in resources.items):
            for group in groups:
                yield _mismatch(context, statement, resources, group)


def _named_resources(context: CheckContext, statement: Statement) -> ListElement | None:
    """The Resource of a statement with an Action, if it says of each resource what it is."""
    resources, actions = statement.resources, statement.actions
    if resources is None or resources.negated or actions is None or actions.negated or not resources.items:
        return None
    if any(_is_open(context, item) for item in resources.items):
        return None
    return resources


def _is_open(context: CheckContext, item: Item) -> bool:
    """Whether a Resource may be anything: `*`, a placeholder, or no ARN (which another check reports)."""
    return not item.text.strip("*") or context.templated(item.node) or item.text.count(":") < 5


def _groups(context: CheckContext, statement: Statement, resources: ListElement) -> list[_Mismatch]:
    assert statement.actions is not None
    typed: dict[int, tuple[Item, tuple[str, ...]]] = {}
    untyped: list[Item] = []
    for index, item in enumerate(statement.actions.items):
        actions = () if context.templated(item.node) else _matched(context, item)
        if not actions or any(_may_work_on(context, a, r.text) for a in actions for r in resources.items):
            continue
        formats = tuple(dict.fromkeys(f for action in actions for f in context.catalog.arn_formats(action) or ()))
        if formats:
            typed[index] = item, formats
        else:
            untyped.append(item)
    groups: list[_Mismatch] = []
    if typed:
        items, formats_of = zip(*typed.values(), strict=True)
        formats = tuple(dict.fromkeys(f for each in formats_of for f in each))
        groups.append(_Mismatch(items, formats, len(set(map(frozenset, formats_of))) == 1))
    return [*groups, _Mismatch(tuple(untyped), (), True)] if untyped else groups


def _may_work_on(context: CheckContext, action: Action, arn: str) -> bool:
    """Whether a request for the action may name such a resource. What tags resources works on more of its service than
    is listed: two services may share one prefix, and the catalog then knows the resources of one."""
    if context.catalog.takes(action, arn):
        return True
    return action.level == "Tagging" and bool(action.rows) and arn.split(":", 5)[2] == action.service


def _matched(context: CheckContext, item: Item) -> Sequence[Action]:
    """The actions an item is about, all of them known with their resources; none where that is not so."""
    if is_everything(item.text):
        return ()
    catalog = context.catalog
    if has_wildcard(item.text):
        return catalog.expand(item.text)
    action = catalog.action(item.text)
    return (action,) if action is not None and action.status == "current" and not _rejected(context, action) else ()


def _rejected(context: CheckContext, action: Action) -> bool:
    return context.catalog.is_known_rejected(action.full_name)


def _mismatch(context: CheckContext, statement: Statement, resources: ListElement, group: _Mismatch) -> Finding:
    names = listed([item.text for item in group.items])
    one = len(group.items) == 1
    elsewhere = _is_allowed_elsewhere(context, statement, group.items)
    effect = "denied" if statement.effect is Effect.DENY else "allowed"
    if group.formats:
        where = f"resources such as {fill(group.formats[0], 'aws', '*', '*')}"
        mend = f"Name the resources that {'it works' if one else 'they work'} on."
    else:
        where = "no resource, only on *"
        mend = f"Give {'it' if one else 'them'} a statement on *."
    named = "the one" if len(resources.items) == 1 else "any of those"
    verb = "works" if one else "work"
    details = (
        f"{names} {verb} on {where}, so {'it is' if one else 'they are'} never {effect} on {named} of this statement. "
        f"{_ELSEWHERE if elsewhere else mend}"
    )
    return context.report(
        "ACTION_DOES_NOT_FIT_RESOURCE",
        details,
        *(item.place for item in group.items[:_LOCATED]),
        *(item.place for item in resources.items[:_LOCATED]),
        note=context.catalog_note,
        finding_type=FindingType.SUGGESTION if elsewhere else None,
        fixes=() if elsewhere else _mismatch_fixes(context, statement, resources, group),
    )


def _is_allowed_elsewhere(context: CheckContext, statement: Statement, items: Sequence[Item]) -> bool:
    """Whether other statements allow all of the actions on a resource that they work on, so that nothing is missing."""
    if statement.effect is not Effect.ALLOW or len(context.statements) > _MOST_STATEMENTS:
        return False
    for item in items:
        for action in _matched(context, item):
            if not any(text == "*" or context.catalog.takes(action, text) for text in _allowed_on(context, action)):
                return False
    return True


def _mismatch_fixes(
    context: CheckContext, statement: Statement, resources: ListElement, group: _Mismatch
) -> tuple[Fix, ...]:
    """Write the ARN that fits beside the one that does not; or a statement of its own on `*`."""
    if not group.formats:
        fix = _split_off(context, statement, group.items)
        return () if fix is None else (fix,)
    formats = [compile_format(f) for f in group.formats] if group.alike else []
    for item in resources.items:
        for better in (f"{item.text}/*", item.text.removesuffix("/*")):
            if better != item.text and any(fits(better, f) for f in formats):
                label = f"Add {fixes.quoted(better)} beside {fixes.quoted(item.text)}"
                fix = add_entries(label, context.text, statement, resources.name, [better])
                return () if fix is None else (fix,)
    return ()


def _split_off(context: CheckContext, statement: Statement, items: Sequence[Item]) -> Fix | None:
    """The actions in a statement of their own on `*`, with the same conditions; None where the statement says more than
    what can be copied."""
    assert statement.actions is not None
    if statement.principal is not None or statement.effect is None:
        return None
    names = [item.text for item in items]
    alone: dict[str, object] = {"Effect": statement.effect.value, "Action": names if len(names) > 1 else names[0]}
    label = f"Add a statement for {listed(names)} on {fixes.quoted('*')}"
    if len(names) == len(statement.actions.items):
        resources = statement.resources
        assert resources is not None
        return fixes.replace_node(f"Replace the resources by {fixes.quoted('*')}", resources.node, fixes.quoted("*"))
    if statement.has_condition:
        return None
    kept = remove_entries(label, statement, "Action", items)
    added = fixes.add_statement(label, context.policy, {**alone, "Resource": "*"})
    return joined(label, kept, added) if kept is not None and added is not None else None


def idle_resources(context: CheckContext) -> Iterator[Finding]:
    """The resources of each Allow that none of its actions works on, while another resource is there for them
    (findings.md 3.1, RESOURCE_FITS_NO_ACTION)."""
    for statement in context.statements:
        resources = _named_resources(context, statement)
        if resources is None or statement.effect is not Effect.ALLOW or len(resources.items) < 2:
            continue
        actions = _all_matched(context, statement)
        if actions is None:
            continue
        unfit = [r for r in resources.items if not any(context.catalog.takes(a, r.text) for a in actions)]
        idle = [item for item in unfit if _has_a_type(context, item.text)]
        if not idle or len(unfit) == len(resources.items):
            continue
        names = listed([item.text for item in idle])
        fix = remove_entries(f"Remove {names}", statement, resources.name, idle)
        yield context.report(
            "RESOURCE_FITS_NO_ACTION",
            f"None of the actions of this statement works on {names}. Remove what is not needed, or add the actions "
            "meant for it.",
            *(item.place for item in idle[:_LOCATED]),
            note=context.catalog_note,
            fixes=() if fix is None else (fix,),
        )


def _all_matched(context: CheckContext, statement: Statement) -> list[Action] | None:
    """All actions of a statement; None where not all of them are known."""
    assert statement.actions is not None
    found: list[Action] = []
    for item in statement.actions.items:
        if context.templated(item.node):
            return None
        matched = _matched(context, item)
        if not matched:
            return None
        found += matched
    return found


def _has_a_type(context: CheckContext, arn: str) -> bool:
    """Whether the resource part of an ARN fits a format of its service, or the service may be any. An ARN that no
    resource can have is a finding of its own, whatever the actions are."""
    service = arn.split(":", 5)[2]
    return has_wildcard(service) or has_a_type(context.catalog, service, arn.split(":", 5)[5])


def uncovered_types(context: CheckContext) -> Iterator[Finding]:
    """Each literal action that needs resources of several types and is allowed on some of them only, by all policies
    that are known (findings.md 3.1, REQUIRED_RESOURCE_TYPE_NOT_COVERED)."""
    if context.kind is not PolicyKind.IDENTITY:
        return
    work = Work()
    for statement in context.statements:
        resources = _named_resources(context, statement)
        if resources is None or statement.effect is not Effect.ALLOW:
            continue
        assert statement.actions is not None
        for item in statement.actions.items:
            missing = _missing_types(context, item, resources, work)
            if missing and all(_has_a_type(context, r.text) for r in resources.items):
                yield _uncovered(context, statement, item, resources, missing)


def _missing_types(
    context: CheckContext, item: Item, resources: ListElement, work: Work
) -> list[tuple[str, tuple[str, ...]]]:
    """The required types (name, ARN formats) on which nothing allows the action, if it is allowed on another here."""
    if has_wildcard(item.text) or context.templated(item.node) or item.text.lower() in ALTERNATIVE_TYPES:
        return []
    action = context.catalog.action(item.text)
    if action is None or action.status != "current" or action.service not in _ALL_NEEDED:
        return []
    types = {t.name.lower(): t for t in context.catalog.resource_types(action.service)}
    required = [types.get(row.type.lower()) for row in action.rows if row.required]
    if len(required) < 2 or None in required:
        return []
    formats = {t.name: t.arn for t in required if t is not None}
    here = {name for name, arn in formats.items() if any(fits(r.text, compile_format(arn)) for r in resources.items)}
    if not here or len(here) == len(formats):
        return []
    allowed = _allowed_on(context, action)
    return [(name, (arn,)) for name, arn in formats.items() if name not in here and not _reaches(allowed, arn, work)]


def _allowed_on(context: CheckContext, action: Action) -> list[str]:
    """The resources on which some statement of the known policies allows the action, as patterns."""
    found: list[str] = []
    statements = [*context.statements, *(s for policy in context.companions or () for s in policy.statements)]
    for statement in statements:
        if statement.effect is not Effect.ALLOW or statement.actions is None or statement.resources is None:
            continue
        if names_action(statement.actions, action.full_name):
            texts = [item.text for item in statement.resources.items]
            found += ["*"] if statement.resources.negated else texts
    return found


def _reaches(texts: Sequence[str], arn: str, work: Work) -> bool:
    """Whether some of the patterns meets the ARN format."""
    work.spend(len(texts))
    return bool(of_formats(texts, [arn]))


def _uncovered(
    context: CheckContext,
    statement: Statement,
    item: Item,
    resources: ListElement,
    missing: Sequence[tuple[str, tuple[str, ...]]],
) -> Finding:
    partition, region, account = _surroundings(resources)
    wanted = [fill(formats[0], partition, region, account) for _, formats in missing]
    kinds = listed([name for name, _ in missing])
    label = f"Add {listed([fixes.quoted(w) for w in wanted])}"
    fix = add_entries(label, context.text, statement, resources.name, wanted)
    return context.report(
        "REQUIRED_RESOURCE_TYPE_NOT_COVERED",
        f"{item.text} is authorized on a resource of the type {kinds} as well, which this statement does not allow. "
        f"Add {listed(wanted)}.",
        item.place,
        *(r.place for r in resources.items[:_LOCATED]),
        note=context.catalog_note,
        fixes=() if fix is None else (fix,),
    )


def _surroundings(resources: ListElement) -> tuple[str, str, str]:
    """Partition, Region and account of the first ARN of a Resource."""
    parts = resources.items[0].text.split(":", 5)
    return parts[1] or "*", parts[3] or "*", parts[4] or "*"


CHECKS = (
    Check("actions beside resources", ("ACTION_DOES_NOT_FIT_RESOURCE",), mismatches),
    Check("resources without an action", ("RESOURCE_FITS_NO_ACTION",), idle_resources),
    Check("required types of resources", ("REQUIRED_RESOURCE_TYPE_NOT_COVERED",), uncovered_types),
)
