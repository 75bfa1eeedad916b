"""One open policy: its file, its text, the bars that speak about it, and what the last answer said of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.document.nodes import Document, PathElement
from workbench.document.parser import parse
from workbench.document.paths import path_at
from workbench.document.span import Span
from workbench.findings.model import Edit
from workbench.gui.editor.bracket_jump import BracketJump
from workbench.gui.editor.completer import Completer
from workbench.gui.editor.crumbs import MOST, CrumbBar
from workbench.gui.editor.file_bars import FileBars
from workbench.gui.editor.files import DiskFile, FileProblem, Stamp, gone_file, head_of, read_file, stamp_of
from workbench.gui.editor.filling import AT_ONCE, Shown, prepare
from workbench.gui.editor.find_bar import FindBar
from workbench.gui.editor.hover import Explain, Hovers
from workbench.gui.editor.long_lines import LongLines
from workbench.gui.editor.marks import MarkList
from workbench.gui.editor.pasting import Pasting
from workbench.gui.editor.policy_text import Seen
from workbench.gui.editor.qt_text import from_qt
from workbench.gui.editor.rewriting import Rewriting
from workbench.gui.editor.saving import Saving
from workbench.gui.editor.scroll_marks import ScrollMarks
from workbench.gui.editor.text_edit import PolicyEdit
from workbench.gui.editor.views import View, Views
from workbench.gui.jobs import JobSlot
from workbench.gui.strip import Choice, Strip, Strips
from workbench.gui.text_units import Units
from workbench.gui.theme import Theme
from workbench.policy.kinds import PolicyKind
from workbench.writing.crumbs import Crumb, Neighbor, crumbs, neighbors
from workbench.writing.hover import Hover
from workbench.writing.layout import LONG_LINE, longest_line
from workbench.writing.rewriting import laid_out


class EditorTab(QWidget):
    """A tab of the editor. Offsets in and out are code points of `text()`."""

    edited = Signal()
    state_changed = Signal()
    """The title, the file or whether it is saved has changed."""
    undo_changed = Signal()
    """Whether there is something to undo or redo has changed."""
    caret_moved = Signal()
    outline_wanted = Signal()
    """The breadcrumb was pressed."""
    told = Signal(str)
    """A sentence about what a command has done, for the status bar."""
    compare_wanted = Signal(str, str)
    """What to compare the text with: its name and its text."""
    save_wanted = Signal(bool)
    """A bar's choice: to save, under another name if True."""
    unreadable = Signal(object)
    """The FileProblem of a file that was to be opened."""

    def __init__(self, key: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.file: DiskFile | None = None
        self.title = key.rpartition("/")[2]
        self.kind: PolicyKind | None = None
        self._theme = theme
        self._seen: Seen | None = None
        self._way: tuple[Seen, int, tuple[PathElement, ...]] | None = None  # the last that was asked for
        self._coming: Path | None = None  # the file that is being read
        self._shown = Shown("", 0, 0, False)
        self._reader = JobSlot(self)
        self._reader.finished.connect(self._take)
        self._reader.failed.connect(self._not_read)
        self.seen_stamp: Stamp | None = None
        """The state on disk that the user has been told about."""
        self.views = Views(theme, self._at, self)
        self.crumbs = CrumbBar(self._beside, self)
        self.crumbs.outline_wanted.connect(self.outline_wanted)
        self.crumbs.chosen.connect(self._go_to_element)
        self._bars = Strips(theme, lambda: self.edit.setFocus())
        self.rewriting = Rewriting(self)
        self.pasting = Pasting(self)
        self.brackets = BracketJump(self)
        self.long_lines = LongLines(self)
        self._file_bars = FileBars(self)
        self.saving = Saving(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._bars)
        column.addWidget(self.crumbs)
        column.addWidget(self.views, 1)
        self._look = QTimer(self, singleShot=True, interval=30)
        self._look.timeout.connect(self._follow_caret)
        self.views.equip(self._connect)
        self.views.turned.connect(self._turned)
        self.views.text.edited.connect(self.edited)
        self.views.text.loaded.connect(self._loaded)
        document = self.views.text.document
        document.modificationChanged.connect(lambda _modified: self._modified())
        document.undoAvailable.connect(lambda _on: self.undo_changed.emit())
        document.redoAvailable.connect(lambda _on: self.undo_changed.emit())
        self.setFocusProxy(self.edit)
        self._show_path(())

    # -- views ----------------------------------------------------------------------------------------------------

    @property
    def edit(self) -> PolicyEdit:
        """The view that commands act on: the one that has the keys, or had them last."""
        return self.views.active.edit

    @property
    def completer(self) -> Completer:
        return self.views.active.completer

    @property
    def hovers(self) -> Hovers:
        return self.views.active.hovers

    @property
    def scroll_marks(self) -> ScrollMarks:
        return self.views.active.scroll_marks

    @property
    def find_bar(self) -> FindBar:
        return self.views.active.find_bar

    def _connect(self, view: View) -> None:
        view.edit.cursorPositionChanged.connect(self._look.start)
        view.edit.folding.told.connect(self.told)
        view.edit.wrapping.told.connect(self.told)

    def _turned(self) -> None:
        self.setFocusProxy(self.edit)
        self._look.start()

    # -- state ----------------------------------------------------------------------------------------------------

    @property
    def path(self) -> Path | None:
        return self.file.path if self.file else self._coming

    @property
    def loading(self) -> bool:
        """Whether the text is still on its way: read, laid out, or put in."""
        return self._reader.busy or self.edit.loading

    def _modified(self) -> None:
        if not self.loading:
            self.state_changed.emit()

    @property
    def dirty(self) -> bool:
        return self.edit.document().isModified() and not self.loading

    @property
    def encoding_text(self) -> str:
        """ "UTF-8  LF", as the status bar shows it."""
        if self.file is None:
            return "UTF-8  LF"
        decoded = self.file.decoded
        ends = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}.get(decoded.newline, "mixed line ends")
        return f"{decoded.encoding.upper()}{' BOM' if decoded.bom else ''}  {ends}"

    def text(self) -> str:
        return self.edit.text()

    def caret(self) -> tuple[int, int]:
        """Line and column of the caret, both from 1, in code points."""
        cursor = self.edit.textCursor()
        line = from_qt(cursor.block().text())
        return cursor.blockNumber() + 1, Units(line).from_qt(cursor.positionInBlock()) + 1

    def offset_at_caret(self) -> int:
        """The caret's place in `text()`."""
        return Units(self.text()).from_qt(self.edit.textCursor().position())

    def take_focus(self) -> None:
        """Gives the keys to the text, also out of a pane that floats in a window of its own."""
        self.window().activateWindow()
        self.edit.setFocus()

    # -- file -----------------------------------------------------------------------------------------------------

    def open_file(self, path: Path) -> None:
        """Shows the file: a short one at once, a long one as soon as a job has read it. Raises FileProblem, or sends
        `unreadable` if the job fails."""
        self.title = path.name
        stamp = stamp_of(path)
        if stamp is not None and stamp[1] > AT_ONCE:
            self._coming, self.seen_stamp = path, stamp
            self.edit.show_head(head_of(path))
            self._wait(lambda: _read_and_prepare(path))
        else:
            file = read_file(path)
            self._take((file, prepare(file.text)))

    def set_text(self, text: str) -> None:
        """Shows a text that has no file."""
        self._load(text)

    def _load(self, text: str) -> None:
        file = self.file
        if len(text) <= AT_ONCE:
            self._take((file, prepare(text)))
        else:
            self._wait(lambda: (file, prepare(text)))

    def _wait(self, read: Callable[[], tuple[DiskFile | None, Shown]]) -> None:
        self.views.set_read_only(True)
        self.crumbs.show_path((), f"Opening {self.title}…")
        self._reader.start(lambda _progress: read())

    def _take(self, found: tuple[DiskFile | None, Shown]) -> None:
        self.file, self._shown = found
        self._coming = None
        if self.file is not None:
            self.seen_stamp = self.file.stamp
        self._seen = self._way = None
        self.unsay("laid-out")
        self.views.set_read_only(True)
        self.edit.load(self._shown.text)

    def _take_file(self, path: Path) -> None:
        self._coming = None
        self.file = read_file(path)
        self.seen_stamp = self.file.stamp

    def _not_read(self, error: Exception) -> None:
        self._coming = None
        problem = error if isinstance(error, FileProblem) else FileProblem(f"{self.title} cannot be read: {error}.")
        self.unreadable.emit(problem)

    def _loaded(self) -> None:
        shown = self._shown
        self.views.set_read_only(shown.is_laid_out)
        if shown.is_laid_out:
            what = (
                f"This policy is one line of {shown.length:,} characters."
                if shown.is_one_line
                else f"A line of this policy has {shown.longest_line:,} characters."
            )
            choices: list[Choice] = [("Edit as laid out", self.edit_laid_out)]
            self.say("laid-out", "format", f"{what} It is shown laid out, for reading.", choices)
        if self.file is not None and not self.file.writable:
            self._file_bars.read_only()
        self._show_path(())
        self.state_changed.emit()
        self.edited.emit()

    def edit_laid_out(self) -> None:
        """Makes the layout a change of the text, which can be edited and saved."""
        self.unsay("laid-out")
        self.views.set_read_only(False)
        self.edit.document().setModified(True)
        self.edit.setFocus()

    def take_saved(self, file: DiskFile, revision: int) -> None:
        """`file` holds the text now, as it stood at that revision of the document."""
        self.file, self.title, self.seen_stamp = file, file.path.name, file.stamp
        for name in ("changed", "read-only", "recovered", "problem", "unkept"):
            self.unsay(name)
        document = self.edit.document()
        if document.revision() == revision:
            document.setModified(False)
        self.state_changed.emit()

    def reload(self) -> None:
        """Takes what is on disk. A text that was edited can be got back with undo. Raises FileProblem."""
        self.saving.finish()
        assert self.file is not None
        was_dirty = self.dirty
        fresh = read_file(self.file.path)
        self.unsay("changed")
        self.unsay("recovered")
        self.file, self.seen_stamp = fresh, fresh.stamp
        if was_dirty and longest_line(fresh.text) <= LONG_LINE and not self.edit.isReadOnly():
            self.edit.replace_all(fresh.text)
            self.edit.document().setModified(False)
        else:
            self._load(fresh.text)
        self.state_changed.emit()

    def look_at_disk(self) -> None:
        """Says so, once for each change, if the file is no longer what was read."""
        if self.file is None or self.saving.busy:
            return
        now = stamp_of(self.file.path)
        if now == self.seen_stamp:
            return
        self.seen_stamp = now
        if now is None:
            self._file_bars.gone()
            self.edit.document().setModified(True)
        elif now != self.file.stamp:
            self._file_bars.changed()

    def may_save(self) -> bool:
        """Whether the file can be written as it is; else a bar asks. What another program wrote since it was read is
        not written over unasked."""
        if self.file is None:
            return True
        now = stamp_of(self.file.path)
        if now is not None and now != self.file.stamp and now != self._file_bars.allowed:
            self.seen_stamp = now
            self._file_bars.ask_to_save(now)
            return False
        if now is not None and not os.access(self.file.path, os.W_OK):
            self._file_bars.read_only()  # a folder that may be written to would let us replace it all the same
            return False
        return True

    def guarded(self, act: Callable[[], object]) -> bool:
        """Runs `act`; a FileProblem becomes a bar in the tab. Whether it went well."""
        try:
            act()
        except FileProblem as problem:
            self.say_problem(problem)
            return False
        self.unsay("problem")
        return True

    def say_problem(self, problem: FileProblem) -> None:
        """Says in a bar that the file could not be read or written."""
        self._file_bars.problem(problem)

    def restore(self, text: str, gone: Path | None = None, read: Stamp | None = None) -> None:
        """Shows `text` as unsaved changes that an earlier session left; `gone` is its file if that is not there now.
        `read`: what the file was when these changes were made; nothing is said if it still is."""
        coming, self._shown = self._coming, Shown("", 0, 0, False)
        if coming is not None:  # what is on disk is not what will be shown, but it is the file of this text
            self._reader.cancel()
            self.edit.show_head("")  # an undo must not lead to the first lines alone
            self.guarded(lambda: self._take_file(coming))
        if gone is not None:
            self.file, self.seen_stamp, self.title = gone_file(gone), None, gone.name
        self.views.set_read_only(False)
        self.unsay("laid-out")
        if (self.file is None or gone is not None) and len(text) <= AT_ONCE:
            self.edit.load(text)
        else:
            self.edit.replace_all(text)
        self.edit.document().setModified(True)
        if read is None or gone is not None:
            self._file_bars.recovered(gone)
        elif self.file is not None and read != self.file.stamp:
            self._file_bars.changed()
        self.edited.emit()

    def show_unkept(self, reason: str | None) -> None:
        """Says why unsaved changes are not kept, None: they are."""
        self._file_bars.unkept(reason)

    # -- bars -----------------------------------------------------------------------------------------------------

    def say(self, name: str, icon_name: str, text: str, choices: Sequence[Choice] = ()) -> Strip:
        """Shows a bar over the text; one of the same name goes."""
        return self._bars.say(name, icon_name, text, choices)

    def unsay(self, name: str) -> None:
        self._bars.unsay(name)

    def strip(self, name: str) -> Strip | None:
        return self._bars.strip(name)

    # -- answers --------------------------------------------------------------------------------------------------

    def show_marks(self, document: Document, marks: MarkList) -> None:
        """Underlines what was found, if `document` is the text as it stands now. `marks` as `marks_of` makes them."""
        if document.text != self.text():
            return
        self._seen = Seen(document, Units(document.text), self.edit.document().revision())
        self.views.text.seen = self._seen
        self.views.text.set_marks(marks)
        self._follow_caret()

    def show_span(self, start: int, end: int, *, flash: bool = True) -> None:
        """Selects the place in the text and scrolls to it."""
        units = Units(self.text())
        self.edit.show_place(units.to_qt(start), units.to_qt(end), flash=flash)

    def show_seen(self, start: int, end: int) -> None:
        """Selects a place of the text of the last answer, wherever it is now."""
        if self._seen is not None:
            units, now = self._seen.units, self.edit.place_now
            self.edit.show_place(now(units.to_qt(start)), now(units.to_qt(end)))

    def apply_edits(self, edits: Sequence[Edit]) -> None:
        """Applies the edits of a fix as one step that can be undone."""
        units = Units(self.text())
        self.edit.replace([(units.to_qt(e.span.start), units.to_qt(e.span.end), e.text) for e in edits])

    @property
    def is_answered(self) -> bool:
        """Whether the last answer is about the text as it stands. Costs nothing, unlike comparing texts."""
        return self._seen is not None and self._seen.revision == self.edit.document().revision()

    @property
    def answered_document(self) -> Document | None:
        """The document of the last answer, if that is about the text as it stands."""
        return self._seen.document if self._seen is not None and self.is_answered else None

    def _at(self, position: int, explain: Explain) -> Hover | None:
        """What stands at a place (Qt's) of the text as it stands now. A long one is not read again for that: of it
        nothing is said until it is answered."""
        document = self.answered_document
        if document is None:
            if self.edit.document().characterCount() > AT_ONCE:
                return None
            document = parse(self.text())
        return explain(document, Units(document.text).from_qt(position))

    def statement_at_caret(self) -> Span | None:
        """The statement that the caret is in, as of the last answer."""
        return self._statement_at(self.edit.textCursor().position())

    def _statement_at(self, position: int) -> Span | None:
        path = self._path_at(position)
        if len(path) < 1 or path[0] != ("value", "Statement") or self._seen is None:
            return None
        from workbench.document.paths import span_at

        return span_at(self._seen.document, path[:2] if len(path) > 1 and path[1][0] == "index" else path[:1])

    def _path_at_caret(self) -> tuple[PathElement, ...]:
        return self._path_at(self.edit.textCursor().position())

    def _path_at(self, position: int) -> tuple[PathElement, ...]:
        seen = self._seen
        if seen is None or seen.revision != self.edit.document().revision():
            return ()
        if (
            self._way is None or self._way[0] is not seen or self._way[1] != position
        ):  # several ask, one after the other
            self._way = seen, position, path_at(seen.document, seen.units.from_qt(position))
        return self._way[2]

    def _follow_caret(self) -> None:
        seen = self._seen
        if seen is not None and seen.revision == self.edit.document().revision():
            self._show_path(self._path_at_caret())
            for view in self.views.all():
                span = self._statement_at(view.edit.textCursor().position())
                view.edit.set_statement((seen.units.to_qt(span.start), seen.units.to_qt(span.end)) if span else None)
        self.caret_moved.emit()

    def _show_path(self, path: tuple[PathElement, ...]) -> None:
        found = crumbs(self._seen.document, path, MOST) if self._seen is not None else ()
        self.crumbs.show_path(found, self.title)

    def _beside(self, crumb: Crumb) -> tuple[Sequence[Neighbor], int]:
        return neighbors(self._seen.document, crumb.path) if self._seen is not None else ((), 0)

    def _go_to_element(self, start: int, end: int) -> None:
        self.show_seen(start, end)
        self.take_focus()

    @property
    def breadcrumb(self) -> str:
        return self.crumbs.text

    # -- look -----------------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.views.set_theme(theme)
        self._bars.set_theme(theme)

    def lay_out(self) -> None:
        """Lays the text out anew, as a change that can be undone."""
        if self.edit.isReadOnly() and not self.loading:  # its bar may have been closed
            self.edit_laid_out()
        else:
            self.rewriting.run(laid_out, "Laid out: the values are the same, proved by reading both.")

    def keyPressEvent(self, event: object) -> None:  # noqa: N802
        from PySide6.QtGui import QKeyEvent

        if isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and self.views.active.close_find_bar():
                return
            super().keyPressEvent(event)


def _read_and_prepare(path: Path) -> tuple[DiskFile, Shown]:
    file = read_file(path)
    return file, prepare(file.text)
