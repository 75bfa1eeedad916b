"""What one side of a question allows, as a tree of tests: a single document, or a whole set of policies.

A document by itself allows what some Allow statement takes and no Deny statement does. A whole set follows
evaluation.md sections 3 to 6, whose rules stand in evaluation/layers.py; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from workbench.evaluation.callers import Grant
from workbench.evaluation.compiled import AuthRequest, CompiledStatement
from workbench.proof.formulas import FALSE, TRUE, Body, Formula, all_of, negated, some_of
from workbench.proof.patterns import Variables


@dataclass(frozen=True, eq=False)
class Part:
    """Policies that are pooled: one layer, or one level of an organization. `must_allow`: nothing is allowed that none
    of its statements allows."""

    name: str
    bodies: tuple[Body, ...]
    must_allow: bool = True


@dataclass(frozen=True, eq=False)
class Side:
    """Everything that one side of a question is made of."""

    parts: tuple[Part, ...]

    @cached_property
    def bodies(self) -> tuple[Body, ...]:
        """All statements, in a fixed order."""
        return tuple(body for part in self.parts for body in part.bodies)

    def allowed(self, about: frozenset[int], request: AuthRequest, first: int = 0) -> Formula:
        """What must hold of resource and context for the side to allow. `about`: numbers of the statements, counted
        from `first`, that are about the action; `request` gives the caller."""
        wanted: list[Formula] = []
        at = first
        for part in self.parts:
            allows: list[Formula] = []
            for body in part.bodies:
                if at in about and body.statement.grant(request) is not Grant.NONE:
                    if body.statement.allow:
                        allows.append(body.formula)
                    else:
                        wanted.append(negated(body.formula))
                at += 1
            if part.must_allow:
                wanted.append(some_of(allows))
        return all_of(wanted)


def side(parts: Iterable[tuple[str, Sequence[CompiledStatement], bool]], variables: Variables) -> Side:
    """The side made of these pooled statements: (name, statements, whether it must allow)."""
    return Side(tuple(Part(name, tuple(Body(s, variables) for s in found), must) for name, found, must in parts))


__all__ = ["FALSE", "TRUE", "Part", "Side", "side"]
