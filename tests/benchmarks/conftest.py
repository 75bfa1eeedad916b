"""What the measurements share."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

SELDOM = 1_000


@pytest.fixture
def seldom_collected() -> Iterator[None]:
    """Full collections of garbage as rare as on the command line: the window makes them when nobody works in it."""
    before = gc.get_threshold()
    gc.set_threshold(*before[:2], SELDOM)
    yield
    gc.set_threshold(*before)
