"""What a fix does to access, decided by the proof and never by the check that offers it. Source: findings.md 1.4."""

from __future__ import annotations

from collections.abc import Callable

from workbench.document.edits import apply_edits
from workbench.errors import ScenarioError
from workbench.evaluation.judge import meaning_of
from workbench.evaluation.refusals import refusal
from workbench.evaluation.request import NamedPolicy
from workbench.findings.ip_addresses import without_private
from workbench.findings.model import Effect, Fix, FixVerdict
from workbench.findings.opaque import changed_actions, has_open_statements, without_objects
from workbench.policy.kinds import PolicyKind
from workbench.proof.asking import Cancelled, never
from workbench.proof.change import says_the_same
from workbench.proof.door import Proofs
from workbench.proof.verdicts import Result, Verdict

_SAME = FixVerdict(Effect.SAME)
_VALUES_DECIDE = "The document holds placeholders, whose values decide."


def fix_verdict(
    proofs: Proofs, text: str, fix: Fix, kind: PolicyKind, is_key: Callable[[str], bool], cancelled: Cancelled = never
) -> FixVerdict:
    """What `fix` does to the access that the document `text` gives: the same, narrower or wider (each with a request
    whose answer changes), or not decided and why. `is_key`: whether a name is that of a condition key."""
    text, templated = without_objects(meaning_of(before := text, kind).document, is_key)
    after = without_objects(meaning_of(apply_edits(before, fix.edits), kind).document, is_key)[0]
    if templated and has_open_statements(text):
        return FixVerdict(why=_VALUES_DECIDE)
    refused = _refusal(text, kind)
    if refused:
        return FixVerdict(why=f"AWS refuses the document as it stands: {_refusal(before, kind) or refused}")
    refused = _refusal(after, kind)
    if refused:
        return FixVerdict(why=f"AWS refuses the document even with this fix: {refused}")
    old, new = NamedPolicy("policy", text), NamedPolicy("policy", after)
    try:
        if says_the_same(old, new, kind):
            return _SAME
        less = _without_private(old, kind), _without_private(new, kind)
        if less != (old, new) and says_the_same(*less, kind):
            return _SAME
        if templated:
            if _keeps_the_actions(proofs, text, after, cancelled):
                return _SAME
            return FixVerdict(why=_VALUES_DECIDE)
        found = proofs.change(text, after, kind, cancelled)
    except ScenarioError as error:
        return FixVerdict(why=error.message)
    return _verdict(found.gained, found.lost)


def _keeps_the_actions(proofs: Proofs, old: str, new: str, cancelled: Cancelled) -> bool:
    """Whether the two differ in nothing but how they write the same actions. Raises ScenarioError."""
    try:
        pairs = list(changed_actions(old, new))
    except ValueError:
        return False
    found = (proofs.change(before, after, PolicyKind.IDENTITY, cancelled) for before, after in pairs)
    return all(each.gained.result is Result.PASS and each.lost.result is Result.PASS for each in found)


def _without_private(policy: NamedPolicy, kind: PolicyKind) -> NamedPolicy:
    return NamedPolicy(policy.name, without_private(meaning_of(policy.text, kind)))


def _refusal(text: str, kind: PolicyKind) -> str:
    """Why no request can be judged by the document; empty if requests can."""
    defect = refusal(meaning_of(text, kind))
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
