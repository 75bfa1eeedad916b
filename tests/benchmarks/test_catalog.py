"""How fast the catalog answers; budget of spec catalog.md section 7: under 50 ms for the first look-up."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.catalog.catalog import Catalog


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.open()


def test_first_look_up_of_a_fresh_catalog(benchmark: Any) -> None:
    found = benchmark(lambda: Catalog.open().action("sagemaker:CreateTrainingJob"))
    assert found is not None


def test_expansion_of_everything(benchmark: Any, catalog: Catalog) -> None:
    assert len(benchmark(catalog.expand_names, "*")) > 20_000


def test_suggestion_for_a_misspelt_action(benchmark: Any, catalog: Catalog) -> None:
    found = benchmark(catalog.suggest_action, "sagemaker:CreateTraningJob")
    assert found == "sagemaker:CreateTrainingJob"
