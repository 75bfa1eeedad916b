"""The files that `validate` and `review` are asked about, read and judged: policies, templates, folders, projects."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from workbench.cli.judging import (
    Asked,
    Place,
    Suppressions,
    judged_alone,
    judged_in_project,
    judged_inside,
    place_in,
    place_of,
)
from workbench.cli.streams import UnusableInputError, read_bytes
from workbench.document.nodes import Document
from workbench.embedded.door import ENDINGS
from workbench.embedded.model import Contents
from workbench.engine import Engine, Validation
from workbench.findings.identity import identity_of
from workbench.findings.model import Finding
from workbench.project.folders import files_in
from workbench.project.model import Project, ProjectError
from workbench.project.suppression_files import NAME
from workbench.report.model import FileReport, Told


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
                self._add_whole_project(path)
            elif path.is_dir():
                self._add_folder(path)
            else:
                self._add_alone(path)
        except (UnusableInputError, ProjectError) as error:
            self.errors.append(error)

    def add_project(self, project: Project, root: Path) -> None:
        """The policies of a project, each beside the others of whoever has it, what else in its folder holds policies,
        and its suppressions. Raises ProjectError."""
        suppressions = Suppressions(self._engine, root / NAME)
        for policy in project.policies:
            with _Collected(self.errors):
                validation = judged_in_project(self._engine, project, policy, self._asked, suppressions)
                self.reports.append(self._report(root / policy.key, validation))
        for path in outside(self._engine, project, root):
            with _Collected(self.errors):
                self._add_inside(root, path, suppressions, project)
        self._add_stale(suppressions)

    def _add_whole_project(self, root: Path) -> None:
        before = len(self.reports) + len(self.errors)
        self.add_project(self._engine.load_project(root), root)
        if len(self.reports) + len(self.errors) == before:
            raise UnusableInputError(f"{root}: this project has no policy; put its policies in {root / 'policies'}")

    def _add_folder(self, folder: Path) -> None:
        found = listed(self._engine, folder)
        suppressions = Suppressions(self._engine, folder / NAME)
        before = len(self.reports) + len(self.errors)
        for path in found:
            with _Collected(self.errors):
                self._add_inside(folder, path, suppressions)
        if len(self.reports) + len(self.errors) == before:
            raise UnusableInputError(f"{folder}: there is no policy in this folder")
        self._add_stale(suppressions)

    def _add_inside(self, folder: Path, path: Path, suppressions: Suppressions, project: Project | None = None) -> None:
        """What was met in a folder: a project, or a file that may be no policy and hold none."""
        if path.is_dir():
            self.add_project(self._engine.load_project(path), path)
            return
        place = place_in(self._engine, folder, path, suppressions, project)
        report = self._file(path, place)
        if report is not None:
            self.reports.append(report)
        if place.own is not None:
            self._add_stale(place.own)

    def _add_alone(self, path: Path) -> None:
        place = place_of(self._engine, path)
        project, policy, suppressions = place.project, place.policy, place.suppressions
        if project is not None and policy is not None:
            validation = judged_in_project(self._engine, project, policy, self._asked, suppressions)
            self.reports.append(self._report(path, validation))
        else:
            report = self._file(path, place)
            if report is None:
                raise UnusableInputError(f"{path}: there is no policy in this file")
            self.reports.append(report)
        self._add_stale(suppressions)

    def _add_stale(self, suppressions: Suppressions) -> None:
        found = suppressions.stale()
        if found is not None:
            document, findings = found
            name = file_name(suppressions.path, self._asked.base)
            before = (r for r in self.reports if file_name(Path(r.path), self._asked.base) == name)
            said = {told.finding for report in before for told in report.told}
            told = tuple(Told(f, identity_of(f, document, name)) for f in findings if f not in said)
            if not told:  # a folder and a file in it were asked about
                return
            self.reports.append(FileReport(str(suppressions.path), document, told, of_policies=False))

    def _file(self, path: Path, place: Place) -> FileReport | None:
        """A file by itself; None if it is no policy and holds none."""
        decoded = self._engine.decode(read_bytes(path))
        contents = self._engine.policies_in(path.name, decoded.text)
        if contents is None:
            return self._report(path, judged_alone(self._engine, decoded, self._asked, place))
        if not (contents.policies or contents.unread or contents.problem):
            return None
        return self._template(path, Document(decoded.text, None), contents, place)

    def _report(self, path: Path, validation: Validation) -> FileReport:
        return FileReport(str(path), validation.document, self._told(path, validation), validation.failed_checks)

    def _template(self, path: Path, document: Document, contents: Contents, place: Place) -> FileReport:
        from workbench.embedded.placing import UNRESOLVED, placed, unresolved

        told: list[Told] = []
        failed = []
        for policy in contents.policies:
            validation = judged_inside(self._engine, policy, self._asked, place)
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
            Told(self._proved(validation, finding), identity_of(finding, validation.document, name, policy), policy)
            for finding in validation.findings
        )

    def _proved(self, validation: Validation, finding: Finding) -> Finding:
        if not self._asked.verdicts or not finding.fixes:
            return finding
        verdicts = (self._engine.fix_verdict(validation, fix) for fix in finding.fixes)
        fixes = tuple(replace(f, verdict=v) for f, v in zip(finding.fixes, verdicts, strict=True))
        return replace(finding, fixes=fixes)

    def _name(self, path: Path) -> str:
        return file_name(path, self._asked.base)


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


def listed(engine: Engine, folder: Path) -> list[Path]:
    """The files in a folder that may hold policies, and the projects. Templates in folders whose names begin with a dot
    are tools' copies of other people's."""
    found = _files(engine, folder)
    kept = [path for path in found if not (_is_hidden(folder, path) and path.name.endswith(ENDINGS))]
    if not kept:
        raise UnusableInputError(f"{folder}: there is no .json file in this folder, and no template")
    return kept


def outside(engine: Engine, project: Project, root: Path) -> list[Path]:
    """What stands in the folder of a project, is none of its own files and may hold policies: templates, .json files in
    which there is a Statement, and other projects."""
    own = {root / policy.key for policy in project.policies}
    scenarios = root / "scenarios"
    return [
        path
        for path in _files(engine, root)
        if path not in own
        and path.parent != scenarios
        and not _is_hidden(root, path)
        and (path.suffix != ".json" or path.is_dir() or "Statement" in engine.decode(read_bytes(path)).text)
    ]


def _files(engine: Engine, folder: Path) -> list[Path]:
    try:
        return list(files_in(folder, (".json", *ENDINGS), engine.is_project))
    except OSError as error:
        raise UnusableInputError(f"{error.filename}: {error.strerror or error}") from error


def _is_hidden(folder: Path, path: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts[:-1])
