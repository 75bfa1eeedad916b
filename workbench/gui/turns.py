"""Tells those who work in the background that a key or click is being served, so that they rest meanwhile."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QGuiApplication, QWindow

from workbench import patience

PAINT_MS = 10
"""What a key changes is painted so long after it at the latest, if nothing else is to be done."""
_ASKS = frozenset(
    {
        QEvent.Type.ShortcutOverride,
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.Wheel,
        QEvent.Type.InputMethod,
    }
)


class Turns(QObject):
    """Looks at what comes to the window that has the keys, before its widgets do: that is little. (Of all events, as an
    event filter of the application sees them, most are Qt's own, and each would wait for its turn to run Python.)"""

    def __init__(self, application: QGuiApplication) -> None:
        super().__init__(application)
        self._over = QTimer(self, singleShot=True, interval=PAINT_MS)
        self._over.timeout.connect(self._end)
        application.focusWindowChanged.connect(self._follow)

    def _follow(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() in _ASKS:
            patience.in_front(True)
            self._over.start()
        return False

    def _end(self) -> None:
        patience.in_front(False)
