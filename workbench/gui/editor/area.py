"""The tabs: opening, saving, closing, recent files, changes on disk, and keeping what is unsaved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QFileSystemWatcher, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QTabBar, QTabWidget, QToolButton, QWidget

from workbench.gui.editor.files import FileProblem
from workbench.gui.editor.hover import Explain
from workbench.gui.editor.recovery import Recovery, Unsaved
from workbench.gui.editor.tab import EditorTab
from workbench.gui.editor.views import View
from workbench.gui.icons import icon
from workbench.gui.jobs import JobSlot
from workbench.gui.theme import Theme
from workbench.writing.proposals import Proposal

Complete: TypeAlias = Callable[[EditorTab, str, int], Sequence[Proposal]]
AUTOSAVE_MS = 700
AGAIN_MS = 10_000
"""After so long what could not be kept is tried again: the disk may have room by then."""
FILTER = "Policies (*.json *.txt *.policy);;All files (*)"


class EditorArea(QTabWidget):
    """All open policies. `key_of(path)` gives a file's key in the open project, or its path."""

    changed = Signal()
    """Another tab is in front, or its text has changed: what the window shows is of an older state."""
    caret_moved = Signal()
    state_changed = Signal()
    undo_changed = Signal()
    switched = Signal()
    """Another tab is in front."""
    opened = Signal(object)
    """The path of a file that was opened or saved under a new name."""
    failed = Signal(str)
    mark_pressed = Signal()
    """A mark in the margin was pressed; the caret stands where its finding begins."""
    outline_wanted = Signal()
    """The breadcrumb over the text in front was pressed."""
    told = Signal(str)
    """A sentence of a tab for the status bar."""
    compare_wanted = Signal(str, str)
    """Name and text to compare the text in front with."""

    def __init__(self, theme: Theme, recovery: Recovery, key_of: Callable[[Path], str], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._recovery = recovery
        self._key_of = key_of
        self.explain: Explain | None = None
        """What the engine says of a place of a policy, for the tool tips."""
        self.complete: Complete | None = None
        """What the engine proposes to write at a place."""
        self._untitled = 0
        self._zoom = 0
        self._wraps = self._blanks = False
        self.folder = Path.home()
        self.setDocumentMode(True)
        self.setMovable(True)
        self.setElideMode(self.tabBar().elideMode())
        self.tabBar().setExpanding(False)
        self.tabBar().setUsesScrollButtons(True)
        self.setAccessibleName("Open policies")
        self._keeper = JobSlot(self)
        self._keeper.finished.connect(self._kept_or_not)
        self._keep_number = 0
        self._kept: tuple[tuple[str, int], ...] = ()
        self._keep_soon = QTimer(self, singleShot=True, interval=AUTOSAVE_MS)
        self._keep_soon.timeout.connect(self._keep)
        self._keep_again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._keep_again.timeout.connect(self._keep)
        self._look_soon = QTimer(self, singleShot=True, interval=100)
        self._look_soon.timeout.connect(self.look_at_disk)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(lambda _path: self._look_soon.start())
        self.currentChanged.connect(self._switched)
        self.opened.connect(self._was_here)

    # -- tabs -----------------------------------------------------------------------------------------------------

    def tabs(self) -> Iterator[EditorTab]:
        for index in range(self.count()):
            widget = self.widget(index)
            if isinstance(widget, EditorTab):
                yield widget

    @property
    def current(self) -> EditorTab | None:
        widget = self.currentWidget()
        return widget if isinstance(widget, EditorTab) else None

    def tab_of(self, key: str) -> EditorTab | None:
        return next((tab for tab in self.tabs() if tab.key == key), None)

    def new(self, text: str = "") -> EditorTab:
        """A policy without a file."""
        tab = self._add(self._untitled_name())
        tab.set_text(text)
        self.setCurrentWidget(tab)
        tab.edit.setFocus()
        return tab

    def _untitled_name(self) -> str:
        while True:
            self._untitled += 1
            name = f"untitled-{self._untitled}.json"
            if self.tab_of(name) is None:
                return name

    def open(self, path: Path) -> EditorTab | None:
        """The tab of the file, opened now if it was not and brought to the front; None (and `failed`) if the file
        cannot be read."""
        tab = self.open_behind(path, before=False)
        if tab is not None:
            self.setCurrentWidget(tab)
            self._show_state(tab)
        return tab

    def open_behind(self, path: Path, before: bool) -> EditorTab | None:
        """Like `open`, but the tab in front stays there; the new one comes before it or at the end."""
        path = path.absolute()
        key = self._key_of(path)
        tab = self.tab_of(key)
        if tab is None:
            tab = self._add(key, max(self.currentIndex(), 0) if before else self.count())
            try:
                tab.open_file(path)
            except FileProblem as problem:
                self._not_opened(tab, problem)
                return None
            self._watch(path)
            self._drop_pristine(tab)
            self.opened.emit(path)
        return tab

    def _not_opened(self, tab: EditorTab, problem: Exception) -> None:
        self._remove(tab)
        self.failed.emit(str(problem))

    def _drop_pristine(self, besides: EditorTab) -> None:
        """An empty untitled tab makes way for the first file."""
        for tab in list(self.tabs()):
            if tab is not besides and tab.path is None and not tab.dirty and not tab.text():
                self._remove(tab)

    def _caret_moved(self, tab: EditorTab) -> None:
        if tab is self.current:
            self.caret_moved.emit()

    def _undo_changed(self, tab: EditorTab) -> None:
        if tab is self.current:
            self.undo_changed.emit()

    def _add(self, key: str, index: int | None = None) -> EditorTab:
        tab = EditorTab(key, self._theme, self)
        tab.views.equip(partial(self._equip, tab))
        tab.views.divided.connect(self.state_changed)
        tab.views.text.gathered.connect(self._keep)
        tab.edited.connect(lambda: self._edited(tab))
        tab.state_changed.connect(lambda: self._show_state(tab))
        tab.caret_moved.connect(lambda: self._caret_moved(tab))
        tab.undo_changed.connect(lambda: self._undo_changed(tab))
        tab.outline_wanted.connect(self.outline_wanted)
        tab.told.connect(self.told)
        tab.compare_wanted.connect(self.compare_wanted)
        tab.save_wanted.connect(lambda other_name: self.save_as(tab) if other_name else self.save(tab))
        tab.unreadable.connect(lambda problem: self._not_opened(tab, problem))
        index = self.insertTab(self.count() if index is None else index, tab, tab.title)
        close = QToolButton(self)
        close.setIcon(icon("close", self._theme))
        close.setAutoRaise(True)
        close.setFixedSize(18, 18)
        close.setToolTip("Close")
        close.clicked.connect(lambda: self.close_tab(tab))
        self.tabBar().setTabButton(index, QTabBar.ButtonPosition.RightSide, close)
        return tab

    def _equip(self, tab: EditorTab, view: View) -> None:
        view.edit.set_zoom(self._zoom)
        view.edit.wrapping.set(self._wraps)
        view.edit.show_blanks(self._blanks)
        view.hovers.explain = self.explain
        if self.complete is not None:
            view.completer.complete = partial(self.complete, tab)
        view.edit.zoomed.connect(lambda by: self.zoom(self._zoom + by))
        view.edit.mark_pressed.connect(self.mark_pressed)

    def _remove(self, tab: EditorTab) -> None:
        if tab.path is not None and str(tab.path) in self._watcher.files():
            self._watcher.removePath(str(tab.path))
        self.removeTab(self.indexOf(tab))
        tab.deleteLater()

    def _edited(self, tab: EditorTab) -> None:
        self._keep_soon.start()
        if tab is self.current:
            self.changed.emit()

    def _switched(self) -> None:
        self.switched.emit()
        self.changed.emit()
        self.state_changed.emit()
        self.caret_moved.emit()

    def _show_state(self, tab: EditorTab) -> None:
        index = self.indexOf(tab)
        if index >= 0:
            self.setTabText(index, f"{tab.title} ●" if tab.dirty else tab.title)
            self.setTabToolTip(index, str(tab.path) if tab.path else "Not saved to a file yet")
        self._keep_soon.start()
        self.state_changed.emit()

    # -- save and close -------------------------------------------------------------------------------------------

    def save(self, tab: EditorTab | None = None) -> bool:
        """Saves; asks for a name where there is none. Whether the text is on disk now."""
        tab = tab or self.current
        if tab is None or tab.loading:
            return False
        if tab.path is None or tab.is_locked():
            return self.save_as(tab)
        return tab.may_save() and self._write(tab, tab.path)

    def save_as(self, tab: EditorTab | None = None) -> bool:
        tab = tab or self.current
        if tab is None or tab.loading:
            return False
        start = tab.path or self.start_folder / tab.title
        chosen, _ = QFileDialog.getSaveFileName(self, "Save policy as", str(start), FILTER)
        return bool(chosen) and self._write(tab, Path(chosen).absolute())

    def _write(self, tab: EditorTab, path: Path) -> bool:
        other = self.tab_of(self._key_of(path))
        if str(path) in self._watcher.files():
            self._watcher.removePath(str(path))
        well = tab.guarded(lambda: tab.save(path))
        self._watch(path)
        if well:
            if other is not None and other is not tab:
                self._remove(other)  # its file is this tab's now
            is_new = tab.key != self._key_of(path)
            tab.key = self._key_of(path)
            if is_new:
                self.opened.emit(path)
            self._show_state(tab)
        return well

    @property
    def start_folder(self) -> Path:
        """Where a question for a file begins: beside the file in front, else where the last one was."""
        current = self.current
        return current.path.parent if current is not None and current.path is not None else self.folder

    def _was_here(self, path: Path) -> None:
        self.folder = path.parent

    def close_tab(self, tab: EditorTab | None = None) -> bool:
        """Closes a tab; asks first if it would lose text. Whether it is closed."""
        tab = tab or self.current
        if tab is None:
            return False
        if not self._may_close(tab):
            return False
        self._remove(tab)
        self._keep_soon.start()
        if self.count() == 0:
            self.changed.emit()
            self.state_changed.emit()
        return True

    def _may_close(self, tab: EditorTab) -> bool:
        if not tab.dirty or (tab.file is None and not tab.text().strip()):
            return True
        self.setCurrentWidget(tab)
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self,
            "Unsaved changes",
            f"Save the changes to {tab.title}?",
            buttons.Save | buttons.Discard | buttons.Cancel,
            buttons.Save,
        )
        if answer == buttons.Save:
            return self.save(tab)
        return bool(answer == buttons.Discard)

    def may_close_all(self) -> bool:
        """Asks for every unsaved tab; False as soon as the user cancels."""
        return all(self._may_close(tab) for tab in list(self.tabs()))

    def close_all(self) -> None:
        """Closes every tab without asking."""
        for tab in list(self.tabs()):
            self._remove(tab)

    # -- disk -----------------------------------------------------------------------------------------------------

    def _watch(self, path: Path) -> None:
        if path.exists() and str(path) not in self._watcher.files():
            self._watcher.addPath(str(path))

    def look_at_disk(self) -> None:
        """Asks every tab whether its file is still what was read."""
        for tab in self.tabs():
            tab.look_at_disk()
            if tab.path is not None:
                self._watch(tab.path)  # a file that was replaced is no longer watched

    def _keep(self, at_once: bool = False) -> None:
        dirty = [tab for tab in self.tabs() if tab.dirty]
        if not at_once and [tab for tab in dirty if not tab.views.text.gather()]:
            return  # until the long ones are gathered
        dirty = [tab for tab in dirty if tab.file is not None or tab.text().strip()]
        state = tuple((tab.key, tab.edit.document().revision()) for tab in dirty)
        if state == self._kept:
            return
        self._kept = state
        unsaved = [Unsaved(tab.title, str(tab.path or ""), tab.text()) for tab in dirty]
        self._keep_number += 1
        number, recovery = self._keep_number, self._recovery
        self._keeper.start(lambda _progress: recovery.keep(unsaved, number))

    def _kept_or_not(self, reason: str | None) -> None:
        """The user is told where they write, and what was not kept is tried again."""
        if reason is not None:
            self._kept = ()
            self._keep_again.start()
        for tab in self.tabs():
            tab.show_unkept(reason if tab.dirty else None)

    def keep_now(self) -> None:
        """Keeps what is unsaved without waiting for the user to pause."""
        self._keep_soon.stop()
        self._keep(at_once=True)

    def restore(self, unsaved: list[Unsaved]) -> None:
        """Shows what an earlier session had not saved, also where its file has gone meanwhile."""
        for entry in unsaved:
            path = Path(entry.path) if entry.path else None
            tab = self.open(path) if path is not None and path.exists() else None
            if tab is not None:
                tab.restore(entry.text)
            elif path is not None:
                tab = self.tab_of(self._key_of(path)) or self._add(self._key_of(path))
                tab.restore(entry.text, gone=path)
            else:
                free = entry.title and self.tab_of(entry.title) is None
                tab = self._add(entry.title if free else self._untitled_name())
                tab.restore(entry.text)
            self.setCurrentWidget(tab)
            self._show_state(tab)

    def stop(self) -> None:
        """Before the window goes: nothing may run on."""
        self._keep_soon.stop()
        self._keep_again.stop()
        self._look_soon.stop()
        self._keeper.cancel()

    # -- look -----------------------------------------------------------------------------------------------------

    @property
    def zoom_steps(self) -> int:
        return self._zoom

    def zoom(self, steps: int) -> None:
        self._zoom = min(max(steps, -4), 16)
        for tab in self.tabs():
            for view in tab.views.all():
                view.edit.set_zoom(self._zoom)

    def wrap(self, on: bool) -> None:
        """Whether long lines go on below."""
        self._wraps = on
        for tab in self.tabs():
            for view in tab.views.all():
                view.edit.wrapping.set(on)

    def show_blanks(self, on: bool) -> None:
        """Whether spaces and tabs have a mark."""
        self._blanks = on
        for tab in self.tabs():
            tab.edit.show_blanks(on)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for index, tab in enumerate(self.tabs()):
            tab.set_theme(theme)
            button = self.tabBar().tabButton(index, QTabBar.ButtonPosition.RightSide)
            if isinstance(button, QToolButton):
                button.setIcon(icon("close", theme))
