"""What can be said of an authorization where the values of some context keys are open: each statement applies, does
not, or is not known to (Kleene's three values), and so the decision is bounded.

The open keys are marked in the request's context (`Context.opened`). Whatever they are, the statements that apply lie
between those that surely do and those that perhaps do. More denies only deny, more allows only allow (layers.py), so
the decisions at the ends bound all those between. Source: design.md section 4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from typing import NamedTuple

from workbench.evaluation.callers import Caller, Grant, values_that_name
from workbench.evaluation.compiled import AuthRequest, CompiledStatement, StatementSet
from workbench.evaluation.conditions import ConditionMatcher
from workbench.evaluation.decision import LayerOutcome, Outcome
from workbench.evaluation.layers import Verdict, changed_layers, decide, layer_sets
from workbench.evaluation.prepared import Ready


class Reach(NamedTuple):
    """How directly a statement applies at least and at most (NONE: it does not)."""

    least: Grant
    most: Grant


class Element(NamedTuple):
    """A part of a statement that is not known to hold: a condition test, else the resource or the principal."""

    name: str
    test: ConditionMatcher | None = None

    def holds(self, statement: CompiledStatement, request: AuthRequest) -> object:
        """How it comes out in a context without open keys."""
        if self.test is not None:
            return self.test.holds(request.context)
        return statement.covers_resource(request) if self.name == "Resource" else statement.grant(request)


class OpenStatement(NamedTuple):
    """A statement that the decision may hang on, and what of it is not known."""

    layer: str
    statement: CompiledStatement
    elements: tuple[Element, ...]


class Bounds(NamedTuple):
    """What an authorization can come out as: the verdict with everything uncertain left out, all verdicts at the ends,
    and the statements that are not known to apply and could matter."""

    surely: Verdict
    ends: tuple[Verdict, ...]
    open: tuple[OpenStatement, ...]

    @property
    def outcomes(self) -> frozenset[Outcome]:
        return frozenset(verdict.outcome for verdict in self.ends)


def bounds(ready: Ready) -> Bounds:
    """The bounds of an authorization whose context has open keys."""
    request = ready.request
    reaches = {
        id(statement): reach(statement, request)
        for _, statements in layer_sets(ready.layers)
        for statement in statements.about(request.action)
    }

    def end(denies: int, allows: int) -> Verdict:
        def settled(statements: StatementSet) -> StatementSet:
            found = ((s, reaches[id(s)][allows if s.allow else denies]) for s in statements.about(request.action))
            return _SettledSet(_Settled(s, grant) for s, grant in found if grant is not Grant.NONE)

        return decide(changed_layers(ready.layers, settled), request, ready.target)

    surely = end(0, 0)
    if all(least is most for least, most in reaches.values()):
        return Bounds(surely, (surely,), ())
    ends = (surely, end(0, 1), end(1, 0))
    consulted = {layer.layer for layer in surely.layers}
    found = tuple(
        OpenStatement(layer, s, tuple(open_elements(s, request)))
        for layer, statements in layer_sets(ready.layers)
        if layer in consulted
        for s in _that_matter(statements.about(request.action), reaches)
    )
    return Bounds(surely, ends, found)


def merged(verdicts: Iterable[Verdict]) -> tuple[LayerOutcome, ...]:
    """What each layer says where it says the same in all verdicts, else `depends`; in the order of the first."""
    found: dict[tuple[str, int], LayerOutcome] = {}
    for verdict in verdicts:
        levels = Counter[str]()
        for layer in verdict.layers:
            name = layer.layer, levels[layer.layer]
            levels[layer.layer] += 1
            if found.setdefault(name, layer).outcome is not layer.outcome:
                found[name] = LayerOutcome(layer.layer, Outcome.DEPENDS, (), layer.note)
    return tuple(found.values())


def reach(statement: CompiledStatement, request: AuthRequest) -> Reach:
    """How the statement applies to a request with open keys."""
    covers = statement.resource_settled(request)
    tests = [test.settled(request.context) for test in statement.conditions]
    if covers is False or False in tests:
        return Reach(Grant.NONE, Grant.NONE)
    possible = grants(statement, request)
    certain = covers is True and None not in tests
    return Reach(min(possible) if certain else Grant.NONE, max(possible))


def open_elements(statement: CompiledStatement, request: AuthRequest) -> Iterator[Element]:
    """What of a statement is not known to hold."""
    if statement.resource_settled(request) is None:
        yield Element("Resource")
    if len(grants(statement, request)) > 1:
        yield Element("Principal")
    for test in statement.conditions:
        if test.settled(request.context) is None:
            yield Element("Condition", test)


def _that_matter(found: list[CompiledStatement], reaches: dict[int, Reach]) -> Iterator[CompiledStatement]:
    """The statements of a layer that are not known to apply, less those that add nothing to what surely applies."""
    sure = {(s.allow, reaches[id(s)].least) for s in found}
    for statement in found:
        least, most = reaches[id(statement)]
        if least is most:
            continue
        if statement.allow:
            settled = {(True, most), (True, Grant.DIRECT)} & sure
        else:
            settled = {each for each in sure if not each[0] and each[1] is not Grant.NONE}
        if not settled:
            yield statement


def grants(statement: CompiledStatement, request: AuthRequest) -> set[Grant]:
    """How the principal element may name the caller."""
    if statement.principal is None:
        return {Grant.DIRECT}
    named: dict[str, list[str]] = {}
    for key, text in values_that_name(statement.principal, request.caller):
        if request.context.is_open(key):
            named.setdefault(key, []).append(text)
    callers: list[Caller] = [request.caller]
    roles = named.pop("aws:principalarn", [])
    callers += (replace(request.caller, role=role) for role in ("", *roles) if role != request.caller.role)
    contexts = [request.context]
    for key, texts in named.items():
        contexts += [c.with_items({key: value}) for c in contexts for value in (_NOBODY, *texts)]
    return {statement.grant(request._replace(caller=c, context=x)) for c, x in product(callers, contexts)}


_NOBODY = "nobody"


class _Settled(CompiledStatement):
    """A statement of which it is taken as known how it applies."""

    def __init__(self, statement: CompiledStatement, grant: Grant) -> None:
        self.allow, self.ref = statement.allow, statement.ref
        self._grant = grant

    def grant(self, request: AuthRequest) -> Grant:
        return self._grant

    def covers_resource(self, request: AuthRequest) -> bool:
        return True

    def conditions_hold(self, context: object) -> bool:
        return True


class _SettledSet(StatementSet):
    """Statements that all apply."""

    __slots__ = ()

    def __init__(self, statements: Iterable[CompiledStatement]) -> None:
        self._statements = tuple(statements)

    def candidates(self, action: str, resource: str) -> list[CompiledStatement]:
        return list(self._statements)
