"""Fixes: applied, each takes its finding away, makes no new error and leaves valid JSON."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.findings.helpers import KINDS, applied, findings, one, statement
from tests.support import shared
from workbench.document.decoding import decode
from workbench.document.parser import parse
from workbench.findings.model import Finding, Fix

_ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in Path(__file__).with_name("worked_cases.jsonl").read_text("utf-8").splitlines()
]
_PRETTY = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Train",
      "Effect": "Allow",
      "Action": [
        "sagemaker:CreateTrainingJob",
        "sagemaker:CreateProcessingJob"
      ],
      "Resource": [
        "arn:aws:sagemaker:us-east-1:111122223333:training-job/*",
        "arn:aws:sagemaker:us-east-1:111122223333:processing-job/*"
      ]
    }
  ]
}
"""
# Texts that need a fix which no worked case needs, and each layout that a fix must keep.
MORE = (
    _PRETTY,
    _PRETTY.replace("\n", "\r\n"),
    '{"Version":"2012-10-17",\n "Statement": {"Effect":"Allow","Action":"sagemaker:CreateModel","Resource":"*"}}',
    '{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Allow","Action":"s3:*"\n"Resource":"*"}]}',
    '{"version":"2012-10-17","Statement":[{"Effect":"Alow","Action":["s3:*"],"Resource":"*",}]}',
    statement(
        '[{"Sid":"a b","Effect":"Allow","Action":"s3:*","Resource":"*"},{"Sid":"x","Effect":"Allow","Action":"s3:*",'
              '"Resource":"*"},{"Sid":"x","Effect":"Deny","Action":"s3:PutObject","Resource":"*"}]'),
    statement('{"Sid":"Ann\\u200bDen\\u0430","Effect":"Allow","Action":["s3:GetObject","s3:*","S3:getobject"],'
              '"Resource":["arn:aws:s3:::b/*","arn:aws:s3:::b/x"]}'),
    statement('{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"bool":{"aws:SecureTransport":"true"},'
              '"StringLike":{"aws:SourceVpc":["*"]},"StringEquals":{},"StringEqual":{"aws:ARN":"x"}}}'),
    statement('{"Effect":"Allow","Action":"s3:GetObject","Resource":"s3:::b/*","Condition":{"NumericLessThan":'
              '{"s3:max-keys":[1,2,3]},"IpAddress":{"aws:SourceIp":["10.0.0.0/8","203.0.113.9/24"]}}}'),
    statement('{"Effect":"Allow","Action":"sagemaker:CreateModel","Resource":"*","Condition":{"ArnEquals":'
              '{"sagemaker:VolumeKmsKey":"arn:aws:kms:us-east-1:111122223333:key/k"},"ForAllValues:Null":'
              '{"aws:TagKeys":"true"},"StringEquals":{"aws:PrincipalTag/x":"a*"}}}'),
    statement('{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:usernam}/${ aws:userid }",'
              '"Condition":{"StringEquals":{"iam:PassedToService":"EC2.amazonaws.com"}}}'),
    statement('{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringLike":'
              '{"aws:PrincipalOrgPath":"o-a1b2c3d4e5/*"},"Null":{"aws:PrincipalOrgPath":"false"}}}'),
    statement('{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringEquals":'
              '{"aws:PrincipalOrgPath":"o-a1b2c3d4e5/x/","aws:username":"ann"}}}'),
    statement('{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringEquals":'
              '{"aws:usernam":"ann","aws:username":"bob"}}}'),
)  # fmt: skip
_CASES = [(row["id"], row["text"], row["on"]) for row in _ROWS] + [(f"more{i}", t, "I") for i, t in enumerate(MORE)]


def _fixes() -> list[tuple[str, str, str, Finding, Fix]]:
    return [
        (f"{name}-{finding.code}", text, on, finding, fix)
        for name, text, on in _CASES
        for finding in findings(text, KINDS[on[0]])
        for fix in finding.fixes
    ]


def test_each_fix_takes_its_finding_away_and_makes_no_error() -> None:
    cases = _fixes()
    assert len(cases) > 60
    for name, text, on, finding, fix in cases:
        before = Counter(f.code for f in findings(text, KINDS[on[0]]))
        mended = applied(text, fix)
        after_all = findings(mended, KINDS[on[0]])
        after = Counter(f.code for f in after_all)
        assert after[finding.code] < before[finding.code], (name, fix.label, mended)
        if not parse(text).problems:
            assert not parse(mended).problems, (name, mended)
            errors = {f.code for f in after_all if f.type == "ERROR"}
            assert not errors - set(before), (name, fix.label, errors - set(before), mended)


def test_each_repair_of_json_leaves_less_to_repair() -> None:
    folder = shared("data/broken-json")
    repaired = 0
    for row in json.loads((folder / "index.json").read_text("utf-8")):
        text = decode((folder / row["file"]).read_bytes()).text
        for finding in findings(text):
            if finding.code != "JSON_SYNTAX_ERROR":
                continue
            for fix in finding.fixes:
                repaired += 1
                assert len(parse(applied(text, fix)).problems) < len(parse(text).problems), (row["file"], fix.label)
    assert repaired >= 25


def test_every_fix_has_a_label_with_a_verb_and_no_verdict_of_its_own() -> None:
    for name, _, _, _, fix in _fixes():
        assert fix.label.split()[0] in {"Add", "Keep", "Remove", "Replace", "Write"}, (name, fix.label)
        assert fix.verdict is None


def test_a_statement_is_added_in_the_layout_around_it() -> None:
    finding = one(findings(_PRETTY), "DEPENDENT_ACTION_MISSING_FOR_TAGS")
    (fix,) = finding.fixes
    mended = applied(_PRETTY, fix)
    assert mended == _PRETTY.replace(
        "      ]\n    }\n  ]",
        """      ]
    },
    {
      "Effect": "Allow",
      "Action": "sagemaker:AddTags",
      "Resource": [
        "arn:aws:sagemaker:us-east-1:111122223333:training-job/*",
        "arn:aws:sagemaker:us-east-1:111122223333:processing-job/*"
      ],
      "Condition": {
        "Null": {
          "sagemaker:TaggingAction": "false"
        }
      }
    }
  ]""",
    )


def test_pass_role_is_added_for_the_service_and_the_account_of_the_statement() -> None:
    (fix,) = one(findings(_PRETTY), "DEPENDENT_ACTION_MISSING").fixes
    added = json.loads(applied(_PRETTY, fix))["Statement"][-1]
    assert added == {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": "arn:aws:iam::111122223333:role/<execution-role>",
        "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
    }


def test_line_ends_stay_as_they_are() -> None:
    text = _PRETTY.replace("\n", "\r\n")
    for finding in findings(text):
        for fix in finding.fixes:
            mended = applied(text, fix)
            assert mended.count("\n") == mended.count("\r\n"), fix.label


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sagemaker:CreateTrainingJbo", "sagemaker:CreateTrainingJob"),
        ("sagmaker:CreateTrainingJob", "sagemaker:CreateTrainingJob"),
        ("s3:ListObjectsV2", "s3:ListBucket"),
        ("lambda:Invoke", "lambda:InvokeFunction"),
    ],
)
def test_did_you_mean_replaces_the_action(written: str, meant: str) -> None:
    text = statement(f'{{"Effect":"Allow","Action":["s3:GetBucketLocation","{written}"],"Resource":"*"}}')
    errors = [f for f in findings(text) if f.type == "ERROR"]
    assert len(errors) == 1
    assert applied(text, errors[0].fixes[0]) == text.replace(written, meant)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("StringEqualsIfExist", "StringEqualsIfExists"),
        ("StringsLikeIfExists", "StringLikeIfExists"),
        ("ForAnyValues:StringEquals", "ForAnyValue:StringEquals"),
        ("ForAllValue:StringLik", "ForAllValues:StringLike"),
        ("ForEach:StringEquals", None),
        (":StringEquals", None),
        ("NullIfExist", None),
    ],
)
def test_a_misspelt_operator_is_told_with_all_its_parts(written: str, meant: str | None) -> None:
    test = f'{{"{written}":{{"aws:PrincipalTag/team":"x"}}}}'
    text = statement(f'{{"Effect":"Deny","Action":"s3:GetObject","Resource":"*","Condition":{test}}}')
    finding = one(findings(text), "INVALID_CONDITION_OPERATOR")
    assert finding.details.partition("Did you mean ")[2] == (f"{meant}?" if meant else "")
    assert [fix.edits[0].text for fix in finding.fixes] == ([f'"{meant}"'] if meant else [])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_statement_beside_a_lone_one_has_its_line_ends(end: str) -> None:
    lone = """{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "sagemaker:CreateModel",
    "Resource": "*"
  }
}""".replace("\n", end)
    finding = one(findings(lone), "DEPENDENT_ACTION_MISSING_FOR_TAGS")
    mended = applied(lone, finding.fixes[0])
    assert json.loads(mended)["Statement"][1]["Action"] == "sagemaker:AddTags"
    assert mended.count(end) == mended.replace("\r\n", "\n").replace("\r", "\n").count("\n")


def test_an_empty_line_before_a_statement_is_none_inside_of_the_next() -> None:
    spaced = _PRETTY.replace('"Statement": [\n', '"Statement": [\n\n')
    finding = one(findings(spaced), "DEPENDENT_ACTION_MISSING_FOR_TAGS")
    assert applied(spaced, finding.fixes[0]).count("\n\n") == 2


def test_a_key_is_not_renamed_to_one_that_the_operator_has() -> None:
    found = findings(MORE[-1])
    assert one(found, "INVALID_GLOBAL_CONDITION_KEY").fixes == ()


def test_what_is_added_to_a_minified_text_has_no_blanks() -> None:
    text = statement('{"Effect":"Allow","Action":"sagemaker:CreateModel","Resource":"*"}')
    for minified in (text, text.replace('{"Effect"', '[{"Effect"').replace("}}", "}]}"), MORE[-2]):
        for finding in findings(minified):
            for fix in finding.fixes:
                assert " " not in applied(minified, fix), (fix.label, applied(minified, fix))
