"""JSON in the theme's colors, with what a reviewer looks for in bold: elements, Allow and Deny, wildcards, variables.

JSON's strings end with their line, so each block stands alone and is lexed only once it comes near the visible page:
a document of 1 MB costs nothing until somebody looks at it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pygments.lexers.data import JsonLexer
from pygments.token import Comment, Error, Keyword, Name, Number, String, _TokenType
from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextBlock, QTextCharFormat, QTextDocument

from workbench.gui.editor.layout import LONG_LINE
from workbench.gui.text_units import Units
from workbench.gui.theme import Theme

ELEMENTS = frozenset(
    [
        "Version",
        "Id",
        "Statement",
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    ]
)
"""The element names of the grammar; only their look depends on this list."""
_MARKED = re.compile(r"\$\{[^}]*\}|[*?]+")
_LEXED, _WAITING = 1, -1


def _is(kind: _TokenType, parent: _TokenType) -> bool:
    """Whether a token type is `parent` or one of its subtypes; Pygments asks it with `in`, which its stubs deny."""
    return kind[: len(parent)] == parent


class PolicyHighlighter(QSyntaxHighlighter):
    """`is_near(block_number)` says whether a block is on the visible page or close to it."""

    def __init__(self, document: QTextDocument, theme: Theme, is_near: Callable[[int], bool]) -> None:
        super().__init__(document)
        self._is_near = is_near
        self._lexer = JsonLexer()
        self._formats: dict[str, QTextCharFormat] = {}
        self._make_formats(theme)

    def set_theme(self, theme: Theme) -> None:
        self._make_formats(theme)
        self.rehighlight()

    def lex(self, first: QTextBlock, last: int) -> None:
        """Lexes the blocks from `first` to number `last` that wait for it."""
        block = first
        while block.isValid() and block.blockNumber() <= last:
            if block.userState() != _LEXED and block.length() > 1:
                self.rehighlightBlock(block)
            block = block.next()

    def highlightBlock(self, text: str) -> None:  # noqa: N802
        if len(text) > LONG_LINE or not self._is_near(self.currentBlock().blockNumber()):
            self.setCurrentBlockState(_WAITING)
            return
        self.setCurrentBlockState(_LEXED)
        units = None if text.isascii() else Units(text)
        for start, kind, value in self._lexer.get_tokens_unprocessed(text):
            style = self._style(kind, value)
            if not style:
                continue
            self._mark(units, start, start + len(value), style)
            if style == "string":
                for match in _MARKED.finditer(value):
                    self._mark(units, start + match.start(), start + match.end(), "marked")

    def _mark(self, units: Units | None, start: int, end: int, style: str) -> None:
        if units is not None:
            start, end = units.to_qt(start), units.to_qt(end)
        self.setFormat(start, end - start, self._formats[style])

    @staticmethod
    def _style(kind: _TokenType, value: str) -> str:
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
