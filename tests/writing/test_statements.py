"""Duplicate, move, split and merge: the author's white space stays, and so does the access where it should."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.engine import Engine, Validation
from workbench.findings.model import Effect, Fix
from workbench.writing.difference import difference
from workbench.writing.rewriting import Refused
from workbench.writing.statements import duplicate, merge, move, split_by_action, split_by_resource, split_by_service

TEXT = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Read",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "sqs:ReceiveMessage", "S3:ListBucket"],
      "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::b"]
    },
    {"Sid": "Read2", "Effect": "Allow", "Action": "sns:Publish", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::a"]}
  ]
}
"""
IN_FIRST, IN_SECOND = TEXT.index("Effect"), TEXT.index("sns:")


def statements(text: str) -> Any:
    return json.loads(text)["Statement"]


def effect(before: str, after: str) -> Effect:
    engine = Engine()
    document = engine.parse(before)
    validation = Validation(engine.guess_kind(document), document, (), ())
    return engine.fix_verdict(validation, Fix("", difference(before, after))).effect


def test_a_duplicate_has_a_sid_of_its_own_and_the_caret() -> None:
    made = duplicate(TEXT, IN_FIRST)
    first, second, third = statements(made.text)
    assert [first["Sid"], second["Sid"], third["Sid"]] == ["Read", "Read3", "Read2"]
    assert {**second, "Sid": "Read"} == first
    assert made.text[made.caret :].startswith('{\n      "Sid": "Read3"')
    assert made.text.replace(made.text[made.caret : made.text.index("},", made.caret) + 7], "", 1) == TEXT


def test_a_statement_without_a_list_becomes_one_of_two() -> None:
    made = duplicate('{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}', 20)
    assert len(statements(made.text)) == 2
    assert made.text[made.caret] == "{"


def test_a_moved_statement_takes_the_caret_along() -> None:
    down = move(TEXT, IN_FIRST, by=1)
    assert [s["Sid"] for s in statements(down.text)] == ["Read2", "Read"]
    assert down.text[down.caret :].startswith("Effect")
    up = move(down.text, down.caret, by=-1)
    assert (up.text, up.caret) == (TEXT, IN_FIRST)
    with pytest.raises(Refused, match="the last statement already"):
        move(TEXT, IN_SECOND, by=1)
    with pytest.raises(Refused, match="the first statement already"):
        move(TEXT, IN_FIRST, by=-1)


@pytest.mark.parametrize(
    ("split", "sids"),
    [
        (split_by_service, ["ReadS3", "ReadSqs"]),
        (split_by_action, ["Read", "Read3", "Read4"]),
        (split_by_resource, ["Read", "Read3"]),
    ],
)
def test_a_split_keeps_access_and_its_parts_are_merged_again(split: Any, sids: list[str]) -> None:
    made = split(TEXT, IN_FIRST)
    assert [s["Sid"] for s in statements(made.text)] == [*sids, "Read2"]
    assert effect(TEXT, made.text) is Effect.SAME
    assert made.text[made.caret :].startswith('{\n      "Sid": "Read')
    whole = made
    for _ in sids[1:]:
        whole = merge(whole.text, whole.caret)
    before, after = statements(TEXT)[0], statements(whole.text)[0]
    assert sorted(after["Action"]) == sorted(before["Action"])
    assert after["Resource"] == before["Resource"]
    assert len(statements(whole.text)) == 2


def test_merging_joins_what_differs_and_nothing_else() -> None:
    made = merge(TEXT, IN_FIRST)
    [only] = statements(made.text)
    assert only["Action"] == ["s3:GetObject", "sqs:ReceiveMessage", "S3:ListBucket", "sns:Publish"]
    assert only["Resource"] == ["arn:aws:s3:::a", "arn:aws:s3:::b"]
    assert made.text[made.caret :].startswith("Effect")
    assert effect(TEXT, made.text) is Effect.SAME
    twice = duplicate(TEXT, IN_SECOND)
    assert statements(merge(twice.text, IN_SECOND).text) == statements(TEXT)


@pytest.mark.parametrize(
    ("command", "old", "new", "sentence"),
    [
        (merge, '"Effect": "Allow", "Action": "sns', '"Effect": "Deny", "Action": "sns', "differ in Effect and Action"),
        (merge, '"arn:aws:s3:::b", "arn:aws:s3:::a"', '"*"', "differ in Action and Resource"),
        (merge, '"Action": "sns:Publish"', '"NotAction": "sns:Publish"', "differ in Action and NotAction"),
        (split_by_service, '"Action": ["s3', '"NotAction": ["s3', "NotAction cannot be split"),
        (split_by_resource, '"Resource": ["arn:aws:s3:::a", "arn:aws:s3:::b"]', '"Resource": "*"', "nothing to split"),
        (duplicate, "}\n  ]", "\n  ]", "The JSON has a mistake"),
        (duplicate, '"Sid": "Read",', '"Sid": "Read", "Sid": "x",', "The name Sid stands twice"),
        (duplicate, '"Statement"', '"Statements"', "has no statements"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(command: Any, old: str, new: str, sentence: str) -> None:
    text = TEXT.replace(old, new, 1)
    with pytest.raises(Refused, match=sentence):
        command(text, text.index("Effect"))


def test_outside_of_a_statement_nothing_is_done() -> None:
    with pytest.raises(Refused, match="Put the caret into a statement"):
        duplicate(TEXT, 0)


ACTIONS = st.lists(st.sampled_from(["s3:a", "s3:b", "sqs:a", "*"]), min_size=1, max_size=4, unique=True)
ONE_OR_LIST = st.sampled_from(["*", "s3:a"]) | ACTIONS
STATEMENT = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": ONE_OR_LIST, "Resource": ONE_OR_LIST},
    optional={"Sid": st.sampled_from(["A", "B", "A2"])},
)
COMMANDS = [
    duplicate,
    partial(move, by=1),
    partial(move, by=-1),
    split_by_service,
    split_by_action,
    split_by_resource,
    merge,
]


def asked(policy: list[Any]) -> set[tuple[str, str, str]]:
    """Effect, action and resource of everything that is said."""

    def each(value: Any) -> list[Any]:
        return value if isinstance(value, list) else [value]

    return {(s["Effect"], a, r) for s in policy for a in each(s["Action"]) for r in each(s["Resource"])}


@given(
    st.lists(STATEMENT, min_size=1, max_size=3),
    st.integers(0, 2),
    st.sampled_from(COMMANDS),
    st.sampled_from([None, 1, 2]),
)
def test_every_change_says_the_same(policy: list[Any], at: int, command: Any, indent: int | None) -> None:
    text = json.dumps({"Statement": policy}, indent=indent)
    starts = [i for i, char in enumerate(text) if char == "{"][1:]
    try:
        made = command(text, starts[at % len(starts)] + 1)
    except Refused:
        return
    assert asked(statements(made.text)) == asked(policy)
    assert 0 <= made.caret <= len(made.text)
