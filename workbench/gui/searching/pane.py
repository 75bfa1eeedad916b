"""The search pane: what to look for in all files, what was found, and what a replacement would change."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from workbench.gui.editor.find_bar import QueryFields
from workbench.gui.findings.difference import ChangedLines
from workbench.gui.findings.preview import DiffLine
from workbench.gui.icons import pixmap
from workbench.gui.searching.files import Everything
from workbench.gui.searching.hits_list import HitsList
from workbench.gui.theme import Theme
from workbench.gui.widgets import GRID, PADDING, WrappedLabel, tool_button

NOTHING_YET = (
    "Type what to look for: it is found in every file of the project and every open text, as they stand unsaved."
)
NOTHING_FOUND = "Nothing found in {where}."


class SearchPane(QWidget):
    """The signals say what the user wants: `wanted`: look for another query; `again`: now, and give the keys to the
    list; `replace_wanted`: replace all that is listed; `stopped`; `preview_wanted`: of the chosen hit."""

    wanted = Signal()
    again = Signal()
    replace_wanted = Signal()
    stopped = Signal()
    preview_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("search-pane")
        self._theme = theme
        self.fields = QueryFields()
        self.replacing = tool_button("Show what to replace with", "Replace", checkable=True)
        self.other = QLineEdit()
        self.other.setPlaceholderText("Replace with")
        self.other.setAccessibleName("Replace with")
        self.all = QPushButton("Replace all")
        self.halt = QPushButton("Stop")
        self.state = QLabel()
        self.state.setProperty("role", "muted")
        self._sign = QLabel()
        self._sign.setFixedSize(16, 16)
        self.said = WrappedLabel()
        self.list = HitsList(theme)
        self.list.chosen.connect(self.preview_wanted)
        self.changes = QScrollArea()
        self.changes.setWidgetResizable(True)
        self.changes.setAccessibleName("What replacing changes")
        self.changes.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.empty = WrappedLabel(NOTHING_YET)
        self.empty.setProperty("role", "muted")
        self._lay_out()
        self.fields.changed.connect(self._changed)
        self.replacing.toggled.connect(self._show_replacing)
        self.other.textChanged.connect(self._template_changed)
        self.all.clicked.connect(self.replace_wanted)
        self.halt.clicked.connect(self.stopped)
        self.set_theme(theme)
        self.show_found(Everything())
        self._show_replacing(False)
        self.show_busy(False)
        self.say("")

    def _lay_out(self) -> None:
        head = QGridLayout()
        head.setSpacing(GRID)
        head.addWidget(self.fields, 0, 0)
        side = QHBoxLayout()
        for widget in (self.replacing, self.state, self.halt):
            side.addWidget(widget)
        side.addStretch(1)
        head.addLayout(side, 0, 1)
        head.addWidget(self.other, 1, 0)
        head.addWidget(self.all, 1, 1, Qt.AlignmentFlag.AlignLeft)
        head.setColumnStretch(0, 2)
        head.setColumnStretch(1, 1)
        message = QHBoxLayout()
        message.addWidget(self._sign)
        message.addWidget(self.said, 1, Qt.AlignmentFlag.AlignVCenter)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.list)
        self.splitter.addWidget(self.changes)
        self.splitter.setSizes([560, 440])
        page = QWidget()
        around = QVBoxLayout(page)
        around.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        around.addWidget(self.empty)
        around.addStretch(1)
        self._pages = QStackedLayout()
        self._pages.addWidget(page)
        self._pages.addWidget(self.splitter)
        column = QVBoxLayout(self)
        column.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addLayout(message)
        column.addLayout(self._pages, 1)

    # -- what the window says -------------------------------------------------------------------------------------

    def take_focus(self) -> None:
        self.fields.needle.setFocus()
        self.fields.needle.selectAll()

    def begin(self, chosen: str, *, replace: bool) -> None:
        """Gives the keys to the field; a text that is selected in one line is what to look for."""
        self.replacing.setChecked(replace)
        if chosen and "\n" not in chosen:
            self.fields.regular.setChecked(False)
            self.fields.needle.setText(chosen)
        self.take_focus()

    def show_found(self, found: Everything, where: str = "") -> None:
        """Shows what was found in `where`, a few words."""
        self.list.show_found(found)
        count, files = found.count, len(found.files)
        more = "+" if any(file.hits.more for file in found.files) else ""
        self.state.setText(f"{count:,}{more} in {files:,} file{'' if files == 1 else 's'}" if count else "")
        self.all.setEnabled(count > 0)
        self.empty.setText(NOTHING_FOUND.format(where=where) if self.fields.needle.text() and where else NOTHING_YET)
        self._pages.setCurrentIndex(1 if count else 0)

    def show_changes(self, lines: tuple[DiffLine, ...] | None) -> None:
        """What replacing would change at the chosen hit and behind it; None: nothing to show."""
        old = self.changes.takeWidget()
        if old is not None:
            old.deleteLater()
        if lines:
            shown = ChangedLines(lines, self._theme)
            shown.setAccessibleName("What replacing changes")
            self.changes.setWidget(shown)

    def show_busy(self, busy: bool) -> None:
        self.halt.setVisible(busy)
        if busy:
            self.state.setText("Searching…")

    def say(self, sentence: str, *, wrong: bool = True) -> None:
        """What went wrong, or was done; empty: nothing."""
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))
        self._sign.setPixmap(pixmap("warning" if wrong else "passed", self._theme, 16, self.devicePixelRatioF()))
        self._sign.setVisible(bool(sentence))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.list.set_theme(theme)
        shown = self.changes.widget()
        if isinstance(shown, ChangedLines):
            shown.set_theme(theme)

    # -- inside ---------------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        self.say("")
        self.wanted.emit()

    def _template_changed(self) -> None:
        self.say("")
        self.preview_wanted.emit()

    def _show_replacing(self, on: bool) -> None:
        for widget in (self.other, self.all, self.changes):
            widget.setVisible(on)
        self.preview_wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.fields.needle.hasFocus():
                self.again.emit()
                return
            if self.other.hasFocus():
                self.replace_wanted.emit()
                return
        elif event.key() == Qt.Key.Key_Down and self.fields.needle.hasFocus() and self.list.hits.rowCount():
            self.list.setFocus()
            return
        super().keyPressEvent(event)
