"""Unknown keys: what settles an answer without every value, what is said where nothing does, and how it is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.evaluation.asking import USER, allow, ask, deny, identity, judge, policy
from tests.evaluation.drawn import NOW, FewFacts
from tests.evaluation.test_unknowns import doubts
from workbench.evaluation.context import Context
from workbench.evaluation.decision import Decision
from workbench.evaluation.judge import Judge, compile_policy
from workbench.evaluation.request import Level, PolicySet, Principal, Request, Scenario
from workbench.evaluation.scenario_reader import read_scenario
from workbench.evaluation.shape import decision_line
from workbench.evaluation.unknown_values import fits
from workbench.policy.kinds import PolicyKind
from workbench.policy.tokens import Wildcard

ALL = allow("*")
TAG, OTHER_TAG = "aws:PrincipalTag/t", "aws:ResourceTag/t"


def keys(decision: Decision) -> list[str]:
    return [d.key for d in decision.depends_on]


def said_of(decision: Decision) -> dict[str, list[str]]:
    return {d.key: [said for _, said in d.tests] for d in decision.depends_on}


def examples(decision: Decision) -> list[tuple[str, dict[str, Any]]]:
    return [(e.outcome.value, dict(e.values)) for e in decision.examples]


def same(one: str, other: str) -> dict[str, Any]:
    return {"StringEquals": {one: f"${{{other}}}"}}


# -- certain, whatever the values ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unknown", "conditions"),
    [
        ([OTHER_TAG, TAG], [same(OTHER_TAG, TAG)]),
        (
            ["aws:SourceVpc"],
            [{"StringEqualsIgnoreCase": {"aws:SourceVpc": "ab"}, "StringLike": {"aws:SourceVpc": "A*"}}],
        ),
        (["s3:max-keys"], [{"NumericEquals": {"s3:max-keys": "1"}, "StringEquals": {"s3:max-keys": "2"}}]),
        (["aws:TagKeys"], [{"ForAnyValue:StringEquals": {"aws:TagKeys": tag}} for tag in "abcd"]),
        ([f"x:k{n}" for n in range(6)], [{"StringLike": {f"x:k{n}": ["a*", "*b"]}} for n in range(6)]),
    ],
)
def test_a_statement_without_condition_settles(unknown: list[str], conditions: list[dict[str, Any]]) -> None:
    some = [allow(condition=condition) for condition in conditions]
    assert ask(identity(ALL, *some), unknown=frozenset(unknown)).outcome == "allowed"
    assert ask(identity(ALL, deny(), *some), unknown=frozenset(unknown)).outcome == "explicitDeny"
    assert ask(identity(*some), unknown=frozenset(unknown)).outcome == "depends"


@pytest.mark.parametrize(
    ("condition", "context", "answer"),
    [
        ({"StringEqualsIfExists": {"x:k": "${x:open}"}}, {}, True),  # the key is absent, whatever the variable is
        ({"StringEqualsIfExists": {"x:k": "a"}}, {}, True),
        ({"StringEquals": {"x:k": "${x:open}"}}, {}, False),
        ({"StringEquals": {"x:k": "${x:open}"}}, {"x:k": "a", "x:open": "a"}, None),
        ({"StringEquals": {"x:k": ["${x:open}", "${x:v}"]}}, {"x:k": "a", "x:open": "b", "x:v": "a"}, True),
        ({"StringNotEquals": {"x:k": ["${x:open}", "${x:v}"]}}, {"x:k": "a", "x:open": "b", "x:v": "a"}, False),
        ({"StringEqualsIgnoreCase": {"x:k": "a-${x:open}"}}, {"x:k": "A-B"}, None),
        ({"StringEquals": {"x:k": "a-${x:open}"}}, {"x:k": "A-B"}, False),
        ({"StringNotEquals": {"x:k": ["", "a-${x:open}"]}}, {"x:k": ("", "z")}, False),
        ({"Null": {"x:open": "true"}}, {}, None),
        ({"Null": {"x:k": "true"}}, {}, True),
        ({"ForAllValues:Null": {"x:open": "true"}}, {}, True),
    ],
)
def test_what_a_condition_is_whatever_an_open_key_holds(
    condition: dict[str, Any], context: dict[str, Any], answer: bool | None
) -> None:
    [statement] = compile_policy(policy(allow(condition=condition)), PolicyKind.IDENTITY)
    [test] = statement.conditions
    assert test.settled(Context(context.items()).opened({"x:open"})) is answer


def test_a_statement_that_can_never_apply_plays_no_part() -> None:
    patterns = {"StringLike": {"x:k": [f"*{c}*" for c in "abcdefghij"]}}
    unknown = frozenset({"x:k"})
    never = deny(condition={**patterns, "StringEquals": {"x:never": "1"}})
    assert ask(identity(ALL, never), unknown=unknown).outcome == "allowed"
    elsewhere = deny("*", "arn:aws:s3:::zzz/*", condition=patterns)
    assert ask(identity(ALL, elsewhere), unknown=unknown).outcome == "allowed"
    red = {"StringEquals": {"x:k": "red"}}
    decision = ask(identity(allow(condition=red), elsewhere), unknown=unknown)
    assert said_of(decision) == {"x:k": ["StringEquals red"]}
    of_others = deny(principal={"AWS": "arn:aws:iam::222222222222:root"}, condition=patterns)
    assert ask(PolicySet((policy(ALL),), resource=policy(of_others)), unknown=unknown).outcome == "allowed"


def test_a_layer_that_is_not_consulted_plays_no_part() -> None:
    denied = (Level("r", (policy(deny(condition={"StringEquals": {"x:k": "a"}})),)),)
    policies = PolicySet((policy(ALL),), service_control=denied)
    request = Request(Principal(arn=USER), "s3:GetObject", unknown=frozenset({"x:k"}))
    assert judge().decide(Scenario(request, policies, management_account="111111111111")).outcome == "allowed"
    assert judge().decide(Scenario(request, policies)).outcome == "depends"


def test_what_needs_no_permission_is_certain() -> None:
    both = {"StringEquals": {"x:k": "a"}, "NumericEquals": {"x:k": "1"}}
    decision = ask(identity(deny(condition=both)), "sts:GetCallerIdentity", "*", unknown=frozenset({"x:k"}))
    assert decision.outcome == "allowed"


def test_values_that_a_known_text_already_matches_settle() -> None:
    unknown = frozenset({"x:u"})
    for operator in ("StringEquals", "StringEqualsIgnoreCase", "StringLike", "ForAllValues:StringLike"):
        condition = {operator: {"x:k": ["a", "${x:u}"]}}
        assert ask(identity(allow(condition=condition)), context={"x:k": "a"}, unknown=unknown).outcome == "allowed"
        negated = {operator.replace("String", "StringNot"): {"x:k": ["a", "${x:u}"]}}
        assert ask(identity(allow(condition=negated)), context={"x:k": "a"}, unknown=unknown).outcome == "implicitDeny"
        other = {operator: {"x:k": "b-${x:u}"}}
        assert ask(identity(allow(condition=other)), context={"x:k": "a"}, unknown=unknown).outcome == "implicitDeny"
    arn = {"ArnLike": {"x:k": "arn:aws:s3:::b/${x:u}"}}
    given = identity(allow(condition=arn))
    assert ask(given, context={"x:k": "arn:aws:sqs:::b/x"}, unknown=unknown).outcome == "implicitDeny"
    assert ask(given, context={"x:k": "arn:aws:s3:::b/x"}, unknown=unknown).outcome == "depends"
    resources = identity(allow("*", "arn:aws:s3:::b/*"), allow("*", "arn:aws:s3:::b/${x:u}"))
    assert ask(resources, unknown=unknown).outcome == "allowed"


def test_a_test_of_presence_with_a_set_operator_is_certain() -> None:
    always = {"ForAllValues:Null": {"aws:TagKeys": "true"}}
    assert ask(identity(allow(condition=always)), unknown=frozenset({"aws:TagKeys"})).outcome == "allowed"


def test_what_cannot_be_proven_of_all_values_may_be_proven_for_each_value_of_some_keys() -> None:
    never_both = {"StringNotEquals": {"x:a": "red", "x:b": "1 "}, "StringLike": {"x:a": "red"}}
    crossed = allow(condition={**never_both, "NumericEquals": {"x:b": "1"}})
    decision = ask(identity(crossed), unknown=frozenset({"x:a", "x:b"}))
    assert decision.outcome == "implicitDeny"
    assert not doubts(decision)


# -- depends, and on what -----------------------------------------------------------------------------------------


def test_every_text_that_a_variable_can_stand_for_is_tried() -> None:
    wanted = {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "${aws:PrincipalTag/t}"]}}
    tagged = identity(allow(condition=wanted))
    decision = ask(tagged, context={"aws:TagKeys": ["a", "z"]}, unknown=frozenset({TAG}))
    assert ("allowed", {TAG: "z"}) in examples(decision)
    assert said_of(decision) == {TAG: ["aws:TagKeys: ForAllValues:StringEquals a or ${aws:PrincipalTag/t}"]}
    never = {"Bool": {"aws:SecureTransport": "false"}}
    path = "arn:aws:s3:::b/${aws:PrincipalTag/t}"
    paths = identity(allow("*", f"{path}/bbb", condition=never), allow("*", path.replace("b/", "b/aa/")))
    decision = ask(paths, resource="arn:aws:s3:::b/aa/bbb", unknown=frozenset({TAG}))
    assert ("allowed", {TAG: "bbb"}) in examples(decision)
    assert said_of(decision) == {TAG: ["Resource arn:aws:s3:::b/aa/${aws:PrincipalTag/t}"]}
    present = {"ForAllValues:StringEqualsIfExists": {"aws:TagKeys": "${s3:prefix}"}}
    tagged = identity(allow(condition=present))
    decision = ask(tagged, context={"aws:TagKeys": ["", "b"]}, unknown=frozenset({"s3:prefix"}))
    assert ("allowed", {"s3:prefix": "b"}) in examples(decision)


def test_a_key_that_matters_only_by_its_presence_is_shown_with_a_value_that_it_can_have() -> None:
    wanted = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    decision = ask(identity(allow(condition=wanted)), unknown=frozenset({"aws:MultiFactorAuthAge"}))
    assert examples(decision) == [
        ("implicitDeny", {"aws:MultiFactorAuthAge": None}),
        ("allowed", {"aws:MultiFactorAuthAge": "300"}),
    ]
    stated = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    decision = ask(identity(allow(condition=stated)), unknown=frozenset({"aws:MultiFactorAuthPresent"}))
    assert ("allowed", {"aws:MultiFactorAuthPresent": "true"}) in examples(decision)


def test_case_does_not_count_where_a_variable_is_compared_without_it() -> None:
    wanted = {"StringEqualsIgnoreCase": {"x:k": "A-${x:u}"}}
    decision = ask(identity(allow(condition=wanted)), context={"x:k": "a-B"}, unknown=frozenset({"x:u"}))
    assert ("allowed", {"x:u": "B"}) in examples(decision)


def test_where_two_unknown_keys_meet_both_are_named_with_values_of_both() -> None:
    path = f"arn:aws:s3:::b/${{{TAG}}}"
    prefix = {"StringNotLikeIfExists": {"s3:prefix": f"${{{TAG}}}"}}
    policies = PolicySet(
        (policy(ALL),),
        permissions_boundary=policy(allow("*", path)),
        resource_control=(Level("r", (policy(deny("s3:*", path, principal="*", condition=prefix)),)),),
    )
    decision = ask(policies, resource="arn:aws:s3:::b/x/k", unknown=frozenset({TAG, "s3:prefix"}))
    assert keys(decision) == [TAG, "s3:prefix"]
    assert ("allowed", {TAG: "x/k", "s3:prefix": "x/k"}) in examples(decision)
    listed = {"StringNotEqualsIfExists": {"aws:SourceVpc": ["c?", f"${{{TAG}, 'red'}}"]}}
    decision = ask(identity(allow("*", path), deny(condition=listed)), unknown=frozenset({TAG, "aws:SourceVpc"}))
    assert keys(decision) == [TAG, "aws:SourceVpc"]


def test_examples_are_whole_and_those_of_a_key_differ_in_it_alone() -> None:
    wanted = {"StringEquals": {OTHER_TAG: [f"${{{TAG}}}", "pub"]}}
    decision = ask(identity(allow(condition=wanted)), unknown=frozenset({TAG, OTHER_TAG}))
    assert {frozenset(values) for _, values in examples(decision)} == {frozenset({TAG, OTHER_TAG})}
    for dependence in decision.depends_on:
        assert {o for o, _ in dependence.examples} == {"allowed", "implicitDeny"}
    for outcome, values in examples(decision):
        context = {key: value for key, value in values.items() if value is not None}
        absent = frozenset(values) - frozenset(context)
        assert ask(identity(allow(condition=wanted)), context=context, absent=absent).outcome == outcome
    line = decision_line(Scenario(Request(Principal(arn=USER), "s3:GetObject")), decision)
    assert {"decision": "allowed", "context": {TAG: None, OTHER_TAG: "pub"}} in line["examples"]


def test_lists_as_long_as_there_are_tests_are_tried() -> None:
    each = {"aws:TagKeys": ""}
    conditions = [{"ForAnyValue:StringEquals": {**each, "aws:TagKeys": tag}} for tag in "abcd"]
    needing_all = identity(
        ALL,
        *[deny(condition={"Null": {"aws:TagKeys": "true"}})],
        *[deny(condition={"ForAllValues:StringNotEquals": {"aws:TagKeys": tag}}) for tag in "abcd"],
    )
    decision = ask(needing_all, unknown=frozenset({"aws:TagKeys"}))
    assert ("allowed", {"aws:TagKeys": ("a", "b", "c", "d")}) in examples(decision)
    assert len(conditions) == 4


def test_patterns_of_arns_are_told_apart_by_their_parts() -> None:
    parts = {"ArnLike": {"aws:SourceArn": "arn:*:sns:*:1:t"}, "ArnNotLike": {"aws:SourceArn": "arn:aws:*:?:1:t"}}
    decision = ask(identity(allow(condition=parts)), unknown=frozenset({"aws:SourceArn"}))
    assert decision.outcome == "depends"
    no_arn = {"ArnLike": {"x:k": ["b*:a:s:r:1:t", "*key"]}}
    decision = ask(identity(allow(condition=no_arn)), unknown=frozenset({"x:k"}))
    assert {o for o, _ in examples(decision)} == {"allowed", "implicitDeny"}


def test_case_and_patterns_on_one_key_are_tried_together() -> None:
    unknown = frozenset({"x:k"})
    both = {"StringEqualsIgnoreCase": {"x:k": "ab"}, "StringLike": {"x:k": "A*"}, "StringNotEquals": {"x:k": "AB"}}
    assert ("allowed", {"x:k": "Ab"}) in examples(ask(identity(allow(condition=both)), unknown=unknown))
    never = {"StringEqualsIgnoreCase": {"x:k": "ab"}, "StringLike": {"x:k": "c*"}}
    assert ask(identity(allow(condition=never)), unknown=unknown).outcome == "implicitDeny"
    kelvin = {"StringEqualsIgnoreCase": {"x:k": "k"}, "StringNotEquals": {"x:k": ["k", "K"]}}
    assert ("allowed", {"x:k": "\u212a"}) in examples(ask(identity(allow(condition=kelvin)), unknown=unknown))


# -- what a key changes besides tests on it -----------------------------------------------------------------------


def test_whether_an_endpoint_is_passed_names_what_its_policy_says() -> None:
    policies = PolicySet((policy(ALL),), vpc_endpoint=policy(deny(principal="*"), name="endpoint"))
    decision = ask(policies, unknown=frozenset({"aws:SourceIp"}))
    [dependence] = decision.depends_on
    assert [(ref.policy, said) for ref, said in dependence.tests] == [("endpoint", "has a say or not")]
    for key in ("aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp"):
        decision = ask(policies, context={"aws:SourceIp": "203.0.113.7"}, unknown=frozenset({key}))
        assert keys(decision) == [key]


def test_whether_the_call_sends_tags_may_be_unknown() -> None:
    def asked(*statements: dict[str, Any], unknown: str = "aws:RequestTag/p") -> Decision:
        request = {"principal": USER, "action": "sagemaker:CreateModel", "unknown": unknown}
        request["resource"] = "arn:aws:sagemaker:eu-west-1:111111111111:model/m"
        document = {"Version": "2012-10-17", "Statement": list(statements)}
        scenario = {"request": request, "policies": {"identity": [{"name": "P", "document": document}]}}
        return Judge(FewFacts(), lambda: NOW).decide(read_scenario(json.dumps(scenario)))

    decision = asked(allow("sagemaker:CreateModel"))
    assert decision.outcome == "depends"
    assert [(a.action, a.outcome) for a in decision.authorizations] == [
        ("sagemaker:CreateModel", "allowed"),
        ("sagemaker:AddTags", "implicitDeny"),
    ]
    assert asked(allow("sagemaker:CreateModel"), unknown="aws:TagKeys").outcome == "depends"
    assert asked(allow("sagemaker:*")).outcome == "allowed"
    assert asked(allow("sagemaker:AddTags")).outcome == "implicitDeny"
    denied = asked(allow("sagemaker:CreateModel", condition={"StringEquals": {"aws:RequestTag/p": "a"}}))
    assert denied.outcome == "implicitDeny"  # with the tag, AddTags is; without it, CreateModel is
    assert [a.outcome for a in denied.authorizations] == ["depends", "implicitDeny"]
    assert denied.deciding.action == "sagemaker:AddTags"
    forbidden = asked(allow("sagemaker:*"), deny("sagemaker:AddTags"))
    assert said_of(forbidden) == {"aws:RequestTag/p": ["has a say or not"]}
    only_a = {"StringEquals": {"aws:RequestTag/p": "a"}}
    assert asked(allow("sagemaker:CreateModel"), allow("sagemaker:AddTags", condition=only_a)).outcome == "depends"


def test_the_time_a_session_began_follows_from_what_is_said_of_mfa() -> None:
    began = identity(allow(condition={"Null": {"aws:TokenIssueTime": "false"}}))
    for key in ("aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"):
        assert keys(ask(began, unknown=frozenset({key}))) == [key]


# -- what is said where nothing could be proven -------------------------------------------------------------------


def test_where_neither_could_be_proven_that_is_said() -> None:
    both = {"StringEquals": {"x:k": "5 "}, "NumericEquals": {"x:k": "5"}}
    decision = ask(identity(allow(condition=both)), unknown=frozenset({"x:k"}))
    assert decision.outcome == "depends"
    [doubt] = doubts(decision)
    assert doubt.endswith("so it may not depend on x:k.")
    assert said_of(decision) == {"x:k": ["StringEquals 5 ", "NumericEquals 5"]}
    assert examples(decision) == [("implicitDeny", {"x:k": None})]
    beside = {"StringEquals": {"x:k": "5 ", "x:a": "red"}, "NumericEquals": {"x:k": "5"}}
    decision = ask(identity(allow(condition=beside)), unknown=frozenset({"x:a", "x:k"}))
    assert keys(decision) == ["x:a", "x:k"]
    assert doubts(decision)


def test_what_cannot_be_proven_is_not_asked_where_another_layer_settles_it() -> None:
    both = {"StringEquals": {"x:k": "5 "}, "NumericEquals": {"x:k": "5"}}
    bucket = policy(allow(principal={"AWS": USER}, condition=both))
    decision = ask(PolicySet((policy(ALL),), resource=bucket), unknown=frozenset({"x:k"}))
    assert (decision.outcome, doubts(decision)) == ("allowed", [])


def test_examples_show_only_the_keys_that_decide() -> None:
    red = {"StringEquals": {"x:a": "red"}}
    narrower = {"StringEquals": {"x:a": "red", "x:b": "1"}}
    decision = ask(identity(allow(condition=red), allow(condition=narrower)), unknown=frozenset({"x:a", "x:b"}))
    assert keys(decision) == ["x:a"]
    assert {key for _, values in examples(decision) for key in values} == {"x:a"}


def test_keys_that_may_matter_besides_those_that_do_are_said() -> None:
    both = {"StringEquals": {"x:k": "5 "}, "NumericEquals": {"x:k": "5"}}
    decision = ask(
        identity(allow(condition=both), allow(condition=same("x:a", "x:b"))), unknown=frozenset({"x:a", "x:b", "x:k"})
    )
    assert keys(decision) == ["x:a", "x:b"]
    [doubt] = doubts(decision)
    assert doubt.endswith("may depend on x:k as well.")


def test_lists_of_many_values_are_cut_and_that_is_said() -> None:
    tags = [f"t{n}" for n in range(12)]
    lacking = [deny(condition={"ForAllValues:StringNotEquals": {"aws:TagKeys": tag}}) for tag in tags]
    decision = ask(identity(ALL, *lacking), unknown=frozenset({"aws:TagKeys"}))
    assert decision.outcome == "depends"
    assert doubts(decision)


def test_a_variable_beside_one_without_value_stands_for_nothing() -> None:
    never = identity(allow("*", ["arn:aws:s3:::b/${x:u}/${x:none}", "arn:aws:s3:::${x:u}/k"]))
    decision = ask(never, unknown=frozenset({"x:u"}))
    assert ("allowed", {"x:u": "b"}) in examples(decision)
    three = {"StringEquals": {"x:k": ["${x:u}", "${x:known}"]}}
    decision = ask(identity(allow(condition=three)), context={"x:known": "v"}, unknown=frozenset({"x:k", "x:u"}))
    assert ("allowed", {"x:k": "v", "x:u": None}) in examples(decision)
    mixed = allow(principal={"AWS": ["AIDAEXAMPLE", USER.replace("/u", "/other")]}, condition={"Null": {"x:u": "true"}})
    assert ask(PolicySet(resource=policy(mixed)), unknown=frozenset({"aws:userid", "x:u"})).outcome == "depends"


def test_many_keys_of_many_values_are_bounded_work() -> None:
    names = [f"x:{n:02}" for n in range(12)]
    tests_ = [{"StringLike": {key: [f"{c}*" for c in "abcdef"]}} for key in names]
    one = identity(*[allow(condition=each) for each in tests_])
    assert keys(ask(one, unknown=frozenset(names))) == names
    every = identity(allow(condition={"StringLike": {key: ["a*", "b*"] for key in names}}))
    decision = ask(every, unknown=frozenset(names))
    assert decision.outcome == "depends"


def test_more_values_than_are_tried_are_not_certain() -> None:
    conditions = [{"StringEquals": {"x:k": f"v{n}", "x:j": f"w{n}"}} for n in range(60)]
    policies = identity(*[allow(condition=c) for c in conditions], *[deny(condition={"StringLike": {"x:k": "v*"}})])
    assert ask(policies, unknown=frozenset({"x:k", "x:j"})).outcome == "depends"
    globs = [{"StringLike": {"x:k": f"*{c}*"}} for c in "abcdefghij"]
    never = {"NumericEquals": {"x:k": "1"}}
    decision = ask(identity(*[allow(condition={**g, **never}) for g in globs]), unknown=frozenset({"x:k"}))
    assert doubts(decision)


def test_places_of_a_variable_are_found_in_time_that_grows_with_the_text() -> None:
    any_text = (Wildcard.ANY,)
    assert fits(("a",), ("c",), "abc") == (["b"], True)
    assert fits(("abcd",), (), "abc") == ([], True)
    assert fits(("A",), (), "abc", ignoring_case=True) == (["bc"], True)
    found, complete = fits(any_text, any_text, "a" * 20_000)
    assert not complete
    assert len(found) <= 32
    path = identity(allow("*", "arn:aws:s3:::b/*${x:a}*"))
    long = f"arn:aws:s3:::b/{'a' * 20_000}"
    assert ask(path, resource=long, unknown=frozenset({"x:a"})).outcome == "depends"
