"""Which bracket belongs to which, and where a string is open."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.document.parser import parse
from workbench.writing.brackets import brackets_of_line, inside_string, partner, partner_in

VALUES = st.recursive(
    st.text('ab"\\{}[]é', max_size=4) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("a{]", max_size=2), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("text", "at", "found"),
    [
        ('{"a": [1]}', 0, 9),
        ('{"a": [1]}', 10, 0),
        ('{"a": [1]}', 9, 0),
        ('{"a": [1]}', 7, 8),
        ('{"a": [1]}', 3, 9),
        ('{"}": 1}', 3, 7),
        ('{"a": ]', 0, None),
        ("[}", 0, None),
        ('{"a', 0, None),
        ("1 2", 1, None),
        ("", 0, None),
        ('["a\n]', 0, 4),
        ("[1] 2", 4, None),
    ],
)
def test_the_partner_of_a_bracket_or_the_end_of_what_a_place_is_in(text: str, at: int, found: int | None) -> None:
    assert partner(text, at) == found


@given(VALUES)
def test_going_there_and_back_ends_where_it_began(value: object) -> None:
    text = json.dumps([value], indent=1, ensure_ascii=False)
    strings = [inside_string(text[text.rfind("\n", 0, at) + 1 : at])[0] for at in range(len(text))]
    for at, char in enumerate(text):
        if char in "{}[]" and not strings[at]:
            there = partner(text, at)
            assert there is not None
            assert partner(text, there) == at


@given(VALUES)
def test_the_tree_knows_the_same_partners(value: object) -> None:
    text = json.dumps({"a": [value], "b": value}, indent=1, ensure_ascii=False)
    document, lines, start = parse(text), text.split("\n"), 0
    for line in lines:
        for at, _ in brackets_of_line(line):
            assert partner_in(document, start + at) == partner(text, start + at)
        start += len(line) + 1


@pytest.mark.parametrize(
    ("text", "at"), [('{"a": [1}', 6), ("[}", 0), ("1", 0), ("", 0), ('{"a": "["}', 7), ("[1]", 1)]
)
def test_the_tree_says_nothing_where_it_is_a_guess_or_no_bracket_stands(text: str, at: int) -> None:
    assert partner_in(parse(text), at) is None


def test_a_long_text_is_given_up_when_it_is_not_wanted_any_more() -> None:
    class Enough(Exception):
        pass

    def stop() -> None:
        raise Enough

    with pytest.raises(Enough):
        partner("[" * 10, 0, stop)


def test_deep_nesting_is_no_recursion() -> None:
    assert partner("[" * 100_000 + "]" * 100_000, 0) == 199_999


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("", (False, False)),
        ('"a', (True, False)),
        ('"a"', (False, False)),
        ('"a\\"', (True, False)),
        ('"a\\\\"', (False, False)),
        ('"a\\', (True, True)),
        ('a\\"b', (True, False)),
        ('"a": "b', (True, False)),
    ],
)
def test_where_a_string_is_open(line: str, state: tuple[bool, bool]) -> None:
    assert inside_string(line) == state
