"""Which lines of a JSON text belong together and can be hidden behind the line that opens them; what is told of them.

Brackets alone decide, so that broken JSON folds as far as its brackets match. A string ends with its line at the
latest: each line can be read by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from workbench.writing.layout import LONG_LINE

_OF_INTEREST = re.compile(r"[\[\]{}]|:\s*\Z")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|//.*|/\*.*?(?:\*/|\Z)|[\[\]{}:,]')
_TAIL = re.compile(r"\s*,?\s*\Z")
_CLOSES = {"{": "}", "[": "]"}
_OPENS = {close: opening for opening, close in _CLOSES.items()}
_PREVIEW, _PREVIEW_LINES = 56, 3


class Region(NamedTuple):
    """An object or a list over several lines: `first` opens it and stays, the lines up to `last` are hidden when it is
    folded. `depth` is how many are open around it; `is_statement`: it is one of a policy's statements."""

    first: int
    last: int
    depth: int
    is_statement: bool


class _Open(NamedTuple):
    bracket: str
    line: int
    key: str
    is_statement: bool


class Scan:
    """Lines in, in order; `regions` are what has been closed by then, by the line that opens them. Where a line opens
    several, the outermost counts. Linear."""

    def __init__(self) -> None:
        self.regions: dict[int, Region] = {}
        self._stack: list[_Open] = []
        self._counts = {"{": 0, "[": 0}
        self._key = ""

    @property
    def is_open(self) -> bool:
        return bool(self._stack)

    def line(self, number: int, text: str) -> None:
        """Reads the next line. Of one too long to be edited nothing is read."""
        if len(text) > LONG_LINE or not _OF_INTEREST.search(text):
            return
        word, key = "", self._key
        for match in _TOKEN.finditer(text):
            token = match.group()
            if token == ":":
                key = word
            elif token in _CLOSES:
                self._open(token, number, key)
                word = key = ""
            elif token in _OPENS:
                self._close(token, number, bool(_TAIL.match(text, match.end())))
                word = key = ""
            else:
                word, key = token, ""
        self._key = key

    def _open(self, bracket: str, number: int, key: str) -> None:
        around = self._stack[-1] if self._stack else None
        named = key or (around.key if around is not None and around.bracket == "[" else "")
        self._counts[bracket] += 1
        self._stack.append(_Open(bracket, number, key, bracket == "{" and named == '"Statement"'))

    def _close(self, bracket: str, number: int, ends_line: bool) -> None:
        opening = _OPENS[bracket]
        if not self._counts[opening]:
            return  # nothing that it could close
        while True:  # what was opened since and is not closed is the mistake, not this bracket
            opened = self._stack.pop()
            self._counts[opened.bracket] -= 1
            if opened.bracket == opening:
                break
        last = number if ends_line else number - 1
        if last > opened.line:
            self.regions[opened.line] = Region(opened.line, last, len(self._stack), opened.is_statement)


def balance(line: str) -> tuple[int, int]:
    """How many brackets a line closes that were opened above it, and how many it opens and does not close."""
    if len(line) > LONG_LINE:
        return 0, 0
    closes, stack = 0, []
    for match in _TOKEN.finditer(line):
        token = match.group()
        if token in _CLOSES:
            stack.append(token)
        elif token in _OPENS:
            if stack:
                stack.pop()
            else:
                closes += 1
    return closes, len(stack)


def opens(line: str) -> bool:
    """Whether a line opens an object or a list that it does not close."""
    return ("{" in line or "[" in line) and balance(line)[1] > 0


def hides_something(following: str) -> bool:
    """Whether folding a line that opens something would hide `following`, the line after it: a line that closes it and
    goes on with something else stays where it is."""
    text = following.strip()
    return text[:1] not in ("}", "]") or bool(_TAIL.match(text, 1))


def closing(line: str) -> str:
    """What closes a fold, if its last line does nothing else: `},`; else nothing."""
    text = line.strip()
    return text if text[:1] in ("}", "]") and _TAIL.match(text, 1) else ""


def told(lines: Sequence[str], count: int) -> str:
    """What a folded line says of the `count` lines that it hides; `lines` are the first of them.

    >>> told(['  "Sid": "Train",', '  "Effect": "Allow",', '  "Action": ['], 12)
    '"Sid": "Train", "Effect": "Allow", … 12 lines'
    """
    shown: list[str] = []
    for line in lines[: min(_PREVIEW_LINES, count)]:
        text = line.strip()
        if sum(map(len, shown)) + len(text) > _PREVIEW or text[:1] in ("}", "]"):
            break
        shown.append(text)
        if opens(line):
            break
    if shown and opens(shown[-1]) and len(shown) > 1:
        shown.pop()
    return " ".join([*shown, f"… {count:,} line{'' if count == 1 else 's'}"])
