"""The order in which the layers decide one authorization. Source: spec evaluation.md sections 2 to 9.

Every rule about layers stands here and nowhere else: which are consulted, how an explicit deny beats all, how a
resource policy's grant combines with the rest in one account, and what both sides must say across accounts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from workbench.evaluation.callers import CallerKind, Grant
from workbench.evaluation.compiled import AuthRequest, CompiledStatement, StatementSet
from workbench.evaluation.decision import LayerOutcome, Outcome, StatementRef
from workbench.evaluation.services import (
    ALWAYS_ALLOWED,
    OF_NEW_SESSION,
    SIGNED_ACTIONS,
    UNSIGNED_ACTIONS,
    is_on_kms_key,
    is_on_role,
    provider_may,
)

IDENTITY, BOUNDARY, SESSION = "identity", "permissionsBoundary", "session"
RESOURCE, SCP, RCP, VPC_ENDPOINT = "resource", "serviceControl", "resourceControl", "vpcEndpoint"
ACCOUNT = "account"  # the stage of a denial that no policy could lift: partitions, accounts, callers


@dataclass(frozen=True, slots=True)
class LevelSet:
    """The policies of one root, OU or account."""

    target: str
    statements: StatementSet


@dataclass(frozen=True, slots=True)
class Layers:
    """The compiled policies that apply to a scenario; None is "not attached" or "not passed"."""

    identity: StatementSet
    boundary: StatementSet | None = None
    session: StatementSet | None = None
    resource: StatementSet | None = None
    service_control: tuple[LevelSet, ...] | None = None
    resource_control: tuple[LevelSet, ...] | None = None
    vpc_endpoint: StatementSet | None = None


def layer_sets(layers: Layers) -> Iterator[tuple[str, StatementSet]]:
    """(layer, statements) of everything attached, levels one by one, in the order in which reasons are reported."""
    single = (
        (VPC_ENDPOINT, layers.vpc_endpoint),
        (RESOURCE, layers.resource),
        (IDENTITY, layers.identity),
        (BOUNDARY, layers.boundary),
        (SESSION, layers.session),
    )
    yield from ((RCP, level.statements) for level in layers.resource_control or ())
    yield from ((SCP, level.statements) for level in layers.service_control or ())
    yield from ((layer, statements) for layer, statements in single if statements is not None)


def changed_layers(layers: Layers, change: Callable[[StatementSet], StatementSet]) -> Layers:
    """The layers with every set of statements, of each level too, as `change` makes it."""

    def one(statements: StatementSet | None) -> StatementSet | None:
        return None if statements is None else change(statements)

    def levels(given: tuple[LevelSet, ...] | None) -> tuple[LevelSet, ...] | None:
        return None if given is None else tuple(LevelSet(each.target, change(each.statements)) for each in given)

    return Layers(
        identity=change(layers.identity),
        boundary=one(layers.boundary),
        session=one(layers.session),
        resource=one(layers.resource),
        service_control=levels(layers.service_control),
        resource_control=levels(layers.resource_control),
        vpc_endpoint=one(layers.vpc_endpoint),
    )


class Target(NamedTuple):
    """The resource's side: its account (may be empty for a caller without one), its partition (empty: not known), and
    what is exempt."""

    account: str
    partition: str
    rcp_applies: bool
    scp_applies: bool


class _Result(NamedTuple):
    """One pooled policy set's answer: the statements that applied, and the most direct grant."""

    denies: tuple[StatementRef, ...]
    allows: tuple[StatementRef, ...]
    grant: Grant
    granting: tuple[StatementRef, ...]
    delegates: bool

    @property
    def allowed(self) -> bool:
        """Whether the set allows; asked only where no set denies."""
        return bool(self.allows)


_NOTHING = _Result((), (), Grant.NONE, (), False)


class Verdict(NamedTuple):
    """What `decide` found. `stage` names the layer that decided."""

    outcome: Outcome
    stage: str
    decided_by: tuple[StatementRef, ...]
    consulted: tuple[tuple[str, str, _Result], ...]

    @property
    def layers(self) -> tuple[LayerOutcome, ...]:
        """Every layer consulted, in the order in which reasons are reported; built when asked for."""
        return tuple(_outcome(layer, target, result) for layer, target, result in self.consulted)


def _evaluate(statements: StatementSet, request: AuthRequest) -> _Result:
    denies: list[StatementRef] = []
    allows: list[StatementRef] = []
    granting: list[StatementRef] = []
    best, delegates = Grant.NONE, False
    for statement in statements.candidates(request.action, request.resource):
        grant = applies(statement, request)
        if not grant:
            continue
        if not statement.allow:
            denies.append(statement.ref)
            continue
        allows.append(statement.ref)
        delegates = delegates or grant is Grant.DELEGATION
        if grant > best:
            best, granting = grant, []
        if grant is best:
            granting.append(statement.ref)
    if not (denies or allows):
        return _NOTHING
    return _Result(tuple(denies), tuple(allows), best, tuple(granting), delegates)


def applies(statement: CompiledStatement, request: AuthRequest) -> Grant:
    """How directly the statement applies to the request; NONE: it does not."""
    if not statement.covers_resource(request):
        return Grant.NONE
    grant = statement.grant(request)
    return grant if grant and statement.conditions_hold(request.context) else Grant.NONE


class _Consulted:
    """The layers consulted for one authorization, each evaluated once."""

    def __init__(self, layers: Layers, request: AuthRequest, target: Target) -> None:
        caller, action = request.caller, request.action
        self.identity: _Result | None = None
        self.boundary: _Result | None = None
        self.session: _Result | None = None
        self.resource: _Result | None = None
        self.vpc: _Result | None = None
        self.scp: tuple[tuple[str, _Result], ...] = ()
        self.rcp: tuple[tuple[str, _Result], ...] = ()
        if caller.is_signed_in and caller.kind is not CallerKind.ROOT:
            self.identity = _evaluate(layers.identity, request)
            if layers.boundary is not None:
                self.boundary = _evaluate(layers.boundary, request)
            if layers.session is not None and caller.kind in (CallerKind.ROLE_SESSION, CallerKind.FEDERATED_USER):
                self.session = _evaluate(layers.session, request)
        if layers.resource is not None:
            self.resource = _evaluate(layers.resource, request)
        if layers.vpc_endpoint is not None and action != "iam:passrole":
            self.vpc = _evaluate(layers.vpc_endpoint, request)
        limited = caller.is_signed_in and target.scp_applies and not caller.service_linked
        if layers.service_control is not None and limited:
            self.scp = tuple((level.target, _evaluate(level.statements, request)) for level in layers.service_control)
        if layers.resource_control is not None and target.rcp_applies and not caller.service_linked:
            self.rcp = tuple((level.target, _evaluate(level.statements, request)) for level in layers.resource_control)

    def all(self) -> tuple[tuple[str, str, _Result], ...]:
        """(layer, target, result) of everything consulted, in the order in which reasons are reported."""
        found = [(RCP, target, result) for target, result in self.rcp]
        found += [(SCP, target, result) for target, result in self.scp]
        for layer, result in (
            (VPC_ENDPOINT, self.vpc),
            (RESOURCE, self.resource),
            (IDENTITY, self.identity),
            (BOUNDARY, self.boundary),
            (SESSION, self.session),
        ):
            if result is not None:
                found.append((layer, "", result))
        return tuple(found)


def _outcome(layer: str, target: str, result: _Result) -> LayerOutcome:
    if result.denies:
        return LayerOutcome(layer, Outcome.EXPLICIT_DENY, result.denies, target)
    if result.allows or layer == RCP:  # RCPFullAWSAccess is implied at every level
        return LayerOutcome(layer, Outcome.ALLOWED, result.allows, target)
    return LayerOutcome(layer, Outcome.IMPLICIT_DENY, (), target)


def decide(layers: Layers, request: AuthRequest, target: Target) -> Verdict:
    """The decision of one authorization. Order of steps: evaluation.md section 3."""
    if request.action in ALWAYS_ALLOWED and request.caller.kind not in (CallerKind.ANONYMOUS, CallerKind.FEDERATED):
        return Verdict(Outcome.ALLOWED, ACCOUNT, (), ())
    consulted = _Consulted(layers, request, target)
    results = consulted.all()
    for layer, _, result in results:
        if result.denies:
            return Verdict(Outcome.EXPLICIT_DENY, layer, result.denies, results)
    outcome, stage, refs = _implicit(consulted, request, target)
    return Verdict(outcome, stage, refs, results)


_Answer = tuple[Outcome, str, tuple[StatementRef, ...]]


def _deny(stage: str) -> _Answer:
    return Outcome.IMPLICIT_DENY, stage, ()


def _allow(stage: str, refs: Iterable[StatementRef]) -> _Answer:
    return Outcome.ALLOWED, stage, tuple(refs)


def _implicit(consulted: _Consulted, request: AuthRequest, target: Target) -> _Answer:
    """Steps 3 to 10: no policy denies; is the request allowed?"""
    caller = request.caller
    if any(not result.allowed for _, result in consulted.scp):
        return _deny(SCP)
    if consulted.vpc is not None and not consulted.vpc.allowed:
        return _deny(VPC_ENDPOINT)
    resource = consulted.resource
    if caller.kind is CallerKind.FEDERATED:
        if not provider_may(request.action, caller.provider):
            return _deny(ACCOUNT)
    elif request.action in UNSIGNED_ACTIONS:
        return _deny(ACCOUNT)  # nobody but an identity of a provider has what such a call must bring along
    if caller.kind is CallerKind.ANONYMOUS and request.action in SIGNED_ACTIONS:
        return _deny(ACCOUNT)
    if not caller.is_signed_in:
        return _allow(RESOURCE, resource.granting) if resource and resource.allowed else _deny(RESOURCE)
    if target.partition and caller.partition != target.partition:
        return _deny(ACCOUNT)
    if request.action == "iam:passrole" and target.account != caller.account:
        return _deny(ACCOUNT)  # a role of another account cannot be passed (evaluation.md section 9.1)
    if caller.kind is CallerKind.ROOT and request.action == "sts:assumerole":
        return _deny(ACCOUNT)  # root cannot assume roles (evaluation.md section 9.2)
    if target.account != caller.account:
        return _across_accounts(consulted, request)
    if request.action in OF_NEW_SESSION and is_on_role(request.action, request.resource):
        return _across_accounts(consulted, request)  # needed in both places (evaluation.md section 9.2)
    return _same_account(consulted, request)


def _same_account(consulted: _Consulted, request: AuthRequest) -> _Answer:
    caller, resource = request.caller, consulted.resource
    grant = resource.grant if resource else Grant.NONE
    # A key policy or trust policy must itself let IAM policies of its account count.
    guarded = is_on_kms_key(request.action, request.resource) or is_on_role(request.action, request.resource)
    if caller.kind is CallerKind.ROOT:
        if guarded and grant is Grant.NONE:
            return _deny(RESOURCE)
        return _allow(ACCOUNT if grant is Grant.NONE else RESOURCE, resource.granting if resource else ())
    if resource is not None and grant is Grant.DIRECT:
        return _allow(RESOURCE, resource.granting)
    identity = consulted.identity
    identity_allows = identity is not None and identity.allowed
    counts = identity_allows and (not guarded or (resource is not None and resource.delegates))
    via = resource is not None and grant is Grant.VIA
    if not (counts or via):
        if guarded and not (resource is not None and resource.delegates):
            return _deny(RESOURCE)
        return _deny(IDENTITY)
    if consulted.boundary is not None and not consulted.boundary.allowed:
        return _deny(BOUNDARY)
    if not _session_allows(consulted, request):
        return _deny(SESSION)
    if counts and identity is not None:
        return _allow(IDENTITY, identity.allows)
    return _allow(RESOURCE, resource.granting if resource else ())


def _session_allows(consulted: _Consulted, request: AuthRequest) -> bool:
    """Step 10. A federated user without a session policy gets nothing from identity policies; a role session
    without one is not limited."""
    if consulted.session is not None:
        return consulted.session.allowed
    return request.caller.kind is not CallerKind.FEDERATED_USER


def _across_accounts(consulted: _Consulted, request: AuthRequest) -> _Answer:
    """Both sides must allow; the direct grants of one account do not count (evaluation.md section 6). Session tags and
    a source identity need both within one account, too."""
    resource, identity = consulted.resource, consulted.identity
    if identity is not None and not identity.allowed:
        return _deny(IDENTITY)
    if consulted.boundary is not None and not consulted.boundary.allowed:
        return _deny(BOUNDARY)
    if not _session_allows(consulted, request):
        return _deny(SESSION)
    if resource is None or not resource.allowed:
        return _deny(RESOURCE)
    return _allow(IDENTITY if identity else RESOURCE, (*(identity.allows if identity else ()), *resource.granting))
