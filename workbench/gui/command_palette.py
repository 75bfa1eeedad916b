"""Every command by its name: type a few of its letters, Enter runs it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

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
        nothing = QPixmap(16, 16)
        nothing.fill(Qt.GlobalColor.transparent)
        self._blank = QIcon(nothing)  # titles line up, with an icon and without
        self.typed = QLineEdit()
        self.typed.setPlaceholderText("Run a command…")
        self.typed.setAccessibleName("Run a command")
        self.list = QTreeWidget()
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.setIconSize(QSize(16, 16))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(lambda _item, _column: self.run())
        frame = QFrame(self)
        frame.setObjectName("palette")
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(frame)
        column = self._column = QVBoxLayout(frame)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        column.addWidget(self.typed)
        column.addWidget(self.list)
        self.typed.textChanged.connect(self._fill)
        self.typed.installEventFilter(self)
        self._fill("")
        middle = parent.mapToGlobal(parent.rect().center())
        self.move(middle.x() - WIDTH // 2, parent.mapToGlobal(parent.rect().topLeft()).y() + 64)
        self.typed.setFocus()

    def _fill(self, typed: str) -> None:
        self.list.clear()
        for command in self._registry.matching(typed):
            keys = QKeySequence(command.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
            menu = command.id.partition(".")[0].capitalize()
            item = QTreeWidgetItem(self.list, [f"{menu}: {command.title}", keys])
            item.setData(0, _ID, command.id)
            item.setSizeHint(0, QSize(0, ROW))
            item.setForeground(1, self._theme.color("muted"))
            item.setIcon(0, icon(command.icon, self._theme) if command.icon else self._blank)
        first = self.list.topLevelItem(0)
        if first is not None:
            self.list.setCurrentItem(first)
        else:
            item = QTreeWidgetItem(self.list, ["No command has these letters."])
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            item.setForeground(0, self._theme.color("muted"))
        # As high as what it shows: a white block below one command says nothing.
        rows = min(self.list.topLevelItemCount(), ROWS)
        self.list.setFixedHeight(rows * (ROW + 2))
        for layout in (self._column, self.layout()):
            layout.activate()  # else the height it needed before is the least it may have
        self.resize(WIDTH, self.minimumSizeHint().height())

    def run(self) -> None:
        """Runs the chosen command, after the palette has gone and the focus is back where it was."""
        item = self.list.currentItem()
        command_id = item.data(0, _ID) if item else None
        self.close()
        if command_id:
            self._registry.action(command_id).trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                row = self.list.indexOfTopLevelItem(self.list.currentItem()) + step
                chosen = self.list.topLevelItem(row % self.list.topLevelItemCount())
                if chosen is not None:
                    self.list.setCurrentItem(chosen)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.run()
                return True
        return super().eventFilter(watched, event)
