"""Findings of embedded policies as findings of their file: places, fixes that may stay, the one explanation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.embedded.reading import contents, one
from workbench.cli.inputs import Asked, Inputs
from workbench.document.edits import apply_edits
from workbench.document.nodes import Document
from workbench.document.span import Span
from workbench.embedded.placing import placed, unresolved
from workbench.engine import Engine
from workbench.findings.model import Edit, Finding, Fix

ENGINE = Engine()
HEREDOC = """\
resource "aws_iam_policy" "p" {
  policy = <<EOF
{"Version": "2012-10-17", "Statement": [{"Effect": "allow", "Action": "s3:x", "Resource": "$${aws:username}"}]}
EOF
}
"""
BLOCK = """\
Policy: |
  {
    "Version": "2012-10-17",
    "Statement": [
      {"Effect": "allow", "Action": "s3:GetObject", "Resource": "*"}
    ]
  }
"""


def effect(name: str, text: str) -> Finding:
    policy = one(name, text)
    found = ENGINE.validate(policy.text, policy.kind).findings
    return placed(next(f for f in found if f.code == "INVALID_EFFECT"), policy)


@pytest.mark.parametrize(("name", "text"), [("main.tf", HEREDOC), ("t.yaml", BLOCK)])
def test_a_fix_of_json_that_the_author_wrote_is_one_of_the_file(name: str, text: str) -> None:
    finding = effect(name, text)
    assert text[finding.span.start : finding.span.end] == '"allow"'
    [fix] = finding.fixes
    assert apply_edits(text, fix.edits) == text.replace('"allow"', '"Allow"')


def test_what_was_made_of_other_syntax_has_no_fix() -> None:
    text = 'P: {Version: v, Statement: [{Effect: allow, Action: "s3:x"}]}'
    finding = effect("t.yaml", text)
    assert text[finding.span.start : finding.span.end] == "allow"
    assert finding.fixes == ()


@pytest.mark.parametrize(
    ("inner", "new", "stays"),
    [("allow", "Allow", True), ("allow", "Al\nlow", False), ("allow", "${x}", False), ("${aws", "{", False)],
)
def test_only_an_edit_that_the_file_can_take_stays(inner: str, new: str, stays: bool) -> None:
    policy = one("main.tf", HEREDOC)
    start = policy.text.index(inner)
    fix = Fix("x", (Edit(Span(start, start + len(inner)), new),))
    finding = replace(ENGINE.validate(policy.text, policy.kind).findings[0], fixes=(fix,))
    assert bool(placed(finding, policy).fixes) is stays


def test_an_edit_over_several_lines_of_a_block_does_not_stay() -> None:
    policy = one("t.yaml", BLOCK)
    start, end = policy.text.index('"Statement"'), policy.text.index('"Effect"')
    fix = Fix("x", (Edit(Span(start, end), ""),))
    finding = replace(ENGINE.validate(policy.text, policy.kind).findings[0], fixes=(fix,))
    assert placed(finding, policy).fixes == ()


def test_the_explanation_says_each_thing_once() -> None:
    names = "".join(f'resource "aws_iam_policy" "p{n}" {{\n  policy = var.p{n}\n}}\n' for n in range(8))
    found = contents("main.tf", names)
    explanation = unresolved(Document(names, None), found, ())
    assert explanation is not None
    assert explanation.details == (
        "The policies at line 2, line 5, line 8, line 11, line 14 and 3 more cannot be read here: check the file or "
        "value it comes from."
    )
    assert len(explanation.locations) == 8
    assert unresolved(Document("", None), contents("main.tf", ""), ()) is None


def test_terraform_written_as_json_is_read(tmp_path: Path) -> None:
    file = tmp_path / "main.tf.json"
    statement = r"{\"Statement\": [{\"Effect\": \"allow\", \"Action\": \"s3:x\"}]}"
    file.write_text(f'{{"resource": {{"aws_iam_policy": {{"p": {{"policy": "{statement}"}}}}}}}}')
    inputs = Inputs(ENGINE, Asked())
    inputs.add(file)
    [report] = inputs.reports
    finding = next(t for t in report.told if t.finding.code == "INVALID_EFFECT")
    assert finding.policy == "resource.aws_iam_policy.p.policy"
    assert report.document.text[finding.finding.span.start : finding.finding.span.end] == r"\"allow\""


@pytest.mark.parametrize(("text", "told"), [('variable "x" {', 0), ('resource "aws_iam_policy" "p" {', 1)])
def test_a_broken_file_is_told_where_it_may_hold_a_policy(text: str, told: int) -> None:
    assert (contents("main.tf", text).problem is not None) is bool(told)
