"""The context table's view: editors that know a row's type, keys completed out of the catalog, add and remove."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QStringListModel,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QComboBox,
    QCompleter,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from workbench.gui.simulator.context_model import KEY, STATE, VALUE, ContextTable, State
from workbench.gui.simulator.context_values import ValueType
from workbench.gui.widgets import ROW_HEIGHT

if TYPE_CHECKING:
    from workbench.engine import KeyInfo

_CLOSED = "closed"
_Index = QModelIndex | QPersistentModelIndex
_STATES = (State.GIVEN.value, State.ABSENT.value, State.UNKNOWN.value)
"""What a person can say of a key; `derived` is the engine's word alone."""


class KeyEdit(QLineEdit):
    """A key's name, completed by any part of it. A pattern such as `aws:RequestTag/${TagKey}` leaves the cursor where
    the tag's own name goes. `accepted` comes with Enter while the list of names is open, and with a name picked there:
    Qt's list would take that key for itself. `adding`: it stands in the row that adds a key."""

    accepted = Signal()

    def __init__(self, keys: Sequence[KeyInfo], adding: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.adding = adding
        self.setFrame(False)
        self.setPlaceholderText("aws:SourceVpc")
        completer = QCompleter(self)
        completer.setModel(QStringListModel([k.name for k in keys], completer))
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(12)
        completer.popup().setTextElideMode(Qt.TextElideMode.ElideMiddle)
        completer.popup().setObjectName("completer")
        self.setCompleter(completer)
        # Queued: QLineEdit puts the whole completion in after this signal, so taking the pattern off comes last.
        completer.activated[str].connect(self._picked, Qt.ConnectionType.QueuedConnection)  # type: ignore[index]

    def _picked(self, completion: str) -> None:
        head, pattern, _ = completion.partition("${")
        if pattern:
            self.setText(head)
            self.setFocus()
        else:
            self.accepted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        popup = self.completer().popup()
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and popup.isVisible() and not popup.currentIndex().isValid():
            popup.hide()
            # Later: the list closes in a turn of its own, and with it the focus comes back to this editor.
            QTimer.singleShot(0, self, self.accepted.emit)
            return
        super().keyPressEvent(event)

    def key(self) -> str:
        """What was typed, without a pattern nobody filled in."""
        return self.text().partition("${")[0].strip()


class ContextDelegate(QStyledItemDelegate):
    """Makes the editor that fits the cell: keys complete, Bool and state are choices, the rest is text."""

    def __init__(self, keys: Callable[[], Sequence[KeyInfo]], parent: QWidget) -> None:
        super().__init__(parent)
        self._keys = keys

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:  # noqa: N802
        model = index.model()
        assert isinstance(model, ContextTable)
        if index.column() == KEY:
            editor = KeyEdit(self._keys(), model.row(index.row()) is None, parent)
            editor.setAccessibleName("Context key")
            editor.accepted.connect(lambda: self._finish(editor))
            return editor
        row = model.row(index.row())
        assert row is not None, "the last row has a key cell only"
        if index.column() == STATE:
            return self._choice([row.state.value, *(s for s in _STATES if s != row.state)], "State", parent)
        kind = model.value_type(row.key)
        several = model.multivalued(row.key)
        if kind is ValueType.BOOL and not several:
            return self._choice(["true", "false"], f"Value of {row.key}", parent)
        line = QLineEdit(parent)
        line.setFrame(False)
        line.setAccessibleName(f"Value of {row.key}")
        line.setPlaceholderText("several, with commas" if several else kind.example)
        return line

    def _choice(self, words: list[str], name: str, parent: QWidget) -> QComboBox:
        box = QComboBox(parent)
        box.setFrame(False)
        box.setAccessibleName(name)
        box.addItems(words)
        # A choice is made with one click: the list opens by itself and the cell closes with the pick.
        box.activated.connect(lambda _index: self._finish(box))
        QTimer.singleShot(0, box, box.showPopup)
        return box

    def _finish(self, editor: QWidget) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def setEditorData(self, editor: QWidget, index: _Index) -> None:  # noqa: N802
        text = str(index.data(Qt.ItemDataRole.EditRole) or "")
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(max(editor.findText(text, Qt.MatchFlag.MatchFixedString), 0))
        elif isinstance(editor, QLineEdit) and not editor.isModified():
            # Data that changes below an open editor must not undo what is being typed.
            editor.setText(text)
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:  # noqa: N802
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentText())
        elif isinstance(editor, KeyEdit):
            model.setData(index, editor.key())
        elif isinstance(editor, QLineEdit):
            model.setData(index, editor.text())


class ContextView(QTableView):
    """The table. Enter, F2, a click on the selected cell or typing edits; Delete removes; a new key goes on to its
    value at once."""

    def __init__(
        self, table: ContextTable, keys: Callable[[], Sequence[KeyInfo]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._table = table
        self.setModel(table)
        self.setItemDelegate(ContextDelegate(keys, self))
        self.setAccessibleName("Context keys of the request")
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            triggers.DoubleClicked | triggers.SelectedClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed
        )
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setStyleSheet("QTableView::item { padding: 0 5px; }")  # cells begin where their heading does
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(KEY, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(VALUE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(STATE, QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(40)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.sortIndicatorChanged.connect(table.sort)
        self.clicked.connect(self._clicked)
        for changed in (table.rowsInserted, table.rowsRemoved, table.modelReset, table.dataChanged):
            changed.connect(self._share_width)
        self._share_width()

    def _share_width(self, *_args: object) -> None:
        """Names of keys are what rows are told apart by: they have the room they need, up to three fifths of it; of a
        value the ends are enough, and its tool tip has it whole."""
        metrics = self.fontMetrics()
        state = metrics.horizontalAdvance("unknown") + 24
        room = max(self.viewport().width() - state, 0)
        names = (row.key for index in range(self._table.rowCount() - 1) if (row := self._table.row(index)) is not None)
        longest = max(map(metrics.horizontalAdvance, names), default=0) + 22
        width = min(max(longest, room // 3), room * 3 // 5)
        header = self.horizontalHeader()
        for section, size in ((STATE, state), (KEY, width)):
            if size > 0 and header.sectionSize(section) != size:
                header.resizeSection(section, size)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._share_width()

    def _clicked(self, index: QModelIndex) -> None:
        """One click edits where nothing can be lost by it: the row that adds, an empty value, a state."""
        row = self._table.row(index.row())
        if row is None and index.column() != KEY:
            index = index.siblingAtColumn(KEY)
        if row is None or index.column() == STATE or (index.column() == VALUE and not row.text):
            self.setCurrentIndex(index)
            if not self._is_editing():
                self.edit(index)

    def edit_value(self, key: str) -> None:
        """Goes to the value of the key, adding the key first if it is not there, and opens its editor."""
        row = self._table.add_key(key)
        if row >= 0:
            index = self._table.index(row, VALUE)
            self.setFocus()
            self.setCurrentIndex(index)
            self.scrollTo(index)
            self.edit(index)

    def remove_selected(self) -> None:
        self._table.remove(sorted({i.row() for i in self.selectedIndexes()}))

    def closeEditor(  # noqa: N802
        self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint
    ) -> None:
        if not editor.property(_CLOSED):
            editor.setProperty(_CLOSED, True)
            super().closeEditor(editor, hint)

    def commitData(self, editor: QWidget) -> None:  # noqa: N802
        if editor.property(_CLOSED):
            return  # Enter may be both the list's and the delegate's
        super().commitData(editor)
        if isinstance(editor, KeyEdit) and editor.key():
            # After the editor has gone: the key's value is what a person types next.
            key, adding = editor.key(), editor.adding
            QTimer.singleShot(0, self, lambda: self._go_on(key, adding))

    def _go_on(self, key: str, added: bool) -> None:
        """To the key's value: of a key that was added always, also where the table had it already, derived perhaps."""
        for index in range(self._table.rowCount() - 1):
            row = self._table.row(index)
            if row is None or row.key.casefold() != key.casefold():
                continue
            if added or (not row.text and row.state is State.GIVEN):
                self.edit_value(row.key)
            return

    def _is_editing(self) -> bool:
        """Whether a cell's editor is open. Qt's own `state()` forgets it once rows come or go, as they do with every
        answer; then Enter in the editor would open another one instead of taking what was typed."""
        return any(isinstance(w, QWidget) and w.isVisible() for w in self.viewport().children())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        editing = self._is_editing()
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not editing:
            self.remove_selected()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not editing and self.currentIndex().isValid():
            self.edit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._share_width()
