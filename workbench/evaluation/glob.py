"""Matching text against patterns of literals, `*` and `?`, whatever the pattern, without going back.

A pattern is cut at its `*` into chunks of fixed length. The first chunk must begin the text, the last must end it,
and each one between is taken at its leftmost place after the one before: with `*` free to take anything, the leftmost
choice never loses a match, so there is nothing to go back to. A chunk is found by its first literal; where that
literal stands in too many places, all places of a stretch of text are tried at once, one bit each.
Source: spec conditions.md section 2 (StringLike), grammar.md section 6.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

from workbench.policy.tokens import Token, Wildcard, tokenize

Piece: TypeAlias = str | None
"""A literal, or None for one character of any kind."""

Chunk: TypeAlias = tuple[tuple[Piece, ...], int]
"""The pieces between two `*`, and their length together."""


class Glob:
    """A compiled pattern. Immutable; `matches` is whole-string and compares code points."""

    __slots__ = ("_chunks", "_least", "_literal", "_simple_prefix")

    def __init__(self, tokens: Iterable[Token]) -> None:
        """`tokens` hold literals and wildcards; variables must have been replaced by their text before."""
        chunks: list[Chunk] = []
        pieces: list[Piece] = []
        for token in tokens:
            if token is Wildcard.ANY:
                chunks.append(_chunk(pieces))
                pieces = []
            elif token is Wildcard.ONE:
                pieces.append(None)
            else:
                assert isinstance(token, str)
                pieces.append(token)
        chunks.append(_chunk(pieces))
        # An empty chunk between two stars says nothing: `**` is `*`.
        self._chunks = (chunks[0], *(c for c in chunks[1:-1] if c[1]), chunks[-1]) if len(chunks) > 1 else (chunks[0],)
        self._least = sum(length for _, length in self._chunks)
        first = chunks[0][0]
        self._literal = _text(first) if len(chunks) == 1 else None
        self._simple_prefix = _text(first) if len(self._chunks) == 2 and not self._chunks[1][1] else None

    @property
    def literal(self) -> str | None:
        """The one text it matches, if it has no wildcard."""
        return self._literal

    @property
    def prefix(self) -> str:
        """The literal text that every match begins with."""
        pieces = self._chunks[0][0]
        return pieces[0] if pieces and pieces[0] is not None else ""

    @property
    def suffix(self) -> str:
        """The literal text that every match ends with."""
        pieces = self._chunks[-1][0]
        return pieces[-1] if pieces and pieces[-1] is not None else ""

    def matches(self, text: str) -> bool:
        if self._literal is not None:
            return text == self._literal
        if self._simple_prefix is not None:
            return text.startswith(self._simple_prefix)
        chunks = self._chunks
        size = len(text)
        if size < self._least:
            return False
        head, head_length = chunks[0]
        if not _at(head, text, 0):
            return False
        if len(chunks) == 1:
            return size == head_length
        tail, tail_length = chunks[-1]
        end = size - tail_length
        if not _at(tail, text, end):
            return False
        at = head_length
        for pieces, length in chunks[1:-1]:
            found = _find(pieces, length, text, at, end)
            if found < 0:
                return False
            at = found + length
        return at <= end


def _chunk(pieces: list[Piece]) -> Chunk:
    joined: list[Piece] = []
    for piece in pieces:
        if piece is not None and joined and joined[-1] is not None:
            joined[-1] += piece
        else:
            joined.append(piece)
    return tuple(joined), sum(1 if p is None else len(p) for p in joined)


def _text(pieces: tuple[Piece, ...]) -> str | None:
    """The literal text of a chunk without `?`, else None."""
    if not pieces:
        return ""
    return pieces[0] if len(pieces) == 1 else None


def _at(pieces: tuple[Piece, ...], text: str, at: int) -> bool:
    for piece in pieces:
        if piece is None:
            at += 1
        elif text.startswith(piece, at):
            at += len(piece)
        else:
            return False
    return True


_PATIENCE = 32
"""So many places of its first literal a chunk is tried at one by one."""
_STRETCH = 4096


def _find(pieces: tuple[Piece, ...], length: int, text: str, start: int, end: int) -> int:
    """The leftmost place in text[start:end] where the chunk stands, or -1. O(end - start) for a chunk without `?`,
    else never worse than O((end - start) * length / 64) machine words."""
    lead = 0
    while lead < len(pieces) and pieces[lead] is None:
        lead += 1
    if lead == len(pieces):
        return start if start + length <= end else -1
    anchor = pieces[lead]
    assert anchor is not None
    rest = pieces[lead + 1 :]
    at = text.find(anchor, start + lead, end)
    tried = 0
    while at >= 0 and at - lead + length <= end:
        if not rest or _at(rest, text, at + len(anchor)):
            return at - lead
        tried += 1
        if tried == _PATIENCE:
            return _find_by_stretches(pieces, length, text, at - lead + 1, end)
        at = text.find(anchor, at + 1, end)
    return -1


def _find_by_stretches(pieces: tuple[Piece, ...], length: int, text: str, start: int, end: int) -> int:
    """As `_find`: all beginnings in a stretch of text are tried at once, as the bits of one number."""
    step = max(_STRETCH, length)
    while start + length <= end:
        stretch = text[start : min(start + step + length - 1, end)]
        standing = (1 << (len(stretch) - length + 1)) - 1
        places = Places(stretch)
        offset = 0
        for piece in pieces:
            for character in piece or ():
                standing &= places.of(character) >> offset
                offset += 1
            offset += piece is None
            if not standing:
                break
        else:
            return start + (standing & -standing).bit_length() - 1
        start += step
    return -1


class Places:
    """Where each character stands in a text, as bits: bit i is text[i]. One pass over the text for all of them."""

    __slots__ = ("_at", "_bits", "_bytes")

    def __init__(self, text: str) -> None:
        self._at: dict[str, list[int]] = {}
        for i, character in enumerate(text):
            self._at.setdefault(character, []).append(i)
        self._bytes = len(text) // 8 + 1
        self._bits: dict[str, int] = {}

    def of(self, character: str) -> int:
        found = self._bits.get(character)
        if found is None:
            bits = bytearray(self._bytes)
            for i in self._at.get(character, ()):
                bits[i >> 3] |= 1 << (i & 7)
            found = self._bits[character] = int.from_bytes(bits, "little")
        return found


@lru_cache(maxsize=20_000)
def compile_glob(pattern: str) -> Glob:
    """The glob of a pattern text in which `*` and `?` are wildcards and nothing is a variable."""
    return Glob(tokenize(pattern, wildcards=True, variables=False).parts)
