"""Where our own files are: `resources/` of the work tree, of the bundle in an installed program, or what an installed
distribution has of it (pyproject.toml puts it into the package)."""

from __future__ import annotations

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_path(name: str) -> Path:
    """The path of `resources/<name>`; whether it exists is for the caller to find out."""
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle:
        return Path(bundle) / "resources" / name
    installed = _PACKAGE / "_resources"
    return (installed if installed.is_dir() else _PACKAGE.parent / "resources") / name
