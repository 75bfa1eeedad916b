"""What a policy allows, as a few readable clauses that together are all of it: who and when.

One clause for each Allow statement that allows something which the clauses kept so far do not: its actions, resources,
principals and conditions as the policy has them, less the entries that add nothing, and the Deny statements that take
something out of it. Each has a request that shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeAlias

from workbench.evaluation.callers import Grant
from workbench.evaluation.compiled import AuthRequest
from workbench.evaluation.decision import Outcome
from workbench.evaluation.request import NamedPolicy, Request, Scenario
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Item, ListElement
from workbench.proof.actions import ActionClass, covers
from workbench.proof.askers import Asker
from workbench.proof.asking import Inquiry, Prover
from workbench.proof.budget import Budget, GaveUp
from workbench.proof.formulas import FALSE, Body, Formula, all_of, negated
from workbench.proof.languages import find_text
from workbench.proof.patterns import Variables, entry_machine
from workbench.proof.questions import document_side, inquiry_of, scenario_of
from workbench.proof.sides import Side
from workbench.proof.witness import outcome
from workbench.proof.words import clause_text

_Covers: TypeAlias = Callable[[str, str], bool]
"""Whether the first pattern takes all that the second takes."""

_MOST_ENTRIES = 16
"""The entries of longer lists are not held against each other and not asked about one by one."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Part of what is allowed. `index`: of the Allow statement; `exceptions`: of the Deny statements that cut into it;
    `text`: the whole in words; `scenario`: a request that the clause allows, None if none was found that is certain."""

    index: int
    sid: str
    text: str
    exceptions: tuple[int, ...]
    scenario: Scenario | None


def summary(prover: Prover, policy: NamedPolicy, kind: PolicyKind) -> tuple[Clause, ...]:
    """The allowed space of one document. Statements that allow nothing, or nothing that other clauses do not, have no
    clause. Raises ScenarioError for a document that AWS would refuse."""
    variables = Variables()
    side = document_side(policy, kind, variables)
    found: dict[int, tuple[_Allowed, Scenario | None]] = {}
    for index, body in enumerate(side.bodies):
        if body.statement.allow:
            allowed = _Allowed(prover, policy, kind, side, variables, index)
            scenario, unclear = allowed.example()
            if scenario is not None or unclear:
                found[index] = allowed, scenario
    kept = set(found)
    for index in sorted(found, key=lambda i: _width(prover, side.bodies[i])):
        if found[index][0].adds_nothing_to(kept - {index}):
            kept.discard(index)
    return tuple(_clause(*found[index]) for index in sorted(kept))


def _width(prover: Prover, body: Body) -> tuple[int, int, int]:
    """How much a statement seems to allow; the narrow ones are left out first, so that few wide clauses stay."""
    statement = body.statement
    return len(prover.actions.of_element(statement.actions)), -len(statement.conditions), -statement.ref.statement


def _clause(allowed: _Allowed, scenario: Scenario | None) -> Clause:
    exceptions = allowed.exceptions()
    bodies = allowed.side.bodies
    statement = bodies[allowed.index].statement
    resources = statement.source.resources
    actions = allowed.telling(_without_covered(statement.actions, _action_covers), bool(exceptions))
    cutting = exceptions
    if len(actions.items) < len(statement.actions.items):  # some say nothing of the entries that are left
        cutting = tuple(i for i in exceptions if allowed.meets(i, actions))
    text = clause_text(
        statement,
        [bodies[i].statement.source.name for i in cutting],
        actions=actions,
        resources=None if resources is None else _without_covered(resources, _resource_covers),
    )
    return Clause(allowed.index, statement.ref.sid, text, exceptions, scenario)


def _without_covered(element: ListElement, covered: _Covers) -> ListElement:
    """The element without entries that another of its entries takes in whole."""
    texts = list(dict.fromkeys(item.text for item in element.items))
    if not 1 < len(texts) <= _MOST_ENTRIES:
        return element
    kept = list(texts)
    for text in reversed(texts):
        if any(other != text and covered(other, text) for other in kept):
            kept.remove(text)
    first: dict[str, Item] = {}
    for item in element.items:
        first.setdefault(item.text, item)
    return element._replace(items=tuple(first[text] for text in kept))


def _action_covers(wide: str, text: str) -> bool:
    return covers(wide.lower(), text.lower())


def _resource_covers(wide: str, text: str) -> bool:
    if "${" in wide or "${" in text:
        return wide == "*"
    try:
        return find_text((entry_machine(text),), (entry_machine(wide),), Budget(5_000)) is None
    except GaveUp:
        return False


@dataclass(frozen=True)
class _Allowed:
    """What one Allow statement still allows in its document."""

    prover: Prover
    policy: NamedPolicy
    kind: PolicyKind
    side: Side
    variables: Variables
    index: int

    def example(self) -> tuple[Scenario | None, str]:
        """A request that it allows and no Deny takes away; else why that is not known, if it is not."""
        inquiry = self._inquiry(())
        found = inquiry.search(self._classes(inquiry))
        return (None, inquiry.unclear) if found is None else (found.scenario, "")

    def adds_nothing_to(self, others: Collection[int]) -> bool:
        """Whether the other Allow statements certainly allow all that it allows."""
        if not others:
            return False
        inquiry = self._inquiry(others)
        found = inquiry.search(self._classes(inquiry), any_will_do=True)
        return found is None and not inquiry.unclear

    def telling(self, element: ListElement, cut: bool) -> ListElement:
        """The entries of its Action by which it allows something. `cut`: whether anything is denied at all."""
        if not cut or element.negated or not 1 < len(element.items) <= _MOST_ENTRIES:
            return element
        inquiry = self._inquiry(())

        def tells(item: Item) -> bool:
            classes = self._classes(inquiry, element._replace(items=(item,)))
            return inquiry.search(classes, any_will_do=True) is not None

        kept = tuple(filter(tells, element.items))
        return element._replace(items=kept) if kept and not inquiry.unclear else element

    def exceptions(self) -> tuple[int, ...]:
        """The Deny statements that take away something that it would allow."""
        bodies = self.side.bodies
        actions = bodies[self.index].statement.actions
        return tuple(i for i, body in enumerate(bodies) if not body.statement.allow and self.meets(i, actions))

    def _inquiry(self, others: Collection[int]) -> Inquiry:
        """What is allowed by it and by none of `others`."""
        body = self.side.bodies[self.index]

        def goal(members: frozenset[int], request: AuthRequest) -> Formula:
            if body.statement.grant(request) is Grant.NONE:
                return FALSE
            also = (
                negated(self.side.bodies[i].formula)
                for i in others
                if i in members and self.side.bodies[i].statement.grant(request) is not Grant.NONE
            )
            return all_of((body.formula, self.side.allowed(members, request), *also))

        def confirm(request: Request, asker: Asker) -> Scenario | None:
            scenario = scenario_of(self.policy, self.kind, request, asker)
            return scenario if outcome(self.prover.judge, scenario) is Outcome.ALLOWED else None

        return inquiry_of(self.prover, self.kind, self.side.bodies, goal, confirm, self.variables)

    def meets(self, other: int, actions: ListElement) -> bool:
        """Whether a statement is about a request that this one takes by these entries of its Action."""
        mine, theirs = self.side.bodies[self.index], self.side.bodies[other]

        def goal(members: frozenset[int], request: AuthRequest) -> Formula:
            grants = (mine.statement.grant(request), theirs.statement.grant(request))
            return FALSE if other not in members or Grant.NONE in grants else all_of((mine.formula, theirs.formula))

        def confirm(request: Request, asker: Asker) -> Scenario | None:
            return scenario_of(self.policy, self.kind, request, asker)

        inquiry = inquiry_of(self.prover, self.kind, self.side.bodies, goal, confirm, self.variables)
        classes = self._classes(inquiry, actions)
        return inquiry.search(classes, any_will_do=True) is not None or bool(inquiry.unclear)

    def _classes(self, inquiry: Inquiry, actions: ListElement | None = None) -> list[ActionClass]:
        """The classes of the actions that it is about, by these entries or by all."""
        names = self.prover.actions.of_element(actions or self.side.bodies[self.index].statement.actions)
        return [c for c in inquiry.classes(names) if self.index in c.members]
