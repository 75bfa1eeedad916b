"""The text itself: a QPlainTextEdit with line numbers, current line, bracket match, squiggles and JSON manners."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCursor,
    QTextFormat,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QToolTip, QWidget

from workbench.gui.editor import direction, unseen_marks
from workbench.gui.editor.blocks import near_blocks, stretches
from workbench.gui.editor.brackets import BracketPair
from workbench.gui.editor.filling import AT_ONCE, SLICE
from workbench.gui.editor.fold_marks import FoldMarks
from workbench.gui.editor.folding import Folding
from workbench.gui.editor.found import NOTHING, Found
from workbench.gui.editor.json_keys import typed
from workbench.gui.editor.margin import Margin
from workbench.gui.editor.marks import Mark, MarkList
from workbench.gui.editor.pairs import Pairs
from workbench.gui.editor.policy_text import PolicyText
from workbench.gui.editor.qt_text import to_qt
from workbench.gui.editor.true_text import TrueTextEdit
from workbench.gui.editor.waves import paint_waves
from workbench.gui.editor.wrapping import Wrapping, show_blanks
from workbench.gui.theme import Theme, mono_font
from workbench.writing.layout import INDENT

FLASH_MS = 450


class PolicyEdit(TrueTextEdit):
    """A view of one policy's text. Offsets in and out are Qt's (UTF-16 units); the tab around it speaks code points.
    Without `text` it is the only view of one of its own."""

    zoomed = Signal(int)
    edited = Signal()
    """The characters have changed; not sent when only their colors have."""
    refused = Signal()
    """A letter was typed into a text that can only be read."""
    marks_changed = Signal()
    mark_pressed = Signal()
    """A mark in the margin was pressed; the caret stands where its finding begins."""
    found_changed = Signal()
    """Other hits of the find bar are marked."""
    loaded = Signal()
    """All of the text that was given to `load` is there."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, text: PolicyText | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = text or PolicyText(theme, self)
        self.setDocument(self._text.document)
        self._found = NOTHING
        self._scope: tuple[int, int] | None = None
        self._flash: tuple[int, int] | None = None
        self._statement: tuple[int, int] | None = None
        self._place_then: tuple[int, int] | None = None
        self._base_size = mono_font().pointSizeF()
        self._zoom = 0
        self.setObjectName("policy-text")
        self.setAccessibleName("Policy text")
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setCursorWidth(2)
        self._pairs, self._brackets = Pairs(self), BracketPair(self, self._text)
        self.margin = Margin(self)
        self._apply_font()
        # One paint may follow several changes of cursor, text and scroll: they are looked at once, before it.
        self._refresh = QTimer(self, singleShot=True, interval=0)
        self._refresh.timeout.connect(self._refresh_marks)
        self._fade = QTimer(self, singleShot=True, interval=FLASH_MS)
        self._fade.timeout.connect(self._end_flash)
        self._text.changed.connect(self._on_change)
        self._text.edited.connect(self.edited)
        self._text.marks_changed.connect(self._on_marks)
        self._text.loaded.connect(self._filled)
        self.cursorPositionChanged.connect(self._refresh.start)
        self._brackets.changed.connect(self._refresh.start)
        self.verticalScrollBar().valueChanged.connect(self._on_scroll)
        self.blockCountChanged.connect(lambda _count: self._place_margin())
        self.updateRequest.connect(self._move_margin)
        self.folding, self.wrapping, self._fold_marks = Folding(self), Wrapping(self), FoldMarks(self)
        self.folding.changed.connect(self._folded)
        self._place_margin()

    # -- text -----------------------------------------------------------------------------------------------------

    def text(self) -> str:
        """The whole text, line ends "\\n". O(length) once for each change of it."""
        return self._text.text()

    def text_later(self) -> Callable[[], str]:
        """Gives the text as it stands now, on whatever thread; what `text` costs is paid there."""
        return self._text.later()

    @property
    def loading(self) -> bool:
        """Whether the text is still being put in; `text()` is all of it already."""
        return self._text.loading

    def load(self, text: str) -> None:
        """Replaces everything; nothing is left to undo. A long text comes a slice a turn, and `loaded` after it."""
        self.folding.keep()
        self._text.begin(text)
        self._place_then = None
        first = len(text) if len(text) <= AT_ONCE else SLICE
        self.setPlainText(to_qt(text[:first]))
        self._look_again()
        self._text.fill(text, first)

    def show_head(self, head: str) -> None:
        """Shows what a text begins with that is still being read."""
        self.setPlainText(to_qt(head))
        self._look_again()

    def _filled(self) -> None:
        place, self._place_then = self._place_then, None
        if place is not None:
            self.show_place(*place)
        self.folding.fold_kept()
        self.loaded.emit()

    def replace_all(self, text: str) -> None:
        """Replaces everything as one step that can be undone; the caret stays in its line."""
        line = self.textCursor().blockNumber()
        self.folding.keep()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(to_qt(text))
        cursor.endEditBlock()
        block = self.document().findBlockByNumber(min(line, self.blockCount() - 1))
        self.setTextCursor(QTextCursor(block))
        self.folding.fold_kept()
        self._look_again()

    def replace(self, edits: list[tuple[int, int, str]]) -> None:
        """Applies edits (start, end, text), in order and not overlapping, as one step that can be undone."""
        cursor = QTextCursor(self.textCursor())  # where its block begins is where undo puts the caret
        cursor.beginEditBlock()
        for start, end, text in reversed(edits):
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(to_qt(text))
        cursor.endEditBlock()

    def show_place(self, start: int, end: int, *, flash: bool = True) -> None:
        """Selects the place, scrolls it to the middle and flashes it once; as soon as it is there."""
        if self.loading:
            self._place_then = start, end
            return
        last = max(self.document().characterCount() - 1, 0)
        start, end = min(start, last), min(end, last)
        self.folding.reveal(start, end)
        cursor = self.textCursor()
        # The caret goes to the start: the end of a long statement may lie pages below.
        cursor.setPosition(end)
        cursor.setPosition(start, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self.centerCursor()
        if flash:
            self._flash = start, max(end, start + 1)
            self._fade.start()
        self._refresh_marks()

    # -- look -----------------------------------------------------------------------------------------------------

    @property
    def theme(self) -> Theme:
        return self._theme

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._text.set_theme(theme)
        self._look_again()
        self._refresh_marks()
        self.margin.update()

    def set_zoom(self, steps: int) -> None:
        """Points above or below the usual size."""
        self._zoom = min(max(steps, -4), 16)
        self._apply_font()
        self._place_margin()

    @property
    def zoom(self) -> int:
        return self._zoom

    def _apply_font(self) -> None:
        font = QFont(mono_font())
        font.setPointSizeF(self._base_size + self._zoom)
        self.setFont(font)
        # The style sheet has a font of its own for everything: this widget's must stay ours.
        self.setTabStopDistance(INDENT * QFontMetricsF(font).horizontalAdvance(" "))

    def set_marks(self, marks: MarkList) -> None:
        """Draws these; they are this text's from now on."""
        self._text.set_marks(marks)

    def _on_marks(self) -> None:
        self._refresh_marks()
        self.margin.update()
        self.marks_changed.emit()

    def all_marks(self) -> list[Mark]:
        """Every mark, in order, at its place in the text they were made for."""
        return self._text.marks.all()

    def marks_between(self, start: int, end: int) -> list[Mark]:
        return self._text.marks.between(start, end)

    def worst_between(self, start: int, end: int) -> str | None:
        """The token of the worst mark that begins in [start, end]."""
        return self._text.marks.worst(start, end)

    def place_now(self, offset: int) -> int:
        """Where an offset of the text that the marks were made for is now."""
        return self._text.marks.drift.now(offset)

    @property
    def found(self) -> Found:
        return self._found

    def set_found(self, found: Found, scope: tuple[int, int] | None = None) -> None:
        """What the find bar has found, and the part of the text it looks in; what is visible of it is tinted."""
        self._found, self._scope = found, scope
        self._refresh_marks()
        self.found_changed.emit()

    def set_statement(self, place: tuple[int, int] | None) -> None:
        """The statement whose lines carry the accent in the margin."""
        if place != self._statement:
            self._statement = place
            self.margin.update()

    @property
    def statement(self) -> tuple[int, int] | None:
        return self._statement

    def show_blanks(self, on: bool) -> None:
        """Whether spaces and tabs have a mark."""
        self._text.highlighter.show_blanks(on)
        show_blanks(self, on)
        self._look_again()

    def fold_tip(self, place: QPoint) -> str:
        """What is folded at a place of the viewport, if it is the mark of a fold."""
        return self._fold_marks.tip_at(place)

    def folded_elsewhere(self) -> None:
        """Another view has folded or unfolded: the caret here must not be left in what is hidden."""
        header = self.textCursor().block()
        if not header.isVisible():
            while header.isValid() and not header.isVisible():
                header = header.previous()
            cursor = self.textCursor()
            cursor.setPosition(header.position() + header.length() - 1)
            self.setTextCursor(cursor)
        self.viewport().update()
        self._folded()

    def _folded(self) -> None:
        self._look_again()
        self.margin.update()
        self.marks_changed.emit()  # they are at other places of the scroll bar

    def _look_again(self) -> None:
        self._text.highlighter.lex(near_blocks(self))
        self._refresh.start()

    def _on_scroll(self) -> None:
        self._look_again()

    def _on_change(self, position: int, removed: int, added: int) -> None:
        if removed or added:
            # Colored before it is painted for the first time; what is not near waits until it is.
            self._text.highlighter.lex(near_blocks(self))
            if self._found is not NOTHING:
                self.set_found(NOTHING)
        self._refresh.start()

    def _end_flash(self) -> None:
        self._flash = None
        self._refresh_marks()

    def _refresh_marks(self) -> None:
        """Everything that is drawn over the text, for the visible page and a page around it only."""
        self._refresh.stop()
        theme, selections = self._theme, []
        line = QTextEdit.ExtraSelection()
        line.format.setBackground(theme.mix("accent", "surface", 0.07 if not theme.dark else 0.10))
        line.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        line.cursor = self.textCursor()
        line.cursor.clearSelection()
        if not self.textCursor().hasSelection():
            selections.append(line)
        if self._scope is not None:
            selections.append(self._tint(*self._scope, theme.mix("accent", "surface", 0.14)))
        for start, end in stretches(near_blocks(self)) if len(self._found) else ():
            for low, high in self._found.between(start, end):
                selections.append(self._tint(low, high, theme.mix("warning", "surface", 0.30)))
        if self._flash is not None:
            selections.append(self._tint(*self._flash, theme.mix("accent", "surface", 0.45)))
        for place in self._brackets.at_caret():
            selections.append(self._tint(place, place + 1, theme.mix("accent", "surface", 0.32)))
        self.setExtraSelections(selections)
        self.viewport().update()

    def _tint(self, start: int, end: int, color: QColor) -> QTextEdit.ExtraSelection:
        selection = QTextEdit.ExtraSelection()
        selection.format.setBackground(color)
        selection.cursor = self._span(start, end)
        return selection

    def _span(self, start: int, end: int) -> QTextCursor:
        last = self.document().characterCount() - 1
        cursor = QTextCursor(self.document())
        cursor.setPosition(min(max(start, 0), last))
        cursor.setPosition(min(max(end, 0), last), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    # -- events ---------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if not self.isReadOnly():
            if typed(self, event, self._pairs):
                return
        elif (
            event.text() and event.text().isprintable() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.refused.emit()
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.angleDelta().y():
            self.zoomed.emit(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
            return
        super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        QToolTip.hideText()
        super().mousePressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._place_margin()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._place_margin()
        self._look_again()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        if self.document().isEmpty() and not self.isReadOnly():
            painter.setPen(self._theme.color("muted"))
            offset = self.contentOffset()
            rect = self.viewport().rect().adjusted(int(offset.x()) + 6, int(offset.y()), -8, 0)
            hint = "Paste or type a policy, or drop a file here."
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft), hint)
        else:
            unseen_marks.paint(painter, self)
            direction.paint(painter, self)
            paint_waves(self, painter)
            self._fold_marks.paint(painter)
        painter.end()

    # -- margin ---------------------------------------------------------------------------------------------------

    def _place_margin(self) -> None:
        if not hasattr(self, "margin"):
            return
        width = self.margin.sizeHint().width()
        if self.viewportMargins().left() != width:
            self.setViewportMargins(width, 0, 0, 0)
        rect = self.contentsRect()
        self.margin.setGeometry(QRect(rect.left(), rect.top(), width, rect.height()))

    def _move_margin(self, rect: QRect, dy: int) -> None:
        if dy:
            self.margin.scroll(0, dy)
        else:
            self.margin.update(0, rect.y(), self.margin.width(), rect.height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(200, 80)
