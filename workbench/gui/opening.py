"""What is open: files in tabs, one project. A turn of the event loop opens one, so that many do not hold the window."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.engine import Engine
from workbench.errors import WorkbenchError
from workbench.gui.editor.area import EditorArea
from workbench.gui.editor.tab import EditorTab
from workbench.gui.jobs import JobSlot
from workbench.project.model import Project


class Opening(QObject):
    """`project_opened` carries a Project, and whether a policy of it should come to the front; `failed` the exception
    that kept one from opening."""

    project_opened = Signal(object, bool)
    failed = Signal(object)
    left = Signal()
    """Another project takes the place of the one that is still open."""
    settled = Signal()
    """All that was asked for is open, or was told why it is not."""

    def __init__(self, engine: Engine, area: EditorArea, parent: QObject) -> None:
        super().__init__(parent)
        self.project: Project | None = None
        self._engine, self._area = engine, area
        self._waiting: deque[tuple[Path, bool]] = deque()  # and whether it comes before the tab in front
        self._anew = True
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._open_one)
        self._loader = JobSlot(self)
        self._loader.finished.connect(self._loaded)
        self._loader.failed.connect(self._not_loaded)

    @property
    def busy(self) -> bool:
        """Whether something that was asked for is not open yet."""
        return bool(self._waiting) or self._loader.busy

    def key_of(self, path: Path) -> str:
        """A file's key in the open project, or its path."""
        if self.project is not None:
            for policy in self.project.policies:
                if self.project.path(policy.key).absolute() == path:
                    return policy.key
        return path.as_posix()

    def open_paths(self, paths: Sequence[Path], front: Path | None = None) -> None:
        """Opens files, and a project where a folder is given. `front`, else the last file, comes to the front and is
        open on return; the others follow to its left and right."""
        folders = [path for path in paths if path.is_dir()]
        files = [path for path in paths if path not in folders]
        for folder in folders:
            self.load_project(folder)
        if files:
            first = files.index(front) if front in files else len(files) - 1
            self._area.open(files[first])
            self._waiting.extend((path, at < first) for at, path in enumerate(files) if at != first)
            if self._waiting:
                self._turn.start()

    def _open_one(self) -> None:
        if self._waiting:
            self._area.open_behind(*self._waiting.popleft())
        if self._waiting:
            self._turn.start()
        elif not self.busy:
            self.settled.emit()

    def load_project(self, root: Path, *, anew: bool = True) -> None:
        """Opens a project folder, off the GUI thread; `anew`: with its first request's policy in front."""
        self._anew = anew
        engine = self._engine
        self._loader.start(lambda _progress: _load(engine, root))

    def _not_loaded(self, error: object) -> None:
        self.failed.emit(error)
        if not self.busy:
            self.settled.emit()

    def _loaded(self, project: Project) -> None:
        if self.project is not None and self.project.root != project.root:
            self.left.emit()
        self.project = project
        self._area.folder = project.root
        for tab in self._area.tabs():  # files of the project that are open already are its policies now
            if tab.path is not None:
                tab.key = self.key_of(tab.path)
        self.project_opened.emit(project, self._anew)
        if not self.busy:
            self.settled.emit()

    def open_key(self, key: str) -> EditorTab | None:
        """The tab of a project's policy or of any open text."""
        tab = self._area.tab_of(key)
        if tab is not None:
            self._area.setCurrentWidget(tab)
            return tab
        path = self.project.path(key) if self.project and self.project.policy(key) else Path(key)
        return self._area.open(path)

    def stop(self) -> None:
        self._waiting.clear()
        self._turn.stop()
        self._loader.cancel()


def _load(engine: Engine, root: Path) -> Project:
    project = engine.load_project(root)
    # The form will ask the catalog about the first request, on the GUI thread: by then it is open.
    with contextlib.suppress(WorkbenchError):  # if there is none, the answer says so
        for saved in project.requests[:1]:
            engine.context_keys(saved.request.action)
            engine.arn_templates(saved.request.action)
    return project
