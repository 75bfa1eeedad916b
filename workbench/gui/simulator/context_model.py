"""The request's context as a table: what the asker states, what is absent, and what follows from the request."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QColor, QIcon

from workbench.document.unseen import visible
from workbench.evaluation.request import ContextValue, Request
from workbench.gui.plain import tip
from workbench.gui.simulator.context_values import ValueType, complaint, read_value, value_type, write_value

if TYPE_CHECKING:
    from workbench.engine import KeyInfo

KEY, VALUE, STATE = range(3)
_HEADINGS = ("Context key", "Value", "State")
ADD_A_KEY = "Add a key…"
_ROOT = QModelIndex()


class State(enum.StrEnum):
    """How a key stands in the request. The value is the word in the table."""

    GIVEN = "given"
    ABSENT = "absent"
    UNKNOWN = "unknown"
    DERIVED = "derived"


@dataclass(slots=True)
class ContextRow:
    """One key. `text` is what stands in the value cell."""

    key: str
    text: str = ""
    state: State = State.GIVEN


_SORT_KEYS: tuple[Callable[[ContextRow], str], ...] = (
    lambda row: row.key.casefold(),
    lambda row: row.text.casefold(),
    lambda row: row.state.value,
)


class ContextTable(QAbstractTableModel):
    """Rows in Python, sorted and filtered in Python; the last row is where a key is added.

    `edited` is emitted for every change by the user, never for derived rows or a new request being shown.
    `describe` gives the catalog's word on a key, or None.
    """

    edited = Signal()
    RowRole = int(Qt.ItemDataRole.UserRole)

    def __init__(self, describe: Callable[[str], KeyInfo | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._describe = describe
        self._infos: dict[str, KeyInfo | None] = {}
        self._rows: list[ContextRow] = []
        self._derived: tuple[tuple[str, str], ...] = ()
        self._shown: list[ContextRow] = []
        self._needle = ""
        self._order: tuple[int, bool] | None = None
        self._muted = QColor(Qt.GlobalColor.gray)
        self._warning = QColor(Qt.GlobalColor.darkYellow)
        self._mark = QIcon()
        self._action = ""
        self._carries: Callable[[str, str], bool] = lambda _action, _key: True

    # what the form reads and sets

    def context(self) -> dict[str, ContextValue]:
        """Keys that are given and have a value."""
        read = ((r.key, read_value(r.text, self.multivalued(r.key))) for r in self._rows if r.state is State.GIVEN)
        return {key: value for key, value in read if value is not None}

    def keys_that_are(self, state: State) -> frozenset[str]:
        return frozenset(r.key for r in self._rows if r.state is state)

    def set_request(self, request: Request) -> None:
        """Shows the request's keys instead of those there; says nothing of it through `edited`."""
        rows = [ContextRow(key, write_value(value)) for key, value in request.context.items()]
        rows += [ContextRow(key, "", State.ABSENT) for key in sorted(request.absent)]
        rows += [ContextRow(key, "", State.UNKNOWN) for key in sorted(request.unknown)]
        self._rows, self._derived = rows, ()
        self._arrange()

    def set_derived(self, derived: Iterable[tuple[str, str]]) -> None:
        """Shows the keys that the engine filled in, below the asker's own. Editing one makes it the asker's."""
        self._derived = tuple(derived)
        self._place_derived()
        self._arrange()

    def _place_derived(self) -> None:
        """Row objects of derived keys are kept, and the asker's rows stay where they are: an answer that comes while
        a cell is being edited must not take the editor away."""
        values = {key.casefold(): (key, value) for key, value in self._derived}
        kept = []
        for row in self._rows:
            new = values.pop(row.key.casefold(), None)
            if row.state is not State.DERIVED:
                kept.append(row)
            elif new is not None:
                row.text = new[1]
                kept.append(row)
        self._rows = [*kept, *(ContextRow(key, value, State.DERIVED) for key, value in values.values())]

    def set_filter(self, needle: str) -> None:
        """Only rows that hold the text, in any case, in key, value or state."""
        self._needle = needle.casefold()
        self._arrange()

    def set_colors(self, muted: QColor, warning: QColor, mark: QIcon) -> None:
        self._muted, self._warning, self._mark = muted, warning, mark
        self._all_changed()

    def set_action(self, action: str, carries: Callable[[str, str], bool]) -> None:
        """The action that is asked; `carries(action, key)`: whether a request for it can carry the key."""
        if action != self._action:
            self._action, self._carries = action, carries
            self._all_changed()

    def add_key(self, key: str) -> int:
        """The row of the key, added if it was not there; -1 for an empty name. The filter gives way to it."""
        key = key.strip()
        if not key:
            return -1
        if self._needle:
            self.set_filter("")
        for index, row in enumerate(self._shown):
            if row.key.casefold() == key.casefold():
                return index
        own = sum(1 for row in self._rows if row.state is not State.DERIVED)
        self._rows.insert(own, ContextRow(key))
        self._arrange()
        self.edited.emit()
        return next(i for i, row in enumerate(self._shown) if row.key == key)

    def state_key(self, key: str, value: ContextValue | None) -> None:
        """Gives the key this value, or makes it absent (None), whether it was there or not."""
        row = self._shown[self.add_key(key)]
        row.text = "" if value is None else write_value(value)
        row.state = State.ABSENT if value is None else State.GIVEN
        self._all_changed()
        self.edited.emit()

    def remove(self, rows: Iterable[int]) -> None:
        """Takes out the asker's rows; a derived key shows itself again, derived rows stay."""
        shown = (self.row(index) for index in rows)
        gone = {id(row) for row in shown if row is not None and row.state is not State.DERIVED}
        if gone:
            self._rows = [r for r in self._rows if id(r) not in gone]
            self._place_derived()
            self._arrange()
            self.edited.emit()

    def row(self, index: int) -> ContextRow | None:
        """The row shown there; None for the last, where a key is added."""
        return self._shown[index] if index < len(self._shown) else None

    def info(self, key: str) -> KeyInfo | None:
        """The catalog's word on the key, asked once."""
        folded = key.casefold()
        if folded not in self._infos:
            self._infos[folded] = self._describe(key)
        return self._infos[folded]

    def multivalued(self, key: str) -> bool:
        info = self.info(key)
        return info is not None and info.multivalued

    def value_type(self, key: str) -> ValueType:
        info = self.info(key)
        return value_type(info.type) if info else ValueType.STRING

    def problem(self, row: ContextRow) -> str:
        """What is doubtful about a row, for its mark; empty if nothing is. Never a reason not to ask."""
        if row.state is not State.GIVEN:
            return ""
        value = read_value(row.text, self.multivalued(row.key))
        if value is None:
            return "No value yet: the key is left out of the request until one is typed."
        if self._action and self.info(row.key) is not None and not self._carries(self._action, row.key):
            return f"As far as the catalog knows, no request for {self._action} carries this key."
        return complaint(value, self.value_type(row.key))

    # Qt's model

    def rowCount(self, parent: QModelIndex = _ROOT) -> int:  # noqa: N802 (Qt's names)
        return 0 if parent.isValid() else len(self._shown) + 1

    def columnCount(self, parent: QModelIndex = _ROOT) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(_HEADINGS)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADINGS[section]
        return None

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        row = self.row(index.row())
        fixed_key = row is not None and row.state is State.DERIVED
        editable = not fixed_key if index.column() == KEY else row is not None
        return flags | Qt.ItemFlag.ItemIsEditable if editable else flags

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row(index.row())
        if role == self.RowRole:
            return row
        if row is None:
            return self._adding(index.column(), role)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return visible(self._words(row, index.column()))
            case Qt.ItemDataRole.EditRole:
                return (row.key, row.text, row.state.value)[index.column()]
            case Qt.ItemDataRole.ForegroundRole:
                if row.state is State.DERIVED or (index.column() == VALUE and not row.text):
                    return self._muted
                return self._warning if index.column() == VALUE and row.text and self.problem(row) else None
            case Qt.ItemDataRole.DecorationRole:
                return self._mark if index.column() == VALUE and row.text and self.problem(row) else None
            case Qt.ItemDataRole.ToolTipRole:
                return tip(self._tooltip(row, index.column()))
            case Qt.ItemDataRole.AccessibleTextRole:
                problem = self.problem(row) if index.column() == VALUE else ""
                return f"{self._words(row, index.column())} {problem}".strip()
        return None

    def _adding(self, column: int, role: int) -> Any:
        if column != KEY:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ADD_A_KEY
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._muted
        return "" if role == Qt.ItemDataRole.EditRole else None

    def _words(self, row: ContextRow, column: int) -> str:
        if column == KEY:
            return row.key
        if column == STATE:
            return row.state.value
        return row.text or ("no value yet" if row.state is State.GIVEN else "–")

    def _tooltip(self, row: ContextRow, column: int) -> str:
        if column == STATE:
            return {
                State.GIVEN: "The request carries this value.",
                State.ABSENT: "The request does not carry this key.",
                State.UNKNOWN: "Whether and how the request carries this key is not known.",
                State.DERIVED: "Follows from the principal, the resource or the time. Edit the value to override it.",
            }[row.state]
        info = self.info(row.key)
        kind = f"{self.value_type(row.key).value}{', several values' if info and info.multivalued else ''}"
        about = f"{row.key}: {kind}" if info else f"{row.key}: not in the catalog, taken as a text"
        if column == KEY:
            return about
        return "\n".join(line for line in (row.text, self.problem(row), about) if line)

    def setData(  # noqa: N802
        self, index: QModelIndex, value: Any, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        if role != Qt.ItemDataRole.EditRole or not self.flags(index) & Qt.ItemFlag.ItemIsEditable:
            return False
        text = str(value).strip()
        row = self.row(index.row())
        if row is None:
            return self.add_key(text) >= 0
        if text == (row.key, row.text, row.state.value)[index.column()]:
            return True
        if index.column() == KEY:
            if not text or any(r.key.casefold() == text.casefold() for r in self._shown if r is not row):
                return False
            row.key = text
        elif index.column() == VALUE:
            row.text = text
            row.state = State.GIVEN
        else:
            row.state = State(text)
        self.dataChanged.emit(self.index(index.row(), 0), self.index(index.row(), STATE))
        self.edited.emit()
        return True

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column's words; a column of -1 goes back to the order of entry."""
        self._order = None if column < 0 else (column, order == Qt.SortOrder.DescendingOrder)
        self._arrange()

    def _arrange(self) -> None:
        """Brings the shown rows in line with filter and order, row by row where that is enough: a reset would close
        the editor that is open and forget the selection."""
        rows = self._rows
        if self._needle:
            rows = [r for r in rows if self._needle in f"{r.key}\n{r.text}\n{r.state}".casefold()]
        if self._order is not None:
            column, reverse = self._order
            rows = sorted(rows, key=lambda r: _SORT_KEYS[column](r), reverse=reverse)
        wanted, there = {id(r) for r in rows}, {id(r) for r in self._shown}
        if [id(r) for r in rows if id(r) in there] != [id(r) for r in self._shown if id(r) in wanted]:
            self.beginResetModel()
            self._shown = list(rows)
            self.endResetModel()
            return
        for index in range(len(self._shown) - 1, -1, -1):
            if id(self._shown[index]) not in wanted:
                self.beginRemoveRows(_ROOT, index, index)
                del self._shown[index]
                self.endRemoveRows()
        for index, row in enumerate(rows):
            if id(row) not in there:
                self.beginInsertRows(_ROOT, index, index)
                self._shown.insert(index, row)
                self.endInsertRows()
        self._all_changed()

    def _all_changed(self) -> None:
        self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown), STATE))
