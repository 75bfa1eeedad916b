"""Requests of which some keys are not known: the decision if it is the same whatever they are, else `depends`.

For each unknown key a few values stand for all (`value_classes`). Every combination is judged in full, so layers, call
expansion and derived keys all take part. Where the values are known to stand for all, one outcome is *the* outcome;
where that is not certain, the answer is `depends` with a note, never a guess. Source: design.md section 4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from workbench.evaluation.compiled import CompiledStatement, resource_tokens
from workbench.evaluation.conditions import ConditionMatcher, resolve
from workbench.evaluation.context import Context
from workbench.evaluation.decision import Dependence, Outcome, StatementRef
from workbench.evaluation.glob import Glob
from workbench.evaluation.layers import layer_sets
from workbench.evaluation.prepared import Prepared
from workbench.evaluation.request import ContextValue, Scenario
from workbench.evaluation.value_classes import Values, values_to_try
from workbench.policy.tokens import Token, Variable, tokenize

MOST_COMBINATIONS = 3_000
MOST_FITS = 100
Assignment = tuple[ContextValue | None, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """What an unknown request can come out as. `scenario` is one that comes out as `outcome`; `depends_on` is empty
    if the outcome is certain."""

    outcome: Outcome
    scenario: Scenario
    depends_on: tuple[Dependence, ...]
    complete: bool


def explore(scenario: Scenario, prepare: Callable[[Scenario], Prepared]) -> Range:
    """Judge `scenario` for every value its unknown keys may have. `prepare` compiles a scenario without unknown
    keys. Raises ScenarioError as it does."""
    unknown = sorted(scenario.request.unknown, key=str.lower)
    first = assigned(scenario, unknown, (None,) * len(unknown))
    seen = _Seen(prepare, unknown)
    seen.look(first)
    seen.look(assigned(scenario, unknown, ("x",) * len(unknown)))
    names = [key for key in unknown if seen.matters(key)]
    absent = {key: None for key in unknown if key not in names}
    choices = [seen.values(key) for key in names]
    complete = all(c.complete for c in choices)
    if prod(len(c.values) for c in choices) > MOST_COMBINATIONS:
        choices, complete = _cut(choices), False
    base = assigned(scenario, list(absent), (None,) * len(absent))
    table: dict[Assignment, Outcome] = {}
    for values in product(*(c.values for c in choices)):
        table[values] = prepare(assigned(base, names, values)).outcome()
    outcomes = dict.fromkeys(table.values())
    if len(outcomes) == 1 and complete:
        [outcome] = outcomes
        return Range(outcome, first, (), complete=True)
    deciding = [i for i in range(len(names)) if _decides(i, table)] or list(range(len(names)))
    depends_on = tuple(Dependence(names[i], seen.tests_of(names[i]), _examples(i, table)) for i in deciding)
    return Range(Outcome.DEPENDS, first, depends_on, complete)


def assigned(scenario: Scenario, keys: list[str], values: Assignment) -> Scenario:
    """The scenario in which each of `keys` has its value, None: absent; they are not unknown any more."""
    request = scenario.request
    lower = {key.lower() for key in keys}
    context = {k: v for k, v in request.context.items() if k.lower() not in lower}
    context.update({k: v for k, v in zip(keys, values, strict=True) if v is not None})
    absent = request.absent | {k for k, v in zip(keys, values, strict=True) if v is None}
    unknown = frozenset(k for k in request.unknown if k.lower() not in lower)
    return replace(scenario, request=replace(request, context=context, absent=absent, unknown=unknown))


def _cut(choices: list[Values]) -> list[Values]:
    """Fewer values for each key, so that the combinations stay few."""
    most = max(2, int(MOST_COMBINATIONS ** (1 / len(choices))))
    return [Values(c.values[:most], False) for c in choices]


def _decides(index: int, table: Mapping[Assignment, Outcome]) -> bool:
    """Whether some change of this key alone changes the outcome."""
    groups: dict[Assignment, Outcome] = {}
    for values, outcome in table.items():
        others = (*values[:index], *values[index + 1 :])
        if groups.setdefault(others, outcome) is not outcome:
            return True
    return False


def _examples(index: int, table: Mapping[Assignment, Outcome]) -> tuple[tuple[Outcome, ContextValue | None], ...]:
    """For each outcome one value of the key with which it can come about."""
    found: dict[Outcome, ContextValue | None] = {}
    for values, outcome in table.items():
        found.setdefault(outcome, values[index])
    return tuple(found.items())


class _Seen:
    """The tests and variables that can take part, gathered from the statements about the call."""

    def __init__(self, prepare: Callable[[Scenario], Prepared], unknown: list[str]) -> None:
        self._prepare = prepare
        self._unknown = {key.lower(): key for key in unknown}
        self._tests: dict[str, dict[int, tuple[ConditionMatcher, StatementRef]]] = {k: {} for k in self._unknown}
        self._related: dict[str, dict[str, None]] = {k: {} for k in self._unknown}
        self._context = Context(())
        self._uncertain: set[str] = set()
        """Keys whose values to try may not stand for all: two unknown keys meet in one comparison."""

    def look(self, scenario: Scenario) -> None:
        prepared = self._prepare(scenario)
        for ready in prepared.parts:
            self._context = ready.request.context
            for _, statements in layer_sets(ready.layers):
                for statement in statements.about(ready.request.action):
                    self._statement(statement, ready.request.resource, ready.request.context)

    def _statement(self, statement: CompiledStatement, resource: str, context: Context) -> None:
        element = statement.source.resources
        for item in element.items if element is not None else ():
            self._variables(resource_tokens(item.text, statement.variables_active), resource, context)
        for test in statement.conditions:
            if test.key_lower in self._tests:
                self._tests[test.key_lower][id(test)] = (test, statement.ref)
            given = context.get(test.key, test.key_lower)
            texts = (given,) if isinstance(given, str) else given or ()
            for value in test.test.values if test.variables else ():
                tokens = tokenize(value.text, wildcards=True, variables=True).parts
                for text in texts:
                    self._variables(tokens, text, context)
                for token in tokens:
                    if isinstance(token, Variable) and token.key.lower() in self._related:
                        self._both(token.key.lower(), test.key_lower, context)

    def _both(self, variable: str, tested: str, context: Context) -> None:
        """A variable of an unknown key compared with another key: each may have the other's value."""
        if tested in self._related:
            self._related[variable].setdefault("the-same-value")
            self._related[tested].setdefault("the-same-value")
            self._uncertain |= {variable, tested}

    def _variables(self, tokens: tuple[Token, ...], text: str, context: Context) -> None:
        """Note the texts of the unknown variables with which `tokens` match `text`."""
        for i, token in enumerate(tokens):
            if not isinstance(token, Variable) or token.key.lower() not in self._related:
                continue
            related = self._related[token.key.lower()]
            before, after = resolve(tokens[:i], context), resolve(tokens[i + 1 :], context)
            if before is None or after is None:
                self._uncertain.add(token.key.lower())
                continue
            fits = _fits(Glob(before), Glob(after), text)
            related.update(dict.fromkeys(fits[:MOST_FITS]))
            if len(fits) > MOST_FITS:
                self._uncertain.add(token.key.lower())

    def matters(self, key: str) -> bool:
        """Whether anything that can take part in the decision looks at the key."""
        lower = key.lower()
        adds_tags = lower == "aws:tagkeys" or lower.startswith("aws:requesttag/")  # the call then needs another action
        return bool(self._tests[lower] or self._related[lower]) or lower in self._uncertain or adds_tags

    def values(self, key: str) -> Values:
        lower = key.lower()
        tests = [test for test, _ in self._tests[lower].values()]
        related = list(self._related[lower])
        found = values_to_try(key, tests, related, self._context)
        return Values(found.values, found.complete and lower not in self._uncertain)

    def tests_of(self, key: str) -> tuple[tuple[StatementRef, str], ...]:
        """(statement, `Operator value or value`) of each test on the key."""
        found: dict[tuple[StatementRef, str], None] = {}
        for test, ref in self._tests[key.lower()].values():
            operator = test.test.operator
            assert operator is not None
            found[ref, f"{operator.name} {' or '.join(v.text for v in test.test.values)}"] = None
        return tuple(found)


def _fits(before: Glob, after: Glob, text: str) -> list[str]:
    """The parts of `text` that can stand between two patterns, the shortest first."""
    starts = [i for i in range(len(text) + 1) if before.matches(text[:i])]
    ends = [i for i in range(len(text) + 1) if after.matches(text[i:])]
    spans = sorted((end - start, start) for start in starts for end in ends if end >= start)
    return list(dict.fromkeys(text[start : start + length] for length, start in spans))
