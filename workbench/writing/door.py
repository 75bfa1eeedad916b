"""The one door to the room: what stands at a place of a policy, and what can be written there."""

from __future__ import annotations

from functools import cached_property

from workbench.catalog.catalog import Catalog
from workbench.catalog.descriptions import Descriptions
from workbench.catalog.store import CatalogMissing
from workbench.document.nodes import Document
from workbench.policy.kinds import PolicyKind
from workbench.writing.completion import complete
from workbench.writing.hover import Hover, hover_at
from workbench.writing.proposals import Proposal


class Writing:
    """Answers from one catalog. Safe to share between threads."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def explain_at(self, document: Document, offset: int) -> Hover | None:
        """What stands at `offset` (code points) and what it means, None where there is nothing to say."""
        return hover_at(document, offset, self._catalog, self._descriptions)

    def complete(self, text: str, offset: int, kind: PolicyKind) -> tuple[Proposal, ...]:
        """What can be written at `offset` (code points) of a policy's text, the likeliest first."""
        return complete(text, offset, kind, self._catalog)

    @cached_property
    def _descriptions(self) -> Descriptions | None:
        try:
            return Descriptions.open()
        except CatalogMissing:  # AWS's own sentences are a help, not a need
            return None
