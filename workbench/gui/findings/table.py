"""The table of findings: rows, and over them the headings of groups, each drawn across all columns."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from workbench.gui.findings.listing import CODE, DETAILS, FIX, PLACE, TYPE, Group, Grouping
from workbench.gui.findings.model import ICONS, FindingsModel
from workbench.gui.icons import icon
from workbench.gui.theme import Theme
from workbench.gui.widgets import GRID, PADDING, ROW_HEIGHT

_ICON = 16
_COUNT_PADDING = 6


class FindingsTable(QTableView):
    """`entered_row(index)`: Enter was pressed on a finding; `turned(group)`: a heading is to be folded or opened."""

    entered_row = Signal(QModelIndex)
    turned = Signal(object)
    resized = Signal()

    def __init__(self, model: FindingsModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._findings, self._theme = model, theme
        self.setModel(model)
        self.setAccessibleName("Findings")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setStyleSheet("QTableView::item { padding: 0 5px; }")  # cells begin where their heading does
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSortingEnabled(True)
        self.sortByColumn(TYPE, Qt.SortOrder.AscendingOrder)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(24)
        for column in (TYPE, CODE, PLACE, FIX):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(DETAILS, QHeaderView.ResizeMode.Stretch)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.resized.emit()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter goes to the finding; on a heading Enter and Space turn it, Left and Right fold and open it."""
        index, key = self.currentIndex(), event.key()
        row = self._findings.row(index.row()) if index.isValid() else None
        if row is None:
            super().keyPressEvent(event)
        elif isinstance(row, Group):
            folded = self._findings.is_folded(row)
            turns = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
            if turns or (key == Qt.Key.Key_Right and folded) or (key == Qt.Key.Key_Left and not folded):
                self.turned.emit(row)
            elif key not in (Qt.Key.Key_Left, Qt.Key.Key_Right):
                super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered_row.emit(index)
        elif key == Qt.Key.Key_Left and self._findings.shape.grouping is not Grouping.NONE:
            self.selectRow(self._findings.group_above(index.row()))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        if self._findings.shape.grouping is Grouping.NONE:
            return
        painter = QPainter(self.viewport())
        for number in range(max(self.rowAt(0), 0), self._findings.rowCount()):
            top = self.rowViewportPosition(number)
            if top > self.viewport().height():
                break
            row = self._findings.row(number)
            if isinstance(row, Group):
                rect = QRect(0, top, self.viewport().width(), self.rowHeight(number))
                self._paint_group(painter, rect, row, selected=self.selectionModel().isRowSelected(number))
        painter.end()

    def _paint_group(self, painter: QPainter, rect: QRect, group: Group, *, selected: bool) -> None:
        theme = self._theme
        painter.fillRect(rect, theme.selection() if selected else theme.color("window"))
        x, middle = rect.left() + PADDING // 2, rect.center().y() + 1
        chevron = "chevron-right" if self._findings.is_folded(group) else "chevron-down"
        for name, size, token in ((chevron, 12, "muted"), (ICONS[group.type], _ICON, ICONS[group.type])):
            icon(name, theme, token).paint(painter, QRect(x, middle - size // 2, size, size))
            x += size + GRID + 2
        count = f"{len(group.entries):,}"
        metrics = painter.fontMetrics()
        badge = QRect(0, 0, metrics.horizontalAdvance(count) + 2 * _COUNT_PADDING, metrics.height() + 2)
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        room = rect.right() - x - badge.width() - 2 * PADDING
        label = painter.fontMetrics().elidedText(group.label, Qt.TextElideMode.ElideRight, max(room, 0))
        painter.drawText(QRect(x, rect.top(), room, rect.height()), int(Qt.AlignmentFlag.AlignVCenter), label)
        badge.moveTo(x + painter.fontMetrics().horizontalAdvance(label) + PADDING, middle - badge.height() // 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.mix("muted", "surface", 0.18))
        painter.drawRoundedRect(badge, badge.height() / 2, badge.height() / 2)
        painter.setFont(self.font())
        painter.setPen(theme.color("text"))
        painter.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), count)
