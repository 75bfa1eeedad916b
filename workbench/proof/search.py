"""Is there a request for which a tree of tests holds? Found by choosing among alternatives, never by sampling.

Resource and context keys do not look at each other, so a conjunction can be satisfied exactly if each of them can by
itself; that is decided by `languages` and `keys`. The search adds tests one by one, gives up a choice as soon as one
key or the resource has no value left, and of the open alternatives takes the fewest first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple, Protocol, TypeAlias, TypeVar

from workbench.evaluation.request import ContextValue
from workbench.policy.tokens import Variable
from workbench.proof.budget import Budget, GaveUp
from workbench.proof.formulas import All, Formula, Leaf, ResourceTest, Some
from workbench.proof.keys import Domain, KeyTest, NoValue, Wanted, find_value, is_so
from workbench.proof.languages import Machine, find_in_all, is_private

RESOURCE = ""
"""The name of the resource among the names of the keys."""
FEW = 8
"""Of so many tests on a key each is tried by itself."""
MANY = 64
"""Of so many open alternatives it is worth to see whether the values found so far will do for all."""


_AnyTest = TypeVar("_AnyTest", ResourceTest, KeyTest)


class Space(Protocol):
    """Which requests there are."""

    def resources(self) -> Sequence[Machine]:
        """The shapes that a resource can have; none: any text."""

    def domain(self, key: str) -> Domain:
        """What a request can carry under a key."""


@dataclass(frozen=True)
class Model:
    """A request that was found: its resource, and the values of the keys that some test looks at (None: absent)."""

    resource: str
    context: Mapping[str, ContextValue | None]


class _Nothing(NamedTuple):
    """There is no value."""


class _Unclear(NamedTuple):
    reason: str


_Found: TypeAlias = str | tuple[str, ...] | _Nothing | _Unclear | None
_Facts: TypeAlias = Mapping[str, tuple[Leaf, ...]]
Known: TypeAlias = dict[tuple[str, frozenset[tuple[object, bool]]], _Found]
"""What was found out: name of a key and the tests wanted of it → the value, or why there is none."""


@dataclass
class Search:
    """One search in one space. `unclear` tells, after it found nothing, why that proves nothing (empty: it does);
    `known`: what was found out about keys and resources of the space, kept by whoever searches it several times."""

    space: Space
    budget: Budget
    variables: Mapping[str, Variable] = field(default_factory=dict)
    unclear: str = ""
    known: Known = field(default_factory=dict)

    def models(self, formula: Formula) -> Iterator[Model]:
        """Requests for which `formula` holds, each from another choice of alternatives. Raises GaveUp."""
        choices: list[tuple[list[Formula], _Facts]] = [([formula], {})]
        while choices:
            reduced = self._reduced(*choices.pop())
            if reduced is None:
                continue
            clauses, facts = reduced
            if not clauses or (len(clauses) > MANY and all(self._holds_already(c, facts) for c in clauses)):
                model = self._model(facts)
                if model is not None:
                    yield model
            if clauses:
                choices += self._choices(clauses, facts)

    @staticmethod
    def _choices(clauses: list[Some], facts: _Facts) -> list[tuple[list[Formula], _Facts]]:
        """What is to be solved for each alternative of the clause that has the fewest, the first one last."""
        clause = min(clauses, key=lambda c: len(c.parts))
        rest: list[Formula] = [c for c in clauses if c is not clause]
        found: list[tuple[list[Formula], _Facts]] = []
        for alternative in clause.parts:
            found.append(([*rest, alternative], facts))
            if isinstance(alternative, Leaf):  # the next choices need not look there again
                rest = [*rest, Leaf(alternative.test, not alternative.holds)]
        return found[::-1]

    def _reduced(self, pending: list[Formula], facts: _Facts) -> tuple[list[Some], _Facts] | None:
        """Everything that follows without choosing: open clauses and facts; None for a contradiction."""
        clauses: list[Some] = []
        todo = list(pending)
        while True:
            leaves: list[Leaf] = []
            while todo:
                part = todo.pop()
                match part:
                    case Leaf():
                        leaves.append(part)
                    case All(parts):
                        todo += parts
                    case Some():
                        clauses.append(part)
            added = self._with_all(facts, leaves)
            if added is None:
                return None
            facts = added
            open_clauses: list[Some] = []
            for clause in clauses:
                left = self._alternatives(clause, facts)
                if left is None:
                    continue
                if not left:
                    return None
                if len(left) == 1:
                    todo.append(left[0])
                else:
                    open_clauses.append(Some(tuple(left)))
            clauses = open_clauses
            if not todo:
                return clauses, facts

    def _alternatives(self, clause: Some, facts: _Facts) -> list[Formula] | None:
        """The alternatives that are still possible; None if one holds already."""
        left: list[Formula] = []
        for alternative in clause.parts:
            match alternative:
                case Leaf(test, holds):
                    known = _known_outcome(facts, test)
                    if known is holds:
                        return None
                    if known is None and self._fits(facts, alternative):
                        left.append(alternative)
                case All(parts):
                    if all(not isinstance(p, Leaf) or self._fits(facts, p) for p in parts):
                        left.append(alternative)
                case Some():
                    left.append(alternative)
        return left

    def _fits(self, facts: _Facts, leaf: Leaf) -> bool:
        """Whether facts and one more do not contradict each other."""
        if self._is_true_of(facts, leaf):
            self.budget.spend(1)
            return True
        return self._with(facts, leaf) is not None

    def _holds_already(self, clause: Some, facts: _Facts) -> bool:
        """Whether an alternative holds of the values that were found for the facts."""
        return any(isinstance(p, Leaf) and self._is_true_of(facts, p) for p in clause.parts)

    def _is_true_of(self, facts: _Facts, leaf: Leaf) -> bool:
        """Whether the value that was found for the facts is known to be one of those that the leaf asks for, too."""
        name = _name(leaf)
        leaves = facts.get(name)
        if leaves is None:
            return False
        value = self._value(name, leaves)
        if isinstance(value, _Nothing | _Unclear):
            return False
        test = leaf.test
        if isinstance(test, KeyTest):
            return is_so(test, leaf.holds, value)
        if not isinstance(value, str) or any(map(is_private, value)) or any(m.variables for m in test.machines):
            return False
        return (any(m.matches(value) for m in test.machines) is not test.negated) is leaf.holds

    def _with(self, facts: _Facts, leaf: Leaf) -> _Facts | None:
        """`facts` and one more; None if they contradict each other."""
        return self._with_all(facts, [leaf])

    def _with_all(self, facts: _Facts, leaves: Sequence[Leaf]) -> _Facts | None:
        """`facts` and more of them; None if they contradict each other. Of a key that many are about, a value is looked
        for now and then: a contradiction among the first ones is found early, and a long list does not cost its
        square."""
        together: dict[str, list[Leaf]] = {}
        for leaf in leaves:
            together.setdefault(_name(leaf), []).append(leaf)
        for name, more in together.items():
            mine = list(facts.get(name, ()))
            known = {leaf.test.same: leaf.holds for leaf in mine}
            looked = len(mine)
            for leaf in more:
                self.budget.spend(1 + len(facts) // 8)
                before = known.setdefault(leaf.test.same, leaf.holds)
                if before is not leaf.holds:
                    return None
                if len(known) == len(mine):
                    continue
                mine.append(leaf)
                if len(mine) <= FEW or len(mine) >= 2 * looked:
                    looked = len(mine)
                    if isinstance(self._value(name, tuple(mine)), _Nothing):
                        return None
            if len(mine) > looked and isinstance(self._value(name, tuple(mine)), _Nothing):
                return None
            if len(mine) > len(facts.get(name, ())):
                facts = {**facts, name: tuple(mine)}
        return facts

    def _value(self, name: str, leaves: tuple[Leaf, ...]) -> _Found:
        identity = (name, frozenset((leaf.test.same, leaf.holds) for leaf in leaves))
        found = self.known.get(identity)
        if found is None and identity not in self.known:
            found = self.known[identity] = self._look(name, leaves)
        return found

    def _look(self, name: str, leaves: tuple[Leaf, ...]) -> _Found:
        self.budget.spend(10)
        try:
            if name == RESOURCE:
                tests = [
                    (self._living(leaf.test), leaf.holds) for leaf in leaves if isinstance(leaf.test, ResourceTest)
                ]
                return _resource(tests, self.space.resources())
            wanted = [Wanted(self._living(leaf.test), leaf.holds) for leaf in leaves if isinstance(leaf.test, KeyTest)]
            return find_value(wanted, self.space.domain(name))
        except NoValue:
            return _Nothing()
        except GaveUp as error:
            return _Unclear(str(error))

    def _living(self, test: _AnyTest) -> _AnyTest:
        """The test without the patterns that match nothing, since a variable in them can have no value here."""
        if not any(machine.variables & self._dead for machine in test.machines):
            return test
        return replace(test, machines=tuple(m for m in test.machines if not m.variables & self._dead))

    @cached_property
    def _dead(self) -> frozenset[str]:
        """The characters of the variables whose key no request has, or has as a list (conditions.md section 6)."""
        found = []
        for character, variable in self.variables.items():
            domain = self.space.domain(variable.key.lower())
            if variable.default is None and (domain.multivalued or not domain.present):
                found.append(character)
        return frozenset(found)

    def _model(self, facts: _Facts) -> Model | None:
        context: dict[str, ContextValue | None] = {}
        resource = self._value(RESOURCE, facts.get(RESOURCE, ()))
        for name, leaves in facts.items():
            if name == RESOURCE:
                continue
            value = self._value(name, leaves)
            if isinstance(value, _Unclear):
                self.unclear = self.unclear or value.reason
                return None
            assert not isinstance(value, _Nothing)
            test = leaves[0].test
            assert isinstance(test, KeyTest)
            context[test.key] = value
        if isinstance(resource, _Unclear):
            self.unclear = self.unclear or resource.reason
            return None
        if isinstance(resource, _Nothing):
            return None
        assert isinstance(resource, str)
        return Model(resource, self._with_variables(resource, context, facts))

    def _with_variables(
        self, resource: str, context: dict[str, ContextValue | None], facts: _Facts
    ) -> dict[str, ContextValue | None]:
        """The context in which every variable that the found texts hold has a value, if it can have one: absence was
        tried first, and with it those texts could not be."""
        texts = "".join((resource, *(t for v in context.values() if v for t in ((v,) if isinstance(v, str) else v))))
        spelled = {key.lower(): key for key in context}
        for character in dict.fromkeys(filter(is_private, texts)):
            variable = self.variables.get(character)
            if variable is None or variable.default is not None:
                continue
            name = variable.key.lower()
            if name in spelled and context[spelled[name]] is None:
                wanted = [Wanted(leaf.test, leaf.holds) for leaf in facts[name] if isinstance(leaf.test, KeyTest)]
                domain = self.space.domain(name)._replace(absent=False)
                with suppress(NoValue, GaveUp):
                    context[spelled[name]] = find_value(wanted, domain)
        return context


def _name(leaf: Leaf) -> str:
    return RESOURCE if isinstance(leaf.test, ResourceTest) else leaf.test.key.lower()


def _known_outcome(facts: _Facts, test: object) -> bool | None:
    """What the facts already say of a test that says the same."""
    assert isinstance(test, ResourceTest | KeyTest)
    name = RESOURCE if isinstance(test, ResourceTest) else test.key.lower()
    for leaf in facts.get(name, ()):
        if leaf.test.same == test.same:
            return leaf.holds
    return None


def _resource(tests: Sequence[tuple[ResourceTest, bool]], shapes: Sequence[Machine]) -> str:
    """A resource with which every test comes out as wanted. Raises NoValue, GaveUp."""
    required: list[Sequence[Machine]] = []
    excluded: list[Machine] = []
    for test, holds in tests:
        if holds is not test.negated:
            required.append(test.machines)
        else:
            excluded += test.machines
    text = find_in_all(required, shapes, excluded)
    if text is None:
        raise NoValue
    return text
