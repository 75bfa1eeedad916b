"""A project's own rules, decided by the proof over all requests: what may never be granted, what may be granted under a
condition only, which accounts may be let in. Off unless `workbench.toml` states them (findings.md section 4.1, 7).

A rule about access says something about policies that grant: identity, session, resource and trust policies. A document
that AWS would refuse grants nothing, and has findings of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from workbench.errors import ScenarioError
from workbench.findings.context import Check, CheckContext, UndecidedError
from workbench.findings.model import Finding
from workbench.findings.places import key_place, node_place, value_place
from workbench.findings.rules import ForbiddenAccess, RequiredCondition
from workbench.policy.arns import parse_arn
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Effect, Place, PrincipalElement, Statement

if TYPE_CHECKING:
    from workbench.proof.door import Proofs
    from workbench.proof.verdicts import Verdict

_IDENTITY = (PolicyKind.IDENTITY, PolicyKind.SESSION)
_RESOURCE = (PolicyKind.RESOURCE, PolicyKind.TRUST)
_ACCOUNT = re.compile(r"\d{12}")
_NAMED = 3


def forbidden_access(context: CheckContext) -> Iterator[Finding]:
    """The policy grants what the project forbids."""
    if not context.rules.forbidden:
        return
    from workbench.proof.questions import Access  # most projects forbid nothing

    def ask(rule: ForbiddenAccess) -> Callable[[Proofs], Verdict]:
        return lambda proofs: proofs.access_not_granted(
            context.text, [Access(rule.actions, rule.resources)], context.kind
        )

    def say(rule: ForbiddenAccess, statement: Statement) -> str:
        on = f" on {_listed(rule.resources)}" if rule.resources else ""
        return f"This project forbids {_listed(rule.actions)}{on}{_because(rule.reason)}"

    yield from _decided(
        context,
        "HOUSE_RULE_FORBIDDEN_ACTION",
        [(rule.actions, ask(rule), _sentence(rule, say, "all the same")) for rule in context.rules.forbidden],
    )


def required_conditions(context: CheckContext) -> Iterator[Finding]:
    """The policy grants without its condition what the project allows under a condition only."""

    def ask(rule: RequiredCondition) -> Callable[[Proofs], Verdict]:
        return lambda proofs: proofs.no_new_access(ceiling(rule, context.kind), context.text, context.kind)

    def say(rule: RequiredCondition, statement: Statement) -> str:
        return (
            f"This project allows {_listed(rule.actions)} only under the condition {rule.condition}"
            f"{_because(rule.reason)}"
        )

    yield from _decided(
        context,
        "HOUSE_RULE_CONDITION_MISSING",
        [(rule.actions, ask(rule), _sentence(rule, say, "without that condition")) for rule in context.rules.required],
    )


def allowed_accounts(context: CheckContext) -> Iterator[Finding]:
    """The policy lets in, or reaches into, an account that the project does not know as its own or a partner's."""
    accounts = context.rules.accounts
    if accounts is None or context.kind not in (*_IDENTITY, *_RESOURCE):
        return
    code = "HOUSE_RULE_ACCOUNT_NOT_ALLOWED"
    if context.kind in _IDENTITY:
        yield from _foreign_resources(context, code, accounts)
        return
    widest = _only_from(accounts, context)
    verdict = verdict_of(context, lambda proofs: proofs.no_new_access(widest, context.text, context.kind))
    if verdict is None:
        return
    for statement in reasons_of(context, verdict):
        element = statement.principal
        if element is None or not (element.negated or any(entry.kind == "AWS" for entry in element.entries)):
            continue  # a service or an identity provider has no account
        yield context.report(
            code,
            f"This project lets in only the accounts {_listed(tuple(sorted(accounts)))}; {statement.name} lets in "
            f"{_others(element, accounts)}.",
            *_principal_places(statement, element, accounts),
            scenario=verdict.witness,
            assumption=verdict.assumptions,
        )


def ceiling(rule: RequiredCondition, kind: PolicyKind) -> str:
    """The policy that grants all that the rule leaves room for: the actions under the condition, the others freely."""
    condition = json.loads(rule.condition)
    return document_of(kind, {"Action": list(rule.actions), "Condition": condition}, {"NotAction": list(rule.actions)})


def _only_from(accounts: frozenset[str], context: CheckContext) -> str:
    own: dict[str, object] = {"StringEquals": {"aws:PrincipalAccount": sorted(accounts)}}
    service: dict[str, object] = {"Bool": {"aws:PrincipalIsAWSService": "true"}}
    return document_of(context.kind, {"Action": "*", "Condition": own}, {"Action": "*", "Condition": service})


def document_of(kind: PolicyKind, *statements: dict[str, object]) -> str:
    common: dict[str, object] = {"Effect": "Allow"}
    if kind in _RESOURCE:
        common["Principal"] = "*"
    if kind is not PolicyKind.TRUST:
        common["Resource"] = "*"
    return json.dumps({"Version": "2012-10-17", "Statement": [{**common, **s} for s in statements]})


def _decided(
    context: CheckContext,
    code: str,
    questions: list[tuple[tuple[str, ...], Callable[[Proofs], Verdict], Callable[[Statement], str]]],
) -> Iterator[Finding]:
    """One finding for each rule and statement that breaks it; the rules that cannot be decided are told at the end."""
    if context.kind not in (*_IDENTITY, *_RESOURCE):
        return
    found: list[Finding] = []
    undecided: list[str] = []
    for actions, ask, say in questions:
        try:
            verdict = verdict_of(context, ask)
        except UndecidedError as error:
            undecided.append(f"{_listed(actions)}: {error}")
            continue
        if verdict is None:
            continue
        for statement in reasons_of(context, verdict):
            found.append(
                context.report(
                    code,
                    say(statement),
                    *_action_places(context, statement, actions),
                    scenario=verdict.witness,
                    assumption=verdict.assumptions,
                )
            )
    if undecided:
        raise UndecidedError("; ".join(undecided), tuple(found))
    yield from found


def verdict_of(context: CheckContext, ask: Callable[[Proofs], Verdict]) -> Verdict | None:
    """The verdict where a rule is broken, None where it is kept. Raises UndecidedError."""
    from workbench.proof.door import Proofs
    from workbench.proof.verdicts import Result

    try:
        verdict = ask(Proofs(context.catalog, context.judge))
    except ScenarioError:
        return None  # AWS would refuse the document, or it is a template still; findings of their own say so
    if verdict.result is Result.UNKNOWN:
        raise UndecidedError(f"not decided, since {verdict.why}")
    return verdict if verdict.result is Result.FAIL else None


def reasons_of(context: CheckContext, verdict: Verdict) -> list[Statement]:
    indexes = {reason.index for reason in verdict.reasons}
    return [statement for statement in context.policy.statements if statement.index in indexes]


def _action_places(context: CheckContext, statement: Statement, actions: tuple[str, ...]) -> list[Place]:
    """The entries of Action that the rule is about; the element's name where these are not to be told apart."""
    element = statement.actions
    if element is None:
        return [node_place(statement.node, statement.path)]
    if element.negated:
        return [key_place(statement, element)]
    catalog = context.catalog
    forbidden = {name for pattern in actions for name in catalog.expand_names(pattern)} | {a.lower() for a in actions}
    items = [
        item.place
        for item in element.items
        if item.text.lower() in forbidden or forbidden.intersection(catalog.expand_names(item.text))
    ]
    return items or [value_place(statement, element)]


def _foreign_resources(context: CheckContext, code: str, accounts: frozenset[str]) -> Iterator[Finding]:
    """ARNs of other accounts in Resource that the policy really grants something on."""
    found: list[Finding] = []
    undecided: list[str] = []
    for statement in context.statements:
        element = statement.resources
        if element is None or element.negated or statement.effect is not Effect.ALLOW:
            continue
        for item in element.items:
            arn = parse_arn(item.text)
            if arn is None or not _ACCOUNT.fullmatch(arn.account) or arn.account in accounts:
                continue
            try:
                verdict = verdict_of(context, _granted_on(context, item.text))
            except UndecidedError as error:
                undecided.append(f"{item.text}: {error}")
                continue
            if verdict is not None and any(reason.index == statement.index for reason in verdict.reasons):
                own = _listed(tuple(sorted(accounts)))
                details = f"This project reaches only into the accounts {own}; {item.text} is in {arn.account}."
                found.append(
                    context.report(code, details, item.place, scenario=verdict.witness, assumption=verdict.assumptions)
                )
    if undecided:
        raise UndecidedError("; ".join(undecided), tuple(found))
    yield from found


def _granted_on(context: CheckContext, resource: str) -> Callable[[Proofs], Verdict]:
    from workbench.proof.questions import Access

    return lambda proofs: proofs.access_not_granted(context.text, [Access((), (resource,))], context.kind)


def _principal_places(statement: Statement, element: PrincipalElement, accounts: frozenset[str]) -> list[Place]:
    if element.negated:
        return [key_place(statement, element)]
    places = [e.item.place for e in element.entries if e.kind == "AWS" and account_of(e.item.text) not in accounts]
    return places or [value_place(statement, element)]


def _others(element: PrincipalElement, accounts: frozenset[str]) -> str:
    if element.negated:
        return "all but those it names"
    foreign = [e.item.text for e in element.entries if e.kind == "AWS" and account_of(e.item.text) not in accounts]
    return _listed(tuple(dict.fromkeys(foreign))) if foreign else "others"


def account_of(principal: str) -> str:
    """The account of an AWS principal, empty where it names none."""
    if _ACCOUNT.fullmatch(principal):
        return principal
    arn = parse_arn(principal)
    return arn.account if arn is not None else ""


def _sentence(rule: object, say: Callable[..., str], how: str) -> Callable[[Statement], str]:
    """What the project says and what the statement writes: whether AWS would ever let it have an effect, the check of
    actions beside resources says."""
    return lambda statement: f"{say(rule, statement)}; the Allow in {statement.name} covers it {how}."


def _because(reason: str) -> str:
    return f" ({reason.strip().rstrip('.')})" if reason.strip() else ""


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


CHECKS = (
    Check("house rule: forbidden actions", ("HOUSE_RULE_FORBIDDEN_ACTION",), forbidden_access, judged=True),
    Check("house rule: required conditions", ("HOUSE_RULE_CONDITION_MISSING",), required_conditions, judged=True),
    Check("house rule: allowed accounts", ("HOUSE_RULE_ACCOUNT_NOT_ALLOWED",), allowed_accounts, judged=True),
)
