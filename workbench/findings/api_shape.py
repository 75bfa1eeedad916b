"""Findings in the shape of ValidatePolicy, our own members after AWS's. Source: findings.md section 1.1."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workbench.document.nodes import Document, Path, PathElement
from workbench.document.span import Position, Span
from workbench.evaluation.scenario_writer import scenario_shape
from workbench.findings.links import learn_more_link
from workbench.findings.model import Effect, FailedCheck, Finding, Fix, FixVerdict, Location, Suppressed


def finding_to_dict(finding: Finding, document: Document) -> dict[str, Any]:
    """One finding as ValidatePolicy gives it (line from 1, column and offset from 0, code points), then `origin`,
    `confidence`, and `note`, `fixes`, `scenario`, `assumption` and `suppressed` where it has some."""
    shape: dict[str, Any] = {
        "findingType": finding.type.value,
        "issueCode": finding.code,
        "findingDetails": finding.details,
        "learnMoreLink": learn_more_link(finding.code, finding.type, finding.origin),
        "locations": [_location(location, document) for location in finding.locations],
        "origin": finding.origin.value,
        "confidence": finding.confidence.value,
    }
    if finding.note:
        shape["note"] = finding.note
    if finding.fixes:
        shape["fixes"] = [_fix(fix, document) for fix in finding.fixes]
    if finding.scenario is not None:
        shape["scenario"] = scenario_shape(finding.scenario)
    if finding.assumption:
        shape["assumption"] = list(finding.assumption)
    if finding.suppressed is not None:
        shape["suppressed"] = suppressed_to_dict(finding.suppressed)
    return shape


def suppressed_to_dict(suppressed: Suppressed) -> dict[str, str]:
    """`reason`, and `author` and `expires` where they are known."""
    given = {"reason": suppressed.reason, "author": suppressed.author, "expires": suppressed.expires}
    return {name: value for name, value in given.items() if value}


def validation_to_dict(
    findings: Iterable[Finding], failed_checks: Iterable[FailedCheck], document: Document
) -> dict[str, Any]:
    """ValidatePolicy's response for one document; `failedChecks` stands beside `findings` where a check failed."""
    shape: dict[str, Any] = {"findings": [finding_to_dict(finding, document) for finding in findings]}
    failed = failed_to_list(failed_checks)
    if failed:
        shape["failedChecks"] = failed
    return shape


def failed_to_list(failed_checks: Iterable[FailedCheck]) -> list[dict[str, str]]:
    """The checks that failed, as they stand beside the findings."""
    return [{"check": f.check, "error": f.error} for f in failed_checks]


def path_to_list(path: Path) -> list[dict[str, Any]]:
    """A path as AWS writes it: `[{"value": "Statement"}, {"index": 0}, …]`."""
    return [_element(element) for element in path]


def _element(element: PathElement) -> dict[str, Any]:
    kind, value = element
    if kind == "substring" and isinstance(value, tuple):
        return {"substring": {"start": value[0], "length": value[1]}}
    return {kind: value}


def _location(location: Location, document: Document) -> dict[str, Any]:
    return {"path": path_to_list(location.path), "span": _span(location.span, document)}


def _span(span: Span, document: Document) -> dict[str, Any]:
    return {"start": _position(document.position(span.start)), "end": _position(document.position(span.end))}


def _position(position: Position) -> dict[str, int]:
    return {"line": position.line, "column": position.column, "offset": position.offset}


def _fix(fix: Fix, document: Document) -> dict[str, Any]:
    edits = [{"span": _span(edit.span, document), "text": edit.text} for edit in fix.edits]
    shape: dict[str, Any] = {"label": fix.label, "edits": edits}
    if fix.verdict is None:
        return {**shape, "verdict": Effect.NOT_DECIDED.value}
    return {**shape, **verdict_to_dict(fix.verdict)}


def verdict_to_dict(verdict: FixVerdict) -> dict[str, Any]:
    """What a fix does to access, why, and the scenarios that show it."""
    shape: dict[str, Any] = {"verdict": verdict.effect.value}
    if verdict.why:
        shape["why"] = verdict.why
    for name, scenario in (("witness", verdict.witness), ("witnessLost", verdict.witness_lost)):
        if scenario is not None:
            shape[name] = scenario_shape(scenario)
    return shape
