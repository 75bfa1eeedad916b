"""Counts work instead of measuring time: the same on every machine, however busy. Time belongs in tests/benchmarks."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, ModuleType
from typing import Any, SupportsIndex


class Meter:
    """How much was done: lines of Python that ran, and characters that searches and slices went over."""

    def __init__(self) -> None:
        self.lines = 0
        self.characters = 0

    @property
    def total(self) -> int:
        return self.lines + self.characters

    def trace(self, _frame: FrameType, event: str, _argument: object) -> Callable[..., Any]:
        self.lines += event == "line"
        return self.trace


class CountedText(str):
    """A text that tells `meter` how many characters are copied out of it or searched."""

    meter: Meter

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        found = super().__getitem__(key)
        self.meter.characters += len(found)
        return found

    def find(self, sub: str, start: Any = 0, end: Any = None) -> int:
        at = super().find(sub, start, end)
        self.meter.characters += (at if at >= 0 else len(self)) - start
        return at

    def count(self, sub: str, start: Any = 0, end: Any = None) -> int:
        self.meter.characters += (len(self) if end is None else end) - start
        return super().count(sub, start, end)


class CountedPattern:
    """Stands in for a compiled expression and tells `meter` how far it looked: to where it matched, or to the end of
    the text for a search in vain. A match in vain counts as one character, since nobody can see how far it looked."""

    def __init__(self, pattern: re.Pattern[str], meter: Meter) -> None:
        self._pattern, self._meter = pattern, meter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pattern, name)

    def match(self, text: str, pos: int = 0, *end: int) -> re.Match[str] | None:
        found = self._pattern.match(text, pos, *end)
        self._meter.characters += found.end() - pos if found else 1
        return found

    def search(self, text: str, pos: int = 0, *end: int) -> re.Match[str] | None:
        found = self._pattern.search(text, pos, *end)
        self._meter.characters += (found.end() if found else len(text)) - pos
        return found

    def sub(self, new: Any, text: str, *more: Any) -> str:
        self._meter.characters += len(text)
        return self._pattern.sub(new, text, *more)


def counted(value: object, meter: Meter) -> object:
    if isinstance(value, re.Pattern):
        return CountedPattern(value, meter)
    if isinstance(value, dict) and value and all(isinstance(inner, re.Pattern) for inner in value.values()):
        return {key: CountedPattern(inner, meter) for key, inner in value.items()}
    return value


@contextmanager
def counting(meter: Meter, modules: list[ModuleType]) -> Iterator[None]:
    """Count the lines that run, and what the expressions of these modules look at."""
    before = [(module, name, value) for module in modules for name, value in vars(module).items()]
    tracer = sys.gettrace()
    try:
        for module, name, value in before:
            stand_in = counted(value, meter)
            if stand_in is not value:
                setattr(module, name, stand_in)
        sys.settrace(meter.trace)
        yield
    finally:
        sys.settrace(tracer)
        for module, name, value in before:
            setattr(module, name, value)


def work(call: Callable[[str], object], text: str, package: str) -> int:
    """The work that `call(text)` does, where the modules of `package` do it."""
    meter = Meter()
    given = CountedText(text)
    given.meter = meter
    modules = [module for name, module in sys.modules.items() if name.startswith(f"{package}.")]
    with counting(meter, modules):
        call(given)
    return meter.total
