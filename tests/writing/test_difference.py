"""The changes between two texts: applied to the one they give the other, and leave alone what stays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workbench.document.edits import apply_edits
from workbench.writing.difference import MOST_LINES, difference, differences

texts = st.lists(st.sampled_from(["a", "b", "", "é", "\r", "\x0b", "\u2028"])).map("\n".join)


@given(texts, texts)
def test_they_turn_the_one_into_the_other(old: str, new: str) -> None:
    assert apply_edits(old, difference(old, new)) == new
    assert apply_edits(old, differences(old, new)) == new


def test_lines_between_stay() -> None:
    old = "one\ntwo\nthree\nfour\n"
    new = "1\ntwo\nthree\n4\n"
    assert [(old[e.span.start : e.span.end], e.text) for e in differences(old, new)] == [
        ("one\n", "1\n"),
        ("four", "4"),
    ]
    assert differences(old, old) == ()


def test_very_many_lines_are_one_change() -> None:
    old = "".join(f"{n}\n" for n in range(MOST_LINES + 2))
    new = f"x{old}y"
    assert len(differences(old, new[:-1] + "z")) == 1
    assert apply_edits(old, differences(old, new)) == new
