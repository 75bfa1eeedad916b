"""Bytes of a file to text and back, so that saving gives back every byte the author did not change.

AWS takes UTF-8 only. Anything else is read all the same, reported as one Problem, and written as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from workbench.document.nodes import Problem

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),  # before UTF-16, whose mark is the beginning of this one
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# JSON begins with two ASCII characters, so the zero bytes tell the encoding. Source: RFC 4627 section 3.
_ZEROS = (
    (re.compile(rb"\0\0\0[^\0]"), "utf-32-be"),
    (re.compile(rb"[^\0]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0[^\0]\0[^\0]"), "utf-16-be"),
    (re.compile(rb"[^\0]\0[^\0]\0"), "utf-16-le"),
)
MIXED = "mixed"
PIECE = 500_000
"""Characters that are worked on at once: no other thread of Python runs meanwhile, for about a millisecond."""
FALLBACK = "latin-1"  # one character a byte: whatever the bytes are, none is lost, and columns count bytes


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text and what is needed to write it back.

    `encoding` is Python's name of it, `latin-1` where the bytes are in none that we know; `bom` says whether a byte
    order mark came first (it is not part of `text`); `newline` is the line end in use, LF if there is none, or
    `mixed`; `tail` are bytes at the end that are no whole character. `problem` is None for UTF-8.
    """

    text: str
    encoding: str = "utf-8"
    bom: bool = False
    newline: str = "\n"
    problem: Problem | None = None
    tail: bytes = b""


def decode(data: bytes) -> Decoded:
    """The text of a file. Never raises; every file decodes to some text, and `encode` gives the same bytes back."""
    mark, encoding = _encoding(data)
    body = data[len(mark) :]
    if encoding == "utf-8":
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError as error:
            return _fallback(data, len(mark), error)
        return Decoded(text, encoding, bool(mark), newline_of(text))
    width = 4 if "32" in encoding else 2
    whole = len(body) - len(body) % width
    try:
        # Half a pair is kept as it is: it must neither stop the reading nor get lost.
        text = body[:whole].decode(encoding, "surrogatepass")
    except UnicodeDecodeError as error:
        return _fallback(data, len(mark), error)
    name = encoding.upper()[:6]
    problem = Problem(0, min(1, len(text)), "not-utf8", f"This file is {name}, not UTF-8; save it as UTF-8.")
    return Decoded(text, encoding, bool(mark), newline_of(text), problem, body[whole:])


def _encoding(data: bytes) -> tuple[bytes, str]:
    """The byte order mark and the encoding that the first bytes speak for."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return mark, encoding
    for pattern, encoding in _ZEROS:
        if pattern.match(data):
            return b"", encoding
    return b"", "utf-8"


def _fallback(data: bytes, mark: int, error: UnicodeDecodeError) -> Decoded:
    """A file with bytes that are no text in its encoding: one character a byte, so that all of it can be shown."""
    at = mark + error.start
    text = data.decode(FALLBACK)
    problem = Problem(
        at,
        at + 1,
        "undecodable-byte",
        f"The byte {data[at]:02X} is not UTF-8 here; save the file as UTF-8.",
    )
    if mark == 3:
        # Behind UTF-8's mark the text is still shown without it, and `encode` puts it back.
        text = text[3:]
        problem = problem._replace(start=at - 3, end=at - 2)
    return Decoded(text, FALLBACK, mark == 3, newline_of(text), problem)


def encode(decoded: Decoded, text: str) -> bytes:
    """The bytes to save for `text`, an edited `decoded.text`: same encoding, same byte order mark, line ends as in
    `text`. Never raises. What Latin-1 cannot hold turns the whole file to UTF-8, as the author was told to."""
    mark = b""
    if decoded.bom:
        encoding = "utf-8" if decoded.encoding == FALLBACK else decoded.encoding
        mark = next(mark for mark, name in _BOMS if name == encoding)
    if decoded.encoding == FALLBACK:
        try:
            return _encoded(text, FALLBACK, "strict", mark)
        except UnicodeEncodeError:
            return _encoded(text, "utf-8", "surrogatepass", mark)
    return _encoded(text, decoded.encoding, "surrogatepass", mark, decoded.tail)


def _encoded(text: str, encoding: str, errors: str, mark: bytes, tail: bytes = b"") -> bytes:
    """A piece at a time: none of our encodings writes a character in another way because of what stands before it."""
    return b"".join((mark, *(piece.encode(encoding, errors) for piece in _pieces(text)), tail))


def _pieces(text: str) -> Iterator[str]:
    return (text[at : at + PIECE] for at in range(0, len(text), PIECE)) if len(text) > PIECE else iter((text,))


def newline_of(text: str) -> str:
    """The line end that `text` uses: LF, CRLF, CR or `mixed`; LF if it has one line only."""
    if "\r" not in text:
        return "\n"
    crlf = text.count("\r\n")
    lf, cr = text.count("\n") - crlf, text.count("\r") - crlf
    used = [newline for newline, count in (("\n", lf), ("\r\n", crlf), ("\r", cr)) if count]
    if len(used) > 1:
        return MIXED
    return used[0] if used else "\n"


def with_newlines(text: str, newline: str) -> str:
    """`text` with every line end written as `newline`; unchanged for `mixed`, where each line keeps its own."""
    if newline == MIXED:
        return text
    plain = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    return plain if newline == "\n" else "".join(piece.replace("\n", newline) for piece in _pieces(plain))
