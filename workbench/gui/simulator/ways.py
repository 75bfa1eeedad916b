"""The nearest ways to the other decision, each with a button that takes it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from workbench.evaluation.decision import Outcome
from workbench.evaluation.nearest import Way
from workbench.gui.widgets import GRID, PADDING, WrappedLabel

SHOWN_WAYS = 3


class WaysBox(QWidget):
    """`chosen` carries the Way whose button was pressed."""

    chosen = Signal(object)

    def __init__(self, ways: Sequence[Way], further: bool, parent: QWidget | None = None) -> None:
        """`further`: these come after the nearest one, which is shown above."""
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        to_allow = bool(ways) and ways[0].outcome is Outcome.ALLOWED
        title = QLabel("Or:" if further else "To allow it:" if to_allow else "To deny it:", self)
        title.setProperty("role", "muted")
        column.addWidget(title)
        self.buttons: list[QPushButton] = []
        for way in ways[:SHOWN_WAYS]:
            self._add_row(column, way)

    def _add_row(self, column: QVBoxLayout, way: Way) -> None:
        sentence = f"{way.label[:1].upper()}{way.label[1:]}."
        row = QHBoxLayout()
        row.setSpacing(PADDING)
        row.addWidget(WrappedLabel(sentence, self), 1)
        column.addLayout(row)
        if way.attaches:  # a policy that is not there has no text to edit
            return
        button = QPushButton("Apply", self)
        button.setAccessibleName(f"Apply: {sentence}")
        button.setToolTip("Change the text or the request so; undo takes it back")
        button.clicked.connect(lambda: self.chosen.emit(way))
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.buttons.append(button)
