"""Our own tables beside the published data: `resources/catalog/`. Read at run time, so that they may change without
compiling the catalog again."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from workbench.catalog.model import Dependent, When
from workbench.resources import resource_path


class GlobalKey(NamedTuple):
    """A row of context-keys.md sections 2 to 4."""

    name: str
    type: str
    other_types: tuple[str, ...]
    presence: str
    when: str
    inferred: bool


class TagRule(NamedTuple):
    """Tagging on creation: every call whose name begins with `creates` and that takes `request_key` needs `dependent`
    if the request carries tags."""

    dependent: str
    request_key: str
    creates: str


class Tables(NamedTuple):
    """All keys of the mappings are lower case."""

    global_keys: tuple[GlobalKey, ...]
    global_keys_date: str
    claim_types: Mapping[str, str]  # claim of an OIDC provider -> type
    also_types: Mapping[str, tuple[str, ...]]  # key -> what it is compared as beside its published type
    key_aliases: Mapping[str, str]  # old key -> new key
    action_aliases: Mapping[str, str]  # API name that is no action -> action
    rejected_actions: frozenset[str]
    rejected_services: frozenset[str]
    rejected_on: str
    when: Mapping[tuple[str, str], tuple[When, str]]  # (action, dependent) -> when, and what that hangs on
    documented: Mapping[str, tuple[Dependent, ...]]  # action -> what its service's pages say it needs
    passed_to: Mapping[str, str]  # action that hands over a role -> the service principal that gets it
    tag_rules: Mapping[str, TagRule]  # service prefix -> rule


def _load(name: str) -> Any:
    return json.loads(resource_path(f"catalog/{name}.json").read_text("utf-8"))


@functools.lru_cache(maxsize=1)
def tables() -> Tables:
    """All tables; a few milliseconds the first time, then the same object."""
    keys = _load("global-keys")
    rejected = _load("known-rejected")
    own_types = _load("service-keys")["keys"]
    needs = _load("dependents")
    dependents = needs["dependents"]
    passed_to = _passed_to(needs)
    documented: dict[str, list[Dependent]] = {}
    for row in dependents:
        to = passed_to.get(row["action"].lower(), "") if row["dependent"] == "iam:PassRole" else ""
        found = Dependent(row["dependent"], row["when"], "", row.get("inferred", False), row.get("note", ""), to)
        documented.setdefault(row["action"].lower(), []).append(found)
    return Tables(
        tuple(
            GlobalKey(
                row["name"],
                row["type"],
                tuple(row.get("other_types", ())),
                row["presence"],
                row["when"],
                row.get("inferred", False),
            )
            for row in keys["keys"]
        ),
        keys["date"],
        {row["name"].removeprefix("*:").lower(): row["type"] for row in own_types if "type" in row},
        {row["name"].lower(): tuple(row["other_types"]) for row in own_types if "other_types" in row},
        _aliases("key-aliases"),
        _aliases("action-aliases"),
        frozenset(name.lower() for name in rejected["actions"]),
        frozenset(rejected["services"]),
        rejected["date"],
        {(row["action"].lower(), row["dependent"].lower()): (row["when"], row.get("note", "")) for row in dependents},
        {action: tuple(found) for action, found in documented.items()},
        passed_to,
        {row["service"]: TagRule(row["dependent"], row["request_key"], row["creates"]) for row in needs["tag_rules"]},
    )


def _passed_to(needs: Any) -> dict[str, str]:
    """Lower-cased action → the service principal that gets the role of its calls, where that is known."""
    services = frozenset(needs["principals"]["services"])
    found: dict[str, str] = {action.lower(): to for action, to in needs["principals"]["calls"].items()}
    for row in needs["dependents"]:
        action = row["action"].lower()
        service = action.partition(":")[0]
        to = row.get("passed_to", f"{service}.amazonaws.com" if service in services else "")
        if row["dependent"] == "iam:PassRole" and to:
            found[action] = to
    return found


def _aliases(name: str) -> dict[str, str]:
    return {row["old"].lower(): row["new"] for row in _load(name)["aliases"]}


@functools.lru_cache(maxsize=1)
def partitions() -> Mapping[str, tuple[str, ...]]:
    """Partition -> its Regions, both in the order of the table."""
    return {row["partition"]: tuple(row["regions"]) for row in _load("regions")["partitions"]}


@functools.lru_cache(maxsize=1)
def resource_policies() -> Mapping[str, bool]:
    """Service prefix -> whether some of its resources take a resource-based policy. Of others that is not known."""
    table = _load("resource-policies")
    return {**dict.fromkeys(table["none"], False), **{row["service"]: True for row in table["takes"]}}


class KeyServices(NamedTuple):
    """Keys that not every request can carry. `sent_by`: key -> services that send it; `but`: their actions that do not;
    `irrelevant`: (key, resource type) -> why the key says nothing in a policy of such a resource; `documented`: keys
    that exist though no published catalog lists them."""

    sent_by: Mapping[str, frozenset[str]]
    but: frozenset[str]
    irrelevant: Mapping[tuple[str, str], str]
    documented: frozenset[str]
    date: str


@functools.lru_cache(maxsize=1)
def key_services() -> KeyServices:
    """The table `key-services`. All keys are lower case."""
    table = _load("key-services")
    sent_by: dict[str, frozenset[str]] = {}
    for row in table["sent_by"]:
        for key in row["keys"]:
            sent_by[key.lower()] = sent_by.get(key.lower(), frozenset()) | frozenset(row["services"])
    return KeyServices(
        sent_by,
        frozenset(action.lower() for row in table["sent_by"] for action in row["but"]),
        {(row["key"].lower(), type_): row["why"] for row in table["irrelevant"] for type_ in row["types"]},
        frozenset(row["key"].lower() for row in table["documented"]),
        table["date"],
    )
