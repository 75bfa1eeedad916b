"""Every issue code: a case that has it, where it points, a near miss that stays silent, a page of help.

The case is the example of the page, the near miss what the page says to write instead and, where there is a subtler
one, a line of `cases.jsonl`, which also says where the finding points.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.findings.helpers import KINDS, applied, codes, context, findings, statement
from tests.support import shared
from workbench.findings.codes import CODES, OF_SUPPRESSIONS
from workbench.findings.context import CheckContext
from workbench.findings.help_pages import HelpPage, checks_table, help_page, help_text, laid_out
from workbench.findings.model import Confidence, Finding, Origin
from workbench.findings.registry import REGISTRY, run_checks
from workbench.findings.rules import ForbiddenAccess, HouseRules, RequiredCondition
from workbench.policy.kinds import PolicyKind
from workbench.resources import resource_path

_ROWS: dict[str, dict[str, Any]] = {
    row["code"]: row for row in map(json.loads, Path(__file__).with_name("cases.jsonl").read_text("utf-8").splitlines())
}


def _document(text: str) -> str:
    return text if '"Statement"' in text or '"Version"' in text else statement(text)


def _page(code: str) -> HelpPage:
    page = help_page(code)
    assert page is not None, f"{code} has no page of help"
    return page


def _found(page: HelpPage, text: str) -> tuple[Finding, ...]:
    return findings(_document(text), KINDS[page.on], page.type)


_SHOWN = [code for code in CODES if (page := help_page(code)) is None or not page.sketch]


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_page_of_help_that_says_all(code: str) -> None:
    page = _page(code)
    for text in (page.means, page.why):
        assert text.endswith("."), text
        assert "`" not in text
    shown = help_text(page)
    for part in (page.means, page.why, code, CODES[code].title, "## Example", "## Write instead", "## Source"):
        assert part in shown
    if CODES[code].confidence is Confidence.INFERRED:
        assert "documentation is silent" in shown


@pytest.mark.parametrize("code", _SHOWN)
def test_the_example_has_the_finding_and_what_is_to_be_written_instead_has_not(code: str) -> None:
    page = _page(code)
    assert code in codes(_found(page, page.example))
    instead = _found(page, page.instead)
    assert code not in codes(instead)
    assert [f.code for f in instead if f.type == "ERROR"] == []
    assert json.loads(laid_out(page.instead)) == json.loads(page.instead)


@pytest.mark.parametrize("code", [code for code in _SHOWN if code in _ROWS])
def test_the_finding_points_where_it_should(code: str) -> None:
    page, row = _page(code), _ROWS[code]
    text = _document(page.example)
    finding = next(f for f in _found(page, page.example) if f.code == code)
    assert [text[place.span.start : place.span.end] for place in finding.locations] == row["at"]
    written = [f"{value}#" if kind == "key" else str(value) for kind, value in finding.locations[0].path]
    assert ".".join(written) == row["path"]
    assert bool(finding.fixes) is row["mended"]


@pytest.mark.parametrize("code", _SHOWN)
def test_the_details_are_one_or_two_plain_sentences(code: str) -> None:
    for finding in _found(_page(code), _page(code).example):
        details = finding.details
        assert details.endswith((".", "?", ".)")), details
        assert len(re.findall(r"[.?](?= [A-Z(])", details)) <= 1 + details.endswith(".)"), details
        assert not {"`", "\n", finding.code} & {*details, *details.split()}, details
        assert finding.note or finding.confidence is Confidence.DOCUMENTED


@pytest.mark.parametrize("code", [code for code, row in _ROWS.items() if "miss" in row])
def test_a_near_miss_stays_silent(code: str) -> None:
    assert code not in codes(_found(_page(code), _ROWS[code]["miss"]))


@pytest.mark.parametrize("code", _SHOWN)
def test_a_fix_takes_its_finding_away_and_makes_no_new_error(code: str) -> None:
    page = _page(code)
    before = _found(page, page.example)
    text = _document(page.example)
    for finding in before:
        for fix in finding.fixes if finding.code == code else ():
            after = findings(applied(text, fix), KINDS[page.on], page.type)
            assert codes(after).count(code) < codes(before).count(code), fix.label
            assert not {f.code for f in after if f.type == "ERROR"} - set(codes(before)), fix.label


def _of_length(length: int, *, blanks: int = 0) -> str:
    start, end = '{"Version":"2012-10-17","Statement":[],"Id":"', '"}'
    return start + "x" * (length - len(start) - len(end)) + end[:1] + " " * blanks + end[1:]


def _long(kind: str, hit: str, miss: str) -> tuple[CheckContext, CheckContext]:
    return context(hit, KINDS[kind]), context(miss, KINDS[kind])


def _ruled(rules: HouseRules, hit: str, miss: str) -> tuple[CheckContext, CheckContext]:
    return tuple(replace(context(statement(each)), rules=rules) for each in (hit, miss))  # type: ignore[return-value]


# Codes whose example would fill pages, or that hang on something beside the text: one that has it, one that has not.
_BUILT: dict[str, Callable[[], tuple[CheckContext, CheckContext]]] = {
    "POLICY_SIZE_EXCEEDS_RCP_QUOTA": lambda: _long("C", _of_length(5_121), _of_length(5_120)),
    "POLICY_SIZE_EXCEEDS_SCP_QUOTA": lambda: _long("S", _of_length(5_121), _of_length(5_120)),
    "POLICY_SIZE_NEEDS_COMPACTING": lambda: _long("S", _of_length(5_120, blanks=1), _of_length(5_120)),
    "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA": lambda: _long("I", _of_length(10_241), _of_length(10_240)),
    "POLICY_SIZE_EXCEEDS_MANAGED_POLICY_QUOTA": lambda: _long("I", _of_length(6_145), _of_length(6_144)),
    "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA": lambda: _long("R", _of_length(32_769), _of_length(32_768)),
    "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA": lambda: _long("T", _of_length(2_049), _of_length(2_048)),
    "BYTE_ORDER_MARK": lambda: (replace(context("{}"), bom=True), context("{}")),
    "SCP_SYNTAX_ERROR_ACTION_WILDCARD": lambda: (
        replace(context(statement(_SCP), PolicyKind.SCP), old_scp_language=True),
        context(statement(_SCP), PolicyKind.SCP),
    ),
    "HOUSE_RULE_FORBIDDEN_ACTION": lambda: _ruled(
        HouseRules(forbidden=(ForbiddenAccess(("s3:DeleteBucket",)),)),
        '{"Effect":"Allow","Action":"s3:Delete*","Resource":"*"}',
        '{"Effect":"Allow","Action":"s3:DeleteObject","Resource":"*"}',
    ),
    "HOUSE_RULE_CONDITION_MISSING": lambda: _ruled(
        HouseRules(
            required=(RequiredCondition(("s3:PutObject",), '{"StringEquals":{"aws:SourceVpc":"vpc-11223344"}}'),)
        ),
        '{"Effect":"Allow","Action":"s3:Put*","Resource":"*"}',
        '{"Effect":"Allow","Action":"s3:Put*","Resource":"*","Condition":'
        '{"StringEquals":{"aws:SourceVpc":"vpc-11223344"}}}',
    ),
    "HOUSE_RULE_ACCOUNT_NOT_ALLOWED": lambda: _ruled(
        HouseRules(accounts=frozenset({"111122223333"})),
        '{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::444455556666:role/r"}',
        '{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::111122223333:role/r"}',
    ),
}
_SCP = '{"Effect":"Deny","Action":"iam:*Role","Resource":"*"}'


@pytest.mark.parametrize("code", _BUILT)
def test_what_no_page_can_show_is_found_too(code: str) -> None:
    hit, miss = _BUILT[code]()
    found = [f for f in run_checks(hit)[0] if f.code == code]
    assert found
    assert all(f.span.end > f.span.start for f in found)
    assert code not in codes(run_checks(miss)[0])


def test_no_code_goes_untried() -> None:
    assert set(_SHOWN) | set(_BUILT) | set(OF_SUPPRESSIONS) == set(CODES)
    assert not (set(_SHOWN) | set(_BUILT)) & set(OF_SUPPRESSIONS), "they have tests/project/test_suppression_files.py"
    assert not set(_SHOWN) & set(_BUILT)
    assert {code for code, known in CODES.items() if known.origin is Origin.AWS} <= set(_ROWS)
    assert {code for check in REGISTRY for code in check.codes} | set(OF_SUPPRESSIONS) == set(CODES)


def test_the_table_of_checks_is_current() -> None:
    assert resource_path("help/checks.md").read_text("utf-8") == checks_table(), (
        "run python -m workbench.findings.checks_table > resources/help/checks.md"
    )


def test_all_153_checks_of_aws_are_here_for_the_kinds_that_the_specification_names() -> None:
    text = shared("spec/findings.md").read_text("utf-8")
    section = text[text.index("### 2.1") : text.index("## 3. Beyond AWS")]
    named = set(re.findall(r"\b(?:CREATE_SLR|PASS_ROLE)_WITH_[A-Z_]+", section))
    for code, on in re.findall(r"^\| ([A-Z][A-Z0-9_]+) \| ([^|]+?) \|", section, re.MULTILINE):
        named.add(code)
        kinds = CODES[code].kinds
        letters = {letter for letter, kind in KINDS.items() if kind in kinds}
        listed = set("IRTSC") if on == "all" else {part[0] for part in on.split()}
        if "R" in listed and "R−T" not in on:
            listed.add("T")  # R includes T unless the row says otherwise
        assert letters == listed, (code, on)
    assert len(named) == 153
    assert {code for code, known in CODES.items() if known.origin is Origin.AWS} == named
