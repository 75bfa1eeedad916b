"""Findings on a text whose JSON had to be repaired: nothing but what the author wrote is spoken of."""

from __future__ import annotations

import random

import pytest

from tests.document.test_single_mistakes import LAID_OUT
from tests.findings.helpers import check
from workbench.document.parser import parse
from workbench.findings.model import Finding
from workbench.policy.kinds import PolicyKind
from workbench.policy.reader import read

BROKEN = {
    "a bracket missing before actions": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
    '"Action":"s3:GetObject","s3:ListBucket"],"Resource":"*"}]}',
    "a doubled brace": '{{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
    "a brace missing after a condition": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*",'
    '"Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"},"Sid":"a"},'
    '{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}',
    "a brace missing before a statement": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*",'
    '"Resource":"*"},"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}',
    "values without names": '{"Version":"2012-10-17",[1],[2],"Statement":[]}',
    "a list of statements closed too early": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*",'
    '"Resource":"*"}]],"Id":"x"}',
    "text cut off": "{",
}


def _errors(text: str) -> list[Finding]:
    return [f for f in check(text)[0] if f.type == "ERROR" and f.code != "JSON_SYNTAX_ERROR"]


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_what_only_the_repair_made_is_no_error(text: str) -> None:
    assert parse(text).problems
    assert _errors(text) == []


def test_mistakes_in_statements_that_no_repair_touched_are_reported() -> None:
    text = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":\n"s3:GetObject",\n"s3:ListBucket"\n],'
        '"Resource":"*"},{"Effect":"allow","Action":"s3:GetObjct","Resource":"*"}]}'
    )
    assert sorted(f.code for f in _errors(text)) == ["INVALID_ACTION", "INVALID_EFFECT"]


def test_a_misspelt_element_of_the_document_is_told_beside_a_missing_comma() -> None:
    text = '{"Verison":"2012-10-17","Statement":[{"Effect":"Allow" "Action":"s3:*","Resource":"*"}]}'
    assert [f.code for f in _errors(text)] == ["INVALID_POLICY_ELEMENT"]


def test_no_finding_has_an_empty_span_but_at_the_end_of_the_text() -> None:
    draw = random.Random(4)
    pieces = ["", "{", "}", "[", "]", ",", ":", '"', '"a":', "{{", "\u201c", "x"]
    for _ in range(400):
        text = LAID_OUT
        for _ in range(draw.randint(1, 3)):
            at = draw.randrange(len(text))
            text = text[:at] + draw.choice(pieces) + text[at + draw.randint(0, 3) :]
        for finding in check(text)[0]:
            for location in finding.locations:
                assert location.span.end > location.span.start or location.span.start == len(text), (text, finding)


@pytest.mark.parametrize("text", ["{", '{"Statement":[{"Effect":"Allow" "Action":"s3:*"}]}', "[{}", '{"Version":{}'])
def test_a_policy_is_refused_for_its_syntax_before_what_may_follow_from_it(text: str) -> None:
    fatal = read(parse(text), PolicyKind.IDENTITY).fatal
    assert fatal is not None
    assert fatal.code == "JSON_SYNTAX_ERROR"


def test_names_that_stand_twice_in_what_is_not_read_are_reported() -> None:
    for statement in (
        '"Foo":{"a":1,"a":2}',
        '"Foo":[{"a":{"b":1,"b":2}}]',
        '"Action":{"a":1,"a":2}',
        '"Sid":[{"a":1,"a":2}]',
    ):
        text = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",' + statement + ',"Resource":"*"}]}'
        assert "DUPLICATE_JSON_KEY" in [f.code for f in check(text)[0]], statement


def test_a_policy_within_a_string_gets_told_how_to_take_it_out() -> None:
    found = check('"{\\"Version\\": \\"2012-10-17\\"}"')[0]
    assert [f.code for f in found] == ["JSON_SYNTAX_ERROR"]
    assert "backslashes" in found[0].details


@pytest.mark.parametrize("kind", [PolicyKind.SCP, PolicyKind.RCP])
def test_an_organization_policy_has_no_id(kind: PolicyKind) -> None:
    policy = read(parse('{"Version":"2012-10-17","Id":"x","Statement":[]}'), kind)
    assert [d.code for d in policy.defects] == ["INVALID_POLICY_ELEMENT"]


def test_kinds_of_policy_have_their_article() -> None:
    policy = read(
        parse('{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}'), PolicyKind.IDENTITY
    )
    assert policy.defects[0].details == "An identity policy must not have Principal. Remove it."
