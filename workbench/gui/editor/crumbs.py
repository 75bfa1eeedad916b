"""Where the caret is, as a path over the text. Each part leads to its element, and to what stands beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from workbench.document.unseen import visible
from workbench.gui.plain import tip
from workbench.gui.theme import SPACE
from workbench.gui.widgets import tool_button
from workbench.writing.crumbs import Crumb, Neighbor

HINT = "Go to a statement or line"
MOST = 8
"""Parts that are shown, of a deep place the last ones."""
ARROW = "▸"


class CrumbButton(QToolButton):
    """One line of plain text, its middle elided where there is no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 1))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()


class Part(CrumbButton):
    """One part of the path. Left and Right go from part to part, Down opens what stands beside it."""

    stepped = Signal(int)
    beside_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("crumb")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.arrow = tool_button("What stands beside it", ARROW)
        self.arrow.setObjectName("crumb-arrow")
        self.arrow.setParent(parent)
        self.arrow.setAutoRaise(True)
        self.arrow.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.arrow.setFixedSize(16, self.fontMetrics().height() + 2)
        self.arrow.clicked.connect(self.beside_wanted)

    def setText(self, text: str) -> None:  # noqa: N802
        super().setText(text)
        self.setAccessibleName(f"Go to {text}")
        self.setToolTip(f"Go to {text}  Enter\nWhat stands beside it  Down")
        self.arrow.setAccessibleName(f"What stands beside {text}")
        self.arrow.setToolTip(f"What stands beside {text}")

    def show_if(self, on: bool) -> None:
        self.setVisible(on)
        self.arrow.setVisible(on)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End):
            ends = {Qt.Key.Key_Home: -MOST, Qt.Key.Key_End: MOST, Qt.Key.Key_Left: -1}
            self.stepped.emit(ends.get(Qt.Key(key), 1))
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Menu):
            self.beside_wanted.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class CrumbBar(QFrame):
    """The path over a text. `beside(crumb)` gives what stands beside a part, and how many more there are."""

    chosen = Signal(int, int)
    """The place (code points of the text that the path is of) of what was pressed or chosen."""
    outline_wanted = Signal()

    def __init__(self, beside: Callable[[Crumb], tuple[Sequence[Neighbor], int]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("breadcrumb")
        self._beside = beside
        self._crumbs: tuple[Crumb, ...] = ()
        self._parts: list[Part] = []
        self._from = 0  # the first part that there is room for
        self.whole = CrumbButton(self)
        """The policy, where no part of it can be named; pressed, the outline."""
        self.whole.clicked.connect(self.outline_wanted)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(3 * SPACE, SPACE, 2 * SPACE, SPACE)
        self._row.setSpacing(0)
        self._row.addWidget(self.whole, 1)
        self._row.addStretch(0)

    @property
    def text(self) -> str:
        """What the bar says, read from left to right."""
        return f"  {ARROW}  ".join(crumb.label for crumb in self._crumbs) or self.whole.text()

    @property
    def parts(self) -> list[Part]:
        """The parts that are shown, from left to right."""
        return self._parts[self._from : len(self._crumbs)]

    def show_path(self, crumbs: tuple[Crumb, ...], title: str) -> None:
        """Shows a path; `title` where it is empty."""
        if crumbs == self._crumbs and (crumbs or self.whole.text() == title):
            return
        had_keys = self.isAncestorOf(self.window().focusWidget() or self)
        self._crumbs = crumbs
        if not crumbs:
            self.whole.setText(title)
        while len(self._parts) < len(crumbs):
            self._add()
        for part, crumb in zip(self._parts, crumbs, strict=False):
            part.setText(crumb.label)
        self._fit()
        if had_keys and self._part_with_keys() is None:
            self.take_focus()

    def take_focus(self) -> None:
        """Gives the keys to the last part."""
        (self.parts[-1] if self.parts else self.whole).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def open_menu(self, at: int) -> None:
        """Shows what stands beside the part `at`."""
        crumb, part = self._crumbs[at], self._parts[at]
        found, more = self._beside(crumb)
        menu = QMenu(part)
        menu.setObjectName("crumb-menu")
        menu.setAccessibleName(f"What stands beside {crumb.label}")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for neighbor in found:
            action = menu.addAction(neighbor.label.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(neighbor.here)
            action.triggered.connect(lambda _on=False, span=neighbor.span: self.chosen.emit(span.start, span.end))
            if neighbor.here:
                menu.setActiveAction(action)
        menu.addSeparator()
        rest = f"{more:,} more: go to…" if more else "Go to a statement or line…"
        menu.addAction(rest).triggered.connect(lambda _on=False: self.outline_wanted.emit())
        menu.popup(part.mapToGlobal(part.rect().bottomLeft()))

    def _add(self) -> None:
        at, part = len(self._parts), Part(self)
        part.clicked.connect(lambda: self.chosen.emit(self._crumbs[at].span.start, self._crumbs[at].span.end))
        part.stepped.connect(lambda by: self._step(at, by))
        part.beside_wanted.connect(lambda: self.open_menu(at))
        self._row.insertWidget(2 * at + 1, part.arrow)
        self._row.insertWidget(2 * at + 2, part)
        self._parts.append(part)

    def _step(self, at: int, by: int) -> None:
        goal = min(max(at + by, self._from), len(self._crumbs) - 1)
        self._parts[goal].setFocus(Qt.FocusReason.TabFocusReason)

    def _part_with_keys(self) -> Part | None:
        return next((part for part in self.parts if part.hasFocus()), None)

    def _fit(self) -> None:
        """As many parts as there is room for, the last ones; only the last is in the order of Tab."""
        margins = self.contentsMargins().left() + 6 * SPACE
        room, first = self.width() - margins, len(self._crumbs)
        while first > 0:
            needed = self._parts[first - 1].sizeHint().width() + 16
            if needed > room and first < len(self._crumbs):
                break
            room, first = room - needed, first - 1
        self._from = first
        for at, part in enumerate(self._parts):
            part.show_if(first <= at < len(self._crumbs))
            last = at == len(self._crumbs) - 1
            part.setFocusPolicy(Qt.FocusPolicy.StrongFocus if last else Qt.FocusPolicy.ClickFocus)
        self.whole.setVisible(not self._crumbs)
        self._row.activate()  # else the parts have the widths of the path before, until the next turn

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_row"):
            self._fit()
