"""The garbage collector out of the way while policies are read and compiled."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_inside = 0
_was_on = False
_is_swept = False


def swept_elsewhere(on: bool) -> None:
    """Whether somebody looks through all values now and then (the window does, when nobody works in it). Then what was
    made while the collector was paused is left to that, and else to the collector's own full passes."""
    global _is_swept
    _is_swept = on


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without passes of the cyclic collector: while thousands of objects are made that all stay, each would look
    through them and find nothing. Calls may be nested and come from several threads: the last to leave turns it on
    again. The first pass after that would look through all that was made meanwhile, half a second for 1 MB, in which no
    other thread runs: it is made old at once, which costs nothing."""
    global _inside, _was_on
    with _lock:
        if not _inside:
            _was_on = gc.isenabled()
            if _is_swept:
                gc.collect(1)  # what is garbage by now is not for good
            gc.disable()
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside and _was_on:
                gc.freeze()
                if not _is_swept:
                    gc.unfreeze()
                gc.enable()
