"""Policies in Terraform files: the forms that are read, their places, and what is left as unread."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.embedded.reading import contents, one, outer, said
from workbench.embedded import hcl_reader
from workbench.embedded.door import policies_in
from workbench.policy.kinds import TRUST_POLICY_RESOURCE_TYPE, PolicyKind

ENCODED = """\
resource "aws_iam_role_policy" "p" { # a comment with "quotes" and {
  /* another = { */
  policy = jsonencode({
    Version = "2012-10-17"
    "Statement" : [{
      Effect   = "Allow", Action = ["s3:GetObject", "s3:${var.verb}", var.more],
      Resource = "${aws_s3_bucket.b["x"].arn}/$${aws:username}/*"
      Condition = { Bool = { "aws:SecureTransport" = true } }
    }, var.enabled ? { Effect = "Deny" } : null]
  })
}
"""


def test_what_is_encoded_is_a_policy() -> None:
    policy = one("main.tf", ENCODED)
    assert (policy.name, policy.kind) == ("aws_iam_role_policy.p.policy", PolicyKind.IDENTITY)
    first, second = said(policy)["Statement"]
    assert first["Action"] == ["s3:GetObject", "s3:${var.verb}", {"Ref": "var.more"}]
    assert first["Resource"] == "${aws_s3_bucket.b['x'].arn}/${aws:username}/*"
    assert first["Condition"] == {"Bool": {"aws:SecureTransport": True}}
    assert list(second) == ["Ref"]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ('"s3:GetObject"', '"s3:GetObject"'),
        ("GetObj", "GetObj"),
        ("${var.verb}", "${var.verb}"),
        ("aws:username", "aws:username"),
        ("${aws:", "$${aws:"),
        ('"Condition"', "Condition"),
        ('{"Ref": "var.more"}', "var.more"),
    ],
)
def test_a_place_in_the_policy_is_one_in_the_file(inner: str, expected: str) -> None:
    assert outer(one("main.tf", ENCODED), ENCODED, inner) == expected


@pytest.mark.parametrize("opener", ["<<EOF", "<<-EOF"])
def test_a_heredoc_is_read_where_it_stands(opener: str) -> None:
    text = (
        f'resource "aws_sqs_queue_policy" "q" {{\n  policy = {opener}\n'
        '    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:x", "Resource": "$${a:b}"}]}\n'
        "    EOF\n}\n"
    )
    policy = one("main.tf", text)
    assert policy.kind is PolicyKind.RESOURCE
    assert said(policy)["Statement"][0]["Resource"] == "${a:b}"
    assert outer(policy, text, '"sqs:x"') == '"sqs:x"'
    assert policy.written


def test_json_in_quotes_is_read_through_its_escapes() -> None:
    written = r'"{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:\u0078\"}]}"'
    text = f'resource "aws_iam_policy" "q" {{ policy = {written} }}'
    policy = one("main.tf", text)
    assert outer(policy, text, "s3:x") == r"s3:\u0078"
    assert not policy.written


HEREDOC = """\
resource "aws_iam_policy" "p" {
  policy = <<EOF
{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Action": ${jsonencode(var.actions)}, "Resource": "arn:${x["a"]}", "Sid": "${y}"}]
}
EOF
}
"""


def test_a_value_without_quotes_in_a_heredoc_is_unknown() -> None:
    policy = one("main.tf", HEREDOC)
    [statement] = said(policy)["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": {"Ref": "jsonencode(var.actions)"},
        "Resource": "arn:${x['a']}",
        "Sid": "${y}",
    }
    assert outer(policy, HEREDOC, "\"arn:${x['a']}\"") == '"arn:${x["a"]}"'
    assert outer(policy, HEREDOC, '{"Ref": "jsonencode(var.actions)"}') == "${jsonencode(var.actions)}"
    assert not policy.written


def test_a_condition_around_a_value_is_passed_over() -> None:
    text = HEREDOC.replace("${jsonencode(var.actions)}", '%{ if a }"s3:x"%{ endif }')
    assert said(one("main.tf", text))["Statement"][0]["Action"] == "s3:x"


def test_json_made_of_parts_is_unread_and_no_mistake_of_its_author() -> None:
    text = HEREDOC.replace("${jsonencode(var.actions)}", '%{ if a }"s3:x"%{ else }"s3:y"%{ endif }')
    found = contents("main.tf", text)
    assert found.policies == ()
    [unread] = found.unread
    assert text[unread.span.start : unread.span.end].startswith("<<EOF")


DATA = """\
data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "x"
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
    principals {
      type        = "AWS"
      identifiers = ["111122223333"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/a"
      values   = ["&{aws:username}"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/b"
      values   = [local.b]
    }
  }
  statement {
    effect        = "Deny"
    not_actions   = ["s3:*"]
    not_resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}
resource "aws_iam_role" "r" {
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
"""


def test_a_policy_document_block_is_the_policy_that_the_provider_makes() -> None:
    policy = one("main.tf", DATA)
    assert policy.name == "data.aws_iam_policy_document.trust"
    assert (policy.kind, policy.resource_type) == (PolicyKind.TRUST, TRUST_POLICY_RESOURCE_TYPE)
    assert said(policy) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Sid": "x",
                "Action": ["sts:AssumeRole"],
                "Principal": {"Service": ["ec2.amazonaws.com"], "AWS": ["111122223333"]},
                "Condition": {
                    "StringEquals": {
                        "aws:PrincipalTag/a": ["${aws:username}"],
                        "aws:PrincipalTag/b": [{"Ref": "local.b"}],
                    }
                },
            },
            {"Effect": "Deny", "NotAction": ["s3:*"], "NotResource": ["*"], "Principal": "*"},
        ],
    }
    assert outer(policy, DATA, '"sts:AssumeRole"') == '"sts:AssumeRole"'
    assert outer(policy, DATA, '"NotAction"') == "not_actions"
    assert outer(policy, DATA, "aws:username") == "aws:username"


@pytest.mark.parametrize("name", ["statement", "principals", "condition"])
def test_a_dynamic_block_is_left_open(name: str) -> None:
    inside = f'dynamic "{name}" {{ for_each = var.x\n content {{ }} }}'
    body = f"statement {{ {inside} }}" if name != "statement" else f"statement {{ }} {inside}"
    assert '{"Ref": "dynamic ' in one("x.tf", f'data "aws_iam_policy_document" "d" {{ {body} }}').text


@pytest.mark.parametrize(
    "value",
    ['templatefile("p.json", { a = 1 })', "var.policy", 'file("p.json")', '"${local.policy}"', "<<E\n${x}\nE\n"],
)
def test_a_policy_from_elsewhere_is_named_as_unread(value: str) -> None:
    found = contents("main.tf", f'resource "aws_iam_policy" "p" {{\n policy = {value}\n}}')
    assert found.policies == ()
    assert len(found.unread) == 1


def test_one_in_a_condition_is_read_all_the_same() -> None:
    text = 'resource "aws_iam_policy" "p" { policy = var.c ? jsonencode({ Version = "v", Statement = [] }) : null }'
    found = contents("main.tf", text)
    assert [said(policy)["Version"] for policy in found.policies] == ["v"]
    assert found.unread == ()


@pytest.mark.parametrize(
    ("block", "kind"),
    [
        ('"aws_organizations_policy" "x" { content = ', PolicyKind.SCP),
        ('"aws_organizations_policy" "x" { type = "RESOURCE_CONTROL_POLICY"\n content = ', PolicyKind.RCP),
        ('"aws_vpc_endpoint" "x" { policy = ', PolicyKind.VPC_ENDPOINT),
        ('"aws_s3_bucket_policy" "x" { policy = ', PolicyKind.RESOURCE),
        ('"aws_iam_role" "x" { assume_role_policy = ', PolicyKind.TRUST),
        ('"other_thing" "x" { policy = ', None),
    ],
)
def test_the_resource_tells_the_kind(block: str, kind: PolicyKind | None) -> None:
    text = f'resource {block} jsonencode({{ Statement = [{{ Effect = "Allow" }}] }})\n}}'
    assert one("main.tf", text).kind == kind


def test_a_block_that_is_not_closed_is_a_problem() -> None:
    assert contents("main.tf", 'resource "aws_iam_policy" "p" {\n').problem is not None


@pytest.mark.parametrize("part", ["[", "{ a = ", "jsonencode(", '"${', "(", "x {", "<<A\n", "f([", '"${"'])
def test_deep_nesting_neither_recurses_nor_hangs(part: str) -> None:
    policies_in("main.tf", "a = " + part * 20_000)
    policies_in("main.tf", "a = " + part * 50 + " 1 + 2 " + ") + 1 " * 50)


def test_what_is_encoded_in_what_is_encoded_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each level goes on behind its value, so that it is looked at again; the work must not double with each."""
    calls = 0
    whole = hcl_reader._Reader.value

    def counted(self: hcl_reader._Reader, at: int, depth: int) -> object:
        nonlocal calls
        calls += 1
        return whole(self, at, depth)

    monkeypatch.setattr(hcl_reader._Reader, "value", counted)
    policies_in("main.tf", "a = " + "jsonencode(" * 40 + "1" + " + 1)" * 40 + " + 1\n")
    assert calls <= 100


@given(st.text(alphabet=st.sampled_from('ab = {}[]()"\\$%<-\n#/*:,.1é😀')))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for source in (text, f'resource "aws_iam_policy" "p" {{ policy = {text}', f"policy = jsonencode({text}"):
        for policy in contents("main.tf", source).policies:
            said(policy)
