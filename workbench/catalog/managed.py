"""The library of AWS managed policies, dated; a document is decoded when it is named.

Source: spec catalog.md section 8.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple, Self

from workbench.catalog import location
from workbench.catalog.store import CatalogMissing, Store

_ARN_START = "arn:aws:iam::aws:policy"


class ManagedPolicy(NamedTuple):
    """`document` is JSON text, laid out for reading; `updated` the day AWS changed it last."""

    name: str
    arn: str
    version: str
    updated: str
    document: str


class ManagedPolicies:
    """By name (`AmazonSageMakerFullAccess`) or ARN, as AWS writes them. Immutable, safe to share between threads."""

    def __init__(self, store: Store) -> None:
        if store.header.get("kind") != "managed-policies":
            raise CatalogMissing(f"{store.path} is no library of managed policies: run packaging/run to rebuild it")
        self._store = store
        self.date: str = store.header["date"]
        self._rows = {name: (f"{_ARN_START}{path}{name}", v, day) for name, path, v, day in store.load("index")}
        self._by_arn = {arn: name for name, (arn, _, _) in self._rows.items()}

    @classmethod
    def open(cls, path: Path | None = None) -> Self:
        """The library in `path`, by default beside the catalog. Raises CatalogMissing."""
        return cls(Store(location.find(location.MANAGED) if path is None else path))

    def names(self) -> tuple[str, ...]:
        return tuple(self._rows)

    def __contains__(self, name: object) -> bool:
        return name in self._rows or name in self._by_arn

    def get(self, name: str) -> ManagedPolicy | None:
        """The policy of a name or an ARN; None means "not in the library of `date`", never an empty policy."""
        found = name if name in self._rows else self._by_arn.get(name)
        if found is None:
            return None
        arn, version, updated = self._rows[found]
        document = json.dumps(self._store.load(f"policy/{found}"), ensure_ascii=False, indent=4)
        return ManagedPolicy(found, arn, version, updated, document)
