"""The statements in a line each, and what typed text means among them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workbench.document.parser import parse
from workbench.writing.outline import outline, places

POLICY = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:List*", "s3:GetBucketAcl", "s3:Put*"]},
    3,
    {"Effect": "Deny", "NotAction": "iam:*"},
    {"Sid": "Late"}
  ]
}"""


def test_each_statement_says_its_number_sid_effect_and_what_it_is_about() -> None:
    document = parse(POLICY)
    found = outline(document)
    assert [(e.number, e.sid, e.effect, e.about) for e in found] == [
        (1, "Read", "Allow", "s3:GetObject, s3:List*, s3:GetBucketAcl and 1 more"),
        (3, "", "Deny", "all but iam:*"),
        (4, "Late", "", "nothing yet"),
    ]
    assert POLICY[found[1].span.start : found[1].span.end].startswith('{"Effect": "Deny"')


def test_what_is_typed_may_be_a_line_a_number_or_letters_of_a_sid() -> None:
    document = parse(POLICY)
    entries = outline(document)

    def labels(typed: str) -> list[str]:
        return [place.label for place in places(document, entries, typed)]

    assert labels("") == ["1  Read", "3  no Sid", "4  Late"]
    assert labels("3") == ["Line 3", "3  no Sid"]
    assert labels("4:7") == ["Line 4, column 7"]
    assert labels("lat")[0] == "4  Late"
    assert labels("iam")[0] == "3  no Sid"
    assert labels("zzz") == []
    [place] = places(document, entries, "4:7")
    assert POLICY[place.span.start :].startswith('Sid": "Read"')
    assert labels("99999") == ["Line 9"]


def test_one_statement_needs_no_list() -> None:
    assert [e.sid for e in outline(parse('{"Statement": {"Sid": "One"}}'))] == ["One"]


@given(st.text(alphabet='{}[]":,Sid0 \n', max_size=50), st.text(alphabet="0123456789: aé²", max_size=12))
def test_nothing_typed_in_nothing_written_breaks_it(text: str, typed: str) -> None:
    document = parse(text)
    for place in places(document, outline(document), typed):
        assert 0 <= place.span.start <= place.span.end <= len(text)
