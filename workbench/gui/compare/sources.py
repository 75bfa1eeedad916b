"""With what the policy in front is compared: the file as saved, another file, the clipboard, git, AWS's library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from workbench.document.unseen import visible
from workbench.gui.list_popup import ListPopup
from workbench.gui.theme import ROW, SPACE

MOST_SHOWN = 200
MOST_ROWS = 10
WIDTH = 560


@dataclass(frozen=True, slots=True)
class Source:
    """The older side: how to speak of it, and its text."""

    name: str
    text: str


class Chooser(ListPopup):
    """A list over a pane to choose one of, with a field that filters it. `chosen` is called with what belongs to the
    line, after the list has gone."""

    def __init__(
        self, title: str, hint: str, lines: list[tuple[str, str]], chosen: Callable[[str], object], over: QWidget
    ) -> None:
        self.list = QListWidget()
        super().__init__(title, hint, f"{title}…", self.list, over)
        self._lines, self._chosen, self._over = lines, chosen, over
        self.list.setAccessibleName(title)
        self.list.setUniformItemSizes(True)
        self.column()
        self.list.itemClicked.connect(lambda _item: self.take())
        self.list.currentItemChanged.connect(self._tell)
        self.fill("")

    def open_over(self) -> None:
        """Shows the list where its pane stands, as far as the window has room."""
        self.show()
        self.place_over(self._over, self.width(), 4 * SPACE)
        window = self._over.window()
        bottom = window.mapToGlobal(window.rect().bottomLeft()).y() - SPACE
        self.move(self.x(), min(self.y(), bottom - self.height()))

    def fill(self, typed: str) -> None:
        words = typed.casefold().split()
        found = [(line, key) for line, key in self._lines if all(w in line.casefold() for w in words)]
        self.list.clear()
        for line, key in found[:MOST_SHOWN]:
            item = QListWidgetItem(visible(line), self.list)
            item.setData(Qt.ItemDataRole.UserRole, key)
            item.setSizeHint(QSize(0, ROW))
        if not found:
            item = QListWidgetItem("Nothing has these words.", self.list)
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        elif len(found) > MOST_SHOWN:
            item = QListWidgetItem(f"… and {len(found) - MOST_SHOWN:,} more: type to narrow them down.", self.list)
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.list.setCurrentRow(0)
        self.fit(min(WIDTH, self._over.window().width() - 8 * SPACE), MOST_ROWS)

    def _tell(self, item: QListWidgetItem | None) -> None:
        # The keys stay in the field: what is chosen below is told there to those who do not see it.
        self.typed.setAccessibleDescription(item.text() if item is not None else "")

    def take(self) -> None:
        item = self.list.currentItem()
        key = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if key is not None:
            self.close()
            self._chosen(key)
