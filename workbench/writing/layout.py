"""Lay a JSON text out: only white space outside strings changes, so broken JSON keeps every character it has."""

from __future__ import annotations

import re

INDENT = 2
MAX_DEPTH = 64
"""Deeper nesting is not indented further: ten thousand brackets would make a hundred million spaces."""
LONG_LINE = 20_000
"""Qt lays out and paints a line as one: beyond this, typing in it is slow (design.md section 7)."""

_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"?|[{}\[\],:]|\s+|[^\s{}\[\],:"]+', re.DOTALL)


def longest_line(text: str) -> int:
    """Characters of the longest line. O(length), without splitting the text."""
    longest, start = 0, 0
    while (end := text.find("\n", start)) >= 0:
        longest, start = max(longest, end - start), end + 1
    return max(longest, len(text) - start)


def lay_out(text: str) -> str:
    """`text` with one value a line and two spaces a level; empty objects and lists stay closed. O(length)."""
    out: list[str] = []
    depth = 0
    opened = False  # the last token opened a bracket: nothing inside it yet
    gap = False  # two bare words (broken JSON) must not grow together

    def newline() -> None:
        out.append("\n" + " " * (INDENT * min(depth, MAX_DEPTH)))

    for match in _TOKEN.finditer(text):
        token = match.group()
        if token.isspace():
            gap = True
            continue
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
            elif gap and out and not out[-1][-1].isspace():
                out.append(" ")
            out.append(token)
            opened = token in ("{", "[")
            depth += opened
        gap = False
    return re.sub(r"[ ]+\n", "\n", "".join(out)).strip() + "\n"
