"""The panes as one arrangement: which are shown, where they stand, which has the focus, what fits the width."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QByteArray, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from workbench.gui import docks as layout
from workbench.gui.docks import Dock
from workbench.gui.settings import Settings
from workbench.gui.simulator.panel import RequestPanel
from workbench.gui.theme import Theme

OUTLINE_HEIGHT = 200
"""Less than this is no outline: its title, the field and a few rows."""


class Panes(QObject):
    """The docks of a window. `moved`: where a pane stands or whether it is shown has changed."""

    moved = Signal()
    left = Signal()
    """Esc was pressed in a floating pane."""

    def __init__(self, window: QMainWindow, contents: Mapping[str, QWidget], panel: RequestPanel, theme: Theme) -> None:
        super().__init__(window)
        self._window, self._panel = window, panel
        self._beside = False  # the request pane is a tab beside the findings
        self.docks = {name: Dock(name, widget, theme, window) for name, widget in contents.items()}
        self._fit_soon = QTimer(self, singleShot=True, interval=0)
        self._fit_soon.timeout.connect(self.fit_request)
        for dock in self.docks.values():
            dock.left.connect(self.left)
            dock.visibilityChanged.connect(lambda _visible: self.moved.emit())
            dock.topLevelChanged.connect(lambda _floating: self.moved.emit())
            dock.dockLocationChanged.connect(lambda _area: self.moved.emit())
        self.docks["request"].dockLocationChanged.connect(lambda _area: self._fit_soon.start())

    # -- shown, and with the focus --------------------------------------------------------------------------------

    def show(self, name: str) -> None:
        was_hidden = self.docks[name].isHidden()
        self.docks[name].show()
        self.docks[name].raise_()
        if name == "outline" and was_hidden:
            self._share_the_left()

    def _share_the_left(self) -> None:
        """The outline has as much room as the project above it: Qt would give it three rows."""
        project, outline = self.docks["project"], self.docks["outline"]
        is_below = self._window.dockWidgetArea(outline) == self._window.dockWidgetArea(project)
        if is_below and outline.height() < OUTLINE_HEIGHT and not outline.isFloating() and not project.isFloating():
            self._window.resizeDocks([project, outline], [1000, 1000], Qt.Orientation.Vertical)

    def give_height(self, name: str, height: int) -> None:
        """Makes a docked pane, or the one on whose place it stands as a tab, at least so high, as long as the editor
        keeps half of the window."""
        beside = [self.docks[name], *self._window.tabifiedDockWidgets(self.docks[name])]
        height = min(height, self._window.height() // 2)
        for dock in beside:
            if not dock.isFloating() and not dock.visibleRegion().isEmpty() and dock.height() < height:
                self._window.resizeDocks([dock], [height], Qt.Orientation.Vertical)

    def toggle(self, name: str) -> None:
        if self.docks[name].isVisible():
            self.docks[name].hide()
        else:
            self.show(name)

    def focus(self, name: str, take_focus: Callable[[], object]) -> None:
        """Shows a pane and gives it the keys, also where it floats in a window of its own."""
        self.show(name)
        if self.docks[name].isFloating():
            self.docks[name].activateWindow()
        take_focus()

    def raise_floating(self) -> None:
        """Puts floating panes in front of the window, where a start may have left them behind it."""
        for dock in self.docks.values():
            if dock.isFloating() and dock.isVisible():
                dock.raise_()

    @property
    def with_focus(self) -> Dock | None:
        """The pane that has the keys now."""
        focus = QApplication.focusWidget()
        return next((dock for dock in self.docks.values() if focus is not None and dock.isAncestorOf(focus)), None)

    def float_with_focus(self) -> None:
        """Makes the pane with the keys a window of its own, or puts it back; it keeps the keys."""
        dock, focus = self.with_focus, QApplication.focusWidget()
        if dock is not None and focus is not None:
            dock.float_or_dock()
            dock.activateWindow()
            focus.setFocus()

    # -- arrangement ----------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Every pane back to its first place."""
        self._beside = layout.place(self._window, self.docks, self._window.width())
        self.fit_request()

    def fit_request(self) -> None:
        """Form beside answer where the pane is wide and low, above it where it is narrow."""
        panel = self._panel
        wide = panel.width() > 1.5 * panel.height() and panel.width() > 640
        orientation = Qt.Orientation.Horizontal if self._beside or wide else Qt.Orientation.Vertical
        if panel.splitter.orientation() is not orientation:
            panel.splitter.setOrientation(orientation)
            panel.splitter.setSizes([1000, 1000])

    def follow_width(self) -> None:
        """A narrow window puts the request beside the findings, a wide one back to the right."""
        request, width = self.docks["request"], self._window.width()
        if width < layout.NARROW and not self._beside:
            if self._window.dockWidgetArea(request) == layout.AREAS["request"] and not request.isFloating():
                self._beside = True
                self.fit_request()
                layout.beside_findings(self._window, self.docks)
        elif width >= layout.NARROW and self._beside:
            self._beside = False
            if request in self._window.tabifiedDockWidgets(self.docks["findings"]):
                layout.back_to_the_right(self._window, self.docks)
            self.fit_request()

    def restore(self, settings: Settings | Mapping[str, Any]) -> None:
        """The arrangement of the last session, else the first one."""
        self._beside = layout.place(self._window, self.docks, self._window.width())
        state: QByteArray = settings.get("layout") or QByteArray()
        if not state.isEmpty() and self._window.restoreState(state):
            self._beside = bool(settings.get("request_in_tabs"))
        self.fit_request()

    def state(self) -> dict[str, object]:
        """What `restore` needs, as settings."""
        return {"layout": self._window.saveState(), "request_in_tabs": self._beside}

    def set_theme(self, theme: Theme) -> None:
        for dock in self.docks.values():
            dock.set_theme(theme)
