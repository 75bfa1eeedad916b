"""The files of a project that are no policies: what it says of itself, what is suppressed, its saved requests."""

from __future__ import annotations

from pathlib import Path

from workbench.project.folders import json_files
from workbench.project.loader import PROJECT_FILE
from workbench.project.model import Project, ProjectError
from workbench.project.suppression_files import NAME as SUPPRESSIONS

_AT_THE_TOP = (PROJECT_FILE, SUPPRESSIONS)
_REQUESTS = "scenarios"


def other_files(project: Project) -> list[Path]:
    """Those that are there, the requests first. Raises ProjectError for a folder that cannot be read."""
    folder = project.root / _REQUESTS
    try:
        found = list(json_files(folder)) if folder.is_dir() else []
    except OSError as error:
        raise ProjectError(f"{error.filename} cannot be read: {error.strerror}.") from error
    found += [project.root / name for name in _AT_THE_TOP if (project.root / name).is_file()]
    return [path for path in found if is_other_file(project, path)]


def is_other_file(project: Project, path: Path) -> bool:
    """Whether a file, by its name alone, is one of the project and no policy."""
    if path.parent == project.root:
        return path.name in _AT_THE_TOP
    return path.parent == project.root / _REQUESTS and path.suffix == ".json"
