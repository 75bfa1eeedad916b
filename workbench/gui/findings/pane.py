"""The findings pane: how many there are of each type, a filter, the table, and the chosen finding in full."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QStackedLayout,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.document.nodes import Document
from workbench.document.span import Span
from workbench.engine import Validation
from workbench.findings.model import Confidence, Finding, FindingType
from workbench.gui.findings.model import CODE, DETAILS, FIX, ICONS, PLACE, TYPE, WORDS, FindingsModel, said
from workbench.gui.icons import icon
from workbench.gui.theme import Scheme, Theme, ThemeSource, mono_font
from workbench.gui.widgets import GRID, PADDING, ROW_HEIGHT, Veil, WrappedLabel

NOTHING_FOUND = "No findings. This policy says nothing that AWS or we would question."
NOTHING_LEFT = "No finding matches the filter. Clear it to see all {count:,}."
NOTHING_YET = "Open or write a policy: what is wrong with it stands here."
_NOUNS = {
    FindingType.ERROR: ("error", "errors"),
    FindingType.SECURITY_WARNING: ("security warning", "security warnings"),
    FindingType.WARNING: ("warning", "warnings"),
    FindingType.SUGGESTION: ("suggestion", "suggestions"),
}


class _Table(QTableView):
    """A table whose Enter key activates the row."""

    entered_row = Signal(QModelIndex)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.entered_row.emit(self.currentIndex())
            return
        super().keyPressEvent(event)


class FindingsPane(QWidget):
    """Findings of the text in front. `finding_activated(start, end)`: show this place (code points);
    `fix_requested(fix)`: apply this fix to the text."""

    finding_activated = Signal(int, int)
    fix_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findings-pane")
        self._theme = ThemeSource(Scheme.SYSTEM, self).theme
        self._shown = False
        self._hidden: set[FindingType] = set()
        self.model = FindingsModel(self._theme)
        self._counts = {kind: self._count_button(kind) for kind in FindingType}
        self.file = QLabel()
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter findings")
        self.filter.setAccessibleName("Filter findings")
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaximumWidth(260)
        self.filter.textChanged.connect(self._refilter)
        self.table = self._table()
        self.empty = WrappedLabel(NOTHING_YET)
        self.details = WrappedLabel()
        self.details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.failed = WrappedLabel()
        self.failed.hide()
        self._lay_out()
        self._veil = Veil(self.table)
        self.set_theme(self._theme)
        self._update()

    def _count_button(self, kind: FindingType) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setChecked(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setToolTip(f"Show or hide {_NOUNS[kind][1]}")
        button.toggled.connect(lambda on, kind=kind: self._toggle(kind, on))
        return button

    def _table(self) -> QTableView:
        table = _Table()
        table.setModel(self.model)
        table.setAccessibleName("Findings")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setStyleSheet("QTableView::item { padding: 0 5px; }")  # cells begin where their heading does
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setSortingEnabled(True)
        table.sortByColumn(TYPE, Qt.SortOrder.AscendingOrder)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(40)
        for column in (TYPE, CODE, PLACE, FIX):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(DETAILS, QHeaderView.ResizeMode.Stretch)
        table.clicked.connect(self._clicked)
        table.entered_row.connect(lambda index: self._activate(index.row()))
        table.selectionModel().currentChanged.connect(self._show_details)
        return table

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(GRID)
        for button in self._counts.values():
            top.addWidget(button)
        top.addStretch(1)
        top.addWidget(self.file)
        top.addSpacing(PADDING)
        top.addWidget(self.filter)
        empty = QWidget()
        around = QVBoxLayout(empty)
        around.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        around.addWidget(self.empty)
        around.addStretch(1)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.table)
        self._stack.addWidget(empty)
        holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(PADDING, GRID, PADDING, PADDING)
        layout.setSpacing(GRID)
        layout.addLayout(top)
        layout.addWidget(self.failed)
        layout.addWidget(holder, 1)
        layout.addWidget(self.details)

    # -- what the shell calls -------------------------------------------------------------------------------------

    def show_validation(self, validation: Validation | None, file_name: str) -> None:
        """Show what is wrong with a text; None: there is no text. The chosen finding stays chosen if it is still
        there."""
        before = self._current()
        if validation is not None and not validation.document.text.strip():
            validation = None  # a policy not yet begun has no mistakes
        self._shown = validation is not None
        self.file.setText(file_name)
        if validation is None:
            self.model.set_findings((), Document("", None))
        else:
            self.model.set_findings(validation.findings, validation.document)
        failed = validation.failed_checks if validation is not None else ()
        names = ", ".join(f"{f.check} ({f.error})" for f in failed)
        self.failed.setText(f"Some checks failed, so findings may be missing: {names}")
        self.failed.setVisible(bool(failed))
        self._update()
        self._choose(before)

    def set_stale(self, stale: bool) -> None:
        """Dim the findings: they belong to an older text."""
        self._veil.show_over(stale)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.model.set_theme(theme)
        self._veil.set_color(theme.color("surface"))
        for label, token in ((self.file, "muted"), (self.empty, "muted"), (self.failed, "warning")):
            palette = label.palette()
            palette.setColor(QPalette.ColorRole.WindowText, theme.color(token))
            label.setPalette(palette)
        self._update()

    def next_finding(self) -> None:
        """Choose and show the finding after the chosen one, the first after the last."""
        if self.model.rowCount():
            self._activate((self.table.currentIndex().row() + 1) % self.model.rowCount())

    def mark_statement(self, span: Span | None) -> None:
        """Set off the findings of the statement that the caret is in."""
        self.model.mark(span)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        self._size_columns()

    # -- inside ---------------------------------------------------------------------------------------------------

    def _update(self) -> None:
        total = 0
        for kind, button in self._counts.items():
            count = self.model.count(kind)
            total += count
            button.setText(f" {count:,} {_NOUNS[kind][count != 1]}")
            button.setIcon(icon(ICONS[kind], self._theme, ICONS[kind]))
            button.setVisible(count > 0 or kind in self._hidden)
        rows = self.model.rowCount()
        self._stack.setCurrentIndex(0 if rows else 1)
        nothing = NOTHING_LEFT.format(count=total) if total else NOTHING_FOUND
        self.empty.setText(nothing if self._shown else NOTHING_YET)
        self._size_columns()
        self._show_details()

    def _size_columns(self) -> None:
        """By the widest words that can stand in a column. Qt would measure a thousand rows, at 0.1 ms a row."""
        icon_and_padding, padding = 16 + 6 * GRID, 5 * GRID
        text, mono = self.table.fontMetrics(), QFontMetrics(mono_font())
        self.table.setColumnWidth(TYPE, max(text.horizontalAdvance(w) for w in WORDS.values()) + icon_and_padding)
        code = mono.horizontalAdvance("M") * self.model.longest_code() + padding + GRID
        self.table.setColumnWidth(CODE, min(max(code, 64), max(280, self.width() * 2 // 5)))
        self.table.setColumnWidth(PLACE, text.horizontalAdvance(self.model.longest_place()) + padding)
        self.table.setColumnWidth(FIX, text.horizontalAdvance("Fix") + icon_and_padding)

    def _toggle(self, kind: FindingType, on: bool) -> None:
        (self._hidden.discard if on else self._hidden.add)(kind)
        self._refilter()

    def _refilter(self) -> None:
        chosen = self._current()
        self.model.set_filter(self.filter.text(), frozenset(self._hidden))
        self._update()
        self._choose(chosen)

    def _current(self) -> Finding | None:
        return self.model.finding(self.table.currentIndex().row())

    def _choose(self, finding: Finding | None) -> None:
        row = self.model.row_like(finding) if finding is not None else -1
        if row >= 0:
            index = self.model.index(row, TYPE)
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.table.selectionModel().setCurrentIndex(index, flags)

    def _clicked(self, index: QModelIndex) -> None:
        finding = self.model.finding(index.row())
        if finding is not None and index.column() == FIX and finding.fixes:
            self._ask_for_fix(finding, index)
        else:
            self._activate(index.row())

    def _ask_for_fix(self, finding: Finding, index: QModelIndex) -> None:
        if len(finding.fixes) == 1:
            self.fix_requested.emit(finding.fixes[0])
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for fix in finding.fixes:
            menu.addAction(fix.label).triggered.connect(lambda _on=False, fix=fix: self.fix_requested.emit(fix))
        below: QPoint = self.table.visualRect(index).bottomLeft()
        menu.popup(self.table.viewport().mapToGlobal(below))

    def _activate(self, row: int) -> None:
        self.table.selectRow(row)
        finding = self.model.finding(row)
        if finding is not None:
            self.finding_activated.emit(finding.span.start, finding.span.end)

    def _show_details(self) -> None:
        finding = self._current()
        self.details.setVisible(finding is not None)
        if finding is not None:
            remarks = [finding.note] if finding.note else []
            if finding.confidence is not Confidence.DOCUMENTED:
                remarks.append(f"this rule is {finding.confidence.value}, AWS does not document it")
            self.details.setText(said(finding) + (f" ({'; '.join(remarks)})" if remarks else ""))
