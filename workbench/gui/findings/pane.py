"""The findings pane: how many there are of each type, filter and groups, the list, and the chosen finding beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QActionGroup, QFontMetrics, QGuiApplication, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.document.span import Span
from workbench.engine import Engine
from workbench.errors import WorkbenchError
from workbench.findings.model import Finding, FindingType, Fix, FixVerdict
from workbench.gui.findings.details import FindingDetails, FixCard
from workbench.gui.findings.listing import CODE, FIX, NOUNS, PLACE, TYPE, WORDS, Group, Grouping, Listing
from workbench.gui.findings.model import ICONS, FindingsModel
from workbench.gui.findings.table import FindingsTable
from workbench.gui.findings.verdicts import Verdicts
from workbench.gui.icons import icon
from workbench.gui.plain import caption, tip
from workbench.gui.theme import Scheme, Theme, ThemeSource, mono_font
from workbench.gui.widgets import GRID, PADDING, ElidedLabel, Veil, WrappedLabel, tool_button

NOTHING_FOUND = "No findings. This policy says nothing that AWS or we would question."
NOTHING_LEFT = "No finding matches the filter. Clear it to see all {count:,}."
NOTHING_YET = "Open or write a policy: what is wrong with it stands here."
GROUPINGS = {
    Grouping.NONE: ("No groups", "Group"),
    Grouping.SEVERITY: ("By severity", "By severity"),
    Grouping.CODE: ("By code", "By code"),
    Grouping.STATEMENT: ("By statement", "By statement"),
}
"""How a grouping is called in the menu, and on the button while it is chosen."""
_WITH_FILE = 1000
"""From this width on the name of the file has room."""
_SENTENCE = 200
"""The code gets a column of its own where the sentence keeps this many pixels."""


class FindingsPane(QWidget):
    """Findings of the text in front. The signals say what the user wants: `finding_activated(start, end)`: see this
    place (code points); `fix_requested(fix)`: apply this fix; `scenario_chosen(scenario)`: ask this request;
    `why_wanted(code)`: read the page of help of this code; `suppress_wanted(finding)`: accept it,
    `take_back_wanted(finding)`: no more; `values_wanted`: fill in placeholders; `fix_all_requested`: all fixes that
    keep the access the same, `work_canceled`: not any more; `grouping_chosen(grouping)`. `counted(text)`
    says how many findings there are and how many of them are shown, for a title."""

    finding_activated = Signal(int, int)
    fix_requested = Signal(object)
    scenario_chosen = Signal(object)
    why_wanted = Signal(str)
    suppress_wanted = Signal(object)
    take_back_wanted = Signal(object)
    values_wanted = Signal()
    fix_all_requested = Signal()
    work_canceled = Signal()
    grouping_chosen = Signal(str)
    counted = Signal(str)

    def __init__(self, engine: Engine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findings-pane")
        self._theme = ThemeSource(Scheme.SYSTEM, self).theme
        self._hidden: set[FindingType] = set()
        self.model = FindingsModel(self._theme)
        self._counts = {kind: self._count_button(kind) for kind in FindingType}
        self.suppressed = self._suppressed_button()
        self.file = ElidedLabel()
        self.group = self._group_button()
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter findings")
        self.filter.setAccessibleName("Filter findings")
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaximumWidth(220)
        self.filter.setMinimumWidth(90)
        self.filter.textChanged.connect(self._refilter)
        self.fix_all = tool_button("Fix all that keep access the same", "Fix all")
        self.fix_all.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fix_all.clicked.connect(self.fix_all_requested)
        self.work = QWidget()
        self._work_sentence = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.cancel_work = QPushButton("Cancel")
        self.cancel_work.clicked.connect(self.work_canceled)
        self.beside = tool_button("Show or hide the chosen finding beside the list", checkable=True)
        self.beside.setAccessibleName("Details beside the list")
        self.beside.setChecked(True)
        self.beside.toggled.connect(self._show_details)
        self.table = FindingsTable(self.model, self._theme)
        self.table.clicked.connect(self._clicked)
        self.table.entered_row.connect(lambda index: self._activate(index.row()))
        self.table.resized.connect(self._size_columns)
        self.table.turned.connect(self._turn)
        self.table.selectionModel().currentChanged.connect(self._show_details)
        self.empty = WrappedLabel(NOTHING_YET)
        self.details = FindingDetails()
        self.details.applied.connect(self.fix_requested)
        self.details.scenario_chosen.connect(self.scenario_chosen)
        self.details.why_wanted.connect(self.why_wanted)
        self.details.suppress_wanted.connect(self.suppress_wanted)
        self.details.take_back_wanted.connect(self.take_back_wanted)
        self.details.values_wanted.connect(self.values_wanted)
        self.details.verdicts_wanted.connect(self._ask_verdicts)
        self.details.canceled.connect(self._cancel_verdicts)
        self.verdicts = Verdicts(engine, self)
        self.verdicts.judged.connect(self._judged)
        self.verdicts.failed.connect(self._not_judged)
        self.verdicts.slow.connect(self._slow)
        self.failed = WrappedLabel()
        self.failed.hide()
        self.forms = QVBoxLayout()  # of what is asked about a finding
        self.stale = WrappedLabel()
        self.stale.hide()
        self._lay_out()
        self._veil = Veil(self._stack.parentWidget())  # a child of the splitter would become a part of it
        self.set_theme(self._theme)
        self._update()

    def _count_button(self, kind: FindingType) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setChecked(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setToolTip(f"Show or hide {NOUNS[kind][1]}")
        button.toggled.connect(lambda on, kind=kind: self._toggle(kind, on))
        return button

    def _suppressed_button(self) -> QToolButton:
        button = tool_button("Show or hide what is suppressed", checkable=True)
        button.setChecked(True)
        button.toggled.connect(lambda on: self._reshape(suppressed=on))
        return button

    def _group_button(self) -> QToolButton:
        button = tool_button("Put findings together under headings that can be folded")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the chevron behind the words
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        group = QActionGroup(menu)
        self.group_actions = {}
        for grouping, (title, _) in GROUPINGS.items():
            action = menu.addAction(title)
            action.setCheckable(True)
            group.addAction(action)
            action.triggered.connect(lambda _on=False, grouping=grouping: self.group_by(grouping))
            self.group_actions[grouping] = action
        button.setMenu(menu)
        return button

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(GRID)
        for button in (*self._counts.values(), self.suppressed):
            top.addWidget(button)
        top.addStretch(1)
        top.addWidget(self.file, 2)
        self.file.setAlignment(Qt.AlignmentFlag.AlignRight)
        top.addSpacing(PADDING)
        top.addWidget(self.fix_all)
        top.addWidget(self.group)
        top.addWidget(self.filter)
        top.addWidget(self.beside)
        row = QHBoxLayout(self.work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(PADDING)
        bar = QProgressBar()
        bar.setObjectName("thin")
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setFixedWidth(72)
        for widget in (bar, self._work_sentence, self.cancel_work):
            row.addWidget(widget)
        row.addStretch(1)
        self.work.hide()
        empty = QWidget()
        around = QVBoxLayout(empty)
        around.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        around.addWidget(self.empty)
        around.addStretch(1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(5)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.table)
        self.splitter.addWidget(self.details)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 1)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.splitter)
        self._stack.addWidget(empty)
        holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(PADDING, GRID, PADDING, PADDING)
        layout.setSpacing(GRID)
        layout.addLayout(top)
        layout.addWidget(self.work)
        layout.addWidget(self.failed)
        layout.addWidget(self.stale)
        layout.addLayout(self.forms)
        layout.addWidget(holder, 1)

    # -- what the shell calls -------------------------------------------------------------------------------------

    def show_listing(self, listing: Listing | None, file_name: str) -> None:
        """Show what is wrong with a text; None: there is no text. The chosen finding stays chosen if it is still
        there."""
        before = self._current()
        self.file.setText(file_name)
        self.verdicts.follow(listing.validation if listing is not None else None)
        self.model.set_listing(listing)
        if listing is None:
            self.show_stale(())
        failed = listing.failed if listing is not None and listing.begun else ()
        names = ", ".join(f"{f.check} ({f.error})" for f in failed)
        self.failed.setText(f"Some checks failed, so findings may be missing: {names}")
        self.failed.setVisible(bool(failed))
        self._choose(before)
        self._update()

    def show_stale(self, sentences: Sequence[str]) -> None:
        """Says which suppressions suppress nothing any more; nothing: none."""
        more = f" (and {len(sentences) - 1:,} more)" if len(sentences) > 1 else ""
        self.stale.setText(f"{sentences[0]}{more}" if sentences else "")
        self.stale.setToolTip(tip("\n".join(sentences)))
        self.stale.setVisible(bool(sentences))

    def show_work(self, sentence: str) -> None:
        """Says what takes its time, with a way to stop it; empty: nothing does."""
        self._work_sentence.setText(sentence)
        self.work.setVisible(bool(sentence))

    def set_stale(self, stale: bool) -> None:
        """Dim the findings: they belong to an older text."""
        self._veil.show_over(stale)

    def set_theme(self, theme: Theme) -> None:
        chosen = self._current()
        self._theme = theme
        self.model.set_theme(theme)
        self.table.set_theme(theme)
        self.details.set_theme(theme)
        if self.verdicts.busy:
            self._ask_verdicts()
        self._veil.set_color(theme.color("surface"))
        self.group.setIcon(icon("chevron-down", theme))
        self.fix_all.setIcon(icon("fix", theme, "accent"))
        self.beside.setIcon(icon("details", theme))
        for label, token in (
            (self.file, "muted"),
            (self.empty, "muted"),
            (self.failed, "warning"),
            (self.stale, "muted"),
        ):
            palette = label.palette()
            palette.setColor(QPalette.ColorRole.WindowText, theme.color(token))
            label.setPalette(palette)
        self._choose(chosen)
        self._update()

    def next_finding(self, by: int = 1) -> None:
        """Choose and show the finding after the chosen one, the first after the last; -1: the one before it. One under
        a folded heading is uncovered, what is suppressed is passed over."""
        findings = self.model.rows
        row = self.table.currentIndex().row()
        chosen = self.model.finding(row)
        at = self._from_heading(row, by) if chosen is None else self.model.place_of(chosen) + by
        for step in range(len(findings)):
            finding = findings[(at + by * step) % len(findings)]
            if finding.suppressed is None:
                self._activate(self.model.uncover(finding))
                return

    def _from_heading(self, row: int, by: int) -> int:
        """The place among all findings of the one next to a heading; without one, the first or the last."""
        group, before = self.model.row(row), 0
        if not isinstance(group, Group):
            return 0 if by > 0 else -1
        for other in self.model.groups:
            if other is group:
                break
            before += len(other.entries)
        return before if by > 0 else before - 1

    def take_focus(self) -> None:
        """Gives the keys to the table, with a row chosen; to the filter where there is no row."""
        if not self.model.rowCount():
            self.filter.setFocus()
            return
        self.table.setFocus()
        if not self.table.currentIndex().isValid():
            self.table.selectRow(0)

    def mark_statement(self, span: Span | None) -> None:
        """Set off the findings of the statement that the caret is in."""
        self.model.mark(span)

    def group_by(self, grouping: Grouping) -> None:
        """Puts the findings under headings; the chosen one stays chosen."""
        self._reshape(grouping=grouping)
        self.group_actions[grouping].setChecked(True)
        self.grouping_chosen.emit(grouping.value)

    @property
    def chosen(self) -> Finding | None:
        """The chosen finding, None while there is none or a heading is chosen."""
        return self._current()

    def choose(self, finding: Finding) -> None:
        """Chooses a finding of those shown, without going to its place; does nothing if it is not there."""
        if self.model.uncover(finding) >= 0:
            self._choose(finding)

    def stop(self) -> None:
        """Before the window goes."""
        self.verdicts.cancel()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        super().resizeEvent(event)
        self.file.setVisible(self.width() >= _WITH_FILE)  # the tab in front says it too

    # -- inside ---------------------------------------------------------------------------------------------------

    def _update(self) -> None:
        total, shown, listing = 0, 0, self.model.listing
        for kind, button in self._counts.items():
            count = self.model.count(kind)
            left = self.model.count_left(kind)
            total += count
            shown += 0 if kind in self._hidden else left
            button.setText(f" {_of(left, count)} {NOUNS[kind][count != 1]}")
            button.setIcon(icon(ICONS[kind], self._theme, ICONS[kind]))
            button.setVisible(count > 0 or kind in self._hidden)
        hidden = listing.suppressed if listing is not None else 0
        self.suppressed.setText(f"{_of(self.model.count_left(None), hidden)} suppressed")
        self.suppressed.setVisible(hidden > 0)
        self.fix_all.setVisible(listing is not None and listing.fixable)
        self.group.setText(GROUPINGS[self.model.shape.grouping][1])
        rows = self.model.rowCount()
        self._stack.setCurrentIndex(0 if rows else 1)
        nothing = NOTHING_LEFT.format(count=total) if total else NOTHING_FOUND
        self.empty.setText(nothing if listing is not None and listing.begun else NOTHING_YET)
        self.counted.emit(_of(shown, total) if total else "")
        self._size_columns()
        self._show_details()

    def _size_columns(self) -> None:
        """By the widest words that can stand in a column. Qt would measure a thousand rows, at 0.1 ms a row."""
        icon_and_padding, padding = 16 + 6 * GRID, 5 * GRID
        text, mono = self.table.fontMetrics(), QFontMetrics(mono_font())
        word = max(text.horizontalAdvance(w) for w in WORDS.values())
        code = max(mono.horizontalAdvance("M") * self.model.longest_code() + padding + GRID, 64)
        place = text.horizontalAdvance(self.model.longest_place()) + padding
        fix = text.horizontalAdvance("Fix") + icon_and_padding
        room = self.table.viewport().width()
        with_code = room >= word + icon_and_padding + min(code, 280) + place + fix + _SENTENCE
        compact = room < word + icon_and_padding + place + fix + 2 * _SENTENCE
        self.model.set_compact(compact and not with_code)
        self.table.setColumnWidth(TYPE, icon_and_padding + (0 if compact and not with_code else word))
        self.table.setColumnHidden(CODE, not with_code)
        self.table.setColumnWidth(CODE, min(code, max(280, room * 2 // 5)))
        self.table.setColumnWidth(PLACE, place)
        self.table.setColumnWidth(FIX, fix)

    def _toggle(self, kind: FindingType, on: bool) -> None:
        (self._hidden.discard if on else self._hidden.add)(kind)
        self._refilter()

    def _refilter(self) -> None:
        self._reshape(needle=self.filter.text(), hidden=frozenset(self._hidden))

    def _reshape(self, **changes: object) -> None:
        chosen = self._current()
        self.model.set_shape(self.model.shape._replace(**changes))  # type: ignore[arg-type]
        self._choose(chosen)
        self._update()

    def _turn(self, group: Group) -> None:
        """Folds or opens a heading, which stays chosen."""
        self.model.fold(group, not self.model.is_folded(group))
        row = self.model.row_of_group(group.key)
        self._select(row)

    def _current(self) -> Finding | None:
        return self.model.finding(self.table.currentIndex().row())

    def _choose(self, finding: Finding | None) -> None:
        row = self.model.row_like(finding) if finding is not None else -1
        if row >= 0:
            self._select(row)

    def _select(self, row: int) -> None:
        index = self.model.index(row, TYPE)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.table.selectionModel().setCurrentIndex(index, flags)

    def _clicked(self, index: QModelIndex) -> None:
        self._show_details()
        row = self.model.row(index.row())
        finding = self.model.finding(index.row())
        if isinstance(row, Group):
            self._turn(row)
        elif finding is not None and index.column() == FIX and finding.fixes:
            self._ask_for_fix(finding, index)
        else:
            self._activate(index.row())

    def _ask_for_fix(self, finding: Finding, index: QModelIndex) -> None:
        if len(finding.fixes) == 1:
            self.fix_requested.emit(finding.fixes[0])
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for fix in finding.fixes:
            menu.addAction(caption(fix.label)).triggered.connect(
                lambda _on=False, fix=fix: self.fix_requested.emit(fix)
            )
        below: QPoint = self.table.visualRect(index).bottomLeft()
        menu.popup(self.table.viewport().mapToGlobal(below))

    def _activate(self, row: int) -> None:
        self.table.selectRow(row)
        finding = self.model.finding(row)
        if finding is not None:
            self.finding_activated.emit(finding.span.start, finding.span.end)

    # -- the chosen finding ---------------------------------------------------------------------------------------

    def _give_room(self) -> None:
        """The list has all the room until a row is chosen: by the mouse once it is let go, lest what it pressed move
        away under it."""
        wanted = self.beside.isChecked() and self.table.currentIndex().isValid()
        if not (wanted and QGuiApplication.mouseButtons() and self.details.isHidden()):
            self.details.setVisible(wanted)

    def _show_details(self) -> None:
        self._give_room()
        finding, listing = self._current(), self.model.listing
        shown = finding is not None and listing is not None and self.beside.isChecked()
        document = listing.document if listing is not None else None
        if self.details.show_finding(finding if shown else None, document):
            self._ask_verdicts()
        elif not self.details.cards:
            self.verdicts.cancel()

    def _ask_verdicts(self) -> None:
        for card in self.details.cards:
            verdict = self.verdicts.known(card.fix)
            if verdict is not None and card.verdict is None:
                card.show_verdict(verdict)
            elif verdict is None:
                card.show_working(slow=False)
        self.verdicts.ask([card.fix for card in self.details.cards])

    def _cancel_verdicts(self) -> None:
        self.verdicts.cancel()
        for card in self.details.cards:
            if card.verdict is None:
                card.show_not_proved()

    def _card(self, fix: object) -> FixCard | None:
        return next((card for card in self.details.cards if card.fix == fix), None)

    def _judged(self, fix: Fix, verdict: FixVerdict) -> None:
        card = self._card(fix)
        if card is not None:
            card.show_verdict(verdict)

    def _not_judged(self, fix: object, error: Exception) -> None:
        card = self._card(fix)
        if card is not None:
            card.show_failure(str(error) if isinstance(error, WorkbenchError) else f"{type(error).__name__}: {error}")

    def _slow(self, fix: object) -> None:
        card = self._card(fix)
        if card is not None:
            card.show_working(slow=True)


def _of(shown: int, count: int) -> str:
    """How many there are, and how many of them can be seen where that is not all."""
    return f"{count:,}" if shown == count else f"{shown:,} of {count:,}"
