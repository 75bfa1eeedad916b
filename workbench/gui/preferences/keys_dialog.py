"""Every command with its keys: looked up by name or key, changed by pressing other keys, reset."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QKeyCombination, QModelIndex, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.gui.commands import CommandRegistry
from workbench.gui.preferences.key_map import KeyMap
from workbench.gui.theme import ROW, SPACE
from workbench.gui.widgets import WrappedLabel
from workbench.writing.fuzzy import match

_ID = Qt.ItemDataRole.UserRole
COMMAND, KEYS, MENU, CHANGED = range(4)
HOW = "Choose a command, press Enter, then its new keys."
_LEAVE = (Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)


class KeysDialog(QDialog):
    """Changes take effect as they are made, and are kept."""

    def __init__(self, registry: CommandRegistry, key_map: KeyMap, parent: QWidget) -> None:
        super().__init__(parent)
        self._registry, self._map = registry, key_map
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("keys")
        self.setWindowTitle("Keyboard shortcuts")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Part of a name, or keys such as Ctrl+F")
        self.search.setClearButtonEnabled(True)
        find = QLabel("&Find")
        find.setBuddy(self.search)
        self.list = QTreeWidget()
        self.list.setAccessibleName("Commands and their keys")
        self.list.setHeaderLabels(["Command", "Keys", "Menu", ""])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.list.header().setSectionResizeMode(COMMAND, QHeaderView.ResizeMode.Stretch)
        for column in (KEYS, MENU, CHANGED):
            self.list.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.list.header().setStretchLastSection(False)
        self.press = QKeySequenceEdit()
        self.press.setMaximumSequenceLength(1)  # one stroke: with two the field would wait whether another comes
        self.press.installEventFilter(self)
        self.press.setAccessibleName("New keys of the chosen command")
        inside = self.press.findChild(QLineEdit)
        if inside is not None:
            inside.setAccessibleName("New keys of the chosen command")
            inside.setPlaceholderText("Press keys")
        keys = QLabel("New &keys")
        keys.setBuddy(self.press)
        self.take_away = QPushButton("Take &away")
        self.reset = QPushButton("&Reset")
        self.reset_all = QPushButton("Reset a&ll")
        self.said = WrappedLabel(HOW)
        self.said.setObjectName("said")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setText("&Close")
        for button in (self.take_away, self.reset, self.reset_all, close):
            button.setAutoDefault(False)  # Enter in the list means the command that is chosen there
        top, bottom = QHBoxLayout(), QHBoxLayout()
        top.addWidget(find)
        top.addWidget(self.search, 1)
        bottom.addWidget(keys)
        bottom.addWidget(self.press, 1)
        for widget in (self.take_away, self.reset, self.reset_all):
            bottom.addWidget(widget)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 3 * SPACE)
        rows.setSpacing(2 * SPACE)
        rows.addLayout(top)
        rows.addWidget(self.list, 1)
        rows.addLayout(bottom)
        rows.addWidget(self.said)
        rows.addWidget(buttons)
        self.resize(680, 560)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self.press.setFocus)  # the first that was found is chosen
        self.search.installEventFilter(self)
        self.list.currentItemChanged.connect(lambda _new, _old: self._chosen())
        self.list.itemActivated.connect(lambda _item, _column: self.press.setFocus())
        self.press.editingFinished.connect(self._pressed)
        self.take_away.clicked.connect(lambda: self._give(()))
        self.reset.clicked.connect(self._reset)
        self.reset_all.clicked.connect(self._reset_all)
        key_map.changed.connect(self._show_keys)  # a method: Qt lets go of it with the dialog
        for command, _ in registry:
            item = QTreeWidgetItem(self.list, [command.title, "", command.category, ""])
            item.setData(COMMAND, _ID, command.id)
            item.setSizeHint(COMMAND, QSize(0, ROW))
            if command.hint:
                item.setToolTip(COMMAND, command.hint)
        self._show_keys()
        self._choose_first()
        self.search.setFocus()

    @property
    def command_id(self) -> str:
        """The chosen command; empty while none is in sight."""
        item = self.list.currentItem()
        return str(item.data(COMMAND, _ID)) if item is not None and not item.isHidden() else ""

    def choose(self, command_id: str) -> None:
        for item in self._items():
            if item.data(COMMAND, _ID) == command_id:
                self.list.setCurrentItem(item)

    def _items(self) -> list[QTreeWidgetItem]:
        items = (self.list.topLevelItem(row) for row in range(self.list.topLevelItemCount()))
        return [item for item in items if item is not None]

    def _choose_first(self) -> None:
        first = next((item for item in self._items() if not item.isHidden()), None)
        if first is not None:
            self.list.setCurrentItem(first)

    def _show_keys(self, _id: str = "") -> None:
        for item in self._items():
            command_id = str(item.data(COMMAND, _ID))
            keys = self._registry.action(command_id).shortcuts()
            native = QKeySequence.SequenceFormat.NativeText
            item.setText(KEYS, "   ".join(key.toString(native) for key in keys))
            item.setText(CHANGED, "changed" if self._map.is_changed(command_id) else "")
        self._filter(self.search.text())
        self._chosen()

    def _filter(self, typed: str) -> None:
        """Shows the commands whose name, menu or keys hold what is typed; the chosen one stays if it is among them."""
        wanted = typed.strip()
        plain = wanted.casefold().replace(" ", "")
        for item in self._items():
            keys = item.text(KEYS).casefold().replace(" ", "")
            name = f"{item.text(MENU)}: {item.text(COMMAND)}"
            item.setHidden(bool(wanted) and plain not in keys and match(wanted, name) is None)
        if not self.command_id:
            self._choose_first()
        if not any(not item.isHidden() for item in self._items()):
            self.said.setText("No command has these letters or keys.")
        elif wanted:
            self.said.setText(HOW)

    def _chosen(self) -> None:
        command_id = self.command_id
        self.press.clear()
        self.said.setText(HOW)
        for widget in (self.press, self.take_away, self.reset):
            widget.setEnabled(bool(command_id))
        if command_id:
            self.take_away.setEnabled(bool(self._registry.keys(command_id)))
            self.reset.setEnabled(self._map.is_changed(command_id))
        self.reset_all.setEnabled(self._map.any_changed)

    def _pressed(self) -> None:
        sequence = self.press.keySequence()
        if sequence.isEmpty() or not self.command_id:
            return
        key = sequence.toString()
        shown = sequence.toString(QKeySequence.SequenceFormat.NativeText)
        owner = self._map.conflict(self.command_id, key)
        if owner is not None:
            self.press.clear()
            self.said.setText(f"{shown} belongs to “{owner.title}”. Take it away there first.")
            return
        if _would_type(sequence):
            self.press.clear()
            self.said.setText(f"{shown} types a letter. Press it with Ctrl or Alt.")
            return
        self._give((key,))

    def _give(self, keys: tuple[str, ...]) -> None:
        command = self._registry.command(self.command_id)
        self._map.set(command.id, keys)
        shown = self._registry.shown_keys(command.id)
        self.said.setText(f"“{command.title}” is on {shown} now." if keys else f"“{command.title}” has no keys now.")
        self.list.setFocus()

    def _reset(self) -> None:
        command = self._registry.command(self.command_id)
        owner = self._map.reset(command.id)
        if owner is not None:
            self.said.setText(f"Its keys belong to “{owner.title}” now. Take them away there first.")
        else:
            self.said.setText(f"“{command.title}” has its usual keys again.")
        self.list.setFocus()

    def _reset_all(self) -> None:
        self._map.reset_all()
        self.said.setText("Every command has its usual keys again.")
        self.list.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Esc and Tab alone leave the field that takes every key: they are no keys for a command, and a way out. Down
        goes from what is typed to what was found."""
        if watched is self.search:
            if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Down:
                self.list.setFocus()
                return True
        elif isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            shift = Qt.KeyboardModifier.ShiftModifier
            if event.key() in _LEAVE and event.modifiers() in (Qt.KeyboardModifier.NoModifier, shift):
                event.accept()
                if event.type() == QEvent.Type.KeyPress:
                    (self.take_away if event.key() == Qt.Key.Key_Tab else self.list).setFocus()
                return True
        return super().eventFilter(watched, event)

    def index_of(self, command_id: str) -> QModelIndex:
        """Where a command stands in the list; an invalid index for one that is not there."""
        found = [item for item in self._items() if item.data(COMMAND, _ID) == command_id]
        return self.list.indexFromItem(found[0]) if found else QModelIndex()


def _would_type(sequence: QKeySequence) -> bool:
    """Whether the first key alone writes something: a command must not take it from the text."""
    first: QKeyCombination = sequence[0]  # type: ignore[index]
    strong = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
    if first.keyboardModifiers() & strong:
        return False
    key = first.key()
    editing = (
        Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_Escape,
        Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down,
        Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
    )  # fmt: skip
    return key < 0x01000000 or key in editing
