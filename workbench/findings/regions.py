"""Regions and partitions as the checks need them, out of the catalog's table."""

from __future__ import annotations

import re

from workbench.catalog.tables import partitions
from workbench.policy.names import edit_distance

_SHAPE = re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-[0-9]+")
_NUMBER = re.compile(r"[0-9]+$")


def known_partitions() -> tuple[str, ...]:
    return tuple(partitions())


def known_regions(partition: str) -> frozenset[str]:
    """The Regions of a partition; of all partitions where it is not a known one."""
    table = partitions()
    return frozenset(table.get(partition) or (region for regions in table.values() for region in regions))


def looks_like_a_region(text: str) -> bool:
    """Whether the text has the form of a Region's name, so that it may be a new one."""
    return _SHAPE.fullmatch(text) is not None


def nearest_region(text: str, regions: frozenset[str]) -> str | None:
    """The Region that `text` is a likely misspelling of. One that differs in the number only is none: it may be new."""
    lower = text.lower()
    distance, region = min(((edit_distance(lower, region, 2), region) for region in regions), default=(3, ""))
    if distance > 2 or (distance and _NUMBER.sub("", lower) == _NUMBER.sub("", region)):
        return None
    return region
