"""Clauses as rows: a statement's name, what it is about in words, and a request that shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from workbench.evaluation.request import Scenario
from workbench.gui.plain import tip
from workbench.gui.theme import Theme
from workbench.gui.widgets import GRID, PADDING, ElidedLabel, LinkButton, WrappedLabel

MOST_ROWS = 200
MOST_NAME = 168
"""Pixels for a statement's name; a longer one is elided, and whole in its tooltip."""


Show: TypeAlias = Callable[[], object]


class Row(NamedTuple):
    """One clause. `show`: goes to the statement in the text, None where it stands in no open text; `scenario`: None if
    there is none to ask; `note`: what is to be known of the request."""

    name: str
    text: str
    show: Show | None
    scenario: Scenario | None
    note: str = ""


class ClauseList(QScrollArea):
    """A list of headings and rows. `ask` is called with the scenario of a row."""

    def __init__(self, name: str, ask: Callable[[Scenario], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self.rows: list[QWidget] = []
        self._names: list[QWidget] = []
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, PADDING, 0)
        self._column.setSpacing(GRID)
        self._column.addStretch(1)
        self.setWidget(self._inside)

    def clear(self) -> None:
        """Takes every row away."""
        while self._column.count() > 1:
            item = self._column.takeAt(0)
            if item is not None and item.widget() is not None:
                item.widget().deleteLater()
        self.rows, self._names = [], []

    def add_heading(self, text: str, token: str, theme: Theme) -> None:
        label = WrappedLabel(text)
        font = label.font()
        font.setBold(True)
        label.setFont(font)
        palette = label.palette()
        palette.setColor(label.foregroundRole(), theme.color(token))
        label.setPalette(palette)
        self._add(label)

    def add_sentence(self, text: str) -> None:
        label = WrappedLabel(text)
        label.setProperty("role", "muted")
        self._add(label)

    def add_rows(self, rows: Sequence[Row]) -> None:
        """Rows. All names of the list stand in one column, as wide as the longest of them, but for very long ones."""
        for row in rows[:MOST_ROWS]:
            self._add_row(row)
        width = min(max((name.sizeHint().width() for name in self._names), default=0), MOST_NAME)
        for name in self._names:
            name.setFixedWidth(width)
        if len(rows) > MOST_ROWS:
            self.add_sentence(f"… and {len(rows) - MOST_ROWS:,} more statements.")

    def _add_row(self, row: Row) -> None:
        widget = QWidget()
        line = QHBoxLayout(widget)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(PADDING)
        name = _name(row)
        self._names.append(name)
        line.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
        text = WrappedLabel(row.text)
        text.setContentsMargins(0, GRID // 2, 0, 0)  # on one line with the links, which have room around them
        line.addWidget(_with_note(text, row.note) if row.note else text, 1, Qt.AlignmentFlag.AlignTop)
        if row.scenario is not None:
            scenario = row.scenario
            ask = LinkButton("Ask it")
            ask.setToolTip(tip(f"Ask a request that shows it: {described(scenario)}"))
            ask.setAccessibleName(f"Ask a request of {row.name}")
            ask.clicked.connect(lambda: self._ask(scenario))
            line.addWidget(ask, 0, Qt.AlignmentFlag.AlignTop)
        self.rows.append(widget)
        self._add(widget)

    def _add(self, widget: QWidget) -> None:
        self._column.insertWidget(self._column.count() - 1, widget)


def _with_note(text: QWidget, note: str) -> QWidget:
    """The clause, and under it what is to be known of its request."""
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(text)
    label = WrappedLabel(note)
    label.setProperty("role", "muted")
    column.addWidget(label)
    return both


def _name(row: Row) -> QWidget:
    if row.show is None:
        name = ElidedLabel(row.name)
        name.setContentsMargins(GRID // 2, GRID // 2, 0, 0)  # where a link's text stands
        name.setToolTip(tip(f"{row.name}: a statement of the other text"))
        return name
    link, show = LinkButton(row.name), row.show
    link.setToolTip(tip(f"Show {row.name} in the text"))
    link.clicked.connect(lambda: show())
    return link


def described(scenario: Scenario) -> str:
    """A request in one line."""
    request = scenario.request
    return f"{request.action} on {', '.join(request.resources)}"
