"""Patterns: held against regular expressions on small texts, and against hostile ones on large texts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.evaluation import glob
from workbench.evaluation.arn_patterns import ArnPattern, ResourcePattern, split_arn_tokens
from workbench.evaluation.compiled import resource_tokens
from workbench.evaluation.glob import Glob, compile_glob
from workbench.evaluation.glob_classes import classes, steps
from workbench.policy.tokens import Variable, Wildcard, tokenize

PATTERNS = st.text("ab*?", max_size=12)
TEXTS = st.text("ab*?", max_size=16)
ARN_PATTERNS = st.text("ab:*?", max_size=16)
ARN_TEXTS = st.text("ab:", max_size=18)


def as_regex(pattern: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern)


def resource_regex(pattern: str) -> str:
    """Grammar.md section 7, step 2, as its sketch puts it."""
    built, segment = [], 1
    for i, c in enumerate(pattern):
        ends = i + 1 == len(pattern) or pattern[i + 1] == ":"
        if c == ":":
            segment += 1
        if c == "*":
            built.append(".*" if segment >= 6 or ends else "[^:]*")
        elif c == "?":
            built.append("." if segment >= 6 else "[^:]")
        else:
            built.append(re.escape(c))
    return "".join(built)


@given(PATTERNS, TEXTS)
def test_a_glob_matches_what_the_regular_expression_matches(pattern: str, text: str) -> None:
    expected = re.fullmatch(as_regex(pattern), text, re.DOTALL) is not None
    assert compile_glob(pattern).matches(text) is expected


@given(ARN_PATTERNS, ARN_TEXTS)
def test_a_resource_pattern_keeps_the_rule_of_colons(pattern: str, text: str) -> None:
    tokens = tokenize(pattern, wildcards=True, variables=False).parts
    expected = re.fullmatch(resource_regex(pattern), text, re.DOTALL) is not None
    assert ResourcePattern(tokens).matches(text) is expected


@given(st.lists(st.text("ab*?", max_size=4), min_size=6, max_size=6), st.lists(st.text("ab", max_size=4), min_size=6))
def test_arn_like_compares_part_by_part(pattern: list[str], value: list[str]) -> None:
    pattern[0], value[0] = pattern[0].replace("a", "arn"), "arn"
    tokens = tokenize(":".join(pattern), wildcards=True, variables=False).parts
    parts = ":".join(value).split(":", 5)
    expected = all(re.fullmatch(as_regex(p), v) for p, v in zip(pattern, parts, strict=True))
    assert ArnPattern(split_arn_tokens(tokens)).matches(":".join(value)) is expected


@pytest.mark.parametrize(
    ("pattern", "resource", "matches"),
    [
        ("*", "*", True),
        ("arn:aws:s3:::*", "*", False),
        ("arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/1/2/test/3/x", True),
        ("arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b//test/x", True),
        ("arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/test/x", False),
        ("arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/1-test/x", False),
        ("arn:aws:sqs:*:111122223333:q", "arn:aws:sqs:us-east-1:111122223333:q", True),
        ("arn:aws:sqs:us-*-1:111122223333:q", "arn:aws:sqs:us-east-1:111122223333:q", True),
        ("arn:aws:sqs:us-*1:111122223333:q", "arn:aws:sqs:us-east:1:111122223333:q", False),
        ("arn:aws:sqs:*", "arn:aws:sqs:us-east-1:111122223333:q", True),
        ("arn:aws:s3:::B", "arn:aws:s3:::b", False),
        ("arn:aws:logs:*:*:/aws/x*", "arn:aws:logs:us-east-1:1:log-group:/aws/x/y", True),
    ],
)
def test_resource_patterns_of_the_spec(pattern: str, resource: str, matches: bool) -> None:
    tokens = tokenize(pattern, wildcards=True, variables=False).parts
    assert ResourcePattern(tokens).matches(resource) is matches


@pytest.mark.parametrize("hostile", ["*a" * 2_000 + "b", "?*" * 2_000 + "b", "a*" * 20_000 + "b", "a?" * 5_000 + "*b"])
def test_hostile_patterns_end_at_once(hostile: str) -> None:
    glob = compile_glob(hostile)
    assert not glob.matches("a" * 100_000)
    tokens = tokenize(f"arn:aws:s3:::{hostile}", wildcards=True, variables=False).parts
    assert not ResourcePattern(tokens).matches("arn:aws:s3:::" + "a" * 50_000)


def test_tokens_keep_variables_specials_and_mistakes_apart() -> None:
    parts, problems = tokenize("a${aws:username}*${*}${k, 'd'}${", wildcards=True, variables=True)
    assert parts == ("a", Variable("aws:username", None), Wildcard.ANY, "*", Variable("k", "d"), "${")
    assert [p.code for p in problems] == ["MISSING_BRACE_IN_VARIABLE"]
    codes = {
        "${}": "EMPTY_VARIABLE",
        "${ aws:x}": "UNSUPPORTED_SPACE_IN_VARIABLE",
        "${aws:x, y}": "MISSING_QUOTE_IN_VARIABLE",
        "${aws:PrincipalTag/t, 'all}": "MISSING_QUOTE_IN_VARIABLE",
    }
    for text, code in codes.items():
        tokens = tokenize(text, wildcards=True, variables=True)
        assert tokens.parts == (text,)
        assert [p.code for p in tokens.problems] == [code]


def test_a_substituted_star_stays_a_star() -> None:
    glob = Glob(("x-", "*"))
    assert glob.matches("x-*")
    assert not glob.matches("x-y")


@given(st.text("a${}*? ',:", max_size=30))
def test_tokenize_never_fails_and_loses_nothing_without_variables(text: str) -> None:
    tokenize(text, wildcards=True, variables=True)
    parts = tokenize(text, wildcards=True, variables=False).parts
    assert "".join(p if isinstance(p, str) else p.value for p in parts if not isinstance(p, Variable)) == text


@given(st.text("ab?", min_size=1, max_size=6), st.text("ab", max_size=40), st.integers(0, 3))
def test_a_chunk_that_nearly_stands_everywhere_is_found_at_its_leftmost_place(piece: str, text: str, far: int) -> None:
    """The stretches begin after many near misses, and a match may lie across the border of two."""
    text = "a" * (2_000 * far) + text + "a" * 100
    pattern = f"*{'a' * 3}{piece}b*"
    expected = re.fullmatch(as_regex(pattern), text, re.DOTALL) is not None
    assert compile_glob(pattern).matches(text) is expected


@pytest.mark.parametrize("at", [0, 31, 33, 4_090, 4_096, 4_127, 4_128, 4_133, 8_200])
def test_a_match_behind_thousands_of_near_misses_is_found(at: int) -> None:
    text = "a" * at + "aab" + "a" * 50
    assert compile_glob("*a?b*").matches(text)
    assert compile_glob("*a?b?*a").matches(text)
    assert not compile_glob("*a?bb*").matches(text)


@pytest.mark.parametrize("size", [1_000, 10_000, 100_000])
def test_near_misses_are_tried_a_fixed_number_of_times(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []
    one_by_one = glob._at

    def counted(pieces: tuple[str | None, ...], text: str, at: int) -> bool:
        tried.append(at)
        return one_by_one(pieces, text, at)

    monkeypatch.setattr(glob, "_at", counted)
    assert not compile_glob("*" + "a?" * (size // 20) + "b*").matches("a" * size)
    assert len(tried) <= 40


def test_many_different_characters_cost_one_pass_together() -> None:
    """A chunk that stands nearly whole in a text of as many different characters."""
    letters = "".join(map(chr, range(0x4E00, 0x4E00 + 10_000)))
    chunk = "a?" + "?".join(letters[::2])
    text = "ax" * 40 + "a" + letters[-1] + letters[:-2]
    assert not compile_glob(f"*{chunk}*").matches(text)
    assert compile_glob(f"*{chunk}*").matches(text + "y" + "ax" + letters)


def test_wildcards_inside_a_segment_end_at_once_too() -> None:
    pattern = tokenize("arn:" + "a*?" * 5_000 + "b:z", wildcards=True, variables=False).parts
    assert not ResourcePattern(pattern).matches("arn:" + "a" * 30_000 + ":ab:z")
    assert ResourcePattern(pattern).matches("arn:" + "a" * 30_000 + "b:z")


@pytest.mark.parametrize(
    ("pattern", "resource", "matches"),
    [
        ("arn:a*s:s3:::b/?/x", "arn:aws:s3:::b/1/x", True),
        ("arn:a*s:s3:::b/?/x", "arn:aws:s3:::b/:/x", True),
        ("arn:a*s:s3:::b/?/x", "arn:aws:s3:::b//x", False),
        ("arn:a*s:s3:::b/?/x", "arn:aws:s3:::b/12/x", False),
        ("arn:aws:*s:*x:?:q", "arn:aws:sqs:x:yz:q", False),
        ("arn:aws:*s:*x:?:q", "arn:aws:sns:x:y:q", True),
        ("arn:aws:*s:*x:?:q", "arn:aws:sns:x:::q", False),
        ("arn:a*s:s3:::b?k", "arn:aws:s3:::b//k:s:s3:::bxk", False),
        ("arn:*:a*s:*", "arn:axs:y:a:s:z", False),
        ("arn:*:a*s:*", "arn:y:axs:z", True),
        ("*:a*b", ":ab", True),
    ],
)
def test_single_characters_keep_the_rule_of_colons(pattern: str, resource: str, matches: bool) -> None:
    tokens = tokenize(pattern, wildcards=True, variables=False).parts
    assert ResourcePattern(tokens).matches(resource) is matches


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("*ab*??*c", "xxabc", False),
        ("*ab*??*c", "xxabyc", False),
        ("*ab*??*c", "xxabyyc", True),
        ("*??*", "a", False),
        ("*??*", "ab", True),
        ("?*?", "a", False),
        ("a**b", "ab", True),
        ("a*ab", "ab", False),
        ("*?b*", "b", False),
        ("*?b*", "bb", True),
        ("*a?b*", "aaxb", True),
        ("*a?b*", "axx" * 40 + "axb", True),
        ("*a?b*", "axx" * 40 + "axc", False),
        ("*?a?b*", "xaxx" * 31 + "xa" + "yaxb", True),
        ("*?a?b*", "xaxx" * 31 + "xa" + "axb", True),
        ("*?a?b*", "xaxx" * 31 + "xa" + "yaxc", False),
        ("*ab?*c", "abc", False),
        ("*ab?*c", "abcabxc", True),
        ("*a?b*a?b*", "axb---", False),
        ("*a?b?*", "a" * 40 + "axb", False),
        ("*a?b*b*", "a" * 40 + "axb", False),
        ("*a?b*c*", "a" * 40 + "axbc" + "axb", True),
    ],
)
def test_what_stands_between_stars_needs_its_own_room(pattern: str, text: str, matches: bool) -> None:
    assert compile_glob(pattern).matches(text) is matches


def test_a_variable_before_the_fifth_colon_is_literal_text() -> None:
    def text(entry: str, active: bool = True) -> list[Any]:
        """Adjacent literals joined."""
        joined: list[Any] = []
        for token in resource_tokens(entry, active):
            if isinstance(token, str) and joined and isinstance(joined[-1], str):
                joined[-1] += token
            else:
                joined.append(token)
        return joined

    assert text("arn:aws:s3:${aws:region}::b/*") == ["arn:aws:s3:${aws:region}::b/", Wildcard.ANY]
    late = "arn:aws:s3:::b/${aws:username}"
    assert text(late) == ["arn:aws:s3:::b/", Variable("aws:username", None)]
    assert text(late, active=False) == [late]
    assert text("${aws:username}:b") == ["${aws:username}:b"]
    assert text("arn:aws:s3::${x:::b/*") == ["arn:aws:s3::${x:::b/", Wildcard.ANY]
    assert text("a:${b:c}:d:e:f:${g}") == ["a:${b:c}:d:e:f:", Variable("g", None)]
    assert text("a:${b:c}:d:e:${g}") == ["a:${b:c}:d:e:${g}"]


def test_the_search_for_classes_of_texts_ends_in_any_case() -> None:
    few, certain = classes([steps(tokenize(text, wildcards=True, variables=False).parts) for text in ("a*", "?b")])
    assert certain
    assert {(text.startswith("a"), len(text) == 2 and text[1] == "b") for text in few} == {
        (False, False),
        (True, False),
        (False, True),
        (True, True),
    }
    many = [steps(tokenize(f"*{c}????????????*", wildcards=True, variables=False).parts) for c in "abc"]
    assert classes(many)[1] is False


@given(st.text("ab?", min_size=1, max_size=6), st.text("ab", max_size=400))
def test_a_chunk_is_found_at_its_leftmost_place_in_texts_of_few_letters(piece: str, text: str) -> None:
    expected = re.search(piece.replace("?", "."), text, re.DOTALL) is not None
    assert compile_glob(f"*{piece}*").matches(text) is expected
    expected = re.fullmatch(f".*{piece}.*b.*".replace("?", "."), text, re.DOTALL) is not None
    assert compile_glob(f"*{piece}*b*").matches(text) is expected


@st.composite
def patterns_and_near_texts(draw: st.DrawFn, letters: str, most: int = 9) -> tuple[str, str]:
    """A pattern and a text that it matches or nearly matches."""
    parts = draw(st.lists(st.sampled_from([*letters, "*", "?"]), max_size=most))
    runs, single = st.text(letters, max_size=3), st.sampled_from([*letters, ""])
    text = "".join(draw(runs) if p == "*" else draw(single) if p == "?" else p for p in parts)
    return "".join(parts), text


@settings(max_examples=400)
@given(patterns_and_near_texts("ab"))
def test_a_glob_takes_the_near_texts_that_the_regular_expression_takes(drawn: tuple[str, str]) -> None:
    pattern, text = drawn
    expected = re.fullmatch(as_regex(pattern), text, re.DOTALL) is not None
    assert compile_glob(pattern).matches(text) is expected


@settings(max_examples=800)
@given(patterns_and_near_texts("a:::", 16))
def test_a_resource_pattern_keeps_the_rule_of_colons_on_near_texts(drawn: tuple[str, str]) -> None:
    pattern, text = drawn
    tokens = tokenize(pattern, wildcards=True, variables=False).parts
    expected = re.fullmatch(resource_regex(pattern), text, re.DOTALL) is not None
    assert ResourcePattern(tokens).matches(text) is expected


@settings(max_examples=200)
@given(st.lists(patterns_and_near_texts("ab", 4), min_size=6, max_size=6), patterns_and_near_texts(":a", 3))
def test_arn_like_compares_near_values_part_by_part(parts: list[tuple[str, str]], tail: tuple[str, str]) -> None:
    """Of the sixth part, which may hold colons itself, all counts."""
    parts[0] = (parts[0][0].replace("a", "arn"), "arn")
    pattern = ":".join(p for p, _ in parts) + tail[0]
    value = ":".join(v for _, v in parts) + tail[1]
    wanted = [re.fullmatch(as_regex(p), v) for p, v in zip(pattern.split(":", 5), value.split(":", 5), strict=True)]
    tokens = tokenize(pattern, wildcards=True, variables=False).parts
    assert ArnPattern(split_arn_tokens(tokens)).matches(value) is all(wanted)


@pytest.mark.parametrize(
    ("pattern", "resource", "matches"),
    [
        ("arn:a?s:s3:::b", "arn:aws:s3:::b", True),
        ("arn:a?s:s3:::b", "arn:a:s:s3:::b", False),
        ("arn:a*s:s3:::b", "arn:a:s:s3:::b", False),
        ("arn:a*:s3:::b", "arn:a:s:s3:::b", True),
        ("arn:aws:s3:::b*x", "arn:aws:s3:::b:x", True),
        ("arn:aws:s3:::b?x", "arn:aws:s3:::b:x", True),
        ("arn:a*s:s3:::b*x", "arn:aws:s3:::b:x", True),
        ("arn:a*s:s3:::*b", "arn:aws:s3:::a:b", True),
        ("arn:a*s:s3::*b:c", "arn:aws:s3::a:b:c", False),
        ("arn:a*s:s3:*:c", "arn:aws:s3::a:b:c", True),
        ("a*b*", "a:b:", False),
        ("a*b*", "ab::", True),
    ],
)
def test_where_a_wildcard_may_take_a_colon(pattern: str, resource: str, matches: bool) -> None:
    tokens = tokenize(pattern, wildcards=True, variables=False).parts
    assert ResourcePattern(tokens).matches(resource) is matches


@pytest.mark.parametrize("value", ["", "a", "a:b", "a:b:c:d:e"])
def test_a_value_with_fewer_parts_is_no_arn(value: str) -> None:
    tokens = tokenize("*:*:*:*:*:*", wildcards=True, variables=False).parts
    assert not ArnPattern(split_arn_tokens(tokens)).matches(value)


def test_a_value_that_is_no_arn_matches_no_arn_pattern_of_six_parts() -> None:
    def matches(pattern: str, value: str) -> bool:
        return ArnPattern(split_arn_tokens(tokenize(pattern, wildcards=True, variables=False).parts)).matches(value)

    assert not matches("*:*:*:*:*:*", "x:b:c:d:e:f")
    assert matches("*:*:*:*:*:*", "arn:b:c:d:e:f")
    assert matches("*", "x:b:c:d:e:f")  # the fallback to text (C34)
