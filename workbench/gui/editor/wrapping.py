"""Long lines that go on below, and marks for white space. What is on is a setting; here it takes effect in one text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QPlainTextEdit

from workbench.gui.editor.slices import Slices
from workbench.writing.layout import LONG_LINE

if TYPE_CHECKING:
    from workbench.gui.editor.text_edit import PolicyEdit

QUIET_MS = 500
LOOKED_AT = 100
"""Changed lines up to which a change is looked at as it happens."""


class Wrapping(QObject):
    """Belongs to one PolicyEdit. A text with a line that takes Qt longer than a frame to break is not wrapped."""

    told = Signal(str)

    def __init__(self, edit: PolicyEdit) -> None:
        super().__init__(edit)
        self._edit = edit
        self._wanted = False
        self._refused = False
        self._slices = Slices(self)
        self._again = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._again.timeout.connect(self._look)
        edit.document().contentsChange.connect(self._text_changed)
        edit.loaded.connect(self._look)

    @property
    def on(self) -> bool:
        """Whether the lines of this text are wrapped now."""
        return self._edit.lineWrapMode() != QPlainTextEdit.LineWrapMode.NoWrap

    def set(self, on: bool) -> None:
        """Wraps long lines from now on, wherever the text allows it, or no longer."""
        self._wanted, self._refused = on, False
        self._look()

    def _look(self) -> None:
        if self._wanted:
            self._slices.start(self._look_at_lines)
        else:
            self._slices.stop()
            self._again.stop()
            self._wrap(False)

    def _look_at_lines(self) -> Iterator[None]:
        block, number = self._edit.document().begin(), 0
        while block.isValid():
            if block.length() > LONG_LINE:
                self._refuse()
                return
            block, number = block.next(), number + 1
            if not number % 500:
                yield
        self._refused = False
        self._wrap(True)

    def _refuse(self) -> None:
        self._wrap(False)
        if not self._refused:
            self._refused = True
            self.told.emit(f"The lines of this text are not wrapped: one has more than {LONG_LINE:,} characters.")

    def _wrap(self, on: bool) -> None:
        if on == self.on:
            return
        edit = self._edit
        caret_is_shown = edit.viewport().rect().intersects(edit.cursorRect())
        mode, wrap = QPlainTextEdit.LineWrapMode, QTextOption.WrapMode
        edit.setWordWrapMode(wrap.WrapAtWordBoundaryOrAnywhere if on else wrap.NoWrap)
        edit.setLineWrapMode(mode.WidgetWidth if on else mode.NoWrap)
        if caret_is_shown:
            edit.ensureCursorVisible()

    def _text_changed(self, position: int, removed: int, added: int) -> None:
        if not self._wanted or not (removed or added):
            return
        document = self._edit.document()
        if self._edit.loading:  # the last line grows, and Qt would break all of it anew each time
            if self.on and document.lastBlock().length() > LONG_LINE:
                self._again.start(0)
            return
        if self._slices.busy:
            self._slices.again()
            return
        if self._refused:
            self._again.start()
            return
        block = document.findBlock(position)
        for _ in range(LOOKED_AT):
            if not block.isValid() or block.position() > position + added:
                return
            if block.length() > LONG_LINE:
                break
            block = block.next()
        self._again.start(0)  # not within the change itself; of many lines all are looked at


def show_blanks(edit: QPlainTextEdit, on: bool) -> None:
    """Whether spaces and tabs have a mark."""
    document = edit.document()
    option = document.defaultTextOption()
    flag = QTextOption.Flag.ShowTabsAndSpaces
    if bool(option.flags() & flag) != on:
        option.setFlags(option.flags() | flag if on else option.flags() & ~flag)
        document.setDefaultTextOption(option)
