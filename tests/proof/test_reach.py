"""What each part of a document can decide, and what takes it away."""

from __future__ import annotations

from typing import Any

import pytest

from tests.proof.documents import allow, deny, document, proofs
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
