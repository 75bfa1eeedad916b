"""Small widgets that several panes share: text that wraps or elides without ever widening its pane, links, a veil.

A pane's width belongs to the user. An ARN of 200 characters must not push a dock wider, so every text that can be
long either wraps anywhere or is elided in the middle, where ARNs differ least, and shows itself whole in a tooltip.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QShowEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLayout,
    QLayoutItem,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QStyleOptionFocusRect,
    QStyleOptionFrame,
    QToolButton,
    QWidget,
)

from workbench.document.unseen import visible
from workbench.gui.plain import tip

GRID = 4
"""Every gap is a multiple of this many pixels."""
PADDING = 8
ROW_HEIGHT = 26


def tool_button(tip: str, text: str = "", *, checkable: bool = False) -> QToolButton:
    """A flat button whose meaning stands in its tooltip, before two spaces and the keys that do the same."""
    button = QToolButton()
    button.setToolTip(tip)
    button.setAccessibleName(tip.partition("  ")[0])
    button.setText(text)
    button.setCheckable(checkable)
    return button


class WrappedLabel(QLabel):
    """Plain text that wraps at words and, where a word is longer than the line, anywhere. QLabel's own wrapping
    never breaks a word: one long ARN would make the pane as wide as itself or be cut off."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        self._laid: dict[int, tuple[QTextLayout, float]] = {}
        self._laid_about = ("", "")
        super().__init__(visible(text), parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def setText(self, text: str) -> None:  # noqa: N802
        super().setText(visible(text))

    def _laid_out(self, width: int) -> tuple[QTextLayout, float]:
        """The lines at a width, and their height. A box layout asks for the same few widths over and over."""
        about = (self.text(), self.font().key())
        if about != self._laid_about:
            self._laid_about = about
            self._laid.clear()
        if width not in self._laid:
            if len(self._laid) >= 8:  # a splitter being dragged
                self._laid.clear()
            self._laid[width] = self._lay_out(width)
        return self._laid[width]

    def _lay_out(self, width: int) -> tuple[QTextLayout, float]:
        option = QTextOption(Qt.AlignmentFlag.AlignLeft)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        # A policy variable is one word: no line ends between its $ and its brace.
        text = self.text().replace("\n", "\u2028").replace("${", "$\u2060{")
        layout = QTextLayout(text, self.font())
        layout.setTextOption(option)
        layout.beginLayout()
        height = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(width, 1))
            line.setPosition(QPointF(0, height))
            height += line.height()
        layout.endLayout()
        return layout, height

    def hasHeightForWidth(self) -> bool:  # noqa: N802 (Qt's name)
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        margins = self.contentsMargins()
        height = self._laid_out(width - margins.left() - margins.right())[1]
        return int(height + 0.999) + margins.top() + margins.bottom()

    def sizeHint(self) -> QSize:  # noqa: N802
        width = self.width() or 200
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(40, self.fontMetrics().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        # Box layouts ask for a height only where the item says so in its hint: tell them when the width changed it.
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        rect = self.contentsRect()
        painter.setPen(self.palette().color(self.foregroundRole()))
        self._laid_out(rect.width())[0].draw(painter, QPointF(rect.topLeft()))
        if self.hasFocus() and self.focusPolicy() & Qt.FocusPolicy.TabFocus:
            painter.setPen(self.palette().color(QPalette.ColorRole.Accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class ElidedLabel(QLabel):
    """One line of plain text, elided to the width there is; the tooltip holds it whole where it was cut."""

    def __init__(
        self, text: str = "", parent: QWidget | None = None, mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self._hint = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def setText(self, text: str) -> None:  # noqa: N802
        super().setText(visible(text))
        self.setToolTip(tip(text))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        shortest = self.fontMetrics().horizontalAdvance("m…m")
        return QSize(min(shortest, super().sizeHint().width()), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        rect = self.contentsRect()
        text = painter.fontMetrics().elidedText(self.text(), self._mode, rect.width())
        painter.drawText(rect, int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), text)


class LinkButton(QAbstractButton):
    """A link that a keyboard reaches: text in the accent color, underlined under mouse or focus, elided to its room.

    No QPushButton: the program's style sheet gives those a frame's height and padding, and taking both away again in
    a sheet for each link costs milliseconds an answer."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._color: QColor | None = None
        self.setObjectName("link")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setText(visible(text))
        self.setToolTip(tip(text))
        self.setAccessibleName(visible(text))

    def set_color(self, color: QColor) -> None:
        self._color = color
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 2 * GRID, metrics.height() + GRID)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        shortest = self.fontMetrics().horizontalAdvance("m…m")
        return QSize(min(shortest, self.sizeHint().width()), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        font = QFont(self.font())
        font.setUnderline(self.underMouse() or self.hasFocus())
        painter.setFont(font)
        painter.setPen(self._color or self.palette().color(QPalette.ColorRole.Link))
        rect = self.rect().adjusted(2, 0, -2, 0)
        text = QFontMetrics(font).elidedText(self.text(), Qt.TextElideMode.ElideMiddle, rect.width())
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
        if self.hasFocus():
            option = QStyleOptionFocusRect()
            option.initFrom(self)
            self.style().drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, option, painter, self)


class ElidingLineEdit(QLineEdit):
    """A line edit that shows both ends of a long text while it has no focus; a plain line edit shows a random part."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.textChanged.connect(self._follow)

    def _follow(self, text: str) -> None:
        self.setToolTip(tip(text) if self._cut(text) != text else "")

    def _cut(self, text: str) -> str:
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, self._text_rect().width())

    def _text_rect(self) -> QRect:
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        inside = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        margins = self.textMargins()
        # 2 px is QLineEdit's own inner margin; without it the text would jump when the focus comes.
        return inside.adjusted(margins.left() + 2, margins.top(), -margins.right() - 2, -margins.bottom())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._follow(self.text())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        if self.hasFocus() or self._cut(self.text()) == self.text():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option, painter, self)
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        painter.drawText(self._text_rect(), int(Qt.AlignmentFlag.AlignVCenter), self._cut(self.text()))


class FlowLayout(QLayout):
    """Items side by side, wrapping to new lines; an item wider than the line gets the line's width."""

    def __init__(self, parent: QWidget | None = None, gap: int = GRID) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        return self._place(QRect(0, 0, width, 0), move=False)

    def sizeHint(self) -> QSize:  # noqa: N802
        return self.minimumSize()

    def minimumSize(self) -> QSize:  # noqa: N802
        height = max((item.sizeHint().height() for item in self._items), default=0)
        return QSize(40, height)

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802
        super().setGeometry(rect)
        self._place(rect, move=True)

    def _place(self, rect: QRect, move: bool) -> int:
        x, y, line = rect.x(), rect.y(), 0
        for item in self._items:
            size = item.sizeHint()
            width = min(size.width(), rect.width())
            if x > rect.x() and x + width > rect.x() + rect.width():
                x, y, line = rect.x(), y + line + GRID, 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), QSize(width, size.height())))
            x += width + self._gap
            line = max(line, size.height())
        return y + line - rect.y()


class FlowRow(QWidget):
    """A row of widgets that wraps, as high as its lines. A box or grid layout hands a flow that stands in it the height
    of one line, so that a second line would lie under what follows. `lines_changed` comes with another height."""

    lines_changed = Signal()

    def __init__(self, parent: QWidget | None = None, gap: int = GRID) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self, gap)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def add(self, widget: QWidget) -> None:
        self._flow.addWidget(widget)
        self._fit()

    def _fit(self) -> None:
        height = self._flow.heightForWidth(max(self.width(), 40))
        if height != self.minimumHeight():
            self.setFixedHeight(height)
            self.lines_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self._fit()


class Veil(QWidget):
    """Dims the widget it lies on: what is below belongs to an older text. Mouse and keyboard go through it."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._color = over.palette().color(QPalette.ColorRole.Window)
        self.setObjectName("veil")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        over.installEventFilter(self)

    def set_color(self, color: QColor) -> None:
        self._color = color
        self.update()

    def show_over(self, on: bool) -> None:
        """Dims, or takes the veil away."""
        if on:
            self.setGeometry(self.parentWidget().rect())
            self.raise_()
        self.setVisible(on)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Resize and watched is self.parent():
            self.setGeometry(self.parentWidget().rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        color = QColor(self._color)
        color.setAlpha(140)
        QPainter(self).fillRect(self.rect(), color)
