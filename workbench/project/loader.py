"""Opening a project folder: `workbench.toml`, `policies/**/*.json`, `scenarios/*.json`. Source: design.md section 4."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workbench.evaluation.scenario_reader import UnreadableScenarioError, read_scenario
from workbench.policy.kinds import KINDS, PolicyKind
from workbench.policy.names import near_match
from workbench.project.folders import json_files
from workbench.project.model import (
    Project,
    ProjectError,
    ProjectPolicy,
    ProjectPrincipal,
    ProjectResource,
    SavedRequest,
)
from workbench.project.rules_reader import read_accounts, read_rules

PROJECT_FILE = "workbench.toml"

_KEYS = ("name", "account", "policies", "principal", "resource", "organization", "rules")
_PRINCIPAL_KEYS = ("name", "arn", "identity", "boundary", "trust")
_RESOURCE_KEYS = ("arn", "policy")
_ORGANIZATION_KEYS = ("serviceControl", "resourceControl", "accounts")
_LEVEL_KEYS = ("target", "policies")


def is_project(path: Path) -> bool:
    """Whether `path` is a project: a folder with a workbench.toml."""
    return (path / PROJECT_FILE).is_file()


def project_around(path: Path) -> Path | None:
    """The nearest folder above a file that is a project, None if there is none."""
    return next((folder for folder in Path(os.path.abspath(path)).parents if is_project(folder)), None)


def load_project(root: Path) -> Project:
    """Open the project in folder `root`. Policy files that workbench.toml does not name are identity policies. Raises
    ProjectError with one sentence naming the file if something cannot be read."""
    root = root.resolve()
    file = root / PROJECT_FILE
    if not is_project(root):
        raise ProjectError(f"{root} is no project: it has no {PROJECT_FILE}.")
    try:
        config = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProjectError(f"{file} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProjectError(f"{file} is not a project file: {error}.") from error
    reader = _Config(file)
    reader.no_others(config, "", _KEYS)
    kinds = {key: reader.kind(key, word) for key, word in reader.table(config, "policies").items()}
    policies = _policies(root, kinds)
    known = {p.key for p in policies}
    organization = reader.table(config, "organization")
    reader.no_others(organization, "organization", _ORGANIZATION_KEYS)
    return Project(
        root=root,
        name=reader.text(config, "name") or root.name,
        account=reader.text(config, "account"),
        policies=policies,
        principals=tuple(reader.principal(entry, known) for entry in reader.tables(config, "principal")),
        resources=tuple(reader.resource(entry, known) for entry in reader.tables(config, "resource")),
        requests=_requests(root),
        service_control=reader.levels(organization, "serviceControl", known),
        resource_control=reader.levels(organization, "resourceControl", known),
        rules=read_rules(reader, config),
        accounts=read_accounts(reader, organization, "accounts", "organization.accounts"),
    )


def _policies(root: Path, kinds: Mapping[str, PolicyKind]) -> tuple[ProjectPolicy, ...]:
    found = {path.relative_to(root).as_posix() for path in _json_files(root / "policies")}
    missing = sorted(set(kinds) - found)
    if missing:
        raise ProjectError(f"{root / PROJECT_FILE} names {missing[0]}, which is not there.")
    order = [*kinds, *sorted(found - set(kinds))]
    return tuple(ProjectPolicy(key, kinds.get(key, PolicyKind.IDENTITY)) for key in order)


def _json_files(folder: Path) -> Iterable[Path]:
    """Those of a folder of the project; none if it is not there."""
    try:
        return list(json_files(folder)) if folder.is_dir() else ()
    except OSError as error:
        raise ProjectError(f"{error.filename} cannot be read: {error.strerror}.") from error


def _requests(root: Path) -> tuple[SavedRequest, ...]:
    saved = []
    folder = root / "scenarios"
    for path in (path for path in _json_files(folder) if path.parent == folder):
        try:
            scenario = read_scenario(path.read_text(encoding="utf-8-sig"))
        except UnreadableScenarioError as error:
            raise ProjectError(f"{path} is no scenario: {error.error}") from error
        except (OSError, UnicodeDecodeError) as error:
            raise ProjectError(f"{path} cannot be read: {error}.") from error
        saved.append(SavedRequest(scenario.id or path.stem, scenario.title, scenario.request, scenario.expect))
    return tuple(saved)


class _Config:
    """Reads workbench.toml's values with errors that name the file and the key."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def wrong(self, key: str, expected: str) -> ProjectError:
        return ProjectError(f"{self.file}: {key} must be {expected}.")

    def no_others(self, table: Mapping[str, Any], name: str, known: Iterable[str]) -> None:
        """A key that nobody reads is a typing error, and an answer without it would be wrong."""
        for key in table:
            if key not in known:
                guess = near_match(key, known)
                hint = f"did you mean {guess!r}?" if guess else f"known are {', '.join(known)}."
                raise ProjectError(f"{self.file}: there is no key {key!r}{f' in {name}' if name else ''}; {hint}")

    def text(self, table: Mapping[str, Any], key: str) -> str:
        value = table.get(key, "")
        if not isinstance(value, str):
            raise self.wrong(key, "a string in quotes")
        return value

    def table(self, config: Mapping[str, Any], key: str) -> dict[str, Any]:
        value = config.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, "a table")
        return value

    def tables(self, config: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
        value = config.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise self.wrong(key, f"a list of tables ([[{key}]])")
        return value

    def kind(self, key: str, word: object) -> PolicyKind:
        if not isinstance(word, str) or word not in KINDS:
            raise self.wrong(f"policies.{key!r}", f"one of {', '.join(KINDS)}")
        return KINDS[word]

    def policy(self, table: Mapping[str, Any], key: str, known: set[str]) -> str:
        value = self.text(table, key)
        if value and value not in known:
            raise ProjectError(f"{self.file}: {key} names {value}, which is not there.")
        return value

    def policies(self, table: Mapping[str, Any], key: str, known: set[str]) -> tuple[str, ...]:
        values = table.get(key, [])
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            raise self.wrong(key, "a list of policy files")
        for value in values:
            if value not in known:
                raise ProjectError(f"{self.file}: {key} names {value}, which is not there.")
        return tuple(values)

    def principal(self, table: Mapping[str, Any], known: set[str]) -> ProjectPrincipal:
        self.no_others(table, "principal", _PRINCIPAL_KEYS)
        arn = self.text(table, "arn")
        if not arn:
            raise self.wrong("principal.arn", "the ARN of a user or role")
        return ProjectPrincipal(
            name=self.text(table, "name") or arn.rpartition("/")[2],
            arn=arn,
            identity=self.policies(table, "identity", known),
            boundary=self.policy(table, "boundary", known),
            trust=self.policy(table, "trust", known),
        )

    def resource(self, table: Mapping[str, Any], known: set[str]) -> ProjectResource:
        self.no_others(table, "resource", _RESOURCE_KEYS)
        arn, policy = self.text(table, "arn"), self.policy(table, "policy", known)
        if not arn or not policy:
            raise self.wrong("resource", "an arn and a policy")
        return ProjectResource(arn, policy)

    def levels(
        self, table: Mapping[str, Any], key: str, known: set[str]
    ) -> tuple[tuple[str, tuple[str, ...]], ...] | None:
        if key not in table:
            return None
        levels = self.tables(table, key)
        for level in levels:
            self.no_others(level, key, _LEVEL_KEYS)
        return tuple((self.text(level, "target"), self.policies(level, "policies", known)) for level in levels)
