"""`policy-workbench validate`: findings of files, folders, or a stream of documents."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.cli.document_lines import validate_lines
from workbench.cli.inputs import Inputs, all_of
from workbench.cli.judging import Asked
from workbench.cli.streams import UnusableInputError
from workbench.engine import Engine
from workbench.findings.codes import OFF_BY_DEFAULT
from workbench.findings.model import FindingType, Origin
from workbench.policy.kinds import KINDS, RESOURCE_TYPES, PolicyType, kind_of
from workbench.project.baseline_files import baseline_text, read_baseline
from workbench.report.model import FileReport, fails, only
from workbench.report.text import text_lines

_SEVERITIES = {kind.value.lower().replace("_", "-"): kind for kind in FindingType}
_ORIGINS = {"aws": Origin.AWS, "workbench": Origin.WORKBENCH}


def add_to(commands: Any) -> None:
    parser = commands.add_parser("validate", help="find what is wrong with policies")
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        type=Path,
        help="policies, templates, output of the AWS CLI, folders or projects",
    )
    parser.add_argument("--documents", metavar="FILE", help="documents, one JSON object a line; - is standard input")
    parser.add_argument("--policy-type", metavar="T", choices=[t.value for t in PolicyType], help="as AWS names it")
    parser.add_argument(
        "--validate-policy-resource-type", metavar="R", choices=RESOURCE_TYPES, help="such as AWS::S3::Bucket"
    )
    parser.add_argument(
        "--kind", metavar="K", choices=KINDS, help=f"more than AWS's types tell apart: {', '.join(KINDS)}"
    )
    parser.add_argument("--format", choices=("text", "json", "sarif", "github"), default="text")
    parser.add_argument("--severity", choices=_SEVERITIES, help="leave out what is less severe")
    parser.add_argument("--origin", choices=_ORIGINS, help="the checks of IAM Access Analyzer only, or our own only")
    parser.add_argument(
        "--fail-on",
        choices=(*_SEVERITIES, "never"),
        default="suggestion",
        help="exit status 1 only for findings at least as severe",
    )
    parser.add_argument("--baseline", metavar="FILE", type=Path, help="only findings that are not in it count")
    parser.add_argument("--write-baseline", metavar="FILE", type=Path, help="write the findings there are to FILE")
    parser.add_argument("--fix", action="store_true", help="show, as a diff, all fixes that keep the access the same")
    parser.add_argument(
        "--verdicts",
        action="store_true",
        help="with json and sarif: prove what each fix does to access, which takes time",
    )
    parser.add_argument("--write", action="store_true", help="with --fix: make them")
    parser.add_argument(
        "--old-scp-language", action="store_true", help="judge SCPs by the language before September 2025"
    )
    parser.add_argument(
        "--enable",
        metavar="CODE",
        action="append",
        default=[],
        choices=OFF_BY_DEFAULT,
        help="a check that is off by default",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit status 1 if anything was found that counts or a check failed; for a stream, if a check failed or a line
    could not be read."""
    if bool(arguments.paths) == bool(arguments.documents):
        raise UnusableInputError("validate: name policy files, or --documents FILE")
    if arguments.write and not arguments.fix:
        raise UnusableInputError("validate: --write needs --fix")
    if arguments.fix and (arguments.documents or arguments.format != "text"):
        raise UnusableInputError("validate: --fix is for files and shows a diff")
    if arguments.verdicts and arguments.format not in ("json", "sarif"):
        raise UnusableInputError("validate: --verdicts needs --format json or sarif")
    engine = Engine(old_scp_language=arguments.old_scp_language, enabled=arguments.enable)
    if arguments.kind and arguments.policy_type:
        raise UnusableInputError("validate: give --kind or --policy-type, not both")
    kind = KINDS[arguments.kind] if arguments.kind else None
    if arguments.policy_type:
        kind = kind_of(PolicyType(arguments.policy_type), arguments.validate_policy_resource_type)
    if arguments.documents:
        _refuse_for_lines(arguments)
        asked = Asked(kind, arguments.validate_policy_resource_type)
        return validate_lines(engine, arguments.documents, asked)
    baseline_file: Path | None = arguments.write_baseline or arguments.baseline
    base = Path(os.path.abspath(baseline_file)).parent if baseline_file else Path.cwd()
    asked = Asked(kind, arguments.validate_policy_resource_type, base, arguments.verdicts)
    if arguments.fix:
        from workbench.cli.fixing import fix_files, fixable  # most runs only look

        return int(fix_files(engine, fixable(engine, arguments.paths, asked), write=arguments.write))
    baseline = read_baseline(arguments.baseline) if arguments.baseline else None
    inputs = all_of(engine, arguments.paths, asked)
    origin = _ORIGINS.get(arguments.origin)
    reports = only(inputs.reports, _SEVERITIES.get(arguments.severity), origin)
    if baseline is not None:
        reports = tuple(
            replace(
                report,
                told=tuple(
                    replace(t, known=t.finding.suppressed is None and baseline.takes(t.identity)) for t in report.told
                ),
            )
            for report in reports
        )
    if arguments.write_baseline and not inputs.errors:
        _write_baseline(arguments.write_baseline, reports)
    if reports or (inputs.errors and arguments.format == "sarif"):
        _print(arguments, reports, inputs, compared=baseline is not None)
    if inputs.errors:
        more = f" (and {len(inputs.errors) - 1} more that cannot be read)" if len(inputs.errors) > 1 else ""
        raise UnusableInputError(f"{inputs.errors[0]}{more}")
    if arguments.write_baseline:
        return int(any(report.failed for report in reports))
    return int(fails(reports, _SEVERITIES.get(arguments.fail_on)))


def _refuse_for_lines(arguments: argparse.Namespace) -> None:
    for name in ("severity", "origin", "baseline", "write_baseline", "verdicts"):
        if getattr(arguments, name):
            raise UnusableInputError(f"validate: --{name.replace('_', '-')} is for files, not for --documents")
    if arguments.format not in ("text", "json"):
        raise UnusableInputError("validate: --documents prints one JSON object a line, in no other format")


def _print(arguments: argparse.Namespace, reports: Sequence[FileReport], inputs: Inputs, *, compared: bool) -> None:
    """One format; the others' writers are not loaded."""
    if arguments.format == "json":
        from workbench.report.json_shape import json_shape

        alone = sum(report.of_policies for report in reports) == 1 and not inputs.errors
        print(json.dumps(json_shape(reports, single=alone), indent=2))
    elif arguments.format == "sarif":
        from workbench.report.sarif import sarif_log

        unread = [str(error) for error in inputs.errors]
        print(json.dumps(sarif_log(reports, Path.cwd(), unread=unread, compared=compared), indent=2))
    elif arguments.format == "github":
        from workbench.report.github import github_lines

        print("\n".join(github_lines(reports)))
    else:
        print("\n".join(text_lines(reports)))


def _write_baseline(path: Path, reports: Sequence[FileReport]) -> None:
    """What is suppressed has its own file; it is no part of the baseline."""
    identities = [t.identity for report in reports for t in report.told if t.finding.suppressed is None]
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_text(baseline_text(identities), encoding="utf-8")
        new.replace(path)
    except OSError as error:
        raise UnusableInputError(f"{path}: {error.strerror or error}") from error
