"""Every command by its name: type a few of its letters, Enter runs it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from workbench.gui.commands import CommandRegistry
from workbench.gui.icons import icon
from workbench.gui.theme import ROW, SPACE, Theme

WIDTH, ROWS = 520, 12
_ID = Qt.ItemDataRole.UserRole


class CommandPalette(QDialog):
    """A list over the window; it goes when a command runs or the focus leaves."""

    def __init__(self, registry: CommandRegistry, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._registry, self._theme = registry, theme
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Commands")
        self.typed = QLineEdit()
        self.typed.setPlaceholderText("Run a command…")
        self.typed.setAccessibleName("Run a command")
        self.list = QListWidget()
        self.list.setIconSize(QSize(16, 16))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(lambda _item: self.run())
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        column.addWidget(self.typed)
        column.addWidget(self.list)
        self.typed.textChanged.connect(self._fill)
        self.typed.installEventFilter(self)
        self._fill("")
        self.resize(WIDTH, ROWS * ROW + 56)
        middle = parent.mapToGlobal(parent.rect().center())
        self.move(middle.x() - WIDTH // 2, parent.mapToGlobal(parent.rect().topLeft()).y() + 64)
        self.typed.setFocus()

    def _fill(self, typed: str) -> None:
        self.list.clear()
        for command in self._registry.matching(typed):
            keys = QKeySequence(command.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
            menu = command.id.partition(".")[0].capitalize()
            item = QListWidgetItem(f"{menu}: {command.title}" + (f"    {keys}" if keys else ""), self.list)
            item.setData(_ID, command.id)
            item.setSizeHint(QSize(0, ROW))
            if command.icon:
                item.setIcon(icon(command.icon, self._theme))
        if self.list.count():
            self.list.setCurrentRow(0)
        else:
            item = QListWidgetItem("No command has these letters.", self.list)
            item.setFlags(Qt.ItemFlag.NoItemFlags)

    def run(self) -> None:
        """Runs the chosen command, after the palette has gone and the focus is back where it was."""
        item = self.list.currentItem()
        command_id = item.data(_ID) if item else None
        self.close()
        if command_id:
            self._registry.action(command_id).trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self.list.setCurrentRow((self.list.currentRow() + step) % max(self.list.count(), 1))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.run()
                return True
        return super().eventFilter(watched, event)
