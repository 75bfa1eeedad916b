"""A change to a file of a project taken back, as long as nobody has changed the file since."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from workbench.document.replacing import replace_file
from workbench.project.model import ProjectError


class Change(NamedTuple):
    """What was in a file before and after; None where there was none."""

    path: Path
    before: bytes | None
    after: bytes | None


def content(path: Path) -> bytes | None:
    """The bytes of a file, None if there is none. Raises ProjectError if it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ProjectError(f"{path} cannot be read: {error.strerror}.") from error


def take_back(change: Change) -> None:
    """Makes the file what it was before. Raises ProjectError where it has been changed since, or cannot be written;
    then it is as it is."""
    if content(change.path) != change.after:
        raise ProjectError(f"{change.path.name} has been changed since: nothing was undone.")
    try:
        if change.before is None:
            change.path.unlink(missing_ok=True)
        else:
            replace_file(change.path, change.before)
    except OSError as error:
        raise ProjectError(f"{change.path} cannot be written: {error.strerror}.") from error
