"""What a user fills into a template: the text that comes of it, and the way back. Spec findings.md 4.3."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from workbench.document.edits import Edit, apply_edits
from workbench.document.parser import parse
from workbench.document.span import Span
from workbench.embedded.values import blanks, edits_back, filled


def known(name: str) -> bool:
    return name.startswith("aws:")


def made(text: str, **values: str) -> str:
    given_values = {f"${{{name.replace('__', '::')}}}": value for name, value in values.items()}
    found = filled(parse(text), known, given_values)
    return text if found is None else found.text


def test_placeholders_of_all_kinds_are_named_once_in_the_order_of_the_text() -> None:
    text = json.dumps(
        {
            "a": "arn:aws:s3:::${Bucket}/${aws:username}/*",
            "b": {"Ref": "Bucket"},
            "c": {"Fn::GetAtt": ["Role", "Arn"]},
            "d": {"Fn::Sub": "arn:${AWS::Partition}:s3:::${Bucket}/${!aws:username}"},
            "e": "arn:aws:iam::<account-id>:root",
            "f": {"Fn::Join": ["", ["a", "b"]]},
        }
    )
    found = blanks(parse(text), known)
    names = ["${Bucket}", "${Role.Arn}", "${AWS::Partition}", "<account-id>", '{"Fn::Join": ["", ["a", "b"]]}']
    assert [blank.name for blank in found] == names
    assert len(found[0].spans) == 3
    assert [blank.example for blank in found][2:4] == ["aws", "111122223333"]


def test_values_stand_where_the_placeholders_stood() -> None:
    text = (
        '{"a": "x:${B}/${aws:username}", "b": {"Ref": "B"}, "c": {"Fn::Sub": "${B}-${!aws:username}-${AWS::Region}"}}'
    )
    assert json.loads(made(text, B='q"')) == {
        "a": 'x:q"/${aws:username}',
        "b": 'q"',
        "c": {"Fn::Sub": "${B}-${!aws:username}-${AWS::Region}"},  # one value is missing
    }
    assert json.loads(made(text, B="q", AWS__Region="us-east-1"))["c"] == "q-${aws:username}-us-east-1"


def test_a_text_without_any_of_the_values_is_left_alone() -> None:
    assert filled(parse('{"a": "${B}"}'), known, {"${C}": "x"}) is None
    assert filled(parse('{"a": "${B}"}'), known, {"${B}": ""}) is None


def test_lines_keep_their_numbers() -> None:
    text = '{\n "a": {\r\n  "Ref": "B"\r\n },\n "b": 1\n}'
    got = made(text, B="x")
    assert json.loads(got) == {"a": "x", "b": 1}
    assert parse(got).position(got.index('"b"')).line == parse(text).position(text.index('"b"')).line


def test_edits_lead_back_only_where_no_value_stands() -> None:
    text = '{"a": ["<account-id>", "k"]}'
    found = filled(parse(text), known, {"<account-id>": "111122223333"})  # of the same length
    assert found is not None

    def back(old: str, new: str) -> tuple[Edit, ...]:
        at = found.text.index(old)
        return edits_back((Edit(Span(at, at + len(old)), new),), found.source)

    assert apply_edits(text, back('"k"', '"l"')) == '{"a": ["<account-id>", "l"]}'
    assert apply_edits(text, back('"111122223333", ', "")) == '{"a": ["k"]}'
    assert back('"111122223333"', '"1"') == () == back("1111", "") == back("3333", "9")


@given(st.lists(st.sampled_from(["${A}", "<b-c>", "text", '\\"', "é"]), max_size=6), st.text(min_size=1, max_size=8))
def test_every_place_of_the_filled_text_leads_to_one_of_the_text_without(parts: list[str], value: str) -> None:
    text = f'{{"x": "{"".join(parts)}", "y": {{"Ref": "A"}}}}'
    found = filled(parse(text), known, {"${A}": value, "<b-c>": value})
    assert found is not None
    assert not parse(found.text).problems
    for start in range(len(found.text)):
        span = found.source.span(Span(start, start + 1))
        assert 0 <= span.start <= span.end <= len(text)
        exact = found.source.exact(Span(start, start + 1))
        assert exact is None or text[exact.start : exact.end] == found.text[start]
