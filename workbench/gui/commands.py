"""Every thing a user can do is one Command. Menus, tool bar, shortcuts and the palette are views of this one list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True)
class Command:
    """`id` is stable ("file.open"), its first word is its menu. `title` is as the user reads it, no "&"; `mnemonic` is
    the letter of the title that Alt reaches in the menu. `checked` makes it a switch."""

    id: str
    title: str
    run: Callable[[], object]
    shortcut: str = ""  # portable text, "Ctrl+Shift+P"
    icon: str = ""
    mnemonic: str = ""
    hint: str = ""
    enabled: Callable[[], bool] = lambda: True
    checked: Callable[[], bool] | None = None
    other_keys: tuple[str, ...] = ()  # that do the same, where keyboards differ

    @property
    def menu_text(self) -> str:
        """The title with Qt's mark before its mnemonic."""
        place = self.title.casefold().find(self.mnemonic.casefold()) if self.mnemonic else -1
        return self.title if place < 0 else f"{self.title[:place]}&{self.title[place:]}"


class CommandRegistry:
    """The one list. Raises ValueError on a second owner of an id or a key: two owners make Qt fire neither."""

    def __init__(self) -> None:
        self._actions: dict[str, tuple[Command, QAction]] = {}

    def add(
        self, command: Command, owner: QWidget, context: Qt.ShortcutContext = Qt.ShortcutContext.WindowShortcut
    ) -> QAction:
        """The action of `command`, added to `owner`. Raises ValueError if the id or the shortcut is taken."""
        if command.id in self._actions:
            raise ValueError(f"command {command.id} is registered twice")
        keys = [key for key in (command.shortcut, *command.other_keys) if key]
        for key in keys:
            if any(key in (c.shortcut, *c.other_keys) for c, _ in self._actions.values()):
                raise ValueError(f"{key} is taken")
        action = QAction(command.menu_text, owner)
        action.setObjectName(command.id)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(context)
        shown = QKeySequence(command.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{command.hint or command.title}  {shown}".rstrip())
        action.setStatusTip(command.hint)
        if command.checked is not None:
            action.setCheckable(True)
        action.triggered.connect(lambda _checked=False: command.run())
        owner.addAction(action)
        self._actions[command.id] = command, action
        self._update(command, action)
        return action

    def action(self, command_id: str) -> QAction:
        """Raises KeyError for an unknown id."""
        return self._actions[command_id][1]

    def command(self, command_id: str) -> Command:
        """Raises KeyError for an unknown id."""
        return self._actions[command_id][0]

    def __iter__(self) -> Iterator[tuple[Command, QAction]]:
        return iter(self._actions.values())

    def of_menu(self, menu: str) -> Iterator[tuple[Command, QAction]]:
        """Commands whose id starts with `menu.`, in the order they were added."""
        return ((c, a) for c, a in self._actions.values() if c.id.partition(".")[0] == menu)

    def refresh(self) -> None:
        """Asks every command whether it can run now and whether it is on."""
        for command, action in self._actions.values():
            self._update(command, action)

    def matching(self, typed: str) -> Iterator[Command]:
        """Enabled commands whose title holds the typed letters in order, those that start with them first."""

        def holds(title: str) -> bool:
            letters = iter(title.casefold())
            return all(c in letters for c in typed.casefold() if not c.isspace())

        found = [c for c, _ in self._actions.values() if c.enabled() and holds(c.title)]
        start = typed.strip().casefold()

        def closeness(command: Command) -> tuple[bool, bool, str]:
            title = command.title.casefold()
            return not title.startswith(start), start not in title, title

        return iter(sorted(found, key=closeness))

    @staticmethod
    def _update(command: Command, action: QAction) -> None:
        action.setEnabled(command.enabled())
        if command.checked is not None:
            action.setChecked(command.checked())
