"""What the measurements share."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

SELDOM = 1_000
LONGEST = 10_000_000
"""Characters. Texts of this length are there to be measured: what else they could show, those of 1 MB do."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("benchmark_enable") or not config.getoption("benchmark_disable"):
        return
    for item in items:
        spec = getattr(item, "callspec", None)
        if spec is not None and "/benchmarks/" in item.path.as_posix() and LONGEST in spec.params.values():
            item.add_marker(pytest.mark.skip(reason="measured only: --benchmark-enable"))


@pytest.fixture
def seldom_collected() -> Iterator[None]:
    """Full collections of garbage as rare as on the command line: the window makes them when nobody works in it."""
    before = gc.get_threshold()
    gc.set_threshold(*before[:2], SELDOM)
    yield
    gc.set_threshold(*before)
