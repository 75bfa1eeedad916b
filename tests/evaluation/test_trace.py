"""The trace says, statement by statement, what was compared and how it came out."""

from __future__ import annotations

from typing import Any

from tests.evaluation.asking import USER, allow, deny, judge, policy
from workbench.evaluation.judge import traces
from workbench.evaluation.request import Level, PolicySet, Principal, Request, Scenario
from workbench.evaluation.trace import StatementTrace

BK = "arn:aws:s3:::b/k"


def statements(policies: PolicySet, context: dict[str, Any] | None = None, **more: Any) -> list[StatementTrace]:
    request = Request(Principal(arn=more.pop("principal", USER)), "s3:GetObject", (BK,), context=context or {}, **more)
    [layers] = traces(judge().prepare(Scenario(request, policies)))
    return [s for layer in layers for s in layer.statements]


def test_each_element_says_what_matched_and_where() -> None:
    given = policy(allow(["sqs:*", "s3:Get*"], ["arn:aws:s3:::c/*", "arn:aws:s3:::b/*"]))
    [found] = statements(PolicySet(identity=(given,)))
    assert found.applies
    assert [(e.element, e.holds) for e in found.elements] == [("Action", True), ("Resource", True)]
    assert [given.text[slice(*e.span)] for e in found.elements] == ['"s3:Get*"', '"arn:aws:s3:::b/*"']
    assert found.elements[0].sentence == "Action lists s3:Get*, which matches s3:GetObject."


def test_a_trace_goes_on_behind_the_element_that_does_not_match() -> None:
    given = policy(allow("s3:Put*", "arn:aws:s3:::c/*", condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}}))
    [found] = statements(PolicySet(identity=(given,)))
    assert not found.applies
    assert [e.sentence for e in found.elements] == [
        "Nothing in Action matches s3:GetObject.",
        "Nothing in Resource matches arn:aws:s3:::b/k.",
        "aws:SourceVpc is absent from the request, and StringEquals is then false.",
    ]


def test_every_condition_is_listed_with_its_values() -> None:
    condition = {
        "StringEquals": {"aws:PrincipalTag/team": "red"},
        "StringNotEquals": {"aws:SourceVpc": "vpc-1"},
        "Null": {"x:k": "true"},
    }
    [found] = statements(PolicySet(identity=(policy(allow(condition=condition)),)), {"aws:PrincipalTag/team": "blue"})
    assert [e.sentence for e in found.elements[2:]] == [
        "aws:PrincipalTag/team is blue; StringEquals red is false.",
        "aws:SourceVpc is absent from the request, and StringNotEquals is then true.",
        "x:k is absent from the request, so Null true is true.",
    ]


def test_not_elements_and_variables_without_value_are_explained() -> None:
    given = policy(deny(notAction="s3:Get*"), allow("*", "arn:aws:s3:::b/${aws:PrincipalTag/t}/*"))
    left_out, unresolved = statements(PolicySet(identity=(given,)))
    assert left_out.elements[0].sentence == "NotAction leaves out s3:Get*, which matches s3:GetObject."
    assert "aws:PrincipalTag/t has no value" in unresolved.elements[-1].sentence


def test_the_principal_entry_and_its_directness_are_named() -> None:
    account = {"AWS": ["arn:aws:iam::111111111111:user/other", "111111111111"]}
    given = policy(allow(principal=account), deny(NotPrincipal={"AWS": "222222222222"}))
    delegated, excluded = statements(PolicySet(resource=given))
    assert delegated.elements[-1].sentence.startswith("Principal entry 111111111111 names the caller's account")
    assert excluded.elements[-1].sentence == "NotPrincipal does not exempt the caller."


def test_the_trace_agrees_with_the_decision() -> None:
    given = policy(allow("s3:*"), deny("s3:*", "arn:aws:s3:::b/secret/*"))
    applied, not_applied = statements(PolicySet(identity=(given,)))
    assert (applied.applies, not_applied.applies) == (True, False)


def condition_sentence(condition: dict[str, Any], context: dict[str, Any]) -> str:
    [found] = statements(PolicySet(identity=(policy(allow(condition=condition)),)), context)
    return found.elements[-1].sentence


def test_null_says_what_counts_as_absent() -> None:
    assert condition_sentence({"Null": {"x:k": "false"}}, {"x:k": ""}).startswith("x:k is in the request")
    assert condition_sentence({"Null": {"x:k": "false"}}, {"x:k": ("",)}).startswith("x:k is absent from the request")


def test_values_are_shown_as_they_are() -> None:
    assert condition_sentence({"StringEquals": {"x:k": "a"}}, {"x:k": ""}) == (
        "x:k is (empty); StringEquals a is false."
    )
    assert condition_sentence({"StringEquals": {"x:k": []}}, {"x:k": "a"}) == (
        "x:k is a; StringEquals (no value) is false. An empty list of policy values matches nothing (inferred)."
    )
    both = condition_sentence({"ForAnyValue:StringEquals": {"x:k": ["a", "b"]}}, {"x:k": ("b", "c")})
    assert both == "x:k is [b, c]; ForAnyValue:StringEquals a or b is true."


def test_a_list_without_a_set_operator_is_said_to_be_inferred_and_disputed() -> None:
    sentence = condition_sentence({"StringEquals": {"x:k": "a"}}, {"x:k": ("a", "b")})
    assert sentence.startswith("x:k is [a, b]; StringEquals a is true.")
    assert "(inferred; disputed" in sentence
    assert "disputed" not in condition_sentence({"StringEquals": {"x:k": "a"}}, {"x:k": ()})
    assert "disputed" not in condition_sentence({"Null": {"x:k": "true"}}, {"x:k": ("a", "b")})


def test_a_variable_is_shown_with_what_it_stands_for_and_one_without_value_is_named() -> None:
    wanted = {"StringEquals": {"x:k": "${aws:PrincipalTag/t}"}}
    with_tag = condition_sentence(wanted, {"x:k": "a", "aws:PrincipalTag/t": "red"})
    assert with_tag == "x:k is a; StringEquals ${aws:PrincipalTag/t} (here red) is false."
    without = "aws:PrincipalTag/t, used as a variable, has no value"
    assert condition_sentence(wanted, {"x:k": "a"}).endswith(f" {without}.")
    negated = {"StringNotEquals": wanted["StringEquals"]}
    assert condition_sentence(negated, {"x:k": "a"}).endswith(f"is true. {without}, so it excludes nothing.")
    default = {"StringLike": {"x:k": "${aws:PrincipalTag/t, 'b'}*"}}
    assert condition_sentence(default, {"x:k": "a"}).endswith("(here b*) is false.")
    empty = condition_sentence(wanted, {"x:k": "a", "aws:PrincipalTag/t": ""})
    assert empty.endswith("(here empty) is false.")


def test_the_resource_that_matched_is_shown_with_what_its_variable_stands_for() -> None:
    given = policy(allow("*", ["arn:aws:s3:::${aws:PrincipalTag/t}", "arn:aws:s3:::b/${aws:PrincipalTag/t}"]))
    [found] = statements(PolicySet(identity=(given,)), {"aws:PrincipalTag/t": "k"})
    entry = "arn:aws:s3:::b/${aws:PrincipalTag/t} (here arn:aws:s3:::b/k)"
    assert found.elements[-1].sentence == f"Resource lists {entry}, which matches arn:aws:s3:::b/k."


def test_the_value_that_fails_for_all_values_is_named() -> None:
    condition = {"ForAllValues:StringEquals": {"x:k": ["a", "b"]}}
    assert condition_sentence(condition, {"x:k": ("a", "c", "d")}) == (
        "x:k is [a, c, d]; ForAllValues:StringEquals a or b is false, because of c."
    )
    assert "because" not in condition_sentence(condition, {"x:k": ("a", "b")})
    assert "because" not in condition_sentence(condition, {"x:k": ("c",)})


def test_values_that_count_as_nothing_sent_are_shown_and_explained() -> None:
    sentence = condition_sentence({"ForAllValues:StringEquals": {"x:k": "a"}}, {"x:k": ("",)})
    assert sentence == (
        "x:k is [(empty)]; ForAllValues:StringEquals a is true: only empty values count as nothing sent."
    )


def test_a_number_that_cannot_be_read_is_named() -> None:
    sentence = condition_sentence({"NumericNotEquals": {"x:n": "ten"}}, {"x:n": "5"})
    assert sentence == "x:n is 5; NumericNotEquals ten is false. ten is no number, with which no numeric test is true."
    assert "no number" not in condition_sentence({"NumericEquals": {"x:n": ["ten", "5"]}}, {"x:n": "5"})
    assert "(empty) is no number" in condition_sentence({"NumericEquals": {"x:n": "5"}}, {"x:n": ""})


def test_a_variable_that_is_literal_text_for_the_version_is_said() -> None:
    given = policy(allow(condition={"StringLike": {"x:k": "${aws:username}"}}), version="2008-10-17")
    [found] = statements(PolicySet(identity=(given,)), {"x:k": "u"})
    assert found.elements[-1].sentence == (
        "x:k is u; StringLike ${aws:username} is false. ${…} is literal text here: variables need Version 2012-10-17."
    )


def test_null_with_a_set_operator_is_said_to_test_nothing() -> None:
    for qualifier, verdict in (("ForAllValues", "true"), ("ForAnyValue", "false")):
        sentence = condition_sentence({f"{qualifier}:Null": {"x:k": "true"}}, {"x:k": ("a",)})
        assert sentence == f"x:k is in the request, but {qualifier}:Null is {verdict} whatever the request holds."


def test_entries_that_name_nobody_here_and_callers_that_are_spared_are_said() -> None:
    given = policy(
        allow(principal={"AWS": "arn:aws:iam::111111111111:user/other"}),
        deny(notPrincipal={"AWS": [USER, "111111111111"]}),
        allow(principal={"AWS": ["arn:aws:iam::111111111111:user/other", USER]}),
    )
    other, spared, named = statements(PolicySet(resource=given))
    assert other.elements[-1].sentence == "No entry of Principal names the caller."
    assert spared.elements[-1].sentence == "NotPrincipal exempts the caller."
    assert named.elements[-1].sentence == f"Principal entry {USER} names the caller."
    assert given.text[slice(*named.elements[-1].span)] == f'"{USER}"'


def test_a_boundary_and_not_principal_are_said_together() -> None:
    everything = policy(allow())
    given = policy(deny(notPrincipal={"AWS": [USER, "111111111111"]}))
    found = statements(PolicySet((everything,), everything, resource=given))
    sentences = [s.elements[-1].sentence for s in found if s.ref.policy_type == "resource"]
    assert sentences == ["NotPrincipal hits every caller that has a permissions boundary."]


def test_a_trust_policy_has_no_resource_to_compare() -> None:
    trust = policy({"Effect": "Allow", "Principal": {"AWS": USER}, "Action": "sts:AssumeRole"})
    request = Request(Principal(arn=USER), "sts:AssumeRole", ("arn:aws:iam::111111111111:role/r",))
    [layers] = traces(judge().prepare(Scenario(request, PolicySet(resource=trust))))
    [found] = [s for layer in layers for s in layer.statements]
    assert [e.element for e in found.elements] == ["Action", "Principal"]


def test_every_layer_is_traced_in_the_order_of_the_decision() -> None:
    def level(layer: str, **more: Any) -> tuple[Level, ...]:
        return tuple(Level(f"{layer} {n}", (policy(allow(**more), name=f"{layer}{n}"),)) for n in range(2))

    everything = policy(allow())
    given = PolicySet(
        (everything,),
        everything,
        session=(everything,),
        resource=policy(allow(principal={"AWS": "111111111111"})),
        service_control=level("scp"),
        resource_control=level("rcp", principal="*"),
        vpc_endpoint=policy(allow(principal="*")),
    )
    caller = Principal(arn="arn:aws:sts::111111111111:assumed-role/r/s")
    [layers] = traces(judge().prepare(Scenario(Request(caller, "s3:GetObject", (BK,)), given)))
    assert [(layer.outcome.layer, layer.outcome.note) for layer in layers] == [
        ("resourceControl", "rcp 0"),
        ("resourceControl", "rcp 1"),
        ("serviceControl", "scp 0"),
        ("serviceControl", "scp 1"),
        ("vpcEndpoint", ""),
        ("resource", ""),
        ("identity", ""),
        ("permissionsBoundary", ""),
        ("session", ""),
    ]
    for layer in layers:
        assert [s.applies for s in layer.statements] == [True]
        assert {s.ref.policy_type for s in layer.statements} == {layer.outcome.layer}


def test_an_operator_without_keys_is_traced_as_one_that_tests_nothing() -> None:
    given = policy(allow(condition={"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {}}))
    [found] = statements(PolicySet(identity=(given,)))
    assert found.elements[-1].sentence == (
        "StringEquals tests no key. A condition operator without keys is taken to be true (inferred)."
    )
    assert given.text[slice(*found.elements[-1].span)] == '"StringEquals"'
