"""The window: the editor in the middle, project, request and findings around it, all fed by one loop of answers."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QPoint, Qt, QThreadPool, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from workbench.engine import Engine, Question
from workbench.errors import WorkbenchError
from workbench.gui import changes, dialogs, menus
from workbench.gui import docks as layout
from workbench.gui.answering import Answered, Answering
from workbench.gui.command_palette import CommandPalette
from workbench.gui.commands import CommandRegistry
from workbench.gui.docks import Dock
from workbench.gui.editor.area import EditorArea
from workbench.gui.editor.empty import EmptyPage
from workbench.gui.editor.recovery import Recovery
from workbench.gui.editor.tab import EditorTab
from workbench.gui.findings.pane import FindingsPane
from workbench.gui.jobs import JobSlot
from workbench.gui.project_tree import ProjectTree
from workbench.gui.settings import Settings, data_folder
from workbench.gui.simulator.panel import RequestPanel
from workbench.gui.status import StatusBar
from workbench.gui.strip import Choice, Strip
from workbench.gui.theme import Scheme, Theme, ThemeSource, apply
from workbench.gui.welcome import welcome_strip
from workbench.policy.kinds import PolicyKind
from workbench.project.model import Project, ProjectPrincipal, SavedRequest


class MainWindow(QMainWindow):
    """One window. `answer_shown` carries each Answered once every pane shows it; `went_wrong` a sentence."""

    answer_shown = Signal(object)
    went_wrong = Signal(str)
    project_opened = Signal(object)

    def __init__(self, engine: Engine, settings: Settings, themes: ThemeSource) -> None:
        super().__init__()
        self.engine, self.settings, self._themes = engine, settings, themes
        self.project: Project | None = None
        self.answered: Answered | None = None
        self._strips: dict[str, Strip] = {}
        self._beside = False
        self.kind_menu: QMenu
        self.recent_menu: QMenu
        self.tool_bar: QToolBar
        self.setObjectName("main-window")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.registry = CommandRegistry()
        self.recovery = Recovery(data_folder() / "unsaved")
        self.area = EditorArea(self.theme, self.recovery, self._key_of, self)
        self.tree = ProjectTree(self.theme)
        self.panel = RequestPanel(engine)
        self.findings = FindingsPane()
        self.status = StatusBar(self.theme, self)
        self.setStatusBar(self.status)
        self._make_center()
        contents = {"project": self.tree, "request": self.panel, "findings": self.findings}
        self.docks = {name: Dock(name, widget, self.theme, self) for name, widget in contents.items()}
        self.answering = Answering(engine, self._question, self)
        self._loader = JobSlot(self)
        self._next_turn = QTimer(self, singleShot=True, interval=0)
        self._next_turn.timeout.connect(self._show_decision)
        menus.build(self)
        self._connect()
        self._set_theme(self.theme)
        self.resize(1280, 800)
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
        self._bars = QVBoxLayout()
        column.addLayout(self._bars)
        column.addWidget(self._pages, 1)
        self.setCentralWidget(center)

    def _connect(self) -> None:
        area, panel, findings = self.area, self.panel, self.findings
        area.changed.connect(self._touched)
        area.state_changed.connect(self._refresh)
        area.caret_moved.connect(self._caret_moved)
        area.failed.connect(lambda sentence: self.say("file", "error", sentence))
        area.opened.connect(self.settings.add_recent)
        panel.request_changed.connect(self.answering.touch)
        panel.statement_clicked.connect(self.show_source)
        panel.open_requested.connect(self.open_key)
        panel.way_chosen.connect(lambda way: changes.take_way(self, way))
        findings.finding_activated.connect(self._show_finding)
        findings.fix_requested.connect(lambda fix: changes.apply_fix(self, fix))
        self.tree.policy_chosen.connect(self.open_key)
        self.tree.request_chosen.connect(self.set_request)
        self.tree.principal_chosen.connect(self._open_principal)
        self.status.kind_chosen.connect(self._set_kind)
        self.answering.answered.connect(self._show)
        self.answering.failed.connect(self._failed)
        self.answering.slow.connect(lambda: self._set_stale(True))
        self.answering.idle.connect(lambda: self._set_stale(False))
        self._loader.finished.connect(self._project_loaded)
        self._loader.failed.connect(self._failed)
        self._themes.changed.connect(self._set_theme)
        for dock in self.docks.values():
            dock.visibilityChanged.connect(lambda _visible: self.registry.refresh())
        self.docks["request"].dockLocationChanged.connect(lambda _area: QTimer.singleShot(0, self, self._fit_request))

    # -- state and answers ----------------------------------------------------------------------------------------

    def has_tab(self) -> bool:
        return self.area.current is not None

    def _key_of(self, path: Path) -> str:
        if self.project is not None:
            for policy in self.project.policies:
                if self.project.path(policy.key).absolute() == path:
                    return policy.key
        return path.as_posix()

    def _question(self) -> Question | None:
        tab = self.area.current
        if tab is None:
            return None
        texts = {tab.key: tab.text() for tab in self.area.tabs()}
        kinds = {tab.key: tab.kind for tab in self.area.tabs() if tab.kind is not None}
        return Question(self.project, texts, tab.key, kinds, self.panel.request())

    def _touched(self) -> None:
        self.answering.touch()

    def ask_now(self) -> None:
        self.answering.now()

    def _show(self, answered: Answered) -> None:
        tab = self.area.tab_of(answered.question.active)
        if tab is None or tab is not self.area.current:
            return
        self.answered = answered
        validation = answered.answer.validation
        self.unsay("failure")
        tab.show_findings(validation.document, validation.findings)
        self.findings.show_validation(validation, tab.title)
        self.status.show_kind(validation.kind, chosen=tab.kind is not None)
        self.status.show_size(answered.size, answered.quota)
        self.status.show_catalog(answered.catalog)
        self._caret_moved()
        self._next_turn.start()

    def _show_decision(self) -> None:
        """The second half of `_show`, in a turn of its own: both and their painting are longer than a frame."""
        answered, tab = self.answered, self.area.current
        if answered is not None and tab is not None and tab.key == answered.question.active:
            self.panel.show_answer(answered.answer)
            self.answer_shown.emit(answered)

    def _set_stale(self, stale: bool) -> None:
        self.status.show_state("Working…" if stale else "Ready", busy=stale)
        self.panel.set_stale(stale)
        self.findings.set_stale(stale)

    def _failed(self, error: Exception) -> None:
        """An error in our own work: its sentence, and the details to copy; the window goes on."""
        details = "".join(traceback.format_exception(error))
        sentence = str(error) if isinstance(error, WorkbenchError) else f"{type(error).__name__}: {error}"
        self.show_failure(sentence, details)

    def show_failure(self, sentence: str, details: str) -> None:
        """A strip with the sentence and "Copy details"."""
        choices: list[Choice] = [("Copy details", lambda: QGuiApplication.clipboard().setText(details))]
        self.say("failure", "error", sentence, choices)
        self.went_wrong.emit(sentence)

    def _caret_moved(self) -> None:
        if (tab := self.area.current) is not None:
            self.status.show_caret(*tab.caret())
            statement = tab.statement_at_caret()
            self.findings.mark_statement(statement)
            self.panel.mark_statement(tab.key, statement)

    def _refresh(self) -> None:
        """Title, status and commands, after a tab came, went or was saved."""
        tab = self.area.current
        self._pages.setCurrentWidget(self.area if tab else self._empty)
        parts = [f"{tab.title}[*]" if tab else "", self.project.name if self.project else "", dialogs.NAME]
        self.setWindowTitle(" — ".join(p for p in parts if p))
        self.setWindowModified(tab is not None and tab.dirty)
        if tab is None:
            self.status.show_nothing()
            self.answered = None
            self.panel.show_answer(None)
            self.findings.show_validation(None, "")
            self.answering.now()
        else:
            self.status.encoding.setText(tab.encoding_text)
            self.tree.select_policy(tab.key)
        self.registry.refresh()

    # -- bars -----------------------------------------------------------------------------------------------------

    def say(self, name: str, icon_name: str, text: str, choices: Sequence[Choice] = ()) -> Strip:
        """Shows a strip over the editor; one of the same name goes."""
        self.unsay(name)
        return self._add_strip(name, Strip(self.theme, icon_name, text, choices, self))

    def _add_strip(self, name: str, strip: Strip) -> Strip:
        strip.closed.connect(lambda: self.unsay(name))
        self._strips[name] = strip
        self._bars.addWidget(strip)
        return strip

    def unsay(self, name: str) -> None:
        strip = self._strips.pop(name, None)
        if strip is not None:
            self._bars.removeWidget(strip)
            strip.hide()
            strip.deleteLater()

    def strip(self, name: str) -> Strip | None:
        return self._strips.get(name)

    def show_welcome(self) -> None:
        """The line of the first start, until the user closes it."""
        if not self.settings.get("welcome_closed"):
            strip = self._add_strip("welcome", welcome_strip(self.theme, partial(dialogs.open_dialog, self), self))
            strip.closed.connect(lambda: self.settings.set("welcome_closed", True))

    # -- opening --------------------------------------------------------------------------------------------------

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Opens files, and a project where a folder is given."""
        for path in paths:
            if path.is_dir():
                self.load_project(path)
            else:
                self.area.open(path)

    def load_project(self, root: Path) -> None:
        """Opens a project folder, off the GUI thread."""
        engine = self.engine
        self._loader.start(lambda _progress: engine.load_project(root))

    def open_example(self) -> None:
        self.load_project(self.engine.example_project())

    def _project_loaded(self, project: Project) -> None:
        self.project = project
        self.area.folder = project.root
        for tab in self.area.tabs():  # files of the project that are open already are its policies now
            if tab.path is not None:
                tab.key = self._key_of(tab.path)
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
        if key and (opened := self.open_key(key)):
            opened.edit.setFocus()
        self._refresh()
        self.answering.now()
        self.project_opened.emit(project)

    def open_key(self, key: str) -> EditorTab | None:
        """The tab of a project's policy or of any open text."""
        tab = self.area.tab_of(key)
        if tab is not None:
            self.area.setCurrentWidget(tab)
            return tab
        path = self.project.path(key) if self.project and self.project.policy(key) else Path(key)
        return self.area.open(path)

    def show_source(self, key: str, start: int, end: int) -> None:
        """Selects a place (code points) in the text of a key."""
        tab = self.open_key(key)
        if tab is not None:
            tab.show_span(start, end)
            tab.edit.setFocus()

    def set_request(self, saved: SavedRequest) -> None:
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

    def find(self) -> None:
        if self.area.current is not None:
            self.area.current.find_bar.open()

    def next_finding(self) -> None:
        self.findings.next_finding()

    def _show_finding(self, start: int, end: int) -> None:
        tab = self.area.current
        if tab is not None:
            tab.show_span(start, end)
            tab.edit.setFocus()

    def _set_kind(self, kind: PolicyKind | None) -> None:
        tab = self.area.current
        if tab is not None:
            tab.kind = kind
            self.answering.now()

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

    def open_palette(self) -> None:
        self.registry.refresh()
        CommandPalette(self.registry, self.theme, self).show()

    # -- panes ----------------------------------------------------------------------------------------------------

    def show_pane(self, name: str) -> None:
        self.docks[name].show()
        self.docks[name].raise_()

    def toggle_pane(self, name: str) -> None:
        dock = self.docks[name]
        dock.setVisible(not dock.isVisible())

    def focus_pane(self, name: str) -> None:
        if name == "editor":
            (self.area.current.edit if self.area.current else self._empty).setFocus()
            return
        self.show_pane(name)
        widget = self.docks[name].widget()
        widget.setFocus()
        if not widget.hasFocus() and widget.focusProxy() is None:
            widget.focusNextChild()

    def reset_layout(self) -> None:
        """Every pane back to its first place."""
        self._beside = layout.place(self, self.docks, self.width())
        self._fit_request()
        self.registry.refresh()

    def _fit_request(self) -> None:
        """Form beside answer where the pane is wide and low, above it where it is narrow."""
        wide = self.panel.width() > 1.5 * self.panel.height() and self.panel.width() > 640
        orientation = Qt.Orientation.Horizontal if self._beside or wide else Qt.Orientation.Vertical
        if self.panel.splitter.orientation() is not orientation:
            self.panel.splitter.setOrientation(orientation)
            self.panel.splitter.setSizes([1000, 1000])

    def _restore_layout(self) -> None:
        geometry: QByteArray = self.settings.get("geometry")
        state: QByteArray = self.settings.get("layout")
        if not geometry.isEmpty():
            self.restoreGeometry(geometry)
        self._beside = layout.place(self, self.docks, self.width())
        if not state.isEmpty() and self.restoreState(state):
            self._beside = self.settings.get("request_in_tabs")
        self._fit_request()
        self.area.zoom(self.settings.get("zoom"))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        request = self.docks["request"]
        if self.width() < layout.NARROW and not self._beside:
            if self.dockWidgetArea(request) == layout.AREAS["request"] and not request.isFloating():
                self._beside = True
                self._fit_request()
                layout.beside_findings(self, self.docks)
        elif self.width() >= layout.NARROW and self._beside:
            self._beside = False
            if request in self.tabifiedDockWidgets(self.docks["findings"]):
                layout.back_to_the_right(self, self.docks)
            self._fit_request()

    # -- theme ----------------------------------------------------------------------------------------------------

    @property
    def theme(self) -> Theme:
        return self._themes.theme

    @property
    def scheme(self) -> Scheme:
        return self._themes.scheme

    def choose_theme(self, scheme: Scheme) -> None:
        self.settings.set("theme", scheme.value)
        self._themes.choose(scheme)
        self.registry.refresh()

    def _set_theme(self, theme: Theme) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply(app, theme)
        menus.set_icons(self)
        panes: tuple[Any, ...] = (self.area, self.tree, self.panel, self.findings, self.status, self._empty)
        for widget in (*panes, *self.docks.values(), *self._strips.values()):
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

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        if not self.area.may_close_all():
            event.ignore()
            return
        self.settings.set("geometry", self.saveGeometry())
        self.settings.set("layout", self.saveState())
        self.settings.set("request_in_tabs", self._beside)
        self.settings.set("project", str(self.project.root) if self.project else "")
        self.settings.set("open_files", [str(tab.path) for tab in self.area.tabs() if tab.path])
        self.settings.save()
        self.stop()
        self.recovery.close()
        event.accept()

    def stop(self) -> None:
        """Ends everything that runs on its own: timers, jobs, pool."""
        self.answering.stop()
        self._next_turn.stop()
        self._loader.cancel()
        self.area.stop()
        QThreadPool.globalInstance().waitForDone(10_000)
