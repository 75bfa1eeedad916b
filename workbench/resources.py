"""Where our own files are: `resources/` of the work tree, or of the bundle in an installed program."""

from __future__ import annotations

import sys
from pathlib import Path


def resource_path(name: str) -> Path:
    """The path of `resources/<name>`; whether it exists is for the caller to find out."""
    bundle = getattr(sys, "_MEIPASS", None)
    root = Path(bundle) if bundle else Path(__file__).resolve().parent.parent
    return root / "resources" / name
