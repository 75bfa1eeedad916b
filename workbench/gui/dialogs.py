"""The window's questions in boxes of their own: which file, which folder, which place; and what this program is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox

from workbench.gui.editor.area import FILTER
from workbench.gui.editor.go_to import GoTo

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow

NAME = "Policy Workbench"


def open_dialog(window: MainWindow) -> None:
    names, _ = QFileDialog.getOpenFileNames(window, "Open policies", str(window.area.start_folder), FILTER)
    window.open_paths([Path(name) for name in names])


def open_project_dialog(window: MainWindow) -> None:
    name = QFileDialog.getExistingDirectory(window, "Open project folder", str(window.area.folder))
    if name:
        window.load_project(Path(name))


def go_to(window: MainWindow) -> None:
    """The outline of the policy in front, to go to one of its statements or to a line."""
    if window.area.current is not None:
        GoTo(window).show()


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
    box.setModal(False)
    box.show()
