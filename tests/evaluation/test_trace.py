"""The trace says, statement by statement, what was compared and how it came out."""

from __future__ import annotations

from typing import Any

from tests.evaluation.asking import USER, allow, deny, judge, policy
from workbench.evaluation.judge import traces
from workbench.evaluation.request import PolicySet, Principal, Request, Scenario
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


def test_a_trace_stops_at_the_first_element_that_does_not_match() -> None:
    [found] = statements(PolicySet(identity=(policy(allow("sqs:*")),)))
    assert not found.applies
    assert [e.sentence for e in found.elements] == ["Nothing in Action matches s3:GetObject."]


def test_every_condition_is_listed_with_its_values() -> None:
    condition = {
        "StringEquals": {"aws:PrincipalTag/team": "red"},
        "StringNotEquals": {"aws:SourceVpc": "vpc-1"},
        "Null": {"aws:TagKeys": "true"},
    }
    [found] = statements(PolicySet(identity=(policy(allow(condition=condition)),)), {"aws:PrincipalTag/team": "blue"})
    assert [e.sentence for e in found.elements[2:]] == [
        "aws:PrincipalTag/team is blue; StringEquals red is false.",
        "aws:SourceVpc is absent from the request, and StringNotEquals is then true.",
        "aws:TagKeys is absent from the request, so Null true is true.",
    ]


def test_not_elements_and_variables_without_value_are_explained() -> None:
    given = policy(deny(notAction="s3:Get*"), allow("*", "arn:aws:s3:::b/${aws:PrincipalTag/t}/*"))
    left_out, unresolved = statements(PolicySet(identity=(given,)))
    assert left_out.elements[0].sentence == "NotAction leaves out s3:Get*, which matches s3:GetObject."
    assert "aws:PrincipalTag/t has no value" in unresolved.elements[-1].sentence


def test_the_principal_entry_and_its_directness_are_named() -> None:
    account = {"AWS": ["arn:aws:iam::111111111111:user/other", "111111111111"]}
    given = policy(allow(principal=account), deny(NotPrincipal={"AWS": USER}))
    delegated, excluded = statements(PolicySet(resource=given))
    assert delegated.elements[-1].sentence.startswith("Principal entry 111111111111 names the caller's account")
    assert excluded.elements[-1].sentence == "NotPrincipal does not exempt the caller."


def test_the_trace_agrees_with_the_decision() -> None:
    given = policy(allow("s3:*"), deny("s3:*", "arn:aws:s3:::b/secret/*"))
    applied, not_applied = statements(PolicySet(identity=(given,)))
    assert (applied.applies, not_applied.applies) == (True, False)
