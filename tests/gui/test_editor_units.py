"""Code points and UTF-16 units, text in and out of Qt, laying out, marks that drift: all without a window."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QPlainTextDocumentLayout

from workbench.gui import text_units
from workbench.gui.editor.brackets import match_bracket
from workbench.gui.editor.marks import Drift, Mark, MarkList
from workbench.gui.editor.qt_text import document_text, from_qt, to_qt
from workbench.gui.text_units import Units, utf16_length
from workbench.writing.layout import lay_out, longest_line

DIRECTIONS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN")
HOSTILE = (
    "a\u202eb\u2066c\u2069\u200b\u2060\ufeff\xad\x1b[31m\x85\x9f\u2028\u2029d",
    "\ud83d \udc00\ud83d",
    "\ue000\uf8ff\U000f0000\U0010fffd\U0010ffff\U00100000",
    "\U0010fffd\ue000\U0010fffd",
    "\U000e0041\U000e01ef\U0001d173 \ufe0f\u3164",
)
WIDE = st.text(alphabet="aé日😀𝒳\u00a0 ", max_size=30)


@given(WIDE, st.integers(0, 30), st.integers(0, 30), WIDE)
def test_the_counts_of_an_edited_text_follow_from_those_before(text: str, start: int, end: int, put: str) -> None:
    first, last = sorted((min(start, len(text)), min(end, len(text))))
    found, wanted = Units(text).replaced(first, last, put), Units(text[:first] + put + text[last:])
    assert (found._points, found._before, found._units) == (wanted._points, wanted._before, wanted._units)
    assert found.length == wanted.length


@pytest.mark.parametrize("char", ["\x80", "é", "€", "日", "\ud7ff", "\ud800", "\uf900", "\uffff", "\ufeff"])
def test_where_nothing_is_wide_no_expression_looks(char: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not Units(f"a{char}b").wide
    if char < "\ue000":
        monkeypatch.setattr(text_units, "_WIDE", None)
        assert Units(f"a{char}b").to_qt(3) == 3


@pytest.mark.parametrize("char", ["\ue000", "\uefff", "\uf8ff", "\U00010000", "😀", "\U000f0000", "\U0010ffff"])
def test_whatever_is_wide_is_found(char: str) -> None:
    assert Units(f"é{char}b").to_qt(2) == 1 + utf16_length(char) > 2


@given(WIDE)
def test_offsets_go_to_qt_and_back(text: str) -> None:
    units = Units(text)
    for point in range(len(text) + 1):
        expected = len(text[:point].encode("utf-16-le")) // 2
        assert units.to_qt(point) == expected
        assert units.from_qt(expected) == point
    assert units.to_qt(len(text)) == utf16_length(text)


def test_an_offset_within_a_pair_is_its_character() -> None:
    units = Units("a😀b😀")
    assert [units.from_qt(unit) for unit in range(7)] == [0, 1, 1, 2, 3, 3, 4]


def test_offsets_outside_the_text_are_clamped() -> None:
    assert (Units("ab").to_qt(9), Units("ab").to_qt(-3), Units("😀").from_qt(9)) == (2, 0, 1)


@pytest.mark.parametrize(
    "text", ["", "a\nb\n", "a\u00a0b", "\u2029x\u2028y", "\ufdd0\ufdd1", "😀\n日", "tab\t\x00nul", *HOSTILE]
)
def test_no_character_is_lost_in_a_document(text: str) -> None:
    document = QTextDocument()
    document.setPlainText(to_qt(text))
    assert document_text(document) == text
    assert document.characterCount() - 1 == utf16_length(text)


ODD = st.sampled_from("".join(HOSTILE)) | st.characters(categories=["Cf", "Cs", "Co", "Zs"])
ANY = st.text(st.characters(exclude_characters="\r") | ODD, max_size=12)


@given(ANY)
def test_any_text_comes_out_of_a_document_as_it_went_in_and_offsets_with_it(text: str) -> None:
    document = QTextDocument()
    document.setPlainText(to_qt(text))
    assert document_text(document) == text
    units = Units(text)
    assert document.characterCount() - 1 == utf16_length(text) == units.to_qt(len(text))
    cursor = QTextCursor(document)
    for point in range(len(text) + 1):
        unit = units.to_qt(point)
        assert units.from_qt(unit) == point
        cursor.setPosition(unit, QTextCursor.MoveMode.KeepAnchor)
        assert from_qt(cursor.selectedText()) == text[:point]


@given(ANY)
def test_what_qt_keeps_moves_and_hides_nothing(text: str) -> None:
    for char in to_qt(text):
        assert unicodedata.bidirectional(char) not in DIRECTIONS
        assert char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp")
        assert char == " " or unicodedata.category(char) != "Zs"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(JSON)
def test_laying_out_changes_white_space_only_and_once(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    once = lay_out(text)
    assert json.loads(once) == value
    assert lay_out(once) == once


@given(st.text(alphabet='{}[],:"\\ ab\n', max_size=40))
def test_laying_out_broken_text_keeps_every_character(text: str) -> None:
    assert "".join(lay_out(text).split()) == "".join(text.split())


def test_laid_out_text_reads_like_a_policy() -> None:
    assert lay_out('{"Statement":[{"Action":["a:b"],"Condition":{}}]}') == (
        '{\n  "Statement": [\n    {\n      "Action": [\n        "a:b"\n      ],\n      "Condition": {}\n    }\n  ]\n}\n'
    )


def test_deep_nesting_does_not_make_a_mountain_of_spaces() -> None:
    assert len(lay_out("[" * 10_000 + "]" * 10_000)) < 3_000_000


def test_the_longest_line_is_found() -> None:
    assert [longest_line(t) for t in ("", "ab", "a\nbcd\n", "abc\nd")] == [0, 2, 3, 3]


EDITS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5), st.text(alphabet="xy", max_size=4)), max_size=6)


@given(EDITS, st.integers(0, 29))
def test_a_mark_outside_the_edited_region_stays_on_its_character(edits: list[tuple[int, int, str]], at: int) -> None:
    now: list[object] = list(range(30))
    drift = Drift()
    before, behind = 30, 30  # so many characters at the start and at the end no edit has touched
    for position, removed, added in edits:
        position = min(position, len(now))
        removed = min(removed, len(now) - position)
        before, behind = min(before, position), min(behind, len(now) - position - removed)
        now[position : position + removed] = list(added)
        drift.edit(position, removed, len(added))
    if at < before or at >= 30 - behind:
        assert now[drift.now(at)] == at
        assert drift.then(drift.now(at)) == at
    assert 0 <= drift.now(at) <= len(now)


def test_a_mark_behind_an_edit_moves_with_its_text() -> None:
    marks = MarkList()
    marks.set([Mark(2, 4, "error", "a"), Mark(20, 25, "warning", "b")])
    marks.drift.edit(10, 0, 3)
    marks.drift.edit(13, 2, 0)
    assert [(m.start, m.end) for m in marks.between(0, 100)] == [(2, 4), (21, 26)]
    assert [(m.start, m.end) for m in marks.between(21, 22)] == [(21, 26)]


def test_typing_beside_a_mark_does_not_widen_it() -> None:
    marks = MarkList()
    marks.set([Mark(5, 8, "error", "a")])
    marks.drift.edit(5, 0, 2)
    assert [(m.start, m.end) for m in marks.between(0, 100)] == [(7, 10)]
    marks.set([Mark(5, 8, "error", "a")])
    marks.drift.edit(8, 0, 2)
    assert [(m.start, m.end) for m in marks.between(0, 100)] == [(5, 8)]


def test_a_page_of_many_marks_is_found_without_the_others() -> None:
    marks = MarkList()
    marks.set([Mark(n * 10, n * 10 + 5, "error", str(n)) for n in range(10_000)] + [Mark(0, 90_000, "warning", "all")])
    assert [m.text for m in marks.between(50_000, 50_012)] == ["all", "5000", "5001"]


@pytest.mark.parametrize(
    ("text", "at", "pair"),
    [
        ('{"a": [1]}', 0, (0, 9)),
        ('{"a": [1]}', 10, (9, 0)),
        ('{"a": [1]}', 6, (6, 8)),
        ('{"}": 1}', 0, (0, 7)),
        ('{\n"a": {\n}\n}', 11, (11, 0)),
        ('{"a": ]', 0, None),
        ('{"a"', 0, None),
        ('{"a"', 3, None),
    ],
)
def test_brackets_match_across_lines_and_not_in_strings(text: str, at: int, pair: tuple[int, int] | None) -> None:
    document = QTextDocument()
    document.setDocumentLayout(QPlainTextDocumentLayout(document))
    document.setPlainText(text)
    assert match_bracket(document, at) == pair


@pytest.mark.parametrize(("text", "at"), [('{"a": 1}', 1), ("[😀]", 0), ('["}😀", 1]', 0)])
def test_a_bracket_beside_wide_characters_is_found_at_qts_places(text: str, at: int) -> None:
    document = QTextDocument()
    document.setDocumentLayout(QPlainTextDocumentLayout(document))
    document.setPlainText(text)
    assert match_bracket(document, at) == (0, document.characterCount() - 2)
