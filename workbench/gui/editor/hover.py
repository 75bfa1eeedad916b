"""What stands under the mouse, or at the caret, and what it means: findings first, then what the engine says of it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TypeAlias

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QFrame, QLabel, QToolTip, QVBoxLayout

from workbench.document.nodes import Document
from workbench.document.unseen import visible
from workbench.gui.editor import direction
from workbench.gui.editor.blocks import is_folded
from workbench.gui.editor.marks import Mark
from workbench.gui.editor.text_edit import PolicyEdit
from workbench.gui.theme import SPACE, mono_font
from workbench.gui.widgets import WrappedLabel
from workbench.writing.hover import Hover

Explain: TypeAlias = Callable[[Document, int], Hover | None]
MOST_FINDINGS = 4
WIDTH = 460


class Hovers(QObject):
    """Belongs to one PolicyEdit. `at(position, explain)` asks about a place of the text as it stands now; without
    `explain` only the findings are told."""

    def __init__(self, edit: PolicyEdit, at: Callable[[int, Explain], Hover | None]) -> None:
        super().__init__(edit)
        self._edit = edit
        self._at = at
        self.explain: Explain | None = None
        edit.viewport().installEventFilter(self)
        edit.margin.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            if watched is self._edit.margin:
                self._show_line(event.pos(), event.globalPos())
            else:
                self._show_tip(event.pos(), event.globalPos())
            return True
        if event.type() == QEvent.Type.MouseButtonPress:
            QToolTip.hideText()
        return super().eventFilter(watched, event)

    def _show_tip(self, place: QPoint, on_screen: QPoint) -> None:
        edit = self._edit
        folded = edit.fold_tip(place) or direction.tip_at(edit, place)
        if folded:
            QToolTip.showText(on_screen, tip_of([folded]), edit.viewport())
            return
        cursor = edit.cursorForPosition(place)
        beside = place.x() > edit.cursorRect(cursor).right() + edit.fontMetrics().height()
        marks, hover = ([], None) if beside else self._said(cursor.position())
        if not marks and hover is None:
            QToolTip.hideText()
            return
        QToolTip.showText(on_screen, tip_of([m.text for m in marks], hover), edit.viewport())

    def _show_line(self, place: QPoint, on_screen: QPoint) -> None:
        """The findings of a line, at its mark in the margin; or what a click on the chevron does."""
        header = self._edit.margin.fold_at(place)
        if header is not None:
            QToolTip.showText(on_screen, "Unfold" if is_folded(header) else "Fold", self._edit.margin)
            return
        marks = self._edit.margin.marks_at(place.y())
        more = len(marks) - MOST_FINDINGS
        texts = [mark.text for mark in marks[:MOST_FINDINGS]] + ([f"… and {more} more"] if more > 0 else [])
        QToolTip.showText(on_screen, tip_of(texts), self._edit.margin)

    def _said(self, position: int) -> tuple[list[Mark], Hover | None]:
        """The findings of a place, the tightest first: it is what the pointer means; and what stands there."""
        near = self._edit.marks_between(position, position)
        marks = [m for m in near if m.start <= position <= max(m.end, m.start + 1)]
        marks.sort(key=lambda m: m.end - m.start)
        return marks[:MOST_FINDINGS], self._at(position, self.explain) if self.explain else None

    def show_sheet(self) -> bool:
        """Shows what stands at the caret until the next key or click; whether there is anything to show."""
        cursor = self._edit.textCursor()
        marks, hover = self._said(cursor.position())
        order = direction.order_of(cursor.block())
        texts = [m.text for m in marks] + ([order] if order else [])
        if not texts and hover is None:
            return False
        HoverSheet(texts, hover, self._edit).show()
        return True


class HoverSheet(QFrame):
    """The same as the tool tip, for whoever has no mouse: it has the focus, so that it is read out."""

    def __init__(self, findings: list[str], hover: Hover | None, edit: PolicyEdit) -> None:
        super().__init__(edit.window(), Qt.WindowType.Popup)
        self.setObjectName("help")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.Box)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 3 * SPACE)
        column.setSpacing(SPACE)
        texts = list(findings)
        for finding in findings:
            self._add(column, WrappedLabel(finding))
        if hover is not None:
            title = WrappedLabel(hover.title)
            font = mono_font()
            font.setBold(True)
            title.setFont(font)
            self._add(column, title)
            for text in (*hover.facts, *_listed(hover)):
                self._add(column, WrappedLabel(text))
            texts += [hover.title, *hover.facts, *_listed(hover)]
        self.text = "\n".join(texts)
        self.setAccessibleName(hover.title if hover is not None else findings[0])
        self.setAccessibleDescription(self.text)
        self.setFixedWidth(WIDTH)
        self.adjustSize()
        self._place(edit)

    def _add(self, column: QVBoxLayout, label: QLabel) -> None:
        # As high as its lines: the sheet's layout would else share out room that no line needs.
        label.setFixedHeight(label.heightForWidth(WIDTH - 6 * SPACE - 2 * self.frameWidth()))
        column.addWidget(label)

    def _place(self, edit: PolicyEdit) -> None:
        caret = edit.cursorRect()
        room = edit.screen().availableGeometry()
        below = edit.viewport().mapToGlobal(caret.bottomLeft())
        x = max(min(below.x(), room.right() - self.width()), room.left())
        above = edit.viewport().mapToGlobal(caret.topLeft()).y() - self.height() - SPACE
        fits = below.y() + SPACE + self.height() <= room.bottom()
        self.move(x, below.y() + SPACE if fits else max(above, room.top()))

    def keyPressEvent(self, event: QEvent) -> None:  # noqa: N802
        self.close()

    def mousePressEvent(self, event: QEvent) -> None:  # noqa: N802
        self.close()


def tip_of(findings: list[str], hover: Hover | None = None) -> str:
    """The tool tip: rich text, so that long sentences wrap. Whatever comes out of the policy stays text."""
    parts = [_paragraph(text) for text in findings]
    if hover is not None:
        if findings:
            parts.append("<hr/>")
        family = escape(mono_font().family(), quote=True)
        parts.append(
            f"<p style=\"white-space:pre-wrap;font-family:'{family}'\"><b>{escape(visible(hover.title))}</b></p>"
        )
        parts += [_paragraph(text) for text in (*hover.facts, *_listed(hover))]
    return "".join(parts)


def _paragraph(text: str) -> str:
    return f"<p style='white-space:pre-wrap'>{escape(visible(text))}</p>"


def _listed(hover: Hover) -> tuple[str, ...]:
    if not hover.listed:
        return ()
    rest = f" and {hover.more:,} more" if hover.more else ""
    return (f"{', '.join(hover.listed)}{rest}",)
