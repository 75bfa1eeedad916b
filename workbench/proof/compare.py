"""How two documents relate: the same access, less, more, or each something that the other has not."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from workbench.evaluation.request import NamedPolicy, PolicySet
from workbench.policy.kinds import PolicyKind
from workbench.proof.asking import Prover
from workbench.proof.questions import no_new_access
from workbench.proof.stack import no_new_access_of_sets
from workbench.proof.verdicts import Result, Verdict


class Relation(enum.StrEnum):
    """How the new document's access relates to the old one's. The value is the word for a person."""

    EQUIVALENT = "equivalent"
    NARROWER = "narrower"
    WIDER = "wider"
    INCOMPARABLE = "incomparable"
    UNKNOWN = "not decided"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`gained`: whether the new document allows nothing more, with a request for each statement that does; `lost`: the
    same the other way round."""

    relation: Relation
    gained: Verdict
    lost: Verdict


_RELATIONS = {
    (Result.PASS, Result.PASS): Relation.EQUIVALENT,
    (Result.PASS, Result.FAIL): Relation.NARROWER,
    (Result.FAIL, Result.PASS): Relation.WIDER,
    (Result.FAIL, Result.FAIL): Relation.INCOMPARABLE,
}


def compare(prover: Prover, old: NamedPolicy, new: NamedPolicy, kind: PolicyKind) -> Comparison:
    """Compare two documents of one kind. Raises ScenarioError for a document that AWS would refuse."""
    gained = no_new_access(prover, old, new, kind, every=True)
    lost = no_new_access(prover, new, old, kind, every=True)
    return _related(gained, lost)


def compare_sets(prover: Prover, old: PolicySet, new: PolicySet) -> Comparison:
    """Compare two whole sets of policies. Raises ScenarioError for one that AWS would refuse."""
    gained = no_new_access_of_sets(prover, old, new, every=True)
    lost = no_new_access_of_sets(prover, new, old, every=True, names=("new", "existing"))
    return _related(gained, lost)


def _related(gained: Verdict, lost: Verdict) -> Comparison:
    return Comparison(_RELATIONS.get((gained.result, lost.result), Relation.UNKNOWN), gained, lost)
