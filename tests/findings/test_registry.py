"""The contract of the registry: every code in its place, order, deduplication, folding, failure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.findings.helpers import check, codes, context, findings, one, statement
from workbench.document.span import Span
from workbench.findings.codes import CODES, OF_SUPPRESSIONS
from workbench.findings.context import Check, CheckContext, GaveUpError
from workbench.findings.model import FailedCheck, Finding, FindingType
from workbench.findings.registry import REGISTRY, run_checks
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import Place

# Something for most checks to say.
_BAD = statement(
    '[{"Sid":"a b","Effect":"Allow","Action":["s3:GetObjct","iam:PassRole"],"Resource":"*",'
    '"Condition":{"Bool":{"aws:SecureTransport":["true","yes"]}}},{"Effect":"deny","Action":[],"Resource":"arn:aws:s3"}]'
)


def test_every_code_belongs_to_a_check_and_every_check_names_known_codes() -> None:
    named = {code for check in REGISTRY for code in check.codes}
    assert not named & set(OF_SUPPRESSIONS)
    assert named | set(OF_SUPPRESSIONS) == set(CODES)
    assert len({check.name for check in REGISTRY}) == len(REGISTRY)


@pytest.mark.parametrize("broken", REGISTRY, ids=lambda check: check.name)
def test_a_check_that_raises_is_reported_and_the_others_go_on(broken: Check) -> None:
    def explode(_: CheckContext) -> Iterator[Finding]:
        raise ZeroDivisionError("division by zero")

    checks = [replace(c, run=explode) if c is broken else c for c in REGISTRY]
    found, failed = run_checks(context(_BAD), checks)
    whole, none = check(_BAD)
    ran = any(PolicyKind.IDENTITY in CODES[code].kinds for code in broken.codes)
    assert failed == ((FailedCheck(broken.name, "division by zero"),) if ran else ())
    assert none == ()
    others = {code for c in REGISTRY if c is not broken for code in c.codes}
    expected = [f for f in whole if f.code in others]
    assert [f for f in found if f in expected] == expected


def test_a_check_that_gives_up_is_reported_and_makes_no_finding() -> None:
    def give_up(ctx: CheckContext) -> Iterator[Finding]:
        yield ctx.report("MISSING_VERSION", "x", Place((), Span(0, 1)))
        raise GaveUpError

    found, failed = run_checks(context(_BAD), [Check("slow", ("MISSING_VERSION",), give_up)])
    assert (found, failed) == ((), (FailedCheck("slow", "not decided within budget"),))


def test_a_check_cannot_report_what_is_not_registered() -> None:
    with pytest.raises(KeyError):
        context(_BAD).report("NO_SUCH_CODE", "x", Place((), Span(0, 1)))
    with pytest.raises(ValueError, match="MISSING_VERSION"):
        context(_BAD).report("MISSING_VERSION", "x")


def test_findings_come_by_place_then_worst_first_then_by_code() -> None:
    def scattered(ctx: CheckContext) -> Iterator[Finding]:
        late, early = Place((("value", "b"),), Span(5, 6)), Place((("value", "a"),), Span(1, 2))
        for code, place in (
            ("EMPTY_SID_VALUE", early),
            ("TYPE_MISMATCH", late),
            ("MISSING_EFFECT", late),
            ("INVALID_EFFECT", late),
        ):
            yield ctx.report(code, "x", place)

    all_codes = ("EMPTY_SID_VALUE", "TYPE_MISMATCH", "MISSING_EFFECT", "INVALID_EFFECT")
    found, _ = run_checks(context(_BAD), [Check("scattered", all_codes, scattered)])
    assert codes(found) == ["EMPTY_SID_VALUE", "INVALID_EFFECT", "MISSING_EFFECT", "TYPE_MISMATCH"]


def test_one_code_at_one_set_of_places_is_one_finding() -> None:
    def twice(ctx: CheckContext) -> Iterator[Finding]:
        a, b = Place((("value", "a"),), Span(1, 2)), Place((("value", "b"),), Span(3, 4))
        yield ctx.report("REDUNDANT_ACTION", "first", a, b)
        yield ctx.report("REDUNDANT_ACTION", "second", b, a)
        yield ctx.report("REDUNDANT_ACTION", "third", a)

    found, _ = run_checks(context(_BAD), [Check("twice", ("REDUNDANT_ACTION",), twice)])
    assert [f.details for f in found] == ["third", "first"] or [f.details for f in found] == ["first", "third"]


def test_three_misspelt_actions_are_three_findings() -> None:
    text = statement('{"Effect":"Allow","Action":["s3:GetObjct","s3:PutObjct","s3:GetObjct"],"Resource":"*"}')
    assert codes(findings(text)).count("INVALID_ACTION") == 3


def test_a_repaired_statement_is_left_alone_and_the_others_are_checked() -> None:
    text = statement(
        '[{"Effect":"Allow","Action":["s3:GetObjct",],"Resource":"*"},'
        '{"Effect":"Allow","Action":"s3:PutObjct","Resource":"*"}]'
    )
    found = findings(text)
    assert codes(found) == ["JSON_SYNTAX_ERROR", "INVALID_ACTION"]
    assert "s3:PutObjct" in found[1].details


def test_nothing_that_only_the_repair_made_is_reported() -> None:
    assert codes(findings('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*"')) == [
        "JSON_SYNTAX_ERROR"
    ]


def test_a_finding_outside_of_its_kinds_is_not_made() -> None:
    text = statement('{"Sid":"my sid","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}')
    assert "UNSUPPORTED_SID" in codes(findings(text, PolicyKind.IDENTITY))
    assert "UNSUPPORTED_SID" not in codes(findings(text, PolicyKind.RESOURCE))


def test_the_same_text_gives_the_same_findings() -> None:
    assert findings(_BAD) == findings(_BAD)


def test_a_single_document_only_suggests_what_another_policy_may_grant() -> None:
    found = findings(statement('{"Effect":"Allow","Action":"sagemaker:CreateModel","Resource":"*"}'))
    finding = one(found, "DEPENDENT_ACTION_MISSING")
    assert finding.type is FindingType.SUGGESTION
    assert "2026-07-08" in finding.note


def test_messages_are_plain_sentences() -> None:
    for finding in findings(_BAD):
        assert finding.details.endswith((".", "?", ")")), finding
        assert finding.code not in finding.details
        assert "`" not in finding.details
        assert "\n" not in finding.details
