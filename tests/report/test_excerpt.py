"""A line with its marks: cells, not characters; near the place, not the whole of a long line."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.document.nodes import Document
from workbench.document.span import Span
from workbench.report.excerpt import MOST_CELLS, excerpt


def marked(text: str, inner: str) -> tuple[str, str]:
    start = text.index(inner)
    _, line, carets = excerpt(Document(text, None), Span(start, start + len(inner)))
    return line, carets


@pytest.mark.parametrize(
    ("text", "inner", "line", "carets"),
    [
        ('{"a": "b"}', '"b"', '{"a": "b"}', "      ^^^"),
        ("x\n  y z\n", "z", "  y z", "    ^"),
        ("\ta", "a", "    a", "    ^"),
        ("ab\tc", "c", "ab  c", "    ^"),
        ("日本x", "x", "日本x", "    ^"),
        ("日本x", "本", "日本x", "  ^^"),
        ("e\u0301x", "x", "e\u0301x", " ^"),
        ("a\x07b", "b", "a\\x07b", "     ^"),
        ("ab\ncd", "b\nc", "ab", " ^"),
        ("a\r\nb", "b", "b", "^"),
    ],
)
def test_marks_stand_below_what_they_mark(text: str, inner: str, line: str, carets: str) -> None:
    assert marked(text, inner) == (line, carets)


def test_the_end_of_the_text_has_a_mark() -> None:
    assert excerpt(Document("{", None), Span(1, 1)) == ("1", "{", " ^")
    assert excerpt(Document("", None), Span(0, 0)) == ("1", "", "^")


def test_of_a_long_line_only_what_is_near_is_shown() -> None:
    text = "a" * 50_000 + "HERE" + "b" * 50_000
    line, carets = marked(text, "HERE")
    assert line.startswith("…a")
    assert line.endswith("b…")
    assert line[carets.index("^") : carets.index("^") + 4] == "HERE"
    assert carets.count("^") == 4
    assert len(line) <= MOST_CELLS + 2


def test_marks_in_blanks_at_the_end_stand_below_blanks() -> None:
    _, line, carets = excerpt(Document("\t\t\t\t", None), Span(3, 3))
    assert len(line) == carets.index("^")


@given(
    st.text(st.sampled_from("a\t日e\u0301\x07 \n\r😀\u200b\ud800"), max_size=300),
    st.integers(0, 300),
    st.integers(0, 9),
)
def test_any_place_in_any_text_has_marks_within_its_line(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    _, line, carets = excerpt(Document(text, None), Span(start, min(start + length, len(text))))
    assert "\n" not in line
    assert "\r" not in line
    assert carets.strip(" ").strip("^") == ""
    assert "^" in carets
    assert len(carets) <= sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) + 10


def test_a_place_in_a_long_line_costs_no_more_than_one_in_a_short_line(monkeypatch: pytest.MonkeyPatch) -> None:
    sought: list[int] = []

    class Sought:
        def search(self, text: str, start: int, end: int | None = None) -> None:
            sought.append((len(text) if end is None else end) - start)

    monkeypatch.setattr("workbench.report.excerpt._LINE_END", Sought())
    document = Document("x " * 500_000, None)
    for start in (0, 400_000, 999_998):
        assert excerpt(document, Span(start, start + 1))[2].endswith("^")
    assert max(sought) <= 2 * MOST_CELLS
