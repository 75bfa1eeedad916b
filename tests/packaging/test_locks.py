"""The lock files hold exact versions and hashes, no address, and what pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.support import REPOSITORY

PACKAGING = REPOSITORY / "packaging"
LOCKS = [*sorted(PACKAGING.glob("requirements-*.txt")), PACKAGING / "catalog-sources.txt"]
ENTRY = re.compile(r"[a-z0-9_-]+==[0-9][0-9a-z.]*( --hash=sha256:[0-9a-f]{64})+")
# Anything that names a machine or a scheme: "https://x", "git+ssh", "files.example.org", an option that sets an index.
ADDRESS = re.compile(r"://|git\+|@|--(index|extra-index|find-links|trusted)|\b[\w-]+\.(org|com|net|io|dev)\b")


def entries(lock: Path) -> list[str]:
    """The requirements of a lock, one a line, comments gone."""
    joined = lock.read_text("utf-8").replace("\\\n", " ")
    lines = (line.strip() for line in joined.splitlines())
    return [re.sub(r"\s+", " ", line) for line in lines if line and not line.startswith("#")]


def names(lock: str) -> dict[str, str]:
    return dict(entry.split(" ")[0].split("==") for entry in entries(PACKAGING / f"requirements-{lock}.txt"))


def normal(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[=<>!~ \[;]", requirement)[0]).lower()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_entry_is_one_version_with_hashes(lock: Path) -> None:
    assert entries(lock)
    assert [entry for entry in entries(lock) if not ENTRY.fullmatch(entry)] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_no_lock_holds_an_address(lock: Path) -> None:
    assert [line for line in lock.read_text("utf-8").splitlines() if ADDRESS.search(line)] == []


@pytest.mark.parametrize("text", ["https://x/y", "--index-url z", "pkg @ file", "pypi.example.org", "git+ssh"])
def test_an_address_would_be_seen(text: str) -> None:
    assert ADDRESS.search(text)


def test_the_locks_cover_what_the_project_states() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    assert {normal(r) for r in project["dependencies"]} <= set(names("run"))
    for lock in ("dev", "build"):
        wanted = {normal(r) for r in project["optional-dependencies"][lock]}
        assert wanted <= set(names(lock))


def test_qt_is_pinned_to_the_sound_release() -> None:
    """6.12.0 loses a reference of None at every call: design.md section 7."""
    run = names("run")
    assert run["pyside6-essentials"] == run["shiboken6"] == "6.11.1"


def test_development_tools_leave_the_program_alone() -> None:
    """dev and build are laid over run: a package in both would shadow the one that users get."""
    for lock in ("dev", "build"):
        assert not set(names(lock)) & set(names("run"))
