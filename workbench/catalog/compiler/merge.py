"""Merges the sources into the one catalog. Source of the rules M1 to M6: spec catalog.md section 3.

Sources come newest first; the first that has a thing says what it is like (M1), and a thing that only a later one has
is retired (M3). Everything is sorted by lower-cased name, so the same wheels give the same bytes (M6).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from workbench.catalog.compiler.sources import Source, SourceAction, SourceKey, SourceService, SourceType
from workbench.catalog.store import pack

DEPENDENTS_SOURCE = 2  # M2: the last release that lists dependent actions and permission-only actions
LEVELS = ("List", "Read", "Write", "Tagging", "Permissions management")


class _Named(Protocol):
    @property
    def name(self) -> str: ...


Item = TypeVar("Item", bound=_Named)


def merged(
    sources: Sequence[Source], prefix: str, table: Callable[[SourceService], dict[str, Item]]
) -> list[tuple[Item, int]]:
    """(item, number of the source it is taken from) of one service, sorted by lower-cased name (M1, M3, M4)."""
    found: dict[str, tuple[Item, int]] = {}
    for source in sources:
        service = source.services.get(prefix)
        if service is not None:
            for item in table(service).values():
                found.setdefault(item.name.lower(), (item, source.number))
    return [found[name] for name in sorted(found)]


def _actions(service: SourceService) -> dict[str, SourceAction]:
    return service.actions


def _types(service: SourceService) -> dict[str, SourceType]:
    return service.types


def _keys(service: SourceService) -> dict[str, SourceKey]:
    return service.keys


def compile_catalog(sources: Sequence[Source]) -> tuple[bytes, bytes]:
    """The bytes of the catalog and of its descriptions. `sources`: 1 to 4 of the spec, in that order."""
    prefixes = sorted({prefix for source in sources for prefix in source.services})
    bodies: list[tuple[str, Any]] = []
    texts: list[tuple[str, Any]] = []
    index: dict[str, Any] = {
        "services": [_service_row(sources, prefix) for prefix in prefixes],
        "names": {},
        "retired": {},
        "keys": _key_rows(sources, prefixes),
        "arn_services": _arn_services(sources, prefixes),
        "unassociated": {prefix: sorted(with_) for prefix, with_ in sources[0].unassociated.items()},
        "categories": sources[0].category_names,
    }
    for prefix in prefixes:
        actions = merged(sources, prefix, _actions)
        current = [pair for pair in actions if pair[1] == sources[0].number]
        retired = [pair for pair in actions if pair[1] != sources[0].number]
        index["names"][prefix] = " ".join(action.name for action, _ in current)
        if retired:
            index["retired"][prefix] = " ".join(action.name for action, _ in retired)
        bodies.append((f"service/{prefix}", _body(sources, prefix, [*current, *retired])))
        texts.append((f"service/{prefix}", {action.name.lower(): action.description for action, _ in actions}))
    descriptions = {
        key.name.lower(): key.description for p in prefixes for key, _ in reversed(merged(sources, p, _keys))
    }
    header = {
        "date": sources[0].date,
        "sources": [source_row(source) for source in sources],
        "dependents_source": DEPENDENTS_SOURCE,
    }
    catalog = pack(
        {"kind": "catalog", **header, "counts": {str(s.number): counts(s) for s in sources}},
        [("index", index), *bodies],
    )
    return catalog, pack({"kind": "descriptions", **header}, [("keys", descriptions), *texts])


def source_row(source: Source) -> dict[str, Any]:
    pin = source.pin
    return {
        "number": source.number,
        "package": pin.package,
        "version": pin.version,
        "date": source.date,
        "sha256": pin.sha256,
    }


def _service_row(sources: Sequence[Source], prefix: str) -> list[Any]:
    first = next(source for source in sources if prefix in source.services)
    newest = sources[0]
    return [
        prefix,
        first.services[prefix].name,
        newest.categories.get(prefix, ""),
        int(prefix in newest.rcp_supported),
        first.number,
    ]


def _key_rows(sources: Sequence[Source], prefixes: Sequence[str]) -> list[list[Any]]:
    """One row a key name: spelling, type, services that list it, source, types that other services give it.

    A service that is the key's own prefix decides its type; otherwise the commonest type wins
    (`identitystore:UserId` is a String, though two services list it as a set).
    """
    rows: dict[str, list[tuple[str, SourceKey, int]]] = {}
    for prefix in prefixes:
        for key, number in merged(sources, prefix, _keys):
            rows.setdefault(key.name.lower(), []).append((prefix, key, number))
    out: list[list[Any]] = []
    for lowered in sorted(rows):
        listed = rows[lowered]
        newest = min(number for _, _, number in listed)
        best = [(prefix, key) for prefix, key, number in listed if number == newest]
        own = [key for prefix, key in best if lowered.startswith(f"{prefix}:")]
        common = Counter(key.type for _, key in best).most_common()
        kind = own[0].type if own else min(common, key=lambda pair: (-pair[1], pair[0]))[0]
        out.append([(own[0] if own else best[0][1]).name, kind, [prefix for prefix, _, _ in listed], newest])
    return out


def _arn_services(sources: Sequence[Source], prefixes: Sequence[str]) -> dict[str, list[str]]:
    """Service part of an ARN format -> services with such formats; not every one is a prefix (`execute-api` is)."""
    found: dict[str, list[str]] = {}
    for prefix in prefixes:
        for name in sorted({item.arn.split(":")[2] for item, _ in merged(sources, prefix, _types)}):
            found.setdefault(name, []).append(prefix)
    return found


class _Table:
    """Numbers equal values, in the order of their first use."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._at: dict[Any, int] = {}

    def put(self, value: Any) -> int:
        if value not in self._at:
            self._at[value] = len(self.values)
            self.values.append(value)
        return self._at[value]


def _body(sources: Sequence[Source], prefix: str, actions: Sequence[tuple[SourceAction, int]]) -> dict[str, Any]:
    """One service: resource types, and the actions in the order of the index, current ones first. Key names, sets of
    keys and resource rows that recur are written once."""
    keys, keysets, rows, dependents = _Table(), _Table(), _Table(), _Table()

    def keyset(names: Sequence[str]) -> int:
        return keysets.put(tuple(keys.put(name) for name in names))

    second = next(source for source in sources if source.number == DEPENDENTS_SOURCE)
    known = second.services.get(prefix)
    records = []
    for action, number in actions:
        # M2: what source 2 says of an action that source 1 has; a retired action speaks for itself.
        said = action if number != sources[0].number else (known.actions.get(action.name.lower()) if known else None)
        permission_only = -1 if said is None or number > 3 else int(said.permission_only)
        records.append(
            [
                LEVELS.index(action.level),
                [rows.put((name, int(required), keyset(names))) for name, required, names in action.rows],
                keyset(action.keys),
                permission_only,
                [dependents.put(name) for name in said.dependents] if said else [],
                number,
            ]
        )
    types = [[t.name, t.arn, keyset(t.keys), number] for t, number in merged(sources, prefix, _types)]
    return {
        "keys": keys.values,
        "keysets": keysets.values,
        "rows": rows.values,
        "dependents": dependents.values,
        "types": types,
        "actions": records,
    }


def counts(source: Source) -> dict[str, int]:
    """The sanity counts of spec catalog.md section 9."""
    actions = [action for service in source.services.values() for action in service.actions.values()]
    keys = [key for service in source.services.values() for key in service.keys.values()]
    levels = Counter(action.level for action in actions)
    return {
        "services": len(source.services),
        "actions": len(actions),
        **{f"level {level}": levels[level] for level in LEVELS},
        "actions without a type": sum(not a.rows for a in actions),
        "actions with a required type": sum(any(required for _, required, _ in a.rows) for a in actions),
        "actions with keys on a row": sum(any(names for _, _, names in a.rows) for a in actions),
        "types": sum(len(service.types) for service in source.services.values()),
        "key rows": len(keys),
        "keys": len({key.name.lower() for key in keys}),
        "array key rows": sum(key.type.startswith("ArrayOf") for key in keys),
        "actions with dependents": sum(bool(a.dependents) for a in actions),
        "permission-only actions": sum(a.permission_only for a in actions),
    }


def write(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)
