"""JSON is ValidatePolicy's response, held against botocore's model; what we say besides has names of our own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import botocore.session
from botocore.validate import ParamValidator

from tests.report.reports import report, suppressed
from workbench.report.json_shape import json_shape

_OURS = {"origin", "confidence", "note", "fixes", "scenario", "assumption", "suppressed", "policy", "inBaseline"}


def as_aws_has_it(shown: dict[str, Any]) -> dict[str, Any]:
    """The response without what is ours; it must be there before it is taken away."""
    assert set(shown) <= {"findings", "failedChecks", "suppressions", "path"}
    for finding in shown["findings"]:
        assert set(finding) - {"findingDetails", "findingType", "issueCode", "learnMoreLink", "locations"} <= _OURS
    return {"findings": [{k: v for k, v in finding.items() if k not in _OURS} for finding in shown["findings"]]}


def check(shown: dict[str, Any]) -> None:
    model = botocore.session.get_session().get_service_model("accessanalyzer")
    shape = model.operation_model("ValidatePolicy").output_shape
    found = ParamValidator().validate(as_aws_has_it(shown), shape)
    assert not found.has_errors(), found.generate_report()


def test_one_file_is_the_response_itself() -> None:
    marked = report()
    told = (suppressed(marked.told[0]), replace(marked.told[1], known=True, policy="a.b"), *marked.told[2:])
    shown = json_shape([replace(marked, told=told)], single=True)
    check(shown)
    first, second, *_ = shown["findings"]
    assert first["suppressed"] == {"reason": "known since 2025", "author": "ann", "expires": "2027-01-01"}
    assert (second["inBaseline"], second["policy"]) == (True, "a.b")
    assert shown["failedChecks"] == [{"check": "a check", "error": "it, broke: at\n100 %"}]


def test_what_is_wrong_with_its_suppressions_stands_beside() -> None:
    stale = replace(report(path="s.toml"), of_policies=False, failed=())
    shown = json_shape([report(), stale], single=True)
    check(shown)
    assert shown["suppressions"]["path"] == "s.toml"
    check(shown["suppressions"])


def test_several_files_are_one_response_each() -> None:
    shown = json_shape([report(path="a"), report(path="b")], single=False)
    assert [file["path"] for file in shown["files"]] == ["a", "b"]
    for file in shown["files"]:
        check(file)
