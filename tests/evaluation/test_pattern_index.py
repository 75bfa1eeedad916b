"""What the indexes find: all that matches and, of what is only attached, next to nothing."""

from __future__ import annotations

import gc
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.evaluation.asking import NOON, policy
from workbench.collector import collector_paused
from workbench.document.parser import parse
from workbench.evaluation.arn_patterns import ArnPattern, ResourcePattern, covers, split_arn_tokens
from workbench.evaluation.compiled import ActionPatterns, CompiledStatement, StatementSet, covers_action
from workbench.evaluation.decision import StatementRef
from workbench.evaluation.facts import NoFacts
from workbench.evaluation.glob import Glob
from workbench.evaluation.judge import Judge
from workbench.evaluation.pattern_index import PatternIndex, pattern_of
from workbench.evaluation.request import NamedPolicy, PolicySet, Principal, Request, Scenario
from workbench.policy.kinds import PolicyKind
from workbench.policy.reader import read
from workbench.policy.tokens import tokenize

PATTERNS = st.lists(st.text("ab*?", max_size=8), max_size=12)
ARN_PATTERNS = st.lists(st.text("ab:*?", max_size=12), max_size=12)


def bits(matches: list[bool]) -> int:
    return sum(1 << i for i, match in enumerate(matches) if match)


@given(PATTERNS, st.text("ab", max_size=10))
def test_an_index_finds_the_globs_that_match(patterns: list[str], text: str) -> None:
    globs = [tokenize(p, wildcards=True, variables=False).parts for p in patterns]
    index = PatternIndex((pattern_of(g, Glob(g).matches), 1 << i) for i, g in enumerate(globs))
    assert index.find(text) == bits([Glob(g).matches(text) for g in globs])


@given(ARN_PATTERNS, st.text("ab:", max_size=16))
def test_an_index_finds_the_resource_patterns_that_match(patterns: list[str], text: str) -> None:
    tokens = [tokenize(p, wildcards=True, variables=False).parts for p in patterns]
    index = PatternIndex((pattern_of(t, ResourcePattern(t).matches), 1 << i) for i, t in enumerate(tokens))
    expected = [ResourcePattern(t).matches(text) for t in tokens]
    assert index.find(text) == bits(expected)
    assert [covers(t, text) for t in tokens] == expected


@given(ARN_PATTERNS, st.text("ab:", max_size=16))
def test_an_index_finds_the_arn_patterns_that_match(patterns: list[str], text: str) -> None:
    value = f"arn:{text}"
    arns = [ArnPattern(split_arn_tokens(tokenize(p, wildcards=True, variables=False).parts)) for p in patterns]
    arns += [
        ArnPattern(split_arn_tokens(tokenize(f"arn:{p}", wildcards=True, variables=False).parts)) for p in patterns
    ]
    index = PatternIndex((arn.pattern, 1 << i) for i, arn in enumerate(arns))
    assert index.find(value) == bits([arn.matches(value) for arn in arns])
    assert index.find(text) == bits([arn.matches(text) for arn in arns])


@given(st.lists(st.sampled_from(["*", "*:*", "s3:*", "s3:Get*", "s3:*t", "s3:g?t", "S3:Get", "ec2:Get*", "s3:*e*"])))
def test_action_patterns_are_found_together_as_one_by_one(patterns: list[str]) -> None:
    index = ActionPatterns((pattern, 1 << i) for i, pattern in enumerate(patterns))
    for action in ("s3:get", "s3:put", "s3:gets", "ec2:get", "iam:get"):
        assert index.find(action) == bits([covers_action(pattern, action) for pattern in patterns])
        assert index.takes(action) is bool(index.find(action))


def statements_of(*given: dict[str, object]) -> list[CompiledStatement]:
    meaning = read(parse(json.dumps({"Version": "2012-10-17", "Statement": list(given)})), PolicyKind.IDENTITY)
    nowhere = parse("{}").position(0)
    return [
        CompiledStatement(s, meaning, StatementRef("identity", "P", s.index, "", "Allow", nowhere, nowhere))
        for s in meaning.statements
    ]


RESOURCES = st.sampled_from(
    ["*", "arn:aws:s3:::b", "arn:aws:s3:::b/*", "arn:aws:s3:::*", "arn:aws:s3:::${aws:username}", "arn:aws:s3:::c?"]
)
STATEMENTS = st.builds(
    lambda action, actions, resource, resources: {"Effect": "Allow", action: actions, resource: resources},
    st.sampled_from(["Action", "NotAction"]),
    st.lists(st.sampled_from(["s3:Get", "s3:G*", "ec2:*", "s3:Put"]), max_size=2),
    st.sampled_from(["Resource", "NotResource"]),
    st.lists(RESOURCES, max_size=2),
)


@given(
    st.lists(STATEMENTS, max_size=20), st.sampled_from(["arn:aws:s3:::b", "arn:aws:s3:::b/k", "arn:aws:s3:::c*", "*"])
)
@settings(max_examples=300)
def test_no_statement_that_covers_action_and_resource_is_left_out(
    given: list[dict[str, object]], resource: str
) -> None:
    statements = statements_of(*given)
    both = StatementSet(statements)
    judge = Judge(NoFacts(), lambda: NOON)
    scenario = Scenario(Request(Principal(arn="arn:aws:iam::111111111111:user/b"), "s3:Get", (resource,)), PolicySet())
    request = judge.prepare(scenario).parts[0].request
    about = [
        s for s in statements if any(covers_action(i.text, "s3:get") for i in s.actions.items) is not s.actions.negated
    ]
    assert both.about("s3:get") == about
    found = both.candidates("s3:get", resource)
    assert [s for s in found if s.covers_resource(request)] == [s for s in about if s.covers_resource(request)]


@pytest.mark.parametrize("attached", [10, 1_000])
def test_few_of_many_statements_about_one_action_are_looked_at(attached: int) -> None:
    several = StatementSet(
        statements_of(
            {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
            *({"Effect": "Allow", "Action": "s3:Get*", "Resource": f"arn:aws:s3:::b{i}/*"} for i in range(attached)),
            *({"Effect": "Deny", "NotAction": ["s3:*", f"ec2:Run{i}"], "Resource": "*"} for i in range(attached)),
        )
    )
    assert [s.source.index for s in several.candidates("s3:getobject", "arn:aws:s3:::b7/k")] == [0, 8]


def test_resources_and_conditions_are_compiled_when_asked_for() -> None:
    [one] = statements_of({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Null": {"a:b": "true"}}})
    assert not {"resources", "conditions"} & set(vars(one))
    assert one.conditions is one.conditions
    assert one.resources is one.resources


def test_the_collector_is_paused_while_policies_are_compiled_and_then_as_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = []
    monkeypatch.setattr("workbench.evaluation.judge.read", lambda *given: seen.append(gc.isenabled()) or read(*given))
    request = Request(Principal(arn="arn:aws:iam::111111111111:user/b"), "s3:GetObject", ("*",))
    fresh = policy({"Effect": "Allow", "Action": "*", "Resource": "*", "Sid": "Fresh"}, name="never seen before")
    Judge(NoFacts()).prepare(Scenario(request, PolicySet(identity=(fresh,))))
    assert seen == [False]
    assert gc.isenabled()
    gc.disable()
    try:
        with collector_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_collector_comes_back_after_a_refusal() -> None:
    request = Request(Principal(arn="arn:aws:iam::111111111111:user/b"), "s3:GetObject", ("*",))
    with pytest.raises(Exception, match="cannot be judged"):
        Judge(NoFacts()).prepare(Scenario(request, PolicySet(identity=(NamedPolicy("P", "{"),))))
    assert gc.isenabled()
