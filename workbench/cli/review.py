"""`policy-workbench review PROJECT`: findings and saved requests of a project as one report for the terminal."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.test import ask_all, describe, open_project
from workbench.cli.validate import summary, validate_policy
from workbench.engine import Engine
from workbench.findings.model import FindingType
from workbench.starting import shown


def add_to(commands: Any) -> None:
    parser = commands.add_parser("review", help="findings and saved requests of a project, as text")
    parser.add_argument(
        "project", metavar="PROJECT", type=Path, nargs="?", help="a project folder; left out: the example"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit status 1 if anything was found, a check failed or a request misses what it expects; the example is only
    shown: 0."""
    engine = Engine()
    example = arguments.project is None
    project = open_project(engine, engine.example_project() if example else arguments.project)
    print(f"{project.name}\n{'=' * len(project.name)}\n")
    counts = dict.fromkeys(FindingType, 0)
    failed_checks = 0
    for policy in project.policies:
        validation = validate_policy(engine, project, policy)
        print(f"{shown(policy.key)} ({policy.kind})")
        for finding in validation.findings:
            counts[finding.type] += 1
            place = validation.document.position(finding.span.start).for_people()
            print(f"  {place}  {finding.type} {finding.code}\n      {finding.details}")
        failed_checks += len(validation.failed_checks)
        for failed in validation.failed_checks:
            print(f"  the check {failed.check} failed: {failed.error}")
        if not validation.findings and not validation.failed_checks:
            print("  No findings.")
    print("\nRequests")
    outcomes = list(ask_all(engine, project))
    for outcome in outcomes:
        print(f"  {describe(outcome)}")
        if outcome.decision is not None and not outcome.passed:
            for authorization in outcome.decision.authorizations:
                print(f"        {authorization.outcome.value:13} {authorization.action} on {authorization.resource}")
    failed_requests = sum(not o.passed for o in outcomes)
    print(f"\n{summary(counts, len(project.policies), failed_checks)}")
    print(f"Catalog: {engine.catalog_version}")
    return 0 if example else int(bool(failed_requests or failed_checks or any(counts.values())))
