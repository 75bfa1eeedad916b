"""The questions about one document or two, each one function. Out comes a Verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from workbench.evaluation.compiled import AuthRequest, CompiledStatement
from workbench.evaluation.decision import Outcome
from workbench.evaluation.judge import compile_policy
from workbench.evaluation.request import Level, NamedPolicy, PolicySet, Principal, Request, Scenario
from workbench.evaluation.services import TRUST_ACTIONS, is_on_kms_key
from workbench.policy.arns import parse_arn
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import ListElement
from workbench.proof.askers import HOME, STRANGER, Asker, identity_askers
from workbench.proof.asking import Found, Inquiry, Prover, tested_keys
from workbench.proof.assumed import TOGETHER, assumptions
from workbench.proof.differing import Near
from workbench.proof.formulas import TRUE, Body, Formula, all_of, negated, on_resources
from workbench.proof.meant import resource_askers
from workbench.proof.opened import opened_policy, trusting
from workbench.proof.patterns import Variables
from workbench.proof.public import OWN, PUBLIC_PROVIDER, is_outside, keeps_to_own, public_askers, without_fixed_values
from workbench.proof.sides import Side, side
from workbench.proof.telling import Telling
from workbench.proof.verdicts import Reason, Result, Verdict
from workbench.proof.witness import FULL_ACCESS, RCP_FULL_ACCESS, RESOURCE_FULL_ACCESS, outcome
from workbench.proof.words import clause_text

_WITH_PRINCIPALS = (PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.RCP, PolicyKind.VPC_ENDPOINT)
NEW_ACCESS = "New access in the statement {name}."
GRANTED = "One or more of the listed actions or resources in the statement {name}."
UNKNOWN_SERVICES = (
    "The catalog of {date} does not list the service {names}; its actions were taken as they are written."
)
MOST_ODD = 8
"""So many requests of which something must be assumed are found before one of them is taken."""
PUBLIC = "Public access granted in the statement {name}."
OWN_SIDE = (
    "The callers' own policies are taken to allow everything; whom the new policy names more closely may need an "
    "identity policy no longer, or be no longer limited by a permissions boundary or session policy."
)


class Access(NamedTuple):
    """Actions (patterns; none: every action) on resources (patterns; none: every resource)."""

    actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()


def no_new_access(
    prover: Prover,
    existing: NamedPolicy,
    new: NamedPolicy,
    kind: PolicyKind,
    *,
    every: bool = False,
    among: tuple[Sequence[CompiledStatement], Sequence[CompiledStatement]] | None = None,
) -> Verdict:
    """Whether everything that `new` allows, `existing` allows too. `every`: each reason has a request of its own that a
    person believes; `among`: the statements of `existing` and `new` that matter, where the others are known not to
    (`differing.py`), and then one reason is as good as all. Raises ScenarioError for a document that AWS would
    refuse."""
    variables = Variables()
    limiting, granting = among or (compile_policy(existing, kind), compile_policy(new, kind))
    after = _document_side(new.name, granting, kind, variables)
    before = _document_side(existing.name, limiting, kind, variables)
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

    inquiry = replace(inquiry_of(prover, kind, bodies, goal, confirm, variables), compares=True)
    verdict = by_statement(
        inquiry,
        after,
        NEW_ACCESS,
        granted_before=unchanged(after, before),
        unlisted=True,
        every=every,
        one=among is not None,
    )
    if verdict.result is Result.PASS and _named_more_closely(before, after):
        return replace(verdict, assumptions=(*verdict.assumptions, OWN_SIDE))
    return verdict


def _named_more_closely(before: Side, after: Side) -> bool:
    """Whether the new side names users, roles or sessions that the old one covers by an account, role or `*`: what
    decides in their own account besides changes with it (evaluation.md section 5)."""
    return any(":" in name for name in _principals(after) - _principals(before))


def _principals(side: Side) -> frozenset[str]:
    """What the Allow statements name under AWS."""
    elements = (body.statement.source.principal for body in side.bodies if body.statement.allow)
    return frozenset(e.item.text for element in elements if element for e in element.entries if e.kind == "AWS")


def unchanged(after: Side, before: Side) -> frozenset[Body]:
    """The Allow statements of `after` that `before` has word for word, where every Deny of `before` still stands: they
    allow nothing new, whatever they say."""
    old = {body.same for body in before.bodies}
    denied = {body.same for body in before.bodies if not body.statement.allow}
    if not denied <= {body.same for body in after.bodies}:
        return frozenset()
    return frozenset(body for body in after.bodies if body.statement.allow and body.same in old)


def access_not_granted(prover: Prover, policy: NamedPolicy, access: Sequence[Access], kind: PolicyKind) -> Verdict:
    """Whether none of the actions on the resources of any `access` can be allowed. Raises ScenarioError for a document
    that AWS would refuse."""
    verdicts = [_granted(prover, policy, each, kind) for each in access]
    failed = [v for v in verdicts if v.result is Result.FAIL]
    if failed:
        reasons = {r.index: r for v in failed for r in v.reasons}
        best = min(failed, key=lambda v: len(v.assumptions))
        return replace(best, reasons=tuple(reasons[i] for i in sorted(reasons)))
    passed = Verdict(Result.PASS, assumptions=tuple(dict.fromkeys(a for v in verdicts for a in v.assumptions)))
    return next((v for v in verdicts if v.result is Result.UNKNOWN), passed)


def _granted(prover: Prover, policy: NamedPolicy, access: Access, kind: PolicyKind) -> Verdict:
    variables = Variables()
    asked = document_side(policy, kind, variables)
    there = on_resources(access.resources) if access.resources else TRUE

    def goal(members: frozenset[int], request: AuthRequest) -> Formula:
        return all_of((there, asked.allowed(members, request)))

    inquiry = inquiry_of(prover, kind, asked.bodies, goal, confirm_allowed(prover, policy, kind), variables)
    return by_statement(inquiry, asked, GRANTED, access.actions, unlisted=True)


def no_public_access(prover: Prover, policy: NamedPolicy, kind: PolicyKind, *, of: int | None = None) -> Verdict:
    """Whether nobody but named principals and AWS services can be allowed by a resource or trust policy. `of`: only by
    the Allow statement with this index; the reason then has a request of its own. Raises ScenarioError for a document
    that AWS would refuse."""
    variables = Variables()
    statements = compile_policy(policy, kind) if of is None else _of_one(compile_policy(policy, kind), of)
    asked = _document_side(policy.name, statements, kind, variables)
    stranger = without_fixed_values(statements, variables)

    def goal(members: frozenset[int], request: AuthRequest) -> Formula:
        return all_of((asked.allowed(members, request), stranger))

    allowed = confirm_allowed(prover, policy, kind)

    def confirm(request: Request, asker: Asker) -> Scenario | None:
        scenario = allowed(request, asker)
        return scenario if scenario is not None and is_outside(scenario) else None

    inquiry = inquiry_of(prover, kind, asked.bodies, goal, confirm, variables, public_askers(statements))
    verdict = by_statement(inquiry, asked, PUBLIC, unlisted=True, every=of is not None)
    rules = [
        (PUBLIC_PROVIDER, verdict.witness is not None and bool(verdict.witness.request.principal.federated)),
        (OWN, verdict.result is Result.PASS and keeps_to_own(statements)),
    ]
    return replace(verdict, assumptions=(*verdict.assumptions, *(rule for rule, counts in rules if counts)))


def _of_one(statements: Sequence[CompiledStatement], index: int) -> tuple[CompiledStatement, ...]:
    """An Allow statement and all that can deny what it allows: no other decides a request that it alone allows."""
    asked = tuple(s for s in statements if s.allow and s.ref.statement == index)
    near = Near(asked)
    return (*asked, *(s for s in statements if not s.allow and near.may_meet(s)))


def confirm_allowed(
    prover: Prover, policy: NamedPolicy, kind: PolicyKind
) -> Callable[[Request, Asker], Scenario | None]:
    """The scenario in which the document decides a request, if it is allowed there."""

    def confirm(request: Request, asker: Asker) -> Scenario | None:
        scenario = scenario_of(policy, kind, request, asker)
        return scenario if outcome(prover.judge, scenario) is Outcome.ALLOWED else None

    return confirm


def document_side(policy: NamedPolicy, kind: PolicyKind, variables: Variables) -> Side:
    """One document by itself; beside a resource control policy stands RCPFullAWSAccess, as everywhere. Raises
    ScenarioError."""
    return _document_side(policy.name, compile_policy(policy, kind), kind, variables)


def _document_side(name: str, statements: Sequence[CompiledStatement], kind: PolicyKind, variables: Variables) -> Side:
    implied = compile_policy(RCP_FULL_ACCESS, kind) if kind is PolicyKind.RCP else ()
    return side([(name, (*statements, *implied), True)], variables)


def inquiry_of(
    prover: Prover,
    kind: PolicyKind,
    bodies: Sequence[Body],
    goal: Callable[[frozenset[int], AuthRequest], Formula],
    confirm: Callable[[Request, Asker], Scenario | None],
    variables: Variables,
    askers: Sequence[Asker] = (),
) -> Inquiry:
    """A question about documents of one kind, asked by the `askers`, or by all whom they could mean."""
    of_resource = kind in (PolicyKind.RESOURCE, PolicyKind.TRUST)
    askers = askers or askers_of(kind, bodies)
    return Inquiry(
        prover,
        bodies,
        goal,
        confirm,
        variables.named,
        askers,
        in_any_case=variables.in_any_case,
        of_resource_policy=of_resource,
        of_resource_control=kind is PolicyKind.RCP,
    )


def askers_of(kind: PolicyKind, bodies: Sequence[Body]) -> Sequence[Asker]:
    """The callers that stand for all, given what the statements look at."""
    return _askers_of(kind, tuple(bodies))


@lru_cache(maxsize=16)
def _askers_of(kind: PolicyKind, bodies: tuple[Body, ...]) -> tuple[Asker, ...]:
    tested = tested_keys(bodies)
    if kind in _WITH_PRINCIPALS:
        return tuple(resource_askers([b.statement for b in bodies], tested))
    return tuple(identity_askers(tested, [b.statement for b in bodies], root=kind is PolicyKind.SCP))


def by_statement(
    inquiry: Inquiry,
    asked: Side,
    sentence: str,
    wanted: Sequence[str] = (),
    *,
    numbers: Sequence[int] | None = None,
    granted_before: frozenset[Body] = frozenset(),
    unlisted: bool = False,
    every: bool = False,
    one: bool = False,
) -> Verdict:
    """The verdict with every Allow statement of `asked` that can make it FAIL; `one`: a few of them will do.
    `wanted`: patterns of the actions asked about, none for all; `numbers`: those of its statements, in order (None:
    from 0); `unlisted`: actions that no catalog lists count as well."""
    numbered = [
        (number, body)
        for number, body in zip(numbers or range(len(asked.bodies)), asked.bodies, strict=True)
        if body not in granted_before
    ]
    inquiry.only_together = True
    actions = inquiry.prover.actions
    only = actions.of(wanted) if wanted else None

    def names(element: ListElement) -> frozenset[str]:
        return actions.of_element(element) if only is None else actions.within(element, only)

    found, first = _reasons(inquiry, numbered, sentence, names, every=every, one=one)
    if first is None and unlisted:
        new_names = inquiry.unlisted(wanted)
        found, first = _reasons(inquiry, numbered, sentence, lambda element: new_names, every=every, one=one)
    unknown = _unknown_services(inquiry)
    if first is not None:
        return Verdict(Result.FAIL, found, first.scenario, (*first.assumptions, *unknown))
    if inquiry.unclear:
        return Verdict(Result.UNKNOWN, why=inquiry.unclear)
    if any(_may_hide_canonical_user(body, is_asked=body in asked.bodies) for body in inquiry.bodies):
        return Verdict(Result.UNKNOWN, why="principals of the kind CanonicalUser are not modelled")
    assumed = assumptions(inquiry.bodies, inquiry.askers, tested_keys(inquiry.bodies), inquiry.prover.catalog)
    together = (TOGETHER,) if inquiry.some_left_out else ()
    return Verdict(Result.PASS, assumptions=(*assumed, *together, *unknown))


def _may_hide_canonical_user(body: Body, *, is_asked: bool) -> bool:
    """Whether a statement may make a difference for a CanonicalUser, whom no caller stands for: one that lets it in
    now, or kept it out before."""
    statement = body.statement
    if not statement.names_canonical_user or statement.principal is None:
        return False
    names_it = not statement.principal.negated
    return (statement.allow is names_it) is is_asked


def _unknown_services(inquiry: Inquiry) -> tuple[str, ...]:
    """A sentence about the services that the policies name and no catalog has."""
    catalog = inquiry.prover.catalog
    texts = {
        i.text.partition(":")[0].lower() for b in inquiry.bodies for i in b.statement.actions.items if ":" in i.text
    }
    odd = sorted(text for text in texts if not set("*?") & set(text) and catalog.service(text) is None)
    return (UNKNOWN_SERVICES.format(date=catalog.date, names=", ".join(odd)),) if odd else ()


def _reasons(
    inquiry: Inquiry,
    numbered: Sequence[tuple[int, Body]],
    sentence: str,
    names: Callable[[ListElement], frozenset[str]],
    *,
    every: bool,
    one: bool,
) -> tuple[tuple[Reason, ...], Found | None]:
    """The Allow statements for which there is a request, and the first of these requests. `one`: a few will do."""
    reasons: list[Reason] = []
    first: Found | None = None
    granting = [(number, body) for number, body in numbered if body.statement.allow]
    all_classes = inquiry.classes(frozenset().union(*(names(body.statement.actions) for _, body in granting)))
    for number, body in granting:
        statement = body.statement
        classes = [c for c in all_classes if number in c.members]
        enough = first is not None and not first.assumptions and not every
        found = inquiry.search(classes, also=body.formula, any_will_do=enough)
        if found is None:
            continue
        ref = statement.ref
        name = f"with sid: {ref.sid}" if ref.sid else f"with index: {ref.statement}"
        own, said = (found.scenario, found.assumptions) if every else (None, ())
        text = Telling(inquiry, number, body, names).text() if every else clause_text(statement)
        reasons.append(Reason(ref.policy, ref.statement, ref.sid, sentence.format(name=name), text, own, said))
        if first is None or (first.assumptions and not found.assumptions):
            first = found
        if one and (not first.assumptions or len(reasons) == MOST_ODD):
            break
    return tuple(reasons), first


def scenario_of(policy: NamedPolicy, kind: PolicyKind, request: Request, asker: Asker) -> Scenario:
    """The scenario in which this document decides the request: it stands in its place, and everything else that takes
    part allows all."""
    of_resource = kind in (PolicyKind.RESOURCE, PolicyKind.TRUST)
    caller = request if kind in _WITH_PRINCIPALS else _with_account_of_resource(request, asker)
    arn = parse_arn(caller.principal.arn) if caller.principal.arn else None
    account = arn.account if arn is not None else ""
    action, resource = caller.action.lower(), caller.resources[0]
    session = (FULL_ACCESS,) if ":federated-user/" in caller.principal.arn else None
    if not of_resource:
        asked = replace(caller, resource_account=account or HOME)
        opened = opened_policy(action, resource, account) if account else _opened_to(caller.principal, action)
        match kind:
            case PolicyKind.BOUNDARY:
                policies = PolicySet((FULL_ACCESS,), permissions_boundary=policy, session=session, resource=opened)
            case PolicyKind.SESSION:
                policies = PolicySet((FULL_ACCESS,), session=(policy,), resource=opened)
            case PolicyKind.VPC_ENDPOINT:
                policies = PolicySet((FULL_ACCESS,), session=session, vpc_endpoint=policy, resource=opened)
            case PolicyKind.RCP:
                limits = (Level("account", (policy,)),)
                policies = PolicySet((FULL_ACCESS,), session=session, resource_control=limits, resource=opened)
            case PolicyKind.SCP:
                levels = (Level("account", (policy,)),)
                policies = PolicySet((FULL_ACCESS,), session=session, service_control=levels, resource=opened)
            case _:
                policies = PolicySet((policy,), session=session, resource=opened)
        return Scenario(asked, policies)
    owner = _stated_owner(caller, account) or (HOME if account != HOME else STRANGER)
    in_arn = parse_arn(resource)
    # Of keys and roles the policy has the last word in their own account, too.
    guarded = is_on_kms_key(action, resource) or action in TRUST_ACTIONS
    if in_arn is not None and in_arn.account.isdigit() and (guarded or in_arn.account != account):
        owner = in_arn.account
    asked = replace(caller, resource_account=owner)
    identity = (FULL_ACCESS,) if account else ()
    return Scenario(asked, PolicySet(identity, resource=policy, session=session))


def _stated_owner(request: Request, account: str) -> str:
    """The account of the resource that the context names, if it is another one than the caller's."""
    stated = next((v for k, v in request.context.items() if k.lower() == "aws:resourceaccount"), "")
    return stated if isinstance(stated, str) and len(stated) == 12 and stated.isdecimal() and stated != account else ""


def _opened_to(principal: Principal, action: str) -> NamedPolicy:
    """The resource's policy that lets in somebody of no account."""
    named = principal.service or principal.federated
    return trusting(principal) if named and action in TRUST_ACTIONS else RESOURCE_FULL_ACCESS


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
