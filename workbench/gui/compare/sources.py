"""With what the policy in front is compared: the file as saved, another file, the clipboard, git, AWS's library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from workbench.document.unseen import visible
from workbench.gui.theme import ROW, SPACE

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Source:
    """The older side: how to speak of it, and its text."""

    name: str
    text: str


class Chooser(QDialog):
    """A list to choose one of, with a field that filters it. `chosen` is called with what belongs to the line."""

    def __init__(
        self, title: str, hint: str, lines: list[tuple[str, str]], chosen: Callable[[str], object], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._lines, self._chosen = lines, chosen
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.typed = QLineEdit()
        self.typed.setPlaceholderText(hint)
        self.typed.setAccessibleName(hint)
        self.typed.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName(title)
        self.list.setUniformItemSizes(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 3 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addWidget(self.typed)
        column.addWidget(self.list)
        self.typed.textChanged.connect(self._fill)
        self.typed.returnPressed.connect(lambda: self._take(self.list.currentItem()))
        self.list.itemActivated.connect(self._take)
        self.list.itemClicked.connect(self._take)
        self._fill("")
        self.resize(560, 420)

    def _fill(self, typed: str) -> None:
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

    def _take(self, item: QListWidgetItem | None) -> None:
        key = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if key is not None:
            self.close()
            self._chosen(key)
