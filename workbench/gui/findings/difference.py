"""The lines that a fix changes, drawn as small as they can be read: as high as they are many, as wide as the place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.document.unseen import visible
from workbench.gui.findings.preview import DiffLine
from workbench.gui.plain import tip
from workbench.gui.theme import LIGHT, Theme, mono_font
from workbench.gui.widgets import GRID

_TOKENS = {"+": "allowed", "-": "explicit-deny"}
_LEAD = 14
"""Characters shown before a change that lies too far to the right."""


class ChangedLines(QWidget):
    """Shows what `preview` made. What does not fit a line is left out with a mark, never the part that changes."""

    def __init__(self, lines: Sequence[DiffLine], theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines, self._theme = tuple(map(_shown, lines)), theme
        font = QFont(mono_font())
        font.setPointSizeF(max(font.pointSizeF() - 1, 7))
        self._mono = font
        self._line = QFontMetrics(font).lineSpacing() + 1
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self._line * len(self.lines) + 2)
        whole = "\n".join(f"{line.sign} {line.text}" for line in self.lines)
        self.setAccessibleName("What the fix changes")
        self.setAccessibleDescription(whole)
        if any(len(line.text) > 48 for line in self.lines):
            self.setToolTip(tip(whole))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        return QSize(200, self.minimumHeight())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        theme = self._theme
        painter.fillRect(self.rect(), theme.color("window"))
        painter.setFont(self._mono)
        painter.setPen(theme.color("border"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        for number, line in enumerate(self.lines):
            self._paint_line(painter, line, QRect(1, 1 + number * self._line, self.width() - 2, self._line))
        painter.end()

    def _paint_line(self, painter: QPainter, line: DiffLine, rect: QRect) -> None:
        theme, metrics = self._theme, painter.fontMetrics()
        token = _TOKENS.get(line.sign)
        if token is not None:
            painter.fillRect(rect, theme.mix(token, "surface", 0.18 if theme.dark else 0.12))
        gutter = metrics.horizontalAdvance("M") + 2 * GRID
        painter.setPen(theme.color(token or "muted"))
        painter.drawText(rect.adjusted(GRID, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), line.sign.strip())
        room = rect.width() - gutter - GRID
        text, start, end = _near(line, room // max(metrics.horizontalAdvance("M"), 1))
        left = rect.left() + gutter
        if token is not None and start < end:
            from_x, to_x = (metrics.horizontalAdvance(text[:at]) for at in (start, end))
            to_x = min(to_x, room)
            if from_x < to_x:
                part = QRect(left + from_x, rect.top(), to_x - from_x, rect.height())
                painter.fillRect(part, theme.mix(token, "surface", 0.42 if theme.dark else 0.30))
        painter.setPen(theme.color("text" if token is not None else "muted"))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRect(left, rect.top(), room, rect.height()), int(Qt.AlignmentFlag.AlignVCenter), shown)


def _shown(line: DiffLine) -> DiffLine:
    """What cannot be seen, written as an escape; the part that changes stays the same."""
    start, end = (len(visible(line.text[:at])) for at in (line.start, line.end))
    return line._replace(text=visible(line.text), start=start, end=end)


def _near(line: DiffLine, columns: int) -> tuple[str, int, int]:
    """The text and its part that changes, moved to the left where that would lie outside `columns`."""
    if line.end <= columns or line.start <= _LEAD:
        return line.text, line.start, line.end
    cut = line.start - _LEAD
    return f"…{line.text[cut + 1 :]}", line.start - cut, line.end - cut
