"""What each part of a document can decide, and what takes it away."""

from __future__ import annotations

from typing import Any

import pytest

from tests.proof.documents import allow, deny, document, granted_to, proofs
from workbench.policy.kinds import PolicyKind

VPC = "aws:SourceVpc"


def test_reachability_speaks_of_the_document_alone() -> None:
    found = proofs().reachability(document({**deny("s3:*"), "Principal": "*"}), PolicyKind.RCP)
    assert [r.index for r in found] == [0]


@pytest.mark.parametrize(
    ("statements", "wanted"),
    [
        ([allow("s3:*"), allow("s3:Get*", "arn:aws:s3:::b/*")], [("decides", ()), ("shadowed", (0,))]),
        (
            [allow("s3:Get*"), allow("s3:Put*"), allow(["s3:GetObject", "s3:PutObject"])],
            [("decides", ()), ("decides", ()), ("shadowed", (0, 1))],
        ),
        ([allow("s3:Get*"), deny("s3:*")], [("shadowed", (1,)), ("decides", ())]),
        ([deny("s3:*"), deny("s3:Get*")], [("decides", ()), ("shadowed", (0,))]),
        ([allow("s3:*", StringEquals={VPC: "a"}, StringNotEquals={VPC: "a"})], [("never matches", ())]),
        ([allow([])], [("never matches", ())]),
    ],
)
def test_what_a_statement_can_decide(statements: list[Any], wanted: list[tuple[str, tuple[int, ...]]]) -> None:
    found = proofs().reachability(document(*statements), PolicyKind.IDENTITY)
    assert [(r.reach, r.by) for r in found] == wanted


def entries(*statements: dict[str, Any], kind: PolicyKind = PolicyKind.IDENTITY) -> dict[str, tuple[str, Any, Any]]:
    """Of each entry of the first statement by its text: what it can do, and because of which entries and statements."""
    found = proofs().entries_reach(document(*statements), kind, 0)
    return {entry.text: (entry.reach.value, entry.by_entries, entry.by) for entry in found}


DECIDES = ("decides", (), ())


def test_an_action_may_be_covered_by_another_of_its_list_or_by_a_statement() -> None:
    found = entries(allow(["s3:GetObject", "s3:Get*", "sqs:SendMessage"]), deny("sqs:*"))
    assert found == {
        "s3:GetObject": ("shadowed", (1,), ()),
        "s3:Get*": DECIDES,
        "sqs:SendMessage": ("shadowed", (), (1,)),
        "*": DECIDES,
    }


def test_two_may_be_needed_to_cover_an_entry() -> None:
    found = entries(
        allow(["s3:GetObject", "s3:PutObject", "s3:??tObject"]), allow("s3:PutObject"), allow("s3:GetObject")
    )
    assert found["s3:??tObject"] == ("shadowed", (0, 1), ())
    assert found["s3:GetObject"] == ("shadowed", (2,), ())


def test_resources_and_what_is_not_a_resource() -> None:
    found = entries(allow("s3:GetObject", ["arn:aws:s3:::b/*", "arn:aws:s3:::b/x", "arn:aws:sqs:*:*:q"]))
    assert found["arn:aws:s3:::b/x"] == ("shadowed", (0,), ())
    assert found["arn:aws:s3:::b/*"] == DECIDES
    everything_but = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "NotResource": ["arn:aws:s3:::b/*", "arn:aws:s3:::b/x"],
    }
    assert entries(everything_but)["arn:aws:s3:::b/x"] == ("shadowed", (0,), ())
    assert entries(everything_but)["arn:aws:s3:::b/*"] == DECIDES


def test_condition_values() -> None:
    found = entries(allow("ec2:*", IpAddress={"aws:SourceIp": ["203.0.113.0/24", "203.0.113.7", "198.51.100.0/24"]}))
    assert found["203.0.113.7"] == ("shadowed", (0,), ())
    assert found["198.51.100.0/24"] == DECIDES
    found = entries(allow("ec2:*", StringNotLike={VPC: ["vpc-1*", "vpc-12"]}))
    assert (found["vpc-1*"], found["vpc-12"]) == (DECIDES, ("shadowed", (0,), ()))
    found = entries(allow("ec2:*", ForAllValues__StringEquals={"aws:TagKeys": ["a", "b"]}))
    assert found["a"] == found["b"] == DECIDES


def test_principal_entries() -> None:
    statement = granted_to({"AWS": ["*", "444455556666"], "Service": "ec2.amazonaws.com"})
    found = entries(statement, kind=PolicyKind.RESOURCE)
    assert found["*"] == DECIDES
    assert found["444455556666"][:2] == ("shadowed", (0,))


def test_an_entry_that_nothing_can_match() -> None:
    both = {"StringEquals": {VPC: ["vpc-1", "vpc-2"]}, "StringNotEquals": {VPC: "vpc-1"}}
    assert entries({**allow("ec2:*"), "Condition": both})["vpc-2"] == DECIDES
    found = proofs().entries_reach(document({**allow("ec2:*"), "Condition": both}), PolicyKind.IDENTITY, 0)
    assert next(e.reach for e in found if e.text == "vpc-1" and e.path[1] == "StringEquals") == "never matches"
