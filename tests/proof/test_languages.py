"""Sets of texts against brute force: every text up to some length."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.policy.tokens import Variable, Wildcard, tokenize
from workbench.proof.budget import Budget, GaveUp
from workbench.proof.languages import Machine, find_in_all, find_text, literal
from workbench.proof.patterns import Variables, arn_machine, format_machine, resource_machine, text_machine

LETTERS = "ab:"
TEXTS = ["".join(t) for n in range(5) for t in product(LETTERS + "x", repeat=n)]
patterns = st.text(alphabet="ab:*?", max_size=5)


def machine(pattern: str) -> Machine:
    return text_machine(tokenize(pattern, wildcards=True, variables=False).parts)


def as_expression(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern), re.DOTALL)


@given(patterns, st.text(alphabet="ab:x", max_size=6))
def test_a_machine_takes_what_its_pattern_matches(pattern: str, text: str) -> None:
    assert machine(pattern).matches(text) is bool(as_expression(pattern).fullmatch(text))


@settings(max_examples=300, deadline=None)
@given(st.lists(patterns, min_size=1, max_size=2), st.lists(patterns, max_size=3))
def test_a_text_is_found_exactly_if_there_is_one(required: list[str], excluded: list[str]) -> None:
    found = find_text([machine(p) for p in required], [machine(p) for p in excluded], Budget(100_000))
    wanted = [as_expression(p) for p in required]
    unwanted = [as_expression(p) for p in excluded]
    if found is not None:
        assert all(w.fullmatch(found) for w in wanted)
        assert not any(u.fullmatch(found) for u in unwanted)
        return
    there = (t for t in TEXTS if all(w.fullmatch(t) for w in wanted) and not any(u.fullmatch(t) for u in unwanted))
    assert next(there, None) is None


@given(st.lists(patterns, min_size=1, max_size=2), st.lists(patterns, max_size=2))
def test_the_text_found_is_a_shortest_one(required: list[str], excluded: list[str]) -> None:
    found = find_text([machine(p) for p in required], [machine(p) for p in excluded], Budget(100_000))
    wanted = [as_expression(p) for p in required]
    unwanted = [as_expression(p) for p in excluded]
    there = (t for t in TEXTS if all(w.fullmatch(t) for w in wanted) and not any(u.fullmatch(t) for u in unwanted))
    first = next(there, None)
    if first is not None:
        assert found is not None
        assert len(found) <= len(first)


def test_a_star_within_an_arn_segment_crosses_no_colon() -> None:
    pattern = resource_machine(tokenize("arn:aws:s3:eu*1:b", wildcards=True, variables=False).parts)
    assert pattern.matches("arn:aws:s3:eu-1:b")
    assert not pattern.matches("arn:aws:s3:eu:1:b")


def test_a_value_of_an_arn_operator_is_matched_part_by_part() -> None:
    pattern = arn_machine(tokenize("arn:aws:sns:*:1111:t*", wildcards=True, variables=False).parts)
    assert pattern.matches("arn:aws:sns:us-east-1:1111:topic")
    assert not pattern.matches("arn:aws:sns:a:b:1111:topic")


def test_a_variable_is_taken_by_a_star_and_by_itself_alone() -> None:
    variables = Variables()
    name = Variable("aws:username", None)
    home = text_machine(variables.hide(("home/", name)))
    assert find_text([home], [text_machine(("home/", Wildcard.ANY))], Budget(1_000)) is None
    assert (
        find_text([home], [text_machine(variables.hide(("home/", Variable("AWS:UserName", None))))], Budget(99)) is None
    )
    assert find_text([home], [text_machine(("home/", Wildcard.ONE))], Budget(1_000)) is not None
    assert find_text([home], [text_machine(("home/ann",))], Budget(1_000)) is not None


def test_two_sets_with_variables_may_have_to_fit_each_other() -> None:
    variables = Variables()
    one = text_machine(variables.hide((Variable("a", None), "/y")))
    other = text_machine(variables.hide(("x/", Variable("b", None))))
    assert find_in_all([[one], [other]], (), ()) == "x/y"


def test_a_search_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(GaveUp, match="too many steps"):
        find_text([machine("*a*b*a*b")], [machine("*ab")], Budget(3))


def test_a_search_that_nobody_waits_for_ends() -> None:
    with pytest.raises(GaveUp, match="cancelled"):
        find_text([machine("*a*b*a*b*a")], [machine("*ab")], Budget(100_000, lambda: True))


def test_an_arn_format_takes_plausible_arns() -> None:
    arn = "arn:${Partition}:sagemaker:${Region}:${Account}:training-job/${TrainingJobName}"
    some = format_machine(arn, "aws", "", "")
    assert some.matches("arn:aws:sagemaker:eu-west-1:111122223333:training-job/x")
    assert not some.matches("arn:aws:sagemaker:nowhere:111122223333:training-job/x")
    assert not some.matches("arn:aws:sagemaker:eu-west-1:1111:training-job/x")
    assert not some.matches("arn:aws:sagemaker:eu-west-1:111122223333:training-job/")


def test_names_hold_slashes_only_where_they_may() -> None:
    arn = "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
    assert format_machine(arn, "aws", "", "", paths=True).matches("arn:aws:s3:::b/a/c")
    assert not format_machine(arn, "aws", "", "").matches("arn:aws:s3:::b/a/c")
    assert Machine(literal("ab")).text == "ab"
