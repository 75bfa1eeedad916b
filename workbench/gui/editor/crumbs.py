"""Where the caret is, as a path over the text; pressed, it shows the outline."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QStyleOptionFocusRect, QToolButton

from workbench.document.unseen import visible
from workbench.gui.plain import tip

HINT = "Go to a statement or line"


class CrumbButton(QToolButton):
    """One line of plain text, its middle elided where there is no room."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("crumbs")
        self.setAutoRaise(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:  # noqa: N802
        text = visible(text)
        super().setText(text)
        self.setAccessibleName(f"{text}: {HINT}")
        self.setToolTip(tip(f"{text}\n{HINT}  Ctrl+G"))

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 8, self.fontMetrics().height() + 2)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(40, self.fontMetrics().height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        color = self.palette().color(self.foregroundRole())
        if not (self.underMouse() or self.hasFocus()):
            color.setAlphaF(0.75)
        painter.setPen(color)
        rect = self.rect().adjusted(2, 0, -2, 0)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, rect.width())
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
        if self.hasFocus():
            option = QStyleOptionFocusRect()
            option.initFrom(self)
            self.style().drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, option, painter, self)
        painter.end()
