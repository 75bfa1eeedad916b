"""Privilege escalation: paths of the table whose every step the policy allows. Source: spec findings.md section 3.4.

A path counts on a target that the policy leaves open. Of roles that a pattern in iam:PassRole leaves a choice of, the
finding is only a suggestion; a target named in full was chosen by somebody and is silent (both inferred).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from workbench.catalog.catalog import Catalog
from workbench.evaluation.request import Scenario
from workbench.findings.administrator import lesser_grants
from workbench.findings.context import Check, CheckContext
from workbench.findings.escalation_paths import GAINS, PASS_ROLE, EscalationPath, Step, alternatives, choices
from workbench.findings.granting import Asked, Granted, Grants, by_service, places_of
from workbench.findings.model import Confidence, Finding, FindingType
from workbench.findings.sample_arns import CALLER, OTHER
from workbench.policy.model import Place

MOST_FINDINGS = 5
MOST_NAMED = 5
_DOES = {
    "permissions": "give itself more permissions",
    "user": "act as another user",
    "group": "get the permissions of another group",
    "role": "act as another role",
    "limits": "lift what limits it",
    "key": "open a KMS key to itself",
    "tags": "change what tags open to it",
}


class _Way(NamedTuple):
    """A path that is open: one of its alternatives, and what grants each step."""

    path: EscalationPath
    steps: tuple[Step, ...]
    grants: tuple[Granted, ...]

    @property
    def open(self) -> bool:
        """Whether the policy leaves the target open."""
        return self.path.target == "new" or all(g.open and not g.tagged for g in self._targets())

    @property
    def counts(self) -> bool:
        """Whether the target is open, one of the roles that a pattern of the policy names, or whatever has a tag."""
        return self.open or (self.passes_role and self._some_role) or all(g.open for g in self.grants)

    @property
    def _some_role(self) -> bool:
        """Whether the policy leaves a choice of roles to hand over."""
        passed = (g for g in self.grants if g.action == PASS_ROLE)
        return not any(g.arn in (i.text for i in g.statement.resources.items) for g in passed if g.statement.resources)

    @property
    def passes_role(self) -> bool:
        return any(step.service for step in self.steps)

    def _targets(self) -> Iterable[Granted]:
        passed = [g for g in self.grants if g.action == PASS_ROLE]
        return passed or self.grants

    @property
    def words(self) -> str:
        return f"{self.path.id} by {_listed([step.words for step in self.steps])}"

    @property
    def assumption(self) -> Iterator[str]:
        """What must be true of the world for the path."""
        for step in self.steps:
            if step.service:
                yield f"There is a role that {step.service} may assume and that has permissions the caller lacks."
        if self.path.assumes:
            yield self.path.assumes
        for granted in self.grants:
            yield from granted.assumption


def privilege_escalation(context: CheckContext) -> Iterator[Finding]:
    """The open paths, one finding for each gain, those that the same items grant together."""
    grants = lesser_grants(context)
    ways = [way for key in grants.possible(_keys()) for way in alternatives()[key]]
    found: dict[str, _Way] = {}
    for way in ways:
        best = found.get(way.path.id)
        if (best is not None and best.open) or not all(map(grants.may, way.actions)):
            continue
        opened = _granted(context.catalog, grants, way.path, way.steps)
        if opened is None or not places_of(opened.grants):
            continue
        if opened.counts and (best is None or opened.open):
            found[way.path.id] = opened
    yield from _findings(context, grants, [found[name] for name in sorted(found)])


@cache
def _keys() -> dict[str, list[str]]:
    return by_service(alternatives())


def _granted(catalog: Catalog, grants: Grants, path: EscalationPath, steps: tuple[Step, ...]) -> _Way | None:
    """Each step granted, steps on one kind of resource on one and the same resource."""
    groups: dict[tuple[object, ...], list[Asked]] = {}
    for step in steps:
        formats = _formats(catalog, step)
        user = OTHER if path.target == "other" else CALLER
        asked = Asked(step.action, formats, choices(step), user)
        groups.setdefault((step.service, formats), []).append(asked)
    found: list[Granted] = []
    for group in groups.values():
        granted = grants.together(group)
        if not granted:
            return None
        found += granted
    return _Way(path, steps, tuple(found))


def _formats(catalog: Catalog, step: Step) -> tuple[str, ...]:
    """The ARN formats that the step is asked on."""
    if not step.types:
        return (catalog.arn_formats(step.action) or ())[:1]
    known = {t.name: t.arn for t in catalog.resource_types(step.action.partition(":")[0])}
    return tuple(known[name] for name in step.types if name in known)


def _findings(context: CheckContext, grants: Grants, found: Sequence[_Way]) -> Iterator[Finding]:
    by_gain: dict[tuple[bool, str], list[_Way]] = {}
    for way in found:
        by_gain.setdefault((not way.open, way.path.gain), []).append(way)
    groups: dict[tuple[bool, frozenset[Place]], list[_Way]] = {}
    for key in sorted(by_gain, key=lambda k: (k[0], GAINS.index(k[1]))):
        ways = by_gain[key]
        places = frozenset(places_of(g for way in ways for g in way.grants))
        groups.setdefault((key[0], places), []).extend(ways)
    made = 0
    for ways in groups.values():
        if made == MOST_FINDINGS:
            return
        finding = _finding(context, grants, ways)
        if finding is not None:
            made += 1
            yield finding


def _finding(context: CheckContext, grants: Grants, ways: Sequence[_Way]) -> Finding | None:
    shown = ((way, s) for way in ways if (s := _scenario(grants, way)) is not None)
    first = next(shown, None)
    if first is None:
        return None
    named = [way.words for way in ways[:MOST_NAMED]]
    more = len(ways) - len(named)
    gains = [_DOES[gain] for gain in dict.fromkeys(way.path.gain for way in ways)]
    limited = not ways[0].open
    whose = " that the policy names or picks by a tag" if limited else ""
    others = f" and {more} more way{'s' * (more > 1)}" if more else ""
    return context.report(
        "PRIVILEGE_ESCALATION",
        f"Whoever has this policy can {_listed(gains)}{whose}: {'; '.join(named)}{others}. "
        "Allow these actions only on resources that bring no more power, or close the way with a Deny.",
        *places_of(g for way in ways for g in way.grants),
        finding_type=FindingType.SUGGESTION if limited else None,
        confidence=Confidence.INFERRED if limited else None,
        note="the roles that a pattern names were chosen by somebody, so that this is only a suggestion"
        if limited
        else "",
        scenario=first[1],
        assumption=tuple(dict.fromkeys(sentence for way in ways[:MOST_NAMED] for sentence in way.assumption)),
    )


def _scenario(grants: Grants, way: _Way) -> Scenario | None:
    passed = next((g for g in way.grants if g.action == PASS_ROLE), None)
    others = [g for g in way.grants if g.action != PASS_ROLE]
    return grants.scenario(others[0] if others else way.grants[0], passed)


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + f" and {words[-1]}" if len(words) > 1 else words[0]


CHECKS = (Check("privilege escalation", ("PRIVILEGE_ESCALATION",), privilege_escalation),)
