"""The budgets of spec catalog.md sections 4 and 7, best of several runs: a busy machine is no reason to fail."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from workbench.catalog.catalog import Catalog


def best(work: Callable[[], object], runs: int = 7) -> float:
    """Milliseconds of the fastest run."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times) * 1000


@pytest.mark.usefixtures("catalog")
def test_opening() -> None:
    assert best(Catalog.open) < 20


@pytest.mark.usefixtures("catalog")
def test_first_look_up() -> None:
    assert best(lambda: Catalog.open().action("sagemaker:CreateTrainingJob")) < 50


@pytest.mark.usefixtures("catalog")
def test_the_whole_catalog_in_time() -> None:
    assert best(lambda: Catalog.open().expand("*", include_retired=True)) < 100


@pytest.mark.usefixtures("catalog")
def test_the_whole_catalog_in_memory() -> None:
    tracemalloc.start()
    try:
        opened = Catalog.open()
        opened.expand("*", include_retired=True)
        opened.key("aws:TagKeys")
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] < 40_000_000
    finally:
        tracemalloc.stop()


def test_a_look_up_after_that(catalog: Catalog) -> None:
    names = catalog.expand_names("sagemaker:*")
    for name in names:
        catalog.action(name)
    per_round = best(lambda: [catalog.action(name) for name in names])
    assert per_round / len(names) < 0.005
    catalog.key("aws:ResourceTag/a")
    assert best(lambda: [catalog.key("aws:ResourceTag/a") for _ in range(1000)]) < 5


def test_expanding_4900_patterns(policy_actions: Callable[[], dict[str, list[str]]]) -> None:
    entries = sorted(policy_actions().values(), key=len)[-10:]
    patterns = [entry for listed in entries for entry in listed][:4_900]
    assert len(patterns) == 4_900
    names_only = Catalog.open()  # decodes no service
    assert best(lambda: [names_only.expand_names(pattern) for pattern in patterns], runs=3) < 100
    fresh = Catalog.open()
    assert best(lambda: [fresh.expand(pattern) for pattern in patterns], runs=3) < 100


def test_completion_keeps_up_with_typing(catalog: Catalog) -> None:
    catalog.search_actions("a")
    for typed in ("c", "create", "traini", "sagemaker:Create", "zzzz"):
        assert best(lambda typed=typed: catalog.search_actions(typed)) < 50


@pytest.mark.usefixtures("catalog")
def test_threads_may_share_a_catalog() -> None:
    shared_catalog = Catalog.open()  # nothing is decoded yet: all threads do it at once
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda pattern: shared_catalog.expand(pattern, True), ["*"] * 8))
        keys = list(pool.map(shared_catalog.supported_keys, ["sagemaker:CreateModel"] * 16))
    assert all(answer == found[0] for answer in found)
    assert all(answer == keys[0] for answer in keys)
    assert len(found[0]) > 22_321
