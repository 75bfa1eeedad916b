"""Resource and trust policies that let anybody in, by the one definition of the public in `proof.public`. Source: spec
findings.md section 3.6.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from workbench.catalog.catalog import Catalog
from workbench.document.edits import Edit, apply_edits
from workbench.document.nodes import ObjectNode
from workbench.document.span import Span
from workbench.errors import ScenarioError
from workbench.evaluation.request import NamedPolicy, Scenario
from workbench.findings.as_if import TEMPLATE
from workbench.findings.context import Check, CheckContext, GaveUpError, UndecidedError
from workbench.findings.model import Confidence, Finding
from workbench.findings.placeholders import is_template_name, placeholders_in
from workbench.findings.places import member_value, value_place
from workbench.findings.resource_control import shown_under_rcps, under_rcps
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Effect, Place, PrincipalElement, Statement
from workbench.policy.operators import Family

if TYPE_CHECKING:
    from workbench.proof.actions import Actions
    from workbench.proof.verdicts import Verdict

_NAMED = 5
_MOST_ASKED = 100
"""So often the proof about one statement may ask whether to go on, a thousand steps apart, before it is given up."""
_LITERALLY = "AWS takes NotPrincipal with Allow literally, which it does not document: everybody else is let in."
_SOMEBODY = {
    "AWS": "111122223333",
    "Service": "ec2.amazonaws.com",
    "Federated": "arn:aws:iam::111122223333:saml-provider/p",
    "CanonicalUser": 64 * "0",
}
"""Stand for principals that are filled in."""
_COPES = frozenset({"ALLOW_WITH_NOT_PRINCIPAL", TEMPLATE})
"""What `_as_policy` finds a reading for."""
_GITHUB = "token.actions.githubusercontent.com"


def public_access(context: CheckContext) -> Iterator[Finding]:
    """One finding for each statement of a resource policy that lets anybody in. Raises UndecidedError."""

    def told(statement: Statement, scenario: Scenario, assumption: tuple[str, ...]) -> Finding:
        return context.report(
            "PUBLIC_ACCESS",
            f"{_who(scenario)} may call {_actions(statement)} here. Name the principals, or keep to one's own "
            "organization, account, network or source by a condition.",
            *_places(statement),
            scenario=scenario,
            assumption=assumption,
            confidence=_confidence(statement),
        )

    if context.kind is PolicyKind.RESOURCE:
        yield from _each(context, told)


def _confidence(statement: Statement) -> Confidence | None:
    """AWS documents what Principal * without a condition means; which conditions keep people away is inferred."""
    principal = statement.principal
    plain = principal is not None and not principal.negated and not statement.conditions
    return Confidence.DOCUMENTED if plain else None


def public_trust(context: CheckContext) -> Iterator[Finding]:
    """One finding for each statement by which anybody can assume a role, but for those of which one of AWS's own
    findings says so already. Raises UndecidedError."""

    def told(statement: Statement, scenario: Scenario, assumption: tuple[str, ...]) -> Finding | None:
        if _said_by_aws(statement):
            return None
        return context.report(
            "PUBLIC_TRUST",
            f"{_who(scenario)} can assume the role. Name the principals, or test who it is by a condition.",
            *_places(statement),
            scenario=scenario,
            assumption=assumption,
        )

    if context.kind is PolicyKind.TRUST:
        yield from _each(context, told)


def _each(
    context: CheckContext, told: Callable[[Statement, Scenario, tuple[str, ...]], Finding | None]
) -> list[Finding]:
    """What `told` makes of each public statement. Raises UndecidedError where one of them could not be decided."""
    found: list[Finding] = []
    try:
        for public in _public(context):
            finding = told(*public)
            if finding is not None:
                found.append(finding)
    except GaveUpError as error:
        raise UndecidedError(str(error), tuple(found)) from error
    return found


def _public(context: CheckContext) -> Iterator[tuple[Statement, Scenario, tuple[str, ...]]]:
    numbers = {s.index for s in context.statements if _may_be_public(context, s) and not _is_template(context, s)}
    if not context.whole or not numbers:
        return
    from workbench.proof.asking import ODD_REQUEST, Prover  # most policies let in nobody
    from workbench.proof.questions import no_public_access

    text = _as_policy(context, numbers)
    if text is None:
        return
    policy = NamedPolicy("this policy", under_rcps(context, text))
    odd = ODD_REQUEST.format(date=context.catalog.date)
    open_still = False
    for number in sorted(numbers):
        prover = Prover(context.catalog, context.judge, _actions_of(context.catalog), _asked_too_often())
        try:
            verdict = no_public_access(prover, policy, context.kind, of=number)
        except ScenarioError:
            return  # AWS would refuse the document, so that it lets nobody in
        open_still = open_still or _gave_up(verdict)
        statement = context.policy.statements[number]
        for reason in verdict.reasons:
            if reason.scenario is not None:
                literally = statement.principal is not None and statement.principal.negated
                taken = [a for a in verdict.assumptions if a != odd or not _stands_for_resources(context, statement)]
                scenario = shown_under_rcps(context, reason.scenario, text)
                yield statement, scenario, (*taken, *((_LITERALLY,) if literally else ()))
    if open_still:
        raise GaveUpError


def _as_policy(context: CheckContext, numbers: set[int]) -> str | None:
    """The text in which an Allow for all but NotPrincipal, which the engine judges by no more than AWS supports it, is
    one for everybody (whoever asks is none of those that it leaves out), and in which something stands for all that is
    filled in: a Deny denies all that it could deny. None if there is no saying what a Deny denies to whom."""
    text, edits = context.text, list[Edit]()
    names: dict[str, str] = {}
    inside = 0
    for statement in context.policy.statements:
        principal = statement.principal
        if statement.index in numbers and principal is not None and principal.negated:
            edits.append(Edit(Span(principal.key.start, principal.key.end), '"Principal"'))
            edits.append(Edit(Span(principal.node.start, principal.node.end), '"*"'))
        for member in statement.node.members if isinstance(statement.node, ObjectNode) else ():
            span = Span(member.value.start, member.value.end)
            objects = sum(span.start <= each.start < span.end for each in context.placeholders.objects)
            inside += objects
            if not objects and not any(span.start <= start < span.end for start in context.placeholders.strings):
                continue
            try:
                written = json.loads(text[span.start : span.end])
                if statement.effect is Effect.ALLOW:
                    stood_for = _stood_for(member.key.value, written, names)
                else:
                    stood_for = _denying(member.key.value, written)
            except (ValueError, RecursionError):  # longer or deeper than any policy
                return None
            if stood_for is None:
                return None
            edits.append(Edit(span, json.dumps(stood_for)))
    if inside < len(context.placeholders.objects):
        return None  # one stands for a whole statement, or for more
    return apply_edits(text, sorted(edits, key=lambda edit: edit.span))


def _stood_for(name: str, value: Any, names: dict[str, str]) -> Any:
    """What an Allow says under `name`, with somebody for whom it does not name, and a string for each object such as
    `{"Ref": …}`, alike ones alike."""
    if name not in ("Principal", "NotPrincipal"):
        return _named(value, names)
    if _is_filled_in(value) or not isinstance(value, dict):
        return {"AWS": _SOMEBODY["AWS"]}
    return {
        kind: [_SOMEBODY.get(kind, "") if _is_filled_in(item) else item for item in _listed(items)]
        for kind, items in value.items()
    }


def _named(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_named(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    if _is_filled_in(value):
        return names.setdefault(json.dumps(value, sort_keys=True), f"${{placeholder_{len(names) + 1}}}")
    return {key: _named(item, names) for key, item in value.items()}


def _denying(name: str, value: Any) -> Any:
    """The most that a Deny could say under `name`, None if that cannot be told."""
    if name in ("Action", "Resource"):
        return ["*" if _is_filled_in(item) else item for item in _listed(value)]
    if name == "Sid":
        return ""
    if name != "Condition":
        return None
    if _is_filled_in(value) or not isinstance(value, dict):
        return {}
    kept = {
        operator: {key: of for key, of in block.items() if not any(map(_is_filled_in, (key, *_listed(of))))}
        for operator, block in value.items()
        if isinstance(block, dict) and not _is_filled_in(block)
    }
    return {operator: block for operator, block in kept.items() if block}


def _is_filled_in(value: Any) -> bool:
    if isinstance(value, str):
        return bool(placeholders_in(value))
    return isinstance(value, dict) and len(value) == 1 and is_template_name(next(iter(value)))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_template(context: CheckContext, statement: Statement) -> bool:
    """Whether a placeholder stands where it could keep somebody out. An entry of Principal keeps nobody out."""
    principal = statement.principal
    values = [value.node for test in statement.conditions for value in test.values]
    if principal is not None and principal.negated:
        values += [entry.item.node for entry in principal.entries]
    harmless = {"Sid", "Resource", "Principal"}
    objects = context.placeholders.objects
    return any(map(context.templated, values)) or any(
        member.value.start <= span.start < member.value.end
        for member in (statement.node.members if isinstance(statement.node, ObjectNode) else ())
        if member.key.value not in harmless
        for span in objects
    )


def _stands_for_resources(context: CheckContext, statement: Statement) -> bool:
    """Whether a placeholder stands where the resource does: no request is odd for naming it."""
    resources, node = statement.resources, member_value(statement.node, "Resource")
    in_strings = resources is not None and any(context.templated(item.node) for item in resources.items)
    objects = context.placeholders.objects
    return in_strings or (node is not None and any(node.start <= span.start < node.end for span in objects))


def _asked_too_often() -> Callable[[], bool]:
    asked = iter(range(_MOST_ASKED))
    return lambda: next(asked, None) is None


def _gave_up(verdict: Verdict) -> bool:
    from workbench.proof.verdicts import Result

    return verdict.result is Result.UNKNOWN and ("steps" in verdict.why or "cancelled" in verdict.why)


@lru_cache(maxsize=2)
def _actions_of(catalog: Catalog) -> Actions:
    from workbench.proof.actions import Actions

    return Actions(catalog)


def _may_be_public(context: CheckContext, statement: Statement) -> bool:
    """The cheap question before the proof: whether the principal element could be about anybody at all."""
    principal = statement.principal
    if statement.effect is not Effect.ALLOW or principal is None:
        return False
    if principal.negated:
        return True
    written = [entry for entry in principal.entries if not context.templated(entry.item.node)]
    if any(entry.kind == "AWS" and "*" in entry.item.text for entry in written):
        return True
    providers = [entry.item.text for entry in written if entry.kind == "Federated"]
    if not providers:
        return False
    from workbench.proof.public import is_public_provider

    return any(map(is_public_provider, providers))


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
    from workbench.proof.public import is_public_provider

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
    names = list(dict.fromkeys(item.text for item in element.items))
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


CHECKS = (
    Check("public access", ("PUBLIC_ACCESS",), public_access, judged=True, copes=_COPES),
    Check("public trust", ("PUBLIC_TRUST",), public_trust, judged=True, copes=_COPES),
)
