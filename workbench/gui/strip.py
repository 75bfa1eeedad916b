"""A bar inside a pane: an icon, one sentence, two or three choices, a close mark. Never a dialog for what can wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from workbench.gui.icons import icon, pixmap
from workbench.gui.theme import SPACE, Theme
from workbench.gui.widgets import WrappedLabel

Choice = tuple[str, Callable[[], object]]


class Strip(QFrame):
    """`choices`: what each button says and does. `closed` comes when the user puts the strip away."""

    closed = Signal()

    def __init__(
        self, theme: Theme, icon_name: str, text: str, choices: Sequence[Choice] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self._icon_name = icon_name
        self._picture = QLabel()
        self._picture.setFixedSize(16, 16)
        self.label = WrappedLabel(text)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setAccessibleName(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACE, SPACE, SPACE, SPACE)
        row.setSpacing(2 * SPACE)
        row.addWidget(self._picture)
        row.addWidget(self.label, 1, Qt.AlignmentFlag.AlignVCenter)
        self.buttons: list[QPushButton] = []
        for title, run in choices:
            button = QPushButton(title)
            button.clicked.connect(lambda _checked=False, run=run: run())
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            row.addWidget(button)
            self.buttons.append(button)
        self.close_button = QToolButton()
        self.close_button.setToolTip("Close")
        self.close_button.setAccessibleName("Close")
        self.close_button.clicked.connect(self.closed)
        row.addWidget(self.close_button)
        self.set_theme(theme)

    def text(self) -> str:
        return self.label.text()

    def set_theme(self, theme: Theme) -> None:
        self._picture.setPixmap(pixmap(self._icon_name, theme, 16, self.devicePixelRatioF()))
        self.close_button.setIcon(icon("close", theme))
