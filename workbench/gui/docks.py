"""The panes around the editor: docks with one flat title line, and their first layout."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QMainWindow, QWidget

from workbench.gui.icons import icon
from workbench.gui.theme import ROW, SPACE, Theme
from workbench.gui.widgets import tool_button

NARROW = 1100
"""Below this width the request pane becomes a tab beside the findings."""
AREAS = {
    "project": Qt.DockWidgetArea.LeftDockWidgetArea,
    "outline": Qt.DockWidgetArea.LeftDockWidgetArea,
    "request": Qt.DockWidgetArea.RightDockWidgetArea,
    "findings": Qt.DockWidgetArea.BottomDockWidgetArea,
    "compare": Qt.DockWidgetArea.BottomDockWidgetArea,
    "access": Qt.DockWidgetArea.BottomDockWidgetArea,
    "search": Qt.DockWidgetArea.BottomDockWidgetArea,
}
PROJECT_WIDTH, REQUEST_WIDTH = 216, 408
"""The editor keeps half of 1280 px beside them."""
FINDINGS_HEIGHT = 256
TITLES = {
    "project": "Project",
    "outline": "Outline",
    "request": "Request",
    "findings": "Findings",
    "compare": "Compare",
    "access": "Access",
    "search": "Search",
}


class Dock(QDockWidget):
    """A pane that can be moved, floated and hidden. `name` is its key in settings; `left`: Esc was pressed while it
    floats."""

    left = Signal()

    def __init__(self, name: str, content: QWidget, theme: Theme, parent: QMainWindow) -> None:
        super().__init__(TITLES[name], parent)
        self.setObjectName(f"dock-{name}")
        self.setWidget(content)
        title = QWidget()
        title.setObjectName("dock-title")
        title.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(title)
        row.setContentsMargins(3 * SPACE, 0, SPACE, 0)
        row.setSpacing(0)
        self._name = name
        self._label = QLabel(TITLES[name].upper())
        self._label.setFixedHeight(ROW + 2)  # on the label: the dock asks the layout how high its title is
        row.addWidget(self._label, 1)
        self._float = tool_button("Float or dock this pane")
        self._close = tool_button("Hide this pane (View menu shows it again)")
        for button in (self._float, self._close):
            button.setFixedSize(20, 20)
            button.setAccessibleName(f"{button.accessibleName()}: {TITLES[name]}")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(button)
        self._float.clicked.connect(self.float_or_dock)
        self._close.clicked.connect(self.close)
        self._dropped = QTimer(self, singleShot=True, interval=0)
        self._dropped.timeout.connect(self._thaw)
        self.setTitleBarWidget(title)
        self.set_theme(theme)

    def float_or_dock(self) -> None:
        """Makes the pane a window of its own, or puts it back."""
        if self.isFloating():
            self.dock()
        else:
            self.setFloating(True)

    def dock(self) -> None:
        """Puts a floating pane back to where it was in the window."""
        self._thaw()
        self.setFloating(False)
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self.isFloating():  # no parent of a window gets its keys
            self.left.emit()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        released = (QEvent.Type.MouseButtonRelease, QEvent.Type.NonClientAreaMouseButtonRelease)
        if event.type() in released and self.isFloating():
            self._dropped.start()
        return done

    def _thaw(self) -> None:
        """Qt 6.11.1 takes the drag of a pane that is dropped outside the window for unfinished (QTBUG-147209, mended in
        6.11.2): the window lays nothing out any more, and the pane cannot be docked. Restoring its state ends that."""
        window = self.parentWidget()
        if self.isFloating() and isinstance(window, QMainWindow):
            window.restoreState(window.saveState())

    def set_count(self, count: str) -> None:
        """Shows how many there are in the pane, in its title and on its tab; empty: none."""
        self.setWindowTitle(f"{TITLES[self._name]} ({count})" if count else TITLES[self._name])
        self._label.setText(f"{TITLES[self._name].upper()} ({count})" if count else TITLES[self._name].upper())

    def set_theme(self, theme: Theme) -> None:
        self._float.setIcon(icon("float", theme))
        self._close.setIcon(icon("close", theme))


def place(window: QMainWindow, docks: dict[str, Dock], width: int) -> bool:
    """The first layout for a window of `width`. Whether the request pane is a tab beside the findings."""
    # The request pane holds a form and an answer: it needs the window's whole height more than findings its width.
    window.setCorner(Qt.Corner.BottomRightCorner, AREAS["request"])
    for name, dock in docks.items():
        dock.dock()
        window.addDockWidget(AREAS[name], dock)
    for name in ("compare", "access", "search"):
        window.tabifyDockWidget(docks["findings"], docks[name])
    docks["findings"].raise_()
    docks["outline"].hide()  # below the project, for whoever wants it: the project needs the height
    if width < NARROW:
        beside_findings(window, docks)
        return True
    window.resizeDocks([docks["project"], docks["request"]], [PROJECT_WIDTH, REQUEST_WIDTH], Qt.Orientation.Horizontal)
    window.resizeDocks([docks["findings"]], [FINDINGS_HEIGHT], Qt.Orientation.Vertical)
    return False


def beside_findings(window: QMainWindow, docks: dict[str, Dock]) -> None:
    """Makes the request pane a tab beside the findings."""
    request, findings = docks["request"], docks["findings"]
    window.addDockWidget(window.dockWidgetArea(findings), request)
    window.tabifyDockWidget(findings, request)
    request.raise_()
    window.resizeDocks([docks["project"]], [190], Qt.Orientation.Horizontal)
    window.resizeDocks([request], [window.height() * 2 // 5], Qt.Orientation.Vertical)


def back_to_the_right(window: QMainWindow, docks: dict[str, Dock]) -> None:
    """Undoes `beside_findings`."""
    request = docks["request"]
    window.removeDockWidget(request)
    window.addDockWidget(AREAS["request"], request)
    request.show()
    window.resizeDocks([request], [REQUEST_WIDTH], Qt.Orientation.Horizontal)
    window.resizeDocks([docks["findings"]], [FINDINGS_HEIGHT], Qt.Orientation.Vertical)
