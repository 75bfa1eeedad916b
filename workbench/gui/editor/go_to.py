"""Go to a statement, a Sid or a line: the outline of the policy in a list, with one field that understands all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QFrame, QHeaderView, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout

from workbench.document.parser import parse
from workbench.document.span import Span
from workbench.gui.icons import icon
from workbench.gui.theme import ROW, SPACE
from workbench.writing.outline import outline, places

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow

WIDTH, ROWS = 620, 14
MOST = 200
HINT = "A statement's number or Sid, a line, or line:column"
_SPAN = Qt.ItemDataRole.UserRole
_ICONS = {"Allow": ("allowed", "allowed"), "Deny": ("explicit-deny", "explicit-deny")}


class GoTo(QDialog):
    """Over the editor; goes when a place is chosen or the focus leaves."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self._window = window
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Go to")
        self.setAccessibleName("Go to")
        tab = window.area.current
        assert tab is not None
        self._tab = tab
        self._document = tab.answered_document or parse(tab.text())
        self._entries = outline(self._document)
        self.typed = QLineEdit()
        self.typed.setPlaceholderText(HINT)
        self.typed.setAccessibleName(HINT)
        self.list = QTreeWidget()
        self.list.setAccessibleName("Statements")
        self.list.setColumnCount(3)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setIconSize(QSize(16, 16))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.list.header()
        header.setStretchLastSection(True)
        for column in (0, 1):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.list.itemClicked.connect(lambda _item, _column: self.go())
        frame = QFrame(self)
        frame.setObjectName("palette")
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(frame)
        column_box = self._column = QVBoxLayout(frame)
        column_box.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column_box.setSpacing(SPACE)
        column_box.addWidget(self.typed)
        column_box.addWidget(self.list)
        self.typed.textChanged.connect(self._fill)
        self.typed.installEventFilter(self)
        self._fill("")
        self._choose_current()
        middle = window.area.mapToGlobal(window.area.rect().center())
        self.move(middle.x() - WIDTH // 2, window.area.mapToGlobal(window.area.rect().topLeft()).y() + 48)
        self.typed.setFocus()

    def _fill(self, typed: str) -> None:
        self.list.clear()
        theme = self._window.theme
        found = places(self._document, self._entries, typed)
        for place in found[:MOST]:
            item = QTreeWidgetItem(self.list, [place.label, place.effect, place.about])
            item.setData(0, _SPAN, (place.span.start, place.span.end))
            item.setSizeHint(0, QSize(self.fontMetrics().horizontalAdvance(place.label) + 6 * SPACE, ROW))
            item.setForeground(2, theme.color("muted"))
            picture = _ICONS.get(place.effect)
            if picture:
                item.setIcon(1, icon(picture[0], theme))
                item.setForeground(1, theme.color(picture[1]))
            item.setToolTip(2, place.about)
        if not found:
            self._tell("Nothing here has this number or these letters." if typed else "There is no statement yet.")
        elif len(found) > MOST:
            self._tell(f"… and {len(found) - MOST:,} more: type to narrow them down.")
        self._choose(0)
        self.list.setFixedHeight(min(self.list.topLevelItemCount(), ROWS) * (ROW + 2))
        for layout in (self._column, self.layout()):
            layout.activate()
        self.resize(WIDTH, self.minimumSizeHint().height())

    def _tell(self, sentence: str) -> None:
        item = QTreeWidgetItem(self.list, [sentence])
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setFirstColumnSpanned(True)

    def _choose(self, row: int) -> None:
        item = self.list.topLevelItem(row)
        if item is not None:
            self.list.setCurrentItem(item)
            self.list.scrollToItem(item)

    def _choose_current(self) -> None:
        """The statement that the caret is in."""
        here = self._tab.offset_at_caret()
        for at, entry in enumerate(self._entries[:MOST]):
            if entry.span.start <= here <= entry.span.end:
                self._choose(at)

    def go(self) -> None:
        """Selects the chosen place in the text, and closes."""
        item = self.list.currentItem()
        found = item.data(0, _SPAN) if item is not None else None
        self.close()
        if found is not None:
            span = Span(*found)
            self._tab.show_span(span.start, span.end)
            self._tab.take_focus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS, Qt.Key.Key_PageUp: -ROWS}
            if event.key() in steps:
                count = self.list.topLevelItemCount()
                row = self.list.indexOfTopLevelItem(self.list.currentItem()) + steps[Qt.Key(event.key())]
                item = self.list.topLevelItem(min(max(row, 0), count - 1))
                if item is not None and item.flags() & Qt.ItemFlag.ItemIsEnabled:
                    self.list.setCurrentItem(item)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.go()
                return True
        return super().eventFilter(watched, event)
