"""Long work that nobody waits for any more stops, and steps aside for what somebody does wait for: its loops call
`check` once for each statement or so.

One is set for a thread as long as it works for somebody who may lose patience; without one, `check` does nothing. Only
one thread at a time runs Python: one that paints asks for its turn hundreds of times, and each time waits for a worker
to be stopped. `in_front` tells the workers to rest meanwhile."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

REST_S = 0.04
"""What ends the patience is a key: it is served before the work is taken down."""
WORK_S = 0.001
"""So long a worker goes on before it looks whether it should rest again: it gets on, if slowly, whatever others do."""
MOST_REST_S = 0.01
_BREATH_S = 0.0005
FORGOTTEN_S = 0.2
"""Whoever has been in front for so long is stuck, or has ended without a word."""
_PIECES = 4_000
_OURS = ("workbench.document", "workbench.policy")
_here = threading.local()
_front_since = 0.0


class GivenUp(BaseException):  # no error, and nothing that handles errors may swallow it
    """Nobody waits any more, so nothing was worked out."""


@contextmanager
def until(is_over: Callable[[], bool]) -> Iterator[None]:
    """While this thread is in here, `check` asks `is_over`, which must be cheap."""
    before = getattr(_here, "is_over", None)
    _here.is_over = is_over
    try:
        yield
    finally:
        _here.is_over = before


def check() -> None:
    """Raises GivenUp once whoever waits has lost patience. Rests a little while somebody is in front."""
    is_over = getattr(_here, "is_over", None)
    if is_over is None:
        return
    if _front_since:
        _step_aside()
    if is_over():
        time.sleep(REST_S)
        raise GivenUp


def in_front(is_at_work: bool) -> None:
    """Whether the thread that somebody looks at serves a key or click now. It says so each time."""
    global _front_since
    _front_since = time.perf_counter() if is_at_work else 0.0


def _step_aside() -> None:
    now = time.perf_counter()
    if now - getattr(_here, "rested", 0.0) < WORK_S:
        return
    until = now + MOST_REST_S
    while _front_since and now - _front_since < FORGOTTEN_S and now < until:
        time.sleep(_BREATH_S)
        now = time.perf_counter()
    _here.rested = now


def take_down(given_up: GivenUp) -> None:
    """Frees what the work has made so far, piece by piece. Else all of it, say the tree of a 1 MB document, would be
    freed in one breath as the error goes, and no other thread could run meanwhile."""
    pieces: list[object] = []
    trace = given_up.__traceback__
    given_up.__traceback__ = None
    while trace is not None:
        pieces += trace.tb_frame.f_locals.values()
        with suppress(RuntimeError):  # a frame that still runs
            trace.tb_frame.clear()
        trace = trace.tb_next
    while pieces and len(pieces) < _PIECES:
        inner = [part for piece in pieces if _is_made_of_parts(piece) for part in gc.get_referents(piece)]
        if not inner:
            break
        pieces = inner  # the outer ones go, and hold no more than their own shell
        del inner
    while pieces:
        pieces.pop()


def _is_made_of_parts(piece: object) -> bool:
    return isinstance(piece, tuple | list) or type(piece).__module__.startswith(_OURS)
