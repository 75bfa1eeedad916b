"""Variables that are given texts: read off a request, put into a tree, found without z3."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.proof.documents import allow, deny, document, engine, new_access, proofs
from workbench.evaluation.decision import Outcome
from workbench.policy.kinds import PolicyKind
from workbench.proof.grounding import captured
from workbench.proof.languages import ANYTHING, FIRST_PRIVATE, Machine, Step, literal
from workbench.proof.questions import Access
from workbench.proof.solver import Solver
from workbench.proof.verdicts import Verdict

ONE, OTHER = FIRST_PRIVATE, chr(ord(FIRST_PRIVATE) + 1)


def machine(pattern: str) -> Machine:
    steps: list[Step] = []
    for character in pattern:
        steps += (ANYTHING,) if character == "*" else literal(character)
    return Machine(steps)


def test_what_a_variable_has_to_be_is_read_off() -> None:
    assert captured(machine(f"{ONE}/{OTHER}/c/*"), "secret-data/x/c/") == {ONE: "secret-data", OTHER: "x"}
    assert captured(machine(f"*{ONE}*"), "abc") == {ONE: "a"}
    assert captured(machine(f"*{ONE}*"), "abc", longest=True) == {ONE: "abc"}
    assert captured(machine(f"a{ONE}"), "b") == {}


@given(st.text("ab*" + ONE + OTHER, max_size=8), st.text("ab", max_size=8), st.booleans())
def test_with_the_texts_that_were_read_off_the_pattern_takes_the_text(pattern: str, text: str, longest: bool) -> None:
    wide = Machine(ANYTHING if step.single in (ONE, OTHER) else step for step in machine(pattern).steps)
    found = captured(machine(pattern), text, longest=longest)
    if not wide.matches(text):
        assert found == {}
    elif all(pattern.count(variable) <= 1 for variable in (ONE, OTHER)):
        filled = "".join(found.get(c, c) for c in pattern)
        assert machine(filled).matches(text)


@pytest.fixture
def no_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("z3 was asked")

    monkeypatch.setattr(Solver, "find", refuse)


def shown(verdict: Verdict) -> dict[str, Any]:
    assert verdict.result == "FAIL", verdict
    assert verdict.witness is not None
    assert engine().simulate(verdict.witness).outcome is Outcome.ALLOWED
    return {"resource": verdict.witness.request.resources[0], **verdict.witness.request.context}


def test_a_variable_that_must_be_the_bucket_needs_no_solver(no_solver: None) -> None:
    pattern = "arn:aws:s3:::${aws:PrincipalTag/Bucket}/${aws:PrincipalTag/Domain}/certificates/*"
    own = allow("s3:GetObject", pattern, StringEquals={"aws:ResourceAccount": "${aws:PrincipalAccount}"})
    access = [Access(("s3:GetObject",), ("arn:aws:s3:::secret-data/*",))]
    found = shown(proofs().access_not_granted(document(own), access, PolicyKind.IDENTITY))
    assert found["aws:PrincipalTag/Bucket"] == "secret-data"
    assert found["resource"].startswith("arn:aws:s3:::secret-data/")


def test_two_variables_may_be_the_same_or_differ(no_solver: None) -> None:
    key = "aws:ResourceTag/owner"
    one, other = ({key: f"${{aws:PrincipalTag/{tag}}}"} for tag in ("team", "project"))
    old = document(allow("ec2:StartInstances", StringEquals=one))
    found = shown(new_access(old, document(allow("ec2:StartInstances", StringEquals=other))))
    assert found["aws:PrincipalTag/project"] == found[key]
    both = [allow("ec2:StartInstances", StringEquals=one), deny("ec2:StartInstances", StringNotEquals=other)]
    found = shown(new_access(document(allow("s3:ListAllMyBuckets")), document(*both)))
    assert found["aws:PrincipalTag/project"] == found["aws:PrincipalTag/team"] == found[key]


@pytest.mark.parametrize("pattern", ["*${aws:PrincipalArn}*", "${aws:PrincipalArn}", "x${aws:PrincipalArn}"])
@pytest.mark.parametrize("operator", ["StringLike", "StringNotLike"])
def test_the_arn_of_a_caller_in_a_tag_needs_no_solver(no_solver: None, pattern: str, operator: str) -> None:
    tagged = document(allow("ec2:StartInstances", **{operator: {"aws:ResourceTag/owner": pattern}}))
    access = [Access(("ec2:StartInstances",))]
    assert shown(proofs().access_not_granted(tagged, access, PolicyKind.IDENTITY))
    named = {"aws:ResourceTag/owner": "arn:aws:iam::111122223333:role/x"}
    fixed = document(allow("ec2:StartInstances", StringEquals=named))
    assert new_access(tagged, fixed).result in ("PASS", "FAIL")


def test_an_identity_of_a_provider_asks_under_a_resource_control_policy() -> None:
    action, sub = "sts:AssumeRoleWithWebIdentity", "accounts.google.com:sub"
    kept_out = {**deny(action, StringNotEqualsIfExists={sub: "me"}), "Principal": "*"}
    verdict = proofs().no_new_access(document(kept_out), document({**kept_out, "Action": "s3:*"}), PolicyKind.RCP)
    assert shown(verdict)
    assert verdict.witness is not None
    assert verdict.witness.request.principal.federated


def test_a_service_has_its_own_name_among_its_names() -> None:
    log, key = "logging.s3.amazonaws.com", "aws:PrincipalServiceNamesList"
    to_service = {**allow("s3:PutObject", "arn:aws:s3:::b/*"), "Principal": {"Service": log}}
    others = {**deny("s3:PutObject", "arn:aws:s3:::b/*", ForAllValues__StringNotEquals={key: log}), "Principal": "*"}
    kind = PolicyKind.RESOURCE
    assert proofs().no_new_access(document(to_service, others), document(to_service), kind).result == "PASS"
    turned = {**others, "Condition": {"ForAnyValue:StringEquals": {key: log}}}
    assert proofs().no_new_access(document(to_service, turned), document(to_service), kind).result == "FAIL"
