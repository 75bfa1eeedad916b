"""What a change leaves alone costs nothing and decides nothing: the short way says what the long way says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.proof.documents import allow, cases, deny, document, engine, granted_to, proofs
from workbench.evaluation.decision import Outcome
from workbench.evaluation.judge import compile_policy
from workbench.evaluation.request import NamedPolicy, PolicySet, Scenario
from workbench.policy.kinds import PolicyKind
from workbench.proof import change as changes
from workbench.proof import formulas, search
from workbench.proof.differing import that_matter
from workbench.proof.verdicts import Result, Verdict

_ACTIONS = ["s3:GetObject", "S3:getobject", "s3:Get*", "s3:GetObjct", "s3:?utObject", "s3:*", "ec2:RunInstances", "*"]
_RESOURCES = [
    "*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/a",
    "arn:aws:s3:::c*",
    "arn:aws:s3:::${aws:username}",
    "arn:*:b/a",
]
_PRINCIPALS: list[Any] = [
    "*",
    {"AWS": "111122223333"},
    {"AWS": ["arn:aws:iam::111122223333:role/r", "444455556666"]},
    {"Service": "lambda.amazonaws.com"},
]


@st.composite
def _statements(draw: st.DrawFn, kind: PolicyKind) -> dict[str, Any]:
    found: dict[str, Any] = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    for name, texts, odds in (("Action", _ACTIONS, 6), ("Resource", _RESOURCES, 6)):
        negated = draw(st.integers(0, odds)) == 0
        found["Not" * negated + name] = draw(st.lists(st.sampled_from(texts), min_size=1, max_size=2, unique=True))
    if kind is PolicyKind.RESOURCE:
        found["Principal"] = draw(st.sampled_from(_PRINCIPALS))
    if draw(st.integers(0, 2)) == 0:
        value = draw(st.sampled_from(["a", "b", "${aws:username}"]))
        operator = draw(st.sampled_from(["StringEquals", "StringNotEquals", "StringLike"]))
        found["Condition"] = {operator: {draw(st.sampled_from(["aws:PrincipalTag/t", "aws:SourceVpc"])): value}}
    return found


@st.composite
def _changed(draw: st.DrawFn) -> tuple[str, str, PolicyKind]:
    kind = draw(st.sampled_from([PolicyKind.IDENTITY, PolicyKind.RESOURCE, PolicyKind.SCP]))
    one = _statements(kind)
    if kind is PolicyKind.SCP:
        one = one.filter(lambda s: s["Effect"] == "Deny" or not {"NotAction", "NotResource", "Condition"} & s.keys())
    old = draw(st.lists(one, min_size=1, max_size=6))
    new = list(old)
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, len(new)))
        new[at : at + draw(st.integers(0, 1))] = draw(st.lists(one, max_size=1))
    return document(*old), document(*(new or old)), kind


def _outcome(scenario: Scenario) -> Outcome:
    return engine().simulate(scenario).outcome


def _instead(policies: PolicySet, text: str) -> PolicySet:
    """The policies with `text` in place of the document that is asked about."""

    def one(policy: NamedPolicy) -> NamedPolicy:
        return replace(policy, text=text) if policy.name == "policy" else policy

    levels = policies.service_control
    return replace(
        policies,
        identity=tuple(map(one, policies.identity)),
        resource=policies.resource and one(policies.resource),
        service_control=levels and tuple(replace(v, policies=tuple(map(one, v.policies))) for v in levels),
    )


@settings(max_examples=cases(10, 20), deadline=None, suppress_health_check=list(HealthCheck))
@given(_changed())
def test_the_short_way_says_what_the_long_way_says(drawn: tuple[str, str, PolicyKind]) -> None:
    old, new, kind = drawn
    found = proofs().change(old, new, kind)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(changes, "that_matter", lambda before, after, *_: (before, after))
        patch.setattr(search, "FEW", 1_000)
        slow = proofs().change(old, new, kind)
    for quick, whole in ((found.gained, slow.gained), (found.lost, slow.lost)):
        # What is left out can only have stood in the way of an answer.
        assert quick.result is whole.result or whole.result is Result.UNKNOWN
    for verdict, there, other in ((found.gained, new, old), (found.lost, old, new)):
        _replays(verdict, there, other)


def _replays(verdict: Verdict, there: str, other: str) -> None:
    assert (verdict.witness is not None) is (verdict.result is Result.FAIL)
    if verdict.witness is None:
        return
    assert _outcome(verdict.witness) is Outcome.ALLOWED
    given = [p.text for p in verdict.witness.policies.identity]
    if there in given or verdict.witness.policies.resource == NamedPolicy("policy", there):
        without = replace(verdict.witness, policies=_instead(verdict.witness.policies, other))
        assert _outcome(without) is not Outcome.ALLOWED


_TOUCHED = allow("s3:GetObject", "arn:aws:s3:::b/*")


@pytest.mark.parametrize(
    ("statement", "matters"),
    [
        (allow("s3:PutObject", "arn:aws:s3:::b/*"), False),
        (allow("s3:GetObjectAcl", "arn:aws:s3:::b/*"), False),
        (allow("S3:GETOBJECT", "arn:aws:s3:::b/a"), True),
        (deny("s3:Get*", "arn:aws:s3:::b/*"), True),
        (deny("*", "*"), True),
        (allow("s3:GetObject", "arn:aws:s3:::c/*"), False),
        (allow("s3:GetObject", "arn:aws:s3:::b"), False),
        (allow("s3:GetObject", "arn:aws:s3:::${aws:username}/a"), True),
        (allow("s3:GetObject", ["arn:aws:s3:::c", "arn:*:b/?"]), True),
        ({"Effect": "Allow", "NotAction": "ec2:*", "Resource": "arn:aws:s3:::b/*"}, True),
        ({"Effect": "Deny", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::c/*"}, True),
    ],
)
def test_what_shares_no_action_or_no_resource_with_the_change_does_not_matter(
    statement: dict[str, Any], matters: bool
) -> None:
    old, new = (document(statement, each) for each in (_TOUCHED, {**_TOUCHED, "Resource": "arn:aws:s3:::b/x*"}))
    assert _kept(old, new, PolicyKind.IDENTITY) == ([0, 1] if matters else [1],) * 2


@pytest.mark.parametrize(
    ("principal", "matters"),
    [
        ({"AWS": "444455556666"}, False),
        ({"AWS": "arn:aws:iam::444455556666:root"}, False),
        ({"AWS": ["444455556666", "arn:aws:sts::111122223333:assumed-role/r/s"]}, True),
        ({"AWS": "AIDAJQABLZS4A3QDU576Q"}, True),
        ({"AWS": "*"}, True),
        ({"Service": "lambda.amazonaws.com"}, True),
    ],
)
def test_whoever_is_of_another_account_is_not_asked(principal: Any, matters: bool) -> None:
    there = granted_to(principal)
    old, new = (document(there, granted_to({"AWS": "111122223333"}, action)) for action in ("s3:GetObject", "s3:*"))
    assert _kept(old, new, PolicyKind.RESOURCE) == ([0, 1] if matters else [1],) * 2


def test_a_copy_that_is_spelled_otherwise_is_kept_with_what_it_copies() -> None:
    twice = document(_TOUCHED, {"Sid": "Again", **_TOUCHED}, allow("s3:PutObject"))
    assert _kept(twice, document(_TOUCHED, allow("s3:PutObject")), PolicyKind.IDENTITY) == ([0, 1], [0])
    found = proofs().change(twice, document(_TOUCHED, allow("s3:PutObject")), PolicyKind.IDENTITY)
    assert (found.gained.result, found.lost.result) == (Result.PASS, Result.PASS)


def test_variables_that_stop_to_be_some_touch_the_statements_that_have_them() -> None:
    old = document(allow("s3:GetObject", "arn:aws:s3:::${aws:username}"), allow("s3:PutObject", "arn:aws:s3:::b"))
    new = old.replace("2012-10-17", "2008-10-17")
    assert _kept(old, new, PolicyKind.IDENTITY) == ([0, 1], [0, 1])
    assert not changes.says_the_same(NamedPolicy("", old), NamedPolicy("", new), PolicyKind.IDENTITY)
    plain = document(allow("s3:PutObject", "arn:aws:s3:::b"))
    older = plain.replace("2012-10-17", "2008-10-17")
    assert changes.says_the_same(NamedPolicy("", plain), NamedPolicy("", older), PolicyKind.IDENTITY)


def _kept(old: str, new: str, kind: PolicyKind) -> tuple[list[int], list[int]]:
    compiled = [compile_policy(NamedPolicy("policy", text), kind) for text in (old, new)]
    before, after = that_matter(*compiled, old, new)
    return [s.ref.statement for s in before], [s.ref.statement for s in after]


def _bodies(patch: pytest.MonkeyPatch, old: str, new: str) -> tuple[int, int]:
    """So many statements are made ready for the algebra, and so many values looked for, to compare two documents."""
    made: list[object] = []
    looked: list[object] = []
    begin, look = formulas.Body.__init__, search.Search._look

    def make(body: formulas.Body, *given: Any) -> None:
        made.append(given)
        begin(body, *given)

    with patch.context() as counting:
        counting.setattr(formulas.Body, "__init__", make)
        counting.setattr(search.Search, "_look", lambda *given: looked.append(given) or look(*given))
        found = proofs().change(old, new, PolicyKind.IDENTITY)
    assert Result.FAIL in (found.gained.result, found.lost.result)
    return len(made), len(looked)


def test_a_change_costs_what_it_touches_and_not_what_the_document_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = []
    for count in (10, 400):
        old = document(*(allow("s3:GetObjct", f"arn:aws:s3:::b{i}/*") for i in range(count)))
        counts.append(_bodies(monkeypatch, old, old.replace("GetObjct", "GetObject", 1)))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("statement", ["resources", "conditions"])
def test_what_all_statements_have_to_do_with_costs_a_few_looks_each(
    monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    def one(i: int) -> dict[str, Any]:
        if statement == "resources":
            return allow("s3:GetObject", f"arn:aws:s3:::b{i}/*")
        tags = {f"aws:PrincipalTag/{name}": f"v{i}" for name in "ab"}
        return allow("s3:GetObject", StringEquals=tags)

    def looks(count: int) -> int:
        rest = [one(i) for i in range(count)]
        old, new = (document(allow("s3:PutObject"), *rest[1:], each) for each in (rest[0], allow("s3:GetObject")))
        return _bodies(monkeypatch, old, new)[1]

    assert looks(400) < 8 * looks(100)


def test_a_thousand_alternatives_are_no_depth_of_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    tags = [{f"aws:PrincipalTag/{name}": f"v{i}" for name in "ab"} for i in range(1_200)]
    old = document(*(allow("s3:GetObject", StringEquals=tag) for tag in tags))
    new = json.dumps({**json.loads(old), "Statement": [*json.loads(old)["Statement"][1:], allow("s3:GetObject")]})
    assert _bodies(monkeypatch, old, new)[1] < 8 * len(tags)
