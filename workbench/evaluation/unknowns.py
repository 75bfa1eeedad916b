"""Requests of which some keys are not known: the decision if it is the same whatever they are, else `depends`.

Two ways lead to a certain answer. Bounds: what no value of the keys can change (`partial`), for every course the call
can take. Enumeration: a few values of each key stand for all (`unknown_values`), and every combination is judged in
full. Two values with different outcomes prove that the decision depends on the keys; where neither can be proven, the
answer is `depends` with a note, never a guess. Source: design.md section 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, product
from math import prod
from typing import NamedTuple

from workbench.evaluation.calls import Part
from workbench.evaluation.compiled import resource_tokens
from workbench.evaluation.decision import Dependence, Example, LayerOutcome, Outcome, StatementRef
from workbench.evaluation.derive import followers
from workbench.evaluation.layers import Verdict, decide
from workbench.evaluation.partial import Bounds, Element, OpenStatement, bounds, merged
from workbench.evaluation.prepared import Prepared, Ready
from workbench.evaluation.request import ContextValue, Scenario
from workbench.evaluation.unknown_values import TAGS, Choices, courses, reads
from workbench.policy.tokens import Variable

MOST_COMBINATIONS = 1_500
MOST_CASES = 200
Assignment = tuple[ContextValue | None, ...]
Prepare = Callable[[Scenario], Prepared]
_Name = tuple[str, str, str]


class PartRange(NamedTuple):
    """One authorization that the call may need: how it can come out. `ready` is one case of it, with the open keys
    marked, `verdict` what holds of it at least, `layers` what each layer says in all cases."""

    ready: Ready
    verdict: Verdict
    layers: tuple[LayerOutcome, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Range:
    """What an unknown request can come out as. `depends_on` is empty if the outcome is certain; `unsettled` are keys of
    which it could not be shown whether they matter."""

    outcome: Outcome
    prepared: Prepared
    parts: tuple[PartRange, ...]
    depends_on: tuple[Dependence, ...] = ()
    examples: tuple[Example, ...] = ()
    unsettled: tuple[str, ...] = ()


def explore(scenario: Scenario, prepare: Prepare) -> Range:
    """Judge `scenario` for every value its unknown keys may have. `prepare` compiles a scenario without unknown
    keys. Raises ScenarioError as it does."""
    look = _Look(scenario, prepare)
    if len(look.outcomes) == 1:
        [outcome] = look.outcomes
        return Range(outcome, look.first, look.parts())
    table = _Table(look, prepare)
    outcomes = {case.outcome for case in table.cases.values()}
    if len(outcomes) == 1 and table.complete:
        [outcome] = outcomes
        return Range(outcome, look.first, look.parts(table))
    if len(outcomes) == 1:
        unsettled = tuple(table.names)
        depends_on = tuple(Dependence(k, table.tests_read_by(k), table.row_of_nothing(k)) for k in unsettled)
        return Range(Outcome.DEPENDS, look.first, look.parts(table), depends_on, table.examples([]), unsettled)
    deciding = table.deciding()
    unsettled = () if table.complete else tuple(k for k in table.names if k not in deciding)
    rows = [table.row(key) for key in deciding]
    depends_on = tuple(
        Dependence(key, table.tests(key), tuple((table.cases[a].outcome, a[table.names.index(key)]) for a in row))
        for key, row in zip(deciding, rows, strict=True)
    )
    examples = table.examples([a for row in rows for a in row], deciding)
    return Range(Outcome.DEPENDS, look.first, look.parts(table), depends_on, examples, unsettled)


def assigned(scenario: Scenario, keys: Iterable[str], values: Iterable[ContextValue | None]) -> Scenario:
    """The scenario in which each of `keys` has its value, None: absent; they are not unknown any more."""
    request = scenario.request
    given = dict(zip(keys, values, strict=True))
    lower = {key.lower() for key in given}
    context = {k: v for k, v in request.context.items() if k.lower() not in lower}
    context.update({k: v for k, v in given.items() if v is not None})
    absent = request.absent | {k for k, v in given.items() if v is None}
    unknown = frozenset(k for k in request.unknown if k.lower() not in lower)
    return replace(scenario, request=replace(request, context=context, absent=absent, unknown=unknown))


class _Look:
    """The bounds of every authorization, for every course that the call can take."""

    def __init__(self, scenario: Scenario, prepare: Prepare) -> None:
        self.scenario = scenario
        self.unknown = sorted(scenario.request.unknown, key=str.lower)
        request = scenario.request
        given = {key.lower() for key in (*request.context, *request.absent, *request.unknown)}
        self.followers = {
            key.lower(): tuple(f for f in followers(key.lower()) if f not in given) for key in self.unknown
        }
        open_keys = frozenset((*self.followers, *(f for found in self.followers.values() for f in found)))
        turning = courses(scenario, self.unknown)
        self.bounds: dict[_Name, list[tuple[Ready, Bounds]]] = {}
        self.outcomes: set[Outcome] = set()
        prepared = [prepare(assigned(scenario, self.unknown, values)) for values in product(*_few(turning))]
        self.first = prepared[0]
        same = len({tuple(_name(r.part) for r in each.parts) for each in prepared}) == 1
        self.turning = {k: v for k, v in turning.items() if len(v) > 1 and not (same and k.lower().startswith(TAGS))}
        """Keys by which the call takes another course, with a value for each."""
        for course in prepared:
            left = {Outcome.ALLOWED}
            for ready in course.parts:
                asked = ready.request._replace(context=ready.request.context.opened(open_keys))
                found = bounds(replace(ready, request=asked))
                self.bounds.setdefault(_name(ready.part), []).append((replace(ready, request=asked), found))
                if left:
                    self.outcomes |= found.outcomes - left
                    left = left & found.outcomes
            self.outcomes |= left

    def open(self) -> Iterator[tuple[_Name, Ready, OpenStatement]]:
        for name, found in self.bounds.items():
            for ready, bound in found:
                for statement in bound.open:
                    yield name, ready, statement

    def parts(self, table: _Table | None = None) -> tuple[PartRange, ...]:
        """Every authorization that the call may need, with what can be said of it."""
        return tuple(self._part(name, found, table) for name, found in self.bounds.items())

    def _part(self, name: _Name, found: list[tuple[Ready, Bounds]], table: _Table | None) -> PartRange:
        ready, bound = max(found, key=lambda pair: len(pair[1].surely.layers))  # where most layers are consulted
        ends = [verdict for _, each in found for verdict in each.ends]
        outcomes = {verdict.outcome for verdict in ends}
        tried = table.verdicts(name) if table is not None else []
        if len(outcomes) > 1 and tried and table is not None and table.complete:
            outcomes = {verdict.outcome for verdict in tried}
        verdict = next((v for v in (bound.surely, *ends, *tried) if {v.outcome} == outcomes), bound.surely)
        complete = tried and table is not None and table.complete
        first = sorted(ends, key=lambda verdict: -len(verdict.layers))  # an endpoint may be passed or not
        layers = _certain(merged(first), merged(tried) if complete else ())
        outcome = verdict.outcome if len(outcomes) == 1 else Outcome.DEPENDS
        return PartRange(ready, verdict, layers, outcome)


def _few(turning: Mapping[str, tuple[ContextValue | None, ...]]) -> list[tuple[ContextValue | None, ...]]:
    """The values of each key; of tags only the first, since one is as good as many."""
    tags = [key for key in turning if key.lower().startswith(TAGS)]
    return [(None,) if key in tags[1:] else values for key, values in turning.items()]


def _certain(bounded: tuple[LayerOutcome, ...], tried: tuple[LayerOutcome, ...]) -> tuple[LayerOutcome, ...]:
    """What all values say of a layer, where the bounds leave it open."""
    if [layer.layer for layer in bounded] != [layer.layer for layer in tried]:
        return bounded
    return tuple(b if b.outcome is not Outcome.DEPENDS else t for b, t in zip(bounded, tried, strict=True))


def _name(part: Part) -> _Name:
    return part.action, part.resource, part.why


class _Case(NamedTuple):
    """One assignment judged: the outcome, each authorization's verdict, and what of the open statements held."""

    outcome: Outcome
    verdicts: dict[_Name, Verdict]
    held: dict[tuple[_Name, int], tuple[bool, tuple[object, ...]]]


class _Table:
    """Every combination of the values to try, judged in full."""

    def __init__(self, look: _Look, prepare: Prepare) -> None:
        self._look, self._prepare = look, prepare
        self._open = {(name, id(s.statement)): (s, ready) for name, ready, s in look.open()}
        chosen = Choices(look.followers)
        for key, values in look.turning.items():
            chosen.state(key.lower(), values)
        for _, ready, statement in look.open():
            chosen.add(statement, ready.request)
        self._choices = chosen
        self.names = [key for key in look.unknown if key.lower() in chosen.named]
        absent = [key for key in look.unknown if key not in self.names]
        self._base = assigned(look.scenario, absent, [None] * len(absent))
        choices = chosen.values([key.lower() for key in self.names])
        self._values = [choice.values for choice in choices]
        self.complete = all(choice.complete for choice in choices)
        self.cases: dict[Assignment, _Case] = {}
        if prod(map(len, self._values)) <= MOST_COMBINATIONS:
            for assignment in product(*self._values):
                self._judge(assignment)
        else:
            self._judge_some()
            self.complete = False
        if not self.complete and len({case.outcome for case in self.cases.values()}) == 1:
            self.complete = self._settled_by_cases([choice.complete for choice in choices])

    def _judge(self, assignment: Assignment) -> None:
        if assignment in self.cases:
            return
        prepared = self._prepare(assigned(self._base, self.names, assignment))
        verdicts: dict[_Name, Verdict] = {}
        held: dict[tuple[_Name, int], tuple[bool, tuple[object, ...]]] = {}
        for ready in prepared.parts:
            name = _name(ready.part)
            verdicts[name] = decide(ready.layers, ready.request, ready.target)
            for (other, which), (found, _) in self._open.items():
                if other == name:
                    s = found.statement
                    applies = s.covers_resource(ready.request) and s.conditions_hold(ready.request.context)
                    elements = tuple(element.holds(s, ready.request) for element in found.elements)
                    held[name, which] = bool(applies and s.grant(ready.request)), elements
        outcome = next((v.outcome for v in verdicts.values() if v.outcome is not Outcome.ALLOWED), Outcome.ALLOWED)
        self.cases[assignment] = _Case(outcome, verdicts, held)

    def _judge_some(self) -> None:
        """Fewer values of each key together, and of each key all values beside a few of the others."""
        most = max(2, int((MOST_COMBINATIONS // 2) ** (1 / len(self._values))))
        for assignment in islice(product(*(v[:most] for v in self._values)), MOST_COMBINATIONS // 2):
            self._judge(assignment)
        starts = list(self._shown().values())
        beside = (
            (*start[:i], value, *start[i + 1 :])
            for start in starts
            for i, values in enumerate(self._values)
            for value in values
        )
        for assignment in islice(beside, MOST_COMBINATIONS // 2):
            self._judge(assignment)

    def _shown(self) -> dict[Outcome, Assignment]:
        """For each outcome the first assignment that has it."""
        shown: dict[Outcome, Assignment] = {}
        for assignment, case in self.cases.items():
            shown.setdefault(case.outcome, assignment)
        return shown

    def _settled_by_cases(self, complete: list[bool]) -> bool:
        """Whether, for every combination of those keys whose values stand for all, the rest changes nothing."""
        keys = [i for i, good in enumerate(complete) if good]
        if not keys or len(keys) == len(complete) or prod(len(self._values[i]) for i in keys) > MOST_CASES:
            return False
        [outcome] = {case.outcome for case in self.cases.values()}
        for values in product(*(self._values[i] for i in keys)):
            some = assigned(self._base, [self.names[i] for i in keys], values)
            if _Look(some, self._prepare).outcomes != {outcome}:
                return False
        return True

    def verdicts(self, name: _Name) -> list[Verdict]:
        return [case.verdicts[name] for case in self.cases.values() if name in case.verdicts]

    # -- what decides ---------------------------------------------------------------------------------------------

    def _rows(self, key: str) -> list[dict[Outcome, Assignment]]:
        """The rows in which a change of this key alone changes the outcome: an assignment for each outcome."""
        i = self.names.index(key)
        rows: dict[Assignment, dict[Outcome, Assignment]] = {}
        for assignment, case in self.cases.items():
            rows.setdefault((*assignment[:i], *assignment[i + 1 :]), {}).setdefault(case.outcome, assignment)
        return [row for row in rows.values() if len(row) > 1]

    def deciding(self) -> list[str]:
        """The keys of which a change alone changes the outcome. Two assignments with different outcomes are joined by
        changes of one key at a time, so there is one at least."""
        start, *others = self._shown().values()
        for end in others:
            for i in range(1, len(end)):
                self._judge((*end[:i], *start[i:]))
        return [key for key in self.names if self._rows(key)]

    def row(self, key: str) -> tuple[Assignment, ...]:
        """Assignments that differ in this key alone, with as many outcomes as there are."""
        return tuple(max(self._rows(key), key=len).values())

    def row_of_nothing(self, key: str) -> tuple[tuple[Outcome, ContextValue | None], ...]:
        assignment, case = next(iter(self.cases.items()))
        return ((case.outcome, assignment[self.names.index(key)]),)

    def examples(self, wanted: list[Assignment], deciding: list[str] | None = None) -> tuple[Example, ...]:
        """Whole assignments of the deciding keys: one for each outcome, then those of `wanted`."""
        shown: dict[Outcome, Assignment] = {}
        for assignment in (*wanted, *self.cases):
            shown.setdefault(self.cases[assignment].outcome, assignment)
        names = self.names if deciding is None else deciding
        at = [self.names.index(name) for name in names]
        found = dict.fromkeys((*shown.values(), *wanted))
        made = (Example(self.cases[a].outcome, tuple((self.names[i], a[i]) for i in at)) for a in found)
        return tuple(dict.fromkeys(made))

    def tests(self, key: str) -> tuple[tuple[StatementRef, str], ...]:
        """What comes out otherwise where a change of this key alone changes the outcome."""
        found: dict[tuple[StatementRef, str], None] = {}
        for row in self._rows(key):
            first, *others = row.values()
            for other in others:
                found.update(dict.fromkeys(self._between(key, self.cases[first], self.cases[other])))
        return tuple(found)

    def _between(self, key: str, one: _Case, other: _Case) -> Iterator[tuple[StatementRef, str]]:
        seen = False
        for at in one.held.keys() & other.held.keys():
            (applied, before), (applies, after) = one.held[at], other.held[at]
            if applied is applies:
                continue
            statement, ready = self._open[at]
            for element, a, b in zip(statement.elements, before, after, strict=True):
                if a != b and self._reads(key, statement, element, ready):
                    seen = True
                    yield statement.statement.ref, _said(key, statement, element)
        if seen:
            return
        for name in one.verdicts.keys() | other.verdicts.keys():  # a layer or an authorization that is asked or not
            verdicts = [case.verdicts[name] for case in (one, other) if name in case.verdicts]
            if len({v.outcome for v in verdicts}) > 1 or len(verdicts) == 1:
                yield from (
                    (ref, "has a say or not")
                    for v in verdicts
                    for ref in v.decided_by
                    if v.outcome is not Outcome.ALLOWED
                )

    def tests_read_by(self, key: str) -> tuple[tuple[StatementRef, str], ...]:
        found: Mapping[tuple[StatementRef, str], None] = dict.fromkeys(
            (s.statement.ref, _said(key, s, element))
            for s, ready in self._open.values()
            for element in s.elements
            if self._reads(key, s, element, ready)
        )
        return tuple(found)

    def _reads(self, key: str, statement: OpenStatement, element: Element, ready: Ready) -> bool:
        return key.lower() in self._choices.sources(reads(statement.statement, element, ready.request))


def _said(key: str, found: OpenStatement, element: Element) -> str:
    """`StringEquals red`, for a test on the key; what else reads it is named."""
    test = element.test
    if test is not None:
        assert test.test.operator is not None
        said = f"{test.test.operator.name} {' or '.join(v.text for v in test.test.values)}"
        return said if test.key_lower == key.lower() else f"{test.key}: {said}"
    source = found.statement.source
    if element.name == "Resource" and source.resources is not None:
        active = found.statement.variables_active
        texts = [
            i.text
            for i in source.resources.items
            if any(isinstance(t, Variable) for t in resource_tokens(i.text, active))
        ]
        return f"{source.resources.name} {' or '.join(texts)}"
    return element.name
