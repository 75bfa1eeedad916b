"""Two texts line by line: what went and what came, in colors and with signs."""

from __future__ import annotations

import difflib

from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from workbench.document.unseen import visible
from workbench.gui.theme import Theme, mono_font

CONTEXT = 3
MOST_LINES = 4_000
SAME = "No line of the two texts differs."


def unified(old: str, new: str) -> list[str]:
    """The changed lines with a few around them, each with its sign first: `-` went, `+` came, a blank stayed, `@`
    begins another place. How far a line is indented is no change: in JSON it means nothing."""
    before, after = old.splitlines(), new.splitlines()
    matcher = difflib.SequenceMatcher(None, [line.strip() for line in before], [line.strip() for line in after])
    found: list[str] = []
    for group in matcher.get_grouped_opcodes(CONTEXT):
        (_, first, _, at, _), (_, _, last, _, end) = group[0], group[-1]
        found.append(f"@@ -{first + 1},{last - first} +{at + 1},{end - at} @@")
        for kind, i, j, k, m in group:
            if kind == "equal":
                found += (f" {line}" for line in after[k:m])
                continue
            found += (f"-{line}" for line in before[i:j])
            found += (f"+{line}" for line in after[k:m])
        if len(found) > MOST_LINES:
            break
    return found[:MOST_LINES]


class DifferenceView(QPlainTextEdit):
    """Shows a difference; nothing in it can be edited."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setFont(mono_font())
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setAccessibleName("Changed lines")
        self._lines: list[str] = []

    def show_difference(self, lines: list[str], theme: Theme) -> None:
        """`lines` as `unified` gives them."""
        self._lines = lines
        self.setPlainText("\n".join(map(visible, lines)) if lines else SAME)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        marks: list[QTextEdit.ExtraSelection] = []
        for number, line in enumerate(self._lines):
            token = {"+": "allowed", "-": "explicit-deny", "@": "muted"}.get(line[:1])
            if token is None:
                continue
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(self.document().findBlockByNumber(number))
            wide = QTextCharFormat()
            wide.setProperty(QTextCharFormat.Property.FullWidthSelection, True)
            if token != "muted":
                wide.setBackground(theme.mix(token, "surface", 0.18 if theme.dark else 0.12))
            else:
                wide.setForeground(theme.color(token))
            mark.format = wide
            marks.append(mark)
        self.setExtraSelections(marks)
