"""Accepting a finding: a reason, until when where that is required, and what will be written where.

Nothing is written into the policy; the entry goes to the file of suppressions. Source: spec findings.md section 5.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout

from workbench.document.nodes import Document
from workbench.document.paths import format_path
from workbench.findings.model import Finding
from workbench.findings.suppressions import NEED_EXPIRY, proposed, sid_at
from workbench.gui.widgets import GRID, PADDING, WrappedLabel

_PROPOSED_DAYS = 90
NO_DATE = "Write the date as year, month and day, such as 2027-01-31."
GONE = "The text has changed, and this finding is no longer in it."
PAST = "This date has passed: the finding would be back at once."


class SuppressForm(QFrame):
    """A bar over the findings. `suppressed(reason, expires)` once both are sound; `expires` is a date or None;
    `canceled`: Esc or the button. `file`: how entries call the policy's file, `written_to`: the name of the file that
    they stand in."""

    suppressed = Signal(str, object)
    canceled = Signal()

    def __init__(self, finding: Finding, document: Document, file: str, written_to: str, today: date) -> None:
        super().__init__()
        self._finding, self._document, self._file, self._today = finding, document, file, today
        self._written_to, self._lost = written_to, ""
        self.setObjectName("strip")
        self.setAccessibleName("Suppress a finding")
        self.place = WrappedLabel()
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("Why this finding is accepted")
        self.expires = QLineEdit()
        self.expires.setPlaceholderText("YYYY-MM-DD")
        self.expires.setFixedWidth(self.expires.fontMetrics().horizontalAdvance("0000-00-00") + 6 * GRID)
        needs_date = finding.type in NEED_EXPIRY
        if needs_date:
            self.expires.setText((today + timedelta(days=_PROPOSED_DAYS)).isoformat())
        self.wrong = WrappedLabel()
        self.wrong.setProperty("role", "muted")
        self.ok = QPushButton("Suppress")
        self.cancel = QPushButton("Cancel")
        row = QHBoxLayout()
        row.setSpacing(PADDING)
        for words, field in (("&Reason", self.reason), ("&Until" if needs_date else "&Until (optional)", self.expires)):
            label = QLabel(words)
            label.setBuddy(field)
            field.setAccessibleName(words.replace("&", ""))
            row.addWidget(label)
            row.addWidget(field, 1 if field is self.reason else 0)
            field.textChanged.connect(self._look)
            field.returnPressed.connect(self._accept)
        for button, act in ((self.ok, self._accept), (self.cancel, self.canceled.emit)):
            button.clicked.connect(act)
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(PADDING, PADDING, PADDING, GRID)
        column.setSpacing(GRID)
        column.addWidget(self.place)
        column.addLayout(row)
        column.addWidget(self.wrong)
        self.follow(finding, document)

    def follow(self, finding: Finding | None, document: Document) -> None:
        """The same finding in the text as it is now; None: it is no longer there."""
        self._document = document
        self._lost = "" if finding is not None else GONE
        if finding is not None:
            self._finding = finding
            what = f"Suppress {finding.code}: it stays in sight, struck through, and does not count any more."
            self.place.setText(f"{what} {_place(finding, document, self._file)}; written to {self._written_to}.")
        self._look()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        for before, after in pairwise((self.reason, self.expires, self.ok, self.cancel)):
            self.setTabOrder(before, after)  # known only where it stands

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.canceled.emit()
        else:
            super().keyPressEvent(event)

    def _read(self) -> tuple[date | None, str]:
        """The date, and what is wrong with what is written."""
        if self._lost:
            return None, self._lost
        text = self.expires.text().strip()
        try:
            expires = date.fromisoformat(text) if text else None
        except ValueError:
            return None, NO_DATE
        if expires is not None and expires < self._today:
            return expires, PAST
        try:
            proposed(self._finding, self._document, self._file, self.reason.text(), expires)
        except ValueError as error:
            return expires, str(error)
        return expires, ""

    def _look(self) -> None:
        wrong = self._read()[1]
        self.wrong.setText(wrong)
        self.ok.setEnabled(not wrong)

    def _accept(self) -> None:
        expires, wrong = self._read()
        if not wrong:
            self.suppressed.emit(self.reason.text().strip(), expires)


def _place(finding: Finding, document: Document, file: str) -> str:
    """What the entry will name, in words."""
    path = finding.locations[0].path
    sid = sid_at(document, path)
    if sid:
        return f"The statement {sid} of {file}, by its Sid, wherever it stands"
    return f"{format_path(path)} of {file}" if path else f"All of {file}"
