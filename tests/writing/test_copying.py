"""What is copied in another form is found again when it is pasted, with the same values."""

from __future__ import annotations

import ast
import json
from textwrap import indent
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.writing import copying
from workbench.writing.pasting import LONGEST, policies_in_paste
from workbench.writing.rewriting import Refused

POLICY: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "It's mine",
            "Effect": "Allow",
            "Action": ["s3:Get*", "s3:PutObject"],
            "Resource": "arn:aws:s3:::b/${aws:username}/*",
            "Condition": {"StringLike": {"aws:PrincipalTag/team": ["a\\b", 'say "hi"\n', "日😀", "%{x}", "$", ""]}},
        }
    ],
}
STATEMENT = POLICY["Statement"][0]
FORMS = [
    copying.as_json_string,
    copying.as_cli_argument,
    copying.as_yaml,
    copying.as_jsonencode,
    lambda text: quote(json.dumps(json.loads(text))),
]
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff\x85"), max_size=8)
VALUES = TEXT | st.booleans() | st.lists(TEXT, max_size=3)
POLICIES = st.builds(
    lambda sid, resource, tests: {
        "Version": "2012-10-17",
        "Statement": [{"Sid": sid, "Effect": "Deny", "Action": "*", "Resource": resource, "Condition": tests}],
    },
    TEXT,
    VALUES,
    st.dictionaries(st.sampled_from(["Bool", "StringEquals"]), st.dictionaries(TEXT, VALUES, max_size=2), max_size=2),
)


def pasted(text: str) -> list[Any]:
    return [json.loads(policy.text) for policy in policies_in_paste(text)]


@pytest.mark.parametrize("form", FORMS)
def test_each_form_comes_back(form: Any) -> None:
    assert pasted(form(json.dumps(POLICY, indent=2))) == [POLICY]


@pytest.mark.parametrize("form", FORMS)
@given(policy=POLICIES)
def test_any_policy_comes_back_from_each_form(form: Any, policy: dict[str, Any]) -> None:
    assert pasted(form(json.dumps(policy))) == [policy]


def test_what_is_copied_reads_like_its_language() -> None:
    text = '{"Version": "2012-10-17", "Statement": {"Action": ["a:b"], "Resource": "${aws:username}"}}'
    assert copying.as_yaml(text) == (
        'Version: "2012-10-17"\nStatement:\n  Action:\n    - "a:b"\n  Resource: "${aws:username}"\n'
    )
    assert copying.as_jsonencode(text) == (
        'jsonencode({\n  Version = "2012-10-17"\n  Statement = {\n    Action = [\n      "a:b",\n    ]\n'
        '    Resource = "$${aws:username}"\n  }\n})\n'
    )
    assert copying.as_cli_argument('{"a": "it\'s"}') == """'{"a":"it'"'"'s"}'"""
    assert copying.as_json_string('{"a": 1.0}') == '"{\\"a\\":1.0}"'


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=4), st.booleans())
def test_a_json_string_is_one_of_python_as_well(value: dict[str, str], ascii_only: bool) -> None:
    string = copying.as_json_string(json.dumps(value, ensure_ascii=ascii_only))
    assert json.loads(json.loads(string)) == value
    assert json.loads(ast.literal_eval(string)) == value
    assert copying.as_json_string('{"a": "😀\u202e"}') == '"{\\"a\\":\\"😀\\u202e\\"}"'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"a"', "The JSON has a mistake"),
        ('{"a":1,"a":2}', "stands twice"),
        ('{"a":"\\ud800"}', "half of a character pair"),
        ("[" * 100 + "]" * 100, "nested more than 64"),
    ],
)
def test_what_cannot_be_said_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        copying.as_yaml(text)


VERSION = {"PolicyVersion": {"Document": POLICY, "VersionId": "v3", "IsDefaultVersion": True}}
PLAIN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
LISTED = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"]}],
}
PLUS = {"Version": "2012-10-17", "Statement": [{"Sid": "a+b"}]}
PYTHON = """
def policy(bucket):  # the one of the team
    return json.dumps({
        'Version': "2012-10-17",
        'Statement': [{'Effect': 'Allow', 'Action': ('s3:'
            '*'), 'Resource': '*',}],
    })
"""
DATA = """data "aws_iam_policy_document" "x" {
  version = "2012-10-17"
  statement {
    effect    = "Allow"
    actions   = ["s3:*"]
    resources = ["*"]
  }
}
"""
SCRIPT = """
const doc = {Version: '2012-10-17', // now
  Statement: [{Effect: `Allow`, Action: "s3:" + "*", Resource: '*'}]};
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (json.dumps(VERSION, indent=4), [POLICY]),
        ("$ aws iam get-policy-version …\n" + json.dumps(VERSION, indent=4) + "\n$ ", [POLICY]),
        (json.dumps({"Role": {"RoleName": "r", "AssumeRolePolicyDocument": quote(json.dumps(PLAIN))}}), [PLAIN]),
        (f"aws iam create-policy --policy-document {copying.as_cli_argument(json.dumps(PLAIN))}", [PLAIN]),
        (PYTHON, [PLAIN]),
        (SCRIPT, [PLAIN]),
        (f"DOC = '''\n{json.dumps(PLAIN, indent=1)}\n'''\nOTHER = r'x'", [PLAIN]),
        (f'resource "aws_iam_policy" "x" {{\n  policy = <<EOT\n{json.dumps(PLAIN)}\nEOT\n}}\n', [PLAIN]),
        ("Role:\n  Document:\n" + indent(copying.as_yaml(json.dumps(PLAIN)), "    "), [PLAIN]),
        (DATA, [LISTED]),
        (copying.as_jsonencode(json.dumps(PLAIN)).removeprefix("jsonencode(").removesuffix(")\n"), [PLAIN]),
        (indent(copying.as_yaml(json.dumps(PLAIN)), "      ").lstrip(), [PLAIN]),
        (f"Document={quote_plus(json.dumps(PLAIN))}&x=1", [PLAIN]),
        (quote(json.dumps(PLUS), safe="+"), [PLUS]),
        (json.dumps({"a": PLAIN, "b": POLICY}), [PLAIN, POLICY]),
        (json.dumps({"a": PLAIN, "b": PLAIN}), [PLAIN]),
        (json.dumps(PLAIN), []),
        (json.dumps(PLAIN["Statement"]), []),
        ('"Statement": ' + json.dumps(PLAIN["Statement"]) + ",", []),
        ("The word Statement alone", []),
        ("", []),
    ],
)
def test_policies_are_found_in_what_people_copy(text: str, expected: list[Any]) -> None:
    assert pasted(text) == expected


def test_what_a_program_fills_in_stays_visible() -> None:
    [found] = pasted("""p = {"Statement": [{"Effect": "Allow", "Action": x.y(1), "Resource": f"arn:{b}/*"}]}""")
    assert found["Statement"][0] == {"Effect": "Allow", "Action": {"Ref": "x.y(1)"}, "Resource": "arn:${b}/*"}


@given(st.text(alphabet="{}[]()\"'`:,=\\ Statement%7B\n#/*", max_size=80))
def test_any_text_is_looked_at_without_an_error(text: str) -> None:
    policies_in_paste("Statement" + text)


def test_a_text_that_is_too_long_or_deep_is_left_alone() -> None:
    assert policies_in_paste("Statement" + " " * LONGEST) == ()
    assert policies_in_paste("Statement = " + "[{a: " * 20_000) == ()
    assert policies_in_paste("Statement = " + "({" * 5_000 + "})" * 5_000) == ()
