"""Everything one can do or ask, by a few of its letters: commands, the project's requests, actions of the catalog."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from workbench.gui.commands import Command, CommandRegistry
from workbench.gui.icons import icon
from workbench.gui.list_popup import ListPopup
from workbench.gui.theme import ROW, Theme
from workbench.writing.fuzzy import match

WIDTH, ROWS = 560, 14
_ENTRY, _PLACES = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what it is about ("Edit", "Ask"), what it says, its keys, and what Enter does."""

    category: str
    title: str
    run: Callable[[], object]
    keys: str = ""
    icon: str = ""
    used: str = ""  # the id of the command, to be remembered

    @property
    def text(self) -> str:
        return f"{self.category}: {self.title}"


class CommandPalette(ListPopup):
    """A list over the window; it goes when something runs or the focus leaves. `asks(typed)`: what can be asked by
    these letters; `recent`: ids of commands, the last used first; `used(id)` hears of a command that runs."""

    def __init__(
        self,
        registry: CommandRegistry,
        theme: Theme,
        parent: QWidget,
        asks: Callable[[str], Sequence[Entry]] = lambda _typed: (),
        recent: Sequence[str] = (),
        used: Callable[[str], object] = lambda _id: None,
    ) -> None:
        self.list = QTreeWidget()
        hint = "Run a command, or ask a request"
        super().__init__("Commands", hint, f"{hint}…", self.list, parent)
        self._registry, self._theme, self._asks, self._recent, self._used = registry, theme, asks, recent, used
        nothing = QPixmap(16, 16)
        nothing.fill(Qt.GlobalColor.transparent)
        self._blank = QIcon(nothing)  # titles line up, with an icon and without
        self.list.setAccessibleName("What fits")
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.setIconSize(QSize(16, 16))
        self.list.setItemDelegateForColumn(0, _Marking(theme, self.list))
        self.list.itemClicked.connect(lambda _item, _column: self.take())
        # The keys stay in the field: what is chosen below is told there to those who do not see it.
        self.list.currentItemChanged.connect(
            lambda item, _before: self.typed.setAccessibleDescription(item.text(0) if item else "")
        )
        self.column()
        self.fill("")
        self.place_over(parent, WIDTH, 64)

    def _entries(self, typed: str) -> list[Entry]:
        commands = [self._of(command) for command in self._registry.matching(typed, self._recent)]
        asks = list(self._asks(typed)) if typed.strip() else []
        # An action is what is meant as soon as a colon is typed; before that commands are.
        return [*asks, *commands] if ":" in typed else [*commands, *asks]

    def _of(self, command: Command) -> Entry:
        action = self._registry.action(command.id)
        keys = self._registry.shown_keys(command.id)
        return Entry(command.category, command.title, action.trigger, keys, command.icon, command.id)

    def fill(self, typed: str) -> None:
        self.list.clear()
        for entry in self._entries(typed):
            item = QTreeWidgetItem(self.list, [entry.text, entry.keys])
            item.setData(0, _ENTRY, entry)
            item.setData(0, _PLACES, _places(typed, entry))
            item.setSizeHint(0, QSize(0, ROW))
            item.setForeground(1, self._theme.color("muted"))
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setIcon(0, icon(entry.icon, self._theme) if entry.icon else self._blank)
        first = self.list.topLevelItem(0)
        if first is not None:
            self.list.setCurrentItem(first)
        else:
            item = QTreeWidgetItem(self.list, ["No command and no action has these letters."])
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            item.setForeground(0, self._theme.color("muted"))
        self.fit(WIDTH, ROWS)

    def take(self) -> None:
        """Runs what is chosen, after the palette has gone and the focus is back where it was."""
        item = self.list.currentItem()
        entry = item.data(0, _ENTRY) if item else None
        self.close()
        if isinstance(entry, Entry):
            if entry.used:
                self._used(entry.used)
            entry.run()


def _places(typed: str, entry: Entry) -> tuple[int, ...]:
    """The letters of the entry's whole text that were meant."""
    found = match(typed, entry.title)
    if found is not None:
        before = len(entry.text) - len(entry.title)
        return tuple(at + before for at in found.places)
    whole = match(typed, entry.text)
    return whole.places if whole is not None else ()


class _Marking(QStyledItemDelegate):
    """Draws the category muted, the letters that were meant bold, underlined and in the accent."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry = index.data(_ENTRY)
        if not isinstance(entry, Entry):
            super().paint(painter, option, index)
            return
        self.initStyleOption(option, index)
        style, places = option.widget.style(), set(index.data(_PLACES))
        rect = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, option.widget)
        option.text = ""
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        painter.save()
        x, before = rect.left() + 2, len(entry.text) - len(entry.title)
        strong = QFont(option.font)
        strong.setBold(True)
        strong.setUnderline(True)
        for start, end, kind in _runs(entry.text, places, before):
            painter.setFont(strong if kind == "accent" else option.font)
            painter.setPen(self._theme.color(kind))
            metrics = QFontMetrics(painter.font())
            width = metrics.horizontalAdvance(entry.text[start:end])
            room = QRect(x, rect.top(), rect.right() - x, rect.height())
            text = metrics.elidedText(entry.text[start:end], Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
            x += width
            if x >= rect.right():
                break
        painter.restore()


def _runs(text: str, places: set[int], category: int) -> list[tuple[int, int, str]]:
    """Parts of the text that look alike, each with the token it is drawn in."""
    kinds = ["accent" if at in places else "muted" if at < category else "text" for at in range(len(text))]
    runs: list[tuple[int, int, str]] = []
    for at, kind in enumerate(kinds):
        if runs and runs[-1][2] == kind:
            runs[-1] = runs[-1][0], at + 1, kind
        else:
            runs.append((at, at + 1, kind))
    return runs
