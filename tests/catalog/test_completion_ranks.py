"""The ranks of completion, held against their definition read plainly: every name looked at for every rank."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.catalog.completion import COMMON, Completion
from workbench.engine import Engine
from workbench.writing.completion import _Names

NAMES = sorted(
    [
        f"{service}:{name}"
        for service in ("aa", "ab", "b", "s3", "sagemaker")
        for name in (
            "Create",
            "CreateTrainingJob",
            "CTJob",
            "ACreate",
            "AbCtJ",
            "Trace",
            "GetCreate",
            "E",
            "BeforeE",
            "x9Ab",
        )
    ],
    key=lambda name: (name.partition(":")[0], name.partition(":")[2].lower()),
)
SERVICES = sorted({name.partition(":")[0] for name in NAMES} | {"empty"})
TYPED = st.text(alphabet="abcejrtx93:TC", max_size=6)


def plainly(typed: str, limit: int, first: list[str]) -> list[str]:
    """Names that hold what was typed, by rank, then services put first and common ones, then length, then alphabet."""
    service, colon, text = typed.lower().rpartition(":")
    order = list(dict.fromkeys([*first, *COMMON]))
    found = []
    for at, full in enumerate(NAMES):
        prefix, _, name = full.partition(":")
        if colon and not (prefix == service if service in SERVICES else prefix.startswith(service)):
            continue
        low = name.lower()
        words = [word.start() for word in re.finditer(r"(?<![A-Z])[A-Z]", name)]
        initials = "".join(part[0] for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[A-Z]", name)).lower()
        if low == text:
            rank = 0
        elif low.startswith(text):
            rank = 1
        elif any(low.startswith(text, word) for word in words):
            rank = 2
        elif text in low:
            rank = 4
        elif text.isalpha() and 2 <= len(text) <= 6 and initials.startswith(text):
            rank = 3
        else:
            continue
        place = order.index(prefix) if prefix in order else len(order)
        found.append((rank, place, len(name) if rank > 1 else 0, at, full))
    return [full for *_, full in sorted(found)[:limit]]


@given(TYPED, st.integers(1, 30), st.sampled_from([[], ["b"], ["ab", "s3"]]))
def test_names_come_by_rank(typed: str, limit: int, first: list[str]) -> None:
    if typed.count(":") > 1 or not typed.rpartition(":")[2]:
        return
    found = Completion(SERVICES, NAMES).search(typed, limit, first)
    names = [name for name in found if not name.endswith(":")]
    assert names == plainly(typed, limit, first)[: len(names)]
    assert len(found) == min(limit, len(found) - len(names) + len(plainly(typed, 100, first)))


@pytest.mark.parametrize("typed", ["cretrain", "getobj", "sagemaker:ctj", "zzz"])
def test_each_letter_is_looked_for_among_what_held_those_before(typed: str) -> None:
    catalog = Engine().catalog
    service, colon, letters = typed.rpartition(":")
    names = _Names(catalog)
    sizes = []
    for end in range(2, len(letters) + 1):
        found = names.holding(service + colon, letters[:end])
        assert found == _Names(catalog).holding(service + colon, letters[:end])
        sizes.append(len(names._last[2]))
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < len(_Names(catalog)._all) / 10
    assert names.holding("", "ob") == _Names(catalog).holding("", "ob"), "another beginning begins anew"
