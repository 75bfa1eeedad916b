"""What a start costs. Run with `--benchmark-enable`; budgets: design.md section 6; 50 ms for packaging/run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

import pytest

from tests.packaging.clones import Clone, make_clone
from tests.support import REPOSITORY


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    clone = make_clone(tmp_path_factory.mktemp("made") / "clone")
    assert clone.start("validate").returncode == 0
    return clone


def test_what_the_set_up_adds_to_a_second_start(benchmark: Any, made: Clone) -> None:
    """The same program with and without packaging/run before it; budget: 50 ms between the two."""
    (python,) = (made.path / ".setup").glob("run-*/bin/python3")
    (data,) = (made.path / ".setup").glob("data-*/data")
    bare = made.environment(PYTHONPATH=str(made.path), POLICY_WORKBENCH_DATA=str(data))
    added: list[float] = []

    def duration(*command: str, env: dict[str, str]) -> float:
        start = time.perf_counter()
        subprocess.run(command, env=env, check=True, capture_output=True, cwd="/")
        return time.perf_counter() - start

    def both() -> None:
        without = duration(str(python), "-P", "-m", "workbench", "--version", env=bare)
        added.append(duration(str(made.path / "packaging/run"), "--version", env=made.environment()) - without)

    benchmark.pedantic(both, rounds=30 if benchmark.enabled else 1, iterations=1)
    added.sort()
    benchmark.extra_info["added ms"] = [round(added[len(added) * part // 100] * 1_000, 1) for part in (10, 50, 90)]
    print("added by packaging/run, ms (10 %, 50 %, 90 %):", benchmark.extra_info["added ms"])
    if benchmark.enabled:
        assert added[len(added) // 2] < 0.050


def test_validate_one_file(benchmark: Any) -> None:
    """The whole process; budget: 200 ms."""
    policy = next((REPOSITORY / "resources/examples").rglob("team-tags.json"))
    command = [sys.executable, "-P", "-m", "workbench", "validate", str(policy)]

    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}

    def validate() -> None:
        subprocess.run(command, env=environment, check=True, capture_output=True)

    benchmark.pedantic(validate, rounds=10 if benchmark.enabled else 1, iterations=1)
