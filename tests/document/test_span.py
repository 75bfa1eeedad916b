"""Offsets to positions and back, and what of a document is the author's own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workbench.document.parser import parse
from workbench.document.span import LineIndex, Position, Span


@given(st.text(alphabet="a\r\n\u2028\U0001f600", max_size=20), st.integers(-2, 22))
def test_positions_and_offsets_are_inverse(text: str, offset: int) -> None:
    lines = LineIndex(text)
    position = lines.position(offset)
    assert position.offset == min(max(offset, 0), len(text))
    before = text[: position.offset].replace("\r\n", "\n").replace("\r", "\n")
    if not (text[: position.offset].endswith("\r") and text[position.offset :].startswith("\n")):
        assert position.line == before.count("\n") + 1
        assert position.column == len(before) - (before.rfind("\n") + 1)
    assert lines.offset(position.line, position.column) == position.offset


def test_positions_for_people_count_both_from_one() -> None:
    assert LineIndex("a\r\nbc").position(4) == Position(2, 1, 4)
    assert LineIndex("a\r\nbc").position(4).for_people() == "2:2"
    assert LineIndex("a\r\nbc").line_count == 2


def test_what_a_problem_touches_is_broken() -> None:
    document = parse('{"a": 1 "b": [2], "c": {"d": 3,}}')
    assert document.broken_within(Span(6, 7))
    assert not document.broken_within(Span(13, 16))
    assert document.broken_within(Span(23, 32))
    assert not document.broken_within(Span(24, 27))
    assert document.broken_within(Span(0, len(document.text)))
    assert not parse("[1]").broken_within(Span(0, 3))


def test_behind_the_last_problem_kept_everything_may_be_broken() -> None:
    document = parse("[" + "1 " * 2_000 + "1]")
    assert document.problems_left_out
    assert document.broken_within(Span(3_900, 3_901))
    assert not document.broken_within(Span(0, 1))
