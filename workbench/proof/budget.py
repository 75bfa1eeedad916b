"""How much work a question may cost. Work is counted, not timed, so that an answer does not depend on the machine."""

from __future__ import annotations

from collections.abc import Callable

from workbench.patience import check


class GaveUp(Exception):
    """The budget of a question ran out, or whoever asked does not want the answer any more."""


class Budget:
    """Steps that are left. `cancelled` is asked now and then; True ends the work."""

    __slots__ = ("_cancelled", "_until_asked", "left")

    def __init__(self, steps: int, cancelled: Callable[[], bool] = lambda: False) -> None:
        self.left = steps
        self._cancelled = cancelled
        self._until_asked = 0

    def spend(self, steps: int) -> None:
        """Raises GaveUp where nothing is left."""
        self.left -= steps
        self._until_asked -= steps
        if self._until_asked < 0:
            self._until_asked = 1_000
            check()
            if self._cancelled():
                self.left = -1
                raise GaveUp("it was cancelled")
        if self.left < 0:
            raise GaveUp("it would take too many steps")
