"""Which lines are shown in another order than they are written in, and how they are told in theirs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.writing.direction import MOST_LETTERS, MOST_RUNS, in_order, is_reordered

SHALOM, OLAM = "\u05e9\u05dc\u05d5\u05dd", "\u05e2\u05d5\u05dc\u05dd"


@pytest.mark.parametrize(
    ("line", "reordered"),
    [
        ('"Sid": "A", "Effect": "Allow"', False),
        (f'"Sid": "{SHALOM}"', False),
        (f'"Sid": "{SHALOM} {OLAM}", "Effect": "Allow"', False),
        (f'"Action": ["{SHALOM}", "s3:Get*", "{OLAM}"]', False),
        (f'"Action": ["{SHALOM}", "{OLAM}"]', True),
        (f'"{SHALOM}": "{OLAM}"', True),
        (f'"{SHALOM}_{OLAM}"', True),
        (f'"arn:aws:s3:::{SHALOM}/123"', True),
        (f'"{SHALOM}": 1', True),
        (f'"123 {SHALOM}"', False),
        ('"\u6771\u4eac": 1', False),
        (f'"{SHALOM}\ue010", 1', False),
        ("\u0645\u0631\u062d\u0628\u0627 \u0661\u0662", False),
    ],
)
def test_a_line_is_reordered_where_marks_or_numbers_run_with_letters_from_right_to_left(
    line: str, reordered: bool
) -> None:
    assert is_reordered(line) is reordered


def test_a_line_is_told_with_its_runs_named() -> None:
    runs = f"where \u20391\u203a is {SHALOM}\nwhere \u20392\u203a is {OLAM}"
    told = f'"Action": ["\u20391\u203a/*", "\u20392\u203a"],\n{runs}'
    assert in_order(f'    "Action": ["{SHALOM}/*", "{OLAM}"],') == told


@given(st.text("a1 \"',_\u05d0\u0627\u0661\ue000", max_size=40))
def test_what_is_told_is_never_reordered_itself(line: str) -> None:
    for told in in_order(line).split("\n")[:1]:
        assert not is_reordered(told)


def test_what_is_told_is_bounded() -> None:
    told = in_order(f'"{SHALOM}", ' * 5_000)
    assert len(told) < MOST_LETTERS + MOST_RUNS * 20 + 200
