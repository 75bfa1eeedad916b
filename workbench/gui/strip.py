"""A bar inside a pane: an icon, one sentence, two or three choices, a close mark. Never a dialog for what can wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.gui.icons import icon, pixmap
from workbench.gui.theme import SPACE, Theme
from workbench.gui.widgets import WrappedLabel

Choice = tuple[str, Callable[[], object]]


class Strip(QFrame):
    """`choices`: what each button says and does. `closed` comes when the user puts the strip away."""

    closed = Signal()
    left = Signal()
    """Esc was pressed in it."""

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

    def take_focus(self) -> None:
        """Gives the keys to its first choice."""
        (self.buttons[0] if self.buttons else self.close_button).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def set_theme(self, theme: Theme) -> None:
        self._picture.setPixmap(pixmap(self._icon_name, theme, 16, self.devicePixelRatioF()))
        self.close_button.setIcon(icon("close", theme))


def go_to_strip(window: QWidget) -> None:
    """Gives the keys to the lowest strip in sight, the one nearest to the text; from one to that above it."""
    seen = [strip for strip in window.findChildren(Strip) if strip.isVisible()]
    seen.sort(key=lambda strip: -strip.mapTo(window, QPoint()).y())
    focus = QApplication.focusWidget()
    here = next((at for at, strip in enumerate(seen) if focus is not None and strip.isAncestorOf(focus)), -1)
    if seen:
        seen[(here + 1) % len(seen)].take_focus()


class Strips(QVBoxLayout):
    """The strips of one place, each under a name. `home`, given the focus when a strip that has it goes: Qt itself
    would hand it to whatever comes next in the window."""

    def __init__(self, theme: Theme, home: Callable[[], object]) -> None:
        super().__init__()
        self.setSpacing(0)
        self._theme, self._home = theme, home
        self._strips: dict[str, Strip] = {}

    def say(self, name: str, icon_name: str, text: str, choices: Sequence[Choice] = ()) -> Strip:
        """Shows a strip; one of the same name goes."""
        return self.add(name, Strip(self._theme, icon_name, text, choices, self.parentWidget()))

    def add(self, name: str, strip: Strip) -> Strip:
        self.unsay(name)
        strip.closed.connect(lambda: self.unsay(name))
        strip.left.connect(self._home)
        self._strips[name] = strip
        self.addWidget(strip)
        return strip

    def unsay(self, name: str) -> None:
        strip = self._strips.pop(name, None)
        if strip is None:
            return
        focus = QApplication.focusWidget()
        if focus is not None and strip.isAncestorOf(focus):
            self._home()
        self.removeWidget(strip)
        strip.hide()
        strip.deleteLater()

    def strip(self, name: str) -> Strip | None:
        return self._strips.get(name)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for strip in self._strips.values():
            strip.set_theme(theme)
