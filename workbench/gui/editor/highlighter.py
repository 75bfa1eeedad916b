"""JSON in the theme's colors, with what a reviewer looks for in bold: elements, Allow and Deny, wildcards, variables.

JSON's strings end with their line, so each block stands alone and is lexed only once it comes near the visible page:
a document of 1 MB costs nothing until somebody looks at it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pygments.lexers.data import JsonLexer
from pygments.token import Comment, Error, Keyword, Name, Number, String, Whitespace, _TokenType
from PySide6.QtGui import QFont, QTextBlock, QTextCharFormat, QTextDocument, QTextLayout

from workbench.gui.editor.blocks import colors_of, set_colors
from workbench.gui.text_units import Units
from workbench.gui.theme import Theme
from workbench.policy.reader import DOCUMENT_ELEMENTS, STATEMENT_ELEMENTS
from workbench.writing.layout import LONG_LINE

ELEMENTS = frozenset((*DOCUMENT_ELEMENTS, *STATEMENT_ELEMENTS))
_MARKED = re.compile(r"\$\{[^}]*\}|[*?]+")


def _is(kind: _TokenType, parent: _TokenType) -> bool:
    """Whether a token type is `parent` or one of its subtypes; Pygments asks it with `in`, which its stubs deny."""
    return kind[: len(parent)] == parent


class PolicyHighlighter:
    """Colors the blocks it is asked to. Not a QSyntaxHighlighter: that one visits every block of the document whenever
    the text is set, a third of a second for 1 MB."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        self._document = document
        self._lexer = JsonLexer()
        self._formats: dict[str, QTextCharFormat] = {}
        self._round = 0
        self._blanks = False
        self._make_formats(theme)

    def set_theme(self, theme: Theme) -> None:
        """Blocks have the colors of `theme` from the next time they are lexed."""
        self._round = (self._round + 1) % 8
        self._make_formats(theme)

    def show_blanks(self, on: bool) -> None:
        """Whether white space between the words of JSON has a color, so that its marks are faint."""
        self._blanks = on
        self._round = (self._round + 1) % 8

    def lex(self, blocks: Iterable[QTextBlock]) -> None:
        """Colors those of the blocks whose text or colors have changed since they were."""
        for block in blocks:
            state = block.revision() * 8 + self._round + 1
            if colors_of(block) != state:
                set_colors(block, state)
                self._color(block)

    def _color(self, block: QTextBlock) -> None:
        ranges = self._ranges(block.text()) if block.length() <= LONG_LINE else []
        layout = block.layout()
        if ranges or layout.formats():
            layout.setFormats(ranges)
            self._document.markContentsDirty(block.position(), block.length())

    def _ranges(self, text: str) -> list[QTextLayout.FormatRange]:
        units = None if text.isascii() else Units(text)
        ranges = []
        for start, kind, value in self._lexer.get_tokens_unprocessed(text):
            style = self._style(kind, value)
            if not style:
                continue
            at, end = start, start + len(value)
            for match in _MARKED.finditer(value) if style == "string" else ():
                if at < start + match.start():
                    ranges.append(self._range(units, at, start + match.start(), style))
                at = start + match.end()
                ranges.append(self._range(units, start + match.start(), at, "marked"))
            if at < end:
                ranges.append(self._range(units, at, end, style))
        return ranges

    def _range(self, units: Units | None, start: int, end: int, style: str) -> QTextLayout.FormatRange:
        if units is not None:
            start, end = units.to_qt(start), units.to_qt(end)
        result = QTextLayout.FormatRange()
        result.start, result.length = start, end - start
        result.format = self._formats[style]
        return result

    def _style(self, kind: _TokenType, value: str) -> str:
        if self._blanks and _is(kind, Whitespace):
            return "blank"
        if _is(kind, Name.Tag):
            return "element" if value[1:-1] in ELEMENTS else "key"
        if _is(kind, String):
            return {'"Allow"': "allow", '"Deny"': "deny"}.get(value, "string")
        if _is(kind, Number) or _is(kind, Keyword):
            return "number"
        if _is(kind, Error):
            return "error"
        return "comment" if _is(kind, Comment) else ""

    def _make_formats(self, theme: Theme) -> None:
        for style, token, bold in (
            ("key", "json-key", False),
            ("element", "json-key", True),
            ("string", "json-string", False),
            ("number", "json-number", False),
            ("allow", "allowed", True),
            ("deny", "explicit-deny", True),
            ("marked", "accent", True),
            ("error", "error", False),
            ("comment", "muted", False),
        ):
            chars = QTextCharFormat()
            chars.setForeground(theme.color(token))
            if bold:
                chars.setFontWeight(QFont.Weight.Bold)
            self._formats[style] = chars
        blank = self._formats["blank"] = QTextCharFormat()
        blank.setForeground(theme.faint())
