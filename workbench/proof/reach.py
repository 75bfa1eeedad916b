"""Can a statement ever decide anything, and if not, because of which others?"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from workbench.evaluation.callers import Grant
from workbench.evaluation.compiled import AuthRequest
from workbench.evaluation.request import NamedPolicy, Request, Scenario
from workbench.policy.kinds import PolicyKind
from workbench.proof.askers import Asker
from workbench.proof.asking import Prover
from workbench.proof.formulas import FALSE, Formula, all_of, negated
from workbench.proof.patterns import Variables
from workbench.proof.questions import document_side, inquiry_of, scenario_of
from workbench.proof.sides import Side


class Reach(enum.StrEnum):
    """What a statement can do. The value is the word for it."""

    DECIDES = "decides"
    NEVER_MATCHES = "never matches"
    SHADOWED = "shadowed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reachability:
    """Of one statement (`index` from 0). `by`: the statements without which it would decide something; `scenario`: a
    request that it decides."""

    index: int
    reach: Reach
    by: tuple[int, ...] = ()
    scenario: Scenario | None = None
    why: str = ""


def reachability(prover: Prover, policy: NamedPolicy, kind: PolicyKind) -> tuple[Reachability, ...]:
    """For each statement whether some request is decided by it: an Allow that nothing else allows and nothing denies, a
    Deny that nothing else denies. Raises ScenarioError for a document that AWS would refuse."""
    variables = Variables()
    side = document_side(policy, kind, variables)
    return tuple(
        _of_statement(prover, policy, kind, side, variables, i)
        for i, body in enumerate(side.bodies)
        if body.statement.ref.policy == policy.name
    )


def _of_statement(
    prover: Prover, policy: NamedPolicy, kind: PolicyKind, side: Side, variables: Variables, index: int
) -> Reachability:
    others = frozenset(range(len(side.bodies))) - {index}
    found = _search(prover, policy, kind, side, variables, index, rivals(side, index, others))
    if isinstance(found, Scenario):
        return Reachability(index, Reach.DECIDES, scenario=found)
    if found:
        return Reachability(index, Reach.UNKNOWN, why=found)
    if not isinstance(_search(prover, policy, kind, side, variables, index, frozenset()), Scenario):
        return Reachability(index, Reach.NEVER_MATCHES)
    guilty = set(rivals(side, index, about_the_same(prover, side, index)))
    for rival in sorted(guilty):
        if _search(prover, policy, kind, side, variables, index, frozenset(guilty - {rival})) == "":
            guilty.discard(rival)
    return Reachability(index, Reach.SHADOWED, tuple(sorted(guilty)))


def about_the_same(prover: Prover, side: Side, index: int) -> frozenset[int]:
    """The other statements that are about some action of this one."""
    elements = [body.statement.actions for body in side.bodies]
    classes = prover.actions.classes(prover.actions.of_element(elements[index]), elements)
    return frozenset().union(*(c.members for c in classes)) - {index}


def rivals(side: Side, index: int, others: Iterable[int]) -> frozenset[int]:
    """The statements that can take a statement's requests away from it: of its own effect, and denials."""
    mine = side.bodies[index].statement.allow
    return frozenset(i for i in others if side.bodies[i].statement.allow is mine or not side.bodies[i].statement.allow)


def _search(
    prover: Prover,
    policy: NamedPolicy,
    kind: PolicyKind,
    side: Side,
    variables: Variables,
    index: int,
    against: frozenset[int],
) -> Scenario | str:
    """A request that the statement matches and none of `against`; "" if there is none, else why that is not known."""
    body = side.bodies[index]

    def goal(members: frozenset[int], request: AuthRequest) -> Formula:
        if body.statement.grant(request) is Grant.NONE:
            return FALSE
        excluded = (
            negated(side.bodies[i].formula)
            for i in sorted(against & members)
            if side.bodies[i].statement.grant(request) is not Grant.NONE
        )
        return all_of((body.formula, *excluded))

    def confirm(request: Request, asker: Asker) -> Scenario | None:
        return scenario_of(policy, kind, request, asker)

    inquiry = inquiry_of(prover, kind, side.bodies, goal, confirm, variables)
    names = prover.actions.of_element(body.statement.actions)
    found = inquiry.search([c for c in inquiry.classes(names) if index in c.members], any_will_do=True)
    return found.scenario if found is not None else inquiry.unclear


__all__ = ["Reach", "Reachability", "about_the_same", "reachability", "rivals"]
