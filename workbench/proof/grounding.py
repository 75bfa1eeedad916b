"""Variables given values: a tree of tests without variables, and the requests that carry those values.

The search takes a variable for a text nobody knows. Where a request was found in which it would have to be a certain
text, or fit another variable, it is asked again with a text for each: without variables the algebra decides exactly.
What comes out is a candidate like the others; no answer "there is none" follows from it.
Source: spec conditions.md section 6 (variables).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import product

from workbench.policy.tokens import Variable
from workbench.proof.askers import Asker
from workbench.proof.encoding import texts_of
from workbench.proof.formulas import All, Formula, Leaf, ResourceTest, Some, Test
from workbench.proof.keys import Domain
from workbench.proof.languages import Machine, Step, is_private, literal
from workbench.proof.patterns import any_case_machine
from workbench.proof.search import Model
from workbench.proof.witness import value_of

_SAME = "any-value"
_OPEN = Domain()
_FILLING = frozenset("x")


def groundings(
    formula: Formula,
    model: Model,
    variables: Mapping[str, Variable],
    asker: Asker,
) -> Iterator[Mapping[str, str]]:
    """Texts for all variables of the tree that can have one, by lower-cased key, the likeliest first. They are read
    off the request that was found where it shows them, else they all differ, or are all the same."""
    tests = list(dict.fromkeys(_tests(formula)))
    keys = {c: variables[c].key.lower() for test in tests for m in test.machines for c in sorted(m.variables)}
    if not keys:
        return
    shown = {k.lower(): v for k, v in model.context.items() if isinstance(v, str) and not any(map(is_private, v))}
    known = {key: shown[key] for key in keys.values() if key in shown}
    free = [key for key in dict.fromkeys(keys.values()) if key not in known and key not in asker.domains]
    absent = {k.lower() for k, v in model.context.items() if v is None}
    by_caller: dict[str, str] = {}
    for character, key in keys.items():
        if key in asker.domains and asker.domains[key].present:
            value = value_of(variables[character], known, absent - {key}, asker)
            by_caller.update({} if value is None else {key: value})
    different = {**by_caller, **{key: f"value-{at}" for at, key in enumerate(free, start=1)}}
    short, long = (_read_off(tests, model, keys, asker, longest=longest) for longest in (False, True))
    common = next((text for key, text in short.items() if key in free), _SAME)
    tried: list[dict[str, str]] = []
    for texts in (
        {**different, **short},
        {**different, **long},
        different,
        {**by_caller, **dict.fromkeys(free, _SAME)},
        {**by_caller, **dict.fromkeys(free, common)},
    ):
        chosen = {**texts, **known}
        if chosen not in tried:
            tried.append(chosen)
            yield chosen


def _read_off(
    tests: Iterable[Test], model: Model, keys: Mapping[str, str], asker: Asker, *, longest: bool
) -> Mapping[str, str]:
    """What the variables would have to be for the patterns to take the texts of a request, by key."""
    found: dict[str, str] = {}
    for test in tests:
        texts = (model.resource,) if isinstance(test, ResourceTest) else _texts(model, test.key.lower())
        for machine, text in product(test.machines, texts):
            for character, value in captured(machine, text, longest=longest).items() if machine.variables else ():
                key = keys[character]
                domain = asker.domains.get(key, _OPEN)
                told = set(value) - _FILLING  # else any name of the search's own making would do, and a better one does
                if told and not any(map(is_private, value)) and domain.can_be(value):
                    found.setdefault(key, value)
    return found


def captured(machine: Machine, text: str, *, longest: bool = False) -> Mapping[str, str]:
    """What the variables of a machine would have to be, each the shortest or, `longest`, the longest, for it to take
    the text; empty if it takes it for none. The work is the steps times the length of the text."""
    steps = machine.steps
    # ways[i]: the places in the text from which the steps from i on take the rest
    ways: list[set[int]] = [set() for _ in range(len(steps) + 1)]
    ways[len(steps)] = {len(text)}
    for i in range(len(steps) - 1, -1, -1):
        step, after = steps[i], ways[i + 1]
        if step.single and step.single in machine.variables:
            last = max(after, default=-1)
            ways[i] = set(range(last + 1))
        elif step.repeated:
            for at in range(len(text), -1, -1):
                if at in after or (at + 1 in ways[i] and step.characters.has(text[at])):
                    ways[i].add(at)
        else:
            ways[i] = {at for at in range(len(text)) if at + 1 in after and step.characters.has(text[at])}
    if 0 not in ways[0]:
        return {}
    found: dict[str, str] = {}
    at = 0
    for i, step in enumerate(steps):
        end = at
        if step.single and step.single in machine.variables:
            places = [place for place in ways[i + 1] if place > at]  # an empty value is seldom meant
            end = (max if longest else min)(places) if places else at
            found.setdefault(step.single, text[at:end])
        elif step.repeated:
            while end not in ways[i + 1]:
                end += 1
        else:
            end += 1
        at = end
    return found


def grounded(
    formula: Formula, values: Mapping[str, str], variables: Mapping[str, Variable], in_any_case: frozenset[str]
) -> Formula:
    """The tree with these texts, by lower-cased key, for its variables; those of other keys stay."""
    texts = {c: values[v.key.lower()] for c, v in variables.items() if v.key.lower() in values}
    chosen = frozenset(texts.items())
    known: dict[tuple[object, ...], Test] = {}

    def of(part: Formula) -> Formula:
        match part:
            case All(parts):
                return All(tuple(map(of, parts)))
            case Some(parts):
                return Some(tuple(map(of, parts)))
            case Leaf(test, holds):
                if not any(machine.variables & texts.keys() for machine in test.machines):
                    return part
                if test.same not in known:
                    machines = tuple(_with_texts(m, chosen, in_any_case) for m in test.machines)
                    known[test.same] = replace(test, machines=machines, same=(*test.same, chosen))
                return Leaf(known[test.same], holds)

    return of(formula)


@lru_cache(maxsize=4096)
def _with_texts(machine: Machine, texts: frozenset[tuple[str, str]], in_any_case: frozenset[str]) -> Machine:
    values = dict(texts)
    if not machine.variables & values.keys():
        return machine
    steps: list[Step] = []
    for step in machine.steps:
        value = values.get(step.single) if step.single else None
        if value is None:
            steps.append(step)
        else:
            steps += any_case_machine(value).steps if step.single in in_any_case else literal(value)
    return Machine(steps)


def _tests(formula: Formula) -> Iterable[Test]:
    todo = [formula]
    while todo:
        part = todo.pop()
        if isinstance(part, Leaf):
            yield part.test
        else:
            todo += part.parts


def _texts(model: Model, key: str) -> tuple[str, ...]:
    return next((texts_of(v) for k, v in model.context.items() if v is not None and k.lower() == key), ())
