"""What a whole set of policies allows, as a tree of tests, and the question of new access for two of them.

The rules are those of evaluation.md sections 3 to 6, which stand in evaluation/layers.py; here they are put as a tree,
so that they can be asked of all requests at once, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from workbench.document.parser import parse
from workbench.evaluation.callers import Caller, CallerKind, Grant
from workbench.evaluation.compiled import AuthRequest
from workbench.evaluation.decision import Outcome
from workbench.evaluation.judge import compile_policy
from workbench.evaluation.request import Level, NamedPolicy, PolicySet, Request, Scenario
from workbench.evaluation.services import (
    NEVER_UNDER_RCP,
    TRUST_ACTIONS,
    is_on_kms_key,
    is_on_role,
    policy_needs_resource,
    takes_resource_policies,
)
from workbench.policy.arns import parse_arn
from workbench.policy.guess import guess_kind
from workbench.policy.kinds import PolicyKind
from workbench.proof.askers import (
    HOME,
    PRINCIPAL_KEYS,
    Asker,
    any_federated,
    any_linked_role,
    any_root,
    any_user,
    identity_askers,
)
from workbench.proof.asking import Inquiry, Prover, tested_keys
from workbench.proof.formulas import FALSE, TRUE, Body, Formula, all_of, negated, on_resources, some_of
from workbench.proof.meant import resource_askers
from workbench.proof.partitions import told_apart
from workbench.proof.patterns import Variables
from workbench.proof.questions import NEW_ACCESS, by_statement
from workbench.proof.sides import Part, Side
from workbench.proof.verdicts import Verdict
from workbench.proof.witness import outcome

NO_SCPS = "No service control policies are given for the {sides}: they are taken to limit nothing."
_UNGUARDED = {True: ("user/", "federated-user/"), False: ("alias/",)}
"""How the resources begin that are neither roles (of TRUST_ACTIONS) nor keys."""
OF_ROOT = (
    "Federated users whom the account's root makes are not asked about: they carry none of these identity policies, "
    "and the session policies alone let them do something."
)
ONE_ACCOUNT = "The resource is taken to be of the account 111122223333, as callers are where nothing says otherwise."


@dataclass(frozen=True, eq=False)
class Stack:
    """The compiled policies of a set, numbered through in the order of the fields."""

    identity: tuple[Body, ...]
    boundary: tuple[Body, ...] | None
    session: tuple[Body, ...] | None
    resource: tuple[Body, ...] | None
    service_control: tuple[tuple[Body, ...], ...]
    resource_control: tuple[tuple[Body, ...], ...]
    vpc_endpoint: tuple[Body, ...] | None

    @property
    def bodies(self) -> tuple[Body, ...]:
        """All statements, in the order of their numbers."""
        return tuple(body for _, bodies in self._layers() for body in bodies)

    def _layers(self) -> list[tuple[str, tuple[Body, ...]]]:
        return [
            ("identity", self.identity),
            ("boundary", self.boundary or ()),
            ("session", self.session or ()),
            ("resource", self.resource or ()),
            *(("scp", level) for level in self.service_control),
            *(("rcp", level) for level in self.resource_control),
            ("endpoint", self.vpc_endpoint or ()),
        ]

    @property
    def limited(self) -> bool:
        """Whether there are policies of the organization, which limit no service-linked role."""
        return bool(self.service_control or self.resource_control)

    @property
    def granting(self) -> Side:
        """The policies that can grant, for the reasons of a verdict."""
        return Side((Part("identity", self.identity), Part("resource", self.resource or ())))


@dataclass(frozen=True)
class _Asked:
    """One stack asked by one caller about one class of actions."""

    stack: Stack
    about: frozenset[int]
    first: int
    request: AuthRequest
    rcp_applies: bool
    alone: bool
    """Whether the action is authorized on no resource."""

    def allowed(self) -> Formula:
        """What must hold of resource and context for the stack to allow."""
        stack, caller = self.stack, self.request.caller
        signed, root = caller.is_signed_in, caller.kind is CallerKind.ROOT
        limited = signed and not root
        with_session = limited and caller.kind in (CallerKind.ROLE_SESSION, CallerKind.FEDERATED_USER)
        consulted: list[tuple[str, tuple[Body, ...]]] = []
        wanted: list[Formula] = []
        for at, (name, bodies) in enumerate(self._numbered()):
            use = {
                "identity": limited,
                "boundary": limited and stack.boundary is not None,
                "session": with_session and stack.session is not None,
                "resource": self._takes_resource_policy(),
                "scp": signed and not caller.service_linked,
                "rcp": self.rcp_applies and not caller.service_linked,
                "endpoint": stack.vpc_endpoint is not None and self.request.action != "iam:passrole",
            }[name]
            if not use:
                continue
            matching = [(i, b) for i, b in bodies if i in self.about and self._grant(b) is not Grant.NONE]
            wanted += (negated(b.formula) for _, b in matching if not b.statement.allow)
            if name in ("scp", "endpoint"):
                wanted.append(some_of(b.formula for _, b in matching if b.statement.allow))
            consulted.append((f"{name}{at}", tuple(b for _, b in matching if b.statement.allow)))
        return all_of((*wanted, self._core(dict(_merged(consulted)), caller)))

    def _numbered(self) -> list[tuple[str, list[tuple[int, Body]]]]:
        at = self.first
        found = []
        for name, bodies in self.stack._layers():
            found.append((name, [(at + i, body) for i, body in enumerate(bodies)]))
            at += len(bodies)
        return found

    def _takes_resource_policy(self) -> bool:
        action = self.request.action
        if self.stack.resource is None or action == "iam:passrole" or takes_resource_policies(action) is False:
            return False
        return not (self.alone and policy_needs_resource(action))

    def _grant(self, body: Body) -> Grant:
        return body.statement.grant(self.request)

    def _core(self, allows: dict[str, tuple[Body, ...]], caller: Caller) -> Formula:
        """Sections 5 and 6: how identity side and resource side combine."""
        resource = allows.get("resource", ())

        def some(bodies: Iterable[Body]) -> Formula:
            return some_of(b.formula for b in bodies)

        def grants(*wanted: Grant) -> Formula:
            return some(b for b in resource if self._grant(b) in wanted)

        any_grant = grants(Grant.DIRECT, Grant.VIA, Grant.DELEGATION)
        if not caller.is_signed_in:
            return any_grant
        guarded = self._guarded()
        cross = caller.account != HOME
        if caller.kind is CallerKind.ROOT:
            return any_grant if cross else some_of((any_grant, negated(guarded)))
        boundary = some(allows["boundary"]) if "boundary" in allows else TRUE
        session = self._session(allows, caller)
        identity = some(allows.get("identity", ()))
        both = all_of((identity, boundary, session, any_grant))
        if cross:
            return both
        counts = all_of((identity, some_of((negated(guarded), grants(Grant.DELEGATION)))))
        capped = all_of((some_of((counts, grants(Grant.VIA))), boundary, session))
        either = some_of((grants(Grant.DIRECT), capped))
        if self.request.action == "sts:tagsession":  # needed in both places, where it is about a role
            return some_of((all_of((guarded, both)), all_of((negated(guarded), either))))
        return either

    def _guarded(self) -> Formula:
        """That the resource is one whose own policy must let identity policies count: a key or a role, and no alias and
        no user (as evaluation/services.py has it)."""
        action = self.request.action
        free = _UNGUARDED[action in TRUST_ACTIONS]
        samples = ["*", *(f"arn:aws:x::{HOME}:{word}x" for word in free)]
        found = {text: is_on_kms_key(action, text) or is_on_role(action, text) for text in samples}
        if len(set(found.values())) == 1:
            return TRUE if found["*"] else FALSE
        return negated(on_resources([f"*:{word}*" for word in free]))

    def _session(self, allows: dict[str, tuple[Body, ...]], caller: Caller) -> Formula:
        if "session" in allows:
            return some_of(b.formula for b in allows["session"])
        return FALSE if caller.kind is CallerKind.FEDERATED_USER else TRUE


def _merged(consulted: Iterable[tuple[str, tuple[Body, ...]]]) -> Iterable[tuple[str, tuple[Body, ...]]]:
    return ((name.rstrip("0123456789"), bodies) for name, bodies in consulted)


def stack_of(policies: PolicySet, variables: Variables) -> Stack:
    """The policies of a set, compiled. Raises ScenarioError for one that AWS would refuse."""

    def bodies(found: Iterable[NamedPolicy], kind: PolicyKind) -> tuple[Body, ...]:
        return tuple(Body(s, variables) for p in found for s in compile_policy(p, kind))

    def one(policy: NamedPolicy | None, kind: PolicyKind) -> tuple[Body, ...] | None:
        return None if policy is None else bodies((policy,), kind)

    def levels(found: tuple[Level, ...] | None, kind: PolicyKind) -> tuple[tuple[Body, ...], ...]:
        return tuple(bodies(level.policies, kind) for level in found or ())

    resource_kind = PolicyKind.RESOURCE
    if policies.resource is not None and guess_kind(parse(policies.resource.text)) is PolicyKind.TRUST:
        resource_kind = PolicyKind.TRUST
    return Stack(
        identity=bodies(policies.identity, PolicyKind.IDENTITY),
        boundary=one(policies.permissions_boundary, PolicyKind.BOUNDARY),
        session=bodies(policies.session, PolicyKind.SESSION) if policies.session is not None else None,
        resource=one(policies.resource, resource_kind),
        service_control=levels(policies.service_control, PolicyKind.SCP),
        resource_control=levels(policies.resource_control, PolicyKind.RCP),
        vpc_endpoint=one(policies.vpc_endpoint, PolicyKind.VPC_ENDPOINT),
    )


def no_new_access_of_sets(
    prover: Prover,
    existing: PolicySet,
    new: PolicySet,
    *,
    every: bool = False,
    names: tuple[str, str] = ("existing", "new"),
) -> Verdict:
    """Whether everything that all policies of `new` together allow, those of `existing` allow too: for callers with
    these identity policies, and whoever a resource policy speaks of. `every`: as in no_new_access; `names`: how to
    speak of the two. Raises ScenarioError."""
    variables = Variables()
    after, before = stack_of(new, variables), stack_of(existing, variables)
    bodies = (*after.bodies, *before.bodies)
    count = len(after.bodies)
    of_callers = after.resource is None and before.resource is None  # then nothing but their own resources is at stake

    def goal(members: frozenset[int], request: AuthRequest) -> Formula:
        rcp = prover.catalog.rcp_supported(request.action.partition(":")[0]) and request.action not in NEVER_UNDER_RCP
        bounded = request._replace(has_boundary=existing.permissions_boundary is not None)
        request = request._replace(has_boundary=new.permissions_boundary is not None)
        alone = request.resource == "*"
        granted = _Asked(after, members, 0, request, rcp, alone).allowed()
        return all_of((granted, negated(_Asked(before, members, count, bounded, rcp, alone).allowed())))

    def confirm(request: Request, asker: Asker) -> Scenario | None:
        arn = parse_arn(request.principal.arn) if of_callers else None
        scenario = Scenario(replace(request, resource_account=HOME if arn is None else arn.account), new)
        same = replace(scenario, policies=existing)
        allowed = outcome(prover.judge, scenario) is Outcome.ALLOWED
        return scenario if allowed and outcome(prover.judge, same) not in (Outcome.ALLOWED, None) else None

    askers = _askers(after, before)
    inquiry = Inquiry(
        prover, bodies, goal, confirm, variables.named, askers, in_any_case=variables.in_any_case, compares=True
    )
    verdict = by_statement(inquiry, after.granting, NEW_ACCESS, numbers=_numbers(after), unlisted=True, every=every)
    return replace(verdict, assumptions=(*verdict.assumptions, *_assumed(existing, new, names)))


def _assumed(existing: PolicySet, new: PolicySet, names: tuple[str, str]) -> list[str]:
    """What is taken to be so where the sets do not say it."""
    sides = [name for name, s in zip(names, (existing, new), strict=True) if s.service_control is None]
    missing = [NO_SCPS.format(sides=f"{' and the '.join(sides)} policies")] if sides else []
    of_root = [OF_ROOT] if new.session and new.session != existing.session else []
    return [*missing, *of_root, *([ONE_ACCOUNT] if existing.resource or new.resource else [])]


def _numbers(stack: Stack) -> Sequence[int]:
    """The numbers of the statements that can grant."""
    before = len(stack.identity) + len(stack.boundary or ()) + len(stack.session or ())
    return [*range(len(stack.identity)), *range(before, before + len(stack.resource or ()))]


def _askers(after: Stack, before: Stack) -> list[Asker]:
    bodies = (*after.bodies, *before.bodies)
    tested = tested_keys(bodies)
    found = identity_askers(tested, [b.statement for b in bodies], root=True)
    if not PRINCIPAL_KEYS & tested:
        found += [replace(make(HOME), any_partition=True) for make in (any_user, any_federated, any_root)]
    if after.resource is not None or before.resource is not None:
        found += resource_askers([b.statement for b in bodies], tested | {"aws:principalarn"})
        if after.limited or before.limited:
            found += [any_linked_role(HOME, HOME, partition) for partition in told_apart(b.statement for b in bodies)]
    return found
