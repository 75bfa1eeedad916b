"""A field with a list below it, over the window: letters narrow the list, Enter takes what is chosen."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QDialog, QFrame, QLineEdit, QVBoxLayout, QWidget

from workbench.gui.theme import ROW, SPACE


class ListPopup(QDialog):
    """The base of all such popups; it goes when something is taken or the focus leaves. Who derives from it puts
    `typed` and `view` into `frame` and says what `fill(typed)` shows and what `take()` does."""

    def __init__(self, title: str, hint: str, placeholder: str, view: QAbstractItemView, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._view = view
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys stay in the field
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.typed = QLineEdit()
        self.typed.setPlaceholderText(placeholder)
        self.typed.setAccessibleName(hint)
        self.typed.textChanged.connect(self.fill)
        self.typed.installEventFilter(self)
        self.frame = QFrame(self)
        self.frame.setObjectName("palette")
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.frame)

    def fill(self, typed: str) -> None:
        """Shows what fits the letters typed."""
        raise NotImplementedError

    def take(self) -> None:
        """Does what is chosen, after the popup has gone and the focus is back where it was."""
        raise NotImplementedError

    def fit(self, width: int, most_rows: int) -> None:
        """Makes the list as high as what it shows: a white block below one row says nothing."""
        rows = min(self._model().rowCount(), most_rows)
        self._view.setFixedHeight(rows * max(self._view.sizeHintForRow(0), ROW) + 2)
        for layout in (self.frame.layout(), self.layout()):
            if layout is not None:
                layout.activate()  # else the height it needed before is the least it may have
        self.resize(width, self.minimumSizeHint().height())

    def place_over(self, widget: QWidget, width: int, below: int) -> None:
        """Puts the popup in the middle of `widget`, so far below its top."""
        top = widget.mapToGlobal(widget.rect().topLeft())
        self.move(top.x() + (widget.width() - width) // 2, top.y() + below)
        self.typed.setFocus()

    def column(self) -> QVBoxLayout:
        """The usual inside: the field, and the list below it."""
        column = QVBoxLayout(self.frame)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        column.addWidget(self.typed)
        column.addWidget(self._view)
        return column

    def _model(self) -> QAbstractItemModel:
        return self._view.model()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            page = max(self._view.viewport().height() // ROW - 1, 1)
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: page, Qt.Key.Key_PageUp: -page}
            if event.key() in steps:
                self._step(steps[Qt.Key(event.key())])
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.take()
                return True
        return super().eventFilter(watched, event)

    def _step(self, step: int) -> None:
        """A row goes around at the ends, a page stops there."""
        count = self._model().rowCount()
        row = self._view.currentIndex().row() + step
        row = row % max(count, 1) if abs(step) == 1 else min(max(row, 0), count - 1)
        chosen = self._model().index(row, 0)
        if chosen.flags() & Qt.ItemFlag.ItemIsEnabled:
            self._view.setCurrentIndex(chosen)
