"""Reading what the commands are given: files, folders, and streams of one JSON object a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO


class UnusableInputError(Exception):
    """Input that cannot be used at all: one line for stderr, exit status 2."""


def read_bytes(path: Path) -> bytes:
    """A file's bytes. Raises UnusableInputError with one line."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnusableInputError(f"{path}: {error.strerror or error}") from error


def standard_input() -> BinaryIO:
    """The bytes of standard input. Raises UnusableInputError if it was closed before the start."""
    if sys.stdin is None:
        raise UnusableInputError("standard input is closed")
    return sys.stdin.buffer


def open_lines(name: str) -> BinaryIO:
    """The stream called `name`; `-` is standard input. Raises UnusableInputError."""
    if name == "-":
        return standard_input()
    try:
        return open(name, "rb")
    except OSError as error:
        raise UnusableInputError(f"{name}: {error.strerror or error}") from error


def lines(stream: BinaryIO) -> Iterator[tuple[str, str]]:
    """Each line's text without its end, and what is wrong with its bytes (empty: nothing)."""
    for raw in stream:
        line = raw.rstrip(b"\r\n").removeprefix(b"\xef\xbb\xbf")
        try:
            yield line.decode("utf-8"), ""
        except UnicodeDecodeError as error:
            yield "", f"This line is not UTF-8 (byte {error.start + 1})."


def write_line(value: dict[str, Any]) -> None:
    """One JSON object a line, out at once, so that a reader of the stream never waits for the next."""
    sys.stdout.write(json.dumps(value, separators=(", ", ": ")))
    sys.stdout.write("\n")
    sys.stdout.flush()
