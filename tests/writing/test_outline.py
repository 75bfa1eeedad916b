"""The statements in a line each, and what typed text means among them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.document.parser import parse
from workbench.writing.outline import line_meant, meant, outline

POLICY = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:List*", "s3:GetBucketAcl", "s3:Put*"]},
    3,
    {"Effect": "Deny", "NotAction": "iam:*"},
    {"Sid": "Late"}
  ]
}"""


def test_each_statement_says_its_index_sid_effect_and_what_it_is_about() -> None:
    found = outline(parse(POLICY))
    assert [(e.index, e.sid, e.effect, e.about) for e in found] == [
        (0, "Read", "Allow", "s3:GetObject, s3:List*, s3:GetBucketAcl and 1 more"),
        (2, "", "Deny", "all but iam:*"),
        (3, "Late", "", "nothing yet"),
    ]
    assert POLICY[found[1].span.start : found[1].span.end].startswith('{"Effect": "Deny"')


def test_what_is_typed_may_be_an_index_or_letters() -> None:
    entries = outline(parse(POLICY))

    def indexes(typed: str) -> list[int]:
        return [entry.index for entry in meant(entries, typed)]

    assert indexes("") == [0, 2, 3]
    assert indexes("2") == [2]
    assert indexes("1") == []  # no statement stands there
    assert indexes("lat")[0] == 3
    assert indexes("iam")[0] == 2
    assert indexes("zzz") == []


def test_of_very_many_those_count_that_hold_what_is_typed() -> None:
    one = '{"Sid": "Number%d", "Effect": "Allow", "Action": "s3:GetObject"}'
    entries = outline(parse('{"Statement": [' + ",".join(one % n for n in range(1000)) + "]}"))
    assert [entry.index for entry in meant(entries, "ber77")] == [77, *range(770, 780)]
    assert meant(entries, "br77") == []


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [("12", (12, 1)), (" 12:5 ", (12, 5)), ("12:", (12, 1)), ("0", (1, 1)), ("x", None), ("1:x", None), ("²", None)],
)
def test_a_line_and_a_column(typed: str, wanted: tuple[int, int] | None) -> None:
    assert line_meant(typed) == wanted


def test_one_statement_needs_no_list() -> None:
    assert [e.sid for e in outline(parse('{"Statement": {"Sid": "One"}}'))] == ["One"]


@given(st.text(alphabet='{}[]":,Sid0 \n', max_size=50), st.text(alphabet="0123456789: aé²", max_size=12))
def test_nothing_typed_in_nothing_written_breaks_it(text: str, typed: str) -> None:
    line_meant(typed)
    for entry in meant(outline(parse(text)), typed):
        assert 0 <= entry.span.start <= entry.span.end <= len(text)
