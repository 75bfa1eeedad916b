"""What is found in a text, and what a replacement makes of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.writing.replacement import UnknownGroup
from workbench.writing.searching import REACH, WINDOW, BadExpression, Query, search_for


def found(needle: str, text: str, **how: bool) -> list[str]:
    hits = search_for(Query(needle, **how)).hits(text)
    return [text[start:end] for start, end in zip(hits.starts, hits.ends, strict=True)]


def replaced(needle: str, template: str, text: str, **how: bool) -> str:
    edits = search_for(Query(needle, **how)).replacements(text, template)
    for start, end, new in reversed(edits):
        text = text[:start] + new + text[end:]
    return text


def test_a_text_is_found_as_it_is_whatever_it_means_in_an_expression() -> None:
    assert found("s3:Get*", "s3:Get* s3:GetX S3:GET*") == ["s3:Get*", "S3:GET*"]
    assert found("s3:Get*", "s3:Get* S3:GET*", case=True) == ["s3:Get*"]
    assert found("\\n$1", "a\\n$1") == ["\\n$1"]
    assert found("", "abc") == []


def test_case_is_that_of_all_letters() -> None:
    assert found("é部", "É部 é部 e部") == ["É部", "é部"]


def test_a_whole_word_is_not_a_part_of_one() -> None:
    assert found("Get", "Get GetObject s3:Get_ Get-x éGet", word=True) == ["Get", "Get"]
    assert found("a-a", "xa-a-a", word=True) == ["a-a"]
    assert found("x+", "xx axx xx", regular=True, word=True) == ["xx", "xx"]


def test_an_expression_finds_what_it_says_line_by_line() -> None:
    assert found(r'"[^"]*"$', 'a "b"\n"c" d\n"e"', regular=True) == ['"b"', '"e"']
    assert found(r"^\s*", "  a\nb\n", regular=True) == ["  ", "", ""]
    assert found(r"a[^x]*b", "a\nb ab", regular=True) == ["ab"]


def test_an_expression_that_names_a_line_end_crosses_lines() -> None:
    assert found(r'"Effect": "Allow",\n\s*"Action"', '"Effect": "Allow",\n  "Action": 1', regular=True) == [
        '"Effect": "Allow",\n  "Action"'
    ]
    assert found(r"\\n", "\\n\n", regular=True) == ["\\n"]


def test_hits_are_code_points_also_behind_wide_characters_and_in_a_part_of_a_text() -> None:
    text = "😀é a 部a a\ud800a"
    search = search_for(Query("a"))
    assert [*search.hits(text).starts] == [m.start() for m in re.finditer("a", text)]
    assert [*search.hits(text, 4, 8).starts] == [6]
    assert found(".", "é😀", regular=True) == ["é", "😀"]
    assert search_for(Query("^a", regular=True)).hits("ab a", 1, 4).starts[:] == type(search.hits("").starts)("q")


def test_what_an_expression_names_goes_into_the_replacement() -> None:
    assert replaced(r"(\w+):(\w+)", r"$2/\1 $0 $$ \\ \t.", "a:b", regular=True) == "b/a a:b $ \\ \t."
    assert replaced(r"(?P<x>a)|(b)", "[${x}$2]", "ab", regular=True) == "[a][b]"
    assert replaced(r"(a)", "$12 $& $ \\q", "a", regular=True) == "a2 a $ \\q"
    assert replaced("(a)", "$1\\n", "(a)") == "$1\\n"
    assert replaced(", ", r",\n", "a, b", regular=True) == "a,\nb"
    assert replaced("^", "# ", "a\nb", regular=True) == "# a\n# b"


@pytest.mark.parametrize("template", ["$2", r"\2", "${nobody}"])
def test_a_group_that_is_not_there_is_told(template: str) -> None:
    with pytest.raises(UnknownGroup, match=r"names group \w+, which"):
        replaced("(a)", template, "a", regular=True)


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("(a", "A ) is missing."),
        ("[a", "A ] is missing."),
        ("a)", "There is a ) too many."),
        ("*a", "There is nothing before * that could be repeated."),
        ("a**", "** repeats a repetition."),
        ("a{2000}", "{2000} is no number of times, or one that is too large."),
        ("[z-a]", "z-a is a range from a later to an earlier character."),
        ("\\", "Nothing follows the last \\."),
        (r"\q", "\\q means nothing in an expression."),
        (r"(a)\1", "\\1 is a reference back, which is not supported: a search must end in time on any text."),
        ("a(?=b)", "(?= looks around, which is not supported: a search must end in time on any text."),
        ("(?<!b)a", "(?<! looks around, which is not supported: a search must end in time on any text."),
        ("(?P<a-b>a)", "(?P<a-b> is no name of a group."),
        ("(((((a{9}){9}){9}){9}){9})", None),
        (r"(?i)(\pL{90}x|\pL{80}y){9}", None),
        ("(" * 2000, None),
        ("\ud800", "Half of a character cannot be searched for."),
    ],
)
def test_a_wrong_expression_is_told_in_one_sentence(expression: str, sentence: str | None) -> None:
    with pytest.raises(BadExpression) as caught:
        search_for(Query(expression, regular=True))
    said = str(caught.value)
    assert said == sentence or sentence is None
    assert said.endswith(".")
    assert "\n" not in said
    assert "(?m)" not in said


def test_an_expression_is_no_larger_than_can_be_searched_for_in_time() -> None:
    with pytest.raises(BadExpression, match="too large"):
        search_for(Query("[ab]{600}[ab]{600}", regular=True))
    assert found(f"(?:{'a|' * 20}b)+", "ab", regular=True) == ["ab"]


@pytest.mark.parametrize("filler", ["é\n", "x" * 70_000 + "\n", "y"])
def test_a_hit_across_lines_is_found_wherever_a_step_of_the_search_ends(filler: str) -> None:
    for before in (WINDOW - REACH, WINDOW - 7, WINDOW, 3 * WINDOW):
        text = filler * (before // len(filler.encode())) + "\nab\ncd\nef\n" + filler * (200_000 // len(filler) + 1)
        for needle, hit in ((r"b\nc", "b\nc"), (r"b\n(?:cd\ne|c)", "b\ncd\ne"), (r"ab(?:\n[c-f]+)*", "ab\ncd\nef")):
            assert found(needle, text, regular=True)[0] == hit
    long = "a\n" * WINDOW
    assert found(r"(?:a\n)+", long, regular=True) == [long]


def test_a_search_looks_at_a_few_lines_at_a_time_and_can_be_given_up() -> None:
    class Enough(Exception):
        pass

    text = ("a" * 60 + "!\n") * 5_000
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    assert len(search_for(Query("(a+)+$", regular=True)).hits(text, keep_on=count)) == 0
    assert len(text) / WINDOW - 1 <= steps <= len(text) / WINDOW + 1

    def stop() -> None:
        raise Enough

    with pytest.raises(Enough):
        search_for(Query("(a+)+$", regular=True)).hits(text, keep_on=stop)


def test_of_more_hits_than_are_wanted_the_first_are_told() -> None:
    hits = search_for(Query("a")).hits("aaaa", most=3)
    assert (len(hits), hits.more) == (3, True)
    assert not search_for(Query("a")).hits("aaa", most=3).more


@given(st.text("ab \né", max_size=40), st.sampled_from(["a", "ab", "b+", "(a|b)+", "a*", "[^a]", "^", r"\w+", "é|b"]))
def test_what_is_found_is_what_pythons_own_finds_line_by_line(text: str, expression: str) -> None:
    expected: list[tuple[int, int]] = []
    start = 0
    for line in text.split("\n"):
        ascii_word = expression.replace(r"\w", "[a-zA-Z0-9_]")
        expected += [(start + m.start(), start + m.end()) for m in re.finditer(ascii_word, line)]
        start += len(line) + 1
    hits = search_for(Query(expression, regular=True, case=True)).hits(text)
    ours = list(zip(hits.starts, hits.ends, strict=True))
    # Behind a hit Python finds an empty one, where an editor does not.
    ends = {end for start, end in expected if end > start}
    assert ours == [(s, e) for s, e in expected if e > s or s not in ends]
