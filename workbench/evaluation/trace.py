"""Why each statement did or did not apply, element by element. Built only when asked for; decides nothing itself.

A trace repeats the matching of one authorization and writes down what it sees, with the same matchers as the decision,
so the two cannot disagree. Source: spec evaluation.md sections 1 and 7, conditions.md section 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workbench.document.span import Span
from workbench.evaluation.arn_patterns import ResourcePattern
from workbench.evaluation.callers import CallerKind, Grant, grant_class
from workbench.evaluation.compiled import (
    AuthRequest,
    CompiledStatement,
    covers_action,
    resource_tokens,
)
from workbench.evaluation.conditions import ConditionMatcher, is_present, resolve
from workbench.evaluation.context import Context
from workbench.evaluation.decision import LayerOutcome, StatementRef
from workbench.evaluation.layers import Layers, Verdict, layer_sets
from workbench.evaluation.partial import grants
from workbench.policy.model import Item, ListElement, PrincipalElement
from workbench.policy.operators import Family, Qualifier
from workbench.policy.tokens import Variable

MULTIVALUED_NOTE = (
    " The key is multivalued and the test has no set operator: one value that matches is enough (inferred; disputed: "
    "by another report such a test never matches)."
)


@dataclass(frozen=True, slots=True)
class ElementTrace:
    """One element of a statement, or one condition test. `span` is the pattern, entry or key that decided, in the
    policy's own text; `sentence` says what was compared and how it came out. `holds` None: not known, for it hangs on a
    key of unknown value."""

    element: str
    holds: bool | None
    span: Span
    sentence: str


@dataclass(frozen=True, slots=True)
class StatementTrace:
    """One statement. It applies if every element holds (None: not known); `elements` ends with the first that does not,
    except that all condition tests are listed."""

    ref: StatementRef
    applies: bool | None
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
    elements: list[ElementTrace] = []
    for element in _elements(statement, request):
        elements.append(element)
        if element.holds is False and element.element != "Condition":
            break
    found = [element.holds for element in elements]
    return StatementTrace(statement.ref, False if False in found else None if None in found else True, tuple(elements))


def _elements(statement: CompiledStatement, request: AuthRequest) -> Iterator[ElementTrace]:
    yield _action(statement.actions, request)
    if statement.source.resources is not None:
        yield _resource(statement.source.resources, statement, request)
    if statement.principal is not None:
        yield _principal(statement.principal, statement, request)
    for test in statement.conditions:
        yield _condition(test, request.context)


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
    if statement.resource_settled(request) is None:
        sentence = f"Whether {element.name} matches {request.resource} hangs on keys whose values are not known."
        return ElementTrace(element.name, None, _span(element), sentence)
    found = _listed(element, match, request.resource, statement.covers_resource(request))
    if match is None and unresolved:
        return ElementTrace(found.element, found.holds, found.span, found.sentence + unresolved)
    return found


_GRANT_WORDS = {
    Grant.DIRECT: "names the caller",
    Grant.VIA: "names the caller's role or user",
    Grant.DELEGATION: "names the caller's account, which leaves the decision to its identity policies",
}


def _principal(element: PrincipalElement, statement: CompiledStatement, request: AuthRequest) -> ElementTrace:
    if len(grants(statement, request)) > 1:
        sentence = f"Whether {element.name} names the caller hangs on a key whose value is not known."
        return ElementTrace(element.name, None, _span(element), sentence)
    grant = statement.grant(request)
    if element.negated:
        words = "does not exempt the caller" if grant is not Grant.NONE else "exempts the caller"
        if grant is not Grant.NONE and request.has_boundary and not statement.allow:
            words = "hits every caller that has a permissions boundary"
            if request.caller.kind is CallerKind.FEDERATED_USER:
                words = "hits a federated user whose creator has a permissions boundary (inferred)"
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


def _condition(test: ConditionMatcher, context: Context) -> ElementTrace:
    operator = test.test.operator
    assert operator is not None
    holds = test.settled(context)
    if holds is None:
        keys = ", ".join(dict.fromkeys(k for k in (test.key, *test.variables) if context.is_open(k.lower())))
        said = f"{operator.name} {' or '.join(v.text for v in test.test.values)}"
        sentence = f"{keys}: not known, so neither is whether {said} is true."
        return ElementTrace("Condition", None, test.test.key_place.span, sentence)
    given = context.get(test.key, test.key_lower)
    wanted = " or ".join(v.text for v in test.test.values) or "(no value)"
    verdict = "true" if holds else "false"
    if operator.base.family is Family.EXISTENCE and not operator.qualifier:
        state = "in the request" if is_present(given) else "absent from the request"
        sentence = f"{test.key} is {state}, so {operator.name} {wanted} is {verdict}."
    elif given is None or given == ():
        sentence = f"{test.key} is absent from the request, and {operator.name} is then {verdict}."
    else:
        value = given if isinstance(given, str) else "[" + ", ".join(given) + "]"
        sentence = f"{test.key} is {value or '(empty)'}; {operator.name} {wanted} is {verdict}."
    missing = [key for key in test.variables if context.variable(key) is None]
    if missing and not holds:
        sentence += f" {missing[0]}, used as a variable, has no value."
    if (
        operator.qualifier is Qualifier.NONE
        and operator.base.family is not Family.EXISTENCE
        and isinstance(given, tuple)
    ):
        sentence += MULTIVALUED_NOTE if given else ""
    return ElementTrace("Condition", holds, test.test.key_place.span, sentence)
