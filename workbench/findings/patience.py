"""Whether anybody still waits for what is being worked out."""

from __future__ import annotations

from collections.abc import Callable


class GivenUp(Exception):  # noqa: N818 - not an error
    """Nobody waits any more, so nothing was worked out."""


class Patience:
    """Asked now and then by long work. It is no part of the question: all are equal, so that what was worked out for one
    is found by every other."""

    __slots__ = ("_is_over",)

    def __init__(self, is_over: Callable[[], bool] = lambda: False) -> None:
        self._is_over = is_over

    def check(self) -> None:
        """Raises GivenUp once it is over."""
        if self._is_over():
            raise GivenUp

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Patience)

    def __hash__(self) -> int:
        return 0


ENDLESS = Patience()
