"""The house rules that a project states, and the sentence where it states none."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.findings.rules import NO_RULES, ForbiddenAccess, HouseRules, RequiredCondition
from workbench.project.loader import load_project
from workbench.project.model import ProjectError


def rules(folder: Path, text: str) -> HouseRules:
    (folder / "workbench.toml").write_text(text)
    return load_project(folder).rules


def test_rules_are_read(tmp_path: Path) -> None:
    text = """
[rules]
allowedAccounts = ["111122223333"]
[[rules.forbidden]]
actions = ["iam:CreateUser"]
resources = ["*"]
reason = "people sign in"
[[rules.requiredCondition]]
actions = ["s3:Put*"]
condition = { StringEquals = { "aws:SourceVpc" = "vpc-11223344" } }
"""
    assert rules(tmp_path, text) == HouseRules(
        (ForbiddenAccess(("iam:CreateUser",), ("*",), "people sign in"),),
        (RequiredCondition(("s3:Put*",), '{"StringEquals": {"aws:SourceVpc": "vpc-11223344"}}'),),
        frozenset({"111122223333"}),
    )


def test_a_project_without_rules_has_none(tmp_path: Path) -> None:
    assert rules(tmp_path, "") == NO_RULES


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rules = 3", "rules must be a table"),
        ("[rules]\nforbid = []", "there is no key 'forbid' in rules"),
        ("[rules]\nallowedAccounts = []", "rules.allowedAccounts must be a list of account ids"),
        ('[rules]\nallowedAccounts = ["1"]', "rules.allowedAccounts must be a list of account ids"),
        ("[[rules.forbidden]]", "rules.forbidden.actions must be a list of actions"),
        ('[[rules.forbidden]]\nactions = ["CreateUser"]', "rules.forbidden.actions must be a list of actions"),
        ('[[rules.forbidden]]\nactions = ["a:b"]\nresources = [1]', "rules.forbidden.resources must be a list of str"),
        ('[[rules.forbidden]]\nactions = ["a:b"]\nbecause = ""', "no key 'because' in rules.forbidden"),
        ('[[rules.requiredCondition]]\nactions = ["a:b"]', "condition must be a table of operators"),
        (
            '[[rules.requiredCondition]]\nactions = ["a:b"]\n[rules.requiredCondition.condition]\nx = 1',
            "that AWS takes",
        ),
        (
            '[[rules.requiredCondition]]\nactions = ["a:b"]\n[rules.requiredCondition.condition.Dat]\nx = 2026-01-01',
            "must be of strings, numbers and Booleans",
        ),
    ],
)
def test_a_rule_that_is_none_is_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ProjectError) as error:
        rules(tmp_path, text)
    assert says in str(error.value)
    assert "\n" not in str(error.value)
