"""Why each statement did or did not apply, element by element. Built only when asked for; decides nothing itself.

A trace repeats the matching of one authorization and writes down what it sees, with the same matchers as the decision,
so the two cannot disagree. Source: spec evaluation.md sections 1 and 7, conditions.md section 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from workbench.document.span import Span
from workbench.evaluation.arn_patterns import ResourcePattern
from workbench.evaluation.callers import Grant, grant_class
from workbench.evaluation.compiled import (
    AuthRequest,
    CompiledStatement,
    covers_action,
    resource_tokens,
)
from workbench.evaluation.conditions import resolve
from workbench.evaluation.decision import LayerOutcome, StatementRef
from workbench.evaluation.inferred_conditions import condition_doubts
from workbench.evaluation.inferred_elements import (
    VACUOUS,
    action_doubts,
    principal_doubts,
    resource_doubts,
    vacuous_operator,
)
from workbench.evaluation.layers import RCP, Layers, Verdict, layer_sets
from workbench.evaluation.trace_conditions import condition_sentence, with_values
from workbench.policy.model import Item, ListElement, PrincipalElement
from workbench.policy.tokens import Variable


@dataclass(frozen=True, slots=True)
class ElementTrace:
    """One element of a statement, or one condition test. `span` is the pattern, entry or key that decided, in the
    policy's own text; `sentence` says what was compared and how it came out."""

    element: str
    holds: bool
    span: Span
    sentence: str


@dataclass(frozen=True, slots=True)
class StatementTrace:
    """One statement with every element of it. It applies if every element holds."""

    ref: StatementRef
    applies: bool
    elements: tuple[ElementTrace, ...]


@dataclass(frozen=True, slots=True)
class LayerTrace:
    """One consulted layer (and level) with every statement of it."""

    outcome: LayerOutcome
    statements: tuple[StatementTrace, ...]


def trace(layers: Layers, request: AuthRequest, verdict: Verdict) -> tuple[LayerTrace, ...]:
    """The trace of an authorization that `decide` answered with `verdict`. Linear in the statements attached."""
    consulted = {outcome.layer for outcome in verdict.layers}
    sets = [statements for name, statements in layer_sets(layers) if name in consulted]
    return tuple(
        LayerTrace(outcome, tuple(_statement(s, request) for s in statements))
        for outcome, statements in zip(verdict.layers, sets, strict=True)
    )


def _statement(statement: CompiledStatement, request: AuthRequest) -> StatementTrace:
    elements = tuple(_elements(statement, request))
    return StatementTrace(statement.ref, all(e.holds for e in elements), elements)


def _elements(statement: CompiledStatement, request: AuthRequest) -> Iterator[ElementTrace]:
    actions, resources = statement.actions, statement.source.resources
    yield _noted(_action(actions, request), (rule for rule, _ in action_doubts(actions, request)))
    if resources is not None:
        doubts = resource_doubts(resources, statement, request)
        yield _noted(_resource(resources, statement, request), (rule for rule, _ in doubts))
    if statement.principal is not None:
        of_grant = principal_doubts(statement.principal, statement, request)
        yield _noted(_principal(statement.principal, statement, request), (rule for rule, _ in of_grant))
    active, of_rcp = statement.variables_active, statement.ref.policy_type == RCP
    for test in statement.conditions:
        holds, span = test.holds(request.context), test.test.key_place.span
        sentence = condition_sentence(test, request.context, active=active)
        rules = condition_doubts(test, request.context, active=active, of_rcp=of_rcp)
        yield _noted(ElementTrace("Condition", holds, span, sentence), (rule for rule, _ in rules))
    if empty := vacuous_operator(statement):
        yield ElementTrace("Condition", True, Span(empty.start, empty.end), f"{empty.value} tests no key. {VACUOUS}")


def _noted(element: ElementTrace, rules: Iterable[str]) -> ElementTrace:
    """The element, its sentence followed by the inferred rules without which it would come out the other way."""
    return replace(element, sentence=" ".join((element.sentence, *rules)))


def _span(element: ListElement | PrincipalElement) -> Span:
    return Span(element.node.start, element.node.end)


def _listed(element: ListElement, match: Item | None, subject: str, holds: bool) -> ElementTrace:
    name = element.name
    if match is not None:
        verb = "lists" if not element.negated else "leaves out"
        sentence = f"{name} {verb} {match.text}, which matches {subject}."
        return ElementTrace(name, holds, match.place.span, sentence)
    verb = "matches" if not element.negated else "leaves out"
    return ElementTrace(name, holds, _span(element), f"Nothing in {name} {verb} {subject}.")


def _action(element: ListElement, request: AuthRequest) -> ElementTrace:
    match = next((item for item in element.items if covers_action(item.text, request.action)), None)
    return _listed(element, match, request.spelled, (match is not None) is not element.negated)


def _resource(element: ListElement, statement: CompiledStatement, request: AuthRequest) -> ElementTrace:
    active = statement.variables_active
    match, unresolved = None, ""
    for item in element.items:
        tokens = resource_tokens(item.text, active)
        resolved = resolve(tokens, request.context)
        if resolved is None:
            names = [t.key for t in tokens if isinstance(t, Variable) and request.context.variable(t.key) is None]
            unresolved = unresolved or f" {item.text} matches nothing, since {names[0]} has no value."
        elif ResourcePattern(resolved).matches(request.resource):
            match = item
            break
    found = _listed(element, match, request.resource, statement.covers_resource(request))
    if match is None and unresolved:
        return replace(found, sentence=found.sentence + unresolved)
    if match is not None:
        shown = with_values(match.text, resource_tokens(match.text, active), request.context)
        return replace(found, sentence=found.sentence.replace(match.text, shown, 1))
    return found


_GRANT_WORDS = {
    Grant.DIRECT: "names the caller",
    Grant.VIA: "names the caller's role or user",
    Grant.DELEGATION: "names the caller's account, which leaves the decision to its identity policies",
}


def _principal(element: PrincipalElement, statement: CompiledStatement, request: AuthRequest) -> ElementTrace:
    grant = statement.grant(request)
    if element.negated:
        words = "does not exempt the caller" if grant is not Grant.NONE else "exempts the caller"
        if grant is not Grant.NONE and request.has_boundary and not statement.allow:
            words = "hits every caller that has a permissions boundary"
        return ElementTrace(element.name, grant is not Grant.NONE, _span(element), f"{element.name} {words}.")
    if grant is Grant.NONE:
        return ElementTrace(element.name, False, _span(element), "No entry of Principal names the caller.")
    entry = next(
        e
        for e in element.entries
        if grant_class(element._replace(entries=(e,)), request.caller, request.context) is grant
    )
    sentence = f"Principal entry {entry.item.text} {_GRANT_WORDS[grant]}."
    return ElementTrace(element.name, True, entry.item.place.span, sentence)
