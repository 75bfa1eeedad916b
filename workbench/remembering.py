"""Answers kept by what was asked: of long texts only the last few, since all that is known of 1 MB takes 20 MB."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")

LONG = 100_000
"""Characters from which a text is long."""


def remembered(work: Callable[P, T], length: Callable[..., int], *, short: int, long: int) -> Callable[P, T]:
    """`work` that remembers its answers: so many about `short` texts, and so many about `long` ones. `length`: how long
    the texts are that it is asked about. What is asked must be hashable."""
    of_short = cast("Callable[P, T]", lru_cache(maxsize=short)(work))
    of_long = cast("Callable[P, T]", lru_cache(maxsize=long)(work))

    def ask(*asked: P.args, **named: P.kwargs) -> T:
        return (of_short if length(*asked, **named) <= LONG else of_long)(*asked, **named)

    return ask
