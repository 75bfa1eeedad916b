"""What fixes do to access: proved, shown by requests that the engine replays, and put together without a change."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.findings.helpers import KINDS, statement
from tests.findings.test_fixes import MORE
from workbench.document.edits import Edit, apply_edits
from workbench.document.span import Span
from workbench.engine import Engine, Validation
from workbench.evaluation.decision import Outcome
from workbench.evaluation.request import Level, NamedPolicy, PolicySet, Scenario
from workbench.findings.model import Effect, Fix, FixVerdict
from workbench.policy.kinds import PolicyKind

_ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in Path(__file__).with_name("worked_cases.jsonl").read_text("utf-8").splitlines()
]
_CASES = [(row["id"], row["text"], row["on"][0]) for row in _ROWS] + [(f"more{i}", t, "I") for i, t in enumerate(MORE)]


@cache
def _engine() -> Engine:
    return Engine()


def _validation(text: str, letter: str = "I") -> Validation:
    return _engine().validate(text, KINDS[letter])


def _replaced(scenario: Scenario, text: str) -> Scenario:
    """The scenario with the document in it, which is called "policy", in another version."""

    def one(policy: NamedPolicy | None) -> NamedPolicy | None:
        return policy if policy is None or policy.name != "policy" else replace(policy, text=text)

    def many(policies: tuple[NamedPolicy, ...] | None) -> tuple[NamedPolicy, ...] | None:
        return None if policies is None else tuple(p for policy in policies if (p := one(policy)) is not None)

    def levels(found: tuple[Level, ...] | None) -> tuple[Level, ...] | None:
        return None if found is None else tuple(replace(level, policies=many(level.policies) or ()) for level in found)

    given = scenario.policies
    policies = PolicySet(
        many(given.identity) or (),
        one(given.permissions_boundary),
        many(given.session),
        one(given.resource),
        levels(given.service_control),
        levels(given.resource_control),
        one(given.vpc_endpoint),
    )
    return replace(scenario, policies=policies)


def _outcome(scenario: Scenario) -> Outcome:
    return _engine().simulate(scenario).outcome


def _check_witnesses(text: str, fix: Fix, verdict: FixVerdict) -> None:
    after = apply_edits(text, fix.edits)
    if verdict.effect is Effect.NARROWER:
        assert verdict.witness is not None
        assert verdict.witness_lost is None
        assert _outcome(verdict.witness) is Outcome.ALLOWED
        assert _outcome(_replaced(verdict.witness, after)) is not Outcome.ALLOWED
    elif verdict.effect is Effect.WIDER:
        assert verdict.witness is not None
        assert _outcome(verdict.witness) is Outcome.ALLOWED
        assert _outcome(_replaced(verdict.witness, text)) is not Outcome.ALLOWED
        if verdict.witness_lost is not None:
            assert _outcome(verdict.witness_lost) is Outcome.ALLOWED
            assert _outcome(_replaced(verdict.witness_lost, after)) is not Outcome.ALLOWED
    else:
        assert verdict.witness is verdict.witness_lost is None
        assert bool(verdict.why) is (verdict.effect is Effect.NOT_DECIDED)


def test_every_verdict_of_the_worked_cases_is_shown_by_a_request() -> None:
    seen: dict[Effect, int] = dict.fromkeys(Effect, 0)
    for _, text, letter in _CASES:
        validation = _validation(text, letter)
        for finding in validation.findings:
            for fix in finding.fixes:
                verdict = _engine().fix_verdict(validation, fix)
                _check_witnesses(text, fix, verdict)
                seen[verdict.effect] += 1
    assert all(count >= 5 for count in seen.values()), seen


# What findings.md sections 2 and 3 expect of the fixes of worked cases; `nd` where AWS refuses the document.
_EXPECTED = {
    ("F002", "MISSING_VERSION"): Effect.SAME,
    ("F004", "INVALID_VERSION"): Effect.NOT_DECIDED,
    ("F005", "INVALID_EFFECT"): Effect.NOT_DECIDED,
    ("F017", "REDUNDANT_ACTION"): Effect.SAME,
    ("F019", "REDUNDANT_RESOURCE"): Effect.SAME,
    ("F025", "ACTION_DOES_NOT_FIT_RESOURCE"): Effect.WIDER,
    ("F043", "WILDCARD_WITHOUT_LIKE_OPERATOR"): Effect.WIDER,
    ("F044", "EQUIVALENT_TO_NULL_FALSE"): Effect.SAME,
    ("F050", "FORALLVALUES_WITH_SINGLE_VALUED_KEY"): Effect.NARROWER,
    ("F060", "IMPROVE_IP_RANGE"): Effect.SAME,
    ("F060", "PRIVATE_IP_ADDRESS_SUBSET"): Effect.SAME,
    ("F065", "REDUNDANT_CONDITION_VALUE_NUM"): Effect.SAME,
    ("F080", "EMPTY_SID_VALUE"): Effect.SAME,
    ("F094", "DEPENDENT_ACTION_MISSING"): Effect.WIDER,
    ("F096", "REQUIRED_RESOURCE_TYPE_NOT_COVERED"): Effect.WIDER,
}


@pytest.mark.parametrize(("case", "code"), _EXPECTED)
def test_a_fix_has_the_verdict_that_is_to_be_expected(case: str, code: str) -> None:
    text, letter = next((text, letter) for name, text, letter in _CASES if name == case)
    validation = _validation(text, letter)
    (finding,) = (f for f in validation.findings if f.code == code)
    assert _engine().fix_verdict(validation, finding.fixes[0]).effect is _EXPECTED[case, code]


@pytest.mark.parametrize("operator", ["ArnLike", "ArnNotEquals", "StringEquals", "ArnLikeIfExists", "Null"])
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_the_new_name_of_a_key_gives_the_same_access(operator: str, effect: str) -> None:
    value = "true" if operator == "Null" else "arn:aws:iam::111122223333:role/x"
    tested = {"Effect": effect, "Action": "s3:GetObject", "Resource": "*", "Condition": {operator: {"aws:ARN": value}}}
    validation = _validation(statement(json.dumps(tested)))
    (finding,) = (f for f in validation.findings if f.code == "DEPRECATED_GLOBAL_CONDITION_KEY")
    assert _engine().fix_verdict(validation, finding.fixes[0]).effect is Effect.SAME


@pytest.mark.parametrize(("operator", "effect"), [("NotIpAddress", "Deny"), ("IpAddress", "Allow")])
def test_a_private_range_says_nothing_of_the_address_that_aws_sees(operator: str, effect: str) -> None:
    ranges = '"10.0.0.0/8","203.0.113.0/24","100.64.0.0/10"'
    text = statement(
        f'{{"Effect":"{effect}","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*",'
        f'"Condition":{{"{operator}":{{"aws:SourceIp":[{ranges}]}}}}}}'
    )
    validation = _validation(text)
    found = [f for f in validation.findings if f.code.startswith("PRIVATE_")]
    verdicts = [_engine().fix_verdict(validation, f.fixes[0]) for f in found]
    # Of 100.64.0.0/10 AWS does not say that it is never seen, and a request shows what its removal changes.
    assert [v.effect for v in verdicts] == [Effect.SAME, Effect.NARROWER]
    once = _engine().fix_all(validation).text
    assert '"10.0.0.0/8"' not in once
    assert '"100.64.0.0/10"' in once


def _removal(text: str, part: str) -> Fix:
    """A fix that takes one part out of a text."""
    start = text.index(part)
    return Fix("Remove it", (Edit(Span(start, start + len(part)), ""),))


_ALLOW = '{"Effect":"Allow","Action":"s3:*","Resource":"*"}'
_DENY = '{"Effect":"Deny","Action":"s3:DeleteObject","Resource":"*"}'


def test_a_deny_alone_counts_by_what_it_takes_from_other_policies() -> None:
    text = statement(f'[{_DENY},{{"Effect":"Deny","Action":"s3:PutObject","Resource":"*"}}]')
    verdict = _engine().fix_verdict(_validation(text), _removal(text, f"{_DENY},"))
    assert verdict.effect is Effect.WIDER
    assert verdict.witness is not None
    assert verdict.witness.request.action == "s3:DeleteObject"
    assert [p.name for p in verdict.witness.policies.identity] == ["policy", "full access"]
    _check_witnesses(text, _removal(text, f"{_DENY},"), verdict)


def test_a_deny_beside_another_that_says_more_takes_nothing() -> None:
    wider = _DENY.replace("DeleteObject", "Delete*")
    text = statement(f"[{_DENY},{wider},{_ALLOW}]")
    assert _engine().fix_verdict(_validation(text), _removal(text, f"{_DENY},")).effect is Effect.SAME


@pytest.mark.parametrize("letter", "RTS")
def test_a_deny_of_other_kinds_counts_too(letter: str) -> None:
    who = "" if letter == "S" else '"Principal":{"AWS":"111122223333"},'
    action, what = ("sts:AssumeRole", "") if letter == "T" else ("s3:GetObject", ',"Resource":"arn:aws:s3:::b/*"')
    deny = (
        f'{{"Effect":"Deny",{who}"Action":"{action}"{what},"Condition":{{"Bool":{{"aws:SecureTransport":"false"}}}}}}'
    )
    other = f'{{"Effect":"Deny",{who}"Action":"{action}"{what},"Condition":{{"Null":{{"aws:SourceVpc":"false"}}}}}}'
    text = statement(f"[{deny},{other}]")
    fix = _removal(text, f"{deny},")
    verdict = _engine().fix_verdict(_validation(text, letter), fix)
    assert verdict.effect is Effect.WIDER
    _check_witnesses(text, fix, verdict)


def test_placeholders_decide_but_for_what_says_the_same() -> None:
    text = statement(
        '{"Sid":"","Effect":"Allow","Action":["s3:GetObject","s3:Get*"],"Resource":["arn:aws:s3:::${Bucket}/*","*"]}'
    )
    validation = _validation(text)
    verdicts = {f.code: _engine().fix_verdict(validation, x) for f in validation.findings for x in f.fixes}
    assert verdicts["EMPTY_SID_VALUE"].effect is Effect.SAME
    assert verdicts["REDUNDANT_ACTION"].effect is Effect.SAME  # whatever the bucket is
    resource = _engine().fix_verdict(validation, _removal(text, ',"*"'))
    assert resource.why == "The document holds placeholders, whose values decide."


@pytest.mark.parametrize(
    ("actions", "resource", "part", "effect"),
    [
        ('["s3:GetObject","s3:Get*"]', '{"Fn::Sub":"arn:${AWS::Partition}:s3:::b/*"}', '"s3:GetObject",', Effect.SAME),
        ('["s3:PutObject","s3:Get*"]', '{"Ref":"R"}', '"s3:PutObject",', Effect.NOT_DECIDED),
        ('["s3:Get${X}","s3:Get????"]', '"*"', '"s3:Get${X}",', Effect.NOT_DECIDED),  # what X is decides
        ('["s3:GetObject","s3:Get*"]', '["${A}","${B}"]', ',"${B}"', Effect.NOT_DECIDED),
    ],
)
def test_actions_are_compared_whatever_is_filled_in_elsewhere(
    actions: str, resource: str, part: str, effect: Effect
) -> None:
    text = statement(f'{{"Effect":"Allow","Action":{actions},"Resource":{resource}}}')
    assert _engine().fix_verdict(_validation(text), _removal(text, part)).effect is effect


def test_whoever_does_not_wait_gets_no_verdict() -> None:
    text = statement('{"Effect":"Allow","Action":["s3:GetObject","s3:Get*"],"Resource":"arn:aws:s3:::b/*"}')
    validation = _validation(text)
    (fix,) = validation.findings[0].fixes
    verdict = _engine().fix_verdict(validation, fix, cancelled=lambda: True)
    assert (verdict.effect, verdict.why) == (Effect.NOT_DECIDED, "Neither is proven: it was cancelled.")


# -- fix all ----------------------------------------------------------------------------------------------------------


def _fixed(text: str, letter: str = "I") -> str:
    return _engine().fix_all(_validation(text, letter)).text


def test_all_fixes_that_keep_the_access_are_made_and_no_other() -> None:
    text = statement(
        '[{"Sid":"","Effect":"Allow","Action":["s3:GetObject","s3:Get*"],"Resource":["arn:aws:s3:::b/*","arn:aws:s3:::b/x"]},'
        '{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::b"}]'
    )
    mended = _engine().fix_all(_validation(text))
    assert json.loads(mended.text)["Statement"] == [
        {"Effect": "Allow", "Action": ["s3:Get*"], "Resource": ["arn:aws:s3:::b/*"]},
        {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b"},
    ]
    assert sorted(code for code, _ in mended.made) == ["EMPTY_SID_VALUE", "REDUNDANT_ACTION", "REDUNDANT_RESOURCE"]


def test_fixing_all_twice_changes_nothing_and_makes_no_error() -> None:
    made = 0
    for name, text, letter in _CASES:
        once = _fixed(text, letter)
        made += once != text
        assert _fixed(once, letter) == once, name
        before = {f.code for f in _validation(text, letter).findings if f.type == "ERROR"}
        assert {f.code for f in _validation(once, letter).findings if f.type == "ERROR"} <= before, name
    assert made >= 12


_ACTIONS = ("s3:GetObject", "s3:Get*", "S3:getobject", "s3:PutObject", "s3:*", "iam:PassRole")
_RESOURCES = ("*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/x", "arn:aws:s3:::b")
_CONDITIONS = (
    {},
    {"StringLike": {"aws:SourceVpc": "*"}},
    {"StringLikeIfExists": {"aws:SourceVpc": "*"}},
    {"IpAddress": {"aws:SourceIp": "203.0.113.9/24"}},
    {"NumericLessThan": {"s3:max-keys": [1, 2]}},
)
_STATEMENTS = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Allow", "Deny"]),
        "Action": st.lists(st.sampled_from(_ACTIONS), min_size=1, max_size=3),
        "Resource": st.lists(st.sampled_from(_RESOURCES), min_size=1, max_size=3),
        "Condition": st.sampled_from(_CONDITIONS),
    }
)


@settings(max_examples=20, deadline=None)
@given(st.lists(_STATEMENTS, min_size=1, max_size=3))
def test_fixing_all_keeps_the_access_of_any_document(statements: list[dict[str, Any]]) -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    once = _fixed(text)
    assert _fixed(once) == once
    found = _engine().proofs.change(text, once, PolicyKind.IDENTITY)
    assert (found.gained.result, found.lost.result) == ("PASS", "PASS")
