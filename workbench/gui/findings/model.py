"""Findings as a table: sorted and filtered in Python, which takes a millisecond for 10,000 rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont, QIcon

from workbench.document.nodes import Document
from workbench.document.span import Span
from workbench.findings.model import Finding, FindingType
from workbench.gui.icons import icon
from workbench.gui.theme import Theme, mono_font

Index = QModelIndex | QPersistentModelIndex

TYPE, CODE, DETAILS, PLACE, FIX = range(5)
HEADERS = ("Type", "Code", "Finding", "Place", "")
WORDS = {
    FindingType.ERROR: "Error",
    FindingType.SECURITY_WARNING: "Security",
    FindingType.WARNING: "Warning",
    FindingType.SUGGESTION: "Suggestion",
}
ICONS = {
    FindingType.ERROR: "error",
    FindingType.SECURITY_WARNING: "security",
    FindingType.WARNING: "warning",
    FindingType.SUGGESTION: "suggestion",
}
"""The icon of each type, which is the name of its color too."""

_PLACE_IN_WORDS = re.compile(r" \(Line \d+, column \d+, index \d+\.\)$")


def said(finding: Finding) -> str:
    """A finding's sentence for the window, which shows the place beside it."""
    return _PLACE_IN_WORDS.sub("", finding.details)


_ORDER: tuple[Callable[[Finding], object], ...] = (
    lambda f: (f.type.rank, f.span.start),
    lambda f: (f.code, f.span.start),
    lambda f: f.details,
    lambda f: f.span.start,
    lambda f: (not f.fixes, f.span.start),
)


class FindingsModel(QAbstractTableModel):
    """The rows that the filter leaves, in the order of the chosen column."""

    FindingRole = Qt.ItemDataRole.UserRole

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._document = Document("", None)
        self._all: tuple[Finding, ...] = ()
        self._rows: list[Finding] = []
        self._counts: Counter[FindingType] = Counter()
        self._hidden: frozenset[FindingType] = frozenset()
        self._needle = ""
        self._column, self._reverse = TYPE, False
        self._marked: Span | None = None

    # -- what is shown --------------------------------------------------------------------------------------------

    def set_findings(self, findings: tuple[Finding, ...], document: Document) -> None:
        """Show the findings of a document; order and filter stay."""
        self._all, self._document = findings, document
        self._counts = Counter(f.type for f in findings)
        self._renew()

    def set_filter(self, needle: str, hidden: frozenset[FindingType]) -> None:
        """Keep the rows that hold `needle` (case ignored) in code or sentence and whose type is not hidden."""
        self._needle, self._hidden = needle.casefold().strip(), hidden
        self._renew()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._renew()

    def mark(self, span: Span | None) -> None:
        """Set off the rows of the statement at `span`."""
        if span != self._marked:
            self._marked = span
            if self._rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, FIX))

    def _renew(self) -> None:
        self.beginResetModel()
        shown = (
            f
            for f in self._all
            if f.type not in self._hidden and (not self._needle or self._needle in f"{f.code} {f.details}".casefold())
        )
        self._rows = sorted(shown, key=_ORDER[self._column], reverse=self._reverse)  # type: ignore[arg-type]
        self.endResetModel()

    def finding(self, row: int) -> Finding | None:
        """What a row shows; None for a row that is not there."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_like(self, finding: Finding) -> int:
        """The first row with the finding's code at its place, -1 if there is none."""
        code, locations = finding.code, finding.locations
        return next((i for i, f in enumerate(self._rows) if f.code == code and f.locations == locations), -1)

    def longest_place(self) -> str:
        """A place that is as wide as any here."""
        return f"{max(self._document.text.count(chr(10)) + 1, 10)}:100"

    @property
    def rows(self) -> tuple[Finding, ...]:
        return tuple(self._rows)

    def longest_code(self) -> int:
        """The characters of the longest code there is, shown or not."""
        return max((len(code) for code in {f.code for f in self._all}), default=0)

    def count(self, kind: FindingType) -> int:
        """How many findings of a type there are, shown or not."""
        return self._counts[kind]

    # -- Qt's side ------------------------------------------------------------------------------------------------

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._column, self._reverse = column, order == Qt.SortOrder.DescendingOrder
        self._renew()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: N802
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        finding, column = self._rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(finding, column)
            case Qt.ItemDataRole.DecorationRole:
                return self._decoration(finding, column)
            case Qt.ItemDataRole.FontRole:
                return self._font(finding, column)
            case Qt.ItemDataRole.ForegroundRole if column in (TYPE, FIX):
                return self._theme.color(ICONS[finding.type] if column == TYPE else "accent")
            case Qt.ItemDataRole.BackgroundRole if self._is_marked(finding):
                return self._theme.mix("accent", "surface", 0.08)
            case Qt.ItemDataRole.ToolTipRole:
                if column == CODE:
                    return finding.code
                return finding.fixes[0].label if column == FIX and finding.fixes else said(finding)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{WORDS[finding.type]}: {said(finding)}"
            case self.FindingRole:
                return finding
        return None

    def _text(self, finding: Finding, column: int) -> str:
        if column == FIX:
            return "Fix" if finding.fixes else ""
        if column == PLACE:
            return self._document.position(finding.span.start).for_people()
        return (WORDS[finding.type], finding.code, said(finding))[column]

    def _decoration(self, finding: Finding, column: int) -> QIcon | None:
        if column == TYPE:
            return icon(ICONS[finding.type], self._theme, ICONS[finding.type])
        if column == FIX and finding.fixes:
            return icon("fix", self._theme, "accent")
        return None

    def _font(self, finding: Finding, column: int) -> QFont | None:
        return mono_font() if column == CODE else None

    def _is_marked(self, finding: Finding) -> bool:
        return self._marked is not None and self._marked.start <= finding.span.start < self._marked.end
