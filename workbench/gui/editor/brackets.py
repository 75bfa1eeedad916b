"""The bracket that belongs to the one at the caret: found at once within a few pages; further away in the tree of the
last answer, or, while there is none, by looking on a slice a turn once the caret rests."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QPlainTextEdit

from workbench.gui.editor.policy_text import PolicyText
from workbench.gui.editor.slices import Slices
from workbench.gui.text_units import Units
from workbench.writing.brackets import CLOSES, brackets_of_line, inside_string, partner_in
from workbench.writing.layout import LONG_LINE

_OPENS = {close: open_ for open_, close in CLOSES.items()}
_BOTH = frozenset("{}[]")
REACH, LINE = 200, 4_000
"""Lines that are looked at at once, and the length of line that is: they cost a key press a millisecond a view."""
REST_MS, A_MS = 250, 4_000
"""A longer text, by characters a millisecond, is left alone for longer: the answer that it is read for will know."""


def bracket_at(document: QTextDocument, position: int) -> int | None:
    """Where the bracket stands that is behind `position`, else the one before it; None if there is none, it is part of
    a string, or its line is longer than any that is edited."""
    block = document.findBlock(position)
    if block.length() > LONG_LINE:
        return None
    text, column = block.text(), position - block.position()
    units = Units(text, stored=True)
    for place in (column, column - 1):
        at = units.from_qt(place)
        if place >= 0 and text[at : at + 1] in _BOTH and units.to_qt(at) == place and not inside_string(text[:at])[0]:
            return block.position() + place
    return None


def match_bracket(document: QTextDocument, position: int) -> tuple[int, int] | int | None:
    """Positions of the bracket behind or before `position` and of its partner; of the bracket alone, if its partner
    lies further than is looked at once. None if there is none."""
    place = bracket_at(document, position)
    if place is None:
        return None
    walk = _walk(document, place, LINE)
    try:
        for _ in range(REACH):
            next(walk)
    except StopIteration as found:
        return None if found.value is None else (place, found.value)
    return place


def _walk(document: QTextDocument, place: int, longest: int) -> Generator[None, None, int | None]:
    """Returns where the partner stands, None if brackets on the way do not fit; yields after each line, and for ever
    at one that is longer than `longest`."""
    block = document.findBlock(place)
    forward = document.characterAt(place) in CLOSES
    opening = CLOSES if forward else _OPENS
    stack: list[str] = []
    while block.isValid():
        while block.length() > longest:
            yield
        start, text = block.position(), block.text()
        for column, char in _brackets(text, forward=forward):
            at = start + column
            if (at < place) if forward else (at > place):
                continue
            if char in opening:
                stack.append(opening[char])
            elif not stack or stack.pop() != char:
                return None
            elif not stack:
                return at
        block = block.next() if forward else block.previous()
        yield
    return None


def _brackets(text: str, *, forward: bool) -> list[tuple[int, str]]:
    """The brackets of a line in the order of the walk, with Qt's columns."""
    found = brackets_of_line(text)
    if found and not text.isascii():
        units = Units(text, stored=True)
        found = [(units.to_qt(at), char) for at, char in found]
    return found if forward else found[::-1]


class BracketPair(QObject):
    """Of one view: the brackets to be marked at its caret. `changed`: they may be others."""

    changed = Signal()

    def __init__(self, edit: QPlainTextEdit, text: PolicyText) -> None:
        super().__init__(edit)
        self._edit, self._text = edit, text
        self._of = -1, -1
        self._pair: tuple[int, ...] = ()
        self._far: int | None = None  # a bracket whose partner is looked for
        self._slices = Slices(self)
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._look_on)
        text.marks_changed.connect(self._answered)
        text.loaded.connect(self.changed)
        text.document.contentsChange.connect(self._text_changed)  # no lambda, which would outlive the view

    def at_caret(self) -> tuple[int, ...]:
        """Both places, or nothing. Asked again for the same caret it costs nothing."""
        document, position = self._edit.document(), self._edit.textCursor().position()
        of = document.revision(), position
        if of != self._of:
            self._forget()
            self._of = of
            near = match_bracket(document, position)
            if isinstance(near, tuple):
                self._pair = near
            elif near is not None:
                self._far = near
                if not self._look_in_tree():
                    self._rest.start(REST_MS + document.characterCount() // A_MS)
        return self._pair

    def _text_changed(self, _at: int, _removed: int, _added: int) -> None:
        self._forget()

    def _forget(self) -> None:
        self._of, self._pair, self._far = (-1, -1), (), None
        self._rest.stop()
        self._slices.stop()

    def _look_in_tree(self) -> bool:
        """Whether the tree of the last answer knew the partner."""
        seen = self._text.answered
        if seen is None or self._far is None:
            return False
        found = partner_in(seen.document, seen.units.from_qt(self._far))
        if found is not None:
            self._pair, self._far = (self._far, seen.units.to_qt(found)), None
            self._rest.stop()
            self._slices.stop()
        return found is not None

    def _answered(self) -> None:
        if self._look_in_tree():
            self.changed.emit()

    def _look_on(self) -> None:
        if self._far is not None:
            self._slices.start(self._walk_on)

    def _walk_on(self) -> Iterator[None]:
        document, place = self._edit.document(), self._far
        if place is not None and document.revision() == self._of[0]:
            found = yield from _walk(document, place, document.characterCount())
            self._far = None
            if found is not None:
                self._pair = place, found
                self.changed.emit()
