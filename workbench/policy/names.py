"""Names that nearly match: one definition for every "did you mean" (source: spec findings.md section 2, Terms); which
action patterns are about everything; and how to speak of one thing of a kind."""

from __future__ import annotations

from collections.abc import Iterable


def edit_distance(a: str, b: str, limit: int) -> int:
    """Edits (insert, delete, replace, swap of neighbors) that turn `a` into `b`; more than `limit` gives limit + 1.

    O(len(a) * len(b)) at most; gives up as soon as a whole row is over the limit.
    """
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        after = [i]
        for j, y in enumerate(b, 1):
            cost = min(row[j] + 1, after[j - 1] + 1, row[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            after.append(cost)
        if min(after) > limit:
            return limit + 1
        before, row = row, after
    return row[-1]


def near_match(name: str, known: Iterable[str]) -> str | None:
    """The one of `known` that `name` is a likely misspelling of, or None.

    Equal ignoring case; or at most 2 edits for names of at least 6 characters, at most 1 for 3 to 5. The nearest
    wins, the first of equals.
    """
    lower = name.lower()
    limit = 2 if len(name) >= 6 else 1 if len(name) >= 3 else 0
    best, best_distance = None, limit + 1
    for candidate in known:
        distance = edit_distance(lower, candidate.lower(), limit)
        if distance < best_distance:
            best, best_distance = candidate, distance
    return best


def is_everything(pattern: str) -> bool:
    """Whether an action pattern is `*`; `*:*` is the same, and `**` is no action (grammar.md section 6)."""
    return pattern in ("*", "*:*")


def with_article(words: str, capital: bool = False) -> str:
    """`an identity policy`, `A role trust policy`."""
    article = "an" if words[0] in "aeioAEIO" else "a"
    return f"{article.capitalize() if capital else article} {words}"
