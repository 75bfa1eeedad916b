"""The window's questions in boxes of their own: which file, which folder, which line; and what this program is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLabel, QMessageBox, QSpinBox

from workbench.gui.editor.area import FILTER

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow

NAME = "Policy Workbench"


def open_dialog(window: MainWindow) -> None:
    names, _ = QFileDialog.getOpenFileNames(window, "Open policies", str(window.area.folder), FILTER)
    window.open_paths([Path(name) for name in names])


def open_project_dialog(window: MainWindow) -> None:
    name = QFileDialog.getExistingDirectory(window, "Open project folder", str(window.area.folder))
    if name:
        window.load_project(Path(name))


def go_to_line(window: MainWindow) -> None:
    tab = window.area.current
    if tab is None:
        return
    lines = tab.edit.blockCount()
    dialog = QInputDialog(window)
    dialog.setWindowTitle("Go to line")
    dialog.setInputMode(QInputDialog.InputMode.IntInput)
    dialog.setLabelText(f"&Line, 1 to {lines:,}:")
    dialog.setIntRange(1, lines)
    dialog.setIntValue(tab.caret()[0])
    dialog.setOkButtonText("&Go")
    dialog.setCancelButtonText("&Cancel")
    label, number = dialog.findChild(QLabel), dialog.findChild(QSpinBox)
    if label is not None and number is not None:
        label.setBuddy(number)
    good = dialog.exec()
    dialog.deleteLater()
    if good:
        block = tab.edit.document().findBlockByNumber(dialog.intValue() - 1)
        tab.edit.show_place(block.position(), block.position())
        tab.edit.setFocus()


def about(window: MainWindow) -> None:
    box = QMessageBox(window)
    box.setWindowTitle(f"About {NAME}")
    box.setIconPixmap(window.windowIcon().pixmap(64, 64))
    box.setText(f"<b>{NAME} {window.engine.program_version}</b>")
    catalog = f"{window.answered.catalog}.\n\n" if window.answered else ""
    box.setInformativeText(
        f"Reviews AWS IAM policies on this machine: nothing leaves it, no AWS account is needed.\n\n{catalog}"
        "Licensed under the Apache License 2.0."
    )
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
