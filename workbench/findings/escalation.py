"""Privilege escalation: paths of the table whose every step the policy allows. Source: spec findings.md section 3.4.

A path counts on a target that the policy leaves open. Of roles that a pattern in iam:PassRole leaves a choice of, the
finding is only a suggestion; a target named in full was chosen by somebody and is silent (both inferred).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

from workbench.evaluation.request import Scenario
from workbench.findings.administrator import lesser_grants
from workbench.findings.context import Check, CheckContext
from workbench.findings.escalation_paths import GAINS, PASS_ROLE
from workbench.findings.escalation_ways import Way, joined, open_ways
from workbench.findings.granting import Grants, places_of
from workbench.findings.model import Confidence, Finding, FindingType
from workbench.findings.whose import WHOEVER, for_each_holder
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


def privilege_escalation(context: CheckContext) -> Iterator[Finding]:
    """The open paths, one finding for each gain, those that the same items grant together."""
    found = for_each_holder(lesser_grants(context), partial(_open_paths, context))
    yield from islice(found, MOST_FINDINGS)


def _open_paths(context: CheckContext, grants: Grants) -> Iterator[Finding]:
    yield from _findings(context, grants, open_ways(context, grants))


def _findings(context: CheckContext, grants: Grants, found: Sequence[Way]) -> Iterator[Finding]:
    by_gain: dict[tuple[bool, str], list[Way]] = {}
    for way in found:
        by_gain.setdefault((not way.open, way.path.gain), []).append(way)
    groups: dict[tuple[bool, frozenset[Place]], list[Way]] = {}
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


def _finding(context: CheckContext, grants: Grants, ways: Sequence[Way]) -> Finding | None:
    shown = ((way, s) for way in ways if (s := _scenario(grants, way)) is not None)
    first = next(shown, None)
    if first is None:
        return None
    named = [way.words for way in ways[:MOST_NAMED]]
    more = len(ways) - len(named)
    gains = [_DOES[gain] for gain in dict.fromkeys(way.path.gain for way in ways)]
    limited = not ways[0].open
    whose = ", by what the policy names or picks by a tag" if limited else ""
    others = f" and {more} more way{'s' * (more > 1)}" if more else ""
    return context.report(
        "PRIVILEGE_ESCALATION",
        f"{WHOEVER} can {joined(gains)}{whose}: {'; '.join(named)}{others}. "
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


def _scenario(grants: Grants, way: Way) -> Scenario | None:
    passed = next((g for g in way.grants if g.action == PASS_ROLE), None)
    others = [g for g in way.grants if g.action != PASS_ROLE]
    return grants.scenario(others[0] if others else way.grants[0], passed)


CHECKS = (Check("privilege escalation", ("PRIVILEGE_ESCALATION",), privilege_escalation, judged=True),)
