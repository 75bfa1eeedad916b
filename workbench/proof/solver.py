"""The second stage: what the algebra leaves open is asked of z3, within limits, and only then is z3 loaded.

A formula that z3 finds unsatisfiable holds for no request. A model is a candidate: whoever asks has it confirmed by the
evaluation. z3 counts its work, so that an answer does not depend on the machine; a clock ends what would still take
too long. Only one question at a time: z3's context is not to be used by several threads.
"""

from __future__ import annotations

import builtins
import importlib.util
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.policy.tokens import Variable
from workbench.proof.askers import Asker
from workbench.proof.budget import GaveUp
from workbench.proof.encoding import Encoding, texts_of
from workbench.proof.formulas import Formula
from workbench.proof.languages import is_private
from workbench.proof.search import Model, Space

MOST_WORK = 2_000_000
"""Units of z3's own count for one formula."""
MOST_WORK_TOGETHER = 10_000_000
"""And for all of one question."""
MOST_MILLISECONDS = 5_000
MISSING = "the solver z3 cannot be loaded"
_EVERY = 0.02
_ALONE = threading.Lock()


@dataclass
class Solver:
    """z3 for one question. `cancelled` is asked now and then; True ends the work. `asked`: how many formulas it got."""

    variables: Mapping[str, Variable]
    in_any_case: frozenset[str]
    cancelled: Callable[[], bool]
    asked: int = 0
    left: int = field(default_factory=lambda: MOST_WORK_TOGETHER)

    def find(self, formula: Formula, space: Space, asker: Asker, *, readable: bool = False) -> Model | None:
        """A request of the space for which the tree may hold; None: there is none, or, `readable`, none of printable
        characters alone. Raises GaveUp if neither is found out, or z3 is not there."""
        if self.left <= 0:
            raise GaveUp("it would take too many steps")
        with self._alone():
            z3 = _loaded()
            self.asked += 1
            try:
                encoding = Encoding(z3, formula, space, asker, self.variables, self.in_any_case)
                return self._find(z3, encoding, readable=readable)
            except z3.Z3Exception as error:
                raise GaveUp("the solver z3 failed") from error

    def _find(self, z3: Any, encoding: Encoding, *, readable: bool) -> Model | None:
        constraints = [*encoding.constraints, *((encoding.readable,) if readable else ())]
        model = self._check(z3, constraints)
        if model is None:
            return None
        rules = list(encoding.couplings)
        while broken := [rule for rule in rules if not encoding.holds(model, rule)]:
            constraints += broken
            rules = [rule for rule in rules if not any(rule is added for added in broken)]
            try:
                narrower = self._check(z3, constraints)
            except GaveUp:
                break  # what was found is still a candidate
            if narrower is None:
                return None
            model = narrower
        found = encoding.request(model)
        if any(is_private(c) for v in (found.resource, *found.context.values()) if v for t in texts_of(v) for c in t):
            raise GaveUp("the request that was found cannot be written down")
        return found

    def _check(self, z3: Any, constraints: list[Any]) -> Any:
        """A model, or None where there is none. Raises GaveUp."""
        if self.left <= 0:
            raise GaveUp("it would take too many steps")
        solver = z3.Solver()
        solver.set("timeout", MOST_MILLISECONDS)
        solver.set("rlimit", min(MOST_WORK, self.left))
        solver.add(*constraints)
        before = _work(solver)
        with self._watched(z3):
            answer = solver.check()
        self.left -= max(0, _work(solver) - before) or 1
        if answer == z3.sat:
            return solver.model()
        if answer == z3.unsat:
            return None
        if self.cancelled():
            raise GaveUp("it was cancelled")
        raise GaveUp("neither the algebra nor the solver z3 decides it within their limits")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        while not _ALONE.acquire(timeout=_EVERY):
            if self.cancelled():
                raise GaveUp("it was cancelled")
        try:
            yield
        finally:
            _ALONE.release()

    @contextmanager
    def _watched(self, z3: Any) -> Iterator[None]:
        """Somebody looks whether the answer is still wanted while z3 works."""
        if self.cancelled():
            raise GaveUp("it was cancelled")
        done, context = threading.Event(), z3.main_ctx()

        def watch() -> None:
            while not done.wait(_EVERY):
                if self.cancelled():
                    context.interrupt()

        watcher = threading.Thread(target=watch, name="z3 watcher")
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()


def _loaded() -> Any:
    """z3 with the library that came with it, and no other: by itself it would also take one out of the current folder
    or of the system. Raises GaveUp if it is not there."""
    if "z3" not in sys.modules:
        found = importlib.util.find_spec("z3")
        folders = [Path(folder) / "lib" for folder in (found and found.submodule_search_locations) or ()]
        if not any(any(folder.glob("*z3*")) for folder in folders):
            raise GaveUp(MISSING)
        builtins.Z3_LIB_DIRS = list(map(str, folders))  # type: ignore[attr-defined]
    try:
        import z3
    except (ImportError, OSError) as error:
        raise GaveUp(MISSING) from error
    return z3


def _work(solver: Any) -> int:
    statistics = solver.statistics()
    return int(statistics.get_key_value("rlimit count")) if "rlimit count" in statistics.keys() else 0  # noqa: SIM118
