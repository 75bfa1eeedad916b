"""One pattern covers another only if it matches whatever the other matches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.evaluation.arn_patterns import ResourcePattern
from workbench.evaluation.glob import compile_glob
from workbench.findings.context import GaveUpError
from workbench.findings.coverage import action_covers, groups, resource_covers
from workbench.policy.tokens import tokenize

_PATTERNS = st.text(alphabet="ab:*?", max_size=8)
_FILLERS = st.lists(st.text(alphabet="ab:", max_size=3), min_size=8, max_size=8)


def _instance(pattern: str, fillers: list[str], colons: bool) -> str:
    """A text made from a pattern by filling its wildcards."""
    rest = iter(fillers)
    made = []
    for char in pattern:
        filler = next(rest) if char in "*?" else char
        if char == "?":
            filler = (filler or "a")[0]
        if char in "*?" and not colons:
            filler = filler.replace(":", "b")
        made.append(filler)
    return "".join(made)


@given(a=_PATTERNS, b=_PATTERNS, fillers=_FILLERS)
def test_a_covered_action_is_matched_wherever_it_matches(a: str, b: str, fillers: list[str]) -> None:
    text = _instance(b, fillers, colons=True)
    assert compile_glob(b).matches(text)
    if action_covers(a, b):
        assert compile_glob(a).matches(text)


@given(a=_PATTERNS, b=_PATTERNS, fillers=_FILLERS, colons=st.booleans())
def test_a_covered_resource_is_matched_wherever_it_matches(a: str, b: str, fillers: list[str], colons: bool) -> None:
    wide, narrow = (ResourcePattern(tokenize(f"arn:{p}", wildcards=True, variables=False).parts) for p in (a, b))
    text = "arn:" + _instance(b, fillers, colons)
    if resource_covers(f"arn:{a}", f"arn:{b}") and narrow.matches(text):
        assert wide.matches(text)


@pytest.mark.parametrize(
    ("a", "b", "covers"),
    [
        ("arn:aws:s3:::b*", "arn:aws:s3:::b/*", True),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b*", False),
        ("arn:aws:s3:::B/*", "arn:aws:s3:::b/*", False),
        ("arn:aws:logs:*:*:/aws/x*", "arn:aws:logs:*:*:log-group:/aws/x*", True),
        ("arn:aws:logs:us-*-1:*:x", "arn:aws:logs:us-*-1:*:x", True),
        ("arn:aws:logs:us-*x:*:x", "arn:aws:logs:us-*:*:x", False),
        ("arn:aws:sqs:*:1?:q", "arn:aws:sqs:*:1*:q", False),
        ("*", "arn:aws:s3:::b", True),
        ("arn:*", "*", False),
    ],
)
def test_resources(a: str, b: str, covers: bool) -> None:
    assert resource_covers(a, b) is covers


def test_an_entry_covered_twice_stands_in_both_groups_and_equals_count_once() -> None:
    assert groups(["s3:get*", "s3:*object", "s3:getobject", "s3:getobject"], action_covers) == [
        (0, (2, 3)),
        (1, (2, 3)),
    ]
    assert groups(["s3:getobject", "s3:getobject"], action_covers) == [(0, (1,))]
    assert groups(["s3:**", "s3:*"], action_covers) == [(0, (1,))]
    assert groups(["s3:g*", "s3:*", "s3:get*"], action_covers) == [(1, (0, 2))]


def test_patterns_with_many_wildcards_are_compared_or_given_up_by_counted_work() -> None:
    pattern = "s3:" + "*?" * 800
    assert action_covers(pattern, pattern + "a")
    with pytest.raises(GaveUpError):
        groups([pattern + "a" * i for i in range(40)], action_covers)
    assert groups([pattern + "a" * i for i in range(4)], action_covers)


def test_runs_side_by_side_are_one() -> None:
    assert action_covers("s3:**", "s3:*")
    assert action_covers("s3:*", "s3:***")
    assert resource_covers("arn:aws:s3:::**", "arn:aws:s3:::*")
