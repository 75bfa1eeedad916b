"""A file was opened that is no policy but holds some, as a template does: a bar in its tab offers each as JSON.

The window judges JSON. The file stays as it is; what is taken from it is a text of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from workbench.gui.editor.pasting import choose_policy
from workbench.gui.jobs import JobSlot
from workbench.writing.pasting import LONGEST, PastedPolicy, may_hold_policy, policies_in_paste

if TYPE_CHECKING:
    from workbench.gui.editor.area import EditorArea
    from workbench.gui.editor.tab import EditorTab

STRIP = "held"


class HeldPolicies(QObject):
    """Belongs to one tab of `area`. Looks once, when its file is all there."""

    def __init__(self, tab: EditorTab, area: EditorArea) -> None:
        super().__init__(tab)
        self._tab, self._area = tab, area
        self._found: tuple[PastedPolicy, ...] = ()
        self._slot = JobSlot(self)
        self._slot.finished.connect(self._offer)
        self._has_looked = False
        tab.state_changed.connect(self._look)
        self._look()

    @property
    def busy(self) -> bool:
        return self._slot.busy

    def _look(self) -> None:
        tab = self._tab
        if self._has_looked or tab.loading or tab.file is None:
            return
        self._has_looked = True
        text = tab.file.text
        if len(text) <= LONGEST and may_hold_policy(text):
            self._slot.start(lambda _progress: policies_in_paste(text))

    def _offer(self, found: tuple[PastedPolicy, ...]) -> None:
        self._found = found
        if len(found) == 1:
            words = (
                f"{self._tab.title} is no policy itself. The policy in it can be judged as JSON, in a tab of its own."
            )
            self._tab.say(STRIP, "policy", words, [("Open the policy in it", partial(self._open, 0))])
        elif found:
            words = f"{self._tab.title} is no policy itself. It holds {len(found):,}, which can be judged as JSON."
            self._tab.say(STRIP, "policy", words, [("Open a policy in it…", self._choose)])

    def _choose(self) -> None:
        strip = self._tab.strip(STRIP)
        if strip is not None:
            choose_policy(strip, self._found, self._open)

    def _open(self, at: int) -> None:
        tab = self._area.new(self._found[at].text)
        tab.edit.document().setModified(True)
