"""Long work that nobody waits for any more stops: its loops call `check` once for each statement or so.

One is set for a thread as long as it works for somebody who may lose patience; without one, `check` does nothing."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

REST_S = 0.04
"""What ends the patience is a key: it is served before the work is taken down."""
_PIECES = 4_000
_OURS = ("workbench.document", "workbench.policy")
_here = threading.local()


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
    """Raises GivenUp once whoever waits has lost patience."""
    is_over = getattr(_here, "is_over", None)
    if is_over is not None and is_over():
        time.sleep(REST_S)
        raise GivenUp


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
