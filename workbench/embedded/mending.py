"""All fixes that keep access the same, made in a file that holds policies. Source: spec findings.md section 1.4.

A fix is one of the file only where the author wrote the JSON himself (`placing.py`). What it does is judged by what the
file holds before and after: the same policies, of which those that changed are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from workbench.document.edits import Edit, apply_edits
from workbench.document.span import Span
from workbench.embedded.model import Contents, EmbeddedPolicy
from workbench.embedded.placing import placed
from workbench.findings.mending import Mended, mend
from workbench.findings.model import Effect, Finding, Fix, FixVerdict

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
        return [placed(f, policy) for policy in contents.policies for f in findings_of(policy)] if contents else []

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


def _changed(before: Contents | None, after: Contents | None) -> list[tuple[EmbeddedPolicy, EmbeddedPolicy]]:
    """The policies that differ; none where they are not the same ones."""
    if before is None or after is None or before.problem != after.problem or len(before.unread) != len(after.unread):
        return []
    old, new = [(p.name, p.kind) for p in before.policies], [(p.name, p.kind) for p in after.policies]
    if old != new:
        return []
    return [(a, b) for a, b in zip(before.policies, after.policies, strict=True) if a.text != b.text]
