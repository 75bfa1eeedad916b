"""Policies in YAML: CloudFormation, SAM, bare; every place leads back to the file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.embedded.reading import contents, one, outer, said
from workbench.document.span import Span
from workbench.embedded.door import policies_in
from workbench.policy.kinds import PolicyKind

ROLE = """\
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal: {Service: [ec2.amazonaws.com]}
            Action: sts:AssumeRole
      Policies:
        - PolicyName: x
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action:
                  - "s3:GetObject"   # quoted
                  - 's3:List*'
                  - s3:Put\\u002A
                Resource: !Sub "arn:${AWS::Partition}:s3:::${Bucket}/${!aws:username}"
                Condition: {Bool: {aws:SecureTransport: true}}
              - !If [Wanted, {Effect: Allow}, !Ref AWS::NoValue]
"""


def test_a_role_has_its_trust_policy_and_its_own() -> None:
    trust, own = contents("t.yaml", ROLE).policies
    assert (trust.name, trust.kind) == ("Resources.Role.Properties.AssumeRolePolicyDocument", PolicyKind.TRUST)
    assert (own.name, own.kind) == ("Resources.Role.Properties.Policies[0].PolicyDocument", PolicyKind.IDENTITY)
    assert said(trust)["Version"] == "2012-10-17"
    first, second = said(own)["Statement"]
    assert first["Action"] == ["s3:GetObject", "s3:List*", "s3:Put\\u002A"]
    assert first["Resource"] == "arn:${AWS::Partition}:s3:::${Bucket}/${aws:username}"
    assert first["Condition"] == {"Bool": {"aws:SecureTransport": True}}
    assert second == {"Fn::If": ["Wanted", {"Effect": "Allow"}, {"Ref": "AWS::NoValue"}]}


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ('"s3:GetObject"', '"s3:GetObject"'),
        ("GetObj", "GetObj"),
        ('"s3:List*"', "'s3:List*'"),
        ("List", "List"),
        ('"Condition"', "Condition"),
        ('"aws:SecureTransport"', "aws:SecureTransport"),
        ("true", "true"),
        (
            '["s3:GetObject", "s3:List*", "s3:Put\\\\u002A"]',
            "- \"s3:GetObject\"   # quoted\n                  - 's3:List*'\n                  - s3:Put\\u002A",
        ),
    ],
)
def test_a_place_in_the_policy_is_one_in_the_file(inner: str, expected: str) -> None:
    own = contents("t.yaml", ROLE).policies[1]
    assert outer(own, ROLE, inner) == expected


def test_a_text_with_functions_is_a_place_as_a_whole() -> None:
    own = contents("t.yaml", ROLE).policies[1]
    whole = '"arn:${AWS::Partition}:s3:::${Bucket}/${!aws:username}"'
    assert outer(own, ROLE, whole.replace("!", "")) == whole
    assert outer(own, ROLE, "Bucket") == whole


@pytest.mark.parametrize(
    ("resource", "field", "kind"),
    [
        ("AWS::S3::BucketPolicy", "PolicyDocument", PolicyKind.RESOURCE),
        ("AWS::KMS::Key", "KeyPolicy", PolicyKind.RESOURCE),
        ("AWS::EC2::VPCEndpoint", "PolicyDocument", PolicyKind.VPC_ENDPOINT),
        ("AWS::IAM::ManagedPolicy", "PolicyDocument", PolicyKind.IDENTITY),
        ("AWS::SSO::PermissionSet", "InlinePolicy", PolicyKind.IDENTITY),
        ("Custom::Thing", "PolicyDocument", None),
    ],
)
def test_the_resource_tells_the_kind(resource: str, field: str, kind: PolicyKind | None) -> None:
    text = f"R: {{Type: {resource}, Properties: {{{field}: {{Statement: [{{Effect: Allow}}]}}}}}}"
    assert one("t.yml", text).kind == kind


@pytest.mark.parametrize(
    ("told", "kind"),
    [("SERVICE_CONTROL_POLICY", PolicyKind.SCP), ("RESOURCE_CONTROL_POLICY", PolicyKind.RCP)],
)
def test_an_organization_policy_says_what_it_is(told: str, kind: PolicyKind) -> None:
    content = f"{{Type: {told}, Content: {{Statement: [{{Effect: Deny}}]}}}}"
    text = f"R: {{Type: AWS::Organizations::Policy, Properties: {content}}}"
    assert one("t.yml", text).kind is kind


def test_statements_of_a_function_are_a_policy() -> None:
    text = "custom:\n  iamRoleStatements:\n    - Effect: Allow\n      Action: s3:GetObject\n      Resource: '*'\n"
    policy = one("serverless.yml", text)
    assert policy.name == "custom.iamRoleStatements"
    assert said(policy) == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
    }


@pytest.mark.parametrize("header", ["|", ">", "|-", "|2"])
def test_json_in_a_block_is_read_and_lines_count_in_the_file(header: str) -> None:
    statement = '{"Effect": "Allow", "Action": "s3:x"}'
    text = f'P: {header}\n  {{\n    "Version": "2012-10-17",\n    "Statement": [{statement}]\n  }}\n'
    policy = one("t.yaml", text)
    assert outer(policy, text, '"s3:x"') == '"s3:x"'
    assert policy.written


def test_json_in_quotes_is_read_through_its_escapes() -> None:
    text = r'P: "{\"Version\": \"v\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:\u0078\"}]}"'
    policy = one("t.yaml", text)
    assert outer(policy, text, '"s3:x"') == '\\"s3:\\u0078\\"'
    assert not policy.written


def test_what_an_alias_means_stands_where_its_anchor_does() -> None:
    text = "Base: &s {Effect: Allow, Action: s3:x}\nP: {Version: 2012-10-17, Statement: [*s, *s]}\n"
    policy = one("t.yaml", text)
    assert said(policy)["Statement"] == [{"Effect": "Allow", "Action": "s3:x"}] * 2
    first = policy.text.index('"s3:x"')
    assert policy.source.span(Span(first, first + 6)) == (33, 37)


def test_merged_fields_are_part_of_the_statement() -> None:
    text = "B: &b {Effect: Allow, Action: a}\nP: {Version: v, Statement: [{<<: *b, Action: s3:x}]}\n"
    assert said(one("t.yaml", text))["Statement"] == [{"Action": "s3:x", "Effect": "Allow"}]


def test_a_policy_from_elsewhere_is_named_as_unread() -> None:
    text = "R: {Type: AWS::S3::BucketPolicy, Properties: {PolicyDocument: !Ref P}}"
    found = contents("t.yaml", text)
    assert found.policies == ()
    [unread] = found.unread
    assert text[unread.span.start : unread.span.end] == "!Ref P"


def test_aliases_of_aliases_do_not_grow() -> None:
    lines = ["a0: &a0 {Effect: Allow, Action: 'xxxxxxxxxx'}"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    text = "\n".join([*lines, "P: {Version: v, Statement: [{Effect: Allow, Action: *a11}]}"])
    found = contents("t.yaml", text)
    assert [p.text for p in found.unread] == ["aliases of aliases"]


@pytest.mark.parametrize("text", ["a: [", "Statement: [\x00]", "Statement: {{ x }}: a", "PolicyDocument: \n\t- x"])
def test_what_is_no_yaml_is_one_problem_or_nothing(text: str) -> None:
    found = contents("t.yaml", text)
    assert found.policies == ()
    assert (found.problem is not None) == ("Statement" in text or "PolicyDocument" in text)


@pytest.mark.parametrize("opener", ["[", "{", "- ", "{a: "])
def test_deep_nesting_neither_recurses_nor_hangs(opener: str) -> None:
    policies_in("t.yaml", "PolicyDocument: " + opener * 100_000)


def test_a_json_template_keeps_its_fixes() -> None:
    policy = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}'
    text = f'{{"R": {{"Type": "AWS::IAM::ManagedPolicy", "Properties": {{"PolicyDocument":\n {policy}}}}}}}'
    found = one("t.json", text)
    assert found.text == policy
    assert found.written


@pytest.mark.parametrize("text", ['{"Statement": []}', "[]", "", "{", '{"a": 1}'])
def test_other_json_is_a_policy_itself(text: str) -> None:
    assert policies_in("t.json", text) is None


@given(st.text(alphabet=st.sampled_from("Statement: -[]{}'\"|>&*!#\n\t Effect,\\é😀")))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for policy in (policies_in("t.yaml", text) or contents("t.yaml", "")).policies:
        said(policy)
