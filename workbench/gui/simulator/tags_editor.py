"""The tags that a call carries: one line a tag, and always one empty line for the next."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from workbench.gui.icons import icon
from workbench.gui.theme import LIGHT, Theme
from workbench.gui.widgets import GRID, ROW_HEIGHT


class _TagLine(QWidget):
    """`key = value ✕`."""

    edited = Signal()
    removed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.key, self.value = QLineEdit(self), QLineEdit(self)
        self.key.setPlaceholderText("tag key")
        self.key.setAccessibleName("Tag key")
        self.value.setPlaceholderText("value")
        self.value.setAccessibleName("Tag value")
        self.remove = QToolButton(self)
        self.remove.setToolTip("Remove this tag")
        self.remove.setAccessibleName("Remove this tag")
        self.remove.setIconSize(QSize(16, 16))
        self.remove.clicked.connect(self.removed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.key, 1)
        row.addWidget(QLabel("=", self))
        row.addWidget(self.value, 1)
        row.addWidget(self.remove)
        self.setFixedHeight(ROW_HEIGHT)
        self.setTabOrder(self.key, self.value)
        self.setTabOrder(self.value, self.remove)
        self.key.textChanged.connect(self.edited)
        self.value.textChanged.connect(self.edited)

    def set_last(self, last: bool) -> None:
        """The empty line at the end has nothing to remove; the button keeps its room, so that fields line up."""
        policy = self.remove.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.remove.setSizePolicy(policy)
        self.remove.setVisible(not last)


class TagsEditor(QWidget):
    """`edited` comes for changes by the user."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon: QIcon = icon("close", LIGHT)
        self._lines: list[_TagLine] = []
        self._quiet = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        self._grow()

    def tags(self) -> dict[str, str]:
        """The tags that have a key; of two with the same key the later one."""
        return {line.key.text().strip(): line.value.text() for line in self._lines if line.key.text().strip()}

    def set_tags(self, tags: Mapping[str, str]) -> None:
        """Shows these tags; says nothing of it through `edited`."""
        if tags == self.tags():
            return
        self._quiet = True
        for line in list(self._lines):
            self._drop(line)
        for key, value in tags.items():
            line = self._grow()
            line.key.setText(key)
            line.value.setText(value)
        self._grow()
        self._quiet = False

    def set_theme(self, theme: Theme) -> None:
        self._icon = icon("close", theme)
        for line in self._lines:
            line.remove.setIcon(self._icon)

    def focus_last(self) -> None:
        """Goes to the first line that has no key."""
        self._lines[-1].key.setFocus(Qt.FocusReason.OtherFocusReason)

    def _grow(self) -> _TagLine:
        line = _TagLine(self)
        line.remove.setIcon(self._icon)
        line.edited.connect(self._edited)
        line.removed.connect(lambda: self._removed(line))
        if self._lines:
            self.setTabOrder(self._lines[-1].remove, line.key)
        self._lines.append(line)
        self.layout().addWidget(line)
        for each in self._lines:
            each.set_last(each is line)
        return line

    def _drop(self, line: _TagLine) -> None:
        self._lines.remove(line)
        self.layout().removeWidget(line)
        line.hide()
        line.deleteLater()

    def _removed(self, line: _TagLine) -> None:
        index = self._lines.index(line)
        self._drop(line)
        self._lines[index].key.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()

    def _edited(self) -> None:
        if self._quiet:
            return
        last = self._lines[-1]
        if last.key.text() or last.value.text():
            self._grow()
        self.edited.emit()
