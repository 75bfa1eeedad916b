"""All fixes of a document that keep its access the same, made in one go. Source: spec findings.md section 1.4.

Each is proved by itself and all of a round together; what would make a new error, or meets another fix in the text,
waits for the next round. Going on until nothing is left makes it idempotent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.document.edits import Edit, apply_edits
from workbench.findings.model import Effect, Finding, FindingType, Fix, FixVerdict

_MOST_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Mended:
    """The text after all fixes, and what they were, in the order they were made: issue code and label."""

    text: str
    made: tuple[tuple[str, str], ...] = ()


def mend(
    text: str, findings_of: Callable[[str], Sequence[Finding]], verdict_of: Callable[[str, Fix], FixVerdict]
) -> Mended:
    """Apply every fix that is proved to keep the access the same, that takes its finding away and makes no error."""
    made: list[tuple[str, str]] = []
    seen = {text}
    for _ in range(_MOST_ROUNDS):
        found = findings_of(text)
        chosen = _chosen(text, found, findings_of, verdict_of)
        if not chosen:
            break
        together = _joined([fix for _, fix in chosen])
        if len(chosen) > 1 and not _keeps(text, together, found, findings_of, verdict_of):
            chosen = chosen[:1]
            together = chosen[0][1]
        text = apply_edits(text, together.edits)
        made += [(finding.code, fix.label) for finding, fix in chosen]
        if text in seen:
            break
        seen.add(text)
    return Mended(text, tuple(made))


def _chosen(
    text: str,
    found: Sequence[Finding],
    findings_of: Callable[[str], Sequence[Finding]],
    verdict_of: Callable[[str, Fix], FixVerdict],
) -> list[tuple[Finding, Fix]]:
    """Of each finding that nobody has accepted the first fix that may be made, as long as no two meet in the text."""
    chosen: list[tuple[Finding, Fix]] = []
    taken: list[Edit] = []
    for finding in found:
        for fix in finding.fixes if finding.suppressed is None else ():
            if _meet(taken, fix.edits) or not _keeps(text, fix, found, findings_of, verdict_of, finding.code):
                continue
            chosen.append((finding, fix))
            taken += fix.edits
            break
    return chosen


def _meet(taken: Sequence[Edit], edits: Sequence[Edit]) -> bool:
    """Whether an edit overlaps or touches one of the others."""
    return any(a.span.start <= b.span.end and b.span.start <= a.span.end for a in taken for b in edits)


def _joined(fixes: Sequence[Fix]) -> Fix:
    return Fix("all", tuple(sorted((edit for fix in fixes for edit in fix.edits), key=lambda edit: edit.span)))


def _keeps(
    text: str,
    fix: Fix,
    found: Sequence[Finding],
    findings_of: Callable[[str], Sequence[Finding]],
    verdict_of: Callable[[str, Fix], FixVerdict],
    code: str = "",
) -> bool:
    """Whether the fix keeps the access, makes no error that was not there, and takes a finding of `code` away."""
    if verdict_of(text, fix).effect is not Effect.SAME:
        return False
    before, after = Counter(f.code for f in found), findings_of(apply_edits(text, fix.edits))
    errors = Counter(f.code for f in after if f.type is FindingType.ERROR)
    if any(count > before[name] for name, count in errors.items()):
        return False
    return not code or sum(f.code == code for f in after) < before[code]
