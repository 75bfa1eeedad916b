"""Statements that a CloudFormation template chooses between: findings in each branch, where it stands; what the
document allows in each, under the condition that brings it in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.findings.helpers import catalog, codes, findings, one
from workbench.embedded.door import policies_in
from workbench.embedded.placing import placed
from workbench.engine import Engine
from workbench.evaluation.catalog_facts import CatalogFacts
from workbench.evaluation.decision import Outcome
from workbench.evaluation.judge import Judge
from workbench.findings.model import Finding
from workbench.policy.kinds import PolicyKind

_I, _R = PolicyKind.IDENTITY, PolicyKind.RESOURCE
_JUDGE = Judge(CatalogFacts(catalog))
_NOTHING = {"Ref": "AWS::NoValue"}
_ESCALATES = {"Effect": "Allow", "Action": "iam:AttachUserPolicy", "Resource": "*"}
_CLOSES = {"Effect": "Deny", "Action": "iam:Attach*", "Resource": "*"}
_READS = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
_TYPO = {**_READS, "Action": "s3:GetObjct"}


def _if(yes: Any, no: Any = None, condition: str = "Prod") -> dict[str, Any]:
    return {"Fn::If": [condition, yes or _NOTHING, no or _NOTHING]}


def _found(*statements: Any, kind: PolicyKind = _I) -> tuple[Finding, ...]:
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=2)
    found = findings(text, kind)
    for finding in found:
        if finding.scenario is not None:
            assert _JUDGE.decide(finding.scenario).outcome is Outcome.ALLOWED
    return found


@pytest.mark.parametrize(
    ("branch", "code", "last"),
    [
        (_TYPO, "INVALID_ACTION", "Action"),
        ({**_READS, "Effect": "allow"}, "INVALID_EFFECT", "Effect"),
        ({**_READS, "Resource": "arn:aws:s3:::b"}, "ACTION_DOES_NOT_FIT_RESOURCE", "Action"),
        ({**_READS, "Action": "iam:PassRole", "Resource": "*"}, "PASS_ROLE_WITH_STAR_IN_RESOURCE", "Action"),
    ],
)
@pytest.mark.parametrize("number", [1, 2])
def test_each_branch_is_checked_where_it_stands(branch: dict[str, Any], code: str, last: str, number: int) -> None:
    chosen = _if(branch, _READS) if number == 1 else _if(_READS, branch)
    finding = one(_found(_READS, chosen), code)
    path = (("value", "Statement"), ("index", 1), ("value", "Fn::If"), ("index", number), ("value", last))
    assert finding.locations[0].path == path


def test_what_a_template_fills_in_within_a_branch_is_no_error() -> None:
    filled = {"Fn::Sub": "arn:${AWS::Partition}:s3:::b/*"}
    assert codes(_found(_if({**_READS, "Resource": [filled]}, {**_READS, "Resource": "arn:aws:s3:::${B}/*"}))) == [
        "TEMPLATE_NOT_RESOLVED"
    ]


@pytest.mark.parametrize(
    ("statements", "assumed"),
    [
        ((_READS, _if(_ESCALATES)), "The condition Prod of the template holds."),
        ((_READS, _if(_READS, _ESCALATES)), "The condition Prod of the template does not hold."),
        ((_if(_ESCALATES, _CLOSES),), "The condition Prod of the template holds."),
        ((_if(_ESCALATES), _if(None, _CLOSES)), "The condition Prod of the template holds."),
        ((_if({**_ESCALATES, "Sid": "One"}, {**_READS, "Sid": "One"}),), "The condition Prod of the template holds."),
    ],
)
def test_what_a_branch_allows_is_told_with_its_condition(statements: tuple[Any, ...], assumed: str) -> None:
    finding = one(_found(*statements), "PRIVILEGE_ESCALATION")
    assert assumed in finding.assumption
    assert ("value", "Fn::If") in finding.locations[0].path


@pytest.mark.parametrize(
    "statements",
    [
        (_ESCALATES, _if(_CLOSES)),
        (_ESCALATES, _if(_READS, _CLOSES), _if(_CLOSES, _READS, "Other")),
        (_if(_ESCALATES), _if(_CLOSES)),
        (_if(_ESCALATES), _if(_CLOSES, None, "Other")),
        (_if(_if(_ESCALATES, None, "Other")),),
        (_ESCALATES, {"Fn::If": ["Prod", {"Ref": "Statement"}, _NOTHING]}),
    ],
)
def test_a_deny_that_may_be_there_closes(statements: tuple[Any, ...]) -> None:
    found = [f for f in _found(*statements) if f.code == "PRIVILEGE_ESCALATION"]
    assert [f for f in found if "Prod of the template holds." in " ".join(f.assumption)] == []
    assert all(f.assumption for f in found)


def test_what_stands_outside_is_told_once_without_a_condition() -> None:
    finding = one(_found(_ESCALATES, _if(_READS)), "PRIVILEGE_ESCALATION")
    assert "condition" not in " ".join(finding.assumption)
    assert "statement 2, a choice" in finding.assumption[0]


def test_a_branch_may_be_public() -> None:
    public = {**_READS, "Principal": "*"}
    finding = one(_found(_if(None, public), kind=_R), "PUBLIC_ACCESS")
    assert finding.assumption == ("The condition Prod of the template does not hold.",)
    assert "PUBLIC_ACCESS" not in codes(_found(public, _if({**public, "Effect": "Deny"}), kind=_R))


def test_fixes_stay_within_the_branch() -> None:
    found = _found(_if({**_READS, "Action": ["s3:GetObject", "s3:Get*"]}), _if(_TYPO))
    assert one(found, "INVALID_ACTION").fixes
    for finding in found:
        for fix in finding.fixes:
            assert all(edit.text.strip() != "" or edit.span.end > edit.span.start for edit in fix.edits)
            assert not any('"Effect"' in edit.text for edit in fix.edits)


def test_what_a_fix_in_a_branch_does_hangs_on_the_template() -> None:
    validation = Engine().validate(json.dumps({"Version": "2012-10-17", "Statement": [_READS, _if(_TYPO)]}), _I)
    (fix,) = one(validation.findings, "INVALID_ACTION").fixes
    assert Engine().fix_verdict(validation, fix).why == "The document holds placeholders, whose values decide."


_YAML = """\
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement:
          - !If
            - Prod
            - Effect: Allow
              Action: [iam:CreateAccessKey, s3:GetObjct]
              Resource: '*'
            - !Ref AWS::NoValue
"""


def test_a_short_call_in_yaml_is_read_as_the_long_one() -> None:
    contents = policies_in("t.yaml", _YAML)
    assert contents is not None
    (policy,) = contents.policies
    assert policy.kind is _I
    found = tuple(placed(f, policy) for f in findings(policy.text, _I))
    (typo,) = one(found, "INVALID_ACTION").locations
    assert _YAML[typo.span.start : typo.span.end] == "s3:GetObjct"
    (key,) = one(found, "CREDENTIALS_EXPOSURE").locations
    assert _YAML[key.span.start : key.span.end] == "iam:CreateAccessKey"


def test_policies_that_are_chosen_between_are_each_read() -> None:
    chosen = (
        "PolicyDocument: !If [Prod, {Version: '2012-10-17', Statement: [{Effect: Allow, Action: '*'}]}, !Ref Other]"
    )
    contents = policies_in("t.yaml", f"Resources:\n  P:\n    Type: AWS::IAM::Policy\n    Properties:\n      {chosen}\n")
    assert contents is not None
    assert len(contents.policies) == len(contents.unread) == 1
