"""How a policy is judged where it stands: in a project, in a folder, by itself, or inside a template."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workbench.cli.streams import read_bytes
from workbench.document.decoding import Decoded
from workbench.document.nodes import Document
from workbench.embedded.model import EmbeddedPolicy
from workbench.engine import Engine, Validation
from workbench.findings.model import Finding
from workbench.findings.rules import NO_RULES, HouseRules
from workbench.findings.suppressions import Suppression
from workbench.policy.kinds import PolicyKind
from workbench.project.loader import project_around
from workbench.project.model import Project, ProjectPolicy
from workbench.project.suppression_files import NAME, SuppressionFile, beside, read_suppressions


@dataclass(frozen=True, slots=True)
class Asked:
    """What the policies are said to be, None where nothing was said; `base`: the folder that identities of findings
    name files under; `verdicts`: whether what each fix does to access is to be proved."""

    kind: PolicyKind | None = None
    resource_type: str | None = None
    base: Path = field(default_factory=Path.cwd)
    verdicts: bool = False


class Suppressions:
    """The suppressions that files are under, and which of them had something to say. `of`: the one file that is judged
    of those they are about, None if all are."""

    def __init__(self, engine: Engine, path: Path, of: str | None = None) -> None:
        self._engine, self.path, self._of = engine, path, of
        self._file: SuppressionFile | None = read_suppressions(path)
        self._used: set[Suppression] = set()
        self._seen: list[str] = []

    def apply(self, validation: Validation, key: str, within: str = "") -> Validation:
        """Marks what is suppressed in the policy that the entries call `key`."""
        self._seen.append(key)
        if self._file is None:
            return validation
        validation, used = self._engine.suppress(validation, self._file.entries, key, within)
        self._used |= used
        return validation

    def stale(self) -> tuple[Document, Sequence[Finding]] | None:
        """The file and what is wrong with it, None if nothing is. To be asked when all files were judged."""
        if self._file is None:
            return None
        file = self._file
        if self._of is not None:  # what other files need is not known here
            file = file._replace(entries=tuple(entry for entry in file.entries if entry.file == self._of))
        found = self._engine.stale_suppressions(file, self._used, self._seen)
        return (Document(file.text, None), found) if found else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file stands: how its suppressions call it, and the project that it is in. `policy`: what the project says
    of it, None for a file that is none of its policies; `own`: the suppressions that stand beside a file of a folder
    that has some for all."""

    key: str
    suppressions: Suppressions
    project: Project | None = None
    policy: ProjectPolicy | None = None
    own: Suppressions | None = None

    def apply(self, validation: Validation, within: str = "") -> Validation:
        """Marks what is suppressed in a policy of the file; `within`: which one, in a template."""
        validation = self.suppressions.apply(validation, self.key, within)
        return validation if self.own is None else self.own.apply(validation, self.key.rpartition("/")[2], within)

    @property
    def rules(self) -> HouseRules:
        return self.project.rules if self.project else NO_RULES


def place_of(engine: Engine, path: Path) -> Place:
    """The place of a file that was named by itself: what the nearest project above it says holds for it as well. The
    suppressions of a file that is none of the project's policies stand beside it, or are the project's. Raises
    ProjectError."""
    root = project_around(path)
    if root is None:
        return Place(path.name, Suppressions(engine, beside(path)))
    project = engine.load_project(root)
    key = Path(os.path.abspath(path)).relative_to(root).as_posix()
    policy = project.policy(key)
    if policy is None and beside(path).is_file():
        return Place(path.name, Suppressions(engine, beside(path)), project)
    return Place(key, Suppressions(engine, root / NAME, of=key), project, policy)


def place_in(
    engine: Engine, folder: Path, path: Path, suppressions: Suppressions, project: Project | None = None
) -> Place:
    """The place of a file in a folder: that of a project that it is no policy of, or one that is no project. The
    folder's suppressions hold for it and, as when it is named by itself, those beside it. Raises ProjectError."""
    own = beside(path)
    is_there = own.is_file() and own != suppressions.path
    beside_it = Suppressions(engine, own) if is_there else None
    return Place(path.relative_to(folder).as_posix(), suppressions, project, own=beside_it)


def judged_in_project(
    engine: Engine, project: Project, policy: ProjectPolicy, asked: Asked, suppressions: Suppressions
) -> Validation:
    """A policy of a project, with all that the project says around it; `asked` overrules what the project says."""
    decoded = engine.decode(read_bytes(project.path(policy.key)))
    around = engine.surroundings(project, policy.key)
    kind = asked.kind or policy.kind
    validation = engine.validate(decoded.text, kind, asked.resource_type, decoded, around, project.rules)
    return suppressions.apply(validation, policy.key)


def judged_alone(engine: Engine, decoded: Decoded, asked: Asked, place: Place) -> Validation:
    """A file that is a policy, by itself or beside others in a folder."""
    validation = engine.validate(decoded.text, asked.kind, asked.resource_type, decoded, rules=place.rules)
    return place.apply(validation)


def judged_inside(engine: Engine, policy: EmbeddedPolicy, asked: Asked, place: Place) -> Validation:
    """A policy in a template."""
    kind, resource_type = asked.kind or policy.kind, asked.resource_type or policy.resource_type
    validation = engine.validate(policy.text, kind, resource_type, rules=place.rules)
    return place.apply(validation, policy.name)
