"""Text and annotations: one finding, one place; what is suppressed or known; nothing breaks the line it stands on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.report.reports import report, suppressed
from workbench.findings.model import FindingType, Origin
from workbench.report.github import github_lines
from workbench.report.model import fails, only
from workbench.report.text import summary, text_lines


def test_a_finding_is_told_with_its_line_and_its_fix() -> None:
    lines = list(text_lines([report()]))
    assert lines[0].startswith("policies/a b.json:2:14: ERROR INVALID_EFFECT: ")
    assert lines[1] == '  2 |   {"Effect": "allow", "Action": ["s3:GetObjct", "s3:*", "s3:List*"], "Resource": "*"},'
    assert lines[2] == "    |              ^^^^^^^"
    assert lines[3].startswith("    = fix: ")
    assert lines[-1].endswith(", but 1 check failed in 1 file.")


def test_a_suppressed_finding_stays_with_its_reason_and_does_not_count() -> None:
    found = report()
    marked = replace(found, told=tuple(suppressed(t) for t in found.told), failed=())
    lines = list(text_lines([marked]))
    assert lines[0].startswith("policies/a b.json:2:14: ERROR INVALID_EFFECT (suppressed): ")
    assert lines[3] == "    = suppressed: known since 2025, until 2027-01-01"
    assert lines[-1] == f"No findings, {len(found.told)} suppressed in 1 file."
    assert not fails([marked], FindingType.SUGGESTION)


def test_what_the_baseline_has_is_only_counted() -> None:
    found = replace(report(), failed=())
    known = replace(found, told=tuple(replace(t, known=True) for t in found.told))
    assert list(text_lines([known])) == [f"No findings, {len(found.told)} in the baseline in 1 file."]
    assert list(github_lines([known])) == [summary([known])]
    assert not fails([known], FindingType.SUGGESTION)


@pytest.mark.parametrize(
    ("least", "failed"),
    [(FindingType.ERROR, True), (FindingType.SUGGESTION, True), (None, False)],
)
def test_what_fails_is_a_matter_of_severity(least: FindingType | None, failed: bool) -> None:
    found = replace(report(), failed=())
    assert fails([found], least) is failed
    mild = only([found], origin=Origin.AWS)
    assert {t.finding.origin for t in mild[0].told} == {Origin.AWS}
    severe = only([found], FindingType.ERROR)
    assert {t.finding.type for t in severe[0].told} == {FindingType.ERROR}
    assert not fails([replace(f, told=f.told[:0]) for f in severe], FindingType.SUGGESTION)
    assert fails([report()], None), "a check that failed is never a success"


def test_an_annotation_is_one_line_with_its_place() -> None:
    first, *_, failed, total = github_lines([report()])
    assert first.startswith(
        "::error file=policies/a b.json,line=2,endLine=2,col=14,endColumn=21,title=INVALID_EFFECT::"
    )
    assert failed == "::error file=policies/a b.json,title=A check failed::a check: it, broke: at%0A100 %25"
    assert total == summary([report()])


def test_an_annotation_escapes_what_would_end_a_property() -> None:
    first, *_ = github_lines([report(path="a,b:c%.json")])
    assert first.startswith("::error file=a%2Cb%3Ac%25.json,line=2,")


def test_a_suppressed_finding_is_a_notice_with_its_reason() -> None:
    found = report()
    first, *_ = github_lines([replace(found, told=(suppressed(found.told[0]),))])
    assert first.startswith("::notice ")
    assert "title=INVALID_EFFECT (suppressed)::" in first
    assert first.endswith(" Suppressed: known since 2025")


def test_a_finding_over_several_lines_has_no_columns() -> None:
    lines = list(github_lines([report('{\n"Statement": []\n}')]))
    several = next(line for line in lines if "MISSING_VERSION" in line)
    assert "line=1,endLine=3,title=" in several
