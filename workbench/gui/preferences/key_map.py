"""The keys of the commands as the user has them: what differs from the built-in ones is kept in the settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from workbench.gui.commands import Command, CommandRegistry
from workbench.gui.settings import Settings

_FORMAT = QKeySequence.SequenceFormat.PortableText


class KeyMap(QObject):
    """The keys of a registry's commands under a user's changes. `changed` carries the id of a command that has others
    now. A kept entry that is none (the file may be hand-edited), or whose key another command has, is left out."""

    changed = Signal(str)

    def __init__(self, registry: CommandRegistry, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._registry, self._settings = registry, settings
        self._custom = dict(self._kept())
        self._guard = _TextKeys(registry, self)
        self._apply_kept()

    def _kept(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        known = {command.id for command, _ in self._registry}
        for entry in self._settings.get("keys"):
            command_id, sign, written = entry.partition("=")
            keys = [key.toString() for key in QKeySequence.listFromString(written, _FORMAT)] if written else []
            if sign and command_id in known and all(keys):
                yield command_id, tuple(keys)

    def _apply_kept(self) -> None:
        """All changed commands lose their keys first: two may have swapped them."""
        for command_id in self._custom:
            self._registry.set_keys(command_id, ())
        for command_id, keys in list(self._custom.items()):
            free = [key for key in keys if self._registry.owner_of(key) is None]
            if len(free) < len(keys):
                del self._custom[command_id]
                free = [
                    key for key in self._registry.command(command_id).usual_keys if not self._registry.owner_of(key)
                ]
            self._registry.set_keys(command_id, free)
        self._guard.follow(bool(self._custom))

    def is_changed(self, command_id: str) -> bool:
        """Whether the command has other keys than the built-in ones by the user's will."""
        return command_id in self._custom

    @property
    def any_changed(self) -> bool:
        return bool(self._custom)

    def conflict(self, command_id: str, key: str) -> Command | None:
        """The other command that has the key now, or one that cannot be told from it while it is pressed."""
        owner = self._registry.owner_of(key)
        return owner if owner is not None and owner.id != command_id else None

    def set(self, command_id: str, keys: Sequence[str]) -> None:
        """Gives the command these keys, now and at every start. Raises ValueError if another command has one."""
        for key in keys:
            if self.conflict(command_id, key) is not None:
                raise ValueError(f"{key} is taken")
        self._registry.set_keys(command_id, keys)
        self._custom[command_id] = self._registry.keys(command_id)
        if self._custom[command_id] == _portable(self._registry.command(command_id).usual_keys):
            del self._custom[command_id]
        self._keep(command_id)

    def reset(self, command_id: str) -> Command | None:
        """Gives the command its built-in keys again. What has one of them now, if something does: then nothing is
        changed."""
        usual = self._registry.command(command_id).usual_keys
        for key in usual:
            owner = self.conflict(command_id, key)
            if owner is not None:
                return owner
        self._registry.set_keys(command_id, usual)
        self._custom.pop(command_id, None)
        self._keep(command_id)
        return None

    def reset_all(self) -> None:
        """Gives every command its built-in keys."""
        self._custom.clear()
        for command, _ in self._registry:
            self._registry.set_keys(command.id, command.usual_keys)
        self._keep("")

    def _keep(self, command_id: str) -> None:
        entries = [
            f"{each}={QKeySequence.listToString([QKeySequence(key) for key in keys], _FORMAT)}"
            for each, keys in self._custom.items()
        ]
        self._settings.set("keys", entries)
        self._guard.follow(bool(self._custom))
        self.changed.emit(command_id)


def _portable(keys: Sequence[str]) -> tuple[str, ...]:
    return tuple(QKeySequence(key).toString() for key in keys)


class _TextKeys(QObject):
    """A text field takes the keys of its own (Ctrl+Z, Ctrl+K …) before any command gets them; a key that the user gave
    to a command is the command's. Looks on only while there is such a key, and only at the field with the focus."""

    def __init__(self, registry: CommandRegistry, parent: QObject) -> None:
        super().__init__(parent)
        self._registry = registry
        self._on = False
        self._field: QWidget | None = None

    def follow(self, on: bool) -> None:
        app = QApplication.instance()
        if on is self._on or not isinstance(app, QApplication):
            return
        self._on = on
        if on:
            app.focusChanged.connect(self._look_at)
            self._look_at(None, QApplication.focusWidget())
        else:
            app.focusChanged.disconnect(self._look_at)
            self._look_at(self._field, None)

    def _look_at(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None and old is self._field:
            old.removeEventFilter(self)
        self._field = new if isinstance(new, (QLineEdit, QPlainTextEdit, QTextEdit)) else None
        if self._field is not None:
            self._field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            pressed = QKeySequence(event.keyCombination())
            for command, action in self._registry:
                if action.isEnabled() and pressed in action.shortcuts():
                    if pressed not in [QKeySequence(key) for key in command.usual_keys]:
                        event.ignore()
                        return True
                    return False
        return False
