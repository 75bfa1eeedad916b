"""Lay a JSON text out: only white space outside strings changes, so broken JSON keeps every character it has."""

from __future__ import annotations

import re
from collections.abc import Iterator

INDENT = 2
MAX_DEPTH = 64
"""Deeper nesting is not indented further: ten thousand brackets would make a hundred million spaces."""
LONG_LINE = 20_000
"""Qt lays out and paints a line as one: beyond this, typing in it is slow (design.md section 7)."""

_TOKEN = re.compile(
    r'"(?:[^"\\\n]|\\[^\n]?+)*+"?|//[^\n]*|/\*.*?(?:\*/|\Z)|[{}\[\],:]|[ \t\n\r]+|(?:(?!//|/\*)[^ \t\n\r{}\[\],:"])+',
    re.DOTALL,
)


_BLANKS = " \t\n\r"


def tokens(text: str) -> Iterator[str]:
    """The text in pieces that layout moves as they stand: strings, brackets, commas, colons, comments, other words, and
    the white space of JSON between them. Together they are the text. Linear."""
    return (match.group() for match in _TOKEN.finditer(text))


def longest_line(text: str) -> int:
    """Characters of the longest line. O(length)."""
    return max(map(len, text.split("\n")))


def lay_out(text: str) -> str:
    """`text` with one value a line and two spaces a level; empty objects and lists stay closed. O(length)."""
    out: list[str] = []
    depth = 0
    opened = False  # the last token opened a bracket: nothing inside it yet
    gap = ""  # two bare words (broken JSON) must not grow together
    ends_line = False  # a string without its end or a comment goes to the end of its line: nothing may follow there

    def newline() -> None:
        if out and out[-1] == ": ":
            out[-1] = ":"
        elif out and not out[-1].strip(_BLANKS):
            out.pop()
        out.append("\n" + " " * (INDENT * min(depth, MAX_DEPTH)))

    for piece in tokens(text):
        token = _bare(piece)
        if not token.strip(_BLANKS):
            gap = token
            continue
        if ends_line and "\n" in gap:
            newline()
            opened = False
        ends_line = token.startswith("//") or (token[0] == '"' and not _is_closed(token))
        if token in ("}", "]"):
            depth = max(depth - 1, 0)
            if not opened:
                newline()
            out.append(token)
            opened = False
        elif token == ",":
            out.append(token)
            newline()
            opened = False
        elif token == ":":
            out.append(": ")
            opened = False
        else:
            if opened:
                newline()
            elif gap and out and out[-1][-1] not in _BLANKS:
                out.append(" ")
            out.append(token)
            opened = token in ("{", "[")
            depth += opened
        gap = ""
    if out and out[-1] == ": ":
        out[-1] = ":"
    elif out and not out[-1].strip(_BLANKS):
        out.pop()
    return "".join(out) + "\n"


def minified(text: str) -> str:
    """`text`, which is JSON, without white space outside its strings. O(length)."""
    return "".join(words(text))


def words(text: str) -> list[str]:
    """What of `text` is no white space between tokens: what laying out keeps of JSON that is broken, too."""
    return [_bare(token) for token in tokens(text) if token.strip(_BLANKS)]


def _bare(token: str) -> str:
    """The token without the blanks behind a comment that has no end."""
    return token.rstrip(_BLANKS) if token.startswith("/*") else token


_CLOSED = re.compile(r'"(?:[^"\\\n]|\\[^\n]?+)*+"')


def _is_closed(string: str) -> bool:
    return _CLOSED.fullmatch(string) is not None
