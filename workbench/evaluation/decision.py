"""What is answered: the decision, the statements that decided it, and the reason in words. Values only."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from workbench.document.span import Position, Span
from workbench.evaluation.request import ContextValue


class Outcome(enum.StrEnum):
    """The decision, as AWS's simulator names it, and `depends` where unknown keys decide."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicitDeny"
    IMPLICIT_DENY = "implicitDeny"
    DEPENDS = "depends"


@dataclass(frozen=True, slots=True)
class StatementRef:
    """A statement of one of the scenario's policies. `policy_type` is the layer's name in the scenario (`identity`,
    `serviceControl` …), `statement` its index from 0; positions are within the policy's own text; `place` is where the
    policy stands in the scenario (`policies.identity[0]`)."""

    policy_type: str
    policy: str
    statement: int
    sid: str
    effect: str
    start: Position
    end: Position
    place: str = ""

    @property
    def span(self) -> Span:
        return Span(self.start.offset, self.end.offset)


@dataclass(frozen=True, slots=True)
class LayerOutcome:
    """What one layer said of one authorization. `outcome` is that layer's own: allowed, explicitDeny, implicitDeny."""

    layer: str
    outcome: Outcome
    statements: tuple[StatementRef, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Authorization:
    """One (action, resource) that AWS checks for the call, and its answer. `why` says why the call needs it (empty for
    the call's own action), `stage` names the layer that decided, `sentence` says all of it to a person, `derived` holds
    the context keys filled in for it."""

    action: str
    resource: str
    outcome: Outcome
    stage: str
    sentence: str
    decided_by: tuple[StatementRef, ...] = ()
    layers: tuple[LayerOutcome, ...] = ()
    missing_keys: tuple[str, ...] = ()
    why: str = ""
    derived: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Dependence:
    """A key of unknown value that the decision depends on: the tests on it (the statement, and operator with values),
    and for each outcome a value with which it can come about (None: absent)."""

    key: str
    tests: tuple[tuple[StatementRef, str], ...]
    examples: tuple[tuple[Outcome, ContextValue | None], ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a scenario: the first authorization that is not allowed decides, else all are allowed.

    `decided_by`, `layers` and `missing_keys` are those of the deciding authorization. `notes` say what is inferred
    and what is not modelled. `derived` are the context keys filled in from principal, resource and time.
    With outcome `depends`, `depends_on` is the smallest set of unknown keys that decide it.
    """

    outcome: Outcome
    sentence: str
    authorizations: tuple[Authorization, ...]
    notes: tuple[str, ...] = ()
    derived: tuple[tuple[str, str], ...] = ()
    depends_on: tuple[Dependence, ...] = ()

    @property
    def deciding(self) -> Authorization:
        """The authorization that decided: the first that failed, else the call's own."""
        return next((a for a in self.authorizations if a.outcome is not Outcome.ALLOWED), self.authorizations[0])
