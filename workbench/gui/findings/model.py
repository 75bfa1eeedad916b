"""Findings as a table with foldable headings: sorted, filtered and grouped in Python, a few milliseconds for 10,000.

A table rather than a tree: QTreeView asks Python twice for every row below an open heading before it shows one of
them, 36 ms for 10,000, where a table asks for the rows in sight.
"""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont, QIcon
from PySide6.QtWidgets import QApplication

from workbench.document.span import Span
from workbench.findings.model import Finding, FindingType
from workbench.gui.findings.listing import (
    CODE,
    FIX,
    PLACE,
    TYPE,
    WORDS,
    Entry,
    Group,
    Grouping,
    Listing,
    Shape,
)
from workbench.gui.icons import icon
from workbench.gui.plain import tip
from workbench.gui.theme import Theme, mono_font

Index = QModelIndex | QPersistentModelIndex

HEADERS = ("Type", "Code", "Finding", "Place", "")
ICONS = {
    FindingType.ERROR: "error",
    FindingType.SECURITY_WARNING: "security",
    FindingType.WARNING: "warning",
    FindingType.SUGGESTION: "suggestion",
}
"""The icon of each type, which is the name of its color too."""


class FindingsModel(QAbstractTableModel):
    """The rows that the filter leaves, in the order of the chosen column, under headings that can be folded."""

    FindingRole = Qt.ItemDataRole.UserRole

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._listing: Listing | None = None
        self._shape = Shape()
        self._groups: tuple[Group, ...] = ()
        self._entries: list[Entry] = []
        self._rows: list[Entry | Group] = []
        self._found: tuple[Finding, ...] = ()
        self._place_of: dict[int, int] = {}
        self._row_of: dict[int, int] = {}
        self._folded: set[tuple[Grouping, str]] = set()
        self._left: Counter[FindingType | None] = Counter()
        self._marked: Span | None = None
        self._compact = False

    # -- what is shown --------------------------------------------------------------------------------------------

    @property
    def listing(self) -> Listing | None:
        return self._listing

    @property
    def shape(self) -> Shape:
        return self._shape

    def set_listing(self, listing: Listing | None) -> None:
        """Show these findings; order, filter, groups and what is folded stay."""
        self._listing = listing
        self._renew()

    def set_shape(self, shape: Shape) -> None:
        """Show those that the shape leaves, as it says."""
        if shape != self._shape:
            self._shape = shape
            self._renew()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._renew()

    def set_compact(self, compact: bool) -> None:
        """In little room the icon alone stands for the type; its tool tip has the word."""
        if compact != self._compact:
            self._compact = compact
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, TYPE, TYPE)

    def mark(self, span: Span | None) -> None:
        """Set off the rows of the statement at `span`."""
        if span != self._marked:
            self._marked = span
            if self._rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, FIX))

    def fold(self, group: Group, folded: bool) -> None:
        """Hide or show what is under a heading."""
        key = self._shape.grouping, group.key
        if folded != (key in self._folded):
            (self._folded.add if folded else self._folded.discard)(key)
            self.beginResetModel()
            self._unfold()
            self.endResetModel()

    def is_folded(self, group: Group) -> bool:
        return (self._shape.grouping, group.key) in self._folded

    def _renew(self) -> None:
        self.beginResetModel()
        listing, grouping = self._listing, self._shape.grouping
        shown = listing.shown(self._shape) if listing is not None else []
        self._left = listing.matching(self._shape.needle) if listing is not None else Counter()
        self._groups = listing.grouped(shown, grouping) if listing is not None and grouping is not Grouping.NONE else ()
        self._entries = [entry for group in self._groups for entry in group.entries] if self._groups else shown
        self._found = tuple([entry.finding for entry in self._entries])
        self._place_of = {id(finding): number for number, finding in enumerate(self._found)}
        self._unfold()
        self.endResetModel()

    def _unfold(self) -> None:
        self._rows = self._unfolded()
        if not self._groups:
            self._row_of = self._place_of
        else:
            self._row_of = {id(r.finding): n for n, r in enumerate(self._rows) if isinstance(r, Entry)}

    def _unfolded(self) -> list[Entry | Group]:
        if not self._groups:
            return list(self._entries)
        rows: list[Entry | Group] = []
        grouping, folded = self._shape.grouping, self._folded
        for group in self._groups:
            rows.append(group)
            if not folded or (grouping, group.key) not in folded:
                rows += group.entries
        return rows

    # -- looking up -----------------------------------------------------------------------------------------------

    def row(self, number: int) -> Entry | Group | None:
        """What a row shows; None for a row that is not there."""
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def entry(self, row: int) -> Entry | None:
        """The finding of a row, None where it is a heading or is not there."""
        found = self.row(row)
        return found if isinstance(found, Entry) else None

    def finding(self, row: int) -> Finding | None:
        found = self.entry(row)
        return found.finding if found is not None else None

    @property
    def groups(self) -> tuple[Group, ...]:
        """The headings, in order."""
        return self._groups

    def row_of_group(self, key: str) -> int:
        """The row of a heading, -1 if there is none."""
        return next((n for n, row in enumerate(self._rows) if isinstance(row, Group) and row.key == key), -1)

    def group_above(self, row: int) -> int:
        """The row of the heading that a row stands under, -1 if there is none."""
        return next((r for r in range(row, -1, -1) if isinstance(self.row(r), Group)), -1)

    def row_like(self, finding: Finding) -> int:
        """The row of the finding, else of one of its code at its place, else of one of its code in the same elements,
        which typing has moved; -1 if there is none."""
        same = self._row_of.get(id(finding))
        if same is not None:
            return same
        code, paths = finding.code, [location.path for location in finding.locations]
        moved = -1
        for number, row in enumerate(self._rows):
            if isinstance(row, Entry) and row.finding.code == code:
                if row.finding.locations == finding.locations:
                    return number
                if moved < 0 and [location.path for location in row.finding.locations] == paths:
                    moved = number
        return moved

    def uncover(self, finding: Finding) -> int:
        """Opens the heading that a finding is folded under; its row."""
        if self._shape.grouping is not Grouping.NONE:
            entry = next((e for e in self._entries if e.finding is finding), None)
            for group in self._groups:
                if self.is_folded(group) and any(e is entry for e in group.entries):
                    self.fold(group, False)
                    break
        return self.row_like(finding)

    def longest_place(self) -> str:
        """A place that is as wide as any here."""
        lines = self._listing.document.text.count("\n") + 1 if self._listing is not None else 1
        return f"{max(lines, 10)}:100"

    @property
    def rows(self) -> tuple[Finding, ...]:
        """The findings that the filter leaves, in order, also those under folded headings."""
        return self._found

    def place_of(self, finding: Finding) -> int:
        """Which of `rows` it is; -1 if none."""
        return self._place_of.get(id(finding), -1)

    def longest_code(self) -> int:
        """The characters of the longest code there is, shown or not."""
        return self._listing.longest_code if self._listing is not None else 0

    def count(self, kind: FindingType) -> int:
        """How many findings of a type there are that are not suppressed, shown or not."""
        return self._listing.counts[kind] if self._listing is not None else 0

    def count_left(self, kind: FindingType | None) -> int:
        """How many of a type the words of the filter leave, whether or not the type is shown; None: how many of those
        that are suppressed."""
        return self._left[kind]

    # -- Qt's side ------------------------------------------------------------------------------------------------

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.set_shape(self._shape._replace(column=column, reverse=order == Qt.SortOrder.DescendingOrder))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: N802
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return "" if section == TYPE and self._compact else HEADERS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.row(index.row()) if index.isValid() else None
        if row is None:
            return None
        if isinstance(row, Group):  # the view draws it over all columns
            if role == Qt.ItemDataRole.AccessibleTextRole:
                return f"{row.label}, {len(row.entries):,}, {'folded' if self.is_folded(row) else 'open'}"
            return None
        entry, finding, column = row, row.finding, index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(entry, column)
            case Qt.ItemDataRole.DecorationRole:
                return self._decoration(finding, column)
            case Qt.ItemDataRole.FontRole:
                return self._font(finding, column)
            case Qt.ItemDataRole.ForegroundRole if finding.suppressed is not None:
                return self._theme.color("muted")
            case Qt.ItemDataRole.ForegroundRole if column in (TYPE, FIX):
                return self._theme.color(ICONS[finding.type] if column == TYPE else "accent")
            case Qt.ItemDataRole.BackgroundRole if self._is_marked(finding):
                return self._theme.mix("accent", "surface", 0.08)
            case Qt.ItemDataRole.ToolTipRole:
                if column in (TYPE, CODE):
                    return WORDS[finding.type] if column == TYPE else finding.code
                fix = column == FIX and bool(finding.fixes)
                return tip(finding.fixes[0].label if fix else f"{entry.said}\n{finding.code}")
            case Qt.ItemDataRole.AccessibleTextRole:
                state = "Suppressed" if finding.suppressed is not None else WORDS[finding.type]
                return f"{state}: {entry.said}"
            case self.FindingRole:
                return finding
        return None

    def _text(self, entry: Entry, column: int) -> str:
        if column == FIX:
            return "Fix" if entry.finding.fixes else ""
        if column == PLACE:
            return entry.place
        if column == TYPE and self._compact:
            return ""
        return (WORDS[entry.finding.type], entry.finding.code, entry.said)[column]

    def _decoration(self, finding: Finding, column: int) -> QIcon | None:
        if column == TYPE:
            return icon(ICONS[finding.type], self._theme, ICONS[finding.type])
        if column == FIX and finding.fixes:
            return icon("fix", self._theme, "accent")
        return None

    def _font(self, finding: Finding, column: int) -> QFont | None:
        if finding.suppressed is None or column == FIX:
            return mono_font() if column == CODE else None
        font = QFont(mono_font() if column == CODE else QApplication.font())
        font.setStrikeOut(True)
        return font

    def _is_marked(self, finding: Finding) -> bool:
        return self._marked is not None and self._marked.start <= finding.span.start < self._marked.end
