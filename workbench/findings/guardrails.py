"""What the policies of a project make of each other's statements: an Allow that no boundary or SCP ever lets through, a
Deny of what nothing allows. Decided by the proof; what is not decided is not said. Source: spec findings.md section
3.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workbench.evaluation.refusals import refusal
from workbench.evaluation.request import Level, NamedPolicy
from workbench.findings.containment import Containment, Index, Meaning
from workbench.findings.context import Check, CheckContext
from workbench.findings.dead_statements import covering, meaning_of
from workbench.findings.listing import listed
from workbench.findings.model import Finding
from workbench.findings.standing import read_policy
from workbench.findings.surroundings import Member, Surroundings, names_of
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Effect, Policy, Statement

_COMPLETE = "as far as the project names all policies that allow something to those who have this one"


class _Unreadable(Exception):
    """A policy that has a say and does not say all."""


def allow_not_reachable(context: CheckContext) -> Iterator[Finding]:
    """Each Allow that, for everybody who has the policy, a boundary or the SCPs never let through."""
    around = _around(context)
    if around is None:
        return
    containment = Containment(context.catalog)
    limits = {_limits(member): None for member in around.holders}
    if not all(limits):
        return  # somebody has it whom nothing limits
    try:
        guards = [_Guards(context, containment, limit) for limit in limits]
    except _Unreadable:
        return
    for meaning in _own(context, containment, Effect.ALLOW):
        why = [guard.closes(meaning) for guard in guards]
        if all(why) and not containment.never_matches(meaning):
            names = list(dict.fromkeys(why))
            verb = "lets" if len(names) == 1 and names[0].startswith(_BOUNDARY) else "let"
            yield context.report(
                "ALLOW_NOT_REACHABLE_UNDER_GUARDRAIL",
                f"{listed(names)} never {verb} through what this statement allows to "
                f"{listed(names_of(around.holders))}. Remove it, or allow it there as well.",
                meaning.statement.place,
            )


def deny_without_effect(context: CheckContext) -> Iterator[Finding]:
    """Each Deny of what no policy allows to anybody who has the policy."""
    around = _around(context)
    if around is None:
        return
    containment = Containment(context.catalog)
    denies = _own(context, containment, Effect.DENY)
    if not denies:
        return
    try:
        allows = list(_all_allows(context, containment, around))
    except _Unreadable:
        return
    for meaning in denies:
        if any(containment.may_meet(meaning, allow) for allow in allows) or containment.never_matches(meaning):
            continue
        yield context.report(
            "DENY_WITHOUT_EFFECT",
            f"No policy allows to {listed(names_of(around.holders))} what this statement denies. Keep it only as a "
            "safeguard against policies to come.",
            meaning.statement.place,
            note=_COMPLETE,
        )


def _around(context: CheckContext) -> Surroundings | None:
    usable = context.kind is PolicyKind.IDENTITY and context.whole and context.policy.fatal is None
    return context.around if usable and context.around is not None and context.around.holders else None


def _own(context: CheckContext, containment: Containment, effect: Effect) -> list[Meaning]:
    found = (s for s in context.statements if s.effect is effect)
    return [m for s in found if (m := meaning_of(context, containment, s, context.policy)) is not None]


def _all_allows(context: CheckContext, containment: Containment, around: Surroundings) -> Iterator[Meaning]:
    """All that is allowed, here or in another policy of somebody who has this one, or by the policy of a resource."""
    own = [s for s in context.policy.statements if s.effect is Effect.ALLOW]
    yield from _meanings(context, containment, ((s, context.policy) for s in own))
    identity = {p: None for m in around.holders for p in m.policies.identity if p.name != around.own}
    of_resources = [policy for _, policy in around.resources]
    of_roles = [member.trust for member in around.members if member.trust is not None]
    for kind, policies in (
        (PolicyKind.IDENTITY, identity),
        (PolicyKind.RESOURCE, of_resources),
        (PolicyKind.TRUST, of_roles),
    ):
        for named in policies:
            yield from _statements(context, containment, named, kind, Effect.ALLOW)


def _statements(
    context: CheckContext, containment: Containment, named: NamedPolicy, kind: PolicyKind, effect: Effect
) -> Iterator[Meaning]:
    policy = read_policy(named.text, kind)
    if policy.document.problems or refusal(policy) is not None:
        raise _Unreadable
    yield from _meanings(context, containment, ((s, policy) for s in policy.statements if s.effect is effect))


def _meanings(
    context: CheckContext, containment: Containment, statements: Iterable[tuple[Statement, Policy]]
) -> Iterator[Meaning]:
    for statement, policy in statements:
        meaning = meaning_of(context, containment, statement, policy)
        if meaning is None:
            raise _Unreadable
        yield meaning


_BOUNDARY = "The boundary"
_Limits = tuple[tuple[str, PolicyKind, tuple[NamedPolicy, ...]], ...]


def _limits(member: Member) -> _Limits:
    """What limits somebody: each boundary and level of SCPs with a name."""
    boundary, levels = member.policies.permissions_boundary, member.policies.service_control
    found: list[tuple[str, PolicyKind, tuple[NamedPolicy, ...]]] = []
    if boundary is not None:
        found.append((f"{_BOUNDARY} {boundary.name}", PolicyKind.BOUNDARY, (boundary,)))
    found += [(_level_name(level), PolicyKind.SCP, level.policies) for level in levels or ()]
    return tuple(found)


def _level_name(level: Level) -> str:
    return f"The SCPs of {level.target}" if level.target else "The SCPs"


class _Guards:
    """What limits one holder, for the proof."""

    def __init__(self, context: CheckContext, containment: Containment, limits: _Limits) -> None:
        self._containment = containment
        self._layers: list[tuple[str, list[Meaning], Index]] = []
        for name, kind, policies in limits:
            of = {
                effect: [m for p in policies for m in _statements(context, containment, p, kind, effect)]
                for effect in (Effect.ALLOW, Effect.DENY)
            }
            self._layers.append((name, of[Effect.ALLOW], Index(of[Effect.DENY], containment.work)))

    def closes(self, meaning: Meaning) -> str:
        """What never lets an Allow through, empty if nothing is known to."""
        for name, allows, denies in self._layers:
            if not any(self._containment.may_meet(meaning, allow) for allow in allows):
                return name
            if covering(self._containment, denies, meaning):
                return name
        return ""


CHECKS = (
    Check("Allow under guardrails", ("ALLOW_NOT_REACHABLE_UNDER_GUARDRAIL",), allow_not_reachable),
    Check("Deny of what nothing allows", ("DENY_WITHOUT_EFFECT",), deny_without_effect),
)
