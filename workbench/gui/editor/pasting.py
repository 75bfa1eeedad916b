"""A text was pasted that holds a policy but is none: a bar in the tab offers the policy in its place.

The paste stays as it is until somebody takes the offer, which is one step that can be undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QMenu

from workbench.document.unseen import visible
from workbench.gui.editor.qt_text import from_qt, to_qt
from workbench.gui.jobs import JobSlot
from workbench.gui.strip import Strip
from workbench.writing.pasting import PastedPolicy, may_hold_policy, policies_in_paste

if TYPE_CHECKING:
    from workbench.gui.editor.tab import EditorTab

STRIP = "pasted"
MOST = 100
"""Policies in the menu: a screen has room for fewer."""


def choose_policy(strip: Strip, found: Sequence[PastedPolicy], use: Callable[[int], object]) -> None:
    """A menu of the policies below the strip's first button; `use` is told which one was chosen."""
    menu = QMenu(strip)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for at, policy in enumerate(found[:MOST]):
        size = f"{len(policy.text):,} characters"
        name = visible(policy.name or "Policy")
        action = menu.addAction(f"{at + 1}  {name}  ({size})".replace("&", "&&"))
        action.triggered.connect(lambda _checked=False, at=at: use(at))
    button = strip.buttons[0]
    menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
    menu.setActiveAction(menu.actions()[0])


class Pasting(QObject):
    """Belongs to one tab. The offer goes as soon as what was pasted is changed."""

    def __init__(self, tab: EditorTab) -> None:
        super().__init__(tab)
        self._tab = tab
        self._place: QTextCursor | None = None
        self._text = ""
        self._found: tuple[PastedPolicy, ...] = ()
        self._slot = JobSlot(self)
        self._slot.finished.connect(self._offer)
        tab.views.equip(lambda view: view.edit.pasted.connect(self._look))
        tab.views.text.edited.connect(self._edited)

    @property
    def busy(self) -> bool:
        return self._slot.busy

    def _look(self, start: int, end: int) -> None:
        place = QTextCursor(self._tab.edit.document())
        place.setPosition(start)
        place.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self._drop()
        text = from_qt(place.selectedText())
        if not may_hold_policy(text) or self._tab.edit.isReadOnly():
            return
        self._place, self._text = place, text
        self._slot.start(lambda _progress: policies_in_paste(text))

    def _intact(self) -> bool:
        return self._place is not None and from_qt(self._place.selectedText()) == self._text

    def _edited(self) -> None:
        if self._place is not None and not self._intact():
            self._drop()

    def _drop(self) -> None:
        self._slot.cancel()
        self._place, self._found = None, ()
        self._tab.unsay(STRIP)

    def _offer(self, found: tuple[PastedPolicy, ...]) -> None:
        self._found = found
        if not found or not self._intact():
            return
        if len(found) == 1:
            self._tab.say(
                STRIP, "policy", "What was pasted holds a policy.", [("Use the policy in it", partial(self.use, 0))]
            )
        else:
            words = f"What was pasted holds {len(found):,} policies."
            self._tab.say(STRIP, "policy", words, [("Use a policy in it…", self._choose)])

    def _choose(self) -> None:
        strip = self._tab.strip(STRIP)
        if strip is not None:
            choose_policy(strip, self._found, self.use)

    def use(self, at: int) -> None:
        """Puts a policy that was found in the place of what was pasted."""
        if not self._intact() or self._place is None or self._tab.edit.isReadOnly():
            self._drop()
            return
        place, policy = self._place, self._found[at]
        self._drop()
        start = place.selectionStart()
        place.insertText(to_qt(policy.text))
        caret = self._tab.edit.textCursor()
        caret.setPosition(start)
        self._tab.edit.setTextCursor(caret)
        self._tab.take_focus()
