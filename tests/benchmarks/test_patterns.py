"""How matching grows with hostile patterns and texts: each row must grow with its size, not with its square."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.catalog import glob
from workbench.evaluation.arn_patterns import ResourcePattern
from workbench.evaluation.glob import compile_glob
from workbench.policy.tokens import tokenize

HOSTILE = {
    "stars": lambda size: ("*a" * 500 + "*b*", "a" * size),
    "questions": lambda size: ("?" * (size - 1) + "b", "a" * size),
    "near misses": lambda size: ("*" + "a?" * 500 + "b*", "a" * size),
}


@pytest.mark.parametrize("size", [1_000, 10_000, 100_000, 1_000_000])
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_glob(benchmark: Any, kind: str, size: int) -> None:
    pattern, text = HOSTILE[kind](size)
    compiled = compile_glob(pattern)
    assert benchmark(compiled.matches, text) is False


@pytest.mark.parametrize("size", [1_000, 10_000, 100_000])
def test_a_hostile_name_in_the_catalog(benchmark: Any, size: int) -> None:
    assert benchmark(glob.matches, "a*" * 200 + "b", "a" * size) is False


@pytest.mark.parametrize("size", [1_000, 10_000, 100_000])
def test_wildcards_inside_a_segment(benchmark: Any, size: int) -> None:
    pattern = ResourcePattern(tokenize("arn:" + "a*?" * 100 + "b:z", wildcards=True, variables=False).parts)
    assert benchmark(pattern.matches, "arn:" + "a" * size + ":ab:z") is False
