"""Two documents compared: how they relate, and what of a change is named."""

from __future__ import annotations

import pytest

from tests.proof.documents import allow, document, proofs
from workbench.policy.kinds import PolicyKind


def test_two_documents_relate_in_one_of_four_ways() -> None:
    read, write = document(allow("s3:Get*")), document(allow("s3:Put*"))
    both = document(allow(["s3:Get*", "s3:Put*"]))
    compare = proofs().compare
    assert compare(read, read, PolicyKind.IDENTITY).relation == "equivalent"
    assert compare(both, read, PolicyKind.IDENTITY).relation == "narrower"
    assert compare(read, both, PolicyKind.IDENTITY).relation == "wider"
    assert compare(read, write, PolicyKind.IDENTITY).relation == "incomparable"


def test_a_comparison_names_only_the_actions_that_are_new() -> None:
    def gained(old: list[str], new: list[str]) -> list[str]:
        found = proofs().compare(document(allow(old)), document(allow(new)), PolicyKind.IDENTITY).gained
        return [reason.text for reason in found.reasons]

    assert gained(["s3:Get*", "s3:List*"], ["s3:Put*", "s3:List*"]) == ["s3:Put* on every resource."]
    assert gained(["s3:Get*"], ["s3:GetObject", "s3:GetBucketAcl", "sqs:SendMessage"]) == [
        "sqs:SendMessage on every resource."
    ]
    future = "s3:Get*, sqs:SendMessage on every resource."  # every action that AWS adds under s3:Get is new as well
    assert gained(["s3:GetObject"], ["s3:Get*", "sqs:SendMessage"]) == [future]


@pytest.mark.parametrize("more", [1, 17, 300])
def test_of_a_long_list_only_the_new_entries_are_named(more: int) -> None:
    names = [f"ec2:DescribeThing{n}" for n in range(more)]
    old = document(allow([*names, "s3:ListBucket"]))
    new = document(allow([*names, "s3:ListBucket", "s3:GetObject", "sqs:Delete*"]))
    (reason,) = proofs().compare(old, new, PolicyKind.IDENTITY).gained.reasons
    assert reason.text.startswith("s3:GetObject, sqs:Delete* on every resource"), reason.text


def test_a_long_list_that_is_all_new_is_named_whole() -> None:
    names = [f"ec2:DescribeThing{n}" for n in range(30)]
    (reason,) = proofs().compare(document(allow("sqs:*")), document(allow(names)), PolicyKind.IDENTITY).gained.reasons
    assert "and 27 more" in reason.text
