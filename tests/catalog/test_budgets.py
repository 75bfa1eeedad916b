"""The whole catalog in memory (spec catalog.md section 7), and threads that share one. Time is for the benchmarks."""

from __future__ import annotations

import gc
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest

from workbench.catalog.catalog import Catalog


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


@pytest.mark.usefixtures("catalog")
def test_threads_may_share_a_catalog() -> None:
    shared_catalog = Catalog.open()  # nothing is decoded yet: all threads do it at once
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda pattern: shared_catalog.expand(pattern, True), ["*"] * 8))
        keys = list(pool.map(shared_catalog.supported_keys, ["sagemaker:CreateModel"] * 16))
    assert all(answer == found[0] for answer in found)
    assert all(answer == keys[0] for answer in keys)
    assert len(found[0]) > 22_321
