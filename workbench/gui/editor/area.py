"""The tabs: opening, saving, closing, recent files, changes on disk; `keeping.py` keeps what is unsaved."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QFileSystemWatcher, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QTabBar, QTabWidget, QToolButton, QWidget

from workbench.gui.editor.files import FileProblem
from workbench.gui.editor.held import HeldPolicies
from workbench.gui.editor.hover import Explain
from workbench.gui.editor.keeping import Keeping
from workbench.gui.editor.recovery import Recovery
from workbench.gui.editor.tab import EditorTab
from workbench.gui.editor.views import View
from workbench.gui.icons import icon
from workbench.gui.plain import caption, tip
from workbench.gui.theme import Theme
from workbench.writing.proposals import Proposal

Complete: TypeAlias = Callable[[EditorTab, str, int], Sequence[Proposal]]
LAID_OUT = "This text is shown laid out, for reading. To change it choose Edit > Lay out the text."
FILTER = (
    "Policies (*.json *.txt *.policy);;Files that hold policies (*.yaml *.yml *.template *.tf *.json);;All files (*)"
)


class EditorArea(QTabWidget):
    """All open policies. `key_of(path)` gives a file's key in the open project, or its path."""

    changed = Signal()
    """Another tab is in front, or its text has changed: what the window shows is of an older state."""
    caret_moved = Signal()
    placed = Signal()
    """Somebody has scrolled, folded, or given a view more room."""
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
        self.keeping = Keeping(self, recovery)
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
            self.show_state(tab)
        return tab

    def open_behind(self, path: Path, before: bool) -> EditorTab | None:
        """Like `open`, but the tab in front stays there; the new one comes before it or at the end."""
        path = path.absolute()
        key = self._key_of(path)
        tab = self.tab_of(key) or self._tab_on(path)
        if tab is None:
            tab = self._add(key, max(self.currentIndex(), 0) if before else self.count())
            try:
                tab.open_file(path)
            except FileProblem as problem:
                self._not_opened(tab, problem)
                return None
            HeldPolicies(tab, self)
            self._watch(path)
            self._drop_pristine(tab)
            self.opened.emit(path)
        return tab

    def _tab_on(self, path: Path) -> EditorTab | None:
        """The tab of the same file under another name: through a link, or with .. in it."""
        real = os.path.realpath(path)
        return next((tab for tab in self.tabs() if tab.path is not None and os.path.realpath(tab.path) == real), None)

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
        tab.views.placed.connect(self.placed)
        tab.edited.connect(lambda: self._edited(tab))
        tab.state_changed.connect(lambda: self.show_state(tab))
        tab.caret_moved.connect(lambda: self._caret_moved(tab))
        tab.undo_changed.connect(lambda: self._undo_changed(tab))
        tab.outline_wanted.connect(self.outline_wanted)
        tab.told.connect(self.told)
        tab.compare_wanted.connect(self.compare_wanted)
        tab.save_wanted.connect(lambda other_name: self.save_as(tab) if other_name else self.save(tab))
        tab.saving.ended.connect(partial(self._saved, tab))
        tab.unreadable.connect(lambda problem: self._not_opened(tab, problem))
        index = self.insertTab(self.count() if index is None else index, tab, caption(tab.title))
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
        view.edit.refused.connect(lambda: None if tab.loading else self.told.emit(LAID_OUT))

    def _remove(self, tab: EditorTab) -> None:
        tab.saving.finish()
        if tab.path is not None and str(tab.path) in self._watcher.files():
            self._watcher.removePath(str(tab.path))
        index = self.indexOf(tab)
        if self.current is not None and self._close_mark(index) is QApplication.focusWidget():
            self.current.edit.setFocus()  # the mark goes, and with it the keys
        self.removeTab(index)
        tab.deleteLater()

    def _close_mark(self, index: int) -> QWidget | None:
        return self.tabBar().tabButton(index, QTabBar.ButtonPosition.RightSide)

    def _edited(self, tab: EditorTab) -> None:
        self.keeping.touch()
        if tab is self.current:
            self.changed.emit()

    def _switched(self) -> None:
        self._take_keys()
        self.switched.emit()
        self.changed.emit()
        self.state_changed.emit()
        self.caret_moved.emit()

    def _take_keys(self) -> None:
        """The text in front has the keys that the one before had: Qt would give them to what comes first beside it.
        Another pane keeps them, and so does the row of tabs for whoever goes along it."""
        focus = QApplication.focusWidget()
        is_here = focus is None or not self.isVisible() or self.isAncestorOf(focus)
        if self.current is not None and is_here and focus is not self.tabBar():
            self.current.edit.setFocus()

    def show_state(self, tab: EditorTab) -> None:
        """Title and tool tip of a tab whose state has changed."""
        index = self.indexOf(tab)
        if index >= 0:
            title = caption(tab.title)
            self.setTabText(index, f"{title} ●" if tab.dirty else title)
            self.setTabToolTip(index, tip(str(tab.path)) if tab.path else "Not saved to a file yet")
        self.keeping.touch()
        self.state_changed.emit()

    # -- save and close -------------------------------------------------------------------------------------------

    def save(self, tab: EditorTab | None = None) -> bool:
        """Saves; asks for a name where there is none. Whether the text is on disk now; a long one is on its way."""
        tab = tab or self.current
        if tab is None or tab.loading:
            return False
        if tab.path is None:
            return self.save_as(tab)
        return (tab.saving.busy or tab.may_save()) and self._write(tab, tab.path)

    def save_as(self, tab: EditorTab | None = None) -> bool:
        tab = tab or self.current
        if tab is None or tab.loading:
            return False
        start = tab.path or self.start_folder / tab.title
        chosen, _ = QFileDialog.getSaveFileName(self, "Save policy as", str(start), FILTER)
        return bool(chosen) and self._write(tab, Path(chosen).absolute())

    def _write(self, tab: EditorTab, path: Path) -> bool:
        if str(path) in self._watcher.files():
            self._watcher.removePath(str(path))
        return tab.saving.write(path)

    def _saved(self, tab: EditorTab, path: Path, well: bool) -> None:
        self._watch(path)
        if well:
            key = self._key_of(path)
            other, is_new = self.tab_of(key), tab.key != key
            if other is not None and other is not tab:
                self._remove(other)  # its file is this tab's now
            tab.key = key
            if is_new:
                self.opened.emit(path)
            self.show_state(tab)

    def finish_saving(self) -> None:
        """Waits until every text that is on its way to the disk is there."""
        for tab in self.tabs():
            tab.saving.finish()

    @property
    def start_folder(self) -> Path:
        """Where a question for a file begins: beside the file in front, else where the last one was."""
        current = self.current
        return current.path.parent if current is not None and current.path is not None else self.folder

    def _was_here(self, path: Path) -> None:
        self.folder = path.parent

    def close_tab(self, tab: EditorTab | None = None) -> None:
        """Closes a tab, which can be opened again with whatever it had not saved. One whose text is on its way to the
        disk closes when that is there, and stays if it does not come there."""
        tab = tab or self.current
        if tab is None or self.indexOf(tab) < 0:
            return
        if tab.saving.busy:
            tab.saving.after(lambda well: self.close_tab(tab) if well else None)
            return
        self.keeping.remember(tab)
        self._remove(tab)
        if self.count() == 0:
            self.changed.emit()
            self.state_changed.emit()

    def close_all(self) -> None:
        """Closes every tab; nothing of them is remembered."""
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

    def tab_named(self, path: Path) -> EditorTab:
        """The tab of a file that is not there; made if there is none."""
        key = self._key_of(path)
        return self.tab_of(key) or self._add(key)

    def untitled(self, title: str) -> EditorTab:
        """A new tab without a file, called `title` if no other is."""
        free = title and self.tab_of(title) is None
        return self._add(title if free else self._untitled_name())

    def stop(self) -> None:
        """Before the window goes: nothing may run on."""
        self.finish_saving()
        self.keeping.stop()
        self._look_soon.stop()

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
