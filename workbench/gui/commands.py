"""Every thing a user can do is one Command. Menus, tool bar, shortcuts and the palette are views of this one list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from workbench.writing.fuzzy import match

_USED = 1.5
"""What having been used lately is worth, in the points of a match: less than one letter at the start of a word."""


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
    def category(self) -> str:
        return self.id.partition(".")[0].capitalize()

    @property
    def usual_keys(self) -> tuple[str, ...]:
        """The keys it has as long as the user gives it no others."""
        return tuple(key for key in (self.shortcut, *self.other_keys) if key)

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
        for key in command.usual_keys:
            if self.owner_of(key) is not None:
                raise ValueError(f"{key} is taken")
        action = QAction(command.menu_text, owner)
        action.setObjectName(command.id)
        action.setShortcutContext(context)
        action.setStatusTip(command.hint)
        if command.checked is not None:
            action.setCheckable(True)
        action.triggered.connect(lambda _checked=False: command.run())
        owner.addAction(action)
        self._actions[command.id] = command, action
        self.set_keys(command.id, command.usual_keys)
        self._update(command, action)
        return action

    def set_keys(self, command_id: str, keys: Sequence[str]) -> None:
        """Gives a command these keys (portable text) and no others; its tool tip shows the first. Raises KeyError for
        an unknown id. That no other command has one of them is for the caller to see to: `owner_of`."""
        command, action = self._actions[command_id]
        action.setShortcuts([QKeySequence(key) for key in keys])
        shown = self.shown_keys(command_id)
        action.setToolTip(f"{command.hint or command.title}  {shown}".rstrip())

    def keys(self, command_id: str) -> tuple[str, ...]:
        """The keys of a command now, as portable text. Raises KeyError for an unknown id."""
        return tuple(each.toString() for each in self._actions[command_id][1].shortcuts())

    def shown_keys(self, command_id: str) -> str:
        """The first key of a command as this system writes it; empty if it has none."""
        return self._actions[command_id][1].shortcut().toString(QKeySequence.SequenceFormat.NativeText)

    def owner_of(self, key: str) -> Command | None:
        """The command that has the key now, or one that begins with it or that it begins with: Qt would wait for the
        rest of the longer one, or fire neither."""
        wanted = QKeySequence(key)
        for command, action in self._actions.values():
            for each in action.shortcuts():
                if (
                    each.matches(wanted) != QKeySequence.SequenceMatch.NoMatch
                    or wanted.matches(each) != QKeySequence.SequenceMatch.NoMatch
                ):
                    return command
        return None

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

    def matching(self, typed: str, recent: Sequence[str] = ()) -> Iterator[Command]:
        """Enabled commands whose title, or category and title, holds the typed letters in order: the best match first,
        those of `recent` (ids, the last used first) before others that fit as well. With nothing typed they lead."""
        found = []
        ages = {command_id: age for age, command_id in enumerate(recent)}
        for command, _ in self._actions.values():
            if not command.enabled():
                continue
            of_title, of_both = match(typed, command.title), match(typed, f"{command.category}: {command.title}")
            age = ages.get(command.id, len(ages))
            if of_title is not None:
                score = of_title.score + (_USED if typed.strip() and command.id in ages else 0.0)
                found.append(((-score, age, command.title.casefold()), command))
            elif of_both is not None:  # after every one whose title fits
                found.append(((1_000_000 - of_both.score, age, command.title.casefold()), command))
        found.sort(key=lambda each: each[0])
        return (command for _, command in found)

    @staticmethod
    def _update(command: Command, action: QAction) -> None:
        action.setEnabled(command.enabled())
        if command.checked is not None:
            action.setChecked(command.checked())
