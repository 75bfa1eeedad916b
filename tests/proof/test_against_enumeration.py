"""Verdicts against the evaluation engine on small alphabets: no request may be newly allowed where the verdict is PASS,
and every witness is one. `POLICY_WORKBENCH_CASES=5000` makes it a long run."""

from __future__ import annotations

import json
import random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.proof.documents import cases, engine, new_access
from tests.proof.test_witnesses import contradictions
from workbench.evaluation.decision import Outcome
from workbench.evaluation.request import NamedPolicy, PolicySet, Principal, Request, Scenario
from workbench.proof.assumed import TOGETHER
from workbench.proof.verdicts import Result

CASES = cases(10, 40)
TRIES = 120
ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:Get*", "s3:*", "s3:?etObject", "s3:*Object", "*"]
RESOURCES = [
    "*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/a*",
    "arn:aws:s3:::b/ab",
    "arn:aws:s3:::*/a",
    "arn:aws:s3:::b/${aws:PrincipalTag/t}",
    "arn:aws:s3:::b/${aws:PrincipalTag/t}/*",
    "arn:aws:s3:::?/a?",
    "arn:aws:s3:::b/a/*",
]
TEXTS = [
    ("StringEquals", ["a", "b", "ab", "${aws:PrincipalTag/t}"]),
    ("StringNotEquals", ["a", "b", "${aws:PrincipalTag/t}"]),
    ("StringLike", ["a*", "?", "*b", "${aws:PrincipalTag/t}*"]),
    ("StringNotLike", ["a*", "?b"]),
    ("StringEqualsIgnoreCase", ["A", "b"]),
]
TESTS: dict[str, list[tuple[str, list[str]]]] = {
    "aws:SourceVpc": TEXTS,
    "aws:TagKeys": TEXTS,
    "aws:PrincipalTag/t": TEXTS,
    "aws:username": TEXTS,
    "s3:max-keys": [("NumericLessThan", ["5", "7"]), ("NumericEquals", ["5"]), ("NumericNotEquals", ["6"])],
    "aws:SourceIp": [("IpAddress", ["10.0.0.0/8", "10.1.0.0/16"]), ("NotIpAddress", ["10.1.0.0/16"])],
    "aws:PrincipalArn": [
        ("ArnLike", ["arn:aws:iam::*:user/a*", "arn:aws:iam::111122223333:role/*"]),
        ("ArnNotLike", ["arn:aws:iam::*:user/*"]),
    ],
}
VALUES: dict[str, list[Any]] = {
    "aws:SourceVpc": [None, "a", "b", "ab", "B", "x"],
    "aws:TagKeys": [None, ("a",), ("a", "b"), ("x",), ("ab", "b")],
    "s3:max-keys": [None, "4", "5", "6", "7", "9"],
    "aws:SourceIp": [None, "10.1.2.3", "10.2.2.3", "8.8.8.8"],
    "aws:PrincipalTag/t": [None, "a", "ab", "x", "a/q"],
}
CALLERS = [
    "arn:aws:iam::111122223333:user/ab",
    "arn:aws:iam::111122223333:user/b",
    "arn:aws:sts::111122223333:assumed-role/r/s",
]
ASKED = ["s3:GetObject", "s3:PutObject", "s3:GetObjectAcl", "s3:ListBucket", "ec2:RunInstances", "s3:Zzz"]
NAMES = ["b/a", "b/ab", "b/x", "b/a/q", "c/a", "c/ax", "q/z", "b/a/q/z"]


def some(values: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    block: dict[str, Any] = {}
    for key in draw(st.lists(st.sampled_from(sorted(TESTS)), max_size=2, unique=True)):
        name, values = draw(st.sampled_from(TESTS[key]))
        if draw(st.integers(0, 5)) == 0:
            block.setdefault("Null", {})[key] = draw(st.sampled_from(["true", "false"]))
            continue
        name += draw(st.sampled_from(["", "", "", "IfExists"]))
        if key == "aws:TagKeys":
            name = draw(st.sampled_from(["", "ForAllValues:", "ForAnyValue:"])) + name
        block.setdefault(name, {})[key] = draw(some(values))
    return block


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    made[draw(st.sampled_from(["Action"] * 8 + ["NotAction"]))] = draw(some(ACTIONS))
    made[draw(st.sampled_from(["Resource"] * 8 + ["NotResource"]))] = draw(some(RESOURCES))
    if block := draw(conditions()):
        made["Condition"] = block
    return made


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, str]:
    """A document and a change of it, either way round."""
    one = draw(st.lists(statements(), min_size=1, max_size=3))
    other = [dict(s) for s in one]
    for _ in range(draw(st.integers(0, 2))):
        change = draw(st.integers(0, 2))
        at = draw(st.integers(0, len(other) - 1)) if other else 0
        if change == 0 and len(other) > 1:
            del other[at]
        elif change == 1:
            other.append(draw(statements()))
        else:
            other[at] = {**draw(statements()), "Effect": other[at]["Effect"]}
    texts = [json.dumps({"Version": "2012-10-17", "Statement": found}) for found in (one, other)]
    return (texts[0], texts[1]) if draw(st.booleans()) else (texts[1], texts[0])


def requests(seed: int) -> list[Request]:
    drawn = random.Random(seed)
    found = []
    for _ in range(TRIES):
        context = {key: value for key, values in VALUES.items() if (value := drawn.choice(values)) is not None}
        principal = Principal(arn=drawn.choice(CALLERS))
        resource = f"arn:aws:s3:::{drawn.choice(NAMES)}"
        found.append(Request(principal, drawn.choice(ASKED), (resource,), context=context, alone=True))
    return found


def decision(text: str, request: Request) -> Outcome:
    return engine().prepare(Scenario(request, PolicySet(identity=(NamedPolicy("p", text),)))).outcome()


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(pairs(), st.integers(0, 10_000))
def test_no_request_contradicts_a_verdict(pair: tuple[str, str], seed: int) -> None:
    old, new = pair
    verdict = new_access(old, new)
    if verdict.result is Result.PASS:
        for request in requests(seed):
            if TOGETHER in verdict.assumptions and contradictions(request):
                continue  # the verdict says that AWS never sends it
            assert decision(new, request) is not Outcome.ALLOWED or decision(old, request) is Outcome.ALLOWED, request
    if verdict.witness is not None:
        assert engine().simulate(verdict.witness).outcome is Outcome.ALLOWED
        assert decision(old, verdict.witness.request) is not Outcome.ALLOWED
