"""The compiled files as the set-up made them. Without them these tests fail: a catalog that is not there is a defect
of the set-up, not a reason to skip."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import shared
from workbench.catalog.catalog import Catalog
from workbench.catalog.managed import ManagedPolicies
from workbench.catalog.store import CatalogMissing


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    try:
        return Catalog.open()
    except CatalogMissing as missing:
        pytest.fail(f"the tests of the catalog need the compiled catalog: {missing}", pytrace=False)


@pytest.fixture(scope="session")
def managed() -> ManagedPolicies:
    try:
        return ManagedPolicies.open()
    except CatalogMissing as missing:
        pytest.fail(f"the tests of the library need the compiled library: {missing}", pytrace=False)


@pytest.fixture(scope="session")
def policy_actions() -> Callable[[], dict[str, list[str]]]:
    """Policy name -> the action entries of AWS's own managed policies; skips if the shared data is absent."""

    def read() -> dict[str, list[str]]:
        return dict(_action_entries(shared("data/managed-policies.jsonl.gz")))

    return read


def _action_entries(path: Path) -> Iterator[tuple[str, list[str]]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            policy = json.loads(line)
            statements = policy["document"]["Statement"]
            entries: list[str] = []
            for statement in statements if isinstance(statements, list) else [statements]:
                for member in ("Action", "NotAction"):
                    value = statement.get(member, [])
                    entries += [value] if isinstance(value, str) else value
            yield policy["name"], entries
