"""The chosen finding beside the list: what it says, what it rests on, each way to mend it with what that would change,
and the page of help of its code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette, QTextCharFormat, QTextCursor, QTextDocument, QTextFormat
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from workbench.document.nodes import Document
from workbench.document.unseen import visible
from workbench.embedded.placing import UNRESOLVED
from workbench.findings.context import WHY
from workbench.findings.model import Confidence, Effect, Finding, Fix, FixVerdict
from workbench.findings.suppressions import NEVER_SUPPRESSED
from workbench.gui.findings.difference import ChangedLines
from workbench.gui.findings.listing import said
from workbench.gui.findings.preview import preview
from workbench.gui.icons import icon
from workbench.gui.plain import tip
from workbench.gui.theme import LIGHT, Theme, mono_font
from workbench.gui.widgets import GRID, PADDING, FlowRow, LinkButton, WrappedLabel

NOTHING_CHOSEN = "Choose a finding: its reason, and each fix with what it would change, stand here."
VERDICTS = {
    Effect.SAME: ("Same access", "Proved: whatever is asked, the answer stays", "allowed", "passed"),
    Effect.NARROWER: ("Narrower", "Less is allowed than before", "implicit-deny", "narrower"),
    Effect.WIDER: ("Wider", "More is allowed than before", "explicit-deny", "wider"),
    Effect.NOT_DECIDED: ("Not decided", "Whether an answer changes is not proved", "depends", "depends"),
}
"""What a verdict is called, what that means, its color and its icon."""
WORKING = "What it does to access is being proved…"
NOT_PROVED = "What it does to access was not worked out."


class FixCard(QWidget):
    """One way to mend a finding: what it is called, what it does to access, what it changes in the text."""

    applied = Signal(object)
    asked = Signal()
    canceled = Signal()
    witness_chosen = Signal(object)

    def __init__(self, fix: Fix, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fix, self._theme = fix, theme
        self.apply = QPushButton("Apply")
        self.apply.setAccessibleName(f"Apply: {fix.label}")
        self.apply.clicked.connect(lambda: self.applied.emit(self.fix))
        self._verdict = FlowRow(gap=PADDING)
        self.why = WrappedLabel()
        self.why.setProperty("role", "muted")
        self.why.hide()
        self.changes = ChangedLines(preview(document.text, fix.edits), theme)
        self._head = QHBoxLayout()
        self._head.setSpacing(PADDING)
        self._head.addWidget(self._verdict, 1)
        self._head.addWidget(self.apply, 0, Qt.AlignmentFlag.AlignTop)
        label = WrappedLabel(fix.label)
        label.setProperty("role", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(self._head)
        column.addWidget(self.changes)  # what it changes is read first: the pane is low at its first height
        column.addWidget(self.why)
        column.addWidget(label)
        self.verdict: FixVerdict | None = None

    def show_working(self, *, slow: bool) -> None:
        """The verdict is being worked out; one that takes a while can be canceled."""
        self._say([_muted(WORKING), *([_link("Cancel", self.canceled.emit)] if slow else [])], "")

    def show_not_proved(self) -> None:
        """Nobody works the verdict out: it was canceled."""
        self._say([_muted(NOT_PROVED), _link("Work it out", self.asked.emit)], "")

    def show_failure(self, sentence: str) -> None:
        """It could not be worked out."""
        self._say([_muted(NOT_PROVED)], sentence)

    def show_verdict(self, verdict: FixVerdict) -> None:
        self.verdict = verdict
        word, meaning, token, name = VERDICTS[verdict.effect]
        shape = QLabel()
        shape.setPixmap(icon(name, self._theme, token).pixmap(QSize(16, 16)))
        label = QLabel(word)
        label.setToolTip(tip(meaning))
        font = label.font()
        font.setBold(True)
        label.setFont(font)
        palette = label.palette()
        palette.setColor(QPalette.ColorRole.WindowText, self._theme.color(token))
        label.setPalette(palette)
        parts: list[QWidget] = [shape, label]
        first = "Ask a request it takes away" if verdict.effect is Effect.NARROWER else "Ask a request it newly allows"
        for text, witness in ((first, verdict.witness), ("Ask a request it takes away", verdict.witness_lost)):
            if witness is not None:
                parts.append(_link(text, partial(self.witness_chosen.emit, witness)))
        self._say(parts, verdict.why)

    def words(self) -> str:
        """What stands in the line of the verdict, and why it is so."""
        parts = [w.text() for w in self._verdict.findChildren(QWidget) if isinstance(w, (QLabel, LinkButton))]
        return " ".join([*(p for p in parts if p), self.why.text()]).strip()

    def links(self) -> dict[str, LinkButton]:
        return {link.text(): link for link in self._verdict.findChildren(LinkButton)}

    def _say(self, parts: Sequence[QWidget], why: str) -> None:
        row = FlowRow(gap=PADDING)
        for part in parts:
            row.add(part)
        self._head.replaceWidget(self._verdict, row)
        self._verdict.hide()
        self._verdict.deleteLater()
        self._verdict = row
        self.why.setText(why)
        self.why.setVisible(bool(why))


class FindingDetails(QWidget):
    """`applied(fix)`, `scenario_chosen(scenario)`, `why_wanted(code)`, `suppress_wanted(finding)`,
    `take_back_wanted(finding)`; `values_wanted`: to fill in placeholders; `verdicts_wanted`: somebody asks for verdicts
    that were canceled, `canceled`: nobody waits for them any more."""

    applied = Signal(object)
    scenario_chosen = Signal(object)
    why_wanted = Signal(str)
    suppress_wanted = Signal(object)
    take_back_wanted = Signal(object)
    values_wanted = Signal()
    verdicts_wanted = Signal()
    canceled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._shown: tuple[Finding, Document] | None = None
        self.cards: list[FixCard] = []
        self.links: dict[str, LinkButton] = {}
        self._sentence = ""
        self._hint = WrappedLabel(NOTHING_CHOSEN)
        self._hint.setProperty("role", "muted")
        hint = QWidget()
        around = QVBoxLayout(hint)
        around.setContentsMargins(PADDING, GRID, 0, 0)
        around.addWidget(self._hint)
        around.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.page = _HelpPage()
        self.page.back.clicked.connect(self.close_page)
        self.page.closed.connect(self.close_page)
        self._pages = QStackedLayout(self)
        for page in (hint, self._scroll, self.page):
            self._pages.addWidget(page)
        self.setMinimumWidth(120)

    def text(self) -> str:
        """The finding in full: its sentence, what it rests on and what it assumes."""
        return self._sentence

    @property
    def page_shown(self) -> bool:
        return self._pages.currentIndex() == 2

    def show_finding(self, finding: Finding | None, document: Document | None) -> bool:
        """Shows a finding of a document; None: none is chosen. Whether there is anything new to see."""
        if finding is None or document is None:
            self._shown, self._sentence, self.cards, self.links = None, "", [], {}
            self._pages.setCurrentIndex(0)
            return False
        if self._shown is not None and self._shown[0] is finding and self._shown[1] is document:
            return False
        keep = self.page_shown and self.page.code == finding.code
        self._shown = finding, document
        self._scroll.setWidget(self._content(finding, document))
        self._pages.setCurrentIndex(2 if keep else 1)
        return True

    def _content(self, finding: Finding, document: Document) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(PADDING, 0, PADDING, PADDING)
        column.setSpacing(GRID)
        column.addWidget(self._head(finding))
        remarks, assumptions = _remarks(finding), _assumptions(finding)
        self._sentence = "\n".join((said(finding), *assumptions, *remarks))
        column.addWidget(_selectable(said(finding)))
        for sentence in assumptions:
            column.addWidget(_selectable(sentence, muted=True))
        self.cards = [FixCard(fix, document, self._theme) for fix in finding.fixes]
        for card in self.cards:
            card.applied.connect(self.applied)
            card.asked.connect(self.verdicts_wanted)
            card.canceled.connect(self.canceled)
            card.witness_chosen.connect(self.scenario_chosen)
            column.addWidget(card)
        for sentence in remarks:
            column.addWidget(_selectable(sentence, muted=True))
        column.addStretch(1)
        return inside

    def _head(self, finding: Finding) -> QWidget:
        head = FlowRow(gap=PADDING)
        code = _link(finding.code, lambda: self.why_wanted.emit(finding.code))
        code.setFont(mono_font())
        code.setToolTip("Why this is a finding: its page of help (F1)")
        self.links = {"Why": _link("Why", lambda: self.why_wanted.emit(finding.code))}
        self.links["Why"].setToolTip("The page of help of this code (F1)")
        if finding.scenario is not None:
            scenario = finding.scenario
            self.links["Show the request"] = _link("Show the request", lambda: self.scenario_chosen.emit(scenario))
            self.links["Show the request"].setToolTip("Ask the request that shows this finding; the answer is allowed")
        if finding.code == UNRESOLVED:
            self.links["Fill in values…"] = _link("Fill in values…", self.values_wanted.emit)
            self.links["Fill in values…"].setToolTip("Give values for this session; the text stays as it is")
        if finding.suppressed is None and finding.code not in NEVER_SUPPRESSED:
            self.links["Suppress…"] = _link("Suppress…", lambda: self.suppress_wanted.emit(finding))
            self.links["Suppress…"].setToolTip("Accept this finding, with a reason; the policy stays as it is")
        if finding.suppressed is not None:
            self.links["Take back"] = _link("Take back", lambda: self.take_back_wanted.emit(finding))
            self.links["Take back"].setToolTip("Let this finding count again: its suppression is removed")
        for link in (code, *self.links.values()):
            head.add(link)
        return head

    def show_page(self, code: str, markdown: str) -> None:
        """Shows the page of help of a code beside the list; it takes the keys, Esc gives them back."""
        self.page.show_text(code, markdown)
        self._pages.setCurrentIndex(2)
        self.page.browser.setFocus()

    def close_page(self) -> None:
        """From the page of help back to the finding."""
        self._pages.setCurrentIndex(1 if self._shown is not None else 0)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.page.set_theme(theme)
        if self._shown is not None:
            verdicts = [card.verdict for card in self.cards]
            keep = self._pages.currentIndex()
            shown, self._shown = self._shown, None
            self.show_finding(*shown)
            self._pages.setCurrentIndex(keep)
            for card, verdict in zip(self.cards, verdicts, strict=True):
                if verdict is not None:
                    card.show_verdict(verdict)
                else:
                    card.show_not_proved()


class _HelpPage(QWidget):
    """A page of help with the way back."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.code = ""
        self._markdown = ""
        self.back = LinkButton("Back to the finding")
        self.browser = QTextBrowser()
        self.browser.setOpenLinks(False)  # nothing is opened that was not asked for
        self.browser.setAccessibleName("Why this is a finding")
        self.browser.document().setDocumentMargin(GRID)
        column = QVBoxLayout(self)
        column.setContentsMargins(PADDING, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.back)
        column.addWidget(self.browser, 1)

    def show_text(self, code: str, markdown: str) -> None:
        self.code, self._markdown = code, markdown
        self.browser.document().setDefaultFont(self.font())
        document = self.browser.document()
        document.setMarkdown(markdown, document.MarkdownFeature.MarkdownDialectCommonMark)
        _make_small(document)
        self.browser.moveCursor(QTextCursor.MoveOperation.Start)
        self.browser.verticalScrollBar().setValue(0)
        self.browser.setAccessibleDescription(self.browser.toPlainText())

    def set_theme(self, theme: Theme) -> None:
        self.back.set_color(theme.color("accent"))
        if self._markdown:
            self.show_text(self.code, self._markdown)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)


def _make_small(document: QTextDocument) -> None:
    """For a pane beside a list: headings in bold at the size of the text, examples that wrap."""
    cursor = QTextCursor(document)
    block = document.begin()
    while block.isValid():
        cursor.setPosition(block.position())
        form = block.blockFormat()
        if form.nonBreakableLines():
            form.setNonBreakableLines(False)
            cursor.setBlockFormat(form)
        if form.headingLevel():
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            bold = QTextCharFormat()
            bold.setProperty(QTextFormat.Property.FontSizeAdjustment, 0)
            cursor.mergeCharFormat(bold)
        block = block.next()


def _remarks(finding: Finding) -> list[str]:
    """The note, marked once where the finding rests on something else than documents of AWS."""
    mark = "" if finding.confidence is Confidence.DOCUMENTED else f" ({finding.confidence.value})"
    note = finding.note or WHY.get(finding.confidence, "")
    return [f"Note{mark}: {note}."] if note else []


def _assumptions(finding: Finding) -> list[str]:
    sentences = [f"Assumed: {' '.join(finding.assumption)}"] if finding.assumption else []
    given = finding.suppressed
    if given is not None:
        until = f" until {given.expires}" if given.expires else ""
        by = f" by {given.author}" if given.author else ""
        sentences.append(f"Suppressed{by}{until}: {given.reason}")
    return sentences


def _selectable(text: str, *, muted: bool = False) -> WrappedLabel:
    label = WrappedLabel(text)
    if muted:
        label.setProperty("role", "muted")
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _muted(text: str) -> QLabel:
    label = QLabel(visible(text))
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", "muted")
    return label


def _link(text: str, act: Callable[[], object]) -> LinkButton:
    link = LinkButton(text)
    link.clicked.connect(lambda: act())
    return link
