"""Findings as SARIF 2.1.0. Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0"; what code
scanning reads of it: GitHub Docs, "SARIF support for code scanning"."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import workbench
from workbench.document.nodes import Document
from workbench.document.span import Span
from workbench.document.unseen import visible
from workbench.findings.api_shape import path_to_list, verdict_to_dict
from workbench.findings.codes import CODES
from workbench.findings.help_pages import help_page, help_text
from workbench.findings.links import learn_more_link
from workbench.findings.model import FindingType, Fix, Location
from workbench.report.model import FileReport, Told

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "SRCROOT"
_LEVELS = {
    FindingType.ERROR: "error",
    FindingType.SECURITY_WARNING: "warning",
    FindingType.WARNING: "warning",
    FindingType.SUGGESTION: "note",
}
# How urgent code scanning takes a security warning to be: its scale of 0.0 to 10.0.
_SECURITY_SEVERITY = "7.0"


def sarif_log(
    reports: Sequence[FileReport], root: Path, *, unread: Sequence[str] = (), compared: bool = False
) -> dict[str, Any]:
    """One run. Paths are told relative to the folder `root` where they lie in it. `unread`: why files could not be
    read; `compared`: whether there is a baseline, so that every result is new or unchanged."""
    found = [(report, told) for report in reports for told in report.told]
    codes = sorted({told.finding.code for _, told in found})
    notifications = [
        _notification(f"The check {failed.check} failed: {failed.error}", _artifact(report.path, root), failed.check)
        for report in reports
        for failed in report.failed
    ]
    notifications += [_notification(sentence) for sentence in unread]
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "Policy Workbench",
                "version": workbench.__version__,
                "semanticVersion": workbench.__version__,
                "rules": [_rule(code) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"uri": f"{root.as_uri().rstrip('/')}/"}},
        "invocations": [
            {"executionSuccessful": not notifications, "toolExecutionNotifications": notifications},
        ],
        "results": [_result(report, told, codes, root, compared) for report, told in found],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str) -> dict[str, Any]:
    known = CODES[code]
    whose = "A check of IAM Access Analyzer" if known.origin.value == "AWS" else "A check of Policy Workbench"
    kinds = ", ".join(sorted(kind.value for kind in known.kinds))
    link = learn_more_link(code, known.type, known.origin)
    properties: dict[str, Any] = {"tags": ["security", known.origin.value], "precision": "high"}
    if known.type is FindingType.SECURITY_WARNING:
        properties["security-severity"] = _SECURITY_SEVERITY
    page = help_page(code)
    said = f"{page.means} {page.why}" if page else f"{known.title}."
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in code.split("_")),
        "shortDescription": {"text": known.title},
        "fullDescription": {"text": f"{known.title}. {whose}, for: {kinds}."},
        "help": {"text": said, "markdown": help_text(page) if page else said},
        "helpUri": link,
        "defaultConfiguration": {"level": _LEVELS[known.type]},
        "properties": properties,
    }


def _result(report: FileReport, told: Told, codes: list[str], root: Path, compared: bool) -> dict[str, Any]:
    finding, document = told.finding, report.document
    artifact = _artifact(report.path, root)
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _LEVELS[finding.type],
        "message": {"text": visible(finding.details)},
        "locations": [_location(finding.locations[0], document, artifact)],
        "partialFingerprints": {"policyWorkbench/v1": told.identity.fingerprint},
        "properties": {
            "findingType": finding.type.value,
            "origin": finding.origin.value,
            "confidence": finding.confidence.value,
            "path": path_to_list(finding.locations[0].path),
        },
    }
    if told.policy:
        result["properties"]["policy"] = told.policy
    for name, value in (("note", finding.note), ("assumption", list(finding.assumption))):
        if value:
            result["properties"][name] = value
    if finding.locations[1:]:
        result["relatedLocations"] = [_location(where, document, artifact) for where in finding.locations[1:]]
    if finding.fixes:
        result["fixes"] = [_fix(fix, document, artifact) for fix in finding.fixes]
    if finding.suppressed is not None:
        suppression = {"kind": "external", "status": "accepted", "justification": finding.suppressed.reason}
        given = {"author": finding.suppressed.author, "expires": finding.suppressed.expires}
        extra = {name: value for name, value in given.items() if value}
        result["suppressions"] = [{**suppression, "properties": extra} if extra else suppression]
    if compared:
        result["baselineState"] = "unchanged" if told.known else "new"
    return result


def _fix(fix: Fix, document: Document, artifact: dict[str, Any]) -> dict[str, Any]:
    replacements = [
        {"deletedRegion": _region(edit.span, document), "insertedContent": {"text": edit.text}} for edit in fix.edits
    ]
    shape: dict[str, Any] = {
        "description": {"text": visible(fix.label)},
        "artifactChanges": [{"artifactLocation": artifact, "replacements": replacements}],
    }
    if fix.verdict is not None:
        shape["properties"] = verdict_to_dict(fix.verdict)
    return shape


def _location(location: Location, document: Document, artifact: dict[str, Any]) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": artifact, "region": _region(location.span, document)}}


def _region(span: Span, document: Document) -> dict[str, int]:
    """Lines and columns from 1, the end exclusive; nothing wide is an insertion."""
    start, end = (document.position(at) for at in span)
    return {
        "startLine": start.line,
        "startColumn": start.column + 1,
        "endLine": end.line,
        "endColumn": end.column + 1,
    }


def _artifact(path: str, root: Path) -> dict[str, Any]:
    """The file by its path under `root`, by its whole address outside of it."""
    whole = Path(os.path.abspath(root / path))
    try:
        return {"uri": quote(whole.relative_to(root).as_posix(), errors="surrogateescape"), "uriBaseId": _ROOT}
    except ValueError:
        return {"uri": "file://" + quote(whole.as_posix(), errors="surrogateescape")}


def _notification(sentence: str, artifact: dict[str, Any] | None = None, check: str = "") -> dict[str, Any]:
    notification: dict[str, Any] = {"level": "error", "message": {"text": sentence}}
    if artifact is not None:
        notification["locations"] = [{"physicalLocation": {"artifactLocation": artifact}}]
    if check:
        notification["descriptor"] = {"id": check}
    return notification
