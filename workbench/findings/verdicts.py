"""What a fix does to access, decided by the proof and never by the check that offers it. Source: findings.md 1.4."""

from __future__ import annotations

from collections.abc import Callable

from workbench.document.edits import apply_edits
from workbench.document.parser import parse
from workbench.errors import ScenarioError
from workbench.evaluation.refusals import refusal
from workbench.evaluation.request import NamedPolicy
from workbench.findings.ip_addresses import without_private
from workbench.findings.model import Effect, Fix, FixVerdict
from workbench.findings.placeholders import find_placeholders
from workbench.policy.kinds import PolicyKind
from workbench.policy.reader import read
from workbench.proof.asking import Cancelled, never
from workbench.proof.change import says_the_same
from workbench.proof.door import Proofs
from workbench.proof.verdicts import Result, Verdict

_SAME = FixVerdict(Effect.SAME)


def fix_verdict(
    proofs: Proofs, text: str, fix: Fix, kind: PolicyKind, is_key: Callable[[str], bool], cancelled: Cancelled = never
) -> FixVerdict:
    """What `fix` does to the access that the document `text` gives: the same, narrower or wider (each with a request
    whose answer changes), or not decided and why. `is_key`: whether a name is that of a condition key."""
    after = apply_edits(text, fix.edits)
    refused = _refusal(text, kind)
    if refused:
        return FixVerdict(why=f"AWS refuses the document as it stands: {refused}")
    refused = _refusal(after, kind)
    if refused:
        return FixVerdict(why=f"AWS refuses the document even with this fix: {refused}")
    old, new = NamedPolicy("policy", text), NamedPolicy("policy", after)
    try:
        if says_the_same(old, new, kind):
            return _SAME
        if says_the_same(_without_private(old, kind), _without_private(new, kind), kind):
            return _SAME
        if find_placeholders(parse(text), is_key).found:
            return FixVerdict(why="The document holds placeholders, whose values decide.")
        found = proofs.change(text, after, kind, cancelled)
    except ScenarioError as error:
        return FixVerdict(why=error.message)
    return _verdict(found.gained, found.lost)


def _without_private(policy: NamedPolicy, kind: PolicyKind) -> NamedPolicy:
    return NamedPolicy(policy.name, without_private(policy.text, kind))


def _refusal(text: str, kind: PolicyKind) -> str:
    """Why no request can be judged by the document; empty if requests can."""
    defect = refusal(read(parse(text), kind))
    return "" if defect is None else defect.details


def _verdict(gained: Verdict, lost: Verdict) -> FixVerdict:
    match gained.result, lost.result:
        case Result.PASS, Result.PASS:
            return _SAME
        case Result.PASS, Result.FAIL:
            return FixVerdict(Effect.NARROWER, _because(lost), lost.witness)
        case Result.FAIL, Result.UNKNOWN:
            why = f"Whether it takes access away as well is not decided: {lost.why}."
            return FixVerdict(Effect.WIDER, why, gained.witness)
        case Result.FAIL, _:
            return FixVerdict(Effect.WIDER, _because(gained), gained.witness, lost.witness)
        case _:
            unclear = gained if gained.result is Result.UNKNOWN else lost
            return FixVerdict(why=f"Neither is proven: {unclear.why}.")


def _because(verdict: Verdict) -> str:
    return " ".join(verdict.assumptions)
