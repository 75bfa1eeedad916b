"""One service out of its compiled body. The layout is written by `compiler.merge`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from workbench.catalog.model import Action, Dependent, Level, ResourceRow, ResourceType, Status
from workbench.catalog.tables import Tables, tables

LEVELS: tuple[Level, ...] = ("List", "Read", "Write", "Tagging", "Permissions management")
_PERMISSION_ONLY = {-1: None, 0: False, 1: True}


class ServiceBody(NamedTuple):
    """By lower-cased name; types sorted, actions with the current ones first."""

    actions: Mapping[str, Action]
    types: Mapping[str, ResourceType]


def decode_service(
    prefix: str, names: Sequence[str], raw: Mapping[str, Any], dates: Mapping[int, str], dependents_date: str
) -> ServiceBody:
    """The values of a body. `names`: action names in the order of the body; `dates`: of the sources, by number."""
    own = tables()
    keys = raw["keys"]
    keysets = [tuple(keys[at] for at in keyset) for keyset in raw["keysets"]]
    rows = [ResourceRow(name, bool(required), keysets[at]) for name, required, at in raw["rows"]]
    types = {
        name.lower(): ResourceType(prefix, name, arn, keysets[at], _status(number), dates[number])
        for name, arn, at, number in raw["types"]
    }
    row_sets: dict[tuple[int, ...], tuple[ResourceRow, ...]] = {}
    actions: dict[str, Action] = {}
    for name, (level, row_places, keyset, permission_only, dependents, number) in zip(
        names, raw["actions"], strict=True
    ):
        lower = name.lower()
        full_name = f"{prefix}:{name}"
        key = tuple(row_places)
        listed_rows = row_sets.get(key)
        if listed_rows is None:
            listed_rows = row_sets[key] = tuple(rows[at] for at in key)
        action_keys = keysets[keyset]
        listed: tuple[Dependent, ...] = ()
        if dependents:
            date = dependents_date if number == 1 else dates[number]
            listed = _dependents(own, prefix, f"{prefix}:{lower}", (raw["dependents"][at] for at in dependents), date)
        documented = _documented(own, prefix, name, action_keys, listed) if prefix in own.tag_rules else ()
        actions[lower] = Action(
            prefix,
            name,
            full_name,
            LEVELS[level],
            listed_rows,
            action_keys,
            listed,
            documented,
            _PERMISSION_ONLY[permission_only],
            _status(number),
            dates[number],
        )
    return ServiceBody(actions, types)


def _status(number: int) -> Status:
    return "current" if number == 1 else "retired"


def _dependents(own: Tables, prefix: str, action: str, names: Any, date: str) -> tuple[Dependent, ...]:
    rule = own.tag_rules.get(prefix)
    found = []
    for name in names:
        if rule is not None and name.lower() == rule.dependent.lower():
            found.append(Dependent(name, "tags", date, False))
        else:
            when, note = own.when.get((action, name.lower()), ("unknown", ""))
            to = own.passed_to.get(action, "") if name.lower() == "iam:passrole" else ""
            found.append(Dependent(name, when, date, False, note, to))
    return tuple(found)


def _documented(
    own: Tables, prefix: str, name: str, keys: Sequence[str], listed: Sequence[Dependent]
) -> tuple[Dependent, ...]:
    """What only the pages of a service name: our table, and tagging on creation, less what is listed already."""
    known = {dependent.action.lower() for dependent in listed}
    rule = own.tag_rules[prefix]
    found = own.documented.get(f"{prefix}:{name.lower()}", ())
    if name.startswith(rule.creates) and rule.request_key in keys:
        found = (*found, Dependent(rule.dependent, "tags", "", False))
    return tuple(dependent for dependent in found if dependent.action.lower() not in known)
