"""The judge: a scenario in, a decision with its reason out. Compiles each policy once and keeps it by content."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from workbench.collector import collector_paused
from workbench.document.parser import parse
from workbench.document.paths import format_path
from workbench.errors import ScenarioError
from workbench.evaluation import layers as layer_names
from workbench.evaluation.callers import Caller, CallerKind, Grant, read_caller
from workbench.evaluation.calls import Part, expand
from workbench.evaluation.compiled import AuthRequest, CompiledStatement, StatementSet
from workbench.evaluation.context import Context, key_meant
from workbench.evaluation.decision import Authorization, Decision, Outcome, StatementRef
from workbench.evaluation.derive import RESOURCE_TAGS, build_context, tags_not_seen
from workbench.evaluation.facts import Facts
from workbench.evaluation.inferred import inferred_rules
from workbench.evaluation.layers import Layers, LevelSet, Target, Verdict, decide, layer_sets
from workbench.evaluation.limits import decision_notes, preparation_notes
from workbench.evaluation.prepared import Prepared, Ready
from workbench.evaluation.refusals import refusal
from workbench.evaluation.request import Level, NamedPolicy, PolicySet, Request, Scenario
from workbench.evaluation.sentences import Asked, sentence
from workbench.evaluation.services import (
    NEVER_UNDER_RCP,
    TRUST_ACTIONS,
    assumes_linked_role,
    names_alias_for_key,
    policy_needs_resource,
    takes_resource_policies,
)
from workbench.patience import check
from workbench.policy.arns import parse_arn
from workbench.policy.guess import guess_kind
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Policy
from workbench.policy.reader import read
from workbench.remembering import remembered

if TYPE_CHECKING:
    from workbench.evaluation.trace import LayerTrace
    from workbench.evaluation.unknowns import Range

_FULL_ACCESS = NamedPolicy(
    "FullAccess",
    '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}',
)

IMPLIED = "implied"
"""Where a policy stands that no scenario gives."""

ALIAS_NOTE = (
    "AWS authorizes a call that names a KMS key by its alias on the key: write the key's ARN to ask what policies that "
    "name the key say."
)
CANONICAL_NOTE = "CanonicalUser principals are not modelled: {policy} names one, which is read as naming nobody here."
MANAGEMENT_RESOURCE_NOTE = (
    "Resource control policies do not limit resources of the management account, so they were not consulted."
)
LINKED_NOTE = (
    "Resource control policies do not keep a service from assuming its service-linked role, so they were not consulted."
)
UNDECIDED_NOTE = (
    "Not every value of the unknown keys could be tried, and none that was changes the decision, so it may not depend "
    "on {keys}."
)
PART_DEPENDS = "Depends by itself on a value that is not known; the decision does not."
MORE_KEYS_NOTE = "Not every value of the unknown keys could be tried, so the decision may depend on {keys} as well."


def utc_now() -> datetime:
    return datetime.now(UTC)


class Judge:
    """Decides scenarios. Thread-safe: its caches only ever hold immutable values."""

    def __init__(self, facts: Facts, now: Callable[[], datetime] = utc_now) -> None:
        self._facts = facts
        self._now = now

    @property
    def facts(self) -> Facts:
        return self._facts

    def prepare(self, scenario: Scenario) -> Prepared:
        """Compile and derive. Raises ScenarioError if the scenario cannot be judged: no such caller, a policy that AWS
        would refuse, an operator nobody knows; or if keys are unknown, which `decide` handles."""
        request = scenario.request
        if request.unknown:
            raise ScenarioError("A request with unknown keys can only be decided.", "request.unknown")
        caller = read_caller(request.principal, request.federated_by, _stated_arn(request))
        expansion = expand(request, self._facts)
        notes = list(expansion.notes)
        ready = tuple(self._ready(scenario, part, caller, notes) for part in expansion.parts)
        return Prepared(scenario, ready, tuple(dict.fromkeys(notes)))

    def decide(self, scenario: Scenario) -> Decision:
        """The decision with its reasons. Raises ScenarioError as `prepare` does, and if a key is both stated and said
        to be unknown."""
        if not scenario.request.unknown:
            return explain(self.prepare(scenario))
        stated = {key.lower() for key in scenario.request.context}
        twice = sorted(key for key in scenario.request.unknown if key.lower() in stated)
        if twice:
            raise ScenarioError(f"{twice[0]} is both stated in the context and said to be unknown.", "request.unknown")
        from workbench.evaluation.unknowns import explore

        return explain_range(explore(_by_present_names(scenario), self.prepare), scenario)

    def traces(self, scenario: Scenario) -> tuple[tuple[LayerTrace, ...], ...]:
        """For each authorization of the decision, in order, every consulted layer with every statement and its reasons.
        Raises ScenarioError as `decide` does."""
        if not scenario.request.unknown:
            return traces(self.prepare(scenario))
        from workbench.evaluation.trace import trace
        from workbench.evaluation.unknowns import explore

        parts = explore(_by_present_names(scenario), self.prepare).parts
        return tuple(trace(part.ready.layers, part.ready.request, part.layers) for part in parts)

    def _ready(self, scenario: Scenario, part: Part, caller: Caller, notes: list[str]) -> Ready:
        action = part.action.lower()
        account, partition = _resource_side(part, caller)
        context, derived = build_context(
            part.request, caller, part.action, part.resource, account, self._facts, self._now()
        )
        unseen = tags_not_seen(part.action)
        if unseen and any(key.lower().startswith(RESOURCE_TAGS) for key in part.request.context):
            notes.append(unseen)
        if names_alias_for_key(action, part.resource):
            notes.append(ALIAS_NOTE)
        resource = _resource_policy(scenario.policies, part, self._facts, notes)
        layers = _layers(scenario, part, resource, context, caller, notes)
        target = Target(
            account,
            partition,
            rcp_applies=self._rcp_applies(scenario, part, caller, account, notes),
            scp_applies=caller.account != scenario.management_account,
        )
        bounded = layers.boundary is not None and caller.is_signed_in and caller.kind is not CallerKind.ROOT
        asked = AuthRequest(caller, action, part.resource, context, bounded, part.action)
        notes.extend(preparation_notes(layers, asked, target))
        return Ready(
            part, layers, asked, target, tuple((k, v if isinstance(v, str) else ", ".join(v)) for k, v in derived)
        )

    def _rcp_applies(self, scenario: Scenario, part: Part, caller: Caller, account: str, notes: list[str]) -> bool:
        action = part.action.lower()
        if scenario.policies.resource_control is None:
            return False
        if scenario.management_account and account == scenario.management_account:
            notes.append(MANAGEMENT_RESOURCE_NOTE)
            return False
        service = action.partition(":")[0]
        if not self._facts.rcp_supported(service):
            notes.append(f"Resource control policies do not apply to {service}, so they were not consulted.")
            return False
        if names_alias_for_key(action, part.resource) and ":alias/aws/" in part.resource:
            notes.append("Resource control policies do not apply to AWS managed KMS keys, so they were not consulted.")
            return False
        if caller.kind is CallerKind.SERVICE and assumes_linked_role(action, part.resource):
            notes.append(LINKED_NOTE)
            return False
        return action not in NEVER_UNDER_RCP


def _stated_arn(request: Request) -> str:
    given = next((v for k, v in request.context.items() if k.lower() == "aws:principalarn"), "")
    return given if isinstance(given, str) else "".join(given[:1])


def _resource_side(part: Part, caller: Caller) -> tuple[str, str]:
    """Account and partition of the resource; the account left out is the ARN's, else the caller's."""
    arn = parse_arn(part.resource)
    in_arn = arn.account if arn and arn.account.isdigit() else ""
    account = part.request.resource_account or in_arn or caller.account
    return account, arn.partition if arn and "*" not in arn.partition else ""


def _layers(
    scenario: Scenario, part: Part, resource: NamedPolicy | None, context: Context, caller: Caller, notes: list[str]
) -> Layers:
    """The compiled policies that this authorization consults; `resource` is the resource policy that has a say."""
    given = scenario.policies
    creator_is_root = caller.kind is CallerKind.FEDERATED_USER and caller.creator.endswith(":root")
    identity = (_FULL_ACCESS,) if creator_is_root else given.identity
    if creator_is_root:
        notes.append("A federated user made by root is limited by its session policy alone (inferred).")
    if scenario.policies.service_control is None and scenario.policies.resource_control is None:
        notes.append("No organization policies (SCP, RCP) were given, so none were consulted.")
    endpoint = None if part.by_service else _endpoint_policy(given, context, notes)
    return Layers(
        identity=_pool(identity, PolicyKind.IDENTITY, layer_names.IDENTITY, IMPLIED if creator_is_root else ""),
        boundary=_one(
            None if creator_is_root else given.permissions_boundary, PolicyKind.BOUNDARY, layer_names.BOUNDARY
        ),
        session=_pool(given.session, PolicyKind.SESSION, layer_names.SESSION) if given.session else None,
        resource=_resource_statements(resource, part.action.lower(), notes),
        service_control=_levels(given.service_control, PolicyKind.SCP, layer_names.SCP),
        resource_control=_levels(given.resource_control, PolicyKind.RCP, layer_names.RCP),
        vpc_endpoint=_one(endpoint, PolicyKind.VPC_ENDPOINT, layer_names.VPC_ENDPOINT),
    )


def _resource_statements(policy: NamedPolicy | None, action: str, notes: list[str]) -> StatementSet | None:
    if policy is None:
        return None
    if action in TRUST_ACTIONS or _is_trust_policy(policy.text):
        return _only(policy, PolicyKind.TRUST, layer_names.RESOURCE)
    statements = _only(policy, PolicyKind.RESOURCE, layer_names.RESOURCE)
    if statements.leaves_resource_out:
        notes.append(f"{policy.name} names no Resource; it is read as being about the resource it is attached to.")
    if statements.names_canonical_user:
        notes.append(CANONICAL_NOTE.format(policy=policy.name))
    return statements


@lru_cache(maxsize=512)
def _is_trust_policy(text: str) -> bool:
    return guess_kind(parse(text)) is PolicyKind.TRUST


def _resource_policy(given: PolicySet, part: Part, facts: Facts, notes: list[str]) -> NamedPolicy | None:
    """The policy of the resource, if one can have a say in this authorization (evaluation.md section 2)."""
    action = part.action.lower()
    if given.resource is None or (part.why and action not in TRUST_ACTIONS):
        return None  # it is the policy of the call's own resource, to which a role's session tags belong as well
    if action == "iam:passrole":
        notes.append("No resource policy takes part in iam:PassRole (inferred).")
        return None
    name, service = given.resource.name, action.partition(":")[0]
    takes = takes_resource_policies(action)
    if takes is False:
        but = " but the trust policies of roles" if service in ("iam", "sts") else ""
        notes.append(f"{service} takes no resource-based policies{but}, so {name} was not consulted.")
        return None
    if policy_needs_resource(action):
        if facts.has_resource_types(action) is False:
            notes.append(
                f"{part.action} is authorized on no resource, so {name}, the policy of one, was not consulted."
            )
            return None
        if part.resource == "*":
            notes.append(f"No resource is named; {name} is read as the policy of the one that is meant (inferred).")
        elif len(part.request.resources) > 1:
            notes.append(f"{name} is read as the policy of each resource that the call names (inferred).")
    if takes is None:
        notes.append(
            f"Whether {service} takes resource-based policies is not known; {name} was consulted as if so (inferred)."
        )
    return given.resource


def _endpoint_policy(given: PolicySet, context: Context, notes: list[str]) -> NamedPolicy | None:
    """The endpoint's policy, unless the request states a public address and no endpoint: then it takes another way."""
    if given.vpc_endpoint is None:
        return None
    through = any(key in context for key in ("aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp"))
    if "aws:SourceIp" in context and not through:
        notes.append(
            f"The request states aws:SourceIp and no endpoint, so {given.vpc_endpoint.name} was not consulted."
        )
        return None
    return given.vpc_endpoint


def _levels(levels: tuple[Level, ...] | None, kind: PolicyKind, layer: str) -> tuple[LevelSet, ...] | None:
    if levels is None:
        return None
    return tuple(
        LevelSet(level.target, _pool(level.policies, kind, layer, f"policies.{layer}[{i}].policies"))
        for i, level in enumerate(levels)
    )


def _one(policy: NamedPolicy | None, kind: PolicyKind, layer: str) -> StatementSet | None:
    return None if policy is None else _only(policy, kind, layer)


def _only(policy: NamedPolicy, kind: PolicyKind, layer: str) -> StatementSet:
    return _compiled((policy,), kind, layer, (f"policies.{layer}",))


def _pool(policies: Iterable[NamedPolicy], kind: PolicyKind, layer: str, place: str = "") -> StatementSet:
    named = tuple(policies)
    where = place or f"policies.{layer}"
    return _compiled(named, kind, layer, tuple(f"{where}[{i}]" for i in range(len(named))))


def _compile(policies: tuple[NamedPolicy, ...], kind: PolicyKind, layer: str, places: tuple[str, ...]) -> StatementSet:
    """The pooled statements of these policies. Raises ScenarioError naming the place of a policy AWS would refuse."""
    with collector_paused():
        return StatementSet(
            statement
            for policy, place in zip(policies, places, strict=True)
            for statement in _statements(policy, kind, layer, place)
        )


_compiled = remembered(_compile, lambda policies, *_: sum(len(p.text) for p in policies), short=2048, long=4)


def _read(text: str, kind: PolicyKind) -> Policy:
    with collector_paused():
        return read(parse(text), kind)


meaning_of = remembered(_read, lambda text, _: len(text), short=64, long=2)
"""The policy that a text holds, read as one of a kind: what `read` says, kept for who asks next."""


def _statements_of(policy: NamedPolicy, kind: PolicyKind, layer: str, place: str) -> tuple[CompiledStatement, ...]:
    meaning = meaning_of(policy.text, kind)
    document = meaning.document
    refused = refusal(meaning)
    if refused is not None:
        at = refused.places[0]
        inner = format_path(at.path)
        named = policy.name if policy.name.endswith("policy") else f"policy {policy.name}"
        raise ScenarioError(
            f"The {named} cannot be judged ({document.position(at.span.start).for_people()}): {refused.details}",
            f"{place}.document{'.' + inner if inner else ''}",
            policy.name,
            at.span,
        )
    found: list[CompiledStatement] = []
    for statement in meaning.statements:
        check()
        ref = StatementRef(
            policy_type=layer,
            policy=policy.name,
            statement=statement.index,
            sid=statement.sid.value if statement.sid else "",
            effect=statement.effect or "",
            start=document.position(statement.node.start),
            end=document.position(statement.node.end),
            place=place,
        )
        found.append(CompiledStatement(statement, meaning, ref))
    return tuple(found)


_statements = remembered(_statements_of, lambda policy, *_: len(policy.text), short=4096, long=4)


def explain(prepared: Prepared) -> Decision:
    """Decide a prepared scenario and say why."""
    verdicts = [decide(ready.layers, ready.request, ready.target) for ready in prepared.parts]
    authorizations = tuple(
        _authorization(prepared.scenario, ready, verdict)
        for ready, verdict in zip(prepared.parts, verdicts, strict=True)
    )
    deciding = next((a for a in authorizations if a.outcome is not Outcome.ALLOWED), authorizations[0])
    derived = {pair: None for ready in prepared.parts for pair in ready.derived}
    limits = [
        note
        for ready, verdict in zip(prepared.parts, verdicts, strict=True)
        for note in decision_notes(ready.request, ready.target, verdict)
    ]
    rules = [
        rule
        for ready, verdict in zip(prepared.parts, verdicts, strict=True)
        if deciding.outcome is Outcome.ALLOWED or verdict.outcome is not Outcome.ALLOWED
        for rule in inferred_rules(ready, verdict)
    ]
    notes = tuple(dict.fromkeys((*prepared.notes, *limits, *rules)))
    return Decision(deciding.outcome, deciding.sentence, authorizations, notes, tuple(derived))


def explain_range(found: Range, scenario: Scenario) -> Decision:
    """What is decided of a scenario with unknown keys, and why."""
    keys = ", ".join(d.key for d in found.depends_on)
    # where the decision hangs on no key, a part of it may, whose keys nobody has looked for
    depends = f"Depends on {keys}, whose value is not known." if keys else PART_DEPENDS
    plain = explain(found.prepared)
    authorizations = []
    for part in found.parts:
        known = _authorization(found.prepared.scenario, part.ready, part.verdict)
        if part.outcome is Outcome.DEPENDS:
            known = replace(known, sentence=depends, stage="", decided_by=())
        unknown = {key.lower() for key in scenario.request.unknown}
        missing = tuple(key for key in known.missing_keys if key.lower() not in unknown)
        authorizations.append(replace(known, outcome=part.outcome, layers=part.layers, missing_keys=missing))
    decision = replace(plain, authorizations=tuple(authorizations), outcome=found.outcome)
    decision = replace(decision, depends_on=found.depends_on, examples=found.examples)
    if found.outcome is not Outcome.DEPENDS:
        return replace(decision, sentence=decision.deciding.sentence)
    note = UNDECIDED_NOTE if set(found.unsettled) >= {d.key for d in found.depends_on} else MORE_KEYS_NOTE
    notes = (*plain.notes, note.format(keys=", ".join(found.unsettled))) if found.unsettled else plain.notes
    return replace(decision, sentence=depends, notes=notes)


def _authorization(scenario: Scenario, ready: Ready, verdict: Verdict) -> Authorization:
    part = ready.part
    return Authorization(
        action=part.action,
        resource=part.resource,
        outcome=verdict.outcome,
        stage=verdict.stage,
        sentence=sentence(Asked(scenario, part, ready.request, ready.target), verdict),
        decided_by=verdict.decided_by,
        layers=verdict.layers,
        missing_keys=_missing_keys(ready, verdict),
        why=part.why,
        derived=ready.derived,
    )


def traces(prepared: Prepared) -> tuple[tuple[LayerTrace, ...], ...]:
    """For each authorization of the call, in order, every consulted layer with every statement and its reasons."""
    from workbench.evaluation.trace import trace  # whoever only judges, such as a check, asks for none

    return tuple(
        trace(ready.layers, ready.request, decide(ready.layers, ready.request, ready.target).layers)
        for ready in prepared.parts
    )


def _missing_keys(ready: Ready, verdict: Verdict) -> tuple[str, ...]:
    """Keys that statements about this action, resource and caller test or use as variables, and that are absent."""
    consulted = {layer.layer for layer in verdict.layers}
    context = ready.request.context
    missing: dict[str, str] = {}
    for name, statements in layer_sets(ready.layers):
        if name not in consulted:
            continue
        for statement in statements.about(ready.request.action):
            if statement.grant(ready.request) is Grant.NONE:
                continue
            keys = [*statement.variables_for(ready.request.resource, context)]
            if statement.covers_resource(ready.request):
                keys += (key for test in statement.conditions for key in (test.key, *test.variables))
            for key in keys:
                if key not in context:
                    missing.setdefault(key.lower(), key)
    return tuple(missing[lower] for lower in sorted(missing))


def _by_present_names(scenario: Scenario) -> Scenario:
    """The scenario with its unknown keys called as conditions are compiled for."""
    unknown = frozenset(map(key_meant, scenario.request.unknown))
    return replace(scenario, request=replace(scenario.request, unknown=unknown))


def compile_policy(policy: NamedPolicy, kind: PolicyKind) -> tuple[CompiledStatement, ...]:
    """The statements of one policy, compiled. Raises ScenarioError for a policy that AWS would refuse."""
    return _statements(policy, kind, LAYER_OF_KIND[kind], "policy")


LAYER_OF_KIND = {
    PolicyKind.IDENTITY: layer_names.IDENTITY,
    PolicyKind.BOUNDARY: layer_names.BOUNDARY,
    PolicyKind.SESSION: layer_names.SESSION,
    PolicyKind.RESOURCE: layer_names.RESOURCE,
    PolicyKind.TRUST: layer_names.RESOURCE,
    PolicyKind.SCP: layer_names.SCP,
    PolicyKind.RCP: layer_names.RCP,
    PolicyKind.VPC_ENDPOINT: layer_names.VPC_ENDPOINT,
}
"""The layer in which each kind of policy is judged."""
