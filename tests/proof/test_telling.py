"""Of a changed statement the part that is new is told, not the whole of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.proof.documents import allow, document, proofs
from workbench.policy.kinds import PolicyKind

GET, PUT, LIST = "s3:GetObject", "s3:PutObject", "s3:ListBucket"
A, B, C = "arn:aws:s3:::a/*", "arn:aws:s3:::b/*", "arn:aws:s3:::c/*"
TEAM = "aws:ResourceTag/team"


def gained(old: dict[str, Any], new: dict[str, Any]) -> str:
    found = proofs().compare(document(old), document(new), PolicyKind.IDENTITY).gained
    assert found.result == "FAIL"
    return found.reasons[0].text


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (allow([GET], A), allow([GET, PUT], A), f"{PUT} on {A}."),
        (allow(GET, A), allow(GET, [A, B]), f"{GET} on {B}."),
        (allow([GET, PUT], A), allow([GET, PUT], [A, B]), f"{GET}, {PUT} on {B}."),
        (allow([GET], [A]), allow([GET, PUT], [A, B]), f"{GET} on {B}. {PUT} on {A}, {B}."),
        (
            allow(GET, A, StringEquals={TEAM: ["x", "y"]}),
            allow(GET, A, StringEquals={TEAM: ["x", "y", "z"]}),
            f"{GET} on {A}, only if {TEAM} is z.",
        ),
        (
            allow(GET, A, IpAddress={"aws:SourceIp": ["203.0.113.0/24"]}),
            allow(GET, A, IpAddress={"aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24"]}),
            f"{GET} on {A}, only if aws:SourceIp is in 198.51.100.0/24.",
        ),
        (
            allow(GET, [A, B], StringLike={"aws:PrincipalTag/t": ["${aws:username}", "x*"]}),
            allow(GET, [A, B, C], StringLike={"aws:PrincipalTag/t": ["${aws:username}", "x*"]}),
            f"{GET} on {C}, only if aws:PrincipalTag/t is like ${{aws:username}} or x*.",
        ),
        (
            allow(GET, A, StringNotEquals={TEAM: ["x", "y"]}),
            allow(GET, A, StringNotEquals={TEAM: ["x"]}),
            f"{GET} on {A}, only if {TEAM} is not x, or {TEAM} is absent.",
        ),
    ],
)
def test_only_what_is_new_is_told(old: dict[str, Any], new: dict[str, Any], text: str) -> None:
    assert gained(old, new) == text


def test_of_many_pairs_the_statement_is_told_in_one_clause() -> None:
    buckets = [f"arn:aws:s3:::bucket-{n}/*" for n in range(13)]
    text = gained(allow(LIST, "arn:aws:s3:::a"), allow([GET, PUT], buckets))
    assert text.count(" on ") == 1
    assert "10 more" in text
