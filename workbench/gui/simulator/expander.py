"""A row that opens what is below it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from workbench.gui.icons import icon
from workbench.gui.theme import Theme
from workbench.gui.widgets import GRID, ROW_HEIGHT


class _Arrow(QToolButton):
    """Right opens, Left closes, as in a tree. A plain button would use the arrow keys to go to the next button."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        if event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Left):
            self.setChecked(event.key() == Qt.Key.Key_Right)
        else:
            super().keyPressEvent(event)


class Expander(QWidget):
    """A row that opens what is below it: by its arrow, a click anywhere on it, or Space and the arrow keys."""

    toggled = Signal(bool)

    def __init__(self, title: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.title = title
        self.setFixedHeight(ROW_HEIGHT)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.arrow = _Arrow(self)
        self.arrow.setCheckable(True)
        self.arrow.setObjectName("expander")
        self.arrow.setIconSize(QSize(12, 12))
        self.arrow.setFixedSize(20, 20)
        # A checked tool button is tinted by the sheet; an open arrow is no chosen state.
        self.arrow.setStyleSheet("QToolButton:checked { background: transparent; }")
        self.arrow.toggled.connect(self._turn)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(GRID)
        self.row.addWidget(self.arrow)
        self._turn(False)

    def _turn(self, opened: bool) -> None:
        self.arrow.setIcon(icon("chevron-down" if opened else "chevron-right", self._theme))
        self.arrow.setAccessibleName(f"{'Hide' if opened else 'Show'} details: {self.title}")
        self.arrow.setToolTip("Hide details" if opened else "Show details")
        self.toggled.emit(opened)

    def set_open(self, opened: bool) -> None:
        self.arrow.setChecked(opened)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.arrow.toggle()
