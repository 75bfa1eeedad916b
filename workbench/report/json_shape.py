"""Findings as JSON: ValidatePolicy's response, or one such for each file. Source: design.md section 4."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.findings.api_shape import failed_to_list, finding_to_dict
from workbench.report.model import FileReport, Told


def json_shape(reports: Sequence[FileReport], *, single: bool) -> dict[str, Any]:
    """`{"findings": […]}` where one file was asked about, then with what is wrong with its suppressions under
    `suppressions`; else `{"files": [{"path", "findings", …}]}`."""
    if not single:
        return {"files": [{"path": report.path, **_file(report)} for report in reports]}
    shape: dict[str, Any] = {}
    for report in reports:
        if report.of_policies:
            shape = {**_file(report), **shape}
        else:
            shape["suppressions"] = {"path": report.path, **_file(report)}
    return shape


def _file(report: FileReport) -> dict[str, Any]:
    shape: dict[str, Any] = {"findings": [_finding(told, report) for told in report.told]}
    if report.failed:
        shape["failedChecks"] = failed_to_list(report.failed)
    return shape


def _finding(told: Told, report: FileReport) -> dict[str, Any]:
    shape = finding_to_dict(told.finding, report.document)
    if told.policy:
        shape["policy"] = told.policy
    if told.known:
        shape["inBaseline"] = True
    return shape
