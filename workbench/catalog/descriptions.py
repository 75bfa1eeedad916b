"""What AWS says about an action or a condition key, in a sentence. A file of its own, opened by who shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from workbench.catalog import location
from workbench.catalog.store import CatalogMissing, Store


class Descriptions:
    """Names ignore case. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        if store.header.get("kind") != "descriptions":
            raise CatalogMissing(f"{store.path} holds no descriptions: run packaging/run to rebuild it")
        self._store = store
        self._loaded: dict[str, dict[str, str]] = {}

    @classmethod
    def open(cls, path: Path | None = None) -> Self:
        """The descriptions in `path`, by default beside the catalog. Raises CatalogMissing."""
        return cls(Store(location.find(location.DESCRIPTIONS) if path is None else path))

    def action(self, full_name: str) -> str:
        """Empty for an unknown action."""
        prefix, _, name = full_name.lower().partition(":")
        return self._blob(f"service/{prefix}").get(name, "")

    def key(self, name: str) -> str:
        """Of a key as the catalog spells it, placeholder included; empty for an unknown one."""
        return self._blob("keys").get(name.lower(), "")

    def _blob(self, name: str) -> dict[str, str]:
        found = self._loaded.get(name)
        if found is None:
            found = self._loaded[name] = self._store.load(name) if name in self._store else {}
        return found
