"""HCL to tokens: names, numbers, texts with their interpolations, signs, line ends. Source: the HCL native syntax
specification, "Structural elements" and "Template expressions".

Tolerant and linear: what is no token is left out, a text that does not end, ends where its line does.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from workbench.embedded.tree import Piece, Text, short

NAME, NUMBER, TEXT, SIGN, LINE_END = "name", "number", "text", "sign", "line end"

_PLAIN = re.compile(
    r"(?P<blank>[ \t]+|#[^\n]*|//[^\n]*|/\*.*?(?:\*/|\Z))|(?P<line>\r?\n|\r)|(?P<name>[^\W\d][\w-]*)"
    r"|(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<heredoc><<-?([^\W\d][\w-]*)[ \t]*\r?\n)|(?P<quote>\")"
    r"|(?P<sign>==|!=|<=|>=|=>|&&|\|\||\.\.\.|[^\s])",
    re.DOTALL,
)
_IN_QUOTES = re.compile(r'[^"\\$%\r\n]+')
_IN_HEREDOC = re.compile(r"[^$%]+")
_IN_CODE = re.compile(r'[^"{}]+')
_IN_CODE_QUOTES = re.compile(r'[^"\\$%]+')
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_UNICODE = re.compile(r"u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})")


class Token(NamedTuple):
    """One token; `text` is set for a text."""

    kind: str
    start: int
    end: int
    written: str
    text: Text | None = None


def tokens_of(source: str) -> list[Token]:
    """The tokens of a text, comments and blanks left out. Never raises."""
    found: list[Token] = []
    at = 0
    while at < len(source):
        match = _PLAIN.match(source, at)
        if match is None:
            at += 1
            continue
        kind, start, at = match.lastgroup, at, match.end()
        if kind == "quote":
            text = _Template(source, at, len(source), quoted=True).read(start)
            at = text.end
            found.append(Token(TEXT, start, at, "", text))
        elif match["heredoc"]:
            end, after = _heredoc_end(source, at, match[6])
            body = _Template(source, at, end, quoted=False).read(at)
            found.append(Token(TEXT, start, after, "", body._replace(start=start, end=after)))
            at = after
        elif kind == "line":
            found.append(Token(LINE_END, start, at, ""))
        elif kind in (NAME, NUMBER, SIGN):
            found.append(Token(kind, start, at, match[0]))
    return found


def _heredoc_end(source: str, at: int, word: str) -> tuple[int, int]:
    """Where the lines of a heredoc end, and where the word behind them does."""
    last = re.compile(rf"^[ \t]*{re.escape(word)}(?=[ \t]*\r?$)", re.MULTILINE).search(source, at)
    return (last.start(), last.end()) if last else (len(source), len(source))


class _Template:
    """Reads a text with interpolations up to `end`, or to its closing quote."""

    def __init__(self, source: str, at: int, end: int, *, quoted: bool) -> None:
        self.source, self.at, self.end, self.quoted = source, at, end, quoted
        self.parts: list[str] = []
        self.pieces: list[Piece] = []
        self.length = 0

    def read(self, start: int) -> Text:
        source, plain = self.source, _IN_QUOTES if self.quoted else _IN_HEREDOC
        while self.at < self.end:
            match = plain.match(source, self.at, self.end)
            if match:
                self.add(match[0], match.end())
                continue
            char, following = source[self.at], source[self.at + 1 : self.at + 3]
            if self.quoted and char == '"':
                self.at += 1
                break
            if self.quoted and char in "\r\n":
                break
            if self.quoted and char == "\\":
                self.escape()
            elif following == char + "{":  # $${ is the text ${
                self.add(char + "{", self.at + 3)
            elif following[:1] == "{":
                end = min(_interpolation_end(source, self.at + 2), self.end)
                self.add(char + "{" + _told(source[self.at + 2 : end - 1]) + "}", end)
            else:
                self.add(char, self.at + 1)
        return Text(start, self.at, "".join(self.parts), tuple(self.pieces))

    def escape(self) -> None:
        code = _UNICODE.match(self.source, self.at + 1, self.end)
        if code:
            number = int(code[1] or code[2], 16)
            self.add(chr(number) if number < 0x110000 else "\ufffd", code.end())
            return
        char = self.source[self.at + 1 : self.at + 2]
        self.add(_ESCAPES.get(char, char), min(self.at + 2, self.end))

    def add(self, value: str, end: int) -> None:
        if value:
            self.pieces.append(Piece(self.length, self.length + len(value), self.at, end))
        self.parts.append(value)
        self.length += len(value)
        self.at = end


def _told(expression: str) -> str:
    """An expression without what would end a text of JSON around it."""
    return short(expression.strip(" ~\t")).replace('"', "'").replace("\\", "/") or "..."


def _interpolation_end(source: str, at: int) -> int:
    """The place behind the `}` that closes the interpolation whose inside begins at `at`. Texts in it may hold further
    interpolations. Linear, without recursion."""
    closers = ["}"]
    while at < len(source):
        inside_text = closers[-1] == '"'
        match = (_IN_CODE_QUOTES if inside_text else _IN_CODE).match(source, at)
        if match:
            at = match.end()
            continue
        char = source[at]
        if inside_text and char == "\\":
            at += 2
        elif inside_text and char in "$%":
            if source[at + 1 : at + 2] == "{":
                closers.append("}")
                at += 1
            at += 1
        elif char == closers[-1]:
            closers.pop()
            at += 1
            if not closers:
                return at
        else:
            if not inside_text and char in '"{':
                closers.append('"' if char == '"' else "}")
            at += 1
    return len(source)
