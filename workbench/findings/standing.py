"""Whoever has an identity policy, with everything that applies to him, compiled: one of a project's users or roles with
all his policies, or anybody of whom only that policy is known. Source: spec findings.md section 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from workbench.document.parser import parse
from workbench.document.span import Position
from workbench.errors import ScenarioError
from workbench.evaluation.callers import read_caller
from workbench.evaluation.compiled import CompiledStatement, StatementSet
from workbench.evaluation.decision import StatementRef
from workbench.evaluation.facts import Facts
from workbench.evaluation.judge import compile_policy
from workbench.evaluation.layers import IDENTITY, Layers, LevelSet, Target, layer_sets
from workbench.evaluation.refusals import refusal
from workbench.evaluation.request import Level, NamedPolicy, PolicySet, Principal
from workbench.evaluation.services import NEVER_UNDER_RCP, TRUST_ACTIONS
from workbench.findings.context import CheckContext
from workbench.findings.sample_arns import Home
from workbench.findings.surroundings import Member
from workbench.patience import check
from workbench.policy.arns import parse_arn
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Effect, Policy, Statement
from workbench.policy.reader import read
from workbench.proof.opened import opened_policy

POLICY_NAME = "this policy"
_NOWHERE = Position(1, 0, 0)
_APART = 1_000_000
"""Statements of other policies have negative numbers, those of two policies so far apart."""
_NOBODY = PolicySet()


class Standing:
    """What applies to one caller. `member`: who it is, None for anybody who has the policy. Nothing is granted where
    AWS would refuse a policy, or a placeholder leaves open what the document denies."""

    def __init__(self, context: CheckContext, member: Member | None = None) -> None:
        self.member = member
        self._context = context
        self._facts: Facts = context.judge.facts
        self._policies = _NOBODY if member is None else member.policies
        usable = context.kind is PolicyKind.IDENTITY and _readable(context)
        others = tuple(self._beside()) if usable else ()
        policies = (context.policy, *others) if usable else ()
        compiled = [
            _compile(s, p, s.index if p is context.policy else -1 - s.index - _APART * i)
            for i, p in enumerate(policies)
            for s in p.statements
            if s.actions is not None
        ]
        try:
            self.layers = self._all_layers(StatementSet(compiled))
            self.home = _home(compiled) if member is None else _home_of(member)
            self.caller = read_caller(Principal(arn=self.home.caller), "")
        except ScenarioError:
            compiled, self.home = [], Home()
            self.layers = Layers(StatementSet(()))
            self.caller = read_caller(Principal(arn=self.home.caller), "")
        self.statements: dict[StatementRef, CompiledStatement] = {statement.ref: statement for statement in compiled}
        """Those of the identity policies."""

    def _beside(self) -> Iterator[Policy]:
        """The other identity policies, but for those that AWS would refuse."""
        if self.member is None:
            yield from (p for p in self._context.companions or () if refusal(p) is None)
            return
        yield from (read_policy(named.text, PolicyKind.IDENTITY) for named in self._others())

    def _others(self) -> tuple[NamedPolicy, ...]:
        around = self._context.around
        others = (p for p in self._policies.identity if around is None or p.name != around.own)
        return tuple(p for p in others if is_taken(p.text, PolicyKind.IDENTITY))

    def _all_layers(self, identity: StatementSet) -> Layers:
        given = self._policies
        boundary = given.permissions_boundary
        return Layers(
            identity,
            boundary=None if boundary is None else _compiled((boundary,), PolicyKind.BOUNDARY),
            service_control=_levels(given.service_control, PolicyKind.SCP),
            resource_control=_levels(given.resource_control, PolicyKind.RCP),
        )

    @property
    def bounded(self) -> bool:
        return self.layers.boundary is not None

    def sets_of(self, layer: str) -> Iterator[StatementSet]:
        """The statements of one layer, of several levels one by one."""
        yield from (statements for name, statements in layer_sets(self.layers) if name == layer)

    def target(self, action: str, arn: str) -> Target:
        """The resource's side of an authorization."""
        found = parse_arn(arn)
        account = found.account if found is not None and found.account.isdigit() else self.home.account
        lower = action.lower()
        rcp_applies = (
            self.layers.resource_control is not None
            and lower not in NEVER_UNDER_RCP
            and self._facts.rcp_supported(lower.partition(":")[0])
        )
        partition = found.partition if found is not None else ""
        return Target(account, partition, rcp_applies=rcp_applies, scp_applies=True)

    def resource_policy(self, action: str, arn: str) -> NamedPolicy | None:
        """The resource policy that has a say: the project's, else one that lets identity policies count where they need
        that."""
        around = self._context.around
        known = around.policy_of(arn, action) if around is not None and self.member is not None else None
        if known is not None and is_taken(known.text, _kind_of_policy(action)):
            return known
        return opened_policy(action.lower(), arn, self.home.account)

    def layers_for(self, action: str, arn: str) -> Layers:
        """All that has a say in an authorization."""
        policy = self.resource_policy(action, arn)
        if policy is None:
            return self.layers
        given = self.layers
        return Layers(
            given.identity,
            boundary=given.boundary,
            resource=_compiled((policy,), _kind_of_policy(action)),
            service_control=given.service_control,
            resource_control=given.resource_control,
        )

    def policy_set(self, action: str, arn: str) -> PolicySet:
        """The policies as a scenario has them, the document under its name there."""
        own = NamedPolicy(POLICY_NAME, self._context.text)
        if self.member is None:
            beside = self._context.companions or ()
            named = tuple(
                NamedPolicy(f"another policy {i}", p.document.text) for i, p in enumerate(beside, 1) if not refusal(p)
            )
        else:
            named = self._others()
        given = self._policies
        return PolicySet(
            (own, *named),
            permissions_boundary=given.permissions_boundary,
            resource=self.resource_policy(action, arn),
            service_control=given.service_control,
            resource_control=given.resource_control,
        )


def _kind_of_policy(action: str) -> PolicyKind:
    return PolicyKind.TRUST if action.lower() in TRUST_ACTIONS else PolicyKind.RESOURCE


@lru_cache(maxsize=512)
def read_policy(text: str, kind: PolicyKind) -> Policy:
    """The policy that a text is."""
    return read(parse(text), kind)


@lru_cache(maxsize=512)
def is_taken(text: str, kind: PolicyKind) -> bool:
    """Whether AWS would take the policy that a text is."""
    return refusal(read_policy(text, kind)) is None


@lru_cache(maxsize=512)
def _compiled(policies: tuple[NamedPolicy, ...], kind: PolicyKind) -> StatementSet:
    return StatementSet(statement for policy in policies for statement in compile_policy(policy, kind))


def _levels(levels: tuple[Level, ...] | None, kind: PolicyKind) -> tuple[LevelSet, ...] | None:
    if levels is None:
        return None
    return tuple(LevelSet(level.target, _compiled(level.policies, kind)) for level in levels)


def _readable(context: CheckContext) -> bool:
    """Whether AWS would take the policy, and no placeholder in a Deny leaves open what is denied."""
    if not context.whole or refusal(context.policy) is not None:
        return False
    starts = context.placeholders.strings
    return not any(
        s.effect is Effect.DENY and any(s.node.start <= start < s.node.end for start in starts)
        for s in context.policy.statements
    )


def _compile(statement: Statement, policy: Policy, number: int) -> CompiledStatement:
    check()
    ref = StatementRef(IDENTITY, POLICY_NAME, number, "", statement.effect or "", _NOWHERE, _NOWHERE)
    return CompiledStatement(statement, policy, ref)


def _home(statements: Iterable[CompiledStatement]) -> Home:
    """The first account that an Allow names in its resources, and its partition."""
    for statement in statements:
        for item in statement.listed.items if statement.allow and statement.listed is not None else ():
            arn = parse_arn(item.text)
            if arn is not None and len(arn.account) == 12 and arn.account.isdigit():
                return Home(arn.partition if arn.partition.startswith("aws") else "aws", arn.account)
    return Home()


def _home_of(member: Member) -> Home:
    arn = parse_arn(member.arn)
    if arn is None or not arn.account:
        raise ScenarioError(f"{member.arn!r} is no principal that can call.", "request.principal")
    return Home(arn.partition, arn.account, member.arn)
