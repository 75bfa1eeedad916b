"""Find and replace in all files of a window: what is searched, where a hit is opened, the change and its one undo.

Open texts count as they stand, unsaved. What is replaced in them is one step of theirs; files that are not open are
written whole or not at all. One button takes all of it back, as long as nobody has changed them since.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from workbench.document.edits import Edit
from workbench.document.span import Span
from workbench.errors import WorkbenchError
from workbench.gui.editor.qt_text import from_qt
from workbench.gui.editor.replacing import Replacing
from workbench.gui.findings.preview import DiffLine, preview
from workbench.gui.jobs import Cancelled, JobSlot, Progress
from workbench.gui.searching import files
from workbench.gui.searching.files import Everything, FileHits, Plan, Source, Written
from workbench.gui.searching.pane import SearchPane
from workbench.gui.showing import described
from workbench.gui.text_units import Units
from workbench.writing.found_lines import FoundLine
from workbench.writing.searching import Hits, KeepOn, Query, search_for

if TYPE_CHECKING:
    from workbench.evaluation.request import Request
    from workbench.gui.editor.tab import EditorTab
    from workbench.gui.main_window import MainWindow

PAUSE_MS, AGAIN_MS = 200, 700
PREVIEWED, PREVIEW_LINES = 60, 200
UNDO = "search-undo"
"""The strip that says what was replaced, and takes it back."""


class SearchEverywhere(QObject):
    """Belongs to one window; `pane` is what the user sees of it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.pane = SearchPane(window.theme)
        self._found, self._query = Everything(), Query("")
        self._sources: list[Source] = []
        self._to_list = False  # whether the list gets the keys once something is found
        self._undoable: list[tuple[EditorTab, int]] = []
        self._plan, self._written = Plan((), ()), Written((), 0)
        self._request: Request | None = None  # what the form asked before the project was read again
        self._finder, self._previewer = JobSlot(self), JobSlot(self)
        self._planner, self._writer, self._undoer = JobSlot(self), JobSlot(self), JobSlot(self)
        self._placer = JobSlot(self)
        self._placer.finished.connect(self._place)
        self._placer.failed.connect(self._failed)
        self._finder.finished.connect(self._show)
        self._finder.failed.connect(self._not_found)
        self._finder.slow.connect(lambda: self.pane.show_busy(True))
        self._finder.idle.connect(lambda: self.pane.halt.hide())
        self._previewer.finished.connect(self.pane.show_changes)
        self._previewer.failed.connect(self._failed)
        self._planner.finished.connect(self._make)
        self._planner.failed.connect(self._failed)
        self._writer.finished.connect(self._files_written)
        self._writer.failed.connect(self._failed)
        self._undoer.finished.connect(self._files_undone)
        self._undoer.failed.connect(self._failed)
        self._soon = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._soon.timeout.connect(self.look)
        self._later = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._later.timeout.connect(self._look_again)
        pane = self.pane
        pane.wanted.connect(self._soon.start)
        pane.again.connect(self._look_and_go)
        pane.stopped.connect(self._stop)
        pane.preview_wanted.connect(self._preview)
        pane.replace_wanted.connect(self.replace_all)
        pane.list.opened.connect(self._open)
        window.area.changed.connect(self._later.start)
        window.project_opened.connect(self._project_read)

    @property
    def _slots(self) -> tuple[JobSlot, ...]:
        return self._finder, self._previewer, self._planner, self._writer, self._undoer, self._placer

    @property
    def busy(self) -> bool:
        """Whether something that was asked for is still worked on."""
        return self._soon.isActive() or any(slot.busy for slot in self._slots)

    def open(self, *, replace: bool = False) -> None:
        """Shows the pane with the keys in its field."""
        window = self._window
        tab = window.area.current
        chosen = from_qt(tab.edit.textCursor().selectedText()) if tab is not None and tab.edit.hasFocus() else ""
        window.show_pane("search")
        window.panes.give_height("search", 300)
        self.pane.begin(chosen, replace=replace)
        self._later.start()

    # -- finding --------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Looks for what the pane's fields say."""
        self._soon.stop()
        self._later.stop()
        self._query = self.pane.fields.query
        if not self._query.needle:
            self._finder.cancel()
            self._found = Everything()
            self.pane.show_found(self._found)
            return
        query, project, opened = self._query, self._window.project, self._open_texts()
        self._finder.start(
            lambda progress: files.find(files.sources_of(project, opened), search_for(query), _keep_on(progress))
        )

    def _look_again(self) -> None:
        """The texts have changed: what is shown is brought up to date, if it is shown."""
        if self.pane.isVisible() and self._query.needle:
            self.look()

    def _project_read(self) -> None:
        if self._request is not None:
            self._window.panel.set_request(self._request)
            self._request = None
        self._look_again()

    def _look_and_go(self) -> None:
        self._to_list = True
        self.look()

    def _open_texts(self) -> list[Source]:
        return [
            Source(tab.key, tab.path.name if tab.path else tab.title, tab.path, tab.text())
            for tab in self._window.area.tabs()
            if not tab.loading
        ]

    def _show(self, found: Everything) -> None:
        self._found = found
        count = found.searched
        self.pane.show_found(found, f"{count:,} file{'' if count == 1 else 's'}")
        if found.unread:
            self.pane.say(" ".join(found.unread[:3]))
        if self._to_list and found.files:
            self.pane.list.setFocus()
        self._to_list = False

    def _not_found(self, error: Exception) -> None:
        """A wrong expression finds nothing: what an older one found is not shown with it."""
        self._to_list = False
        self._found = Everything()
        self.pane.show_found(self._found)
        self._failed(error)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, WorkbenchError):
            self.pane.say(str(error))
        else:
            self._window.show_failure(*described(error))

    def _stop(self) -> None:
        self._finder.cancel()
        self.pane.state.setText("")
        self.pane.say("The search was stopped.")
        self.pane.take_focus()

    # -- where a hit is -------------------------------------------------------------------------------------------

    def _open(self, file: FileHits, line: FoundLine | None) -> None:
        window = self._window
        tab = window.area.tab_of(file.source.key)
        if tab is not None:
            window.area.setCurrentWidget(tab)
        elif file.source.path is not None:
            tab = window.area.open(file.source.path)
        if tab is None or line is None:
            return
        opened = tab
        if opened.loading:

            def loaded() -> None:
                opened.edit.loaded.disconnect(loaded)
                self._select(opened, file, line)

            opened.edit.loaded.connect(loaded)
        else:
            self._select(opened, file, line)
        opened.take_focus()

    def _select(self, tab: EditorTab, file: FileHits, line: FoundLine) -> None:
        """Selects a hit, which in a text that is only shown laid out stands elsewhere."""
        text, index = tab.text(), line.index
        if text == file.text:
            tab.show_span(file.hits.starts[index], file.hits.ends[index])
            return
        query = self._query
        self._placer.start(
            lambda progress: (tab, text, search_for(query).hits(text, keep_on=_keep_on(progress), most=index + 1))
        )

    def _place(self, found: tuple[EditorTab, str, Hits]) -> None:
        tab, text, hits = found
        if len(hits) and tab in list(self._window.area.tabs()) and tab.text() == text:
            tab.show_span(hits.starts[-1], hits.ends[-1])

    # -- replacing ------------------------------------------------------------------------------------------------

    def _preview(self) -> None:
        """Works out what replacing would change at the chosen hit and the next ones of its file."""
        pane, current = self.pane, self.pane.list.current
        if not pane.replacing.isChecked() or current is None:
            self._previewer.cancel()
            pane.show_changes(None)
            return
        (file, line), query, template = current, self._query, pane.other.text()
        self._previewer.start(lambda progress: _changes(file, line, query, template, _keep_on(progress)))

    def replace_all(self) -> None:
        """Replaces everything that is listed, if it still is what was found."""
        pane = self.pane
        if not self._found.files or self._writer.busy or self._undoer.busy:
            return
        if self._query != pane.fields.query or self._soon.isActive():
            self.look()
            pane.say("What is looked for has changed: look at what is found now, then replace.")
            return
        locked = [t.title for t in self._tabs_of(self._found) if t.edit.isReadOnly()]
        if locked:
            pane.say(f"{locked[0]} is open and read-only: nothing was replaced.")
            return
        found, opened, query, template = self._found, self._open_texts(), self._query, pane.other.text()
        self._planner.start(lambda progress: files.plan(found, opened, search_for(query), template, _keep_on(progress)))

    def _tabs_of(self, found: Everything) -> list[EditorTab]:
        tabs = [self._window.area.tab_of(file.source.key) for file in found.files]
        return [tab for tab in tabs if tab is not None]

    def _make(self, plan: Plan) -> None:
        """First the files, which may fail, then the texts, which cannot."""
        self._plan = plan
        for change in plan.texts:
            tab = self._window.area.tab_of(change.key)
            if tab is None or tab.text() != change.text or tab.edit.isReadOnly():
                self.pane.say("A text has changed meanwhile: nothing was replaced.")
                return
        self._writer.start(lambda _progress: files.write(plan.files))

    def _files_written(self, written: Written) -> None:
        self._written, self._undoable = written, []
        tabs = [(self._window.area.tab_of(change.key), change) for change in self._plan.texts]
        ready = [(t, c) for t, c in tabs if t is not None and t.text() == c.text and not t.edit.isReadOnly()]
        count, waiting = written.count, len(ready)

        def done(tab: EditorTab, made: int) -> None:
            nonlocal count, waiting
            self._undoable.append((tab, tab.edit.document().revision()))
            count, waiting = count + made, waiting - 1
            if not waiting:
                self._say_done(count)

        for tab, change in ready:
            units = Units(change.text)
            edits = [(units.to_qt(start), units.to_qt(end), text) for start, end, text in change.edits]
            Replacing(tab.edit).run(edits, partial(done, tab))
        if not ready:
            self._say_done(count)

    def _say_done(self, count: int) -> None:
        window, written, tabs = self._window, self._written, len(self._undoable)
        number = len(written.changes) + tabs
        said = f"Replaced {count:,} hit{'' if count == 1 else 's'} in {number:,} file{'' if number == 1 else 's'}"
        if tabs:
            said += f", of which {tabs:,} {'is' if tabs == 1 else 'are'} open and not saved yet"
        if written.problem:
            window.say(UNDO, "error", f"{said}. {written.problem}", [("Undo", self.undo)])
        else:
            window.say(UNDO, "passed", f"{said}.", [("Undo", self.undo)])
        self._files_changed()

    def _files_changed(self) -> None:
        """Files of the project are not what they were: it is read again, and judged."""
        window, project = self._window, self._window.project
        policies = {project.path(policy.key) for policy in project.policies} if project is not None else set()
        if project is not None and any(change.path not in policies for change in self._written.changes):
            self._request = window.panel.request()
            window.opening.load_project(project.root, anew=False)
        else:
            window.ask_now()
        self.look()

    def undo(self) -> None:
        """Takes the last replacement back, in open texts and in files."""
        self._window.unsay(UNDO)
        kept: list[str] = []
        for tab, revision in self._undoable:
            if tab not in list(self._window.area.tabs()):
                kept.append(f"{tab.title} has been closed since: it was left as it is.")
            elif tab.edit.document().revision() != revision:
                kept.append(f"{tab.title} has been edited since: undo it there.")
            else:
                tab.edit.undo()
        self._undoable = []
        changes = self._written.changes
        self._undoer.start(lambda _progress: [*kept, *files.undo(changes)])

    def _files_undone(self, kept: list[str]) -> None:
        if kept:
            self._window.say(UNDO, "warning", " ".join(kept))
        else:
            self._window.area.told.emit("The replacement was taken back.")
        self._files_changed()
        self._written = Written((), 0)

    def stop(self) -> None:
        """Before the window goes."""
        self._soon.stop()
        self._later.stop()
        for slot in self._slots:
            slot.cancel()


def _keep_on(progress: Progress) -> KeepOn:
    def keep_on() -> None:
        if progress.cancelled:
            raise Cancelled

    return keep_on


def _changes(
    file: FileHits, line: FoundLine | None, query: Query, template: str, keep_on: KeepOn
) -> tuple[DiffLine, ...]:
    """What replacing the hit and the next ones of its text changes, line by line."""
    start = file.hits.starts[line.index if line is not None else 0]
    edits = search_for(query).replacements(file.text, template, start, keep_on=keep_on, most=PREVIEWED)
    return preview(file.text, [Edit(Span(at, stop), new) for at, stop, new in edits], PREVIEW_LINES)
