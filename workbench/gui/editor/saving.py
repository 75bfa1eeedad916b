"""A text on its way to the disk: a short one goes at once, a long one off the GUI thread; who must wait for it does.

What is written is the text as it stood when it was asked for; until it is on disk the tab is unsaved and its text kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThreadPool, Signal

from workbench.gui.editor.files import DiskFile, FileProblem, write_file
from workbench.gui.editor.filling import AT_ONCE
from workbench.gui.jobs import JobSlot

if TYPE_CHECKING:
    from workbench.gui.editor.tab import EditorTab


@dataclass(frozen=True, slots=True)
class _Order:
    """What is to be written where; `like`: the file as it was; `revision`: of the document that held the text."""

    path: Path
    text: Callable[[], str]
    is_long: bool
    like: DiskFile | None
    revision: int

    def write(self) -> DiskFile:
        return write_file(self.path, self.text(), self.like)


class Saving(QObject):
    """Of one tab. `ended` carries the path and whether the text is there now; else the tab says why not."""

    ended = Signal(object, bool)

    def __init__(self, tab: EditorTab) -> None:
        super().__init__(tab)
        self._tab = tab
        # A pool of its own: a text must not wait until something else has been worked out, nor for another disk.
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._slot = JobSlot(self, self._pool)
        self._slot.finished.connect(self._written)
        self._slot.failed.connect(self._failed)
        self._slot.slow.connect(self._tell)
        self._order: _Order | None = None
        self._next: Path | None = None
        self._waiting: list[Callable[[bool], object]] = []

    @property
    def busy(self) -> bool:
        """Whether a text is on its way."""
        return self._order is not None

    def write(self, path: Path) -> bool:
        """Writes the text to `path`, whose file the tab shows from then on. Whether it is there now: a long one is so
        only when `ended` comes, and what is asked for meanwhile is written after it."""
        if self.busy:
            self._next = path
            return False
        tab = self._tab
        document = tab.edit.document()
        is_long = document.characterCount() > AT_ONCE
        order = self._order = _Order(path, self._text(), is_long, tab.file, document.revision())
        if is_long:
            tab.told.emit(f"Saving {path.name}…")
            self._slot.start(lambda _progress: order.write())
            return False
        try:
            file = order.write()
        except FileProblem as problem:
            self._failed(problem)
            return False
        self._written(file)
        return True

    def after(self, act: Callable[[bool], object]) -> None:
        """Calls `act`, with whether all went well, once nothing is on its way any more."""
        self._waiting.append(act)

    def finish(self) -> None:
        """Waits until nothing is on its way: the tab is about to go, or its file to be read."""
        while self.busy:
            self._pool.waitForDone()
            QCoreApplication.sendPostedEvents(self._slot, QEvent.Type.MetaCall.value)

    def _text(self) -> Callable[[], str]:
        # What is only shown laid out is saved as it was.
        tab = self._tab
        if tab.strip("laid-out") is not None and tab.file is not None:
            text = tab.file.text
            return lambda: text
        return tab.edit.text_later()

    def _tell(self) -> None:
        if self._order is not None:
            self._tab.say("saving", "save", f"{self._order.path.name} is still being written to the disk.")

    def _written(self, file: DiskFile) -> None:
        order = self._order
        assert order is not None
        self._tab.take_saved(file, order.revision)
        if order.is_long:
            self._tab.told.emit(f"Saved {file.path.name}.")
        self._end(order, well=True)

    def _failed(self, error: Exception) -> None:
        order = self._order
        assert order is not None
        sentence = f"{order.path} cannot be written: {error}."
        self._tab.say_problem(error if isinstance(error, FileProblem) else FileProblem(sentence))
        self._end(order, well=False)

    def _end(self, order: _Order, *, well: bool) -> None:
        self._order = None
        self._tab.unsay("saving")
        self.ended.emit(order.path, well)
        path, self._next = self._next, None
        if path is not None and (self._tab.dirty or path != order.path):
            self.write(path)
        if not self.busy:
            waiting, self._waiting = self._waiting, []
            for act in waiting:
                act(well)
