"""Statements to begin with, by a few of their letters, with what they say beside them; Enter inserts one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QWidget,
)

from workbench.gui.editor.highlighter import PolicyHighlighter
from workbench.gui.list_popup import ListPopup
from workbench.gui.theme import ROW, SPACE, Theme, mono_font
from workbench.policy.kinds import PolicyKind
from workbench.writing.fuzzy import match
from workbench.writing.snippets import Snippet

SIZE = QSize(860, 420)
LIST_WIDTH = 340
_SNIPPET = Qt.ItemDataRole.UserRole
_NOTHING = "No snippet has these letters."


class SnippetChooser(ListPopup):
    """A list over the window, those for policies of `kind` first; it goes when one is chosen or the focus leaves."""

    chosen = Signal(object)
    """The Snippet, after the chooser has gone."""

    def __init__(self, snippets: Sequence[Snippet], kind: PolicyKind, theme: Theme, parent: QWidget) -> None:
        self.list = QListWidget()
        super().__init__("Insert snippet", "Insert a snippet", "Insert a snippet…", self.list, parent)
        self._snippets = sorted(snippets, key=lambda snippet: kind not in snippet.kinds)
        self._kind, self._theme = kind, theme
        self.list.setAccessibleName("Snippets")
        self.list.setFixedWidth(LIST_WIDTH)
        self.list.setUniformItemSizes(True)
        self.preview = QPlainTextEdit()
        self.preview.setAccessibleName("What is inserted")
        self.preview.setReadOnly(True)
        self.preview.setFont(mono_font())
        self.preview.setFrameShape(QFrame.Shape.NoFrame)
        self.preview.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.preview.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._highlighter = PolicyHighlighter(self.preview.document(), theme)
        self.about = QLabel()
        self.about.setProperty("role", "muted")
        self.about.setWordWrap(True)
        grid = QGridLayout(self.frame)
        grid.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        grid.setSpacing(2 * SPACE)
        grid.addWidget(self.typed, 0, 0, 1, 2)
        grid.addWidget(self.list, 1, 0)
        grid.addWidget(self.preview, 1, 1)
        grid.addWidget(self.about, 2, 0, 1, 2)
        grid.setColumnStretch(1, 1)
        self.list.currentItemChanged.connect(self._show)
        self.list.itemClicked.connect(lambda _item: self.take())
        self.fill("")
        size = SIZE.boundedTo(parent.size() - QSize(4 * SPACE, 80))
        self.resize(size)
        self.place_over(parent, size.width(), 64)

    def fill(self, typed: str) -> None:
        fits = [(_fit(typed, snippet), snippet) for snippet in self._snippets]
        found = [(score, snippet) for score, snippet in fits if score is not None]
        found.sort(key=lambda pair: -pair[0])
        self.list.clear()
        for _, snippet in found:
            item = QListWidgetItem(snippet.title, self.list)
            item.setData(_SNIPPET, snippet)
            item.setSizeHint(QSize(0, ROW))
            if self._kind not in snippet.kinds:
                item.setForeground(self._theme.color("muted"))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{snippet.title}, {self._said(snippet)}")
        self.list.setCurrentRow(0)
        if not found:
            self._show(None)

    def _said(self, snippet: Snippet) -> str:
        about = snippet.about[:1].upper() + snippet.about[1:]
        kinds = ", ".join(kind.value for kind in PolicyKind if kind in snippet.kinds)
        return f"{about}. For: {kinds}." + ("" if self._kind in snippet.kinds else f" This is: {self._kind.value}.")

    def _show(self, item: QListWidgetItem | None) -> None:
        snippet = item.data(_SNIPPET) if item is not None else None
        self.preview.setPlainText("".join(part for part, _ in snippet.statements()) if snippet else "")
        document = self.preview.document()
        self._highlighter.lex(document.findBlockByNumber(number) for number in range(document.blockCount()))
        self.about.setText(self._said(snippet) if snippet else _NOTHING)
        # The keys stay in the field: what is chosen below is told there to those who do not see it.
        self.typed.setAccessibleDescription(f"{snippet.title}. {self.about.text()}" if snippet else _NOTHING)

    def take(self) -> None:
        """Inserts the chosen one, after the chooser has gone and the focus is back where it was."""
        item = self.list.currentItem()
        if item is not None:
            snippet = item.data(_SNIPPET)
            self.close()
            self.chosen.emit(snippet)


def _fit(typed: str, snippet: Snippet) -> float | None:
    """How well a snippet is meant by the letters typed: by its title, else by words of what it is about."""
    found = match(typed, snippet.title)
    if found is not None:
        return found.score
    words = typed.lower().split()
    return -1.0 if all(word in f"{snippet.title} {snippet.about}".lower() for word in words) else None
