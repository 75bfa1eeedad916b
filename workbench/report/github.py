"""Findings as annotations of a GitHub workflow. Source: GitHub Docs, "Workflow commands for GitHub Actions"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench.document.unseen import visible
from workbench.findings.model import FindingType
from workbench.report.model import FileReport
from workbench.report.text import summary

_LEVELS = {
    FindingType.ERROR: "error",
    FindingType.SECURITY_WARNING: "warning",
    FindingType.WARNING: "warning",
    FindingType.SUGGESTION: "notice",
}


def github_lines(reports: Sequence[FileReport]) -> Iterator[str]:
    """One command a finding; what is suppressed is a notice with its reason, what the baseline has is counted only.
    The totals come last, as plain text."""
    for report in reports:
        for told in report.told:
            finding = told.finding
            if told.known:
                continue
            start, end = (report.document.position(at) for at in finding.span)
            place: dict[str, str | int] = {"file": report.path, "line": start.line, "endLine": end.line}
            if start.line == end.line:  # GitHub takes columns within one line only
                place |= {"col": start.column + 1, "endColumn": end.column + 1}
            level, title, said = _LEVELS[finding.type], finding.code, finding.details
            if finding.suppressed:
                level, title = "notice", f"{finding.code} (suppressed)"
                said = f"{finding.details} Suppressed: {finding.suppressed.reason}"
            yield _command(level, {**place, "title": title}, said)
        for failed in report.failed:
            title = "A check failed"
            yield _command("error", {"file": report.path, "title": title}, f"{failed.check}: {failed.error}")
    yield summary(reports)


def _command(level: str, properties: dict[str, str | int], message: str) -> str:
    told = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{level} {told}::{_data(message)}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
