"""One policy's text, for as many views as show it: the document with its undo, its colors, the marks of the last
answer, and a long text on its way in or out. Each view has a caret, a selection and a place of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QPlainTextDocumentLayout

from workbench.document.nodes import Document
from workbench.gui.editor.direction import keep_left_to_right
from workbench.gui.editor.document_text import FollowedText
from workbench.gui.editor.filling import Filling
from workbench.gui.editor.highlighter import PolicyHighlighter
from workbench.gui.editor.marks import MarkList
from workbench.gui.text_units import Units
from workbench.gui.theme import Theme


@dataclass(frozen=True, slots=True)
class Seen:
    """The document of the last answer, the count of its text, and the revision that it is about."""

    document: Document
    units: Units
    revision: int


class PolicyText(QObject):
    """Offsets are Qt's (UTF-16 units). It must outlive its views."""

    changed = Signal(int, int, int)
    """As QTextDocument.contentsChange: the place, how much was removed and added; not while a text comes in."""
    edited = Signal()
    """The characters have changed; not sent when only their colors have."""
    marks_changed = Signal()
    loaded = Signal()
    """All of the text that was given to `begin` is there."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self.document = QTextDocument(self)
        self.document.setDocumentLayout(QPlainTextDocumentLayout(self.document))
        self.document.setDocumentMargin(4)
        keep_left_to_right(self.document)
        self.marks = MarkList()
        self.highlighter = PolicyHighlighter(self.document, theme)
        self._theme = theme
        self.seen: Seen | None = None
        self._followed = FollowedText(self.document)
        self._coming: str | None = None  # the text that is being put in
        self._filling = Filling(self.document, self)
        self._filling.done.connect(self._filled)
        self.document.contentsChange.connect(self._on_change)

    def text(self) -> str:
        """The whole text, line ends "\\n". O(length) once for each change of it."""
        return self._followed.text() if self._coming is None else self._coming

    def later(self) -> Callable[[], str]:
        """Gives the text as it stands now, on whatever thread: there the copy is made that an edit asks for."""
        coming = self._coming
        return self._followed.later() if coming is None else lambda: coming

    @property
    def loading(self) -> bool:
        """Whether the text is still being put in; `text()` is all of it already."""
        return self._coming is not None

    def begin(self, text: str) -> None:
        """`text` is coming: until `fill` has put it in, `text()` is this and edits are not told."""
        self._filling.stop()
        self.marks.set([])
        self._coming, self.seen = text, None
        self._followed.forget()

    def fill(self, text: str, at: int) -> None:
        """Appends what `text` has from `at` on, a slice a turn of the event loop; then `loaded` comes."""
        if at < len(text):
            self._filling.start(text, at)
        else:
            self._filled()

    def _filled(self) -> None:
        self.document.setModified(False)
        if self._coming is not None:
            self._followed.know(self._coming)
        self._coming = None
        self.loaded.emit()

    @property
    def answered(self) -> Seen | None:
        """What the last answer saw, if that is the text as it stands."""
        seen = self.seen
        return seen if seen is not None and seen.revision == self.document.revision() else None

    def set_marks(self, marks: MarkList) -> None:
        """These are this text's from now on."""
        marks.drift.reset()
        self.marks = marks
        self.marks_changed.emit()

    def set_theme(self, theme: Theme) -> None:
        if theme is not self._theme:
            self._theme = theme
            self.highlighter.set_theme(theme)

    def _on_change(self, position: int, removed: int, added: int) -> None:
        if self.loading:
            return
        if removed or added:
            self.marks.drift.edit(position, removed, added)
        self.changed.emit(position, removed, added)
        if removed or added:
            self.edited.emit()
