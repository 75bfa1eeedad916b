"""What a change of a document does to access: to what it allows by itself, and to what it takes from other policies.

A document acts on the world through the requests that it allows and those that it denies; where both stay the same, the
change can be seen nowhere. What it denies is asked with everything else allowed (spec findings.md 1.4, inferred).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from workbench.evaluation.compiled import CompiledStatement
from workbench.evaluation.decision import Outcome
from workbench.evaluation.judge import compile_policy
from workbench.evaluation.request import Level, NamedPolicy, PolicySet, Scenario
from workbench.policy.kinds import PolicyKind
from workbench.proof.asking import Prover
from workbench.proof.differing import that_matter
from workbench.proof.formulas import said
from workbench.proof.questions import no_new_access
from workbench.proof.verdicts import Result, Verdict
from workbench.proof.witness import FULL_ACCESS, outcome

_SAME = Verdict(Result.PASS)
_Pair: TypeAlias = tuple[Sequence[CompiledStatement], Sequence[CompiledStatement]]


@dataclass(frozen=True, slots=True)
class Change:
    """`gained`: whether the new document lets nothing through that the old one does not, with a scenario of the new one
    where it does; `lost`: the same the other way round."""

    gained: Verdict
    lost: Verdict


def change(prover: Prover, old: NamedPolicy, new: NamedPolicy, kind: PolicyKind) -> Change:
    """Compare two documents of one kind. Raises ScenarioError for a document that AWS would refuse."""
    among = _that_matter(old, new, kind)
    before, after = map(_Statements.of, among)
    gained, lost = _SAME, _SAME
    if before.allows != after.allows or (kind is PolicyKind.RCP and before.denies != after.denies):
        gained, lost = _both_ways(prover, old, new, kind, among)
    if before.denies != after.denies and kind is not PolicyKind.RCP:
        old_all, new_all = _with_the_rest(old, kind), _with_the_rest(new, kind)
        more, less = _both_ways(prover, old_all, new_all, kind, _that_matter(old_all, new_all, kind))
        gained = _worse(gained, _told(prover, more, new, kind))
        lost = _worse(lost, _told(prover, less, old, kind))
    return Change(gained, lost)


def says_the_same(old: NamedPolicy, new: NamedPolicy, kind: PolicyKind) -> bool:
    """Whether two documents have the same statements, whatever their order and spelling. Raises ScenarioError."""
    before, after = map(_Statements.of, _that_matter(old, new, kind))
    return before == after


@dataclass(frozen=True, slots=True)
class _Statements:
    allows: frozenset[tuple[object, ...]]
    denies: frozenset[tuple[object, ...]]

    @classmethod
    def of(cls, statements: Iterable[CompiledStatement]) -> _Statements:
        """What the statements say."""
        found = [(statement.allow, said(statement)) for statement in statements]
        allows, denies = (frozenset(each for allow, each in found if allow is which) for which in (True, False))
        return cls(allows, denies)


def _that_matter(old: NamedPolicy, new: NamedPolicy, kind: PolicyKind) -> _Pair:
    return that_matter(compile_policy(old, kind), compile_policy(new, kind), old.text, new.text)


def _both_ways(
    prover: Prover, old: NamedPolicy, new: NamedPolicy, kind: PolicyKind, among: _Pair
) -> tuple[Verdict, Verdict]:
    """Whether the new document lets nothing through that the old one does not, and the other way round."""
    before, after = among
    gained = no_new_access(prover, old, new, kind, among=among)
    return gained, no_new_access(prover, new, old, kind, among=(after, before))


def _worse(one: Verdict, other: Verdict) -> Verdict:
    """Of two answers about one direction the one that counts: a request that shows it, then "not proven"."""
    rank = {Result.FAIL: 0, Result.UNKNOWN: 1, Result.PASS: 2}
    return min(one, other, key=lambda verdict: (rank[verdict.result], len(verdict.assumptions)))


def _with_the_rest(policy: NamedPolicy, kind: PolicyKind) -> NamedPolicy:
    """The document's Deny statements beside one that allows everything."""
    document = json.loads(policy.text)
    statements = document["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    rest: dict[str, object] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    if kind is PolicyKind.TRUST:
        rest = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:*"}
    elif kind in (PolicyKind.RESOURCE, PolicyKind.VPC_ENDPOINT):
        rest["Principal"] = "*"
    denies = [statement for statement in listed if statement.get("Effect") == "Deny"]
    return NamedPolicy(policy.name, json.dumps({**document, "Statement": [*denies, rest]}, indent=2))


def _told(prover: Prover, verdict: Verdict, policy: NamedPolicy, kind: PolicyKind) -> Verdict:
    """The answer with a witness in which the document stands as it is beside a policy that allows everything, where a
    request can have two policies of the kind."""
    witness = verdict.witness
    if witness is None:
        return verdict
    policies = witness.policies
    levels = (Level("account", (policy, FULL_ACCESS)),)
    beside: PolicySet | None = None
    if kind is PolicyKind.IDENTITY:
        beside = replace(policies, identity=(policy, FULL_ACCESS))
    elif kind is PolicyKind.SCP:
        beside = replace(policies, service_control=levels)
    if beside is None:
        return verdict
    plain: Scenario = replace(witness, policies=beside)
    return replace(verdict, witness=plain) if outcome(prover.judge, plain) is Outcome.ALLOWED else verdict
