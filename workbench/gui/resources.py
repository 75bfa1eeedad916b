"""Where our icons, style sheet and examples lie: beside the package in a checkout and in a bundle."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def _root() -> Path:
    package = Path(__file__).resolve().parents[1]
    beside = package.parent / "resources"
    return beside if beside.is_dir() else package / "resources"


def resource(name: str) -> Path:
    """The file `name` ("icons/open.svg") of the program's own resources. Does not look whether it is there."""
    return _root() / name
