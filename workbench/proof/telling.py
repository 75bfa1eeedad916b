"""What of a statement gives a reason: the entries of its Action and Resource and the values of its conditions by which
it allows what it should not, so that a difference is told and not the whole statement.

Every part is asked about by itself; where that is too much work, or not decided, more is told rather than less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from workbench.evaluation.compiled import ActionPatterns
from workbench.evaluation.conditions import ConditionMatcher
from workbench.policy.model import ConditionTest, Item, ListElement
from workbench.policy.operators import Family
from workbench.proof.asking import Inquiry
from workbench.proof.formulas import All, Body, Formula, Leaf, ResourceTest, all_of
from workbench.proof.keys import TEXTS, KeyTest
from workbench.proof.words import clause_text

Names: TypeAlias = Callable[[ListElement], frozenset[str]]
"""The actions of an element that are asked about."""

_Clause: TypeAlias = tuple[ListElement, ListElement | None]
_MOST_ENTRIES = 16
"""Of more entries of an Action only those are asked about one by one that may count, so that comparing keeps up with
typing."""
_MOST_PAIRS = 24
_MOST_CLAUSES = 3


@dataclass(frozen=True)
class Telling:
    """One statement with the number it has in the inquiry."""

    inquiry: Inquiry
    number: int
    body: Body
    names: Names

    def text(self) -> str:
        """In words what of the statement gives a reason: one clause, or a few where its actions differ in resources."""
        statement = self.body.statement
        actions = self._actions() or statement.actions
        resources = self._resources(actions)
        conditions = self._conditions(actions)
        element = statement.source.resources
        groups = self._groups(actions, element._replace(items=resources) if element and resources else element)
        clauses = (
            clause_text(statement, actions=some, resources=on, conditions=conditions or None) for some, on in groups
        )
        return " ".join(clauses)

    def _tells(self, actions: ListElement, *parts: Formula) -> bool:
        """Whether there is a request with one of the actions for which the parts hold, too."""
        alone = self.names(actions)
        if not actions.negated:
            alone |= self.inquiry.unlisted([item.text for item in actions.items])
        classes = [c for c in self.inquiry.classes(alone) if self.number in c.members]
        return self.inquiry.search(classes, also=all_of((self.body.formula, *parts)), any_will_do=True) is not None

    # --- actions ----------------------------------------------------------------------------------------------------

    def _actions(self) -> ListElement | None:
        """The Action without the entries by which it gives no reason; None where that is not to be told."""
        element = self.body.statement.actions
        if element.negated or len(element.items) < 2:
            return None
        items = element.items
        if len(items) > _MOST_ENTRIES:
            items = self._perhaps_telling()
            if len(items) > _MOST_ENTRIES:
                return None if self.inquiry.unclear else element._replace(items=items)
        found = tuple(item for item in items if self._tells(element._replace(items=(item,))))
        return element._replace(items=found) if found and not self.inquiry.unclear else None

    def _perhaps_telling(self) -> tuple[Item, ...]:
        """The entries with an action in a class that gives a reason. The classes are few, however many entries."""
        inquiry, element = self.inquiry, self.body.statement.actions
        unlisted = inquiry.unlisted([item.text for item in element.items])
        new = {
            name
            for actions in inquiry.classes(self.names(element) | unlisted)
            if self.number in actions.members
            and inquiry.search([actions], also=self.body.formula, any_will_do=True) is not None
            for name in actions.names
        }
        odd = [name.lower() for name in new & unlisted]

        def may(item: Item) -> bool:
            if not new.isdisjoint(self.names(element._replace(items=(item,)))):
                return True
            return bool(odd) and any(map(ActionPatterns([(item.text, 1)]).takes, odd))

        return tuple(filter(may, element.items))

    # --- resources --------------------------------------------------------------------------------------------------

    def _resources(self, actions: ListElement) -> tuple[Item, ...]:
        """The entries of Resource by which it gives a reason; () where all are to be told."""
        element = self.body.statement.source.resources
        if element is None or element.negated or not 1 < len(element.items) <= _MOST_ENTRIES:
            return ()
        found = tuple(item for item in element.items if self._tells(actions, *self._on(item)))
        return () if self.inquiry.unclear else found

    def _on(self, item: Item) -> Iterator[Formula]:
        """That the resource is one of this entry; nothing where the statement is about all."""
        for test in self._tests():
            if isinstance(test, ResourceTest):
                negated, active, *texts = test.same
                machine = test.machines[texts.index(item.text)]
                yield Leaf(ResourceTest((negated, active, item.text), (machine,), negated=False), holds=True)

    def _groups(
        self, actions: ListElement, resources: ListElement | None
    ) -> Sequence[tuple[ListElement, ListElement | None]]:
        """The actions with the resources on which they give a reason."""
        whole = [(actions, resources)]
        if resources is None or actions.negated or resources.negated:
            return whole
        if min(len(actions.items), len(resources.items)) < 2 or len(actions.items) * len(resources.items) > _MOST_PAIRS:
            return whole
        groups: dict[tuple[Item, ...], list[Item]] = {}
        for action in actions.items:
            one = actions._replace(items=(action,))
            on = tuple(item for item in resources.items if self._tells(one, *self._on(item)))
            groups.setdefault(on, []).append(action)
        if self.inquiry.unclear or () in groups or len(groups) > _MOST_CLAUSES:
            return whole
        return [(actions._replace(items=tuple(some)), resources._replace(items=on)) for on, some in groups.items()]

    # --- conditions -------------------------------------------------------------------------------------------------

    def _conditions(self, actions: ListElement) -> tuple[ConditionTest, ...]:
        """The conditions with the values by which it gives a reason; () where all are to be told."""
        return tuple(self._with_values(test, actions) for test in self.body.statement.source.conditions)

    def _with_values(self, test: ConditionTest, actions: ListElement) -> ConditionTest:
        operator = test.operator
        if operator is None or operator.base.negated or operator.qualifier or operator.base.family is Family.EXISTENCE:
            return test
        known = next((t for t in self._tests() if isinstance(t, KeyTest) and t.matcher.test is test), None)
        if known is None or not 1 < len(test.values) <= _MOST_ENTRIES:
            return test
        kept = tuple(v for v in test.values if self._tells(actions, Leaf(self._one_value(known, v.text), holds=True)))
        return test._replace(values=kept) if kept and not self.inquiry.unclear else test

    def _one_value(self, test: KeyTest, text: str) -> KeyTest:
        """The test for one of its values alone."""
        condition = test.matcher.test
        alone = condition._replace(values=tuple(v for v in condition.values if v.text == text)[:1])
        matcher = ConditionMatcher(alone, variables_active=self.body.statement.variables_active)
        assert condition.operator is not None
        machines = test.machines
        if condition.operator.base.family in TEXTS:
            machines = (machines[sorted({v.text for v in condition.values}).index(text)],)
        return replace(test, matcher=matcher, machines=machines, same=(*test.same, "alone", text))

    def _tests(self) -> Iterator[ResourceTest | KeyTest]:
        formula = self.body.formula
        for part in formula.parts if isinstance(formula, All) else (formula,):
            if isinstance(part, Leaf):
                yield part.test
