"""Where the compiled catalog is."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from workbench.catalog.store import CatalogMissing, remedy

VARIABLE = "POLICY_WORKBENCH_DATA"
CATALOG = "catalog.bin"
DESCRIPTIONS = "catalog-descriptions.bin"
MANAGED = "managed-policies.bin"


def find(name: str = CATALOG) -> Path:
    """The compiled file: in the folder that POLICY_WORKBENCH_DATA names, else in the bundle of an installed program,
    else in the newest set-up of this work tree. Raises CatalogMissing."""
    named = os.environ.get(VARIABLE)
    if named:
        return _existing(Path(named) / name, f"{VARIABLE} names")
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle:
        return _existing(Path(bundle) / "data" / name, "the program should bring")
    found = [path for path in _root().glob(f".setup/*/data/{name}") if path.is_file()]
    if not found:
        raise CatalogMissing(
            f"there is no {name}, which is built and not part of the distribution: packaging/run in a clone of Policy "
            f"Workbench builds it, or packaging/build_catalog.py into a folder that {VARIABLE} then names"
        )
    return max(found, key=lambda path: (path.stat().st_mtime_ns, path))


def _root() -> Path:
    return Path(__file__).resolve().parent.parent.parent


def _existing(path: Path, who: str) -> Path:
    if not path.is_file():
        raise CatalogMissing(f"there is no {path}, where {who} the catalog: {remedy(path)}")
    return path
