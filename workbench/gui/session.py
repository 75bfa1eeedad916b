"""What a session leaves to the next one, for each project: tabs, places in them, the panes. Saved as it changes, not at
the end, which a session may never come to."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QObject, QTimer

from workbench.document.replacing import replace_file
from workbench.gui.editor.arrangement import Arrangement, Split
from workbench.gui.editor.kept_folds import MOST_LENGTH, Folds
from workbench.gui.editor.place import Place
from workbench.gui.jobs import JobSlot, Progress
from workbench.gui.settings import Settings
from workbench.policy.kinds import PolicyKind

log = logging.getLogger(__name__)

QUIET_MS = 400
MOST_TABS = 200
MOST_PROJECTS = 50
MOST_BYTES = 1_000_000
"""A file of a session that is larger is none of ours."""
MOST_FOLDS = 3 * MOST_LENGTH
"""Characters that the folds of all tabs may take in it."""


@dataclass(frozen=True, slots=True)
class OpenTab:
    """A tab: its file, or the title of one that has none; where somebody was in it, and the kind that was chosen;
    `split` and `folds` as an `Arrangement` has them."""

    path: str
    title: str
    place: Place
    kind: PolicyKind | None = None
    split: Split | None = None
    folds: Folds | None = None

    @property
    def stands(self) -> Arrangement:
        return Arrangement(self.place, self.split, self.folds)


def open_tab(path: str, title: str, kind: PolicyKind | None, stands: Arrangement) -> OpenTab:
    return OpenTab(path, title, stands.place, kind, stands.split, stands.folds)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a window shows of one project; `root` is empty where none is open. `front`: the number of the tab in front;
    `panes` as the panes give it."""

    root: str = ""
    tabs: tuple[OpenTab, ...] = ()
    front: int = -1
    layout: bytes = b""
    request_in_tabs: bool = False


State = tuple[dict[str, Any], Shown]


class Store:
    """The sessions on disk, one file a project. May be used off the GUI thread. Raises nothing but in `write`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _file(self, root: str) -> Path:
        return self._folder / f"{hashlib.sha256(root.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}.json"

    def read(self, root: str) -> Shown:
        """The last session of a project; an empty one where there is none that can be read."""
        try:
            with self._file(root).open("rb") as file:
                data = file.read(MOST_BYTES + 1)
            if len(data) <= MOST_BYTES:
                return _read(json.loads(data), root)
        except FileNotFoundError:
            pass
        except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError):
            log.warning("the session of %s cannot be read", root or "no project")
        return Shown(root)

    def write(self, shown: Shown) -> None:
        """Puts a session in the place of the last one of its project; the oldest of too many projects go. Raises
        OSError, and then the last one is as it was."""
        self._folder.mkdir(parents=True, exist_ok=True)
        state = asdict(replace(shown, tabs=_bounded(shown)))
        state["layout"] = bytes(QByteArray(shown.layout).toBase64().data()).decode()
        replace_file(self._file(shown.root), json.dumps(state, indent=1).encode())
        files = sorted(self._folder.glob("*.json"), key=_age)
        for file in files[:-MOST_PROJECTS]:
            with contextlib.suppress(OSError):
                file.unlink()


def _age(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def _bounded(shown: Shown) -> tuple[OpenTab, ...]:
    """The tabs without the folds that there is no room for; those of the tab in front come first."""
    tabs, room = list(shown.tabs), MOST_FOLDS
    for at in sorted(range(len(tabs)), key=lambda at: at != shown.front):
        folds = tabs[at].folds
        room -= len(folds.gaps) if folds is not None else 0
        if folds is not None and room < 0:
            tabs[at] = replace(tabs[at], folds=None)
    return tuple(tabs)


def _read(state: Any, root: str) -> Shown:
    tabs = tuple(
        OpenTab(
            str(tab["path"]),
            str(tab["title"]),
            _place(tab["place"]),
            PolicyKind(tab["kind"]) if tab["kind"] else None,
            _split(tab.get("split")),
            _folds(tab.get("folds")),
        )
        for tab in state["tabs"][:MOST_TABS]
    )
    layout = bytes(QByteArray.fromBase64(QByteArray(str(state["layout"]).encode())).data())
    return Shown(root, tabs, int(state["front"]), layout, state["request_in_tabs"] is True)


def _place(numbers: Any) -> Place:
    return Place(*(min(max(int(n), 0), 2**30) for n in numbers))


def _split(kept: Any) -> Split | None:
    if not kept:
        return None
    layout, share, active, other = kept
    return Split(str(layout), int(share), 1 if active else 0, _place(other))


def _folds(kept: Any) -> Folds | None:
    return Folds(*map(str, kept)) if kept else None


class Session(QObject):
    """Keeps `state()`: the settings, and what is shown; None while that is still being restored."""

    def __init__(
        self,
        settings: Settings,
        folder: Path,
        state: Callable[[], State | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._settings, self._state = settings, state
        self.store = Store(folder)
        self._kept: State | None = None
        self._settings_kept: dict[str, Any] = {}
        self._left: dict[str, Shown] = {}
        self._unwritten: list[Shown] = []  # of those that were left
        self._slot = JobSlot(self)
        self._slot.finished.connect(self._written)
        self._writing = threading.Lock()
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._quiet.timeout.connect(self.now)

    def touch(self) -> None:
        """Something has changed: keep it once nothing else does."""
        self._quiet.start()

    def now(self) -> None:
        """Keeps what has changed, off the GUI thread."""
        state = self._state()
        if state is None:
            self._quiet.start()
        elif state != self._kept:
            self._kept, left = state, tuple(self._unwritten)
            self._slot.start(lambda progress: self._write(state, left, progress))

    def leave(self, shown: Shown) -> None:
        """Keeps what was shown of a project that another one takes the place of."""
        self._left[shown.root] = shown
        self._unwritten.append(shown)
        self.touch()

    def last(self, root: str) -> Shown:
        """What was last shown of a project."""
        return self._left.get(root) or self.store.read(root)

    def _write(self, state: State, left: tuple[Shown, ...], progress: Progress) -> tuple[Shown, ...]:
        """Off the GUI thread: the disk may be slow."""
        with self._writing:
            progress.report(0, 1)  # stops here if a newer state has been written meanwhile
            settings, shown = state
            if settings != self._settings_kept:
                Settings().keep(settings)
                self._settings_kept = settings
            for each in (*left, shown):
                self._write_shown(each)
        return left

    def _written(self, left: tuple[Shown, ...]) -> None:
        self._unwritten = [shown for shown in self._unwritten if all(shown is not each for each in left)]

    def _write_shown(self, shown: Shown) -> None:
        try:
            self.store.write(shown)
        except OSError as error:  # where one was is no text: it is not worth a bar
            log.warning("the session cannot be kept: %s", error)

    def close(self) -> None:
        """Keeps everything now: the program ends."""
        self.stop()
        state = self._state()
        with self._writing:
            for each in self._unwritten:
                self._write_shown(each)
            if state is not None:
                self._settings.keep(state[0])
                self._write_shown(state[1])

    def stop(self) -> None:
        self._quiet.stop()
        self._slot.cancel()
