"""`policy-workbench review PROJECT`: findings and saved requests of a project as one report for the terminal."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.inputs import Inputs
from workbench.cli.judging import Asked
from workbench.cli.test import ask_all, describe, open_project
from workbench.engine import Engine
from workbench.findings.model import FindingType
from workbench.report.model import FileReport, fails
from workbench.report.text import summary
from workbench.starting import shown


def add_to(commands: Any) -> None:
    parser = commands.add_parser("review", help="findings and saved requests of a project, as text")
    parser.add_argument(
        "project", metavar="PROJECT", type=Path, nargs="?", help="a project folder; left out: the example"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit status 1 if anything was found that counts, a check failed or a request misses what it expects; the example
    is only shown: 0."""
    engine = Engine()
    example = arguments.project is None
    project = open_project(engine, engine.example_project() if example else arguments.project)
    name = shown(project.name)
    print(f"{name}\n{'=' * len(name)}\n")
    inputs = Inputs(engine, Asked())
    inputs.add_project(project, project.root)
    if inputs.errors:
        raise inputs.errors[0]
    kinds = {str(project.path(policy.key)): f"{shown(policy.key)} ({policy.kind})" for policy in project.policies}
    for report in inputs.reports:
        print(kinds.get(report.path, shown(Path(report.path).name)))
        _print(report)
    print("\nRequests")
    outcomes = list(ask_all(engine, project))
    for outcome in outcomes:
        print(f"  {shown(describe(outcome))}")
        if outcome.decision is not None and not outcome.passed:
            for authorization in outcome.decision.authorizations:
                asked = shown(f"{authorization.action} on {authorization.resource}")
                print(f"        {authorization.outcome.value:13} {asked}")
    failed_requests = sum(not o.passed for o in outcomes)
    print(f"\n{summary(inputs.reports)}")
    print(f"Catalog: {engine.catalog_version}")
    return 0 if example else int(bool(failed_requests) or fails(inputs.reports, FindingType.SUGGESTION))


def _print(report: FileReport) -> None:
    for told in report.told:
        finding = told.finding
        place = report.document.position(finding.span.start).for_people()
        mark = " (suppressed)" if finding.suppressed else ""
        print(f"  {place}  {finding.type} {finding.code}{mark}\n      {shown(finding.details)}")
        if finding.suppressed:
            print(f"      suppressed: {shown(finding.suppressed.reason)}")
    for failed in report.failed:
        print(f"  the check {failed.check} failed: {shown(str(failed.error))}")
    if not report.told and not report.failed:
        print("  No findings.")
