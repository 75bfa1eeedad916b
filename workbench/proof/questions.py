"""The questions about one document or two, each one function. Out comes a Verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from workbench.evaluation.callers import CallerKind
from workbench.evaluation.compiled import AuthRequest
from workbench.evaluation.decision import Outcome
from workbench.evaluation.judge import compile_policy
from workbench.evaluation.request import Level, NamedPolicy, PolicySet, Request, Scenario
from workbench.evaluation.services import TRUST_ACTIONS, is_on_kms_key
from workbench.policy.arns import parse_arn
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import ListElement
from workbench.proof.askers import HOME, STRANGER, Asker, identity_askers, resource_askers
from workbench.proof.asking import Found, Inquiry, Prover, tested_keys
from workbench.proof.formulas import Formula, all_of, negated
from workbench.proof.patterns import Variables
from workbench.proof.sides import Side, side
from workbench.proof.verdicts import Reason, Result, Verdict
from workbench.proof.witness import FULL_ACCESS, outcome

_WITH_PRINCIPALS = (PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.RCP, PolicyKind.VPC_ENDPOINT)
NEW_ACCESS = "New access in the statement {name}."


def no_new_access(prover: Prover, existing: NamedPolicy, new: NamedPolicy, kind: PolicyKind) -> Verdict:
    """Whether everything that `new` allows, `existing` allows too. Raises ScenarioError for a document that AWS would
    refuse."""
    variables = Variables()
    after = document_side(new, kind, variables)
    before = document_side(existing, kind, variables)
    count = len(after.bodies)
    bodies = (*after.bodies, *before.bodies)

    def goal(members: frozenset[int], request: AuthRequest) -> Formula:
        granted = after.allowed(members, request)
        return all_of((granted, negated(before.allowed(members, request, first=count))))

    def confirm(request: Request, asker: Asker) -> Scenario | None:
        scenario = scenario_of(new, kind, request, asker)
        same = replace(scenario, policies=scenario_of(existing, kind, request, asker).policies)
        allowed = outcome(prover.judge, scenario) is Outcome.ALLOWED
        return scenario if allowed and outcome(prover.judge, same) not in (Outcome.ALLOWED, None) else None

    inquiry = Inquiry(prover, bodies, goal, confirm, variables.named, _askers(kind, bodies))
    return _by_statement(inquiry, after, new, NEW_ACCESS)


def document_side(policy: NamedPolicy, kind: PolicyKind, variables: Variables) -> Side:
    """One document by itself. Raises ScenarioError."""
    return side([(policy.name, compile_policy(policy, kind), True)], variables)


def _askers(kind: PolicyKind, bodies: Sequence) -> Sequence[Asker]:
    tested = tested_keys(bodies)
    if kind in _WITH_PRINCIPALS:
        return resource_askers([b.statement for b in bodies], tested)
    return identity_askers(tested)


def _by_statement(inquiry: Inquiry, asked: Side, policy: NamedPolicy, sentence: str) -> Verdict:
    """The verdict with every Allow statement of `asked` that can make it FAIL."""
    found, first = _reasons(inquiry, asked, policy, sentence, inquiry.prover.actions.of_element)
    if first is None:
        unlisted = inquiry.unlisted(asked)
        found, first = _reasons(inquiry, asked, policy, sentence, lambda element: unlisted)
    if first is not None:
        return Verdict(Result.FAIL, found, first.scenario, first.assumptions)
    if inquiry.unclear:
        return Verdict(Result.UNKNOWN, why=inquiry.unclear)
    return Verdict(Result.PASS)


def _reasons(
    inquiry: Inquiry, asked: Side, policy: NamedPolicy, sentence: str, names: Callable[[ListElement], frozenset[str]]
) -> tuple[tuple[Reason, ...], Found | None]:
    """The Allow statements for which there is a request, and the first of these requests."""
    reasons: list[Reason] = []
    first: Found | None = None
    for number, body in enumerate(asked.bodies):
        statement = body.statement
        if not statement.allow:
            continue
        classes = [c for c in inquiry.classes(names(statement.actions)) if number in c.members]
        found = inquiry.search(classes, also=body.formula, any_will_do=first is not None and not first.assumptions)
        if found is None:
            continue
        sid = statement.ref.sid
        name = f"with sid: {sid}" if sid else f"with index: {statement.ref.statement}"
        reasons.append(Reason(policy.name, statement.ref.statement, sid, sentence.format(name=name)))
        if first is None or (first.assumptions and not found.assumptions):
            first = found
    return tuple(reasons), first


def scenario_of(policy: NamedPolicy, kind: PolicyKind, request: Request, asker: Asker) -> Scenario:
    """The scenario in which this document decides the request: it stands in its place, and everything else that takes
    part allows all."""
    caller = _with_account_of_resource(request, asker) if kind not in _WITH_PRINCIPALS else request
    arn = parse_arn(caller.principal.arn) if caller.principal.arn else None
    account = arn.account if arn is not None else ""
    action, resource = caller.action.lower(), caller.resources[0]
    session = (FULL_ACCESS,) if ":federated-user/" in caller.principal.arn else None
    if kind not in _WITH_PRINCIPALS:
        asked = replace(caller, resource_account=account or HOME)
        opened = _opened(action, resource, account or HOME)
        match kind:
            case PolicyKind.BOUNDARY:
                policies = PolicySet((FULL_ACCESS,), permissions_boundary=policy, session=session, resource=opened)
            case PolicyKind.SESSION:
                policies = PolicySet((FULL_ACCESS,), session=(policy,), resource=opened)
            case PolicyKind.SCP:
                levels = (Level("account", (policy,)),)
                policies = PolicySet((FULL_ACCESS,), session=session, service_control=levels, resource=opened)
            case _:
                policies = PolicySet((policy,), session=session, resource=opened)
        return Scenario(asked, policies)
    owner = HOME if account != HOME else STRANGER
    in_arn = parse_arn(resource)
    if in_arn is not None and in_arn.account.isdigit() and in_arn.account != account:
        owner = in_arn.account
    asked = replace(caller, resource_account=owner)
    identity = (FULL_ACCESS,) if account else ()
    return Scenario(asked, PolicySet(identity, resource=policy, session=session))


def _with_account_of_resource(request: Request, asker: Asker) -> Request:
    """The caller moved to the resource's account and partition, where nothing says who it is."""
    arn = parse_arn(request.resources[0])
    if arn is None or not asker.open_arn or any(k.lower().startswith("aws:principal") for k in request.context):
        return request
    principal = request.principal.arn
    if arn.account.isdigit() and len(arn.account) == 12:
        principal = principal.replace(f":{HOME}:", f":{arn.account}:", 1)
    if arn.partition.startswith("aws"):
        principal = principal.replace("arn:aws:", f"arn:{arn.partition}:", 1)
    return replace(request, principal=replace(request.principal, arn=principal))


def _opened(action: str, resource: str, account: str) -> NamedPolicy | None:
    """The key policy or trust policy without which identity policies count for nothing, letting them count."""
    if is_on_kms_key(action, resource):
        text = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"%s"},"Action":"kms:*","Resource":"*"}}'
        return NamedPolicy("key policy", text % account)
    if action in TRUST_ACTIONS:
        text = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"%s"},"Action":"sts:*"}}'
        return NamedPolicy("trust policy", text % account)
    return None


__all__ = ["CallerKind", "document_side", "no_new_access", "scenario_of"]
