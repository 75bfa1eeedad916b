"""The garbage collector out of the way while policies are compiled."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without passes of the cyclic collector: while thousands of objects are made that all stay, each would look
    through them and find nothing. Whoever found it on turns it on again, so calls may be nested and come from several
    threads."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
