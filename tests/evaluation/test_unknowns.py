"""Unknown keys: `depends` when, and only when, the decision depends on them."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.evaluation.asking import USER, allow, ask, deny, identity, judge, policy
from tests.evaluation.drawn import CASES, FewFacts
from workbench.errors import ScenarioError
from workbench.evaluation.decision import Decision
from workbench.evaluation.judge import PART_DEPENDS, Judge
from workbench.evaluation.request import Level, PolicySet, Principal, Request, Scenario

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


def test_a_part_of_a_call_may_depend_where_the_whole_does_not() -> None:
    role, tested = "arn:aws:iam::111111111111:role/r", {"StringLike": {"sts:SourceIdentity": "*"}}
    trust = {"Effect": "Allow", "Principal": {"AWS": USER}, "Action": "sts:AssumeRole", "Condition": tested}
    request = Request(Principal(arn=USER), "sts:AssumeRole", (role,), unknown=frozenset({"sts:SourceIdentity"}))
    decision = judge().decide(Scenario(request, PolicySet(resource=policy(trust))))
    assert decision.outcome == "implicitDeny"  # without one the trust policy does not match, and none may be set
    assuming = next(a for a in decision.authorizations if a.action == "sts:AssumeRole")
    assert (assuming.outcome, assuming.sentence) == ("depends", PART_DEPENDS)


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


def doubts(decision: Decision) -> list[str]:
    """What is said of values that were not tried."""
    return [note for note in decision.notes if note.startswith("Not every value")]


KEYS = ("t:a", "t:b")
VALUES = (None, "x", "y", "xy", "", "zzz", "5", "7")
OPERATORS = st.sampled_from(["StringEquals", "StringNotEquals", "StringLike", "StringEqualsIfExists", "StringNotLike"])
TESTS = st.dictionaries(
    OPERATORS,
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["x", "y", "x*", "*y", "?"]), min_size=1),
    max_size=2,
)
STATEMENTS = st.lists(st.tuples(st.booleans(), TESTS), min_size=1, max_size=4)


@settings(max_examples=min(300, CASES), deadline=None)
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
        shown = {e.outcome for e in decision.examples}
        assert len(shown) > 1
        assert outcomes <= shown
    else:
        assert outcomes == {decision.outcome}


# -- values that stand for all: each family against every value of a fine grid ------------------------------------

GRIDS: dict[str, tuple[list[str], list[str]]] = {
    "Numeric": (
        ["5", "7", "5.5", "1e40", "x"],
        ["4", "5", "5.2", "5.5", "6", "7", "8", "1e39", "1e40", "2e40", "junk"],
    ),
    "Date": (
        ["1970-01-02", "1970-01-03", "never", "9" * 30],
        ["0", "86400", "100000", "172800", "1970-02", "junk", "9" * 29, "9" * 30, "9" * 31],
    ),
    "Ip": (
        ["203.0.113.0/24", "203.0.113.7", "2001:db8::/32", "0.0.0.0/0", "junk"],
        ["203.0.112.255", "203.0.113.0", "203.0.113.7", "203.0.113.255", "203.0.114.0", "2001:db8::1", "::1", "junk"],
    ),
    "Bool": (["true", "false", "yes"], ["true", "false", "junk"]),
    "Binary": (["QQ==", "QUI="], ["QQ==", "QUI=", "QUJD", "junk!"]),
}
NAMES = {
    "Numeric": ["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals"],
    "Date": ["DateEquals", "DateNotEquals", "DateLessThan", "DateGreaterThanEquals"],
    "Ip": ["IpAddress", "NotIpAddress"],
    "Bool": ["Bool"],
    "Binary": ["BinaryEquals"],
}


@st.composite
def drawn_tests(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]]]:
    family = draw(st.sampled_from(sorted(GRIDS)))
    wanted = st.lists(st.sampled_from(GRIDS[family][0]), min_size=1, max_size=2)
    name = st.sampled_from(NAMES[family])
    suffix = st.sampled_from(["", "", "IfExists"])
    test = st.builds(lambda n, s, v: {n + s: {"x:k": v}}, name, suffix, wanted)
    return family, draw(st.lists(test, min_size=1, max_size=3))


@settings(max_examples=min(150, CASES), deadline=None)
@given(drawn_tests(), st.lists(st.booleans(), min_size=3, max_size=3))
def test_an_answer_that_is_certain_is_that_of_every_value(
    drawn: tuple[str, list[dict[str, Any]]], denies: list[bool]
) -> None:
    family, conditions = drawn
    statements = [(deny if d else allow)(condition=c) for d, c in zip(denies, conditions, strict=False)]
    policies = identity(*statements)
    seen = {ask(policies, absent=frozenset({"x:k"})).outcome}
    seen |= {ask(policies, context={"x:k": value}).outcome for value in GRIDS[family][1]}
    decision = ask(policies, unknown=frozenset({"x:k"}))
    if decision.outcome == "depends":
        [dependence] = decision.depends_on
        for outcome, value in dependence.examples:
            context = {} if value is None else {"x:k": value}
            assert ask(policies, context=context).outcome == outcome
    else:
        assert seen == {decision.outcome}


@pytest.mark.parametrize(
    ("operator", "wanted", "outcome"),
    [
        ("DateLessThan", "2026", "depends"),
        ("DateLessThan", ["2026", "2027-06", "never"], "depends"),
        ("DateEquals", "never", "implicitDeny"),
        ("NumericEquals", "many", "implicitDeny"),
        ("NumericGreaterThan", ["5", "7"], "depends"),
        ("BinaryEquals", "QQ==", "depends"),
        ("BinaryEquals", "no base64", "implicitDeny"),
        ("IpAddress", "203.0.113.0/24", "depends"),
        ("IpAddress", "anywhere", "implicitDeny"),
    ],
)
def test_values_of_each_family_are_tried(operator: str, wanted: Any, outcome: str) -> None:
    decision = ask(identity(allow(condition={operator: {"x:k": wanted}})), unknown=frozenset({"x:k"}))
    assert decision.outcome == outcome
    assert not doubts(decision)


def test_a_long_number_is_told_from_its_neighbors() -> None:
    for number in ("1e40", "1e999999999", "1" * 60):
        below = identity(allow(condition={"NumericLessThan": {"x:n": number}}))
        assert ask(below, unknown=frozenset({"x:n"})).outcome == "depends"


def test_cases_of_a_text_that_ignores_case_are_tried() -> None:
    ignoring = identity(allow(condition={"StringEqualsIgnoreCase": {"x:k": "Abc"}, "StringNotEquals": {"x:k": "Abc"}}))
    decision = ask(ignoring, unknown=frozenset({"x:k"}))
    assert decision.outcome == "depends"
    assert dict(decision.depends_on[0].examples)["allowed"] in ("abc", "ABC", "aBC")  # type: ignore[index]


def test_patterns_with_one_character_wildcards_and_runs_are_told_apart() -> None:
    condition = {"StringLike": {"x:k": "a?**c"}, "StringNotLike": {"x:k": ["ab*", "a?c"]}}
    decision = ask(identity(allow(condition=condition)), unknown=frozenset({"x:k"}))
    assert decision.outcome == "depends"
    value = dict(decision.depends_on[0].examples)["allowed"]  # type: ignore[index]
    assert isinstance(value, str)
    assert ask(identity(allow(condition=condition)), context={"x:k": value}).outcome == "allowed"


def test_two_unknown_keys_that_are_compared_may_have_the_same_value() -> None:
    same = {"StringEquals": {"x:a": "${x:b}"}}
    decision = ask(identity(allow(condition=same)), unknown=frozenset({"x:a", "x:b"}))
    assert decision.outcome == "depends"
    assert {d.key for d in decision.depends_on} == {"x:a", "x:b"}


def test_an_unknown_key_compared_with_a_known_one_may_have_its_value() -> None:
    same = {"StringEquals": {"x:a": "${x:b}"}}
    decision = ask(identity(allow(condition=same)), context={"x:a": "v"}, unknown=frozenset({"x:b"}))
    assert decision.outcome == "depends"
    assert dict(decision.depends_on[0].examples)["allowed"] == "v"  # type: ignore[index]
    several = {"ForAnyValue:StringEquals": {"x:a": "${x:b}"}}
    decision = ask(identity(allow(condition=several)), context={"x:a": ["v", "w"]}, unknown=frozenset({"x:b"}))
    assert decision.outcome == "depends"
    absent = ask(identity(allow(condition=same)), unknown=frozenset({"x:b"}))
    assert absent.outcome == "implicitDeny"


def test_two_unknown_variables_in_one_pattern_are_not_certain() -> None:
    path = "arn:aws:s3:::b/${x:a}${x:b}"
    assert ask(identity(allow("*", path)), unknown=frozenset({"x:a", "x:b"})).outcome == "depends"


def test_a_known_and_an_unknown_variable_in_one_value_are_told_apart() -> None:
    both = {"StringEquals": {"x:a": "${x:known}-${x:b}"}}
    given = identity(allow(condition=both))
    decision = ask(given, context={"x:a": "k-v", "x:known": "k"}, unknown=frozenset({"x:b"}))
    assert decision.outcome == "depends"
    assert dict(decision.depends_on[0].examples)["allowed"] == "v"  # type: ignore[index]
    other = ask(given, context={"x:a": "k-v", "x:known": "l"}, unknown=frozenset({"x:b"}))
    assert other.outcome == "implicitDeny"
    unvalued = {"StringEquals": {"x:a": ["${x:none}", "a"]}}
    decision = ask(identity(allow(condition=unvalued)), unknown=frozenset({"x:a"}))
    assert dict(decision.depends_on[0].examples)["allowed"] == "a"  # type: ignore[index]


def test_resource_control_policies_and_endpoint_policies_take_part() -> None:
    rcp = Level("r", (policy(deny("s3:*", principal="*", condition=RED), name="RCP"),))
    decision = ask(PolicySet((policy(allow()),), resource_control=(rcp,)), unknown=TEAM)
    assert decision.outcome == "depends"
    assert decision.depends_on[0].tests[0][0].policy == "RCP"
    endpoint = policy(allow(principal="*", condition=RED), name="endpoint")
    assert ask(PolicySet((policy(allow()),), vpc_endpoint=endpoint), unknown=TEAM).outcome == "depends"


# -- keys that follow from an unknown key, and how many values a key holds ----------------------------------------


def test_a_default_of_a_variable_is_not_the_only_value() -> None:
    own = identity(allow("*", "arn:aws:s3:::b/${x:k, 'red'}/*"))
    decision = ask(own, resource="arn:aws:s3:::b/red/x", unknown=frozenset({"x:k"}))
    assert decision.outcome == "depends"
    assert dict(decision.depends_on[0].examples)["allowed"] is None
    several = identity(deny("*", "arn:aws:s3:::b/${x:k}*"), allow("*", "arn:aws:s3:::b/*${x:k}/x"))
    shown = {
        o for o, _ in ask(several, resource="arn:aws:s3:::b/red/x", unknown=frozenset({"x:k"})).depends_on[0].examples
    }
    assert shown == {"allowed", "explicitDeny", "implicitDeny"}


def test_what_looks_like_a_variable_is_text_in_the_old_language() -> None:
    literal = {"StringNotLikeIfExists": {"x:k": "${x:k}*"}}
    policies = PolicySet((policy(allow(), deny(condition=literal), version="2008-10-17"),))
    decision = ask(policies, unknown=frozenset({"x:k"}))
    assert dict(decision.depends_on[0].examples)["allowed"] == "${x:k}"  # type: ignore[index]


@pytest.mark.parametrize(
    ("unknown", "condition"),
    [
        ("aws:MultiFactorAuthAge", {"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        ("aws:TokenIssueTime", {"Null": {"aws:MultiFactorAuthPresent": "false"}}),
        ("aws:ViaAWSService", {"Null": {"aws:MultiFactorAuthPresent": "false"}}),
        ("aws:MultiFactorAuthPresent", {"Null": {"aws:TokenIssueTime": "false"}}),
        ("aws:CalledVia", {"Bool": {"aws:ViaAWSService": "true"}}),
        ("aws:CalledVia", {"StringEquals": {"aws:CalledViaLast": "athena.amazonaws.com"}}),
        ("aws:CalledViaFirst", {"Bool": {"aws:ViaAWSService": "true"}}),
        ("aws:CurrentTime", {"DateLessThan": {"aws:EpochTime": "2020-01-01"}}),
        ("aws:EpochTime", {"DateLessThan": {"aws:CurrentTime": "2020-01-01"}}),
        ("aws:RequestTag/team", {"Null": {"aws:TagKeys": "false"}}),
        ("aws:RequestTag/team", {"StringEquals": {"aws:ResourceTag/team": "red"}}),
        ("aws:ResourceTag/team", {"StringEquals": {"sagemaker:ResourceTag/team": "red"}}),
        ("sagemaker:ResourceTag/team", {"StringEquals": {"aws:ResourceTag/team": "red"}}),
        ("sagemaker:VolumeKmsKey", {"ArnLike": {"sagemaker:VolumeKmsKeyArn": "arn:aws:kms:*:*:key/k"}}),
        ("sagemaker:VolumeKmsKeyArn", {"ArnLike": {"sagemaker:HomeEfsFileSystemKmsKey": "arn:aws:kms:*:*:key/k"}}),
    ],
)
def test_what_follows_from_an_unknown_key_is_not_known_either(unknown: str, condition: dict[str, Any]) -> None:
    model = "arn:aws:sagemaker:eu-west-1:111111111111:model/m"
    decision = ask(identity(allow(condition=condition)), "sagemaker:CreateModel", model, unknown=frozenset({unknown}))
    assert decision.outcome == "depends"
    [dependence] = decision.depends_on
    assert dependence.key == unknown
    assert {o for o, _ in dependence.examples} == {"allowed", "implicitDeny"}
    assert dependence.tests


def test_the_account_of_an_unknown_source_is_not_known() -> None:
    allowing = allow(
        principal={"Service": "sns.amazonaws.com"}, condition={"StringEquals": {"aws:SourceAccount": "1" * 12}}
    )
    policies = PolicySet(resource=policy(allowing))
    sns = Principal(service="sns.amazonaws.com")
    decision = ask(policies, principal=sns, unknown=frozenset({"aws:SourceArn"}))
    assert {o for o, _ in decision.depends_on[0].examples} == {"allowed", "implicitDeny"}


def test_a_key_that_follows_and_is_stated_is_known() -> None:
    condition = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    given = {"aws:MultiFactorAuthPresent": "true"}
    unknown = frozenset({"aws:MultiFactorAuthAge"})
    assert ask(identity(allow(condition=condition)), context=given, unknown=unknown).outcome == "allowed"


def test_whether_an_endpoint_was_used_may_be_unknown() -> None:
    policies = PolicySet((policy(allow()),), vpc_endpoint=policy(deny(principal="*"), name="endpoint"))
    address = {"aws:SourceIp": "203.0.113.7"}
    decision = ask(policies, context=address, unknown=frozenset({"aws:SourceVpce"}))
    assert {o for o, _ in decision.depends_on[0].examples} == {"allowed", "explicitDeny"}
    assert ask(policies, unknown=frozenset({"aws:SourceIp"})).outcome == "depends"
    assert ask(identity(allow()), unknown=frozenset({"aws:SourceIp"})).outcome == "allowed"


def test_a_key_known_to_hold_one_value_has_one_whatever_operator_tests_it() -> None:
    one = {"ForAnyValue:StringEquals": {"aws:SourceVpce": "a"}, "ForAnyValue:StringLike": {"aws:SourceVpce": "b*"}}
    assert ask(identity(allow(condition=one)), unknown=frozenset({"aws:SourceVpce"})).outcome == "implicitDeny"
    of_nobody = {"ForAnyValue:StringEquals": {"x:k": "a"}, "ForAnyValue:StringLike": {"x:k": "b*"}}
    assert ask(identity(allow(condition=of_nobody)), unknown=frozenset({"x:k"})).outcome == "depends"


def test_a_key_known_to_hold_a_list_may_have_several_values_whatever_operator_tests_it() -> None:
    both = {"StringEquals": {"sagemaker:VpcSubnets": "a"}, "StringLike": {"sagemaker:VpcSubnets": "b*"}}
    request = Request(Principal(arn=USER), "s3:GetObject", unknown=frozenset({"sagemaker:VpcSubnets"}))
    scenario = Scenario(request, identity(allow(condition=both)))
    assert Judge(FewFacts()).decide(scenario).outcome == "depends"
    assert judge().decide(scenario).outcome == "implicitDeny"


SESSION = "arn:aws:sts::111111111111:assumed-role/dev/ann"


def naming(entry: dict[str, str]) -> PolicySet:
    return PolicySet(resource=policy(allow(principal=entry)))


def shown(policies: PolicySet, principal: Principal | str, key: str) -> set[str]:
    decision = ask(policies, principal=principal, unknown=frozenset({key}))
    return {o for d in decision.depends_on for o, _ in d.examples}


def test_who_the_caller_is_may_hang_on_an_unknown_key() -> None:
    both = {"allowed", "implicitDeny"}
    assert shown(naming({"AWS": "arn:aws:iam::111111111111:role/path/dev"}), SESSION, "aws:PrincipalArn") == both
    assert shown(naming({"AWS": "AIDAEXAMPLE"}), USER, "aws:userid") == both
    assert shown(naming({"AWS": "AROAEXAMPLE"}), SESSION, "aws:userid") == both
    service = Principal(service="logs.amazonaws.com")
    assert shown(naming({"Service": "logs.eu.amazonaws.com"}), service, "aws:PrincipalServiceNamesList") == both
    assert not shown(naming({"AWS": USER}), SESSION, "aws:PrincipalArn")


def test_which_of_two_roles_of_one_name_the_caller_is_may_decide() -> None:
    first, second = (f"arn:aws:iam::111111111111:role/{path}/dev" for path in ("a", "b"))
    spared = deny(notPrincipal={"AWS": [SESSION, first, "111111111111"]})
    bucket = policy(spared, deny(principal={"AWS": second}))
    policies = PolicySet((policy(allow()),), resource=bucket)
    assert ask(policies, principal=SESSION, context={"aws:PrincipalArn": first}).outcome == "allowed"
    assert ask(policies, principal=SESSION, context={"aws:PrincipalArn": second}).outcome == "explicitDeny"
    assert ask(policies, principal=SESSION).outcome == "explicitDeny"
    assert shown(policies, SESSION, "aws:PrincipalArn") == {"allowed", "explicitDeny"}


def test_the_principal_that_a_key_decides_about_is_named() -> None:
    policies = naming({"AWS": "arn:aws:iam::111111111111:role/path/dev"})
    [dependence] = ask(policies, principal=SESSION, unknown=frozenset({"aws:PrincipalArn"})).depends_on
    assert [test for _, test in dependence.tests] == ["Principal"]


def test_what_decides_whatever_the_key_is_is_named_alone() -> None:
    for statements, deciding in (((allow(), allow(condition=RED)), [0]), ((deny(), deny(condition=RED)), [0])):
        decision = ask(identity(*statements), unknown=TEAM)
        assert [ref.statement for ref in decision.deciding.decided_by] == deciding


def test_whether_a_role_is_service_linked_may_hang_on_an_unknown_key() -> None:
    limited = PolicySet((policy(allow()),), service_control=(Level("r", (policy(deny(), name="SCP"),)),))
    linked = SESSION.replace("/dev/", "/AWSServiceRoleForX/")
    assert shown(limited, linked, "aws:PrincipalArn") == {"allowed", "explicitDeny"}
    assert ask(limited, principal=SESSION, unknown=frozenset({"aws:PrincipalArn"})).outcome == "explicitDeny"
    nothing = PolicySet((policy(allow()),), service_control=(Level("r", ()),))
    assert shown(nothing, linked, "aws:PrincipalArn") == {"allowed", "implicitDeny"}
