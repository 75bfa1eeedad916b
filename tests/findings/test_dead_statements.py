"""Statements and conditions that do nothing or not what they seem to: proved, replayed, and silent where undecided."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.findings.helpers import KINDS, codes, context, findings, one, statement
from tests.support import shared
from workbench.engine import Engine
from workbench.evaluation.decision import Outcome
from workbench.findings.codes import CODES
from workbench.findings.help_pages import help_page
from workbench.findings.model import Effect, FindingType, Origin
from workbench.findings.registry import run_checks
from workbench.policy.kinds import PolicyKind

_DEAD = frozenset(
    {"STATEMENT_NEVER_MATCHES", "CONDITION_ALWAYS_TRUE", "STATEMENT_SHADOWED_BY_DENY", "STATEMENT_SHADOWED_BY_ALLOW"}
)


@cache
def _engine() -> Engine:
    return Engine()


def _statement(effect: str, action: Any, resource: Any = "*", condition: Any = None) -> dict[str, Any]:
    made = {"Effect": effect, "Action": action, "Resource": resource}
    return {**made, "Condition": condition} if condition else made


def _codes(*statements: dict[str, Any], kind: PolicyKind = PolicyKind.IDENTITY) -> set[str]:
    return set(codes(findings(statement(json.dumps(list(statements))), kind))) & _DEAD


# -- what the proof says is so ----------------------------------------------------------------------------------------


def _managed() -> Iterator[str]:
    with gzip.open(shared("data/managed-policies.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.dumps(json.loads(line)["document"])


def test_taking_out_what_does_nothing_changes_no_access_of_aws_policies() -> None:
    """The fixes are proved by another way than the findings: by comparing the whole documents."""
    tried = 0
    for text in _managed():
        validation = _engine().validate(text, PolicyKind.IDENTITY)
        for finding in validation.findings:
            if finding.code not in _DEAD:
                continue
            for fix in finding.fixes:
                verdict = _engine().fix_verdict(validation, fix)
                assert verdict.effect in (Effect.SAME, Effect.NOT_DECIDED), (finding.code, fix.label, text[:80])
                tried += verdict.effect is Effect.SAME
    assert tried >= 20


_CONDITIONS = (
    None,
    {"StringEquals": {"aws:SourceVpc": "vpc-1"}},
    {"StringEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]}},
    {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}},
    {"Null": {"aws:SourceVpc": "true"}},
    {"StringEqualsIfExists": {"aws:SourceVpc": "vpc-2"}, "Null": {"aws:SourceVpc": "false"}},
    {"NumericLessThan": {"s3:max-keys": "5"}, "NumericGreaterThan": {"s3:max-keys": "7"}},
)
_STATEMENTS = st.builds(
    _statement,
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.lists(st.sampled_from(["s3:GetObject", "s3:Get*", "s3:*", "s3:PutObject", "*"]), min_size=1, max_size=2),
    st.lists(
        st.sampled_from(["*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/x", "arn:aws:s3:::b/?"]), min_size=1, max_size=2
    ),
    st.sampled_from(_CONDITIONS),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(_STATEMENTS, min_size=2, max_size=4))
def test_what_is_said_to_do_nothing_can_be_taken_out(statements: list[dict[str, Any]]) -> None:
    text = statement(json.dumps(statements))
    validation = _engine().validate(text, PolicyKind.IDENTITY)
    for finding in validation.findings:
        for fix in finding.fixes if finding.code in _DEAD else ():
            assert _engine().fix_verdict(validation, fix).effect is Effect.SAME, (finding.code, finding.details)


# -- what is found, and what is not -----------------------------------------------------------------------------------


def test_several_denials_together_take_all() -> None:
    allow = _statement("Allow", ["s3:GetObject", "s3:PutObject"])
    get, put = _statement("Deny", "s3:Get*"), _statement("Deny", "s3:Put*")
    assert _codes(allow, get, put) == {"STATEMENT_SHADOWED_BY_DENY"}
    assert _codes(allow, get) == set()


def test_denials_that_split_a_key_take_all_together() -> None:
    vpc = {"aws:SourceVpc": "vpc-1"}
    allow = _statement("Allow", "s3:GetObject", condition={"Null": {"aws:SourceVpc": "false"}})
    is_it = _statement("Deny", "s3:*", condition={"StringEquals": vpc})
    is_not = _statement("Deny", "s3:*", condition={"StringNotEquals": vpc})
    assert "STATEMENT_SHADOWED_BY_DENY" in _codes(allow, is_it, is_not)
    assert "STATEMENT_SHADOWED_BY_DENY" not in _codes(allow, is_it)


def test_a_deny_beside_which_something_is_left_is_no_shadow() -> None:
    allow = _statement("Allow", "s3:GetObject", "arn:aws:s3:::b/*")
    assert _codes(allow, _statement("Deny", "s3:*", "arn:aws:s3:::b/x*")) == set()
    assert _codes(allow, _statement("Deny", "s3:*", condition={"Null": {"aws:SourceVpc": "true"}})) == set()


def test_a_not_action_is_compared_as_what_it_leaves() -> None:
    allow = _statement("Allow", "s3:GetObject")
    deny = {"Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}
    assert _codes(allow, deny) == {"STATEMENT_SHADOWED_BY_DENY"}
    assert _codes(_statement("Allow", "iam:GetUser"), deny) == set()


def test_a_variable_is_a_text_that_nobody_knows() -> None:
    mine = _statement("Allow", "s3:GetObject", "arn:aws:s3:::b/${aws:username}/*")
    assert _codes(mine, _statement("Allow", "s3:Get*", "arn:aws:s3:::b/*")) == {"STATEMENT_SHADOWED_BY_ALLOW"}
    assert _codes(mine, _statement("Allow", "s3:Get*", "arn:aws:s3:::b/ann/*")) == set()


def test_statements_of_a_template_are_not_judged() -> None:
    mine = _statement("Allow", "s3:GetObject", "arn:aws:s3:::${Bucket}/*")
    assert _codes(mine, _statement("Deny", "s3:*")) == set()


def test_principals_must_be_covered_too() -> None:
    def with_principal(effect: str, action: str, who: str) -> dict[str, Any]:
        return {**_statement(effect, action, "arn:aws:s3:::b/*"), "Principal": {"AWS": who}}

    ann = with_principal("Allow", "s3:GetObject", "arn:aws:iam::111122223333:user/ann")
    bob = with_principal("Deny", "s3:*", "arn:aws:iam::111122223333:user/bob")
    assert _codes(ann, bob, kind=PolicyKind.RESOURCE) == set()
    assert _codes(ann, with_principal("Deny", "s3:*", "*"), kind=PolicyKind.RESOURCE) == {"STATEMENT_SHADOWED_BY_DENY"}


def test_a_deny_of_another_policy_that_always_applies_counts() -> None:
    allow = context(statement(json.dumps(_statement("Allow", "s3:GetObject"))))
    deny = context(statement(json.dumps(_statement("Deny", "s3:*")))).policy
    found, failed = run_checks(replace(allow, companions=(deny,)))
    assert failed == ()
    assert "another policy that always applies" in one(found, "STATEMENT_SHADOWED_BY_DENY").details


def test_many_statements_that_look_alike_end_in_counted_work() -> None:
    """Each could cover each other: that is given up, and said, not ground through."""
    statements = [_statement("Allow", f"s3:Get*{i}*", f"arn:aws:s3:::b*{i}*") for i in range(1_500)]
    _, failed = run_checks(context(statement(json.dumps(statements))))
    assert {f.error for f in failed} <= {"not decided within budget"}


# -- scenarios --------------------------------------------------------------------------------------------------------


def _own_security() -> list[str]:
    """All but what needs a project: house rules (tests/findings/test_house_rules.py) and limits of its principals
    (tests/findings/test_surroundings.py, which replays every scenario, too)."""
    ours = [c for c, k in CODES.items() if k.origin is Origin.WORKBENCH and k.type is FindingType.SECURITY_WARNING]
    return [code for code in ours if not code.startswith("HOUSE_RULE_") and code != "OWN_LIMIT_REMOVABLE"]


@pytest.mark.parametrize("code", _own_security())
def test_a_security_finding_carries_a_request_that_the_engine_allows(code: str) -> None:
    page = help_page(code)
    assert page is not None
    text = page.example if '"Version"' in page.example else statement(page.example)
    found = [f for f in findings(text, KINDS[page.on], page.type) if f.code == code]
    assert found
    for finding in found:
        assert finding.scenario is not None
        assert _engine().simulate(finding.scenario).outcome is Outcome.ALLOWED


_MFA_DENY = _statement("Deny", "*", condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}})


def test_a_way_past_mfa_that_another_deny_closes_is_silent() -> None:
    closed = _statement("Deny", "*", condition={"Null": {"aws:MultiFactorAuthPresent": "true"}})
    code = "MFA_CONDITION_BYPASSED_WHEN_ABSENT"
    assert code in codes(findings(statement(json.dumps([_MFA_DENY]))))
    assert code not in codes(findings(statement(json.dumps([_MFA_DENY, closed]))))


@pytest.mark.parametrize("letter", "ITR")
def test_an_allow_that_asks_for_mfa_only_if_it_is_known_is_shown_by_a_request_without(letter: str) -> None:
    made = _statement(
        "Allow", "s3:GetObject", "arn:aws:s3:::b/*", {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}
    )
    if letter != "I":
        made["Principal"] = {"AWS": "arn:aws:iam::111122223333:root"}
    if letter == "T":
        made["Action"] = "sts:AssumeRole"
        del made["Resource"]
    finding = one(findings(statement(json.dumps(made)), KINDS[letter]), "MFA_CONDITION_BYPASSED_WHEN_ABSENT")
    assert finding.scenario is not None
    assert "aws:MultiFactorAuthPresent" not in finding.scenario.request.context
    assert _engine().simulate(finding.scenario).outcome is Outcome.ALLOWED


_ROLE = "arn:aws:iam::111122223333:role/A"
_OLD, _NEW = ({"ArnEquals": {key: _ROLE}} for key in ("aws:ARN", "aws:PrincipalArn"))


@pytest.mark.parametrize(
    ("statements", "code"),
    [
        ([("Allow", {"ArnEquals": {"aws:ARN": _ROLE, "aws:PrincipalArn": f"{_ROLE}B"}})], "STATEMENT_NEVER_MATCHES"),
        ([("Allow", {**_OLD, "ArnLike": {"AWS:principalarn": _ROLE}})], "CONDITION_ALWAYS_TRUE"),
        ([("Allow", _OLD), ("Deny", _NEW)], "STATEMENT_SHADOWED_BY_DENY"),
        ([("Allow", _NEW), ("Deny", _OLD)], "STATEMENT_SHADOWED_BY_DENY"),
        ([("Allow", _OLD), ("Allow", _NEW)], "STATEMENT_SHADOWED_BY_ALLOW"),
        ([("Allow", {"ArnEquals": {"aws:ARN": _ROLE, "aws:SourceArn": f"{_ROLE}B"}})], ""),
        ([("Allow", _OLD), ("Deny", {"ArnEquals": {"aws:SourceArn": _ROLE}})], ""),
    ],
)
def test_the_old_name_of_a_key_is_the_key(statements: list[tuple[str, dict[str, Any]]], code: str) -> None:
    """The evaluation takes aws:ARN for aws:PrincipalArn; findings.md 2.2, DEPRECATED_GLOBAL_CONDITION_KEY."""
    made = [_statement(effect, "s3:GetObject", condition=condition) for effect, condition in statements]
    assert _codes(*made) == ({code} if code else set())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("arn:aws:sts::111122223333:assumed-role/A/s", "SESSION_ARN_AS_PRINCIPAL_ARN"),
        ("arn:aws:iam::111122223333:root", "ROOT_ARN_IN_PRINCIPAL_ARN"),
    ],
)
def test_values_under_the_old_name_are_those_of_the_key(name: str, code: str) -> None:
    made = _statement("Allow", "s3:GetObject", condition={"ArnEquals": {"aws:Arn": name}})
    assert code in codes(findings(statement(json.dumps([made])), PolicyKind.IDENTITY))
