"""The list of what was found: a row for each file, below it one for each hit with its line."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from workbench.gui.icons import icon
from workbench.gui.searching.files import Everything, FileHits
from workbench.gui.theme import ROW, Theme, mono_font
from workbench.gui.widgets import GRID, PADDING
from workbench.writing.found_lines import FoundLine

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class HitsModel(QAbstractListModel):
    """The rows of an Everything, found by bisection: showing 10,000 hits makes no object for any of them."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._files: tuple[FileHits, ...] = ()
        self._first: list[int] = []  # the row of each file
        self._rows = 0

    def show(self, found: Everything) -> None:
        self.beginResetModel()
        self._files, self._first, self._rows = found.files, [], 0
        for file in found.files:
            self._first.append(self._rows)
            self._rows += 1 + len(file.lines)
        self.endResetModel()

    def at(self, row: int) -> tuple[FileHits, FoundLine | None] | None:
        """The file of a row, and its hit, if it is one."""
        if not 0 <= row < self._rows:
            return None
        number = bisect_right(self._first, row) - 1
        file, line = self._files[number], row - self._first[number] - 1
        return file, (file.lines[line] if line >= 0 else None)

    def row_of(self, key: str, index: int) -> int:
        """The row of a file's hit, else of the hit before; -1 if the file has none."""
        for first, file in zip(self._first, self._files, strict=True):
            if file.source.key == key and file.lines:
                return first + 1 + min(index, len(file.lines) - 1)
        return -1

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802
        return 0 if parent.isValid() else self._rows

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        found = self.at(index.row())
        if found is None:
            return None
        file, line = found
        if role == Qt.ItemDataRole.DisplayRole:
            return file.source.name if line is None else line.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{file.source.name}, {count_of(file)}" if line is None else f"line {line.number}: {line.text}"
        if role == Qt.ItemDataRole.ToolTipRole:
            place = str(file.source.path or file.source.name)
            return place if line is None else f"{file.source.name}, line {line.number:,}\n{line.text}"
        return None


def count_of(file: FileHits) -> str:
    """ "3 hits", and how many of them are listed where that is not all."""
    count = len(file.hits)
    said = f"{count:,}{'+' if file.hits.more else ''} hit{'' if count == 1 else 's'}"
    return said if len(file.lines) == count else f"{said}, {len(file.lines):,} of them listed"


class _Rows(QStyledItemDelegate):
    """Draws a hit tinted and bold, so that its color alone tells nothing."""

    def __init__(self, view: HitsList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return QSize(200, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        found = self._view.hits.at(index.row())
        if found is None:
            return
        theme, rect = self._view.theme, option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.selection())
            if option.state & QStyle.StateFlag.State_HasFocus:
                painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), theme.color("accent"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.mix("text", "surface", 0.06))
        file, line = found
        if line is None:
            self._paint_file(painter, option, rect, file)
        else:
            self._paint_line(painter, rect.adjusted(PADDING, 0, -PADDING, 0), line)
        painter.restore()

    def _paint_file(self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect, file: FileHits) -> None:
        theme, middle = self._view.theme, int(Qt.AlignmentFlag.AlignVCenter)
        icon("file", theme).paint(painter, QRect(rect.left() + PADDING, rect.center().y() - 7, 16, 16))
        left = rect.left() + PADDING + 16 + 2 * GRID
        count = count_of(file)
        font = QFont(option.font)
        width = QFontMetrics(font).horizontalAdvance(count)
        font.setBold(True)
        room = QRect(left, rect.top(), rect.right() - left - width - 3 * PADDING, rect.height())
        name = QFontMetrics(font).elidedText(file.source.name, Qt.TextElideMode.ElideMiddle, max(room.width(), 0))
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        painter.drawText(room, middle, name)
        painter.setFont(option.font)
        painter.setPen(theme.color("muted"))
        after = room.left() + QFontMetrics(font).horizontalAdvance(name) + PADDING
        painter.drawText(QRect(after, rect.top(), width + 2 * PADDING, rect.height()), middle, count)

    def _paint_line(self, painter: QPainter, rect: QRect, line: FoundLine) -> None:
        theme, middle = self._view.theme, int(Qt.AlignmentFlag.AlignVCenter)
        plain, bold = mono_font(), QFont(mono_font())
        bold.setBold(True)
        metrics = QFontMetrics(plain)
        painter.setFont(plain)
        painter.setPen(theme.color("muted"))
        number = QRect(rect.left(), rect.top(), metrics.horizontalAdvance("99999"), rect.height())
        number.setWidth(max(number.width(), metrics.horizontalAdvance(str(line.number))))
        painter.drawText(number, middle | int(Qt.AlignmentFlag.AlignRight), str(line.number))
        painter.setClipRect(rect)
        x = number.right() + 2 * PADDING
        before, found, behind = line.text[: line.start], line.text[line.start : line.end], line.text[line.end :]
        for text, hit in ((before, False), (found, True), (behind, False)):
            font = bold if hit else plain
            width = QFontMetrics(font).horizontalAdvance(text)
            place = QRect(x, rect.top(), width, rect.height())
            if hit:
                painter.fillRect(place.adjusted(0, 4, 0, -4), theme.mix("warning", "surface", 0.30))
            painter.setFont(font)
            painter.setPen(theme.color("text"))
            painter.drawText(place.adjusted(0, 0, 2, 0), middle, text)
            x += width


class HitsList(QListView):
    """`opened(file, line)`: a hit was chosen with Enter or a click; `chosen`: another row is."""

    opened = Signal(object, object)
    chosen = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.hits = HitsModel(self)
        self.setModel(self.hits)
        self.setItemDelegate(_Rows(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("What was found")
        self.clicked.connect(self._open)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.viewport().update()

    def show_found(self, found: Everything) -> None:
        """Shows these; the hit that was chosen stays so."""
        before = self.current
        self.hits.show(found)
        row = self.hits.row_of(before[0].source.key, before[1].index if before[1] else 0) if before else -1
        if self.hits.rowCount():
            self.setCurrentIndex(self.hits.index(row if row >= 0 else min(1, self.hits.rowCount() - 1)))
        self.chosen.emit()

    @property
    def current(self) -> tuple[FileHits, FoundLine | None] | None:
        return self.hits.at(self.currentIndex().row())

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802
        super().currentChanged(current, previous)
        self.chosen.emit()

    def _open(self, index: Index) -> None:
        found = self.hits.at(index.row())
        if found is not None:
            file, line = found
            self.opened.emit(file, line or (file.lines[0] if file.lines else None))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)
