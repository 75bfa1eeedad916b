"""One mistake in a good policy: told once, near its place, with its cause; the statements behind it are still seen."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.document.test_broken_json import seen_statements
from tests.document.trees import check_spans
from workbench.document.nodes import ArrayNode, Document, MissingNode, ObjectNode, StringNode
from workbench.document.parser import parse

LAST = {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}
LAID_OUT = """{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "First",
            "Effect": "Allow",
            "Action": [
                "s3:GetObject",
                "s3:ListBucket"
            ],
            "Resource": "*",
            "Condition": {
                "StringEquals": {
                    "aws:SourceVpc": "vpc-1"
                }
            }
        },
        {
            "Sid": "Second",
            "Effect": "Deny",
            "Action": "s3:PutObject",
            "Resource": [
                "arn:aws:s3:::a",
                "arn:aws:s3:::b"
            ]
        },
        {
            "Sid": "Third",
            "Effect": "Allow",
            "Action": "sqs:*",
            "Resource": "*"
        }
    ]
}"""
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]')
_SWAPPED = {"{": "[", "[": "{", "}": "]", "]": "}", ",": ":", ":": ","}


def problems(text: str) -> list[tuple[str, str]]:
    """What is reported: the kind and the characters it lies on."""
    document = parse(text)
    check_spans(document)
    return [(p.kind, text[p.start : p.end]) for p in document.problems]


def sids(document: Document) -> list[str]:
    """The Sids of the statements, in order."""
    root = document.root
    assert isinstance(root, ObjectNode)
    statements = next(m.value for m in root.members if m.key.value == "Statement")
    assert isinstance(statements, ArrayNode)
    found = []
    for statement in statements.items:
        if isinstance(statement, ObjectNode):
            found += [
                m.value.value for m in statement.members if m.key.value == "Sid" and isinstance(m.value, StringNode)
            ]
    return found


# Where in LAID_OUT the mistake is made (the first of these texts), what stands there instead, the kind and the line.
LAID_OUT_MISTAKES = [
    ('"Action": [', '"Action":', "missing-opening-bracket", 8),
    ('"Resource": [', '"Resource":', "missing-opening-bracket", 23),
    ('"Statement": [', '"Statement":', "missing-opening-bracket", 4),
    ('"Action": [', '"Action": [[', "extra-opening-bracket", 7),
    ('"Statement": [', '"Statement": [[', "extra-opening-bracket", 3),
    ('"Condition": {', '"Condition": {{', "extra-opening-brace", 12),
    ('"Condition": {', '"Condition":', "missing-opening-brace", 13),
    ('"Condition": {', '"Condition": [', "wrong-bracket", 12),
    ('"Action": [', '"Action": {', "wrong-bracket", 7),
    ('"Action": [', '"Action: [', "unterminated-string", 7),
    ('"Statement": [', '"Statement: [', "unterminated-string", 3),
    ('"Condition": {', '"Condition: {', "unterminated-string", 12),
    ('"Action": "sqs:*"', '"Action: "sqs:*"', "unterminated-string", 30),
    ('"Resource": "*"', '"Resource: "*"', "unterminated-string", 11),
    ('"Action": [', '"Action"": [', "extra-quote", 7),
    ('"Action": [', '""Action": [', "extra-quote", 7),
    ('"s3:GetObject",', '"s3:GetObject"",', "extra-quote", 8),
    ('"Resource": "*"', '"Resource": ""*"', "extra-quote", 11),
    ('"aws:SourceVpc"', 'aws:SourceVpc"', "missing-opening-quote", 14),
    ('"s3:GetObject",', '"s3:GetObject":', "wrong-separator", 8),
    ('"Effect": "Allow"', '"Effect", "Allow"', "wrong-separator", 6),
    ("            ],\n", "            ]\n            ],\n", "extra-closing-bracket", 11),
    ("            ],\n", "            },\n", "wrong-bracket", 10),
    ("                }\n", "                ]\n", "wrong-bracket", 15),
    ("                }\n", "", "missing-closing-brace", 14),
    ("                }\n", "                }\n                }\n", "extra-closing-brace", 16),
    ("            }\n        },", "        },", "missing-closing-brace", 15),
    (
        '                "s3:ListBucket"\n            ],',
        '                "s3:ListBucket",',
        "missing-closing-bracket",
        9,
    ),
]


@pytest.mark.parametrize(("written", "broken", "kind", "line"), LAID_OUT_MISTAKES)
def test_a_mistake_in_a_laid_out_policy_is_told_once_on_its_line(
    written: str, broken: str, kind: str, line: int
) -> None:
    assert written in LAID_OUT
    document = parse(LAID_OUT.replace(written, broken, 1))
    assert [p.kind for p in document.problems] == [kind]
    assert document.position(document.problems[0].start).line == line
    assert sids(document) == ["First", "Second", "Third"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"V":"1"}, "S":[{"E" "a","R":"*",}]}', ["extra-closing-brace", "missing-colon", "trailing-comma"]),
        ('{"V":"1"} "S":[]}', ["extra-closing-brace", "missing-comma"]),
        ('{"S":[{"E":"a"}],{"E":"b"}]}', ["extra-closing-bracket"]),
        ('{"A":"b"],"R":"*"}', ["missing-opening-bracket"]),
        ('{{"V":"1"}', ["extra-opening-brace"]),
        ('{"Sid": \u201cA", "E" "Allow", "A":"s3:*" "R":"*",}',
         ["smart-quotes", "missing-colon", "missing-comma", "trailing-comma"]),
        ('{"Sid": "A\u201d, "E" "Allow"}', ["smart-quotes", "missing-colon"]),
        ("{\"Sid\": 'A\", \"E\": \"Allow\"}", ["single-quotes"]),
        ('{"a": 1, /* x\n "b" 2}', ["comment", "missing-colon"]),
        ('{"a":true"b":1}', ["missing-comma"]),
        ('{"a":1"b":2}', ["missing-comma"]),
        ('[true{"a":1},null[1],1{}]', ["missing-comma"] * 3),
        ('{"AWS": 123456789012"}', ["missing-opening-quote"]),
        ('{Resource:arn:aws:s3:::b/*}', ["unquoted-name", "unquoted-value"]),
        ('{"a": ( "b"}', ["unexpected-text"]),
        ('{"a": + "b"}', ["unexpected-text"]),
        ('{\\"Version\\": \\"2012-10-17\\"}', ["escaped-json"]),
        ('{"a":, "b"}', ["extra-comma"]),
        ('f {\n "V": "1"\n}', ["text-before"]),
        ('policy = {\n "V": {\n "x": 1\n }\n}', ["text-before"]),
    ],
)  # fmt: skip
def test_every_mistake_is_told_by_its_cause(text: str, expected: list[str]) -> None:
    assert [kind for kind, _ in problems(text)] == expected


def test_what_stands_before_the_policy_on_its_line_is_all_that_is_marked() -> None:
    assert problems("f " + LAID_OUT) == [("text-before", "f")]
    assert problems("policy = " + LAID_OUT) == [("text-before", "policy =")]
    assert sids(parse("policy = " + LAID_OUT)) == ["First", "Second", "Third"]


def test_a_bracket_is_never_read_again_without_end() -> None:
    for text in (
        '[["a"' * 3_000,
        '{"a":["b"},' * 3_000,
        '{"a":1}},"b":2,' * 3_000,
        '{"a","b":[}' * 3_000,
        "{[" * 3_000,
    ):
        check_spans(parse(text))


def test_opening_a_document_again_and_again_costs_no_more_than_its_text() -> None:
    text = '{"n":1' + ',"a":1}' * 4_000
    document = parse(text)
    assert document.problems
    check_spans(document)


names = st.sampled_from(["s3:GetObject", "sqs:Send*", "ec2:Describe*", "iam:PassRole", "logs:PutLogEvents"])
arns = st.sampled_from(["*", "arn:aws:s3:::b/*", "arn:aws:iam::111122223333:role/x", "arn:aws:s3:::${aws:username}"])
conditions = st.fixed_dictionaries(
    {"StringEquals": st.fixed_dictionaries({"aws:SourceVpc": st.sampled_from(["vpc-1", ["vpc-1", "vpc-2"]])})},
    optional={"Bool": st.just({"aws:SecureTransport": "true"})},
)
statements = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Action": names | st.lists(names, min_size=1, max_size=4),
        "Resource": arns | st.lists(arns, min_size=1, max_size=3),
    },
    optional={"Condition": conditions},
)


@st.composite
def broken(draw: st.DrawFn) -> tuple[str, int, int]:
    """A policy with one mistake, where it is, and how many statements the policy has."""
    found: list[dict[str, Any]] = draw(st.lists(statements, min_size=2, max_size=4))
    for at, statement in enumerate(found):
        found[at] = {"Sid": f"S{at}", **statement}
    policy = {"Version": "2012-10-17", "Statement": found}
    indent = draw(st.sampled_from([2, 4]))
    text = json.dumps(policy, indent=indent)
    match = draw(st.sampled_from(list(_TOKEN.finditer(text))))
    start, token = match.start(), match[0]
    if len(token) == 1:
        broken_token = draw(st.sampled_from(["", token * 2, _SWAPPED[token]]))
    else:
        broken_token = draw(st.sampled_from([token[1:], token[:-1], '"' + token, token + '"']))
    return text[:start] + broken_token + text[start + len(token) :], start, len(found)


@given(broken())
@settings(max_examples=300)
def test_one_mistake_is_met_near_its_place_and_loses_no_later_statement(case: tuple[str, int, int]) -> None:
    text, place, count = case
    document = parse(text)
    check_spans(document)
    assert document.problems
    line = text.count("\n", 0, place)
    assert min(abs(text.count("\n", 0, p.start) - line) for p in document.problems) <= 2
    assert seen_statements(document) >= count - 1
    assert len(document.problems) <= 2
    root = document.root
    assert root is not None
    assert not isinstance(root, MissingNode)
