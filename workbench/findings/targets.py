"""Who of a project somebody could become: its roles that a service may assume and that he may hand over, its users and
roles that he may change, and what they may do that he may not. Source: spec findings.md section 3.4 ("in a project it
is looked up and named").

More power is a request that the target is allowed and he is not, out of a few that the target's own statements name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from workbench.errors import ScenarioError
from workbench.evaluation.callers import Caller, CallerKind
from workbench.evaluation.compiled import AuthRequest, CompiledStatement
from workbench.evaluation.context import Context
from workbench.evaluation.decision import Outcome
from workbench.evaluation.glob import compile_glob
from workbench.evaluation.judge import compile_policy
from workbench.evaluation.request import NamedPolicy, Principal, Request, Scenario
from workbench.findings.context import CheckContext
from workbench.findings.escalation_paths import PASS_ROLE, Step, choices
from workbench.findings.granting import Asked, Granted, Grants
from workbench.findings.sample_arns import OTHER, Home, Sample, named_samples, open_sample
from workbench.findings.standing import is_taken, read_policy
from workbench.findings.surroundings import Member, Surroundings
from workbench.policy.arns import parse_arn
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Effect, Statement

_MOST_PROBES = 16
_OF_ENTRY = 2
_EVERYTHING = (("iam:AttachUserPolicy", "user/" + OTHER), ("iam:PutRolePolicy", "role/" + OTHER))
"""Who may do both to anybody may do everything."""


class Target(NamedTuple):
    """Somebody to become. `more`: a call that he may make and the holder may not; `everything`: whether he may give
    himself any permission."""

    member: Member
    more: str
    everything: bool

    @property
    def words(self) -> str:
        return f"{self.member.name}, which may call {self.more}"


class Targets:
    """The targets that one holder of the policy has in his project."""

    def __init__(self, context: CheckContext, around: Surroundings, grants: Grants) -> None:
        self._context, self._around, self._grants = context, around, grants
        self._stronger: dict[str, Target | None] = {}

    def roles_to_pass(self, step: Step) -> Iterator[tuple[Member, Granted]]:
        """The project's roles that the service may assume and the holder may hand to it."""
        own = self._grants.standing.member
        for member in self._around.members:
            if member is own or not member.is_role or not _trusts(member, step.service):
                continue
            granted = self._grants.granted(Asked(PASS_ROLE, choices=choices(step)), Sample(member.arn, False, {}))
            if granted is not None:
                yield member, granted

    def changeable(self, step: Step, arn_format: str) -> Iterator[Member]:
        """The project's users or roles that the holder may do something to."""
        own = self._grants.standing.member
        for member in self._around.members:
            if member is own or member.is_role is not (":role/" in arn_format):
                continue
            sample = Sample(member.arn, False, {})
            if self._grants.granted(Asked(step.action, choices=choices(step)), sample) is not None:
                yield member

    def stronger(self, member: Member) -> Target | None:
        """The member as a target, None if it is not known to have more power."""
        if member.arn not in self._stronger:
            self._stronger[member.arn] = self._compare(member)
        return self._stronger[member.arn]

    def _compare(self, member: Member) -> Target | None:
        found, own = parse_arn(member.arn), self._grants.standing.member
        if found is None or (own is not None and own.policies == member.policies):
            return None
        prefix = f"arn:{found.partition}:iam::{found.account}:"
        everything = all(self._may(member, action, prefix + name) for action, name in _EVERYTHING)
        probes = [(action, prefix + name) for action, name in _EVERYTHING] if everything else []
        probes += islice(_probes(self._context, member, Home(found.partition, found.account)), _MOST_PROBES)
        for action, arn in dict.fromkeys(probes):
            if self._may(member, action, arn) and self._grants.granted(Asked(action), Sample(arn, False, {})) is None:
                return Target(member, f"{action} on {arn}" if arn != "*" else action, everything)
        return None

    def _may(self, member: Member, action: str, arn: str) -> bool:
        policies = replace(member.policies, resource=self._grants.standing.resource_policy(action, arn))
        request = Request(Principal(arn=member.arn), action, (arn,), alone=True)
        try:
            return self._context.judge.prepare(Scenario(request, policies)).outcome() is Outcome.ALLOWED
        except ScenarioError:
            return False  # AWS would refuse one of its policies


def _probes(context: CheckContext, member: Member, home: Home) -> Iterator[tuple[str, str]]:
    """A few concrete calls that the statements of a member name."""
    for named in member.policies.identity:
        for statement in read_policy(named.text, PolicyKind.IDENTITY).statements:
            if statement.effect is Effect.ALLOW:
                yield from _calls(context, statement, home)


def _calls(context: CheckContext, statement: Statement, home: Home) -> Iterator[tuple[str, str]]:
    actions, resources, catalog = statement.actions, statement.resources, context.catalog
    if actions is None or actions.negated or resources is None or resources.negated:
        return
    entries = [item.text for item in resources.items][:_OF_ENTRY]
    for item in actions.items:
        for name in catalog.expand_names(item.text)[:_OF_ENTRY] if item.text != "*" else ():
            known = catalog.action(name)
            spelled = known.full_name if known is not None else name
            formats = catalog.arn_formats(name) or ()
            if not formats:
                yield spelled, "*"
            for arn_format in formats[:1]:
                for entry in entries:
                    opened = open_sample(entry, arn_format, home, OTHER)
                    if opened is not None:
                        yield spelled, opened.arn
                    yield from ((spelled, s.arn) for s in named_samples(entry, arn_format, home) if not s.variables)


def _trusts(member: Member, service: str) -> bool:
    """Whether the trust policy names the service. Conditions are met by a service that works for the account."""
    if member.trust is None:
        return False
    caller = Caller(CallerKind.SERVICE, service=service)
    asked = AuthRequest(caller, "sts:assumerole", member.arn, Context({}), spelled="sts:AssumeRole")
    about = [s for s in _trust(member.trust) if _is_about(s) and s.grant(asked)]
    return any(s.allow for s in about) and all(s.allow or s.conditions for s in about)


def _is_about(statement: CompiledStatement) -> bool:
    named = any(compile_glob(i.text.lower()).matches("sts:assumerole") for i in statement.actions.items)
    return named is not statement.actions.negated


@lru_cache(maxsize=256)
def _trust(policy: NamedPolicy) -> tuple[CompiledStatement, ...]:
    if not is_taken(policy.text, PolicyKind.TRUST):
        return ()
    return compile_policy(policy, PolicyKind.TRUST)
