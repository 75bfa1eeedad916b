"""Go to a statement, a Sid or a line: the outline of the policy in a list, with one field that understands all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from workbench.document.nodes import Document
from workbench.document.parser import parse
from workbench.document.unseen import visible
from workbench.gui.editor.filling import AT_ONCE
from workbench.gui.editor.qt_text import from_qt
from workbench.gui.icons import icon
from workbench.gui.jobs import JobSlot
from workbench.gui.list_popup import ListPopup
from workbench.gui.plain import tip
from workbench.gui.theme import ROW, SPACE
from workbench.writing.outline import Entry, line_meant, meant, outline

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow

WIDTH, ROWS = 620, 14
MOST = 200
HINT = "A Sid, a statement's index, a line, or line:column"
READING = "Reading the statements… A line can be typed already."
_ENTRY = Qt.ItemDataRole.UserRole
_ICONS = {"Allow": "allowed", "Deny": "explicit-deny"}


class GoTo(ListPopup):
    """Over the editor. The statements of a long text come from a job."""

    def __init__(self, window: MainWindow) -> None:
        self.list = QTreeWidget()
        super().__init__("Go to", HINT, HINT, self.list, window)
        self._window = window
        tab = window.area.current
        assert tab is not None
        self._tab = tab
        self._entries: Sequence[Entry] | None = None
        self.list.setAccessibleName("Statements")
        self.list.setColumnCount(3)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setIconSize(QSize(16, 16))
        header = self.list.header()
        header.setStretchLastSection(True)
        header.setMaximumSectionSize(WIDTH * 3 // 5)  # what a statement is about needs room beside a long Sid
        for column in (0, 1):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.list.itemClicked.connect(lambda _item, _column: self.take())
        self.column()
        self._slot = JobSlot(self)
        self._slot.finished.connect(self._show_outline)
        self._slot.failed.connect(lambda _error: self._show_outline(()))
        self._read(tab.answered_document)
        self.place_over(window.area, WIDTH, 48)

    def _read(self, document: Document | None) -> None:
        if self._tab.edit.document().characterCount() <= AT_ONCE:
            self._show_outline(outline(document or parse(self._tab.text())))
            return
        self.fill("")
        text = self._tab.text()
        self._slot.start(lambda _progress: outline(document or parse(text)))

    def _show_outline(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self.fill(self.typed.text())
        here = self._tab.offset_at_caret()
        for row, entry in enumerate(entries[:MOST] if not self.typed.text() else ()):
            if entry.span.start <= here <= entry.span.end:
                self._choose(row)

    def fill(self, typed: str) -> None:
        self.list.clear()
        line = line_meant(typed)
        if line is not None:
            self._add_line(*line)
        found = meant(self._entries or (), typed)
        for entry in found[:MOST]:
            self._add_statement(entry)
        if self._entries is None:
            self._tell(READING)
        elif len(found) > MOST:
            self._tell(f"… and {len(found) - MOST:,} more: type to narrow them down.")
        elif not found and line is None:
            self._tell("Nothing here has this index or these letters." if typed else "There is no statement yet.")
        self._choose(0)
        self.fit(WIDTH, ROWS)

    def _add_statement(self, entry: Entry) -> None:
        theme = self._window.theme
        item = self._add(f"[{entry.index}]  {entry.sid or 'no Sid'}", entry.about)
        item.setData(0, _ENTRY, entry)
        item.setText(1, visible(entry.effect))
        if entry.effect in _ICONS:
            item.setIcon(1, icon(_ICONS[entry.effect], theme))
            item.setForeground(1, theme.color(_ICONS[entry.effect]))

    def _add_line(self, line: int, column: int) -> None:
        document = self._tab.edit.document()
        block = document.findBlockByNumber(min(line, document.blockCount()) - 1)
        column = min(column, block.length())
        number = f"{block.blockNumber() + 1:,}"
        item = self._add(
            f"Line {number}, column {column}" if column > 1 else f"Line {number}", from_qt(block.text()).strip()
        )
        item.setData(0, _ENTRY, block.position() + column - 1)

    def _add(self, label: str, about: str) -> QTreeWidgetItem:
        label, about = visible(label), visible(about[:200])
        item = QTreeWidgetItem(self.list, [label, "", about])
        item.setSizeHint(0, QSize(self.fontMetrics().horizontalAdvance(label) + 6 * SPACE, ROW))
        item.setForeground(2, self._window.theme.color("muted"))
        item.setToolTip(2, tip(about))
        return item

    def _tell(self, sentence: str) -> None:
        item = QTreeWidgetItem(self.list, [sentence])
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setFirstColumnSpanned(True)

    def _choose(self, row: int) -> None:
        item = self.list.topLevelItem(row)
        if item is not None:
            self.list.setCurrentItem(item)
            self.list.scrollToItem(item)

    def take(self) -> None:
        """Selects the chosen place in the text, and closes."""
        item = self.list.currentItem()
        place = item.data(0, _ENTRY) if item is not None else None
        self.close()
        if isinstance(place, Entry):
            self._tab.show_span(place.span.start, place.span.end)
        elif isinstance(place, int):
            self._tab.edit.show_place(place, place)
        if place is not None:
            self._tab.take_focus()
