"""Time to read a policy. Budget: 0.4 ms for 6 KB, 80 ms for 0.84 MB (design.md section 7)."""

from __future__ import annotations

import json

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from workbench.document.nodes import Document
from workbench.document.parser import parse


def policy(size: int) -> str:
    """A plain policy of at least `size` characters, laid out as AWS's console does."""
    statements: list[object] = []
    text = ""
    while len(text) < size:
        missing = max(1, (size - len(text)) // 800)
        for at in range(len(statements), len(statements) + missing):
            statements.append(
                {
                    "Sid": f"Statement{at}",
                    "Effect": "Deny" if at % 3 == 0 else "Allow",
                    "Action": ["s3:GetObject", "s3:PutObject", "sagemaker:CreateTrainingJob", "logs:*"],
                    "Resource": [f"arn:aws:s3:::bucket-{at}", f"arn:aws:s3:::bucket-{at}/*"],
                    "Condition": {"StringEquals": {"aws:SourceVpc": f"vpc-{at:08x}"}},
                }
            )
        text = json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=4)
    return text


@pytest.mark.parametrize(("size", "budget"), [(6_000, 0.0004), (840_000, 0.080)], ids=["6KB", "840KB"])
def test_parse(benchmark: BenchmarkFixture, size: int, budget: float) -> None:
    text = policy(size)
    document: Document = benchmark(parse, text)
    assert document.problems == ()
    # Without --benchmark-enable there is one run and no statistics; the budget is for measured runs.
    if benchmark.stats is not None:
        assert benchmark.stats.stats.min < budget


@pytest.mark.parametrize("size", [6_000, 840_000], ids=["6KB", "840KB"])
def test_parse_with_a_missing_comma(benchmark: BenchmarkFixture, size: int) -> None:
    """While somebody types, the text is broken most of the time."""
    text = policy(size)
    at = text.rindex(",\n")
    document: Document = benchmark(parse, text[:at] + text[at + 1 :])
    assert [problem.kind for problem in document.problems] == ["missing-comma"]
