"""Whether the requests of one statement are all among those of others: decided by the algebra of `proof`, or not.

Actions are compared as patterns; resources and conditions by the search for a request that the one matches and the
others do not. That search may take any resource and any value of any key, so what it does not find there is none of.
Cheap tests stand in front, and work is counted: a policy with too many statements to compare raises GaveUpError.
Source: spec findings.md section 3.2, grammar.md sections 5 to 7, conditions.md section 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from workbench.catalog.arnformat import Run, Token, overlap
from workbench.document.span import Position
from workbench.evaluation.compiled import CompiledStatement, StatementSet
from workbench.evaluation.decision import StatementRef
from workbench.findings.condition_tests import key_of
from workbench.findings.coverage import Work, action_covers, resource_covers
from workbench.findings.names import has_wildcard
from workbench.policy.model import ListElement, Policy, PrincipalElement, Statement
from workbench.policy.names import is_everything
from workbench.proof.budget import Budget, GaveUp
from workbench.proof.formulas import Body, Formula, Leaf, all_of, negated
from workbench.proof.keys import Domain, KeyTest, is_multivalued
from workbench.proof.languages import Machine
from workbench.proof.patterns import Variables
from workbench.proof.search import Search

if TYPE_CHECKING:
    from workbench.catalog.catalog import Catalog

_MOST_COMPARISONS = 100_000
_MOST_STEPS = 20_000
_NOWHERE = Position(1, 0, 0)
_SAMPLE = "zqx"
"""Stands for a `*` in a sample; all that counts is that no pattern is written with it."""


@dataclass(frozen=True)
class _AnyRequest:
    """Every request there could be, whoever asks for whatever."""

    catalog: Catalog

    def resources(self) -> Sequence[Machine]:
        return ()

    def domain(self, key: str) -> Domain:
        return Domain(multivalued=is_multivalued(key, self.catalog))


class Meaning:
    """A statement as the proof reads it. Two of one policy share its variables."""

    def __init__(self, statement: Statement, policy: Policy, variables: Variables) -> None:
        self.statement = statement
        self._policy = policy
        self._variables = variables

    @cached_property
    def compiled(self) -> CompiledStatement:
        ref = StatementRef("", "", self.statement.index, "", "", _NOWHERE, _NOWHERE)
        return CompiledStatement(self.statement, self._policy, ref)

    @cached_property
    def body(self) -> Body:
        return Body(self.compiled, self._variables)

    @property
    def actions(self) -> ListElement:
        assert self.statement.actions is not None
        return self.statement.actions

    @cached_property
    def everything(self) -> bool:
        """Whether an entry of its Action or NotAction is every action."""
        return any(is_everything(item.text) for item in self.actions.items)

    @property
    def is_pattern(self) -> bool:
        """Whether it is found only by trying: wildcards in actions and resources."""
        resources = self.statement.resources
        listed = () if resources is None or resources.negated else resources.items
        return any(has_wildcard(i.text) for i in self.actions.items) and not all(
            item.text != "*" and not has_wildcard(item.text) for item in listed
        )

    @cached_property
    def by_service(self) -> dict[str, list[str]]:
        """The entries of its Action or NotAction in lower case, by the service they name."""
        found: dict[str, list[str]] = {}
        for text in dict.fromkeys(item.text.lower() for item in self.actions.items):
            found.setdefault(text.partition(":")[0], []).append(text)
        return found

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys that it tests, lower-cased and by the names that they have now."""
        return frozenset(key_of(test) for test in self.statement.conditions)


class Containment:
    """The comparisons within one policy, on one account of work."""

    def __init__(self, catalog: Catalog) -> None:
        self._space = _AnyRequest(catalog)
        self.work = Work(_MOST_COMPARISONS)
        self._budget = Budget(_MOST_STEPS)
        self._variables = Variables()

    def meaning(self, statement: Statement, policy: Policy) -> Meaning:
        """A statement of a policy, to be compared here."""
        return Meaning(statement, policy, self._variables)

    def is_empty(self, formula: Formula) -> bool:
        """Whether no request is like that; False, too, where it is not decided."""
        search = Search(self._space, self._budget)
        try:
            return next(search.models(formula), None) is None and not search.unclear
        except GaveUp:
            return False

    def never_matches(self, meaning: Meaning) -> bool:
        """Whether no resource and context fit the statement."""
        return self.is_empty(meaning.body.formula)

    def within(self, meaning: Meaning, others: Sequence[Meaning]) -> bool:
        """Whether all that `meaning` asks of resource and context, one of the `others` at least asks as well. Those
        that look at other keys are passed over: alone they never cover it."""
        near = [other for other in others if other.keys <= meaning.keys]
        if not near or self._reaches_beyond(meaning, near) or (len(near) == 1 and self._asks_less(meaning, near[0])):
            return False
        return self.is_empty(all_of((meaning.body.formula, *(negated(other.body.formula) for other in near))))

    def may_meet(self, one: Meaning, other: Meaning) -> bool:
        """Whether there may be a request that both statements are about, whoever makes it; False only where it is
        decided that there is none."""
        if not self._actions_meet(one, other):
            return False
        return not self.is_empty(all_of((one.body.formula, other.body.formula)))

    def _actions_meet(self, one: Meaning, other: Meaning) -> bool:
        if one.actions.negated and other.actions.negated:
            return not (one.everything or other.everything)
        if other.actions.negated:
            one, other = other, one
        entries = [item.text for item in other.actions.items]
        if one.actions.negated:
            return not one.everything and any(not self._covered(one, text) for text in entries)
        return any(self._overlapping(one, text) for text in entries)

    def _asks_less(self, meaning: Meaning, other: Meaning) -> bool:
        """Whether some test of `other` is not implied by those of `meaning`: asked without the resources, whose
        comparison costs more."""
        mine = _key_leaves(meaning.body)
        return any(not self.is_empty(all_of((*mine, negated(leaf)))) for leaf in _key_leaves(other.body))

    def _reaches_beyond(self, meaning: Meaning, others: Sequence[Meaning]) -> bool:
        """Whether one sample of the resources of a statement already is none of the others': most are told apart so,
        without a search."""
        resources = meaning.statement.resources
        if resources is None or resources.negated:
            return False
        for item in resources.items:
            sample = sample_of(item.text)
            if "${" not in sample and not any(self._takes(other.statement.resources, sample) for other in others):
                return True
        return False

    def _takes(self, element: ListElement | None, resource: str) -> bool:
        """Whether a Resource may take in a resource."""
        if element is None or element.negated:
            return True
        return any("${" in item.text or resource_covers(item.text, resource, self.work) for item in element.items)

    def _overlapping(self, meaning: Meaning, text: str) -> bool:
        """Whether an entry of a statement's Action or NotAction and a pattern have an action in common."""
        if meaning.everything or is_everything(text):
            return True
        lower = text.lower()
        for other in meaning.by_service.get(lower.partition(":")[0], ()):
            self.work.spend(1 + len(lower) // 64)
            if other == lower or (has_wildcard(other + lower) and overlap(_tokens(other), _tokens(lower))):
                return True
        return False

    def _covered(self, meaning: Meaning, text: str) -> bool:
        """Whether one entry of a statement's Action or NotAction takes all actions of a pattern."""
        if meaning.everything:
            return True
        lower = text.lower()
        for other in meaning.by_service.get(lower.partition(":")[0], ()):
            self.work.spend(1)
            if other == lower or (has_wildcard(other) and action_covers(other, lower, self.work)):
                return True
        return False

    def covers_action(self, other: Meaning, meaning: Meaning, text: str) -> bool:
        """Whether `other` is about all actions of one entry of the Action of `meaning`, or, where that has a NotAction,
        about all that it is about."""
        if not meaning.actions.negated:
            return not self._overlapping(other, text) if other.actions.negated else self._covered(other, text)
        if not other.actions.negated:
            return other.everything
        return all(self._covered(meaning, out.text) for out in other.actions.items)


@lru_cache(maxsize=4096)
def _tokens(text: str) -> tuple[Token, ...]:
    return tuple(Run(c) if c in "*?" else c for c in text)


def _key_leaves(body: Body) -> list[Leaf]:
    """The tests on keys among what a statement asks."""
    parts = (body.formula,) if isinstance(body.formula, Leaf) else body.formula.parts
    return [part for part in parts if isinstance(part, Leaf) and isinstance(part.test, KeyTest)]


class Index:
    """Statements found by what they may cover, so that not all need be compared with all."""

    def __init__(self, meanings: Iterable[Meaning], work: Work) -> None:
        self._work = work
        self._of = {id(meaning.compiled): meaning for meaning in meanings}
        self._patterns = sum(meaning.is_pattern for meaning in self._of.values())
        self._set = StatementSet(meaning.compiled for meaning in self._of.values())

    def that_may_cover(self, meaning: Meaning, text: str) -> list[Meaning]:
        """Those that may be about all actions of an entry of a statement's Action (empty: of all that its NotAction
        leaves) on all its resources: whoever is must be about a sample of them."""
        self._work.spend(1 + self._patterns)
        action = sample_of(text.lower()) if text else f"{_SAMPLE}:{_SAMPLE}"
        resources = meaning.statement.resources
        if resources is None or resources.negated or not resources.items or "${" in resources.items[0].text:
            found = self._set.about(action)
        else:
            found = self._set.candidates(action, sample_of(resources.items[0].text))
        return [self._of[id(compiled)] for compiled in found]


def sample_of(pattern: str) -> str:
    """A text that the pattern matches and hardly another that is not as wide; `*` stands for itself, too."""
    return pattern if pattern == "*" else pattern.replace("*", _SAMPLE).replace("?", _SAMPLE[0])


def principal_within(mine: PrincipalElement | None, other: PrincipalElement | None, *, anybody: bool) -> bool:
    """Whether everybody in one Principal surely is in another. `anybody`: whether a `*` there takes in all (where it
    denies it does; where it allows, how directly a policy grants may differ)."""
    if mine is None or other is None:
        return mine is other
    theirs = {(entry.kind, entry.item.text) for entry in other.entries}
    if not other.negated and anybody and ("AWS", "*") in theirs:
        return True
    own = {(entry.kind, entry.item.text) for entry in mine.entries}
    return mine.negated is other.negated and (own == theirs if mine.negated else own <= theirs)
