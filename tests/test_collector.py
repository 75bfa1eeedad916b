"""The collector out of the way, and what follows when it comes back."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from workbench import collector
from workbench.collector import collector_paused


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.enable()
    yield
    collector.swept_elsewhere(False)
    gc.unfreeze()
    (gc.enable if was_on else gc.disable)()


def test_whoever_leaves_last_turns_it_on_again() -> None:
    first, second = collector_paused(), collector_paused()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert not gc.isenabled()
    second.__exit__(None, None, None)
    assert gc.isenabled()


def test_what_is_off_stays_off() -> None:
    gc.disable()
    with collector_paused():
        assert not gc.isenabled()
    assert not gc.isenabled()


@pytest.mark.parametrize("swept", [False, True])
def test_what_was_made_meanwhile_is_not_looked_at_by_the_next_pass(swept: bool) -> None:
    collector.swept_elsewhere(swept)
    made: list[object] = []
    with collector_paused():
        made.extend([] for _ in range(50_000))
    assert gc.get_count()[0] < 5_000
    young = {id(each) for each in gc.get_objects(generation=0)}
    assert not young & {id(each) for each in made}
    old = gc.get_freeze_count()
    assert (old >= 50_000) is swept
