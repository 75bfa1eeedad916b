"""A small sheet beside what has the focus. The next key or click puts it away."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from workbench.gui.help.texts import Topic
from workbench.gui.theme import SPACE
from workbench.gui.widgets import WrappedLabel

WIDTH = 380


class HelpPopup(QFrame):
    """Shows `topic` over `beside`, inside the window."""

    def __init__(self, topic: Topic, beside: QWidget) -> None:
        super().__init__(beside.window(), Qt.WindowType.Popup)
        self.setObjectName("help")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.Box)
        self.setAccessibleName(topic.title)
        self.setAccessibleDescription(" ".join([topic.what, *(f"{how}: {what}." for how, what in topic.ways)]))
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 3 * SPACE)
        column.setSpacing(2 * SPACE)
        title = QLabel(topic.title)
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        self.sentence = WrappedLabel(topic.what)
        self.sentence.setMinimumHeight(self.sentence.heightForWidth(WIDTH - 6 * SPACE))
        ways = QGridLayout()
        ways.setHorizontalSpacing(3 * SPACE)
        ways.setVerticalSpacing(SPACE)
        ways.setColumnStretch(1, 1)
        for row, (how, what) in enumerate(topic.ways):
            key = QLabel(how)
            key.setProperty("role", "muted")
            ways.addWidget(key, row, 0)
            ways.addWidget(QLabel(what), row, 1)
        column.addWidget(title)
        column.addWidget(self.sentence)
        column.addLayout(ways)
        self.setFixedWidth(max(WIDTH, self.minimumSizeHint().width()))
        self.adjustSize()
        self._place(beside)

    def _place(self, beside: QWidget) -> None:
        room = beside.screen().availableGeometry().intersected(beside.window().frameGeometry())
        corner = beside.mapToGlobal(QPoint(4 * SPACE, min(beside.height(), 6 * SPACE)))
        x = max(min(corner.x(), room.right() - self.width()), room.left())
        y = max(min(corner.y(), room.bottom() - self.height()), room.top())
        self.move(x, y)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        self.close()
        event.accept()
