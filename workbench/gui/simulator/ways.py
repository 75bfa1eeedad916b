"""The nearest ways to the other decision, each with a button that takes it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from workbench.evaluation.decision import Outcome
from workbench.evaluation.nearest import Way
from workbench.findings.as_if import MENDED
from workbench.gui.simulator.expander import Expander
from workbench.gui.theme import Theme
from workbench.gui.widgets import GRID, PADDING, ElidedLabel, WrappedLabel


def changes_what_nobody_wrote(way: Way, sources: Collection[str]) -> bool:
    """Whether the way leads through a policy that is none of `sources`, those that stand in a file: full access, beside
    which a witness is asked. The policy as if mended is what somebody wrote."""
    return any(
        change.place and not change.text and change.policy not in sources and change.policy != MENDED
        for change in way.changes
    )


class WaysBox(QWidget):
    """The nearest way, and the others on demand. `chosen` carries the Way whose button was pressed, `opened` whether
    the others show."""

    chosen = Signal(object)
    opened = Signal(bool)

    def __init__(self, ways: Sequence[Way], theme: Theme, is_open: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        to_allow = bool(ways) and ways[0].outcome is Outcome.ALLOWED
        title = QLabel("To allow it:" if to_allow else "To deny it:", self)
        title.setProperty("role", "muted")
        column.addWidget(title)
        self.buttons: list[QPushButton] = []
        for way in ways[:1]:
            self._add_row(column, way, self)
        further = ways[1:]
        if not further:
            return
        words = "1 other way" if len(further) == 1 else f"{len(further)} other ways"
        head = Expander(words, theme, self)
        label = ElidedLabel(words, head)
        label.setProperty("role", "muted")
        head.row.addWidget(label, 1)
        body = QWidget(self)
        others = QVBoxLayout(body)
        others.setContentsMargins(24, 0, 0, 0)
        others.setSpacing(GRID)
        for way in further:
            self._add_row(others, way, body)
        head.set_open(is_open)
        body.setVisible(is_open)
        head.toggled.connect(body.setVisible)
        head.toggled.connect(self.opened)
        self.further = head
        column.addWidget(head)
        column.addWidget(body)

    def _add_row(self, column: QVBoxLayout, way: Way, parent: QWidget) -> None:
        sentence = f"{way.label[:1].upper()}{way.label[1:]}."
        row = QHBoxLayout()
        row.setSpacing(PADDING)
        row.addWidget(WrappedLabel(sentence, parent), 1)
        column.addLayout(row)
        # A policy that is not there has no text to edit, nor has one that stands in no file as it was judged.
        if way.attaches or any(change.policy == MENDED for change in way.changes):
            return
        button = QPushButton("Apply", parent)
        button.setAccessibleName(f"Apply: {sentence}")
        button.setToolTip("Change the text or the request so; undo takes it back")
        button.clicked.connect(lambda: self.chosen.emit(way))
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.buttons.append(button)
