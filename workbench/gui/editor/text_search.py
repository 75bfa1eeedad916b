"""What is looked for in one text: at once in a short one, in a job in a long one, and again when it has changed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextCursor

from workbench.errors import WorkbenchError
from workbench.gui.editor.filling import AT_ONCE
from workbench.gui.editor.found import NOTHING, Found
from workbench.gui.editor.qt_text import from_qt
from workbench.gui.editor.text_edit import PolicyEdit
from workbench.gui.jobs import Cancelled, JobSlot, Progress
from workbench.gui.text_units import Units, utf16_length
from workbench.writing.searching import KeepOn, Query, Search, search_for

PAUSE_MS = 150
STEPS = 300
"""Steps of a search that are made at once; in a short text each takes some 20 µs at most."""
STOPPED = "The search was stopped."


class _TooLong(Exception):
    pass


class TextSearch(QObject):
    """Belongs to one PolicyEdit. `changed`: the hits, the error or whether it is busy; hits are the text's as it is."""

    changed = Signal()

    def __init__(self, edit: PolicyEdit) -> None:
        super().__init__(edit)
        self._edit = edit
        self._query = Query("")
        self._scope: tuple[QTextCursor, QTextCursor] | None = None
        self._about: tuple[int, Query, tuple[int, int] | None] | None = None
        self._then: list[Callable[[], object]] = []
        self._on = False
        self.found, self.error = NOTHING, ""
        self._slot = JobSlot(self)
        self._slot.finished.connect(self._take)
        self._slot.failed.connect(self._fail)
        self._slot.slow.connect(self.changed)
        self._soon = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._soon.timeout.connect(self._look)
        edit.edited.connect(self._edited)
        edit.loaded.connect(self._edited)

    @property
    def busy(self) -> bool:
        return self._slot.busy

    @property
    def ready(self) -> bool:
        """Whether the hits are all those of the text as it is."""
        return not self.busy and self._about is not None

    @property
    def scope(self) -> tuple[int, int] | None:
        """Qt's place of the part of the text that is looked in; None: all of it."""
        return None if self._scope is None else (self._scope[0].position(), self._scope[1].position())

    def look(self, query: Query) -> None:
        """Looks for this from now on."""
        self._on, self._query = True, query
        self._look()

    def look_in(self, cursor: QTextCursor | None) -> None:
        """Looks in what `cursor` has selected alone; None: in all of the text."""
        self._scope = None
        if cursor is not None:
            start, end = QTextCursor(cursor), QTextCursor(cursor)
            start.setPosition(cursor.selectionStart())
            start.setKeepPositionOnInsert(True)
            end.setPosition(cursor.selectionEnd())
            self._scope = start, end
        if self._on:
            self._look()

    def when_ready(self, act: Callable[[], object]) -> None:
        """Runs `act` as soon as the hits are those of the text as it is: now, if they are."""
        if self._about is None:
            self._look()
        if self.ready:
            act()
        else:
            self._then = [act]

    def pause(self) -> None:
        """Marks nothing until it is told what to look for again."""
        self._on, self._about, self._then = False, None, []
        self._soon.stop()
        self._slot.cancel()
        self.found, self.error = NOTHING, ""
        self._edit.set_found(NOTHING)

    def stop(self) -> None:
        """Gives a search up that takes long; the next change of text or query begins another."""
        if self.busy:
            self._slot.cancel()
            self._about, self._then = None, []
            self._show(NOTHING, STOPPED)

    # -- searching ------------------------------------------------------------------------------------------------

    def _edited(self) -> None:
        if self._on:
            self._slot.cancel()
            self._about, self.found = None, NOTHING
            self._soon.start()

    def _look(self) -> None:
        edit = self._edit
        self._soon.stop()
        if edit.loading:  # it will be looked at as soon as it is there
            return
        about = edit.document().revision(), self._query, self.scope
        if about == self._about:
            return
        self._about = about
        self._slot.cancel()
        try:
            search = search_for(self._query)
        except WorkbenchError as error:
            self._show(NOTHING, str(error))
            return
        if not self._query.needle:
            self._show(NOTHING, "")
            return
        scope, later = self.scope, edit.text_later()
        if edit.document().characterCount() <= AT_ONCE:
            try:
                self._show(_find(search, later(), scope, _at_most(STEPS)), "")
                return
            except _TooLong:
                pass
        self._slot.start(lambda progress: _find(search, later(), scope, _unless_cancelled(progress)))

    def _take(self, found: Found) -> None:
        self._show(found, "")

    def _fail(self, error: Exception) -> None:
        self._show(NOTHING, str(error) if isinstance(error, WorkbenchError) else f"The search failed: {error}.")

    def _show(self, found: Found, error: str) -> None:
        self.found, self.error = found, error
        self._edit.set_found(found, self.scope)
        waiting, self._then = self._then, []
        self.changed.emit()
        for act in waiting:
            act()

    # -- replacing ------------------------------------------------------------------------------------------------

    def replace_one(self, index: int, template: str) -> None:
        """Puts `template`, filled in, in the place of a hit; those behind it stay known. Raises a WorkbenchError for a
        template that cannot be filled in."""
        start, end = self.found.place(index)
        document = self._edit.document()
        block = document.findBlock(start)
        base, text = block.position(), from_qt(block.text())
        if end > base + block.length() - 1:  # across lines: what is around it may matter
            base, text = 0, self._edit.text()
        units = Units(text)
        [(_, _, new)] = search_for(self._query).replacements(
            text, template, units.from_qt(start - base), units.from_qt(end - base), most=1
        )
        found = self.found.replaced(index, utf16_length(new))
        self._edit.replace([(start, end, new)])
        self.found = found
        self._edit.set_found(self.found, self.scope)

    def edits(self, template: str) -> Callable[[Progress], list[tuple[int, int, str]]]:
        """The work that makes the edits (Qt's places, texts) which replace every hit in the text as it stands now."""
        query, scope, later = self._query, self.scope, self._edit.text_later()

        def work(progress: Progress) -> list[tuple[int, int, str]]:
            return _edits(search_for(query), later(), scope, template, _unless_cancelled(progress))

        return work


def _find(search: Search, text: str, scope: tuple[int, int] | None, keep_on: KeepOn) -> Found:
    units = Units(text)
    start, end = (units.from_qt(scope[0]), units.from_qt(scope[1])) if scope else (0, None)
    return Found.of(search.hits(text, start, end, keep_on), units, scope=scope is not None)


def _edits(
    search: Search, text: str, scope: tuple[int, int] | None, template: str, keep_on: KeepOn
) -> list[tuple[int, int, str]]:
    units = Units(text)
    start, end = (units.from_qt(scope[0]), units.from_qt(scope[1])) if scope else (0, None)
    found = search.replacements(text, template, start, end, keep_on)
    if not units.wide:
        return found
    return [(units.to_qt(at), units.to_qt(stop), new) for at, stop, new in found]


def _unless_cancelled(progress: Progress) -> KeepOn:
    def keep_on() -> None:
        if progress.cancelled:
            raise Cancelled

    return keep_on


def _at_most(steps: int) -> KeepOn:
    left = steps

    def keep_on() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise _TooLong

    return keep_on
