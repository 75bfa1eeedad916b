"""Collects what is wrong while a text is read. Keeps the first of it, counts the rest."""

from __future__ import annotations

import re

from workbench.document.nodes import Problem

MOST_PROBLEMS = 1_000  # nobody reads more; a megabyte of garbage must not make a million


_POLICY = re.compile(r"\b(a|the) policy\b")


def told_of(problem: Problem, noun: str) -> str:
    """What is wrong with a text that is no policy but a `noun`, for a sentence that says already that it is no JSON."""
    return _POLICY.sub(rf"\1 {noun}", problem.message.removeprefix("This is not JSON: "))


class Problems:
    """In: mistakes as they are met. Out: `sorted()`, by place. Never raises."""

    __slots__ = ("kept", "left_out")

    def __init__(self) -> None:
        self.kept: list[Problem] = []
        self.left_out = 0

    @property
    def full(self) -> bool:
        """Whether no more is kept, so that it does not matter where exactly a mistake is."""
        return len(self.kept) >= MOST_PROBLEMS

    def add(self, start: int, end: int, kind: str, message: str) -> None:
        """One mistake at [start, end)."""
        if len(self.kept) < MOST_PROBLEMS:
            self.kept.append(Problem(start, end, kind, message))
        else:
            self.left_out += 1

    def sorted(self) -> tuple[Problem, ...]:
        """What was kept, in the order of the text; of two at one place the one met first."""
        return tuple(sorted(self.kept, key=lambda problem: problem.start))
