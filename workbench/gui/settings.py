"""What the window remembers: one table of settings, each with its type and default."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

ORGANIZATION = "policy-workbench"
RECENT_MOST = 10

_DEFAULTS: dict[str, Any] = {
    "theme": "system",
    "zoom": 0,
    "welcome_closed": False,
    "recent": [],
    "project": "",
    "open_files": [],
    "front_file": "",
    "geometry": QByteArray(),
    "layout": QByteArray(),
    "request_in_tabs": False,
    "findings_grouping": "none",
    "findings_beside": True,
}


class Settings:
    """Typed access to the user's settings file. A value of a wrong type is the default: the file may be hand-edited."""

    def __init__(self) -> None:
        self._store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, ORGANIZATION, "window")

    def get(self, name: str) -> Any:
        """Raises KeyError for a setting that does not exist."""
        default = _DEFAULTS[name]
        value = self._store.value(name, default)
        if isinstance(default, bool):
            return str(value).casefold() == "true"
        if isinstance(default, int):
            text = str(value)
            return int(text) if text.lstrip("-").isdigit() else default
        if isinstance(default, list):
            values = [value] if isinstance(value, str) else value  # an ini file cannot tell one from a list of one
            return [v for v in values if isinstance(v, str) and v] if isinstance(values, list) else default
        return value if isinstance(value, type(default)) else default

    def set(self, name: str, value: Any) -> None:
        """Raises KeyError for a setting that does not exist."""
        if not isinstance(value, type(_DEFAULTS[name])):
            raise KeyError(f"{name} is no {type(value).__name__}")
        self._store.setValue(name, value)

    def add_recent(self, path: Path) -> None:
        """Puts a file or project in front of the recent ones."""
        text = str(path)
        rest = [p for p in self.get("recent") if p != text]
        self.set("recent", [text, *rest][:RECENT_MOST])

    def keep(self, values: Mapping[str, Any]) -> None:
        """Sets several and writes the file. May run off the GUI thread, on a Settings of that thread."""
        for name, value in values.items():
            self.set(name, value)
        self._store.sync()


def data_folder() -> Path:
    """Where the program keeps what is not a setting: unsaved texts, the log."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    return Path(place) / ORGANIZATION
