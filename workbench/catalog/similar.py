"""Near matches among the names of the catalog. The measure is policy.names; source: spec findings.md section 2."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.policy.names import edit_distance

_LONG_PREFIX = 8  # a service prefix shorter than this may differ by one edit only


def allowed_edits(name: str, *, prefix: bool = False) -> int:
    """How many edits a name may be away from what was meant: 2 from 6 characters on (a service prefix: from 8), 1 from
    3 characters on, else none."""
    if len(name) >= (_LONG_PREFIX if prefix else 6):
        return 2
    return 1 if len(name) >= 3 else 0


def nearest(name: str, known: Sequence[str], *, prefix: bool = False) -> int | None:
    """The place in `known` (lower case) of the nearest name within the allowed edits, the first of equals."""
    lower = name.lower()
    best, limit = None, allowed_edits(name, prefix=prefix)
    for at, candidate in enumerate(known):
        if abs(len(candidate) - len(lower)) > limit:
            continue
        distance = edit_distance(lower, candidate, limit)
        if distance <= limit:
            best, limit = at, distance - 1
            if limit < 0:
                break
    return best


def nearest_key(name: str, known: Sequence[str]) -> str | None:
    """The nearest condition key. The prefix and the rest are measured each for itself, so that `aws:TagKey` is not
    called a near match of a short key of another service."""
    prefix, _, rest = name.partition(":")
    best, least = None, 5
    for candidate in known:
        if abs(len(candidate) - len(name)) > 4:
            continue
        their_prefix, _, theirs = candidate.partition(":")
        limit, prefix_limit = allowed_edits(rest), allowed_edits(prefix, prefix=True)
        distance = edit_distance(prefix, their_prefix, prefix_limit)
        if distance > prefix_limit:
            continue
        more = edit_distance(rest, theirs, limit)
        if more <= limit and distance + more < least:
            best, least = candidate, distance + more
    return best
