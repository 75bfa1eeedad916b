"""All fixes that keep access the same, made in a file that holds policies. Source: spec findings.md section 1.4.

Where the author wrote the JSON itself a fix is one of the file (`placing.py`). In a template's own words things are
taken out of lists and tables and texts are replaced; what would have to be added is left. Whichever way, a fix is made
only if the file, read again, holds the same policies, of which those that changed are proved to give the same access.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from workbench.document.edits import Edit, apply_edits
from workbench.document.span import Span
from workbench.embedded.model import Contents, EmbeddedPolicy
from workbench.embedded.placing import placed
from workbench.findings.mending import Mended, mend
from workbench.findings.model import Effect, Finding, Fix, FixVerdict

_TEXT = re.compile(r'"[^"\\$%{}]*"')
"""A JSON string that means the same in YAML and HCL."""
_BARE = re.compile(r"[A-Za-z][A-Za-z0-9]*:[A-Za-z0-9*]+|\d+\.\d+\.\d+\.\d+(?:/\d+)?")
"""Texts that are texts in YAML without quotes: actions, addresses."""
_COMMENT = re.compile(r"#|^[ \t]*//", re.MULTILINE)
_OTHERS = FixVerdict(why="With this fix the file would not hold the same policies.")


def mend_file(
    text: str,
    policies_in: Callable[[str], Contents | None],
    findings_of: Callable[[EmbeddedPolicy], Sequence[Finding]],
    verdict_of: Callable[[EmbeddedPolicy, Fix], FixVerdict],
) -> Mended:
    """The text of the file with every fix of its policies that is proved to keep their access the same."""

    def found(text: str) -> list[Finding]:
        contents = policies_in(text)
        policies = contents.policies if contents else ()
        return [_placed(finding, policy, text) for policy in policies for finding in findings_of(policy)]

    def verdict(text: str, fix: Fix) -> FixVerdict:
        pairs = _changed(policies_in(text), policies_in(apply_edits(text, fix.edits)))
        if not pairs:
            return _OTHERS
        for before, after in pairs:
            whole = Fix(fix.label, (Edit(Span(0, len(before.text)), after.text),))
            judged = verdict_of(before, whole)
            if judged.effect is not Effect.SAME:
                return judged
        return FixVerdict(Effect.SAME)

    return mend(text, found, verdict)


def _placed(finding: Finding, policy: EmbeddedPolicy, text: str) -> Finding:
    if policy.written:
        return placed(finding, policy)
    found = (_in_own_words(fix, policy, text) for fix in finding.fixes)
    return replace(placed(finding, policy), fixes=tuple(fix for fix in found if fix is not None))


def _in_own_words(fix: Fix, policy: EmbeddedPolicy, text: str) -> Fix | None:
    """A fix that takes things out or replaces texts, as edits of a file that says its policy in YAML or HCL."""
    edits: list[Edit] = []
    for edit in fix.edits:
        span = policy.source.between(edit.span)
        if span is None or span.start == span.end or _COMMENT.search(text, span.start, span.end):
            return None
        old = policy.text[edit.span.start : edit.span.end]
        if edit.text and not (_TEXT.fullmatch(edit.text) and _TEXT.fullmatch(old)):
            return None
        edits.append(Edit(span, _as_text(edit.text, text[span.start : span.start + 1])))
    in_order = all(a.span.end <= b.span.start for a, b in pairwise(edits))
    return replace(fix, edits=tuple(edits)) if edits and in_order else None


def _as_text(written: str, before: str) -> str:
    """The JSON string as the template writes texts: bare where it stands for a bare one and can be."""
    if not written or before in "\"'":
        return written
    bare: str = json.loads(written)
    return bare if _BARE.fullmatch(bare) else written


def _changed(before: Contents | None, after: Contents | None) -> list[tuple[EmbeddedPolicy, EmbeddedPolicy]]:
    """The policies that differ; none where they are not the same ones."""
    if before is None or after is None or before.problem != after.problem or len(before.unread) != len(after.unread):
        return []
    old, new = [(p.name, p.kind) for p in before.policies], [(p.name, p.kind) for p in after.policies]
    if old != new:
        return []
    return [(a, b) for a, b in zip(before.policies, after.policies, strict=True) if a.text != b.text]
