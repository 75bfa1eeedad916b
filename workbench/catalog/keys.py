"""Condition keys by name: exact names, and names with a placeholder such as `${TagKey}`.

Source: spec catalog.md section 5. Names ignore case; a placeholder stands for one or more characters, `/` and `:` too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from workbench.catalog import similar
from workbench.catalog.model import ConditionKey, Presence, Status
from workbench.catalog.tables import tables

_PRESENCES: Mapping[str, Presence] = {"always": "always", "usual": "usual", "sometimes": "sometimes"}
_OIDC_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/.*)?", re.DOTALL)
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}|<[^>]*>")


class _Pattern(NamedTuple):
    """A key with placeholders: the literal runs around them, lower case."""

    runs: tuple[str, ...]
    key: ConditionKey

    @property
    def literals(self) -> int:
        return sum(map(len, self.runs))

    def fits(self, name: str) -> bool:
        """Whether lower-cased `name` fits, by taking the leftmost place of every run; linear per run."""
        head, *middle, tail = self.runs
        if not name.startswith(head):
            return False
        at, end = len(head), len(name) - len(tail)
        for run in middle:
            at = name.find(run, at + 1, end)
            if at < 0:
                return False
            at += len(run)
        return end > at and name.endswith(tail)


class KeyIndex:
    """All keys, built once from the index of the catalog and our own tables; nothing in it changes afterwards."""

    def __init__(self, rows: Sequence[Sequence[Any]], dates: Mapping[int, str]) -> None:
        own = tables()
        self._claims = own.claim_types
        published = {row[0].lower(): row for row in rows}
        exact: dict[str, ConditionKey] = {}
        for row in own.global_keys:
            listed = published.get(row.name.lower())
            services = tuple(listed[2]) if listed else ()
            exact[row.name.lower()] = ConditionKey(
                row.name, row.type, row.other_types, "aws", services, "current", own.global_keys_date, None,
                _PRESENCES[row.presence], row.when, row.inferred,
            )  # fmt: skip
        self.global_keys: tuple[ConditionKey, ...] = tuple(exact.values())
        for name, kind, services, number in rows:
            lower = name.lower()
            head, _, claim = lower.partition(":")
            if "." in head and claim in own.claim_types:
                kind = own.claim_types[claim]
            status: Status = "current" if number == 1 else "retired"
            new = own.key_aliases.get(lower)
            exact.setdefault(
                lower,
                ConditionKey(name, kind, (), head, tuple(services), status, dates[number], new, "", "", False),
            )
        self._exact = exact
        for lower in [lower for lower in exact if lower.endswith("/")]:
            # `sagemaker:ResourceTag/` is listed beside `sagemaker:ResourceTag/${TagKey}` and is the same key.
            exact[lower] = exact.get(lower + "${tagkey}", exact[lower])
        self._patterns: dict[str, list[_Pattern]] = {}
        for lower, key in exact.items():
            runs = tuple(_PLACEHOLDER.split(lower))
            if len(runs) > 1:
                head = "" if ":" not in runs[0] else runs[0].partition(":")[0]
                self._patterns.setdefault(head, []).append(_Pattern(runs, key))
        for patterns in self._patterns.values():
            patterns.sort(key=lambda pattern: -pattern.literals)  # the closest fit is found first

    def find(self, name: str) -> ConditionKey | None:
        """Also the usual claims of an OIDC provider that no catalog knows: `idp.example.com/a:sub`."""
        lower = name.lower()
        found = self._exact.get(lower)
        if found is None:
            for head in (lower.partition(":")[0], ""):
                for pattern in self._patterns.get(head, ()):
                    if pattern.fits(lower):
                        return pattern.key
            host, _, claim = lower.partition(":")
            if claim in self._claims and _OIDC_HOST.fullmatch(host):
                kind = self._claims[claim]
                return ConditionKey(name, kind, (), host, ("sts",), "current", "", None, "", "", True)
        return found

    def of_service(self, service: str) -> tuple[ConditionKey, ...]:
        found = {key.name: key for key in self._exact.values() if service in key.services}
        return tuple(sorted(found.values(), key=lambda key: key.name.lower()))

    def suggest(self, name: str) -> str | None:
        """The current key nearest to a name, of the same service if there is one. Where a key ends in a placeholder
        only what stands before it is compared: `aws:ResorceTag/team` gives `aws:ResourceTag/team`."""
        known: dict[str, str] = {}
        for lower, key in self._exact.items():
            head, *tail = _PLACEHOLDER.split(lower)
            if key.status == "retired":
                continue
            if not tail and not lower.endswith("/"):
                known.setdefault(lower, key.name)
            elif tail == [""] and head[-1] in "/:":
                rest = _after(name, head[-1], head.count(head[-1]))
                if rest:
                    known.setdefault(head + rest.lower(), key.name[: len(head)] + rest)
        prefix = name.partition(":")[0].lower()
        same = sorted(lower for lower in known if lower.startswith(f"{prefix}:"))
        best = similar.nearest_key(name.lower(), same) or similar.nearest_key(name.lower(), sorted(known))
        return known[best] if best else None


def _after(text: str, separator: str, count: int) -> str:
    """What follows the `count`th separator; empty if there are fewer."""
    parts = text.split(separator, count)
    return parts[count] if len(parts) > count else ""
