"""JSON that a template makes: values that stand there without quotes are what only its run tells."""

from __future__ import annotations

import json
import re

from workbench.document.parser import parse
from workbench.document.span import Span
from workbench.embedded.source_map import SourceMap
from workbench.embedded.tree import Piece, short

# A string, or a placeholder outside of one: `${…}` as a value, `%{…}` of a condition or loop.
_PARTS = re.compile(r'"(?:[^"\\]|\\.)*"?|\$\{([^{}]*)\}|%\{[^{}]*\}', re.DOTALL)


def filled(value: str, pieces: tuple[Piece, ...]) -> tuple[str, tuple[Piece, ...]] | None:
    """The JSON with `{"Ref": …}` for each placeholder that stands for a whole value, and the pieces of that text; None
    where it is no JSON even so, because the template makes more of it than values."""
    source = SourceMap(pieces)
    parts: list[str] = []
    made: list[Piece] = []
    done = length = 0
    templated = False
    for match in _PARTS.finditer(value):
        if match[0].startswith('"'):
            continue
        templated = True
        new = json.dumps({"Ref": short(match[1])}) if match[1] is not None else " "
        parts += (value[done : match.start()], new)
        made += _moved(pieces, done, match.start(), length - done)
        length += match.start() - done
        made.append(Piece(length, length + len(new), *source.span(Span(*match.span())), foreign=True))
        length += len(new)
        done = match.end()
    if not templated:
        return value, pieces
    parts.append(value[done:])
    made += _moved(pieces, done, len(value), length - done)
    text = "".join(parts)
    return None if parse(text).problems else (text, tuple(made))


def _moved(pieces: tuple[Piece, ...], start: int, end: int, by: int) -> list[Piece]:
    """The pieces within [start, end), moved; those that correspond one by one are cut to it."""
    found = []
    for piece in pieces:
        first, last = max(piece.start, start), min(piece.end, end)
        if first >= last:
            continue
        if piece.one_by_one:
            shift = piece.outer_start - piece.start
            found.append(Piece(first + by, last + by, first + shift, last + shift))
        else:
            found.append(Piece(first + by, last + by, piece.outer_start, piece.outer_end, piece.foreign))
    return found
