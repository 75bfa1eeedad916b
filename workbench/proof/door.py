"""The door to the room: every question over all requests at once, asked of texts.

Each method raises ScenarioError for a document that AWS would refuse, and answers UNKNOWN with the reason where neither
side is proven. `cancelled` is asked now and then; True ends the work with UNKNOWN. Safe to call from any thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from workbench.catalog.catalog import Catalog
from workbench.evaluation.judge import Judge
from workbench.evaluation.request import NamedPolicy, PolicySet
from workbench.policy.kinds import PolicyKind
from workbench.proof.actions import Actions
from workbench.proof.asking import Cancelled, Prover, never
from workbench.proof.change import Change, change
from workbench.proof.compare import Comparison, compare, compare_sets
from workbench.proof.entries import EntryReach, entries_reach
from workbench.proof.questions import Access, access_not_granted, no_new_access, no_public_access
from workbench.proof.reach import Reachability, reachability
from workbench.proof.stack import no_new_access_of_sets
from workbench.proof.summary import Clause, summary
from workbench.proof.verdicts import Verdict


class Proofs:
    """Answers the questions of this room with one catalog and one judge."""

    def __init__(self, catalog: Catalog, judge: Judge) -> None:
        self._catalog = catalog
        self._judge = judge
        self._actions = Actions(catalog)

    def no_new_access(self, existing: str, new: str, kind: PolicyKind, cancelled: Cancelled = never) -> Verdict:
        """Whether everything that the text `new` allows, the text `existing` allows too."""
        old = NamedPolicy("existing policy", existing)
        return no_new_access(self._prover(cancelled), old, NamedPolicy("new policy", new), kind)

    def no_new_access_of_sets(self, existing: PolicySet, new: PolicySet, cancelled: Cancelled = never) -> Verdict:
        """The same for two whole sets of policies: identity, boundary, session, resource, SCP, RCP, endpoint."""
        return no_new_access_of_sets(self._prover(cancelled), existing, new)

    def access_not_granted(
        self, text: str, access: Sequence[Access], kind: PolicyKind, cancelled: Cancelled = never
    ) -> Verdict:
        """Whether the document can allow nothing of `access`."""
        return access_not_granted(self._prover(cancelled), NamedPolicy("policy", text), access, kind)

    def no_public_access(self, text: str, kind: PolicyKind, cancelled: Cancelled = never) -> Verdict:
        """Whether a resource or trust policy lets nobody in but those it names."""
        return no_public_access(self._prover(cancelled), NamedPolicy("policy", text), kind)

    def compare(self, old: str, new: str, kind: PolicyKind, cancelled: Cancelled = never) -> Comparison:
        """How the access of two documents relates, with a witness each way."""
        before = NamedPolicy("old policy", old)
        return compare(self._prover(cancelled), before, NamedPolicy("new policy", new), kind)

    def change(self, old: str, new: str, kind: PolicyKind, cancelled: Cancelled = never) -> Change:
        """What turning one document into the other does to access, by itself and beside other policies."""
        return change(self._prover(cancelled), NamedPolicy("policy", old), NamedPolicy("policy", new), kind)

    def compare_sets(self, old: PolicySet, new: PolicySet, cancelled: Cancelled = never) -> Comparison:
        """The same for two whole sets of policies."""
        return compare_sets(self._prover(cancelled), old, new)

    def reachability(self, text: str, kind: PolicyKind, cancelled: Cancelled = never) -> tuple[Reachability, ...]:
        """Of each statement whether it can decide anything."""
        return reachability(self._prover(cancelled), NamedPolicy("policy", text), kind)

    def entries_reach(
        self, text: str, kind: PolicyKind, index: int, cancelled: Cancelled = never
    ) -> tuple[EntryReach, ...]:
        """The same of each action, resource, principal and condition value of one statement (`index` from 0)."""
        return entries_reach(self._prover(cancelled), NamedPolicy("policy", text), kind, index)

    def summary(self, text: str, kind: PolicyKind, cancelled: Cancelled = never) -> tuple[Clause, ...]:
        """What the document allows, in a few clauses."""
        return summary(self._prover(cancelled), NamedPolicy("policy", text), kind)

    def _prover(self, cancelled: Cancelled) -> Prover:
        return Prover(self._catalog, self._judge, self._actions, cancelled)
