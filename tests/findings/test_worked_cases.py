"""The worked cases of spec findings.md section 6, by their numbers, as far as their codes are built."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.findings.helpers import KINDS, codes, findings
from workbench.findings.codes import CODES
from workbench.findings.model import Origin

_ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in Path(__file__).with_name("worked_cases.jsonl").read_text("utf-8").splitlines()
]
# Rows that ask only for codes of the issue to come (findings.md 2.1 ARN formats, 3.2 to 3.7, trust and RCP conditions).
_TO_COME = frozenset(
    code for row in _ROWS for code in (*row["must"], *row["mustNot"]) if code not in (*CODES, "any", "any ERROR")
)
_BUILT = [row for row in _ROWS if row["clean"] or any(code in CODES for code in row["must"])]


def _ids() -> list[str]:
    return [row["id"] for row in _BUILT]


@pytest.mark.parametrize("row", _BUILT, ids=_ids())
def test_worked_case(row: dict[str, Any]) -> None:
    letter, _, word = row["on"].partition(" ")
    found = findings(row["text"], KINDS[letter], "AWS::S3::Bucket" if word else None)
    got = codes(found)
    for code in row["must"]:
        assert code in got or code in _TO_COME, (code, got)
    for code in row["mustNot"]:
        if code == "any":
            assert got == []
        elif code == "any ERROR":
            assert [f.code for f in found if f.type == "ERROR"] == []
        else:
            assert code not in got
    if row["clean"]:
        assert [f.code for f in found if f.origin is Origin.AWS or f.type == "SECURITY_WARNING"] == []


def test_most_cases_are_built() -> None:
    assert len(_ROWS) == 136
    assert len(_BUILT) >= 95
    assert all(code in CODES for row in _BUILT for code in row["must"] if code not in _TO_COME)


# Where a finding stands (findings.md 1.2 and the Span column of section 2), as the last element of its main path.
_PLACES = {
    "document": frozenset({"MISSING_VERSION", "JSON_SYNTAX_ERROR"}),
    "statement": frozenset(
        {
            "STATEMENT_NEVER_MATCHES",
            "STATEMENT_SHADOWED_BY_DENY",
            "STATEMENT_SHADOWED_BY_ALLOW",
            "MISSING_PRINCIPAL",
            "REDUNDANT_STATEMENT",
        }
    ),
    "key": frozenset(
        {"INVALID_POLICY_ELEMENT", "UNSUPPORTED_PRINCIPAL", "UNSUPPORTED_ELEMENT_COMBINATION", "INVALID_PRINCIPAL_KEY"}
        | {"DUPLICATE_JSON_KEY", "DUPLICATE_KEYS_WITH_DIFFERENT_CASE", "MISSING_QUALIFIER", "NULL_WITH_QUALIFIER"}
        | {"FORALLVALUES_WITH_SINGLE_VALUED_KEY", "NULL_WITH_IF_EXISTS", "INVALID_CONDITION_OPERATOR", "TYPE_MISMATCH"}
        | {"STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS", "MISSING_PAIRED_CONDITION_KEYS", "ALLOW_WITH_NOT_PRINCIPAL"}
        | {"INVALID_GLOBAL_CONDITION_KEY", "INVALID_SERVICE_CONDITION_KEY", "MISSING_TAG_KEY_IN_CONDITION"}
        | {"CONDITION_KEY_NOT_SUPPORTED", "CONDITION_ALWAYS_TRUE", "MFA_CONDITION_BYPASSED_WHEN_ABSENT"}
        | {"NEGATED_CONDITION_IS_NO_RESTRICTION", "DENY_HITS_MISSING_KEY", "SOURCE_IP_WITHOUT_SERVICE_EXCEPTION"}
        | {"QUALIFIER_WITHOUT_PRESENCE"}
        | {"RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY", "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK"}
        | {"UNSUPPORTED_ACTION_FOR_CONDITION_KEY", "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL"}
        | {"UNTRUSTWORTHY_CONDITION_KEY", "MISSING_ACTION_FOR_CONDITION_KEY"}
        | {"FEDERATED_PRINCIPAL_NOT_SUPPORTED", "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", "SCP_SYNTAX_ERROR_PRINCIPAL"}
    ),
    "substring": frozenset({"MISSING_BRACE_IN_VARIABLE", "MISSING_QUOTE_IN_VARIABLE", "TEMPLATE_NOT_RESOLVED"}),
}


@pytest.mark.parametrize("row", _BUILT, ids=_ids())
def test_a_worked_case_points_at_its_place(row: dict[str, Any]) -> None:
    letter, _, word = row["on"].partition(" ")
    for finding in findings(row["text"], KINDS[letter], "AWS::S3::Bucket" if word else None):
        path, span = finding.locations[0].path, finding.span
        kind = path[-1][0] if path else "document"
        if path[:1] == (("value", "Statement"),) and (len(path) == 1 or (len(path) == 2 and kind == "index")):
            kind = "statement"
        kind = {"index": "value"}.get(kind, kind)
        expected = next((place for place, known in _PLACES.items() if finding.code in known), "value")
        if finding.code == "TEMPLATE_NOT_RESOLVED" and row["text"][span.start] == "{":
            expected = "value"  # an object such as {"Fn::Sub": …}
        assert (kind, finding.code) == (expected, finding.code)
        assert span.start < span.end <= len(row["text"])
        if kind == "key":
            assert row["text"][span.start : span.end] == json.dumps(path[-1][1])
