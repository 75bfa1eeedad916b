"""The findings pane in its window: where fixes, requests and pages of help go, and the fix of all that may be fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from workbench.document.edits import Edit
from workbench.errors import WorkbenchError
from workbench.findings.mending import Mended
from workbench.findings.model import Finding
from workbench.findings.suppressions import NEVER_SUPPRESSED
from workbench.gui import changes
from workbench.gui.findings.listing import Grouping
from workbench.gui.help.pages import HelpPages
from workbench.gui.jobs import Cancelled, JobSlot, Progress
from workbench.writing.difference import differences

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow

_SHOWN_MS = 6000
NOTHING_SAME = "No fix keeps the access the same: nothing was changed."
CHANGED = "The text has changed or is read-only: nothing was fixed."


class Mending(QObject):
    """Connects the pane; `fix_all` works off the GUI thread and changes the text once, in one step."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        pane = window.findings
        self._asked: tuple[str, str] | None = None  # the key and the text that are being mended
        self._slot = JobSlot(self)
        self._slot.finished.connect(self._mended)
        self._slot.failed.connect(self._failed)
        self._slot.slow.connect(lambda: pane.show_work("Proving which fixes keep the access the same…"))
        self._slot.idle.connect(lambda: pane.show_work(""))
        self._pages = HelpPages(self)
        self._pages.ready.connect(pane.details.show_page)
        pane.fix_requested.connect(lambda fix: changes.apply_fix(window, fix))
        pane.fix_all_requested.connect(self.fix_all)
        pane.work_canceled.connect(self._slot.cancel)
        pane.scenario_chosen.connect(window.comparing.ask)
        pane.why_wanted.connect(self._pages.ask)
        pane.grouping_chosen.connect(lambda grouping: window.settings.set("findings_grouping", grouping))
        pane.beside.setChecked(window.settings.get("findings_beside"))
        pane.beside.toggled.connect(lambda on: window.settings.set("findings_beside", on))
        pane.counted.connect(window.docks["findings"].set_count)
        kept = window.settings.get("findings_grouping")
        if kept in tuple(Grouping):
            pane.group_by(Grouping(kept))

    def stop(self) -> None:
        """Before the window goes."""
        self._slot.cancel()
        self._pages.stop()
        self._window.findings.stop()

    # -- why --------------------------------------------------------------------------------------------------------

    def why(self, finding: Finding | None = None) -> None:
        """Shows the page of help of a finding: of the one at the caret, else of the chosen one, where none is given."""
        window = self._window
        if finding is None:
            at_caret = changes.findings_at_caret(window)
            finding = at_caret[0] if at_caret else window.findings.chosen
        if finding is None:
            window.status.showMessage("There is no finding at the caret, and none is chosen.", _SHOWN_MS)
            return
        window.show_pane("findings")
        window.findings.choose(finding)
        self._pages.ask(finding.code)

    def suppress(self) -> None:
        """Asks for the reason to accept the chosen finding."""
        finding = self._window.findings.chosen
        if finding is None or finding.suppressed is not None or finding.code in NEVER_SUPPRESSED:
            self._window.status.showMessage("Choose a finding that can be suppressed first.", _SHOWN_MS)
        else:
            self._window.findings.suppress_wanted.emit(finding)

    def take_back(self) -> None:
        """Lets the chosen finding, which is suppressed, count again."""
        finding = self._window.findings.chosen
        if finding is None or finding.suppressed is None:
            self._window.status.showMessage("Choose a suppressed finding first.", _SHOWN_MS)
        else:
            self._window.findings.take_back_wanted.emit(finding)

    # -- fix all ----------------------------------------------------------------------------------------------------

    def fix_all(self) -> None:
        """Works out every fix that keeps the access the same, then makes them in one step that can be undone."""
        window, tab, answered = self._window, self._window.area.current, self._window.answered
        if tab is None or answered is None or not window.showing.is_about(tab) or tab.edit.isReadOnly():
            window.status.showMessage(CHANGED, _SHOWN_MS)
            return
        validation, engine = answered.answer.validation, window.engine
        if validation.document.text != tab.text():
            window.status.showMessage(CHANGED, _SHOWN_MS)
            return
        self._asked = tab.key, tab.text()

        def work(progress: Progress) -> tuple[Mended, tuple[Edit, ...]]:
            mended = engine.fix_all(validation, lambda: progress.cancelled)
            if progress.cancelled:
                raise Cancelled
            return mended, differences(validation.document.text, mended.text)

        self._slot.start(work)

    def _mended(self, found: tuple[Mended, tuple[Edit, ...]]) -> None:
        mended, edits = found
        window, asked = self._window, self._asked
        tab = window.area.current
        if not mended.made:
            window.status.showMessage(NOTHING_SAME, _SHOWN_MS)
        elif tab is None or tab.edit.isReadOnly() or asked != (tab.key, tab.text()):
            window.status.showMessage(CHANGED, _SHOWN_MS)
        else:
            tab.apply_edits(edits)
            count = len(mended.made)
            words = "1 fix was" if count == 1 else f"{count:,} fixes were"
            window.status.showMessage(f"{words} applied, the access is the same. Undo takes them back.", _SHOWN_MS)
            tab.take_focus()

    def _failed(self, error: Exception) -> None:
        sentence = str(error) if isinstance(error, WorkbenchError) else f"{type(error).__name__}: {error}"
        self._window.status.showMessage(f"Nothing was fixed. {sentence}", _SHOWN_MS)
