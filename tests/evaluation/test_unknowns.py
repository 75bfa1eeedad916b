"""Unknown keys: `depends` when, and only when, the decision depends on them."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.evaluation.asking import allow, ask, deny, identity, policy
from workbench.errors import ScenarioError
from workbench.evaluation.request import Level, PolicySet

RED = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
TEAM = frozenset({"aws:PrincipalTag/team"})


def test_a_key_that_decides_gives_depends_with_the_key_and_its_tests() -> None:
    decision = ask(identity(allow(condition=RED)), unknown=TEAM)
    assert decision.outcome == "depends"
    [dependence] = decision.depends_on
    assert dependence.key == "aws:PrincipalTag/team"
    assert [(ref.statement, test) for ref, test in dependence.tests] == [(0, "StringEquals red")]
    assert dict(dependence.examples)["allowed"] == "red"  # type: ignore[index]


def test_a_key_nobody_tests_changes_nothing() -> None:
    assert ask(identity(allow()), unknown=frozenset({"aws:SourceVpc"})).outcome == "allowed"


def test_an_explicit_deny_without_condition_is_certain() -> None:
    assert ask(identity(allow(condition=RED), deny()), unknown=TEAM).outcome == "explicitDeny"


def test_tests_that_cover_every_value_are_certain() -> None:
    not_red = {"StringNotEquals": {"aws:PrincipalTag/team": "red"}}
    assert ask(identity(allow(condition=RED), allow(condition=not_red)), unknown=TEAM).outcome == "allowed"
    numbers = [{"NumericLessThan": {"t:n": "5"}}, {"NumericGreaterThanEquals": {"t:n": "5"}}]
    both = identity(*(allow(condition=c) for c in numbers), allow(condition={"Null": {"t:n": "true"}}))
    assert ask(both, unknown=frozenset({"t:n"})).outcome == "depends"  # "no number" satisfies neither


def test_contradicting_patterns_are_certain() -> None:
    both = {"StringLike": {"aws:PrincipalTag/team": "red-*"}, "StringEquals": {"aws:PrincipalTag/team": "blue"}}
    assert ask(identity(allow(condition=both)), unknown=TEAM).outcome == "implicitDeny"


def test_other_layers_take_part() -> None:
    policies = PolicySet(
        identity=(policy(allow()),),
        service_control=(Level("r", (policy(allow(condition=RED), name="SCP"),)),),
    )
    decision = ask(policies, unknown=TEAM)
    assert decision.outcome == "depends"
    assert decision.depends_on[0].tests[0][0].policy == "SCP"


def test_only_the_keys_that_decide_are_named() -> None:
    both = {"StringEquals": {"aws:PrincipalTag/team": "red", "aws:SourceVpc": "vpc-1"}}
    policies = identity(allow(condition=both), deny(condition={"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}))
    decision = ask(policies, unknown=TEAM, context={"aws:SourceVpc": "vpc-1"})
    assert [d.key for d in decision.depends_on] == ["aws:PrincipalTag/team"]


def test_a_variable_in_a_resource_counts() -> None:
    own = identity(allow("*", "arn:aws:s3:::b/${aws:PrincipalTag/team}/*"))
    decision = ask(own, resource="arn:aws:s3:::b/red/x", unknown=TEAM)
    assert decision.outcome == "depends"
    assert dict(decision.depends_on[0].examples)["allowed"] == "red"  # type: ignore[index]


def test_two_unknown_keys_compared_with_each_other() -> None:
    same = {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}
    decision = ask(identity(allow(condition=same)), unknown=TEAM | {"aws:ResourceTag/team"})
    assert {d.key for d in decision.depends_on} == TEAM | {"aws:ResourceTag/team"}


def test_multivalued_keys_are_tried_as_sets() -> None:
    only = {"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}, "Null": {"aws:TagKeys": "false"}}
    some = {"ForAnyValue:StringNotEquals": {"aws:TagKeys": "a"}}
    policies = identity(allow(condition=only), deny(condition=some))
    decision = ask(policies, unknown=frozenset({"aws:TagKeys"}))
    assert {o for o, _ in decision.depends_on[0].examples} == {"allowed", "implicitDeny", "explicitDeny"}


def test_stated_and_unknown_at_once_is_an_error() -> None:
    with pytest.raises(ScenarioError, match="both stated"):
        ask(identity(allow()), unknown=TEAM, context={"aws:principaltag/TEAM": "red"})


KEYS = ("t:a", "t:b")
VALUES = (None, "x", "y", "xy", "", "zzz", "5", "7")
OPERATORS = st.sampled_from(["StringEquals", "StringNotEquals", "StringLike", "StringEqualsIfExists", "StringNotLike"])
TESTS = st.dictionaries(
    OPERATORS,
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["x", "y", "x*", "*y", "?"]), min_size=1),
    max_size=2,
)
STATEMENTS = st.lists(st.tuples(st.booleans(), TESTS), min_size=1, max_size=4)


@settings(max_examples=300, deadline=None)
@example([(False, {"StringLike": {"t:a": "x*"}, "StringNotEquals": {"t:a": "x"}})])
@given(STATEMENTS)
def test_agrees_with_enumeration(statements: list[tuple[bool, dict[str, Any]]]) -> None:
    policies = identity(*((allow if good else deny)(condition=tests) for good, tests in statements))
    decision = ask(policies, unknown=frozenset(KEYS))
    outcomes = set()
    for values in product(VALUES, repeat=2):
        context = {k: v for k, v in zip(KEYS, values, strict=True) if v is not None}
        outcomes.add(ask(policies, context=context).outcome)
    if decision.outcome == "depends":
        shown = {o for d in decision.depends_on for o, _ in d.examples}
        assert len(shown) > 1
        assert outcomes <= shown
    else:
        assert outcomes == {decision.outcome}
