"""A project's tabs as they were left, in their order and with everybody's place in them; what has gone is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray

from workbench.gui.editor.arrangement import arrange, arrangement_of, settle
from workbench.gui.editor.keeping import is_unsaved
from workbench.gui.editor.recovery import Unsaved
from workbench.gui.session import MOST_TABS, OpenTab, Shown, open_tab

if TYPE_CHECKING:
    from workbench.gui.editor.tab import EditorTab
    from workbench.gui.main_window import MainWindow

GONE, RECOVERED = "gone-files", "recovered"


class Restoring:
    """Of one window. What a session had open is opened, and put in order once all of it is there (`finish`)."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._shown: Shown | None = None  # what is being restored
        self.root: str | None = None
        """The project whose tabs these are; None before any were restored."""

    def shown(self) -> Shown:
        """What the window shows now."""
        window = self._window
        tabs = [tab for tab in window.area.tabs() if tab.path is not None or is_unsaved(tab)][:MOST_TABS]
        current = window.area.current
        kept = [open_tab(str(tab.path or ""), tab.title, tab.kind, arrangement_of(tab)) for tab in tabs]
        front = next((at for at, tab in enumerate(tabs) if tab is current), -1)
        panes = window.panes.state()
        layout = panes["layout"]
        root = str(window.project.root) if window.project else ""
        data = bytes(layout.data()) if isinstance(layout, QByteArray) else b""
        return Shown(root, tuple(kept), front, data, bool(panes["request_in_tabs"]))

    @property
    def busy(self) -> bool:
        """Whether something is still to come to its place."""
        return self._shown is not None

    def start(self, root: str, is_there: bool, lost: Sequence[Unsaved]) -> bool:
        """The program has started: the tabs of the last session and what was not saved. `root`: the project of that
        session, if it `is_there`. Whether there is something to show."""
        keeping = self._window.area.keeping
        files = self._begin(root, {entry.path for entry in lost}, panes=False)
        keeping.project = root  # also of one that has gone: what it left is shown now or never
        keeping.restore(lost)
        if not is_there:
            keeping.project = ""
        if not self._window.opening.busy and not is_there:
            self.finish()
        return files or any(True for _tab in self._window.area.tabs())

    def leave_project(self) -> None:
        """The tabs of the project that was open wait, as they are, until it is opened again."""
        settle(self._window.area.tabs())
        self._window.session.leave(self.shown())
        self._window.area.keeping.park()
        self._window.area.close_all()

    def project_opened(self, root: str) -> bool:
        """Brings back what was open in the project, if it is another one. Whether a policy of it should be opened,
        because nothing was."""
        keeping = self._window.area.keeping
        keeping.project = root
        if self.root == root:
            return True
        files = self._begin(root, keeping.waiting(), panes=True)
        return not keeping.unpark() and not files

    def _begin(self, root: str, kept: Collection[str], *, panes: bool) -> bool:
        """Opens what the project's last session had open, `panes` too where they stood. Whether there was a file. The
        files `kept` come back with their unsaved text, and say themselves if they have gone."""
        window = self._window
        self.root = root
        shown = self._shown = window.session.last(root)
        paths = [Path(tab.path) for tab in shown.tabs if tab.path]
        files = [path for path in paths if path.is_file()]
        front = shown.tabs[shown.front].path if 0 <= shown.front < len(shown.tabs) else ""
        window.opening.open_paths(files, Path(front))
        if panes and shown.layout:
            self._panes({"layout": QByteArray(shown.layout), "request_in_tabs": shown.request_in_tabs})
        gone = [path for path in paths if path not in files and str(path) not in kept]
        if gone:
            self._tell(gone)
        return bool(files)

    def _panes(self, state: Mapping[str, Any]) -> None:
        self._window.panes.restore(state)

    def _tell(self, gone: list[Path]) -> None:
        names = ", ".join(path.name for path in gone[:3]) + (f" and {len(gone) - 3} more" if len(gone) > 3 else "")
        what = "was open and is" if len(gone) == 1 else "were open and are"

        def look_again() -> None:
            self._window.unsay(GONE)
            found = [path for path in gone if path.is_file()]
            self._window.open_paths(found)
            if len(found) < len(gone):
                self._tell([path for path in gone if path not in found])

        sentence = f"{names} {what} no longer on disk."
        self._window.say(GONE, "warning", sentence, [("Look again", look_again)])

    def finish(self) -> None:
        """Everything is open: the tabs come into their order, each at its place, the right one to the front."""
        shown, self._shown = self._shown, None
        if shown is None:
            return
        area = self._window.area
        front: EditorTab | None = None
        order = 0
        for number, was in enumerate(shown.tabs):
            tab = next((tab for tab in area.tabs() if _is(tab, was)), None)
            if tab is None:
                continue
            area.tabBar().moveTab(area.indexOf(tab), order)
            order += 1
            if tab.kind is None:
                tab.kind = was.kind
            arrange(tab, was.stands)
            front = tab if number == shown.front else front
        current = area.current  # what was recovered is looked at first
        recovered = current.strip(RECOVERED) if current is not None else None
        if front is not None and recovered is None:
            area.setCurrentWidget(front)


def _is(tab: EditorTab, was: OpenTab) -> bool:
    return was.path == str(tab.path or "") and (bool(was.path) or was.title == tab.title)
