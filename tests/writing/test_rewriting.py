"""Laying out, minifying and sorting: what they write means the same, or nothing is changed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.document.parser import parse
from workbench.writing import rewriting
from workbench.writing.layout import lay_out, minified, tokens, words
from workbench.writing.rewriting import Refused, in_order, laid_out, minify
from workbench.writing.values import repeated_name, same_values

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
BROKEN = st.text(alphabet='{}[],:"\\/* ab\n\t\u00a0\x0c1', max_size=60)
POLICY = """{
  "Statement": [
    {
      "Action": ["s3:PutObject", "S3:GetObject"],
      "Condition": {"Bool": {"b": "true", "a": "true"}},
      "Effect": "Allow",
      "Resource": "*",
      "Sid": "One"
    }
  ],
  "Odd": 1.0,
  "Version": "2012-10-17"
}
"""


def same(one: str, other: str, **how: Any) -> bool:
    return same_values(parse(one).root, parse(other).root, **how)


@given(JSON, st.integers(0, 5))
def test_layout_and_minified_text_mean_the_same(value: object, indent: int) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=indent or None)
    for made in (laid_out(text).text, minify(text).text):
        assert json.loads(made) == value
        assert same(text, made)
    assert minify(text).text == json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@given(BROKEN)
def test_broken_text_keeps_its_words_and_is_laid_out_once(text: str) -> None:
    assert "".join(tokens(text)) == text
    once = laid_out(text).text
    assert words(once) == words(text)
    assert lay_out(once) == once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": "x  \n}', '{\n  "a": "x  \n}\n'),  # the string has no end: its blanks are its own
        ('{ // why\n"a": 1}', '{\n  // why\n  "a": 1\n}\n'),
        ('{"a":\u00a01}', '{\n  "a": \u00a01\n}\n'),  # JSON has no such blank: it stays, for a finding to speak of
        ('{"a": }', '{\n  "a":\n}\n'),
        ("[1,,2]", "[\n  1,\n  ,\n  2\n]\n"),
    ],
)
def test_of_broken_json_only_white_space_between_words_changes(text: str, expected: str) -> None:
    assert laid_out(text).text == expected


def test_a_layout_that_would_mean_something_else_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewriting, "lay_out", lambda text: text.replace("1.0", "1"))
    with pytest.raises(Refused, match="could not be proved"):
        laid_out('{"a": 1.0}')
    with pytest.raises(Refused, match="could not be proved"):
        laid_out('{"a": 1.0')


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("1.0", "1", False),
        ("1e400", "1e400", True),
        ('{"a":1,"b":2}', '{"b":2,"a":1}', False),
        ('{"a":1,"a":1}', '{"a":1}', False),
        ('"\\u0041"', '"A"', True),
        ("true", '"True"', False),
        ("null", '"None"', False),
        ("[1,[2]]", "[1,2]", False),
        ("{}", "[]", False),
        ("[[]]", "[{}]", False),
    ],
)
def test_what_the_parser_read_is_compared(one: str, other: str, equal: bool) -> None:
    assert same(one, other) is equal


def test_order_counts_only_where_it_is_asked_for() -> None:
    assert same('{"a":1,"b":2}', '{"b":2,"a":1}', any_order=True)
    assert not same('{"Action":["a","b"]}', '{"Action":["b","a"]}', any_order=True)
    assert same('{"Action":["a","b"]}', '{"Action":["b","a"]}', as_sets=("Action",))
    assert not same('{"Action":["a","a","b"]}', '{"Action":["b","a","b"]}', as_sets=("Action",))
    assert not same('{"x":["a","b"]}', '{"x":["b","a"]}', as_sets=("Action",))


def test_deep_nesting_is_compared_without_recursion() -> None:
    deep = "[" * 50_000 + "]" * 50_000
    assert same(deep, deep)
    assert not same(deep, "[" * 49_999 + "]" * 49_999)
    assert laid_out(deep).text.count("[") == 50_000


def test_elements_go_into_the_order_of_the_grammar_and_keep_their_white_space() -> None:
    made = in_order(POLICY)
    assert (
        made.text
        == """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "One",
      "Effect": "Allow",
      "Action": ["s3:PutObject", "S3:GetObject"],
      "Resource": "*",
      "Condition": {"Bool": {"b": "true", "a": "true"}}
    }
  ],
  "Odd": 1.0
}
"""
    )
    assert '["S3:GetObject", "s3:PutObject"]' in in_order(POLICY, lists=True).text
    assert in_order(made.text).text == made.text


@given(st.integers(0, len(POLICY)), st.booleans())
def test_the_caret_stays_at_its_character(caret: int, lists: bool) -> None:
    made = in_order(POLICY, caret, lists=lists)
    near = POLICY[max(caret - 3, 0) : caret + 3]
    if near.strip() == near and near.isalnum():
        assert made.text[max(made.caret - 3, 0) : made.caret + 3] == near
    for respaced in (laid_out(POLICY, caret), minify(POLICY, caret)):
        assert "".join(respaced.text[: respaced.caret].split()) == "".join(POLICY[:caret].split())


ELEMENTS = st.sampled_from(["Version", "Id", "Statement", "Sid", "Effect", "Action", "Resource", "Condition", "X"])
STATEMENT = st.dictionaries(ELEMENTS, st.text(max_size=4) | st.lists(st.text(max_size=4), max_size=4), max_size=6)


@given(st.dictionaries(ELEMENTS, st.lists(STATEMENT, max_size=3) | STATEMENT, max_size=5), st.booleans())
def test_sorting_keeps_every_value(policy: dict[str, Any], lists: bool) -> None:
    text = json.dumps(policy, indent=2)
    made = json.loads(in_order(text, lists=lists).text)
    if not lists:
        assert made == policy
    assert sorted(json.dumps(made)) == sorted(json.dumps(policy))


@pytest.mark.parametrize("command", [minify, in_order])
def test_broken_json_is_refused_in_a_sentence(command: Any) -> None:
    with pytest.raises(Refused, match="The JSON has a mistake: mend it first"):
        command('{"a": 1')


def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.raises(Refused, match="The name Sid stands twice"):
        in_order('{"Statement": [{"Sid": "a", "Sid": "b"}]}')
    assert repeated_name(parse('{"a": {"b": 1}, "b": [{"a": 1}]}').root) is None


def test_what_would_be_too_long_a_line_is_not_minified() -> None:
    with pytest.raises(Refused, match="one line of 3"):
        minify(json.dumps(["a" * 100] * 300, indent=1))


def test_minified_text_has_white_space_in_strings_only() -> None:
    assert minified('{ "a b" : [ 1 , "\\" " ] }') == '{"a b":[1,"\\" "]}'
