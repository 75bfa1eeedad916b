"""Calls that hand out credentials, read stored data or open resources to others, granted on whatever there is. Source:
spec findings.md section 3.5.

An action that is authorized on no single resource cannot be granted more narrowly: it is named beside others, but makes
no finding by itself (inferred).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache, partial
from typing import NamedTuple

from workbench.findings.administrator import lesser_grants
from workbench.findings.context import Check, CheckContext
from workbench.findings.granting import Asked, Granted, Grants, by_service, places_of
from workbench.findings.model import Finding
from workbench.findings.sample_arns import OTHER
from workbench.findings.whose import WHOEVER, for_each_holder
from workbench.resources import resource_path

_FILE = "findings/exposure.json"
MOST_NAMED = 5
_REMEDY = "Name the resources in Resource, or narrow the statement by a condition."


class _Family(NamedTuple):
    code: str
    says: str


FAMILIES = (
    _Family(
        "CREDENTIALS_EXPOSURE",
        "that return credentials or secrets",
    ),
    _Family(
        "DATA_EXFILTRATION",
        "that read stored data",
    ),
    _Family(
        "RESOURCE_EXPOSURE",
        "that can open resources to others",
    ),
)


@cache
def exposing_actions(code: str) -> tuple[str, ...]:
    """The actions of a family, spelled as documented."""
    names: list[str] = json.loads(resource_path(_FILE).read_text("utf-8"))[code]
    return tuple(names)


@cache
def _by_service(code: str) -> dict[str, list[str]]:
    return by_service(exposing_actions(code))


def exposure(context: CheckContext) -> Iterator[Finding]:
    """At most one finding a family."""
    for family in FAMILIES:
        yield from for_each_holder(lesser_grants(context), partial(_family, context, family))


def _family(context: CheckContext, family: _Family, grants: Grants) -> Iterator[Finding]:
    found: list[Granted] = []
    weighs = False
    possible = set(grants.possible(_by_service(family.code)))
    for action in exposing_actions(family.code) if possible else ():
        if action not in possible:
            continue
        formats = context.catalog.arn_formats(action) or ()
        granted = grants.together((Asked(action, formats[:1], user=OTHER, strict=True),))
        if places_of(granted) and all(g.open for g in granted):
            found += granted
            weighs = weighs or bool(formats)
    if not weighs:
        return
    found.sort(key=lambda g: g.arn == "*")
    scenario = next((s for g in found if (s := grants.scenario(g)) is not None), None)
    if scenario is None:
        return
    names = list(dict.fromkeys(g.action for g in found))
    more = len(names) - MOST_NAMED
    listed = ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    yield context.report(
        family.code,
        f"{WHOEVER} may make calls {family.says} on all resources that there are: {listed}. {_REMEDY}",
        *places_of(found),
        scenario=scenario,
        assumption=tuple(dict.fromkeys(sentence for g in found for sentence in g.assumption)),
    )


CHECKS = (Check("exposure", tuple(family.code for family in FAMILIES), exposure, judged=True),)
