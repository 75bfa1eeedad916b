"""What stands where the editor would be while no policy is open: what to do, and three ways to do it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from workbench.gui.icons import icon, pixmap
from workbench.gui.theme import SPACE, Theme


class EmptyPage(QWidget):
    """Shown by the window while there is no tab."""

    def __init__(
        self, open_policy: Callable[[], object], new: Callable[[], object], open_example: Callable[[], object]
    ) -> None:
        super().__init__()
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        text = QLabel("No policy is open.\nDrop a file here, or", alignment=Qt.AlignmentFlag.AlignCenter)
        text.setProperty("role", "muted")
        column = QVBoxLayout(self)
        column.setSpacing(2 * SPACE)
        column.addStretch(2)
        column.addWidget(self._picture)
        column.addWidget(text)
        self._buttons = []
        for title, name, run in (
            ("Open a policy…", "open", open_policy),
            ("New policy", "new", new),
            ("Open the example project", "project", open_example),
        ):
            button = QPushButton(title)
            button.setMinimumWidth(220)
            button.clicked.connect(lambda _checked=False, run=run: run())
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
            self._buttons.append((button, name))
        column.addStretch(3)
        self.setFocusProxy(self._buttons[0][0])

    def set_theme(self, theme: Theme) -> None:
        self._picture.setPixmap(pixmap("policy", theme, 48, self.devicePixelRatioF()))
        for button, name in self._buttons:
            button.setIcon(icon(name, theme))
