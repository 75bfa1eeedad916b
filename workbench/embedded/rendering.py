"""The policy in a tree as JSON text, and where each part of it stands in the file."""

from __future__ import annotations

import json

from workbench.document.span import Span
from workbench.embedded.source_map import SourceMap
from workbench.embedded.tree import Fields, Items, Literal, Node, Piece, Text, Unknown

MOST_CHARACTERS = 300_000
"""More text than this is no policy: aliases of aliases can grow without bound."""


class TooLargeError(Exception):
    """The tree is larger than any policy."""


def render(root: Node, source: str) -> tuple[str, SourceMap]:
    """The JSON text of `root`, a tree over the text `source`. Raises TooLargeError. Linear in what it writes."""
    writer = _Writer(source)
    # What is still to be written, last first: a node, or a string of our own with the span it stands for.
    stack: list[Node | tuple[str, Span | None]] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, Text):
            writer.text(node)
        elif isinstance(node, Literal):
            writer.sign(json.dumps(node.value), Span(node.start, node.end))
        elif isinstance(node, Unknown):
            writer.sign(json.dumps({"Ref": node.text}), Span(node.start, node.end))
        elif isinstance(node, Items):
            stack += _within("[]", node, [[item] for item in node.items])
        elif isinstance(node, Fields):
            stack += _within("{}", node, [[key, (": ", None), value] for key, value in node.fields])
        else:
            writer.sign(*node)
    return "".join(writer.parts), SourceMap(writer.pieces)


def _within(
    brackets: str, node: Items | Fields, entries: list[list[Node | tuple[str, Span | None]]]
) -> list[Node | tuple[str, Span | None]]:
    """A list or table, ready for the stack: reversed."""
    found: list[Node | tuple[str, Span | None]] = [(brackets[0], Span(node.start, node.start))]
    for at, entry in enumerate(entries):
        if at:
            found.append((", ", None))
        found += entry
    found.append((brackets[1], Span(node.end, node.end)))
    return found[::-1]


class _Writer:
    def __init__(self, source: str) -> None:
        self.source = source
        self.parts: list[str] = []
        self.pieces: list[Piece] = []
        self.length = 0

    def sign(self, written: str, outer: Span | None) -> None:
        if self.length + len(written) > MOST_CHARACTERS:
            raise TooLargeError
        if outer is not None:
            self.pieces.append(Piece(self.length, self.length + len(written), *outer))
        self.parts.append(written)
        self.length += len(written)

    def text(self, node: Text) -> None:
        inside = self._inside(node)
        if inside is None:  # only the whole corresponds
            self.sign(json.dumps(node.value, ensure_ascii=False), Span(node.start, node.end))
            return
        self.sign('"', Span(node.start, inside[0].outer_start if inside else node.end))
        done = 0
        for piece in inside:
            self.sign(_escaped(node.value[done : piece.start]), None)
            # Where escapes make it longer it corresponds as a whole.
            self.sign(_escaped(node.value[piece.start : piece.end]), Span(piece.outer_start, piece.outer_end))
            done = piece.end
        self.sign(_escaped(node.value[done:]), None)
        self.sign('"', Span(inside[-1].outer_end if inside else node.end, node.end))

    def _inside(self, node: Text) -> tuple[Piece, ...] | None:
        if node.pieces is not None:
            return node.pieces
        for start, end in ((node.start, node.end), (node.start + 1, node.end - 1)):
            if end - start == len(node.value) and self.source[start:end] == node.value:
                return (Piece(0, len(node.value), start, end),)
        return None


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]
