"""The catalog's answers to what the evaluation asks of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from workbench.catalog.catalog import Catalog
from workbench.catalog.model import Dependent
from workbench.evaluation.doubts import doubts


class CatalogFacts:
    """Answers `facts.Facts`. The catalog is opened at the first question."""

    def __init__(self, catalog: Callable[[], Catalog]) -> None:
        self._catalog = catalog
        self._doubts = lru_cache(maxsize=4096)(lambda action, resources: tuple(doubts(catalog(), action, resources)))

    def has_resource_types(self, action: str) -> bool | None:
        found = self._catalog().action(action)
        if found is None or found.status != "current":
            return None
        return bool(found.rows)

    def creates(self, action: str) -> bool:
        found = self._catalog().action(action)
        name = found.name if found else action.partition(":")[2]
        if not name.lower().startswith(("create", "import", "register", "run")):
            return False
        return found is None or self.supports_key(action, "aws:RequestTag/x")

    def adds_tags_with(self, action: str) -> str | None:
        found = self._catalog().action(action)
        if found is None or found.service != "sagemaker":
            return None
        return next((d.action for d in found.dependents if d.when == "tags"), None)

    def supports_key(self, action: str, key: str) -> bool:
        found = self._catalog().action(action)
        return found is not None and self._catalog().supports(found, key)

    def dependents(self, action: str) -> tuple[Dependent, ...]:
        return self._catalog().dependents(action)

    def doubts(self, action: str, resources: tuple[str, ...]) -> tuple[str, ...]:
        return self._doubts(action, resources)

    def is_multivalued(self, key: str) -> bool | None:
        found = self._catalog().key(key)
        return found.multivalued if found else None

    def key_type(self, key: str) -> str:
        found = self._catalog().key(key)
        return found.type if found else ""

    def rcp_supported(self, service: str) -> bool:
        return self._catalog().rcp_supported(service)

    def spelled(self, action: str) -> str:
        found = self._catalog().action(action)
        return found.full_name if found else action
