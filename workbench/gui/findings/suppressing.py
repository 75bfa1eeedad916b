"""Accepting a finding: a reason, until when where that is required, and what will be written where.

Nothing is written into the policy; the entry goes to the file of suppressions. Source: spec findings.md section 5.
"""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from workbench.document.nodes import Document
from workbench.document.paths import format_path
from workbench.findings.model import Finding
from workbench.findings.suppressions import NEED_EXPIRY, proposed, sid_at
from workbench.gui.widgets import GRID, PADDING, WrappedLabel

_PROPOSED_DAYS = 90
NO_DATE = "Write the date as year, month and day, such as 2027-01-31."
PAST = "This date has passed: the finding would be back at once."


class SuppressDialog(QDialog):
    """`suppressed(reason, expires)` once both are sound; `expires` is a date or None. `file`: how entries call the
    policy's file, `written_to`: the name of the file that they stand in."""

    suppressed = Signal(str, object)

    def __init__(
        self, finding: Finding, document: Document, file: str, written_to: str, today: date, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._finding, self._document, self._file, self._today = finding, document, file, today
        self.setObjectName("suppress")
        self.setWindowTitle("Suppress a finding")
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("Why this finding is accepted")
        self.expires = QLineEdit()
        self.expires.setPlaceholderText("YYYY-MM-DD")
        if finding.type in NEED_EXPIRY:
            self.expires.setText((today + timedelta(days=_PROPOSED_DAYS)).isoformat())
        place = _place(finding, document, file)
        self.place = WrappedLabel(f"{place}; written to {written_to}.")
        self.wrong = WrappedLabel()
        self.wrong.setProperty("role", "muted")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.ok = self.buttons.addButton("Suppress", QDialogButtonBox.ButtonRole.AcceptRole)
        self.ok.setDefault(True)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.setSpacing(PADDING)
        form.addRow("&Reason", self.reason)
        form.addRow("&Until" if finding.type in NEED_EXPIRY else "&Until (optional)", self.expires)
        form.addRow("Place", self.place)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        column.setSpacing(2 * PADDING)
        column.addWidget(WrappedLabel(f"{finding.code} stays in sight, struck through, and does not count any more."))
        column.addLayout(form)
        column.addWidget(self.wrong)
        column.addStretch(1)
        column.addWidget(self.buttons)
        self.resize(520, 240)
        for field in (self.reason, self.expires):
            field.textChanged.connect(self._look)
        self._look()

    def _read(self) -> tuple[date | None, str]:
        """The date, and what is wrong with what is written."""
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
            self.accept()


def _place(finding: Finding, document: Document, file: str) -> str:
    """What the entry will name, in words."""
    path = finding.locations[0].path
    sid = sid_at(document, path)
    if sid:
        return f"The statement {sid} of {file}, by its Sid, wherever it stands"
    return f"{format_path(path)} of {file}" if path else f"All of {file}"
