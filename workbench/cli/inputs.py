"""The files that `validate` and `review` are asked about, read and judged: policies, templates, folders, projects."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from workbench.cli.streams import UnusableInputError, read_bytes
from workbench.document.decoding import Decoded
from workbench.document.nodes import Document
from workbench.embedded.door import ENDINGS
from workbench.embedded.model import Contents
from workbench.engine import Engine, Validation
from workbench.findings.identity import identity_of
from workbench.findings.suppressions import Suppression
from workbench.policy.kinds import PolicyKind
from workbench.project.folders import files_in
from workbench.project.model import Project, ProjectError, ProjectPolicy
from workbench.project.suppression_files import NAME, SuppressionFile, beside, read_suppressions
from workbench.report.model import FileReport, Told


@dataclass(frozen=True, slots=True)
class Asked:
    """What the policies are said to be, None where nothing was said; `base`: the folder that identities of findings
    name files under."""

    kind: PolicyKind | None = None
    resource_type: str | None = None
    base: Path = field(default_factory=Path.cwd)


class Inputs:
    """Reads and judges what is asked about. `reports` and `errors` grow in the order of the asking; what cannot be read
    does not keep the rest from being judged."""

    def __init__(self, engine: Engine, asked: Asked) -> None:
        self._engine, self._asked = engine, asked
        self.reports: list[FileReport] = []
        self.errors: list[UnusableInputError | ProjectError] = []

    def add(self, path: Path) -> None:
        """Everything that `path` leads to. A project in a folder is judged as a project."""
        try:
            if self._engine.is_project(path):
                self.add_project(self._engine.load_project(path), path)
            elif path.is_dir():
                self._add_folder(path)
            else:
                self._add_alone(path)
        except (UnusableInputError, ProjectError) as error:
            self.errors.append(error)

    def add_project(self, project: Project, root: Path) -> None:
        """The policies of a project, each beside the others of whoever has it, and its suppressions. Raises
        ProjectError."""
        suppressions = _Suppressions(self._engine, root / NAME)
        for policy in project.policies:
            path = root / policy.key
            with _Collected(self.errors):
                validation = suppressions.apply(_of_project(self._engine, project, policy, self._asked), policy.key)
                self.reports.append(self._report(path, validation))
        self._add_stale(suppressions)

    def _add_folder(self, folder: Path) -> None:
        found = _listed(self._engine, folder)
        suppressions = _Suppressions(self._engine, folder / NAME)
        before = len(self.reports) + len(self.errors)
        for path in found:
            if path.is_dir():
                self.add(path)
                continue
            with _Collected(self.errors):
                report = self._file(path, path.relative_to(folder).as_posix(), suppressions)
                if report is not None:
                    self.reports.append(report)
        if len(self.reports) + len(self.errors) == before:
            raise UnusableInputError(f"{folder}: there is no policy in this folder")
        self._add_stale(suppressions)

    def _add_alone(self, path: Path) -> None:
        suppressions = _Suppressions(self._engine, beside(path))
        report = self._file(path, path.name, suppressions)
        if report is None:
            raise UnusableInputError(f"{path}: there is no policy in this file")
        self.reports.append(report)
        self._add_stale(suppressions)

    def _add_stale(self, suppressions: _Suppressions) -> None:
        report = suppressions.report(self._asked.base)
        if report is not None:
            self.reports.append(report)

    def _file(self, path: Path, key: str, suppressions: _Suppressions) -> FileReport | None:
        """A file by itself; None if it is no policy and holds none."""
        decoded = self._engine.decode(read_bytes(path))
        contents = self._engine.policies_in(path.name, decoded.text)
        if contents is None:
            return self._report(path, suppressions.apply(_alone(self._engine, decoded, self._asked), key))
        if not (contents.policies or contents.unread or contents.problem):
            return None
        return self._template(path, key, Document(decoded.text, None), contents, suppressions)

    def _report(self, path: Path, validation: Validation) -> FileReport:
        return FileReport(str(path), validation.document, self._told(path, validation), validation.failed_checks)

    def _template(
        self, path: Path, key: str, document: Document, contents: Contents, suppressions: _Suppressions
    ) -> FileReport:
        from workbench.embedded.placing import UNRESOLVED, placed, unresolved

        told: list[Told] = []
        failed = []
        for policy in contents.policies:
            asked = self._asked
            kind, resource_type = asked.kind or policy.kind, asked.resource_type or policy.resource_type
            validation = self._engine.validate(policy.text, kind, resource_type)
            validation = suppressions.apply(validation, key, policy.name)
            failed += [f for f in validation.failed_checks if f not in failed]
            told += [replace(t, finding=placed(t.finding, policy)) for t in self._told(path, validation, policy.name)]
        fills = [t.finding for t in told if t.finding.code == UNRESOLVED]
        # What several aliases mean stands in the file once.
        at_places = {(t.finding.code, frozenset(t.finding.locations)): t for t in reversed(told)}
        told = [t for t in at_places.values() if t.finding.code != UNRESOLVED]
        explanation = unresolved(document, contents, fills)
        if explanation is not None:
            told.append(Told(explanation, identity_of(explanation, document, self._name(path))))
        told.sort(key=lambda t: (t.finding.span.start, t.finding.type.rank, t.finding.code, t.finding.span.end))
        return FileReport(str(path), document, tuple(told), tuple(failed))

    def _told(self, path: Path, validation: Validation, policy: str = "") -> tuple[Told, ...]:
        name = self._name(path)
        return tuple(
            Told(finding, identity_of(finding, validation.document, name, policy), policy)
            for finding in validation.findings
        )

    def _name(self, path: Path) -> str:
        return file_name(path, self._asked.base)


class _Suppressions:
    """The suppressions that files are under, and which of them had something to say."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine, self._path = engine, path
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

    def report(self, base: Path) -> FileReport | None:
        """What is wrong with the file of suppressions, None if nothing is. To be asked when all files were judged."""
        if self._file is None:
            return None
        found = self._engine.stale_suppressions(self._file, self._used, self._seen)
        if not found:
            return None
        document, name = Document(self._file.text, None), file_name(self._path, base)
        told = tuple(Told(finding, identity_of(finding, document, name)) for finding in found)
        return FileReport(str(self._path), document, told, of_policies=False)


class _Collected:
    """Keeps what cannot be read for later, so that the rest goes on."""

    def __init__(self, errors: list[UnusableInputError | ProjectError]) -> None:
        self._errors = errors

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if isinstance(error, UnusableInputError | ProjectError):
            self._errors.append(error)
            return True
        return False


def file_name(path: Path, base: Path) -> str:
    """A file's path from the folder `base`, with forward slashes, however it was given."""
    return Path(os.path.relpath(os.path.abspath(path), base)).as_posix()


def all_of(engine: Engine, paths: list[Path], asked: Asked) -> Inputs:
    """Everything that the paths lead to."""
    inputs = Inputs(engine, asked)
    for path in paths:
        inputs.add(path)
    return inputs


def fixable(engine: Engine, paths: Iterable[Path], asked: Asked) -> Iterator[tuple[Path, Callable[[], Validation]]]:
    """Each file that is a policy, and how to judge it; templates are passed over. Raises UnusableInputError and
    ProjectError."""
    for path in paths:
        if engine.is_project(path):
            project = engine.load_project(path)
            for policy in project.policies:
                yield path / policy.key, partial(_of_project, engine, project, policy, asked)
        elif path.is_dir():
            inside = _listed(engine, path)
            yield from fixable(engine, (p for p in inside if p.is_dir() or not p.name.endswith(ENDINGS)), asked)
        else:
            decoded = engine.decode(read_bytes(path))
            if engine.policies_in(path.name, decoded.text) is None:
                yield path, partial(_alone, engine, decoded, asked)


def _listed(engine: Engine, folder: Path) -> list[Path]:
    """The files in a folder that may hold policies, and the projects. Templates in folders whose names begin with a dot
    are tools' copies of other people's."""
    try:
        found = list(files_in(folder, (".json", *ENDINGS), engine.is_project))
    except OSError as error:
        raise UnusableInputError(f"{error.filename}: {error.strerror or error}") from error
    hidden = [any(part.startswith(".") for part in path.relative_to(folder).parts[:-1]) for path in found]
    kept = [p for p, is_hidden in zip(found, hidden, strict=True) if not (is_hidden and p.name.endswith(ENDINGS))]
    if not kept:
        raise UnusableInputError(f"{folder}: there is no .json file in this folder, and no template")
    return kept


def _of_project(engine: Engine, project: Project, policy: ProjectPolicy, asked: Asked) -> Validation:
    """A policy of a project, beside the other policies of whoever has it; `asked` overrules what the project says."""
    decoded = engine.decode(read_bytes(project.path(policy.key)))
    companions = engine.companions(project, policy.key)
    kind = asked.kind or policy.kind
    return engine.validate(decoded.text, kind, asked.resource_type, decoded, companions, project.rules)


def _alone(engine: Engine, decoded: Decoded, asked: Asked) -> Validation:
    return engine.validate(decoded.text, asked.kind, asked.resource_type, decoded)
