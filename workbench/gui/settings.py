"""What the window keeps: the settings a user sees, one row each, and the state of the last session, each with its type.

The settings dialog is made from `TABLE`: a new setting is one row here and one line where it takes effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QObject, QSettings, QStandardPaths, Signal

ORGANIZATION = "policy-workbench"
RECENT_MOST = 10


def _monospaced() -> tuple[tuple[str, str], ...]:
    from PySide6.QtGui import QFontDatabase

    families = [f for f in QFontDatabase.families() if QFontDatabase.isFixedPitch(f)]
    return (("", "The first of ours that is installed"), *((f, f) for f in families))


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as a user sees it. A text takes one of `choices` (value, how it is called), a number lies in `range`
    and is followed by `unit`; what takes effect when is said in `explanation`."""

    name: str
    category: str
    label: str
    explanation: str
    default: str | int | bool
    choices: Callable[[], tuple[tuple[str, str], ...]] = tuple
    range: tuple[int, int] = (0, 0)
    unit: str = ""

    def sound(self, value: Any) -> bool:
        """Whether a value is one that the setting can have."""
        if type(value) is not type(self.default):
            return False
        if isinstance(value, str):
            return value in [each for each, _ in self.choices()]
        return isinstance(value, bool) or self.range[0] <= value <= self.range[1]


TABLE = (
    Setting(
        "theme",
        "Look",
        "Theme",
        "Light, dark or high contrast. The system's own choice is followed while the program runs.",
        "system",
        lambda: (
            ("system", "As the system"),
            ("light", "Light"),
            ("dark", "Dark"),
            ("high-contrast", "High contrast"),
        ),
    ),
    Setting(
        "zoom",
        "Editor",
        "Text larger by",
        "Policies are written in the system's own size and this much; less than 0 is smaller.",
        0,
        range=(-4, 16),
        unit=" pt",
    ),
    Setting(
        "font",
        "Editor",
        "Font",
        "The font of policies; every letter of it is as wide as the others.",
        "",
        _monospaced,
    ),
    Setting(
        "wrap",
        "Editor",
        "Wrap long lines",
        "A line longer than the editor is wide goes on below; not so in a text where one has more than 20,000 "
        "characters.",
        False,
    ),
    Setting(
        "blanks",
        "Editor",
        "Show white space",
        "Spaces have a dot and tabs an arrow.",
        False,
    ),
    Setting(
        "answer_delay",
        "Answers",
        "Wait before answering",
        "How long the keyboard must be quiet before findings and answer follow the text.",
        150,
        range=(50, 3000),
        unit=" ms",
    ),
)
"""What the settings dialog shows, in its order."""

_BY_NAME = {setting.name: setting for setting in TABLE}

_DEFAULTS: dict[str, Any] = {
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
    "keys": [],  # the key map: what differs from the built-in keys
    "recent_commands": [],
    **{setting.name: setting.default for setting in TABLE},
}


class Settings(QObject):
    """Typed access to the user's settings file. A value of a wrong type, or that a setting cannot have, is the default:
    the file may be hand-edited. `changed` carries the name of a setting that has another value now."""

    changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, ORGANIZATION, "window")

    def get(self, name: str) -> Any:
        """Raises KeyError for a setting that does not exist."""
        default = _DEFAULTS[name]
        value = self._typed(default, self._store.value(name, default))
        setting = _BY_NAME.get(name)
        return value if setting is None or value == default or setting.sound(value) else default

    @staticmethod
    def _typed(default: Any, value: Any) -> Any:
        if isinstance(default, bool):
            return str(value).casefold() == "true"
        if isinstance(default, int):
            text = str(value)
            digits = text.removeprefix("-")
            return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 10 else default
        if isinstance(default, list):
            values = [value] if isinstance(value, str) else value  # an ini file cannot tell one from a list of one
            return [v for v in values if isinstance(v, str) and v] if isinstance(values, list) else default
        return value if isinstance(value, type(default)) else default

    def set(self, name: str, value: Any) -> None:
        """Raises KeyError for a setting that does not exist."""
        if not isinstance(value, type(_DEFAULTS[name])):
            raise KeyError(f"{name} is no {type(value).__name__}")
        if name in _BY_NAME and value == self.get(name):
            return
        self._store.setValue(name, value)
        self.changed.emit(name)

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
