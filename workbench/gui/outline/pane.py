"""The statements of the policy in front, in a pane that stays open: it follows the caret, and leads it.

The row that is chosen is the statement of the caret, so that every command on a statement acts on it from here too."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QMenu,
    QStackedLayout,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from workbench.gui.editor.filling import AT_ONCE
from workbench.gui.editor.marks import Drift
from workbench.gui.jobs import JobSlot
from workbench.gui.outline.model import EFFECT, FINDINGS, STATEMENT, OutlineModel
from workbench.gui.outline.reading import Outline, read_outline
from workbench.gui.theme import Theme
from workbench.gui.widgets import GRID, PADDING, ROW_HEIGHT, WrappedLabel

if TYPE_CHECKING:
    from workbench.gui.editor.tab import EditorTab
    from workbench.gui.main_window import MainWindow

QUIET_MS, A_MS, MOST_MS = 400, 4_000, 900
WITH_WORD = 280
"""From this width on the effect has room as a word too."""
NOTHING_OPEN = "Open or write a policy: its statements stand here."
NO_STATEMENT = "There is no statement yet. Ctrl+Shift+Space begins one."
NOTHING_LEFT = "No statement has this index or these letters. Clear the filter to see all {count:,}."
READING = "Reading the statements…"
COMMANDS = (
    ("policy.statement_duplicate", "policy.statement_up", "policy.statement_down"),
    ("policy.statement_split_service", "policy.statement_split_action", "policy.statement_split_resource"),
    ("policy.statement_merge",),
)


class OutlinePane(QWidget):
    """Reads only while it is seen. `outline` is what it shows."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._tab: EditorTab | None = None
        self._read_of: tuple[str, int] | None = None
        self._drift = Drift()  # from the text that was read to the text as it stands
        self._is_following = self._is_seen = False
        self._wanted = False  # the keys were to go to the list, which had no row yet
        self.setObjectName("outline-pane")
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter statements")
        self.filter.setAccessibleName("Filter statements")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(lambda _typed: self._list())
        self.filter.installEventFilter(self)
        self.model = OutlineModel(window.theme, self)
        self.list = QTreeView()
        self.list.setModel(self.model)
        self.list.setAccessibleName("Statements")
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setIconSize(QSize(16, 16))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._open_menu)
        self.list.clicked.connect(lambda _index: self.go())
        self.list.selectionModel().selectionChanged.connect(lambda _now, _before: self._lead())
        self.list.installEventFilter(self)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(STATEMENT, QHeaderView.ResizeMode.Stretch)
        header.setSectionsMovable(False)
        for column, sample, more in ((EFFECT, "Allow", 4 * GRID), (FINDINGS, "999", 8 * GRID)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, self.fontMetrics().horizontalAdvance(sample) + more)
        header.setMinimumSectionSize(24)
        self.list.setHeaderHidden(True)
        self.said = WrappedLabel(NOTHING_OPEN)
        self.said.setProperty("role", "muted")
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.said.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        self._pages = QStackedLayout()
        self._pages.addWidget(self.said)
        self._pages.addWidget(self.list)
        column_of_all = QVBoxLayout(self)
        column_of_all.setContentsMargins(PADDING, GRID, PADDING, 0)
        column_of_all.setSpacing(GRID)
        column_of_all.addWidget(self.filter)
        column_of_all.addLayout(self._pages, 1)
        self._slot = JobSlot(self)
        self._slot.finished.connect(self._take)
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self._read)
        area = window.area
        area.changed.connect(self._touch)
        area.caret_moved.connect(self.follow_caret)
        area.state_changed.connect(self._look)

    # -- reading --------------------------------------------------------------------------------------------------

    @property
    def outline(self) -> Outline:
        return self.model.outline

    @property
    def pending(self) -> bool:
        """Whether what is shown is of an older text."""
        return self._soon.isActive() or self._slot.busy

    def set_seen(self, seen: bool) -> None:
        """Whether the pane can be seen: it reads nothing while it is hidden or behind another."""
        self._is_seen = seen
        if seen:
            self._look()
            self._soon.start(0)

    def _look(self) -> None:
        """Another tab may be in front, or none."""
        tab = self._window.area.current
        if tab is self._tab:
            return
        if self._tab is not None:
            self._forget()
        self._tab = tab
        if tab is not None:
            tab.views.text.changed.connect(self._drift_on)
            tab.destroyed.connect(partial(self._gone, tab))
        self._read_of = None
        self._show(Outline())
        self._say(NOTHING_OPEN if tab is None else READING)

    def _forget(self) -> None:
        tab, self._tab = self._tab, None
        if tab is not None:
            tab.views.text.changed.disconnect(self._drift_on)

    def _gone(self, tab: EditorTab) -> None:
        if tab is self._tab:
            self._tab = None

    def _drift_on(self, position: int, removed: int, added: int) -> None:
        if removed or added:
            self._drift.edit(position, removed, added)

    def _touch(self) -> None:
        """The text has changed: it is read once it has been quiet, or once it is judged."""
        self._look()
        self._slot.cancel()
        if self._tab is not None and self._is_seen:
            length = self._tab.views.text.document.characterCount()
            self._soon.start(QUIET_MS + min(length // A_MS, MOST_MS))

    def show_answer(self) -> None:
        """The text was judged: its tree and its findings are at hand."""
        self._soon.stop()
        self._read()

    def _read(self) -> None:
        tab = self._tab
        if tab is None or tab.loading or not self._is_seen:
            return
        text, document, window = tab.text(), tab.answered_document, self._window
        answered = window.answered if window.showing.is_about(tab) else None
        findings = answered.answer.validation.findings if answered is not None and document is not None else ()
        self._read_of = tab.key, tab.views.text.document.revision()
        self._drift.reset()
        if len(text) <= AT_ONCE:
            self._slot.cancel()
            self._take(read_outline(text, document, findings))
        else:
            self._slot.start(lambda _progress: read_outline(text, document, findings))

    def _take(self, outline: Outline) -> None:
        self._show(outline)

    # -- the list -------------------------------------------------------------------------------------------------

    def _show(self, outline: Outline) -> None:
        self.model.outline = outline
        self._list()

    def _list(self) -> None:
        """Lists what the filter leaves."""
        outline, typed = self.outline, self.filter.text()
        rows = outline.rows(typed) if typed.strip() else range(len(outline.entries))
        self._is_following = True
        self.model.show(outline, rows)
        self._is_following = False
        if self._tab is None:
            self._say(NOTHING_OPEN)
        elif not outline.entries:
            self._say(NO_STATEMENT if self._read_of is not None else READING)
        elif not rows:
            self._say(NOTHING_LEFT.format(count=len(outline.entries)))
        else:
            self._pages.setCurrentWidget(self.list)
            self.follow_caret()
            if self._wanted and self.filter.hasFocus() and not typed:
                self.list.setFocus()
            self._wanted = False

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)
        self._pages.setCurrentWidget(self.said)

    def follow_caret(self) -> None:
        """Chooses the statement that the caret is in; where it is in none, the keys begin at the nearest."""
        tab = self._tab
        if tab is None or tab is not self._window.area.current or not self._is_seen:
            return
        place = self._drift.then(tab.edit.textCursor().position())
        row = self.model.row_of(self.outline.row_at(place))
        chosen = self.list.selectionModel()
        self._is_following = True
        if row is None:
            chosen.clearSelection()
            near = self.model.row_of(self.outline.row_near(place)) or 0
            chosen.setCurrentIndex(self.model.index(near, 0), chosen.SelectionFlag.NoUpdate)
        elif row != self.list.currentIndex().row() or not chosen.hasSelection():
            self.list.setCurrentIndex(self.model.index(row, 0))
        self._is_following = False

    def _place(self) -> tuple[int, int] | None:
        """Where the chosen statement is now."""
        entry = self.model.entry_at(self.list.currentIndex().row())
        if entry is None:
            return None
        start, end = self.outline.places[entry]
        return self._drift.now(start), self._drift.now(end, ends=True)

    def _lead(self) -> None:
        """A row was chosen by the keys: the caret goes along, the keys stay here."""
        place = self._place()
        if self._is_following or self._tab is None or place is None or not self.list.hasFocus():
            return
        self._tab.edit.show_place(place[0], place[0], flash=False)

    def go(self) -> None:
        """Selects the chosen statement in the text and gives the text the keys."""
        place = self._place()
        if self._tab is not None and place is not None:
            self._tab.edit.show_place(*place)
            self._tab.take_focus()

    def take_focus(self) -> None:
        if self._soon.isActive():
            self.show_answer()
        self._wanted = not self.model.rowCount()
        (self.filter if self._wanted else self.list).setFocus()

    def _open_menu(self, at: QPoint) -> None:
        index = self.list.indexAt(at)
        place = self._place()
        if not index.isValid() or place is None or self._tab is None:
            return
        self._tab.edit.show_place(place[0], place[0], flash=False)
        menu = QMenu(self.list)
        menu.setObjectName("outline-menu")
        menu.setAccessibleName("What can be done with the statement")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Go to the statement\tEnter").triggered.connect(lambda _checked=False: self.go())
        self._window.registry.refresh()
        for group in COMMANDS:
            menu.addSeparator()
            for command in group:
                menu.addAction(self._window.registry.action(command))
        menu.popup(self.list.viewport().mapToGlobal(at))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.FocusIn and watched is self.list:
            self.follow_caret()  # Qt would choose the first row where there is none, and the caret would go along
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key, enter = event.key(), event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            unchosen = watched is self.list and not self.list.selectionModel().hasSelection()
            if unchosen and key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home):
                # Qt would pass over the row that the keys are at, which is not chosen yet.
                home = self.model.index(0, 0)
                self.list.setCurrentIndex(home if key == Qt.Key.Key_Home else self.list.currentIndex())
                return True
            if watched is self.list and enter:
                self.go()
                return True
            if watched is self.list and key == Qt.Key.Key_Menu:
                self._open_menu(self.list.visualRect(self.list.currentIndex()).center())
                return True
            if watched is self.filter and (enter or key == Qt.Key.Key_Down) and self.model.rowCount():
                self.take_focus()
                if enter:
                    self.go()
                return True
            if watched is self.filter and key == Qt.Key.Key_Escape and self.filter.text():
                self.filter.clear()
                return True
        return super().eventFilter(watched, event)

    # -- the rest -------------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        self.model.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.list.setColumnHidden(EFFECT, self.width() < WITH_WORD)  # its icon stands before the name

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(240, 8 * ROW_HEIGHT)

    def stop(self) -> None:
        self._soon.stop()
        self._slot.cancel()
