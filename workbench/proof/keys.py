"""One condition key: is there a value, or its absence, with which these tests hold and those do not?

Every test says what it is when the key is absent, and what it asks of each value (or of some value) when it is present.
Under `not` each of the three turns, so any list of tests with the outcome wanted of each is again such a list, and a
value is looked for by its family: texts and ARNs by machines, the others by the few values that stand for all.
Source: spec conditions.md sections 1, 2 and 5, as evaluation/conditions.py has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from workbench.evaluation.conditions import ConditionMatcher
from workbench.evaluation.context import MULTIVALUED_GLOBAL_KEYS, Context
from workbench.evaluation.request import ContextValue
from workbench.evaluation.value_classes import representatives
from workbench.policy.model import ConditionTest
from workbench.policy.operators import Family, Qualifier
from workbench.policy.tokens import Token, tokenize
from workbench.proof.budget import GaveUp
from workbench.proof.languages import Machine, find_in_all, is_private
from workbench.proof.patterns import Variables, any_case_machine, arn_machine, text_machine

if TYPE_CHECKING:
    from workbench.catalog.catalog import Catalog

TEXTS = (Family.STRING, Family.ARN)


@dataclass(frozen=True, eq=False)
class KeyTest:
    """A test on a key, ready for the search. `same` is equal for tests that say the same."""

    matcher: ConditionMatcher
    same: tuple[object, ...]
    machines: tuple[Machine, ...]
    told_by: str = ""
    """The key whose value is tested in place of the condition's, where that one tells it."""

    @property
    def key(self) -> str:
        return self.told_by or self.matcher.key


def key_test(matcher: ConditionMatcher, variables_active: bool, variables: Variables) -> KeyTest:
    """The test of a compiled condition; `variables_active` as in its document."""
    operator = matcher.test.operator
    assert operator is not None
    same = condition_said(matcher.test, variables_active)
    texts = sorted({v.text for v in matcher.test.values})
    machines: tuple[Machine, ...] = ()
    if operator.base.family in TEXTS:
        active = variables_active and operator.base.variables
        tokens = (tokenize(t, wildcards=operator.base.test == "like", variables=active).parts for t in texts)
        any_case = operator.base.test == "equals-ignoring-case"
        machines = tuple(
            _machine(operator.base.family, operator.base.test, variables.hide(t, any_case)) for t in tokens
        )
    return KeyTest(matcher, same, machines)


def condition_said(test: ConditionTest, variables_active: bool) -> tuple[object, ...]:
    """What a condition with an operator says: equal for those that say the same."""
    assert test.operator is not None
    texts = tuple(sorted({v.text for v in test.values}))
    return test.operator.name, test.key.lower(), texts, variables_active and any("${" in text for text in texts)


def _machine(family: Family, test: str, tokens: tuple[Token, ...]) -> Machine:
    if family is Family.ARN:
        return arn_machine(tokens)
    if test == "equals-ignoring-case":
        return any_case_machine("".join(t for t in tokens if isinstance(t, str)))
    return text_machine(tokens)


class Domain(NamedTuple):
    """What a request can carry under a key. `values`: all there are (None: not a short list); `shapes`: a value must
    fit one of them (none: any text) and none of `excluded`; `typed`: a text that
    is readable as what the key holds, where all are; `among`:
    what a list holds in any case, besides other values."""

    multivalued: bool = False
    absent: bool = True
    present: bool = True
    values: tuple[str, ...] | None = None
    shapes: tuple[Machine, ...] = ()
    excluded: tuple[Machine, ...] = ()
    typed: str = ""
    among: tuple[str, ...] = ()

    def can_be(self, text: str) -> bool:
        """Whether the text can be a value there."""
        listed = self.values is None or text in self.values
        shaped = not self.shapes or any(machine.matches(text) for machine in self.shapes)
        return self.present and listed and shaped and not any(machine.matches(text) for machine in self.excluded)


class Wanted(NamedTuple):
    """A test and whether it is to hold."""

    test: KeyTest
    holds: bool


class Asked(NamedTuple):
    """What a wanted outcome asks of the values of a key that is there: of each, or of some."""

    every: bool
    test: KeyTest
    accepts: bool
    """Whether the value is to pass the operator's (negated) pairwise test."""

    def within(self) -> bool:
        """For texts: whether the value is to be among those that the machines take."""
        operator = self.test.matcher.test.operator
        assert operator is not None
        return self.accepts is not operator.base.negated


class NoValue(Exception):
    """No value and no absence does."""


def find_value(wanted: Sequence[Wanted], domain: Domain) -> ContextValue | None:
    """A value of one key (None: absent) with which every test comes out as wanted; absence first, since the smallest
    request is wanted. Raises NoValue if there is none, GaveUp if that is not decided."""
    if domain.absent and all(when_absent(w.test) is w.holds for w in wanted):
        return None
    if not domain.present:
        raise NoValue
    try:
        return _present(wanted, domain)
    except NoValue:
        nothing: ContextValue = ("",) if domain.multivalued else ""
        if domain.values is None and not domain.shapes and not domain.typed and _all_hold(wanted, nothing):
            return nothing
        raise


def _all_hold(wanted: Sequence[Wanted], value: ContextValue) -> bool:
    """Whether every test comes out as wanted for this very value; not decided for tests with variables."""
    return all(
        not w.test.matcher.variables and w.test.matcher.holds(Context(((w.test.key, value),))) is w.holds
        for w in wanted
    )


def is_so(test: KeyTest, holds: bool, value: ContextValue | None) -> bool:
    """Whether the test is known to come out so for this very value (None: absent)."""
    if value is None:
        return when_absent(test) is holds
    texts = (value,) if isinstance(value, str) else value
    return (
        not test.told_by
        and not any(is_private(c) for text in texts for c in text)
        and _all_hold([Wanted(test, holds)], value)
    )


def _present(wanted: Sequence[Wanted], domain: Domain) -> ContextValue:
    """A value with which every test comes out as wanted. Raises NoValue, GaveUp."""
    asked: list[Asked] = []
    for test, holds in wanted:
        found = when_present(test)
        if isinstance(found, bool):
            if found is not holds:
                raise NoValue
            continue
        every = found.every
        asked.append(found if holds else Asked(not every, test, not found.accepts))
    everyone = [a for a in asked if a.every or not domain.multivalued]
    someone = [a for a in asked if not a.every and domain.multivalued]
    given = [_one(everyone, domain._replace(values=(text,))) for text in domain.among]
    if not someone:
        if given:
            return tuple(given)
        value = _one(everyone, domain)
        return (value,) if domain.multivalued else value
    others = [_one_of(given, [*everyone, some], domain) for some in someone]
    return tuple(dict.fromkeys((*given, *others)))


def _one_of(given: Sequence[str], asked: Sequence[Asked], domain: Domain) -> str:
    """A value that passes everything asked, of the given ones if one does. Raises NoValue, GaveUp."""
    for text in given:
        with suppress(NoValue):
            return _one(asked, domain._replace(values=(text,)))
    return _one(asked, domain)


def when_absent(test: KeyTest) -> bool:
    operator = test.matcher.test.operator
    assert operator is not None
    if operator.base.family is Family.EXISTENCE:
        return test.matcher.holds(Context(()))
    qualifier = operator.qualifier
    return operator.if_exists or qualifier is Qualifier.FOR_ALL or (operator.base.negated and not qualifier)


def when_present(test: KeyTest) -> bool | Asked:
    operator = test.matcher.test.operator
    assert operator is not None
    if operator.base.family is Family.EXISTENCE or not test.matcher.test.values:
        return test.matcher.holds(Context(((test.key, ("x",)),)))
    negated, qualifier = operator.base.negated, operator.qualifier
    every = qualifier is Qualifier.FOR_ALL or (negated and not qualifier)
    return Asked(every, test, accepts=True)


def _one(asked: Sequence[Asked], domain: Domain) -> str:
    """One value that passes everything asked. Raises NoValue, GaveUp."""
    texts = [a for a in asked if _family(a) in TEXTS]
    others = [a for a in asked if _family(a) not in TEXTS]
    if domain.values is not None:
        return _first(domain.values, texts, others)
    if not others:
        return _text(texts, domain) if texts or not domain.typed else domain.typed
    families = {_family(a) for a in others}
    found: list[str] = []
    for family in families:
        tests = [a.test.matcher for a in others if _family(a) is family]
        found += representatives(family, tests, Context(()))[0]
    if domain.typed:
        found = [t for t in found if not t.startswith("no ")]
    if domain.shapes:
        found = [t for t in found if any(m.matches(t) for m in domain.shapes)] or found
    try:
        return _first(_plausible(families, found), texts, others)
    except NoValue:
        if len(families) == 1 and not texts:
            raise
    raise GaveUp(f"operators of several types compare {asked[0].test.key}")


def _plausible(families: set[Family], found: list[str]) -> list[str]:
    """Without the values that only stand for "unreadable", unless nothing else is left to try: they come last."""
    return sorted(found, key=lambda text: text.startswith("no "))


def _family(asked: Asked) -> Family:
    operator = asked.test.matcher.test.operator
    assert operator is not None
    return operator.base.family


def _first(values: Sequence[str], texts: Sequence[Asked], others: Sequence[Asked]) -> str:
    for value in values:
        if all(a.test.matcher.accepts(value) is a.accepts for a in others) and all(_may_be(value, a) for a in texts):
            return value
    raise NoValue


def _may_be(value: str, asked: Asked) -> bool:
    """Whether a text can be among those asked for; one that only a variable could take or exclude can."""
    if asked.within():
        return any(m.widened.matches(value) for m in asked.test.machines)
    return not any(m.matches(value) for m in asked.test.machines)


def _text(asked: Sequence[Asked], domain: Domain) -> str:
    """A text that fits one of the shapes and is in all sets asked for and in none of the others."""
    excluded = [*domain.excluded, *(m for a in asked if not a.within() for m in a.test.machines)]
    required = {a.test.same: a.test.machines for a in asked if a.within()}
    text = find_in_all(required.values(), domain.shapes, excluded)
    if text is not None:
        return text
    if not domain.shapes and all(any(m.matches("") for m in a.test.machines) is a.within() for a in asked):
        return ""
    raise NoValue


def is_multivalued(key: str, catalog: Catalog) -> bool:
    """Whether a request can carry several values under the key."""
    lower = key.lower()
    if lower.startswith("aws:"):
        return lower in MULTIVALUED_GLOBAL_KEYS
    known = catalog.key(key)
    return known is not None and known.multivalued
