"""Findings for people, in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from workbench.findings.model import Effect, FindingType
from workbench.report.excerpt import excerpt
from workbench.report.model import FileReport, Told
from workbench.starting import shown

_WORDS = {
    FindingType.ERROR: "error",
    FindingType.SECURITY_WARNING: "security warning",
    FindingType.WARNING: "warning",
    FindingType.SUGGESTION: "suggestion",
}


def text_lines(reports: Sequence[FileReport]) -> Iterator[str]:
    """Every finding with its line of the file, its fixes and notes; then the totals. What the baseline has is counted
    only."""
    for report in reports:
        for told in report.told:
            if not told.known:
                yield from _finding(report, told)
        for failed in report.failed:
            yield f"{shown(report.path)}: the check {failed.check} failed: {failed.error}"
    yield summary(reports)


def _finding(report: FileReport, told: Told) -> Iterator[str]:
    finding, path = told.finding, shown(report.path)
    place = report.document.position(finding.span.start).for_people()
    mark = " (suppressed)" if finding.suppressed else ""
    yield f"{path}:{place}: {finding.type} {finding.code}{mark}: {shown(finding.details)}"
    number, line, carets = excerpt(report.document, finding.span)
    margin = " " * len(number)
    yield f"  {number} | {line}"
    yield f"  {margin} | {carets}"
    if told.policy:
        yield f"  {margin} = in the policy {shown(told.policy)}"
    if finding.suppressed:
        until = f", until {finding.suppressed.expires}" if finding.suppressed.expires else ""
        yield f"  {margin} = suppressed: {shown(finding.suppressed.reason).rstrip('.')}{until}"
        return
    for sentence in finding.assumption:
        yield f"  {margin} = assumed: {shown(sentence)}"
    if finding.note:
        yield f"  {margin} = note: {shown(finding.note)}"
    for fix in finding.fixes:
        effect = fix.verdict.effect if fix.verdict else Effect.NOT_DECIDED
        told_effect = f" ({effect})" if effect is not Effect.NOT_DECIDED else ""
        yield f"  {margin} = fix: {shown(fix.label)}{told_effect}"


def summary(reports: Iterable[FileReport]) -> str:
    """`2 errors, 1 suggestion, 1 suppressed in 3 files.`; says too how many checks did not run to their end."""
    told = [told for report in reports for told in report.told]
    files = sum(report.of_policies for report in reports)
    failed = sum(len(report.failed) for report in reports)
    counts = {kind: sum(t.counts and t.finding.type is kind for t in told) for kind in FindingType}
    parts = [_many(n, _WORDS[kind]) for kind, n in counts.items() if n] or ["No findings"]
    suppressed = sum(t.finding.suppressed is not None for t in told)
    if suppressed:
        parts.append(f"{suppressed:,} suppressed")
    known = sum(t.known for t in told)
    if known:
        parts.append(f"{known:,} in the baseline")
    if failed:
        parts.append(f"but {_many(failed, 'check')} failed")
    return f"{', '.join(parts)} in {_many(files, 'file')}."


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'s' if count != 1 else ''}"
