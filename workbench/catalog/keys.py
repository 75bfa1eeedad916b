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
from workbench.policy.names import edit_distance

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
            also = own.also_types.get(lower, ())
            exact.setdefault(
                lower,
                ConditionKey(name, kind, also, head, tuple(services), status, dates[number], new, "", "", False),
            )
        self._exact = exact
        for lower in [lower for lower in exact if lower.endswith("/")]:
            # `sagemaker:ResourceTag/` is listed beside `sagemaker:ResourceTag/${TagKey}` and is the same key.
            exact[lower] = exact.get(lower + "${tagkey}", exact[lower])
        self._near: tuple[_Prefixes, dict[str, _Rests]] | None = None
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
        """The current key nearest to a name, of the same service if there is one. The prefix and the rest are measured
        each for itself, so that `aws:TagKey` is not called a near match of a short key of another service. Where a key
        ends in a placeholder only what stands before it is compared: `aws:ResorceTag/team` gives
        `aws:ResourceTag/team`."""
        if self._near is None:
            self._near = self._arranged()
        services, by_prefix = self._near
        prefix, _, rest = name.partition(":")
        prefix = prefix.lower()
        own = by_prefix.get(prefix)
        found = own.nearest(rest, 0) if own is not None else None
        if found is None:
            limit = similar.allowed_edits(prefix, prefix=True)
            near = (by_prefix[services.names[at]].nearest(rest, d) for d, at in services.near.within(prefix, limit))
            found = min((one for one in near if one is not None), default=None)
        return None if found is None else found[2]

    def _arranged(self) -> tuple[_Prefixes, dict[str, _Rests]]:
        """The current keys by their prefix."""
        plain: dict[str, dict[str, str]] = {}
        tagged: dict[str, list[tuple[str, str]]] = {}
        for lower, key in self._exact.items():
            head, *tail = _PLACEHOLDER.split(lower)
            prefix = lower.partition(":")[0]
            if key.status == "retired":
                continue
            if not tail and not lower.endswith("/"):
                plain.setdefault(prefix, {}).setdefault(lower, key.name)
            elif tail == [""] and head[-1] in "/:":
                tagged.setdefault(head.partition(":")[0], []).append((head, key.name[: len(head)]))
        names = sorted({*plain, *tagged})
        rests = {name: _Rests(name, plain.get(name, {}), tagged.get(name, [])) for name in names}
        return _Prefixes(names, similar.NearNames(names)), rests


class _Prefixes(NamedTuple):
    names: list[str]
    near: similar.NearNames


class _Rests:
    """The keys of one prefix, without it."""

    __slots__ = ("_names", "_near", "_prefix", "_tagged")

    def __init__(self, prefix: str, plain: Mapping[str, str], tagged: Sequence[tuple[str, str]]) -> None:
        """`plain`: names by their lower case; `tagged`: the same up to the placeholder that ends them."""
        self._prefix = prefix
        lower = sorted(plain)
        self._names = [plain[name] for name in lower]
        self._near = similar.NearNames([name.partition(":")[2] for name in lower])
        self._tagged = tagged

    def nearest(self, rest: str, distance: int) -> tuple[int, str, str] | None:
        """The nearest key: its distance, of which its prefix has `distance`, its lower case and its name."""
        lower, limit = rest.lower(), similar.allowed_edits(rest)
        found = [(distance + d, self._names[at].lower(), self._names[at]) for d, at in self._near.within(lower, limit)]
        for head, name in self._tagged:
            sub_key = _after(f"{self._prefix}:{rest}", head[-1], head.count(head[-1]))
            if sub_key:
                d = edit_distance(lower, head.partition(":")[2] + sub_key.lower(), limit)
                if d <= limit:
                    found.append((distance + d, head + sub_key.lower(), name + sub_key))
        return min(found, default=None)


def _after(text: str, separator: str, count: int) -> str:
    """What follows the `count`th separator; empty if there are fewer."""
    parts = text.split(separator, count)
    return parts[count] if len(parts) > count else ""
