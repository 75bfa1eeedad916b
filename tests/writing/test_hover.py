"""What is said of a place of a policy: facts of the catalog, meanings of operators, and nothing that breaks."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.catalog.catalog import Catalog
from workbench.catalog.descriptions import Descriptions
from workbench.document.parser import parse
from workbench.evaluation.conditions import ConditionMatcher
from workbench.evaluation.context import Context
from workbench.policy.operators import parse_operator
from workbench.writing.hover import Hover, hover_at
from workbench.writing.wording import operator_sentences

POLICY = """{"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Allow",
 "Action": ["sagemaker:CreateTrainingJob", "sagemaker:CreateTrainingJb", "s3:GetObject*", "nix:*"],
 "Resource": ["arn:aws:sagemaker:us-east-1:111122223333:training-job/${aws:username, 'none'}-x", "*"],
 "Condition": {"ForAnyValue:StringLike": {"sagemaker:VpcSubnets": ["subnet-1"]}, "Bool": {"aws:SecureTransport": true},
  "StringEqual": {"aws:SorceIp": "x"}}}]}"""


@cache
def catalog() -> Catalog:
    return Catalog.open()


@cache
def descriptions() -> Descriptions:
    return Descriptions.open()


def said(text: str, what: str, *, more: int = 1) -> Hover:
    found = hover_at(parse(text), text.index(what) + more, catalog(), descriptions())
    assert found is not None
    return found


def test_an_action_tells_its_level_types_keys_and_what_else_it_needs() -> None:
    hover = said(POLICY, "sagemaker:CreateTrainingJob")
    assert hover.title == "sagemaker:CreateTrainingJob"
    facts = "\n".join(hover.facts)
    assert "Access level: Write." in facts
    assert "training-job (required)" in facts
    assert "sagemaker:FileSystemId" in facts
    assert "Also needs iam:PassRole, sagemaker:AddTags if the call sends tags." in facts


def test_an_unknown_action_says_so_and_what_may_be_meant() -> None:
    [fact] = said(POLICY, "sagemaker:CreateTrainingJb").facts
    assert "does not list it. Did you mean sagemaker:CreateTrainingJob?" in fact


def test_a_pattern_tells_how_many_actions_it_matches_and_which() -> None:
    hover = said(POLICY, "s3:GetObject*")
    names = catalog().expand_names("s3:GetObject*")
    assert hover.facts[0] == f"Matches {len(names)} actions."
    assert hover.listed + names[len(hover.listed) :] == names
    assert hover.more == len(names) - len(hover.listed)
    assert said(POLICY, "nix:*").facts[0].startswith("Matches no action")


def test_not_action_means_all_the_others() -> None:
    hover = said('{"Statement": {"Effect": "Deny", "NotAction": "s3:Get*"}}', "s3:Get*")
    assert "Every action but those listed here is meant." in hover.facts


def test_a_key_tells_its_type_and_how_many_actions_of_the_statement_carry_it() -> None:
    text = POLICY.replace('"s3:GetObject*", "nix:*"', '"sagemaker:ListTags"').replace(
        '"sagemaker:CreateTrainingJb", ', ""
    )
    facts = said(text, "sagemaker:VpcSubnets").facts
    assert "String. Several values: use ForAllValues or ForAnyValue." in facts
    assert "1 of the 2 actions of this statement support it." in facts
    assert "Did you mean aws:SourceIp?" in said(POLICY, "aws:SorceIp").facts[0]


def test_an_operator_tells_what_it_asks_and_what_an_absent_key_does() -> None:
    facts = said(POLICY, "ForAnyValue:StringLike").facts
    assert facts[-1] == "If the key is absent it does not hold."
    assert said(POLICY, '"StringEqual"').facts == ("There is no condition operator of this name.",)
    assert said(POLICY, "true").title == "Bool aws:SecureTransport"


def test_an_arn_tells_its_parts_and_a_variable_what_it_stands_for() -> None:
    facts = said(POLICY, "arn:aws:sagemaker").facts
    assert facts[:4] == ("Partition: aws.", "Service: sagemaker.", "Region: us-east-1.", "Account: 111122223333.")
    assert "sagemaker:training-job" in facts[-1]
    variable = said(POLICY, "${aws:username", more=4)
    assert variable.title == "${aws:username, 'none'}"
    assert "If the key is absent, 'none' stands here." in variable.facts
    assert said(POLICY, "-x").title.startswith("arn:")


@pytest.mark.parametrize(
    ("text", "what", "says"),
    [
        ('{"Principal": {"AWS": "111122223333"}}', "1111", "The whole account"),
        ('{"Principal": {"Service": "sagemaker.amazonaws.com"}}', "sagemaker", "An AWS service"),
        ('{"Principal": "*"}', "*", "Everyone"),
        ('{"NotPrincipal": {"AWS": "*"}}', "NotP", "everyone except"),
        ('{"Effect": "Deny"}', "Deny", "Allow or Deny"),
    ],
)
def test_elements_and_principals(text: str, what: str, says: str) -> None:
    assert says in said(f'{{"Statement": [{text}]}}', what).facts[0]


NAMES = [
    f"{qualifier}{base}{if_exists}"
    for qualifier in ("", "ForAllValues:", "ForAnyValue:")
    for base in ("StringEquals", "StringNotLike", "NumericLessThan", "DateNotEquals", "Bool", "NotIpAddress", "ArnLike")
    for if_exists in ("", "IfExists")
]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_of_an_absent_key_is_what_the_evaluation_does(name: str) -> None:
    """Held against the engine's own matching, not against a second table."""
    from workbench.evaluation.judge import compile_policy
    from workbench.evaluation.request import NamedPolicy
    from workbench.policy.kinds import PolicyKind

    operator = parse_operator(name)
    assert operator is not None
    text = (
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",'
        f' "Condition": {{"{name}": {{"aws:x": "1"}}}}}}}}'
    )
    [statement] = compile_policy(NamedPolicy("p", text), PolicyKind.IDENTITY)
    [test] = statement.source.conditions
    holds = ConditionMatcher(test, variables_active=True).holds(Context(()))
    assert ("it holds" in operator_sentences(operator)[-1]) is holds


@given(st.text(alphabet='{}[]":,$*aA \\é😀0', max_size=60), st.integers(-2, 70))
def test_no_text_and_no_place_breaks_it(text: str, offset: int) -> None:
    hover_at(parse(text), offset, catalog(), None)


@given(
    st.integers(0, len(POLICY)), st.integers(0, len(POLICY)), st.sampled_from(["", '"', "${", "}", "\\", "x", "\u202e"])
)
def test_no_damage_to_a_policy_breaks_it(cut: int, offset: int, put: str) -> None:
    text = POLICY[:cut] + put + POLICY[cut + 1 :]
    found = hover_at(parse(text), offset, catalog(), descriptions())
    assert found is None or found.span.start <= offset <= found.span.end
