"""Where in the whole text the findings are: a strip of marks over the scroll bar; at its left the find bar's hits. A
click goes there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QStyle, QStyleOptionSlider, QWidget

from workbench.gui.editor.text_edit import PolicyEdit

WIDTH = 6
HIT_WIDTH = 5
_WORST_LAST = ("suggestion", "warning", "security", "error")


class ScrollMarks(QWidget):
    """Belongs to one PolicyEdit. The worst kind is drawn last and widest, so that kinds differ without their color."""

    def __init__(self, edit: PolicyEdit) -> None:
        super().__init__(edit.verticalScrollBar())
        self._edit = edit
        self._rows: dict[int, str] = {}
        self._hits: list[int] = []
        self._drawn: tuple[object, QPixmap] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Findings in the text")
        edit.marks_changed.connect(self._find)
        # Lines that are wrapped are counted only as they come into view.
        self._soon = QTimer(self, singleShot=True, interval=60)
        self._soon.timeout.connect(self._find)
        self._soon.timeout.connect(self._find_hits)
        edit.document().documentLayout().documentSizeChanged.connect(
            self._size_changed
        )  # no lambda: it would outlive the view
        edit.found_changed.connect(self._find_hits)
        edit.verticalScrollBar().installEventFilter(self)
        self._fit()

    def _size_changed(self) -> None:
        self._soon.start()

    def rows(self) -> dict[int, str]:
        """Pixel from the top of the groove → the worst kind of finding there."""
        return dict(self._rows)

    def hit_rows(self) -> list[int]:
        """The pixels from the top of the groove at which there are hits of the find bar."""
        return list(self._hits)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._fit()
            self._find()
            self._find_hits()
        elif event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            return self._press(event)
        return super().eventFilter(watched, event)

    def _groove(self) -> QRect:
        bar = self._edit.verticalScrollBar()
        option = QStyleOptionSlider()
        bar.initStyleOption(option)
        return bar.style().subControlRect(
            QStyle.ComplexControl.CC_ScrollBar, option, QStyle.SubControl.SC_ScrollBarGroove, bar
        )

    def _fit(self) -> None:
        self.setGeometry(self._edit.verticalScrollBar().rect())

    def _find(self) -> None:
        """Looks up a line only where the last one looked up is a pixel away: 10,000 findings are as fast as a page."""
        edit, groove = self._edit, self._groove()
        document, height = edit.document(), max(groove.height(), 1)
        length = max(document.characterCount(), 1)
        self._rows = {}
        last_slot, row = -1, 0
        for mark in edit.all_marks():
            slot = mark.start * height * 2 // length
            if slot != last_slot:
                last_slot = slot
                row = self._row(mark.start, height)
            if row not in self._rows or _WORST_LAST.index(mark.token) > _WORST_LAST.index(self._rows[row]):
                self._rows[row] = mark.token
        self._drawn = None
        self.update()

    def _row(self, position: int, height: int) -> int:
        """How far down a place is, counted in lines as they are shown: those of the scroll bar."""
        document = self._edit.document()
        block = document.findBlock(position)
        line = block.firstLineNumber() if block.isVisible() else block.firstLineNumber() - 1
        if block.isVisible() and block.lineCount() > 1:
            line += block.layout().lineForTextPosition(position - block.position()).lineNumber()
        return max(line, 0) * height // max(document.lineCount(), 1)

    def _find_hits(self) -> None:
        """Asks for every other pixel whether there is a hit in its lines: as fast for a million hits as for a page."""
        found = self._edit.found
        if not len(found) and not self._hits:
            return
        self._hits = [row for row in self._slots() if found.touches(*self._lines_at(row))] if len(found) else []
        self._drawn = None
        self.update()

    def _slots(self) -> range:
        return range(0, max(self._groove().height(), 1), 2)

    def _lines_at(self, row: int) -> tuple[int, int]:
        """The part of the text that two pixels of the groove stand for, in lines as they are shown."""
        height = max(self._groove().height(), 1)
        lines = self._edit.document().lineCount()
        return self._line_start(-(-row * lines // height)), self._line_start(-(-(row + 2) * lines // height))

    def _line_start(self, line: int) -> int:
        document = self._edit.document()
        block = document.findBlockByLineNumber(line)
        if not block.isValid():
            return document.characterCount()
        within = line - block.firstLineNumber()
        at = block.layout().lineAt(within).textStart() if 0 < within < block.layout().lineCount() else 0
        return block.position() + at

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The bar under it is painted anew with every line that the text scrolls by, and the marks with it: they are
        drawn once for each change of theirs, and then copied."""
        seen = self.size(), self.devicePixelRatioF(), self._groove().top(), self._edit.theme
        if self._drawn is None or self._drawn[0] != seen:
            self._drawn = seen, self._draw()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._drawn[1])
        painter.end()

    def _draw(self) -> QPixmap:
        picture = QPixmap(self.size() * self.devicePixelRatioF())
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        top, theme = self._groove().top(), self._edit.theme
        for row, token in sorted(self._rows.items(), key=lambda item: _WORST_LAST.index(item[1])):
            width = WIDTH + 2 * _WORST_LAST.index(token) - 2
            painter.fillRect(self.width() - width, top + row, width, 2, theme.color(token))
        for row in self._hits:
            painter.fillRect(0, top + row, HIT_WIDTH, 2, theme.color("accent"))
        painter.end()
        return picture

    def _press(self, event: QMouseEvent) -> bool:
        """A click at a mark goes to its line; any other is the scroll bar's."""
        groove = self._groove()
        place = event.position().toPoint()
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if place.x() < HIT_WIDTH:
            return self._press_hit(place.y() - groove.top())
        if place.x() < self.width() - WIDTH - 4:
            return False
        near = [row for row in self._rows if abs(groove.top() + row + 1 - place.y()) <= 2]
        if not near:
            return False
        wanted = min(near, key=lambda row: abs(groove.top() + row + 1 - place.y()))
        height = max(groove.height(), 1)
        for mark in self._edit.all_marks():
            if self._row(mark.start, height) == wanted:
                self._edit.show_place(mark.start, mark.end)
                self._edit.setFocus()
                return True
        return False

    def _press_hit(self, y: int) -> bool:
        """Selects the first hit of the mark at this height."""
        near = [row for row in self._hits if abs(row + 1 - y) <= 2]
        if not near:
            return False
        found = self._edit.found
        start, _ = self._lines_at(min(near, key=lambda row: abs(row + 1 - y)))
        self._edit.show_place(*found.place(found.after(start)), flash=False)
        self._edit.setFocus()
        return True
