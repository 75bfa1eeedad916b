"""What is not saved is kept, whatever happens: while it is written, when its tab is closed, when another project is
opened, when the program ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.gui.editor.filling import AT_ONCE
from workbench.gui.editor.place import Place, place_of, put_back
from workbench.gui.editor.recovery import Recovery, Unsaved
from workbench.gui.jobs import JobSlot
from workbench.policy.kinds import PolicyKind

if TYPE_CHECKING:
    from workbench.gui.editor.area import EditorArea
    from workbench.gui.editor.tab import EditorTab

AUTOSAVE_MS = 700
AGAIN_MS = 10_000
"""After so long what could not be kept is tried again: the disk may have room by then."""
MOST_CLOSED = 20
MOST_CLOSED_TEXT = 32_000_000
"""Characters of all texts of closed tabs; the newest is kept however long it is."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A tab that was closed; `unsaved` is its text where that is not on disk."""

    path: Path | None
    title: str
    place: Place | None
    kind: PolicyKind | None
    unsaved: Unsaved | None


class Keeping(QObject):
    """Belongs to the tabs. `closed_unsaved`: a tab with unsaved text was closed, by its title; `closed_changed`: what
    can be opened again has changed."""

    closed_unsaved = Signal(str)
    closed_changed = Signal()

    def __init__(self, area: EditorArea, recovery: Recovery) -> None:
        super().__init__(area)
        self._area, self._recovery = area, recovery
        self.project = ""
        """The folder of the open project."""
        self.closed: list[Closed] = []
        self._parked: list[Unsaved] = []  # of projects that are not open
        self._kept: tuple[object, ...] = ()
        self._number = 0
        self._slot = JobSlot(self)
        self._slot.finished.connect(self._kept_or_not)
        self._soon = QTimer(self, singleShot=True, interval=AUTOSAVE_MS)
        self._soon.timeout.connect(self._keep)
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self._keep)

    # -- while it is written --------------------------------------------------------------------------------------

    def touch(self) -> None:
        """Something may have to be kept, once nothing else changes."""
        self._soon.start()

    def now(self) -> None:
        """Keeps what is unsaved without waiting for the user to pause."""
        self._soon.stop()
        self._keep()

    def _unsaved(self, tab: EditorTab) -> Unsaved:
        return self._later(tab)()

    def _later(self, tab: EditorTab) -> Callable[[], Unsaved]:
        """What is unsaved in a tab now; the copy that it takes is made by the call."""
        title, path, project, text = tab.title, str(tab.path or ""), self.project, tab.edit.text_later()
        stamp = tab.file.stamp if tab.file is not None else (0, 0)
        return lambda: Unsaved(title, path, text(), stamp, project)

    def _beside(self) -> list[Unsaved]:
        """The unsaved texts that no tab shows."""
        return [*self._parked, *(closed.unsaved for closed in self.closed if closed.unsaved is not None)]

    def _keep(self) -> None:
        dirty = [tab for tab in self._area.tabs() if is_unsaved(tab)]
        beside = self._beside()
        state = (*((tab.key, tab.edit.document().revision()) for tab in dirty), *map(id, beside))
        if state == self._kept:
            return
        self._kept = state
        unsaved = [self._later(tab) for tab in dirty]
        self._number += 1
        number, recovery = self._number, self._recovery
        self._slot.start(lambda _progress: recovery.keep([*(each() for each in unsaved), *beside], number))

    def _kept_or_not(self, reason: str | None) -> None:
        """The user is told where they write, and what was not kept is tried again."""
        if reason is not None:
            self._kept = ()
            self._again.start()
        for tab in self._area.tabs():
            tab.show_unkept(reason if tab.dirty else None)

    def leave(self) -> str | None:
        """The program ends: everything unsaved is there again at the next start. Gives why that cannot be."""
        dirty = [self._unsaved(tab) for tab in self._area.tabs() if is_unsaved(tab)]
        return self._recovery.leave([*dirty, *self._beside()])

    # -- tabs that were closed ------------------------------------------------------------------------------------

    def remember(self, tab: EditorTab) -> None:
        """A tab is about to be closed: it can be opened again, with what is not saved."""
        unsaved = replace(self._unsaved(tab), closed=True) if is_unsaved(tab) else None
        if unsaved is None and tab.path is None:
            return
        self.closed.append(Closed(tab.path, tab.title, place_of(tab.edit), tab.kind, unsaved))
        self._bound()
        self._soon.start()
        self.closed_changed.emit()
        if unsaved is not None:
            self.closed_unsaved.emit(tab.title)

    def _bound(self) -> None:
        del self.closed[:-MOST_CLOSED]
        room = MOST_CLOSED_TEXT
        for at in reversed(range(len(self.closed))):
            unsaved = self.closed[at].unsaved
            room -= len(unsaved.text) if unsaved is not None else 0
            if room < 0 and at < len(self.closed) - 1:
                del self.closed[: at + 1]
                return

    def reopen(self) -> None:
        """Opens the tab again that was closed last."""
        if not self.closed:
            return
        closed = self.closed.pop()
        if closed.unsaved is not None:
            tab: EditorTab | None = self._show(closed.unsaved, quiet=True)
        else:
            tab = self._area.open(closed.path) if closed.path is not None else None
        if tab is not None:
            tab.kind = closed.kind
            if closed.place is not None:
                put_back(tab.edit, closed.place, wait=tab.loading)
            tab.edit.setFocus()
        self._soon.start()
        self.closed_changed.emit()

    def forget(self) -> None:
        """Gives up the text of the tab that was closed last."""
        if self.closed and self.closed[-1].unsaved is not None:
            self.closed.pop()
            self._soon.start()
            self.closed_changed.emit()

    # -- what an earlier session, or another project, left --------------------------------------------------------

    def restore(self, unsaved: Sequence[Unsaved]) -> None:
        """Shows what an earlier session had not saved, also where its file has gone meanwhile. What a program that
        ended in order left of another project waits until that is opened."""
        for entry in unsaved:
            if entry.closed:
                path = Path(entry.path) if entry.path else None
                self.closed.append(Closed(path, entry.title, None, None, entry))
            elif entry.in_order and entry.project != self.project and Path(entry.project or "?").is_dir():
                self._parked.append(entry)
            else:
                self._show(entry, quiet=entry.in_order)
        self._bound()
        self.closed_changed.emit()

    def park(self) -> None:
        """Another project is about to be opened: the tabs go, what they have not saved waits for this project."""
        self._area.finish_saving()
        self._parked += [replace(self._unsaved(tab), in_order=True) for tab in self._area.tabs() if is_unsaved(tab)]
        self._soon.start()

    def waiting(self) -> set[str]:
        """The files whose unsaved text waits for a project."""
        return {entry.path for entry in self._parked}

    def unpark(self) -> bool:
        """Shows what waited for the project that is open now; whether there was anything."""
        mine = [entry for entry in self._parked if entry.project == self.project]
        self._parked = [entry for entry in self._parked if entry.project != self.project]
        for entry in mine:
            self._show(entry, quiet=True)
        return bool(mine)

    def _show(self, entry: Unsaved, *, quiet: bool) -> EditorTab:
        area = self._area
        path = Path(entry.path) if entry.path else None
        tab = area.open(path) if path is not None and path.exists() else None
        if tab is not None:
            tab.restore(entry.text, read=entry.stamp if quiet else None)
        elif path is not None:
            tab = area.tab_named(path)
            tab.restore(entry.text, gone=path)
        else:
            tab = area.untitled(entry.title)
            tab.restore(entry.text, read=entry.stamp if quiet else None)
        area.setCurrentWidget(tab)
        area.show_state(tab)
        return tab

    def stop(self) -> None:
        """Before the window goes: nothing may run on."""
        self._soon.stop()
        self._again.stop()
        self._slot.cancel()


def is_unsaved(tab: EditorTab) -> bool:
    """Whether a text would be lost with its tab."""
    if tab.path is not None:
        return tab.dirty
    if tab.loading:
        return False
    return tab.edit.document().characterCount() > AT_ONCE or bool(tab.text().strip())
