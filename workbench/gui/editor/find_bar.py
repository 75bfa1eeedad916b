"""Find and replace in one policy: plain text, all hits marked, the next one selected."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from workbench.gui.editor.text_edit import PolicyEdit
from workbench.gui.icons import icon
from workbench.gui.text_units import Units
from workbench.gui.theme import SPACE, Theme
from workbench.gui.widgets import tool_button

MOST = 10_000


class FindBar(QFrame):
    """Hidden until `open`. Enter goes to the next hit, Shift+Enter to the one before, Esc closes."""

    closed = Signal()

    def __init__(self, edit: PolicyEdit, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findbar")
        self._edit = edit
        self._hits: list[tuple[int, int]] = []
        self._searched: tuple[int, str, bool] | None = None
        self.needle, self.other = QLineEdit(), QLineEdit()
        self.needle.setPlaceholderText("Find")
        self.needle.setAccessibleName("Find")
        self.other.setPlaceholderText("Replace with")
        self.other.setAccessibleName("Replace with")
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self.count.setMinimumWidth(80)
        self.case = tool_button("Match case", "Aa", checkable=True)
        self.before = tool_button("Previous hit  Shift+Enter")
        self.after = tool_button("Next hit  Enter")
        self.one, self.all = QPushButton("Replace"), QPushButton("Replace all")
        self.shut = tool_button("Close  Esc")
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACE, SPACE, SPACE, SPACE)
        row.setSpacing(SPACE)
        for widget in (self.needle, self.case, self.before, self.after, self.count, self.other, self.one, self.all):
            row.addWidget(widget, 2 if widget in (self.needle, self.other) else 0)
        row.addWidget(self.shut)
        self._soon = QTimer(self, singleShot=True, interval=80)
        self._soon.timeout.connect(lambda: self._search(jump=False))
        self.needle.textChanged.connect(lambda _text: self._search(jump=True))
        self.case.toggled.connect(lambda _on: self._search(jump=True))
        self.before.clicked.connect(lambda: self.step(-1))
        self.after.clicked.connect(lambda: self.step(1))
        self.one.clicked.connect(self.replace_one)
        self.all.clicked.connect(self.replace_every)
        self.shut.clicked.connect(self.close_bar)
        edit.edited.connect(self._text_changed)
        self.set_theme(theme)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        for button, name in ((self.before, "chevron-up"), (self.after, "chevron-down"), (self.shut, "close")):
            button.setIcon(icon(name, theme))

    def open(self) -> None:
        """Shows the bar; what is selected in one line becomes the needle."""
        chosen = self._edit.textCursor().selectedText()
        self.show()
        if chosen and "\u2029" not in chosen:
            self.needle.setText(chosen)
        read_only = self._edit.isReadOnly()
        for widget in (self.other, self.one, self.all):
            widget.setVisible(not read_only)
        self._search(jump=False)
        self.needle.setFocus()
        self.needle.selectAll()

    def close_bar(self) -> None:
        self.hide()
        self._hits = []
        self._searched = None
        self._edit.set_found([])
        self._edit.setFocus()
        self.closed.emit()

    def step(self, by: int) -> None:
        """Selects the next or the previous hit, around the ends of the text."""
        self._search(jump=False)
        if not self._hits:
            return
        cursor = self._edit.textCursor()
        if by > 0:
            at = next((i for i, (s, _) in enumerate(self._hits) if s >= cursor.selectionEnd()), 0)
        else:
            earlier = [i for i, (_, e) in enumerate(self._hits) if e <= cursor.selectionStart()]
            at = earlier[-1] if earlier else len(self._hits) - 1
        self._select(at)

    def replace_one(self) -> None:
        """Replaces the selected hit and goes to the next."""
        self._search(jump=False)
        cursor = self._edit.textCursor()
        if (cursor.selectionStart(), cursor.selectionEnd()) in self._hits:
            cursor.insertText(self.other.text())
            self._edit.setTextCursor(cursor)
        self.step(1)

    def replace_every(self) -> None:
        """Replaces all hits as one step that can be undone."""
        self._search(jump=False)
        self._edit.replace([(start, end, self.other.text()) for start, end in self._hits])
        self._search(jump=False)

    def _text_changed(self) -> None:
        if self.isVisible():
            self._soon.start()

    def _search(self, *, jump: bool) -> None:
        needle = self.needle.text()
        asked = self._edit.document().revision(), needle, self.case.isChecked()
        if asked != self._searched:
            self._searched = asked
            self._hits = self._find(needle)
        self._edit.set_found(self._hits)
        if jump and self._hits:
            here = self._edit.textCursor().selectionStart()
            self._select(next((i for i, (s, _) in enumerate(self._hits) if s >= here), 0))
        elif self._hits:
            self.count.setText(f"{len(self._hits):,} hits" if len(self._hits) != 1 else "1 hit")
        else:
            self.count.setText("No hits" if needle else "")
        for button in (self.before, self.after, self.one, self.all):
            button.setEnabled(bool(self._hits))

    def _find(self, needle: str) -> list[tuple[int, int]]:
        if not needle:
            return []
        text = self._edit.text()
        units = Units(text)
        flags = re.NOFLAG if self.case.isChecked() else re.IGNORECASE
        hits = []
        for match in re.finditer(re.escape(needle), text, flags):
            hits.append((units.to_qt(match.start()), units.to_qt(match.end())))
            if len(hits) == MOST:
                break
        return hits

    def _select(self, at: int) -> None:
        self._edit.show_place(*self._hits[at], flash=False)
        self.count.setText(f"{at + 1:,} of {len(self._hits):,}")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.other.hasFocus():
                self.replace_one()
            else:
                self.step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        else:
            super().keyPressEvent(event)
