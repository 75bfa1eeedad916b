"""What a policy allows, as a few readable clauses that together are all of it: who and when.

One clause for each Allow statement that can decide something: its actions, resources, principals and conditions as the
policy has them, and the Deny statements that take something out of it. Each has a request that shows it.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.evaluation.callers import Grant
from workbench.evaluation.compiled import AuthRequest
from workbench.evaluation.decision import Outcome
from workbench.evaluation.request import NamedPolicy, Request, Scenario
from workbench.policy.kinds import PolicyKind
from workbench.proof.actions import ActionClass
from workbench.proof.askers import Asker
from workbench.proof.asking import Inquiry, Prover
from workbench.proof.formulas import FALSE, Formula, all_of
from workbench.proof.patterns import Variables
from workbench.proof.questions import document_side, inquiry_of, scenario_of
from workbench.proof.sides import Side
from workbench.proof.witness import outcome
from workbench.proof.words import clause_text


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
    """The allowed space of one document. Statements that allow nothing have no clause. Raises ScenarioError for a
    document that AWS would refuse."""
    variables = Variables()
    side = document_side(policy, kind, variables)
    clauses: list[Clause] = []
    for index, body in enumerate(side.bodies):
        if not body.statement.allow:
            continue
        allowed = _Allowed(prover, policy, kind, side, variables, index)
        scenario, unclear = allowed.example()
        if scenario is None and not unclear:
            continue
        exceptions = allowed.exceptions()
        statement = body.statement
        clauses.append(
            Clause(
                index,
                statement.ref.sid,
                clause_text(statement, [side.bodies[i].statement.source.name for i in exceptions]),
                exceptions,
                scenario,
            )
        )
    return tuple(clauses)


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
        body = self.side.bodies[self.index]

        def goal(members: frozenset[int], request: AuthRequest) -> Formula:
            if body.statement.grant(request) is Grant.NONE:
                return FALSE
            return all_of((body.formula, self.side.allowed(members, request)))

        def confirm(request: Request, asker: Asker) -> Scenario | None:
            scenario = scenario_of(self.policy, self.kind, request, asker)
            return scenario if outcome(self.prover.judge, scenario) is Outcome.ALLOWED else None

        inquiry = inquiry_of(self.prover, self.kind, self.side.bodies, goal, confirm, self.variables)
        found = inquiry.search(self._classes(inquiry))
        return (None, inquiry.unclear) if found is None else (found.scenario, "")

    def exceptions(self) -> tuple[int, ...]:
        """The Deny statements that take away something that it would allow."""
        bodies = self.side.bodies
        return tuple(i for i, body in enumerate(bodies) if not body.statement.allow and self._meets(i))

    def _meets(self, other: int) -> bool:
        mine, theirs = self.side.bodies[self.index], self.side.bodies[other]

        def goal(members: frozenset[int], request: AuthRequest) -> Formula:
            grants = (mine.statement.grant(request), theirs.statement.grant(request))
            return FALSE if other not in members or Grant.NONE in grants else all_of((mine.formula, theirs.formula))

        def confirm(request: Request, asker: Asker) -> Scenario | None:
            return scenario_of(self.policy, self.kind, request, asker)

        inquiry = inquiry_of(self.prover, self.kind, self.side.bodies, goal, confirm, self.variables)
        return inquiry.search(self._classes(inquiry), any_will_do=True) is not None or bool(inquiry.unclear)

    def _classes(self, inquiry: Inquiry) -> list[ActionClass]:
        names = self.prover.actions.of_element(self.side.bodies[self.index].statement.actions)
        return [c for c in inquiry.classes(names) if self.index in c.members]
