"""The report on an error of ours: to be read, copied, and made fuller where the user wants that. Nothing is sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from workbench.gui.theme import SPACE, mono_font
from workbench.gui.widgets import WrappedLabel

if TYPE_CHECKING:
    from workbench.gui.crash import Crash


class ReportDialog(QDialog):
    """`folder`: where reports are kept; `policy()`: the text in front, asked for only when the user wants it in."""

    def __init__(self, crash: Crash, folder: Path, policy: Callable[[], str], parent: QWidget) -> None:
        super().__init__(parent)
        self._crash, self._policy = crash, policy
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("report")
        self.setWindowTitle("Report on an error")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFont(mono_font())
        self.text.setAccessibleName("Report")
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.words = QCheckBox("Add the error's own &words, which may quote the policy")
        self.with_text = QCheckBox("Add the &policy in front")
        for box in (self.words, self.with_text):
            box.toggled.connect(self._fill)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText("C&lose")
        self.copy = buttons.addButton("&Copy details", QDialogButtonBox.ButtonRole.ActionRole)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 3 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addWidget(WrappedLabel(f"This report stays on this machine, in {folder}. Nothing is sent."))
        column.addWidget(self.text, 1)
        column.addWidget(self.words)
        column.addWidget(self.with_text)
        column.addWidget(buttons)
        self.resize(640, 420)
        self._fill()

    def _fill(self) -> None:
        text = self._policy() if self.with_text.isChecked() else ""
        self.text.setPlainText(self._crash.report(words=self.words.isChecked(), text=text))
