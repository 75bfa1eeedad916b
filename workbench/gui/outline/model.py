"""The rows of the outline: a statement each, with its effect and how many findings it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from workbench.gui.icons import icon
from workbench.gui.outline.reading import Outline
from workbench.gui.theme import Theme

STATEMENT, EFFECT, FINDINGS = range(3)
HEADINGS = ("Statement", "Effect", "Findings")
EFFECTS = {"Allow": "allowed", "Deny": "explicit-deny"}
_Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()


class OutlineModel(QAbstractTableModel):
    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self.outline = Outline()
        self._rows: Sequence[int] = ()

    def show(self, outline: Outline, rows: Sequence[int]) -> None:
        """`rows`: which entries of the outline are listed."""
        self.beginResetModel()
        self.outline, self._rows = outline, rows
        self.endResetModel()

    def entry_at(self, row: int) -> int | None:
        """The place in the outline of what is listed in a row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, entry: int | None) -> int | None:
        """The row that lists an entry of the outline; None if the filter leaves it out."""
        if entry is None:
            return None
        if len(self._rows) == len(self.outline.entries):
            return entry
        return next((row for row, each in enumerate(self._rows) if each == entry), None)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, FINDINGS))

    def rowCount(self, parent: _Index = _NONE) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _NONE) -> int:  # noqa: N802
        return len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        at = self.entry_at(index.row())
        if at is None:
            return None
        entry, column = self.outline.entries[at], index.column()
        found = self.outline.found.get(entry.index)
        if role == Qt.ItemDataRole.DisplayRole:
            if column == STATEMENT:
                return f"[{entry.index}]  {entry.sid or entry.about}"
            return entry.effect if column == EFFECT else f"{found.count:,}" if found else ""
        if role == Qt.ItemDataRole.DecorationRole:
            names = {STATEMENT: EFFECTS.get(entry.effect, ""), FINDINGS: found.worst if found else ""}
            return icon(names[column], self._theme) if names.get(column) else None
        if role == Qt.ItemDataRole.ForegroundRole:
            if column == EFFECT and entry.effect in EFFECTS:
                return self._theme.color(EFFECTS[entry.effect])
            return self._theme.color("muted") if column == STATEMENT and not entry.sid else None
        said = _counted(found.count) if found else "no findings"
        if role == Qt.ItemDataRole.AccessibleTextRole and column == STATEMENT:
            return f"Statement {entry.index}, {entry.sid or entry.about}, {entry.effect or 'no Effect'}, {said}"
        if role == Qt.ItemDataRole.AccessibleTextRole and column == FINDINGS:
            return said
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{entry.sid or 'no Sid'}, {entry.effect or 'no Effect'}, {said}\n{entry.about[:200]}"
        return None


def _counted(count: int) -> str:
    return "1 finding" if count == 1 else f"{count:,} findings"
