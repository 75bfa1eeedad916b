"""Find and replace in one policy: a text or an expression, all hits marked, the next one selected."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent, QTextCursor
from PySide6.QtWidgets import QAbstractButton, QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from workbench.errors import WorkbenchError
from workbench.gui.editor.filling import AT_ONCE
from workbench.gui.editor.qt_text import from_qt
from workbench.gui.editor.replacing import Replacing
from workbench.gui.editor.text_edit import PolicyEdit
from workbench.gui.editor.text_search import TextSearch
from workbench.gui.icons import icon, pixmap
from workbench.gui.jobs import JobSlot, Progress
from workbench.gui.theme import SPACE, Theme
from workbench.gui.widgets import WrappedLabel, tool_button
from workbench.writing.searching import Query


class QueryFields(QWidget):
    """The field for what is looked for with its three switches; `changed` comes with another query."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.needle = QLineEdit()
        self.needle.setPlaceholderText("Find")
        self.needle.setAccessibleName("Find")
        self.case = tool_button("Match case", "Aa", checkable=True)
        self.word = tool_button("Whole words", "W", checkable=True)
        self.regular = tool_button("Regular expression", ".*", checkable=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(self.needle, 1)
        for button in (self.case, self.word, self.regular):
            button.setMinimumWidth(28)
            button.toggled.connect(self.changed)
            row.addWidget(button)
        self.needle.textChanged.connect(self.changed)
        self.setFocusProxy(self.needle)

    @property
    def query(self) -> Query:
        return Query(self.needle.text(), self.regular.isChecked(), self.case.isChecked(), self.word.isChecked())


NARROW = 440
"""Pixels; half of an editor that is split."""


def _row(*widgets: QWidget, last: QWidget | None = None) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    if last is not None:
        layout.addWidget(last)
    return row


class FindBar(QFrame):
    """Hidden until `open`. Enter goes to the next hit, Shift+Enter to the one before, Esc closes."""

    closed = Signal()

    def __init__(self, edit: PolicyEdit, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findbar")
        self._edit, self._theme = edit, theme
        self._jump = False  # whether the first hit is to be selected once it is known
        self._asked = -1  # the revision of the text whose hits are being replaced
        self._done = ""  # what the last command has done, until the next
        self.search = TextSearch(edit)
        self.replacing = Replacing(edit)
        self._worker = JobSlot(self)
        self._worker.finished.connect(lambda edits: self._replace(edits))
        self._worker.failed.connect(lambda error: self._tell(str(error)))
        self._worker.slow.connect(self._show_state)
        self.fields = QueryFields()
        self.needle, self.case = self.fields.needle, self.fields.case
        self.word, self.regular = self.fields.word, self.fields.regular
        self.inside = tool_button("Only in what is selected", "[ ]", checkable=True)
        self.other = QLineEdit()
        self.other.setPlaceholderText("Replace with")
        self.other.setAccessibleName("Replace with")
        self.other.setToolTip("With a regular expression $1 or \\1 is its first group, ${name} one with a name, $0 all")
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self.count.setMinimumWidth(88)
        self.before = tool_button("Previous hit  Shift+F3, Shift+Enter")
        self.after = tool_button("Next hit  F3, Enter")
        self.halt = QPushButton("Stop")
        self.one, self.all = QPushButton("Replace"), QPushButton("Replace all")
        self.shut = tool_button("Close  Esc")
        self.said = WrappedLabel()
        self._sign = QLabel()
        self._sign.setFixedSize(16, 16)
        self._lay_out()
        self.fields.changed.connect(lambda: self._search(jump=True))
        self.inside.toggled.connect(self._look_inside)
        self.before.clicked.connect(lambda: self.step(-1))
        self.after.clicked.connect(lambda: self.step(1))
        self.halt.clicked.connect(self._stop)
        self.one.clicked.connect(self.replace_one)
        self.all.clicked.connect(self.replace_every)
        self.shut.clicked.connect(self.close_bar)
        self.search.changed.connect(self._show_state)
        edit.selectionChanged.connect(self._show_count)
        self.set_theme(theme)
        self._show_state()
        self.hide()

    def _lay_out(self) -> None:
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(2 * SPACE, SPACE, SPACE, SPACE)
        self._grid.setSpacing(SPACE)
        self._steps = _row(self.inside, self.before, self.after, self.count, self.halt, last=self.shut)
        self._replaces = _row(self.one, self.all)
        self._message = QWidget()
        message = QHBoxLayout(self._message)
        message.setContentsMargins(0, 0, 0, 0)
        message.addWidget(self._sign)
        message.addWidget(self.said, 1, Qt.AlignmentFlag.AlignVCenter)
        self._grid.setColumnStretch(0, 1)
        self._is_narrow = False
        self._arrange()

    def _arrange(self) -> None:
        """Each field beside its buttons, or over them where there is no room to read what was typed."""
        parts = (self.fields, self._steps, self.other, self._replaces)
        columns = 1 if self._is_narrow else 2
        for at, part in enumerate(parts):
            self._grid.addWidget(part, at // columns, at % columns)
        self._grid.addWidget(self._message, 4, 0, 1, 2)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        is_narrow = event.size().width() < NARROW
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._arrange()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for button, name in ((self.before, "chevron-up"), (self.after, "chevron-down"), (self.shut, "close")):
            button.setIcon(icon(name, theme))
        self._sign.setPixmap(pixmap("warning", theme, 16, self.devicePixelRatioF()))

    # -- opening --------------------------------------------------------------------------------------------------

    def open(self, *, replace: bool = False) -> None:
        """Shows the bar. What is selected in one line becomes the needle; of several lines it is what to look in.
        `replace`: the keys go to what to replace with."""
        cursor = self._edit.textCursor()
        chosen = from_qt(cursor.selectedText())
        self.show()
        if "\n" in chosen:
            self.inside.setChecked(True)
        elif chosen and not (self.regular.isChecked() and self.search.found.index(*_span(cursor)) is not None):
            self.regular.setChecked(False)
            self.needle.setText(chosen)
        self._search(jump=False)
        field = self.other if replace and not self._edit.isReadOnly() and self.needle.text() else self.needle
        field.setFocus()
        field.selectAll()

    def again(self, by: int) -> None:
        """Selects the next or previous hit of what was looked for last; the keys stay in the text. Asks what to look
        for if nothing was."""
        if not self.needle.text():
            self.open()
            return
        self.show()
        self.step(by)

    def close_bar(self) -> None:
        self.hide()
        self._edit.setFocus()
        self.closed.emit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        read_only = self._edit.isReadOnly()
        for widget in (self.other, self.one, self.all):
            widget.setVisible(not read_only)
        self._search(jump=False)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        if self.isHidden():  # closed, not merely behind another tab: that keeps what it looks in
            self.inside.setChecked(False)
        self._worker.cancel()
        self.search.pause()

    # -- finding --------------------------------------------------------------------------------------------------

    def _search(self, *, jump: bool) -> None:
        if not self.isVisible():
            return
        self._jump, self._done = jump, ""
        self.search.look(self.fields.query)
        if jump:
            self.search.when_ready(self._select_first)

    def _look_inside(self, on: bool) -> None:
        cursor = self._edit.textCursor()
        if on and not cursor.hasSelection():
            self.inside.setChecked(False)
            self._tell("Select a part of the text first.")
            return
        self._done = ""
        self.search.look_in(cursor if on else None)
        if on and not self._edit.isReadOnly():
            cursor.setPosition(cursor.selectionStart())
            self._edit.setTextCursor(cursor)  # the part is tinted from now on; selected, it would hide the hits

    def _select_first(self) -> None:
        """The hit that the caret is in or before."""
        found = self.search.found
        if self._jump and len(found):
            self._jump = False
            at = found.after(self._edit.textCursor().selectionStart())
            self._select(at if at < len(found) else 0)

    def step(self, by: int) -> None:
        """Selects the next or the previous hit, around the ends of the text, as soon as the hits are known."""
        self._jump = False
        self.search.when_ready(lambda: self._step(by))

    def _step(self, by: int) -> None:
        found = self.search.found
        if not len(found):
            return
        start, end = _span(self._edit.textCursor())
        here = found.index(start, end)
        if here is not None:
            at = here + by
        elif by > 0:
            at = found.after(end)
        else:
            at = found.before(start)
        self._select(at % len(found))

    def _select(self, at: int) -> None:
        self._edit.show_place(*self.search.found.place(at), flash=False)
        self._show_count()

    # -- replacing ------------------------------------------------------------------------------------------------

    def replace_one(self) -> None:
        """Replaces the selected hit and goes to the next."""
        if self._edit.isReadOnly():
            return
        found = self.search.found
        here = found.index(*_span(self._edit.textCursor())) if len(found) else None
        if here is None:
            self.step(1)
            return
        try:
            self.search.replace_one(here, self.other.text())
        except WorkbenchError as error:
            self._tell(str(error))
            return
        self._done = ""
        if here + 1 < len(found):
            self._select(here + 1)
        else:
            self.step(1)

    def replace_every(self) -> None:
        """Replaces all hits as one step that can be undone."""
        if self._edit.isReadOnly() or self.replacing.busy:
            return
        self._done = ""
        self._show_state()
        work = self.search.edits(self.other.text())
        self._asked, length = self._edit.document().revision(), self._edit.document().characterCount()
        if length > AT_ONCE or len(self.search.found) > AT_ONCE // 100 or not self.search.ready:
            self._worker.start(work)
            return
        try:
            self._replace(work(Progress(lambda _done, _total: None)))
        except WorkbenchError as error:
            self._tell(str(error))

    def _replace(self, edits: list[tuple[int, int, str]]) -> None:
        if self._edit.document().revision() != self._asked:
            self._tell("The text has changed meanwhile: nothing was replaced.")
            return
        more = self.search.found.more
        self.replacing.run(edits, lambda made: self._replaced(made, len(edits), more))

    def _replaced(self, count: int, wanted: int, more: bool) -> None:
        self._search(jump=False)
        if count < wanted:
            self._tell(f"The text has changed meanwhile: {count:,} of {wanted:,} hits were replaced.")
            return
        what = f"the first {count:,} hits; there are more" if more else f"{count:,} hit{'' if count == 1 else 's'}"
        self._tell(f"Replaced {what}. One undo takes all of it back.", wrong=False)

    # -- state ----------------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        self._worker.cancel()
        self.search.stop()
        self._show_state()
        self.needle.setFocus()

    def _tell(self, sentence: str, *, wrong: bool = True) -> None:
        self._done = sentence
        self._show_state()
        self._sign.setVisible(wrong)

    def _show_state(self) -> None:
        search, busy = self.search, self.search.busy or self._worker.busy
        sentence = search.error or self._done
        self.said.setText(sentence)
        self._message.setVisible(bool(sentence))
        self.said.setVisible(bool(sentence))
        self._sign.setVisible(bool(sentence) and bool(search.error))
        self.halt.setVisible(busy)
        for button in (self.before, self.after, self.one, self.all):
            button.setEnabled(bool(len(search.found)) or busy)
        self._show_count()

    def _show_count(self) -> None:
        """Which hit is selected of how many, as the caret moves."""
        if not self.isVisible():
            return
        search, found = self.search, self.search.found
        if search.busy or not (search.ready or len(found)):
            self.count.setText("Searching…" if search.busy else "")
            return
        many = f"{len(found):,}{'+' if found.more else ''}"
        here = found.index(*_span(self._edit.textCursor())) if len(found) else None
        if here is not None:
            text = f"{here + 1:,} of {many}"
        elif len(found):
            text = "1 hit" if len(found) == 1 else f"{many} hits"
        else:
            text = "No hits" if self.needle.text() and not search.error else ""
        if self.count.text() != text:
            self.count.setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            button = self.focusWidget()
            if self.other.hasFocus():
                self.replace_one()
            elif isinstance(button, QAbstractButton) and button.hasFocus():
                button.click()
            else:
                self.step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        else:
            super().keyPressEvent(event)


def _span(cursor: QTextCursor) -> tuple[int, int]:
    return cursor.selectionStart(), cursor.selectionEnd()
