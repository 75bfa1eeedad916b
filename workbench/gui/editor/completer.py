"""Completion while one types: a list under the caret, and after it the places to fill in, one Tab apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QFont, QFontMetrics, QFontMetricsF, QKeyEvent, QPainter, QTextCursor
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from workbench.document.unseen import visible
from workbench.gui.editor.qt_text import from_qt
from workbench.gui.editor.stops import Stops
from workbench.gui.editor.text_edit import PolicyEdit
from workbench.gui.text_units import Units
from workbench.gui.theme import SPACE, mono_font
from workbench.writing.fuzzy import match
from workbench.writing.places import WHOLE
from workbench.writing.proposals import Proposal

SHOWN_ROWS = 10
WIDTH = 560
_TYPED = Qt.ItemDataRole.UserRole + 1
_OPENING = frozenset('"$:')
"""Characters that open the list, besides letters and digits."""


_match = lru_cache(maxsize=256)(match)
"""A row is painted several times."""


class Proposals(QAbstractListModel):
    """The proposals of a place, one a row."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._found: Sequence[Proposal] = ()
        self._typed = ""

    def show(self, found: Sequence[Proposal], typed: str) -> None:
        """`typed`: the letters that they were found by."""
        self.beginResetModel()
        self._found, self._typed = found, typed
        self.endResetModel()

    def proposal(self, row: int) -> Proposal | None:
        return self._found[row] if 0 <= row < len(self._found) else None

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: N802, B008
        return 0 if parent.isValid() else len(self._found)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        found = self.proposal(index.row())
        if found is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return visible(found.label)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{found.label}, {found.detail}" if found.detail else found.label
        if role == _TYPED:
            return self._typed
        return visible(found.detail) if role == Qt.ItemDataRole.UserRole else None


class _Rows(QStyledItemDelegate):
    """The label, and muted at the right what it is; a label that is too long loses its middle."""

    def __init__(self, edit: PolicyEdit) -> None:
        super().__init__(edit)
        self._edit = edit

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802
        return QSize(WIDTH - 4, QFontMetrics(mono_font()).lineSpacing() + 2 * SPACE)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme, area = self._edit.theme, option.rect.adjusted(2 * SPACE, 0, -2 * SPACE, 0)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, theme.mix("accent", "surface", 0.22))
            painter.fillRect(QRect(option.rect.topLeft(), QSize(3, option.rect.height())), theme.color("accent"))
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(mono_font())
        metrics = QFontMetrics(mono_font())
        label = metrics.elidedText(index.data(), Qt.TextElideMode.ElideMiddle, area.width())
        fits = _match(index.data(_TYPED), label) if index.data(_TYPED) else None
        self._draw(painter, area, label, set(fits.places if fits else ()))
        room = area.adjusted(metrics.horizontalAdvance(label) + 3 * SPACE, 0, 0, 0)
        if room.width() > 10 * SPACE:
            painter.setFont(option.font)
            detail = QFontMetrics(option.font).elidedText(
                index.data(Qt.ItemDataRole.UserRole), Qt.TextElideMode.ElideRight, room.width()
            )
            painter.setPen(theme.color("muted"))
            painter.drawText(room, middle | int(Qt.AlignmentFlag.AlignRight), detail)
        painter.restore()

    def _draw(self, painter: QPainter, area: QRect, label: str, meant: set[int]) -> None:
        """The label; the letters that were typed in the accent's color and bold, which in our font is as wide."""
        theme, plain, bold = self._edit.theme, mono_font(), QFont(mono_font())
        bold.setBold(True)
        x, middle = float(area.left()), int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.AlignmentFlag.AlignLeft)
        for is_meant, run in groupby(range(len(label)), key=meant.__contains__):
            text = "".join(label[at] for at in run)
            painter.setFont(bold if is_meant else plain)
            painter.setPen(theme.color("accent" if is_meant else "text"))
            width = QFontMetricsF(painter.font()).horizontalAdvance(text)
            painter.drawText(QRectF(x, area.top(), width + 1, area.height()), middle, text)
            x += width


class Completer(QObject):
    """Belongs to one PolicyEdit. `complete(text, offset)` says what can be written there; None: nothing ever."""

    def __init__(self, edit: PolicyEdit) -> None:
        super().__init__(edit)
        self._edit = edit
        self.complete: Callable[[str, int], Sequence[Proposal]] | None = None
        self._base = 0  # Qt's place of the slice that the proposals are about
        self._units: Units | None = None
        self._asked = False  # whether the list is wanted wherever the caret is, not only where one types
        self._chosen = False  # whether Enter would take what the user has pointed at or begun
        self._popup: QListView | None = None
        self._model = Proposals(self)
        self.stops = Stops(edit)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._show)
        edit.installEventFilter(self)
        edit.cursorPositionChanged.connect(self._moved)

    @property
    def popup(self) -> QListView:
        """Made when it is first needed."""
        if self._popup is None:
            popup = QListView(self._edit.window())
            self._model.setParent(popup)  # it must not go before what shows it
            popup.setObjectName("completion")
            popup.setAccessibleName("Completions")
            popup.setFrameShape(QFrame.Shape.Box)
            popup.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            popup.setUniformItemSizes(True)
            popup.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            popup.setModel(self._model)
            popup.setItemDelegate(_Rows(self._edit))
            popup.clicked.connect(lambda index: self._accept(index.row()))
            popup.hide()
            self._edit.destroyed.connect(popup.deleteLater)  # it belongs to the window, which may outlive the view
            self._popup = popup
        return self._popup

    @property
    def is_open(self) -> bool:
        return self._popup is not None and self._popup.isVisible()

    def close(self) -> None:
        self._soon.stop()
        self._asked = False
        if self._popup is not None:
            self._popup.hide()

    def open(self) -> None:
        """Shows what can be written at the caret, whatever stands there."""
        self._chosen = self._asked = True
        self._show()

    # -- finding --------------------------------------------------------------------------------------------------

    def _slice(self) -> tuple[str, int]:
        """The text around the caret, and Qt's position of its start. Short texts whole; of a long one always more than
        is read whole, so that a part is never taken for all of it."""
        document, place = self._edit.document(), self._edit.textCursor().position()
        last = document.characterCount() - 1
        if last < WHOLE:
            return self._edit.text(), 0
        start = max(document.findBlock(max(place - 2 * WHOLE, 0)).position(), place - 3 * WHOLE)
        end = min(place + 2 * WHOLE, last)
        cursor = QTextCursor(document)
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return from_qt(cursor.selectedText()), start

    def _show(self) -> None:
        edit = self._edit
        if self.complete is None or edit.isReadOnly() or (edit.textCursor().hasSelection() and not self.stops.active):
            self.close()
            return
        text, self._base = self._slice()
        self._units = Units(text)
        offset = self._units.from_qt(edit.textCursor().position() - self._base)
        found = self.complete(text, offset)
        if found and not self._asked and not _is_typing(text, offset, found[0]):
            self.close()
            return
        typed = text[found[0].span.start : offset].lstrip('"') if found else ""
        written = [p for p in found if text[p.span.start : p.span.end] == p.text]
        if not found or (written and len(found) == 1) or (found and found[0] in written and not self._chosen):
            self.close()
            return
        self._model.show(found, typed)
        popup = self.popup
        popup.setCurrentIndex(self._model.index(0))
        rows = min(len(found), SHOWN_ROWS)
        popup.setFixedSize(min(WIDTH, edit.window().width() - 2 * SPACE), rows * popup.sizeHintForRow(0) + 2)
        self._place(popup)
        popup.show()
        popup.raise_()

    def _place(self, popup: QListView) -> None:
        edit, window = self._edit, self._edit.window()
        caret = edit.cursorRect()
        below = edit.viewport().mapTo(window, caret.bottomLeft())
        above = edit.viewport().mapTo(window, caret.topLeft()).y() - popup.height() - 2
        fits = below.y() + 2 + popup.height() <= window.height()
        x = max(min(below.x(), window.width() - popup.width() - SPACE), 0)
        popup.move(x, below.y() + 2 if fits or above < 0 else above)

    def _moved(self) -> None:
        if self.is_open and not self._soon.isActive():
            self._soon.start()

    # -- keys -----------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.FocusOut or event.type() == QEvent.Type.Wheel:
            self.close()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        elif event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._wants(event):
            event.accept()  # Esc and Tab are ours before they are the window's
            return True
        return super().eventFilter(watched, event)

    def _wants(self, event: QKeyEvent) -> bool:
        if event.modifiers() not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
            return False
        tab = event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape)
        return tab and (self.is_open or self.stops.active)

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if self.is_open and self._popup_key(key):
            return True
        if self.stops.active and self.stops.key(key):
            return True
        text = event.text()
        command = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if text and not command and text.isprintable():
            if text.isalnum() or text in _OPENING or self.is_open:
                self._chosen = text.isalnum() or (self._chosen and self.is_open)
                self._soon.start()
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            if self.is_open:
                self._soon.start()
        elif key not in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr):
            self.close()
        return False

    def _popup_key(self, key: int) -> bool:
        row, rows = self.popup.currentIndex().row(), self._model.rowCount()
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: SHOWN_ROWS, Qt.Key.Key_PageUp: -SHOWN_ROWS}
        if key in steps:
            step = steps[Qt.Key(key)]
            goal = (row + step) % rows if abs(step) == 1 else min(max(row + step, 0), rows - 1)
            self.popup.setCurrentIndex(self._model.index(goal))
            self._chosen = True
        elif key == Qt.Key.Key_Escape:
            self.close()
        elif key == Qt.Key.Key_Tab or (key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._chosen):
            self._accept(row)
        else:
            return False
        return True

    # -- writing --------------------------------------------------------------------------------------------------

    def _accept(self, row: int) -> None:
        found, units = self._model.proposal(row), self._units
        self.close()
        if found is not None and units is not None:
            self._write(found, units, self._base)

    def write(self, found: Proposal, text: str) -> None:
        """Writes a proposal that was made for `text`, all of this editor's, and begins with its places to fill in."""
        self._write(found, Units(text), 0)

    def _write(self, found: Proposal, units: Units, base: int) -> None:
        start, end = base + units.to_qt(found.span.start), base + units.to_qt(found.span.end)
        self._edit.replace([(start, end, found.text)])
        inside = Units(found.text)
        stops = [(start + inside.to_qt(s.start), start + inside.to_qt(s.end)) for s in found.stops]
        cursor = QTextCursor(self._edit.document())
        last = start + inside.to_qt(len(found.text.rstrip(",")))
        cursor.setPosition(last)
        self._edit.setTextCursor(cursor)
        self._edit.setFocus()
        if stops:
            self.stops.begin(stops, last)
            if stops[0][0] == stops[0][1]:  # an empty place: what may stand there
                self._chosen, self._asked = False, True
                self._soon.start()


def _is_typing(text: str, offset: int, first: Proposal) -> bool:
    """Whether the caret is in a name, value or variable that has been begun, or behind the colon before one. Behind the
    quote that ends a text Enter is a new line, and no list may take it."""
    return first.span.start < offset or text[:offset].rstrip(" ").endswith((":", "${"))
