"""A line of a file with a mark under a place in it, as a terminal shows it: wide characters take two cells, tabs go to
the next stop, what cannot be printed is an escape, and of a long line only what is near the place is shown."""

from __future__ import annotations

import re
import unicodedata

from workbench.document.nodes import Document
from workbench.document.span import Span
from workbench.starting import shown

MOST_CELLS = 100
_BEFORE = 30  # cells of a long line before the place
_TAB = 4
_LINE_END = re.compile(r"[\r\n]")


def excerpt(document: Document, span: Span) -> tuple[str, str, str]:
    """The number of the line in which `span` begins, the line (or its part), and the marks below it."""
    text = document.text
    position = document.position(span.start)
    first = span.start - position.column
    near = max(first, span.start - _BEFORE)
    beyond = min(near + MOST_CELLS + 1, len(text))  # no farther: a document may be one line, with a place at every word
    match = _LINE_END.search(text, span.start, beyond)
    last = match.start() if match else beyond
    start, end = first, last
    if last - first > MOST_CELLS:
        start = near
        end = min(last, start + MOST_CELLS)
    stop = min(max(span.end, span.start + 1), end)
    line, before, marked, cells = [], 0, 0, 0
    if start > first:
        line.append("…")
        before = cells = 1
    at = start
    while at < end and cells < MOST_CELLS:
        written, width = _cell(text[at], cells)
        line.append(written)
        cells += width
        before += width if at < span.start else 0
        marked += width if span.start <= at < stop else 0
        at += 1
    if at < last:
        line.append("…")
    marks = " " * before + "^" * max(marked, 1)
    shorn = "".join(line).rstrip()
    in_blanks = not text[span.start : end].strip()
    return str(position.line), shorn.ljust(before) if in_blanks else shorn, marks


def _cell(char: str, column: int) -> tuple[str, int]:
    """A character as it is shown at a column, and how many cells it takes."""
    if char == "\t":
        width = _TAB - column % _TAB
        return " " * width, width
    if not char.isprintable():
        written = shown(char)
        return written, len(written)
    if unicodedata.combining(char):
        return char, 0
    return char, 2 if unicodedata.east_asian_width(char) in "WF" else 1
