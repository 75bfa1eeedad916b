"""A finding that holds as if a refused document were mended says so in every format, with the text it was shown on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.report.reports import report
from workbench.engine import Engine
from workbench.evaluation.decision import Outcome
from workbench.evaluation.scenario_reader import read_scenario
from workbench.findings.api_shape import finding_to_dict
from workbench.findings.as_if import MENDED
from workbench.findings.context import WHY
from workbench.findings.model import Confidence
from workbench.policy.kinds import PolicyKind
from workbench.report.model import FileReport, Told
from workbench.report.sarif import sarif_log
from workbench.report.text import text_lines

_REFUSED = """\
{"Version": "2012-10-17", "Statement": [
  {"Sid": "a Sid", "Effect": "Allow", "Action": "iam:AttachUserPolicy", "Resource": "*"},
  {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquls": {"aws:username": "x"}}}
]}
"""
_SAYS = (
    "AWS refuses the document as it stands; this holds as if it were mended: statement 1 without Sid; "
    "statement 2, an Allow with an error in Condition, left out."
)


def _told() -> tuple[FileReport, Told]:
    found = report(_REFUSED)
    return found, next(t for t in found.told if t.finding.code == "PRIVILEGE_ESCALATION")


def test_text_says_what_it_assumes() -> None:
    lines = list(text_lines([_told()[0]]))
    start = next(i for i, line in enumerate(lines) if "PRIVILEGE_ESCALATION" in line)
    assert any(_SAYS in line for line in lines[start : start + 8])


def test_json_has_a_scenario_that_is_allowed_when_it_is_read_again() -> None:
    found, told = _told()
    shape = json.loads(json.dumps(finding_to_dict(told.finding, found.document)))
    assert shape["assumption"][0] == _SAYS
    assert shape["confidence"] == "inferred"
    assert "a document that it refuses" in shape["note"]
    (policy,) = shape["scenario"]["policies"]["identity"]
    assert policy["name"] == MENDED
    assert len(policy["document"]["Statement"]) == 1
    assert Engine().simulate(read_scenario(json.dumps(shape["scenario"]))).outcome is Outcome.ALLOWED


def test_sarif_carries_the_assumption() -> None:
    (run,) = sarif_log([_told()[0]], Path("/work space"))["runs"]
    (result,) = (r for r in run["results"] if r["ruleId"] == "PRIVILEGE_ESCALATION")
    assert result["properties"]["assumption"][0] == _SAYS


def test_a_finding_that_is_inferred_anyway_is_noted_once() -> None:
    """Which conditions keep nobody away is inferred, whether the document is refused or not."""
    anybody = {"Principal": "*", "Condition": {"StringLike": {"aws:UserAgent": "x*"}}}
    public = {"Effect": "Allow", **anybody, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    refused = {**public, "Principal": {"AWS": "111122223333"}, "Sid": 7}

    def note(*statements: dict[str, Any]) -> str:
        text = json.dumps({"Version": "2012-10-17", "Statement": statements})
        found = Engine().validate(text, PolicyKind.RESOURCE).findings
        [public_access] = [f for f in found if f.code == "PUBLIC_ACCESS"]
        assert public_access.confidence is Confidence.INFERRED
        return public_access.note

    assert note(public) == WHY[Confidence.INFERRED]
    assert "a document that it refuses" in note(public, refused)
    assert WHY[Confidence.INFERRED] not in note(public, refused)
