"""Where somebody was in a text: caret, selection and what was in sight; taken, and put back as soon as it can be."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt, QTimer

from workbench.gui.editor.text_edit import PolicyEdit


class Place(NamedTuple):
    """Qt's positions of the selection's ends, the first line in sight and how far the text is moved to the left."""

    anchor: int
    caret: int
    top: int
    left: int


def place_of(edit: PolicyEdit) -> Place:
    """Where somebody is, or will be again as soon as the text is there and seen."""
    waiting = _waiting(edit)
    if waiting is not None:
        return waiting.place
    cursor = edit.textCursor()
    return Place(
        cursor.anchor(), cursor.position(), edit.verticalScrollBar().value(), edit.horizontalScrollBar().value()
    )


def put_back(edit: PolicyEdit, place: Place, *, wait: bool) -> None:
    """Selects and scrolls as `place` says, once the text is there (`wait`: it is still to come) and can be seen. What
    lies behind the text's end is its end."""
    before = _waiting(edit)
    if before is not None:
        before.give_up()
    _Return(edit, place, wait=wait)


def _waiting(edit: PolicyEdit) -> _Return | None:
    found = edit.findChildren(_Return, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return next((each for each in found if each.waits), None)


class _Return(QObject):
    """Waits for the text, then for the first time it is shown: before that Qt knows no height, and after it scrolls."""

    def __init__(self, edit: PolicyEdit, place: Place, *, wait: bool) -> None:
        super().__init__(edit)
        self.place, self.waits = place, True
        self._edit = edit
        self._for_text = wait or edit.loading
        if self._for_text:
            edit.loaded.connect(self._select)
        else:
            self._select()

    def _select(self) -> None:
        edit, place = self._edit, self.place
        if self._for_text:
            edit.loaded.disconnect(self._select)
            self._for_text = False
        last = edit.document().characterCount() - 1
        cursor = edit.textCursor()
        cursor.setPosition(min(place.anchor, last))
        cursor.setPosition(min(place.caret, last), cursor.MoveMode.KeepAnchor)
        edit.setTextCursor(cursor)
        self._caret = cursor.position()
        self._scroll()
        if edit.isVisible():
            self.give_up()
        else:
            edit.installEventFilter(self)

    def give_up(self) -> None:
        """Another place was chosen, or this one is reached."""
        self.waits = False
        self._edit.removeEventFilter(self)
        if self._for_text:
            self._edit.loaded.disconnect(self._select)
            self._for_text = False
        self.deleteLater()

    def _scroll(self) -> None:
        self._edit.verticalScrollBar().setValue(self.place.top)
        self._edit.horizontalScrollBar().setValue(self.place.left)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() is QEvent.Type.Show and watched is self._edit:
            self._edit.removeEventFilter(self)
            QTimer.singleShot(0, self, self._scroll_and_go)
        return False

    def _scroll_and_go(self) -> None:
        if self.waits:
            if self._edit.textCursor().position() == self._caret:  # else a place in it was gone to as it was shown
                self._scroll()
            self.give_up()
