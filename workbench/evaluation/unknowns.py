"""Requests of which some keys are not known: the decision if it is the same whatever they are, else `depends`.

For each unknown key a few values stand for all (`value_classes`). Every combination is judged in full, so layers, call
expansion and derived keys all take part. Where the values are known to stand for all, one outcome is *the* outcome;
where that is not certain, the answer is `depends` with a note, never a guess. Source: design.md section 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from workbench.evaluation.callers import values_that_exempt, values_that_name
from workbench.evaluation.compiled import CompiledStatement, resource_tokens
from workbench.evaluation.conditions import ConditionMatcher, resolve
from workbench.evaluation.context import Context
from workbench.evaluation.decision import Dependence, Outcome, StatementRef
from workbench.evaluation.derive import followers, is_altered
from workbench.evaluation.glob import Glob
from workbench.evaluation.layers import layer_sets
from workbench.evaluation.prepared import Prepared
from workbench.evaluation.request import ContextValue, Scenario
from workbench.evaluation.value_classes import Values, values_to_try
from workbench.policy.tokens import Token, Variable, tokenize

MOST_COMBINATIONS = 3_000
MOST_FITS = 100
_ABOUT_THE_WAY = frozenset({"aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"})
"""Lower-cased keys whose presence says whether a request comes through a VPC endpoint."""
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
    seen = _Seen(prepare, scenario, unknown)
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

    def __init__(self, prepare: Callable[[Scenario], Prepared], scenario: Scenario, unknown: list[str]) -> None:
        self._prepare = prepare
        request = scenario.request
        given = {key.lower() for key in (*request.context, *request.absent, *request.unknown)}
        self._followers = {k: [f for f in followers(k) if f not in given] for k in (u.lower() for u in unknown)}
        """Of each unknown key the keys that follow from it, as far as the request leaves them open."""
        keys = {*self._followers, *(f for found in self._followers.values() for f in found)}
        self._tests: dict[str, dict[int, tuple[ConditionMatcher, StatementRef]]] = {k: {} for k in keys}
        self._related: dict[str, dict[str, None]] = {k: {} for k in keys}
        self._context = Context(())
        self._uncertain: set[str] = set()
        """Keys whose values to try may not stand for all: two unknown keys meet in one comparison."""
        self._presence = _ABOUT_THE_WAY if scenario.policies.vpc_endpoint is not None else frozenset[str]()
        """Keys whose presence says whether a layer is consulted."""

    def look(self, scenario: Scenario) -> None:
        prepared = self._prepare(scenario)
        for ready in prepared.parts:
            self._context = ready.request.context
            for _, statements in layer_sets(ready.layers):
                for statement in statements.about(ready.request.action):
                    self._statement(statement, ready.request.resource, ready.request.context)
                    for key, text in values_that_name(statement.principal, ready.request.caller):
                        self._names_caller(key, text)
            for key, text in values_that_exempt(ready.request.caller):
                self._names_caller(key, text)

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

    def _names_caller(self, key: str, text: str) -> None:
        """A value of an unknown key by which a principal entry or an exemption is about the caller, or is not."""
        if key in self._related:
            self._related[key][text] = None
            self._uncertain.add(key)

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
            others = (t for j, t in enumerate(tokens) if j != i and isinstance(t, Variable))
            if any(t.key.lower() in self._related for t in others):
                self._uncertain.add(token.key.lower())
            before, after = resolve(tokens[:i], context), resolve(tokens[i + 1 :], context)
            if before is None or after is None:
                self._uncertain.add(token.key.lower())
                continue
            fits = _fits(Glob(before), Glob(after), text)
            related.update(dict.fromkeys(fits[:MOST_FITS]))
            if len(fits) > MOST_FITS:
                self._uncertain.add(token.key.lower())

    def _looked_at(self, lower: str) -> list[str]:
        """The key itself and those that follow from it, as far as anything that can take part looks at them."""
        keys = (lower, *self._followers[lower])
        return [k for k in keys if self._tests[k] or self._related[k] or k in self._uncertain]

    def matters(self, key: str) -> bool:
        """Whether anything that can take part in the decision looks at the key."""
        lower = key.lower()
        adds_tags = lower == "aws:tagkeys" or lower.startswith("aws:requesttag/")  # the call then needs another action
        return bool(self._looked_at(lower)) or adds_tags or lower in self._presence

    def values(self, key: str) -> Values:
        lower = key.lower()
        looked_at = self._looked_at(lower)
        tests = [test for k in looked_at for test, _ in self._tests[k].values()]
        related = dict.fromkeys(text for k in looked_at for text in self._related[k])
        if len(looked_at) > (lower in looked_at):  # what follows may be said by these
            related |= dict.fromkeys(("true", *(f"arn:aws:any::{text}:any" for text in _texts(tests, lower))))
        found = values_to_try(key, tests, related, self._context)
        certain = not any(k in self._uncertain or (k != lower and is_altered(k)) for k in looked_at)
        return Values(found.values, found.complete and certain)

    def tests_of(self, key: str) -> tuple[tuple[StatementRef, str], ...]:
        """(statement, `Operator value or value`) of each test on the key."""
        found: dict[tuple[StatementRef, str], None] = {}
        lower = key.lower()
        for test, ref in (pair for k in (lower, *self._followers[lower]) for pair in self._tests[k].values()):
            operator = test.test.operator
            assert operator is not None
            found[ref, f"{operator.name} {' or '.join(v.text for v in test.test.values)}"] = None
        return tuple(found)


def _texts(tests: Iterable[ConditionMatcher], lower: str) -> list[str]:
    """The accounts that what follows from an ARN may be compared with."""
    return [v.text for test in tests for v in test.test.values] if lower == "aws:sourcearn" else []


def _fits(before: Glob, after: Glob, text: str) -> list[str]:
    """The parts of `text` that can stand between two patterns, the shortest first."""
    starts = [i for i in range(len(text) + 1) if before.matches(text[:i])]
    ends = [i for i in range(len(text) + 1) if after.matches(text[i:])]
    spans = sorted((end - start, start) for start in starts for end in ends if end >= start)
    return list(dict.fromkeys(text[start : start + length] for length, start in spans))
