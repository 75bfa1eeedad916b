"""Patterns: held against regular expressions on small texts, and against hostile ones on large texts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.evaluation.arn_patterns import ArnPattern, ResourcePattern, split_arn_tokens
from workbench.evaluation.glob import Glob, compile_glob
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
