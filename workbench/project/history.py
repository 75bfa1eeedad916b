"""Older versions of a file, as the user's own git keeps them. Nothing is changed and nothing fetched."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

MOST_VERSIONS = 50
_PATIENCE = 10  # seconds


@dataclass(frozen=True, slots=True)
class Version:
    """One commit that changed the file."""

    commit: str
    date: str
    subject: str


def versions(path: Path) -> tuple[Version, ...]:
    """The commits that changed the file, newest first; () where it is in no repository or there is no git."""
    found = _git(path, "log", f"-{MOST_VERSIONS}", "--format=%H%x09%as%x09%s", "--", path.name)
    lines = found.decode("utf-8", "replace").splitlines() if found is not None else []
    return tuple(Version(*parts) for line in lines if len(parts := line.split("\t", 2)) == 3)


def bytes_at(path: Path, commit: str) -> bytes | None:
    """The file's bytes as of a commit, None if it was not there."""
    return _git(path, "show", f"{commit}:./{path.name}")


def _git(path: Path, *arguments: str) -> bytes | None:
    command = ["git", "-C", str(path.parent), "--no-optional-locks", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
