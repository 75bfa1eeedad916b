"""Which characters of a decoded string stand where in the text that it was decoded from."""

from __future__ import annotations

import re

from workbench.embedded.tree import Piece

_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}"
    r"|\\U[0-9a-fA-F]{8}|\\(?:\r\n|.)",
    re.DOTALL,
)
_BLANKS = re.compile(r"[ \t\r\n]*")


def align(raw: str, value: str, start: int, *, escapes: bool) -> tuple[Piece, ...] | None:
    """The pieces of `value`, which the text `raw` (without its quotes) at offset `start` of the file means: with
    backslash escapes or without, lines folded, quotes doubled. None where it cannot mean that. Linear."""
    pieces: list[Piece] = []
    at = done = 0

    def add(length: int, width: int) -> None:
        nonlocal at, done
        last = pieces[-1] if pieces else None
        if length == width == 1 and last and _continues(last, done, start + at):
            pieces[-1] = Piece(last.start, done + 1, last.outer_start, start + at + 1)
        elif length:
            pieces.append(Piece(done, done + length, start + at, start + at + width))
        at, done = at + width, done + length

    while done < len(value):
        if at >= len(raw):
            return None
        if escapes and raw[at] == "\\":
            match = _ESCAPE.match(raw, at)
            if match is None:
                return None
            folded = match[0][1] in "\r\n"
            add(0 if folded else 1, match.end() - at)
            while folded and at < len(raw) and raw[at] in " \t":
                add(0, 1)
        elif raw[at] == value[done]:
            add(1, 1)
        elif raw[at] in " \t\r\n":
            add(_blanks(value, done), _blanks(raw, at))
        elif raw[at] == "'" and raw[at - 1 : at] == "'":
            add(0, 1)
        else:
            return None
    return tuple(pieces)


def _blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() - at if match else 0


def _continues(piece: Piece, done: int, outer: int) -> bool:
    same = piece.end - piece.start == piece.outer_end - piece.outer_start
    return same and piece.end == done and piece.outer_end == outer
