"""Which parts of a decision hang on keys of unknown value.

A decision that depends is explained as if its unknown keys were absent. What that says of a statement whose condition
tests such a key is not known at all: the card shows a question mark there, and everything else as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench.evaluation.decision import Decision, Outcome, StatementRef
from workbench.evaluation.trace import LayerTrace

Uncertain = Mapping[StatementRef, str]
"""Statement → what its application hangs on, in words."""


def uncertain_parts(decision: Decision, traces: Sequence[Sequence[LayerTrace]]) -> tuple[Uncertain, ...]:
    """For each authorization the statements that may or may not apply; empty where the authorization is certain."""
    count = len(decision.authorizations)
    if decision.outcome is not Outcome.DEPENDS:
        return ({},) * count
    tests: dict[StatementRef, list[str]] = {}
    for dependence in decision.depends_on:
        for ref, test in dependence.tests:
            tests.setdefault(ref, []).append(f"{dependence.key}, which is unknown: {test}")
    words = {ref: f"Depends on {'; and on '.join(found)}." for ref, found in tests.items()}
    said = {i for i, found in enumerate(decision.authorizations) if found.outcome is Outcome.DEPENDS}
    parts = tuple(_reached(words, traces[i]) if i < len(traces) else words for i in range(count))
    if said:  # the engine says itself which authorizations depend
        return tuple((parts[i] or words) if i in said else {} for i in range(count))
    return parts if any(parts) else (words,) * count


def _reached(words: Uncertain, layers: Sequence[LayerTrace]) -> Uncertain:
    """The statements that are about this authorization but for their conditions."""
    traced = (statement for layer in layers for statement in layer.statements)
    about = {s.ref for s in traced if all(e.holds for e in s.elements if e.element != "Condition")}
    return {ref: text for ref, text in words.items() if ref in about}
