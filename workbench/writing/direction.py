"""Letters that run from right to left, and the order in which a line that has some is shown.

Source: Unicode Standard Annex #9, the bidirectional algorithm: between two such letters what has no direction of its
own runs with them, and a number behind one stands on its left. Quotes and commas of JSON are then not where they are.
"""

from __future__ import annotations

import re

from workbench.document.unseen import PRIVATE

RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff"
"""As the inside of a class of a regular expression: what has the classes R and AL in the Unicode Character Database,
with the ranges that it keeps for more of them."""
_RUN = re.compile(f"[{RIGHT_TO_LEFT}]+")
_PIECE = re.compile(
    rf"(?P<run>[{RIGHT_TO_LEFT}]+)|(?P<number>\d+)|(?P<other>(?:[^\W\d_]|[{PRIVATE}])+)|(?P<mark>[^\w\s]|_)"
)
MOST_RUNS, MOST_LETTERS = 20, 300


def is_reordered(line: str) -> bool:
    """Whether something of a line, shown from left to right, stands in another place than where it is written. A word
    or a sentence by itself is not meant: it is read as it is. O(length)."""
    if line.isascii():
        return False
    behind = marked = False  # behind a run; with a mark since
    for match in _PIECE.finditer(line):
        kind = match.lastgroup
        if behind and (kind == "number" or (kind == "run" and marked)):
            return True
        if kind == "mark":
            marked = True
        else:
            behind, marked = kind == "run", False
    return False


def in_order(line: str) -> str:
    """What a line says in the order in which it is written: its runs are named in it, and told below, each behind a
    word that a run before it cannot draw along. Bounded."""
    runs: list[str] = []

    def name(match: re.Match[str]) -> str:
        runs.append(match.group())
        return f"‹{len(runs)}›"

    whole = line.strip()
    shown = _RUN.sub(name, whole[:MOST_LETTERS]) + ("…" if len(whole) > MOST_LETTERS else "")
    told = [f"where ‹{number}› is {run}" for number, run in enumerate(runs[:MOST_RUNS], 1)]
    return "\n".join([shown, *told, *(["…"] if len(runs) > MOST_RUNS else [])])
