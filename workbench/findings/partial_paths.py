"""Ways to more power of which one step only is missing; off by default. Source: spec findings.md section 3.4."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from workbench.findings.administrator import lesser_grants
from workbench.findings.context import Check, CheckContext
from workbench.findings.escalation_paths import EscalationPath, Step, alternatives
from workbench.findings.escalation_ways import Way, granted_together, open_ways
from workbench.findings.granting import Grants, places_of
from workbench.findings.model import Finding
from workbench.findings.whose import WHOEVER, for_each_holder

MOST_NAMED = 5


def partial_paths(context: CheckContext) -> Iterator[Finding]:
    """One finding for all paths of which one step is missing."""
    yield from for_each_holder(lesser_grants(context), partial(_partial, context))


def _partial(context: CheckContext, grants: Grants) -> Iterator[Finding]:
    open_ones = {way.path.id for way in open_ways(context, grants)}
    found: dict[str, tuple[Way, Step]] = {}
    for those in alternatives().values():
        for path, steps, _ in those:
            if len(steps) < 2 or path.id in open_ones or path.id in found:
                continue
            almost = _all_but_one(context, grants, path, steps)
            if almost is not None:
                found[path.id] = almost
    if not found:
        return
    almost_all = [found[name] for name in sorted(found)]
    named = "; ".join(f"{way.path.id} lacks {missing.words}" for way, missing in almost_all[:MOST_NAMED])
    more = len(almost_all) - MOST_NAMED
    others = f" and {more} more way{'s' * (more > 1)}" if more > 0 else ""
    yield context.report(
        "PRIVILEGE_ESCALATION_PARTIAL",
        f"{WHOEVER} can take all steps but one of a way to more power: {named}{others}. "
        "Do not allow what is missing without narrowing the rest.",
        *places_of(granted for way, _ in almost_all for granted in way.grants),
        assumption=tuple(
            dict.fromkeys(s for way, _ in almost_all[:MOST_NAMED] for g in way.grants for s in g.assumption)
        ),
    )


def _all_but_one(
    context: CheckContext, grants: Grants, path: EscalationPath, steps: tuple[Step, ...]
) -> tuple[Way, Step] | None:
    """The steps that are granted together on open targets, and the one that is missing; None if more are."""
    absent = [step for step in steps if not grants.may(step.action)]
    if len(absent) > 1:
        return None
    for missing in absent or steps:
        rest = tuple(step for step in steps if step is not missing)
        way = granted_together(context.catalog, grants, path, rest)
        if way is not None and way.open and places_of(way.grants):
            return way, missing
    return None


CHECKS = (Check("ways with one step missing", ("PRIVILEGE_ESCALATION_PARTIAL",), partial_paths, judged=True),)
