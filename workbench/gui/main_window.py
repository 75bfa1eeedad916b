"""The window: the editor in the middle, project, request and findings around it.

It puts the parts together and tells each what another has done; workbench/README.md says which part owns what."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QPoint, QSize, Qt, QThreadPool, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QMoveEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QStackedWidget, QToolBar, QVBoxLayout, QWidget

from workbench.document.unseen import visible
from workbench.engine import Engine
from workbench.gui import changes, dialogs
from workbench.gui.answering import Answered, Answering
from workbench.gui.closing import Closing
from workbench.gui.commands import CommandRegistry
from workbench.gui.compare.comparing import Comparing
from workbench.gui.docks import Dock
from workbench.gui.editor.area import EditorArea
from workbench.gui.editor.empty import EmptyPage
from workbench.gui.editor.recovery import Recovery
from workbench.gui.editor.statements import StatementCommands
from workbench.gui.editor.tab import EditorTab
from workbench.gui.example import own_example
from workbench.gui.explorer.tree import ProjectTree
from workbench.gui.findings.accepting import Accepting
from workbench.gui.findings.filling import FillingIn
from workbench.gui.findings.mending import Mending
from workbench.gui.findings.pane import FindingsPane
from workbench.gui.menus import building
from workbench.gui.opening import Opening
from workbench.gui.outline.pane import OutlinePane
from workbench.gui.panes import Panes
from workbench.gui.preferences.applying import Preferences
from workbench.gui.quick_fixes import QuickFixes
from workbench.gui.restoring import Restoring
from workbench.gui.searching.everywhere import SearchEverywhere
from workbench.gui.session import Session, Shown
from workbench.gui.settings import Settings, data_folder
from workbench.gui.showing import Showing, described
from workbench.gui.simulator.panel import RequestPanel
from workbench.gui.status import StatusBar
from workbench.gui.strip import Choice, Strip, Strips
from workbench.gui.theme import Scheme, Theme, ThemeSource, apply
from workbench.gui.warming import Warming
from workbench.gui.welcome import welcome_strip
from workbench.policy.kinds import PolicyKind
from workbench.project.model import Project, ProjectPrincipal, SavedRequest
from workbench.writing.proposals import Proposal

FIRST_SIZE = 1280, 800
TOLD_MS = 8_000
FRAME = 16, 48
"""About what a window manager puts around a window; the real frame is known only once the window is shown."""


class MainWindow(QMainWindow):
    """One window. `answer_shown` carries each Answered once every pane shows it; `went_wrong` a sentence."""

    answer_shown = Signal(object)
    went_wrong = Signal(str)
    project_opened = Signal(object)

    def __init__(self, engine: Engine, settings: Settings, themes: ThemeSource) -> None:
        super().__init__()
        self.engine, self.settings, self.themes = engine, settings, themes
        self.kind_menu: QMenu
        self.recent_menu: QMenu
        self.tool_bar: QToolBar
        self.setObjectName("main-window")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.registry = CommandRegistry()
        self.recovery = Recovery(data_folder() / "unsaved")
        self.area = EditorArea(self.theme, self.recovery, lambda path: self.opening.key_of(path), self)
        self.area.explain = lambda document, offset: engine.writing.explain_at(document, offset)
        self.area.complete = self._complete
        self.opening = Opening(engine, self.area, self)
        self.tree = ProjectTree(self.theme, partial(dialogs.open_project_dialog, self), self.open_example)
        self.panel = RequestPanel(engine)
        self.findings = FindingsPane(engine)
        self.status = StatusBar(self.theme, self)
        self.setStatusBar(self.status)
        self.strips = Strips(self.theme, lambda: self.focus_pane("editor"))
        self._make_center()
        self.comparing = Comparing(self)
        self.outline = OutlinePane(self)
        self.searching = SearchEverywhere(self)
        contents = {
            "project": self.tree,
            "outline": self.outline,
            "request": self.panel,
            "findings": self.findings,
            "compare": self.comparing.compare,
            "access": self.comparing.access,
            "search": self.searching.pane,
        }
        self.panes = Panes(self, contents, self.panel, self.theme)
        self.showing = Showing(self)
        self.mending = Mending(self)
        self.quick_fixes = QuickFixes(self)
        self.accepting = Accepting(self)
        self.filling = FillingIn(self)
        self.statements = StatementCommands(self)
        self.session = Session(settings, data_folder() / "sessions", self._session_state, self)
        self.restoring = Restoring(self)
        self.closing = Closing(self)
        self.warming = Warming(self)
        building.build(self)
        self.preferences = Preferences(self)
        self._connect()
        self._set_theme(self.theme)
        self._restore_layout()
        self._refresh()

    def _make_center(self) -> None:
        self._empty = EmptyPage(partial(dialogs.open_dialog, self), self.area.new, self.open_example)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.area)
        center = QWidget()
        column = QVBoxLayout(center)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self.strips)
        column.addWidget(self._pages, 1)
        self.setCentralWidget(center)

    def _connect(self) -> None:
        area, panel, findings, showing = self.area, self.panel, self.findings, self.showing
        area.changed.connect(self.answering.touch)
        area.switched.connect(showing.switched)
        area.mark_pressed.connect(partial(changes.choose_finding, self))
        area.outline_wanted.connect(partial(dialogs.go_to, self))
        area.switched.connect(self.comparing.let_go)
        area.state_changed.connect(self._refresh)
        area.undo_changed.connect(self.registry.refresh)
        area.caret_moved.connect(showing.follow_caret)
        area.caret_moved.connect(self.session.touch)
        area.placed.connect(self.session.touch)
        area.failed.connect(lambda sentence: self.say("file", "error", sentence))
        area.told.connect(lambda sentence: self.status.showMessage(sentence, TOLD_MS))
        area.opened.connect(self.settings.add_recent)
        panel.request_changed.connect(self.answering.touch)
        panel.statement_clicked.connect(self.show_source)
        panel.open_requested.connect(self.open_key)
        panel.way_chosen.connect(lambda way: changes.take_way(self, way))
        findings.finding_activated.connect(showing.show_finding)
        self.tree.policy_chosen.connect(self.open_key)
        self.tree.request_chosen.connect(self.set_request)
        self.tree.principal_chosen.connect(self._open_principal)
        self.status.failures_clicked.connect(lambda: self.focus_pane("findings"))
        self.status.kind_chosen.connect(self._set_kind)
        showing.shown.connect(self.answer_shown)
        showing.shown.connect(self.comparing.follow)
        showing.shown.connect(lambda _answered: self.outline.show_answer())
        showing.went_wrong.connect(self.show_failure)
        self.opening.left.connect(self.restoring.leave_project)
        self.opening.project_opened.connect(self._project_opened)
        self.opening.settled.connect(self.restoring.finish)
        self.opening.failed.connect(lambda error: self.show_failure(*described(error), name="project"))
        self.themes.changed.connect(self._set_theme)
        self.panes.moved.connect(self.registry.refresh)
        self.panes.moved.connect(self.session.touch)
        self.docks["outline"].visibilityChanged.connect(self.outline.set_seen)
        self.panes.left.connect(lambda: self.focus_pane("editor"))

    # -- what is open, and what is shown of it ----------------------------------------------------------------------

    @property
    def project(self) -> Project | None:
        return self.opening.project

    @property
    def answering(self) -> Answering:
        return self.showing.answering

    @property
    def answered(self) -> Answered | None:
        return self.showing.answered

    @property
    def docks(self) -> dict[str, Dock]:
        return self.panes.docks

    def has_tab(self) -> bool:
        return self.area.current is not None

    def ask_now(self) -> None:
        self.answering.now()

    def show_failure(self, sentence: str, details: str, name: str = "failure") -> None:
        """A strip with the sentence and "Copy details". One named "failure" goes with the next answer."""
        choices: list[Choice] = [("Copy details", lambda: QGuiApplication.clipboard().setText(details))]
        self.say(name, "error", sentence, choices)
        self.went_wrong.emit(sentence)

    def _refresh(self) -> None:
        """Title, status and commands, after a tab came, went or was saved."""
        tab = self.area.current
        self._pages.setCurrentWidget(self.area if tab else self._empty)
        parts = [f"{tab.title}[*]" if tab else "", self.project.name if self.project else "", dialogs.NAME]
        self.setWindowTitle(visible(" — ".join(p for p in parts if p)))
        self.setWindowModified(tab is not None and tab.dirty)
        if tab is None:
            self.showing.show_nothing()
        else:
            self.status.encoding.setText(tab.encoding_text)
        self.tree.select_policy(tab.key if tab else "")
        self.registry.refresh()
        self.session.touch()

    # -- strips over the editor -----------------------------------------------------------------------------------

    def say(self, name: str, icon_name: str, text: str, choices: Sequence[Choice] = ()) -> Strip:
        """Shows a strip over the editor; one of the same name goes."""
        return self.strips.say(name, icon_name, text, choices)

    def unsay(self, name: str) -> None:
        self.strips.unsay(name)

    def strip(self, name: str) -> Strip | None:
        return self.strips.strip(name)

    def show_welcome(self) -> None:
        """The line of the first start, until the user closes it."""
        if not self.settings.get("welcome_closed"):
            strip = welcome_strip(self.theme, partial(dialogs.open_dialog, self), self)
            self.strips.add("welcome", strip).closed.connect(lambda: self.settings.set("welcome_closed", True))

    # -- opening --------------------------------------------------------------------------------------------------

    def open_paths(self, paths: Sequence[Path]) -> None:
        self.opening.open_paths(paths)

    def load_project(self, root: Path) -> None:
        self.opening.load_project(root)

    def open_example(self) -> None:
        self.load_project(own_example(self.engine.example_project(), data_folder() / "examples"))

    def open_key(self, key: str) -> EditorTab | None:
        return self.opening.open_key(key)

    def _project_opened(self, project: Project, anew: bool) -> None:
        anew = self.restoring.project_opened(str(project.root)) and anew
        self.unsay("project")
        self.comparing.let_go()
        self.tree.set_project(project)
        self.panel.set_project(project)
        self.settings.add_recent(project.root)
        first = project.requests[0] if project.requests else None
        key = project.policies[0].key if project.policies else ""
        if first is not None:
            self.panel.set_request(first.request)
            principal = project.principal_of(first.request.principal)
            if principal is not None and principal.identity:
                key = principal.identity[0]
        if key and anew and (opened := self.open_key(key)):
            opened.edit.setFocus()
        self._refresh()
        self.answering.now()
        self.project_opened.emit(project)

    def show_source(self, key: str, start: int, end: int) -> None:
        """Selects a place (code points) in the text of a key."""
        tab = self.open_key(key)
        if tab is not None:
            tab.show_span(start, end)
            tab.take_focus()

    def set_request(self, saved: SavedRequest) -> None:
        self.comparing.let_go()
        self.panel.set_request(saved.request)
        self.show_pane("request")
        self.answering.now()

    def _open_principal(self, principal: ProjectPrincipal) -> None:
        if principal.identity:
            self.open_key(principal.identity[0])

    def recent(self) -> list[Path]:
        return [Path(name) for name in self.settings.get("recent") if Path(name).exists()]

    # -- commands -------------------------------------------------------------------------------------------------

    def on_text(self, action: str) -> None:
        tab = self.area.current
        if tab is not None:
            getattr(tab.edit, action)()

    def on_focus(self, action: str) -> None:
        """Runs a text action where the focus is, else in the editor."""
        widget = QApplication.focusWidget()
        if hasattr(widget, action):
            getattr(widget, action)()
        else:
            self.on_text(action)

    def next_finding(self, by: int = 1) -> None:
        self.findings.next_finding(by)

    def _set_kind(self, kind: PolicyKind | None) -> None:
        tab = self.area.current
        if tab is not None:
            tab.kind = kind
            self.answering.now()

    def _complete(self, tab: EditorTab, text: str, offset: int) -> Sequence[Proposal]:
        return self.engine.writing.complete(text, offset, self.showing.kind_of(tab))

    def lay_out_text(self) -> None:
        """Lays the text in front out for reading."""
        if self.area.current is not None:
            self.area.current.lay_out()

    def choose_kind(self) -> None:
        """Opens the menu of kinds where the status bar shows the kind."""
        button = self.status.kind
        menu = self.status.kind_menu
        menu.popup(button.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def step_tab(self, by: int) -> None:
        if self.area.count():
            self.area.setCurrentIndex((self.area.currentIndex() + by) % self.area.count())

    def zoom(self, by: int) -> None:
        self.area.zoom(self.area.zoom_steps + by if by else 0)
        self.settings.set("zoom", self.area.zoom_steps)

    # -- panes and place ------------------------------------------------------------------------------------------

    def show_pane(self, name: str) -> None:
        self.panes.show(name)

    def toggle_pane(self, name: str) -> None:
        self.panes.toggle(name)

    def focus_pane(self, name: str) -> None:
        """Gives the keys to a pane, or to the "editor"."""
        if name == "editor":
            self.activateWindow()
            (self.area.current.edit if self.area.current else self._empty).setFocus()
            return
        take = {
            "project": self.tree.take_focus,
            "outline": self.outline.take_focus,
            "request": self.panel.setFocus,
            "findings": self.findings.take_focus,
            "compare": self.comparing.compare.take_focus,
            "access": self.comparing.access.take_focus,
            "search": self.searching.pane.take_focus,
        }
        self.panes.focus(name, take[name])

    def reset_layout(self) -> None:
        """Every pane back to its first place."""
        self.panes.reset()
        self.registry.refresh()

    def _restore_layout(self) -> None:
        geometry: QByteArray = self.settings.get("geometry")
        self.resize(*FIRST_SIZE)
        if not geometry.isEmpty():
            self.restoreGeometry(geometry)
        self.panes.restore(self.settings)

    def fit_into(self, room: QSize) -> None:
        """Makes the first window of all fill a screen whose free `room` is too small for it and its frame."""
        width, height = room.width() - FRAME[0], room.height() - FRAME[1]
        if self.settings.get("geometry").isEmpty() and (self.width() > width or self.height() > height):
            self.resize(min(self.width(), width), min(self.height(), height))
            self.setWindowState(Qt.WindowState.WindowMaximized)

    def _session_state(self) -> tuple[dict[str, Any], Shown] | None:
        """What the next start shows again, as settings and of the open project."""
        if self.opening.busy or self.restoring.busy:
            return None
        shown = self.restoring.shown()
        return {"geometry": self.saveGeometry(), **self.panes.state(), "project": shown.root}, shown

    # -- theme ----------------------------------------------------------------------------------------------------

    @property
    def theme(self) -> Theme:
        return self.themes.theme

    @property
    def scheme(self) -> Scheme:
        return self.themes.scheme

    def choose_theme(self, scheme: Scheme) -> None:
        self.settings.set("theme", scheme.value)

    def _set_theme(self, theme: Theme) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply(app, theme)
        building.set_icons(self)
        panes: tuple[Any, ...] = (self.area, self.tree, self.panel, self.findings, self.status, self._empty)
        tabs = self.comparing.compare, self.comparing.access, self.searching.pane, self.outline
        for widget in (*panes, self.panes, self.strips, *tabs):
            widget.set_theme(theme)

    # -- events ---------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        self.open_paths([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.focus_pane("editor")
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            QTimer.singleShot(0, self.area, self.area.look_at_disk)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.panes.follow_width()
        self.session.touch()

    def moveEvent(self, event: QMoveEvent) -> None:  # noqa: N802
        super().moveEvent(event)
        self.session.touch()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        QTimer.singleShot(0, self, self.panes.raise_floating)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        if not self.closing.may_close():
            event.ignore()
            return
        self.stop()
        event.accept()

    def stop(self) -> None:
        """Ends everything that runs on its own: timers, jobs, pool."""
        self.showing.stop()
        self.warming.stop()
        self.outline.stop()
        self.comparing.stop()
        self.searching.stop()
        self.mending.stop()
        self.quick_fixes.stop()
        self.accepting.stop()
        self.filling.stop()
        self.statements.stop()
        self.opening.stop()
        self.session.stop()
        self.area.stop()
        QThreadPool.globalInstance().waitForDone(10_000)
