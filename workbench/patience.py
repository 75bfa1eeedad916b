"""Long work that nobody waits for any more stops: its loops call `check` once for each statement or so.

One is set for a thread as long as it works for somebody who may lose patience; without one, `check` does nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_here = threading.local()


class GivenUp(BaseException):  # noqa: N818 - no error, and nothing that handles errors may swallow it
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
        raise GivenUp
