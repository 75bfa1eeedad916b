"""What was found in the files of one run. Values only; the writers beside this turn them into text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from workbench.document.nodes import Document
from workbench.findings.identity import Identity
from workbench.findings.model import FailedCheck, Finding, FindingType, Origin


@dataclass(frozen=True, slots=True)
class Told:
    """A finding, its spans those of the file. `policy` names the policy in a file that holds several; `known` says that
    the baseline has it."""

    finding: Finding
    identity: Identity
    policy: str = ""
    known: bool = False

    @property
    def counts(self) -> bool:
        """Whether anybody still has to do something about it."""
        return self.finding.suppressed is None and not self.known


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file: its path as given, its text as a document, what was found. `of_policies` is False for a file of
    suppressions."""

    path: str
    document: Document
    told: tuple[Told, ...]
    failed: tuple[FailedCheck, ...] = ()
    of_policies: bool = True


def only(
    reports: Iterable[FileReport], least: FindingType | None = None, origin: Origin | None = None
) -> tuple[FileReport, ...]:
    """The reports without findings that are less severe than `least` or of another origin."""

    def stays(told: Told) -> bool:
        finding = told.finding
        severe = least is None or finding.type.rank <= least.rank
        return severe and (origin is None or finding.origin is origin)

    return tuple(replace(report, told=tuple(told for told in report.told if stays(told))) for report in reports)


def fails(reports: Iterable[FileReport], least: FindingType | None) -> bool:
    """Whether the run counts as failed: a finding that counts and is at least as severe as `least` (None: no finding
    matters), or a check that failed."""
    return any(
        report.failed
        or any(told.counts and least is not None and told.finding.type.rank <= least.rank for told in report.told)
        for report in reports
    )
