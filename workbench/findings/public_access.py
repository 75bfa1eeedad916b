"""Resource and trust policies that let anybody in, by the one definition of the public in `proof.public`. Source: spec
findings.md section 3.6.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from workbench.catalog.catalog import Catalog
from workbench.errors import ScenarioError
from workbench.evaluation.request import NamedPolicy, Scenario
from workbench.findings.context import Check, CheckContext, GaveUpError
from workbench.findings.model import Finding
from workbench.findings.places import value_place
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Effect, Place, PrincipalElement, Statement
from workbench.policy.operators import Family
from workbench.proof.actions import Actions
from workbench.proof.asking import Prover
from workbench.proof.public import is_public_provider
from workbench.proof.questions import no_public_access
from workbench.proof.verdicts import Result, Verdict

_NAMED = 5
_MOST_ASKED = 100
"""So often the proof may ask whether to go on, a thousand steps apart, before it is given up."""
_LITERALLY = "AWS takes NotPrincipal with Allow literally, which it does not document: everybody else is let in."
_GITHUB = "token.actions.githubusercontent.com"


def public_access(context: CheckContext) -> Iterator[Finding]:
    """One finding for each statement of a resource policy that lets anybody in."""
    if context.kind is not PolicyKind.RESOURCE:
        return
    for statement, scenario, assumption in _public(context):
        yield context.report(
            "PUBLIC_ACCESS",
            f"{_who(scenario)} may call {_actions(statement)} here. Name the principals, or keep to one's own "
            "organization, account, network or source by a condition.",
            *_places(statement),
            scenario=scenario,
            assumption=assumption,
        )


def public_trust(context: CheckContext) -> Iterator[Finding]:
    """One finding for each statement by which anybody can assume a role, but for those of which one of AWS's own
    findings says so already."""
    if context.kind is not PolicyKind.TRUST:
        return
    for statement, scenario, assumption in _public(context):
        if _said_by_aws(statement):
            continue
        yield context.report(
            "PUBLIC_TRUST",
            f"{_who(scenario)} can assume the role. Name the principals, or test who it is by a condition.",
            *_places(statement),
            scenario=scenario,
            assumption=assumption,
        )


def _public(context: CheckContext) -> Iterator[tuple[Statement, Scenario, tuple[str, ...]]]:
    numbers = {s.index for s in context.statements if _may_be_public(s) and not _is_template(context, s)}
    if not context.whole or not numbers:
        return
    policy = NamedPolicy("this policy", _taken_literally(context, numbers))
    asked = iter(range(_MOST_ASKED))
    prover = Prover(context.catalog, context.judge, _actions_of(context.catalog), lambda: next(asked, None) is None)
    try:
        verdict = no_public_access(prover, policy, context.kind, of=lambda s: s.index in numbers, every=True)
    except ScenarioError:
        return  # AWS would refuse the document, so that it lets nobody in
    _gave_up(verdict)
    for reason in verdict.reasons:
        statement = context.policy.statements[reason.index]
        if reason.scenario is not None:
            literally = statement.principal is not None and statement.principal.negated
            yield statement, reason.scenario, (*verdict.assumptions, *((_LITERALLY,) if literally else ()))


def _taken_literally(context: CheckContext, numbers: set[int]) -> str:
    """The text in which an Allow for all but NotPrincipal, which the engine judges by no more than AWS supports it, is
    one for everybody: whoever asks is none of those that it leaves out."""
    text = context.text
    for statement in reversed(context.policy.statements):
        principal = statement.principal
        if statement.index in numbers and principal is not None and principal.negated:
            key, value = principal.key, principal.node
            text = f'{text[: key.start]}"Principal"{text[key.end : value.start]}"*"{text[value.end :]}'
    return text


def _is_template(context: CheckContext, statement: Statement) -> bool:
    """Whether a placeholder stands where it could keep somebody out."""
    principal = statement.principal
    values = [value.node for test in statement.conditions for value in test.values]
    entries = [entry.item.node for entry in principal.entries] if principal is not None else []
    return any(context.templated(node) for node in (*values, *entries))


def _gave_up(verdict: Verdict) -> None:
    if verdict.result is Result.UNKNOWN and ("steps" in verdict.why or "cancelled" in verdict.why):
        raise GaveUpError


@lru_cache(maxsize=2)
def _actions_of(catalog: Catalog) -> Actions:
    return Actions(catalog)


def _may_be_public(statement: Statement) -> bool:
    """The cheap question before the proof: whether the principal element could be about anybody at all."""
    principal = statement.principal
    if statement.effect is not Effect.ALLOW or principal is None:
        return False
    return principal.negated or any(
        (entry.kind == "AWS" and "*" in entry.item.text)
        or (entry.kind == "Federated" and is_public_provider(entry.item.text))
        for entry in principal.entries
    )


def _said_by_aws(statement: Statement) -> bool:
    """Whether ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL, MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL or
    MISSING_GITHUB_REPO_CONDITION_KEY is about the statement."""
    principal = statement.principal
    if principal is None or principal.negated:
        return True
    tested = {
        t.key.lower() for t in statement.conditions if t.operator and t.operator.base.family is not Family.EXISTENCE
    }
    for kind, item in principal.entries:
        host = item.text.rpartition(":oidc-provider/")[2].lower()
        if kind == "AWS" and item.text == "*":
            return True
        if kind == "Federated" and not any(key.startswith(f"{host}:") for key in tested):
            return True
        if host == _GITHUB and f"{_GITHUB}:sub" not in tested:
            return True
    return False


def _places(statement: Statement) -> list[Place]:
    principal: PrincipalElement | None = statement.principal
    assert principal is not None
    if principal.negated:
        return [value_place(statement, principal)]
    open_ones = [
        e.item.place
        for e in principal.entries
        if (e.kind == "AWS" and e.item.text == "*") or (e.kind == "Federated" and is_public_provider(e.item.text))
    ]
    return open_ones or [e.item.place for e in principal.entries]


def _who(scenario: Scenario) -> str:
    asking = scenario.request.principal
    if asking.federated:
        return f"Anybody with an identity of {asking.federated.rpartition(':oidc-provider/')[2]}"
    return "Anybody in any AWS account" if asking.arn else "Anybody, without credentials,"


def _actions(statement: Statement) -> str:
    element = statement.actions
    if element is None or element.negated:
        return "all actions but those of NotAction"
    names = [item.text for item in element.items]
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


CHECKS = (
    Check("public access", ("PUBLIC_ACCESS",), public_access),
    Check("public trust", ("PUBLIC_TRUST",), public_trust),
)
