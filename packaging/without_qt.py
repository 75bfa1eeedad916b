"""A pytest plugin that makes Qt impossible to import. A linter reads imports; this finds the lazy ones.

With this folder on the path: `pytest -p without_qt -p no:pytest-qt`, in this order and before any other plugin.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

QT = ("PySide6", "shiboken6", "pytestqt")


class NoQt:
    """An import finder that refuses Qt."""

    @staticmethod
    def find_spec(
        fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] in QT:
            raise ModuleNotFoundError(f"{fullname} is out of reach in this run", name=fullname)
        return None


if loaded := [name for name in QT if name in sys.modules]:
    raise RuntimeError(f"{loaded} was imported before it could be put out of reach")
sys.meta_path.insert(0, NoQt())
