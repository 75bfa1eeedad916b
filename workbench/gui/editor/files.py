"""Policy files on disk: read whole, written atomically with the encoding, mark and line ends they had."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from workbench.document.decoding import FALLBACK, MIXED, Decoded, decode, encode, newline_of, with_newlines
from workbench.document.replacing import replace_file
from workbench.errors import WorkbenchError

LIMIT = 64 * 2**20
_LINE_END = re.compile(r"\r\n|\r|\n")


class FileProblem(WorkbenchError):  # noqa: N818, RUF100
    """A file that could not be read or written: one sentence that names it."""


Stamp = tuple[int, int]
"""Time of the last change in ns and size in bytes."""


@dataclass(frozen=True, slots=True)
class DiskFile:
    """A file as it was last read or written. `text` has "\\n" as its only line end."""

    path: Path
    decoded: Decoded
    text: str
    stamp: Stamp
    writable: bool


def stamp_of(path: Path) -> Stamp | None:
    """None if the file is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def read_file(path: Path) -> DiskFile:
    """Raises FileProblem."""
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode) and not S_ISDIR(status.st_mode):  # a pipe may never end, and holds the window
            raise FileProblem(f"{path.name} is no ordinary file but a pipe or a device. It was not opened.")
        if status.st_size > LIMIT:
            raise FileProblem(f"{path.name} is larger than {LIMIT // 2**20} MB. No policy is; it was not opened.")
        data = path.read_bytes()
    except OSError as error:
        raise FileProblem(f"{path} cannot be read: {error.strerror or error}.") from error
    decoded = decode(data)
    stamp = status.st_mtime_ns, status.st_size
    return DiskFile(path, decoded, with_newlines(decoded.text, "\n"), stamp, os.access(path, os.W_OK))


HEAD = 16_000


def head_of(path: Path) -> str:
    """What a long file begins with, for the first screen: whole lines of plain ASCII, else nothing. Raises nothing: who
    reads the whole file will say what is wrong."""
    try:
        with path.open("rb") as file:
            data = file.read(HEAD)
    except OSError:
        return ""
    if not data.isascii() or b"\0" in data:
        return ""
    return with_newlines(data.decode("ascii"), "\n").rpartition("\n")[0]


def gone_file(path: Path) -> DiskFile:
    """Stands for a file that was there once: a text under its name that is not on disk."""
    return DiskFile(path, Decoded(""), "", (0, 0), True)


def write_file(path: Path, text: str, like: DiskFile | None) -> DiskFile:
    """Writes `text` (line ends "\\n") the way `like` was, else as UTF-8 with LF. Either all of it is on disk or the
    file is as it was. Raises FileProblem."""
    decoded = like.decoded if like else Decoded(text)
    full = _with_line_ends(text, like)
    data = encode(decoded, full)
    try:
        replace_file(path, data)
    except OSError as error:
        raise FileProblem(f"{path} cannot be written: {_reason(path, error)}. Nothing on disk has changed.") from error
    # Only bytes in no known encoding can have changed theirs by what was written.
    known = like is not None and decoded.encoding != FALLBACK
    written = replace(decoded, text=full, newline=newline_of(full)) if known else decode(data)
    return DiskFile(path, written, text, stamp_of(path) or (0, 0), True)


def _reason(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"the folder {path.parent} is gone"
    if isinstance(error, PermissionError):
        return f"the folder {path.parent} may not be written to"
    return error.strerror or str(error)


def _with_line_ends(text: str, like: DiskFile | None) -> str:
    if like is None:
        return text
    if like.decoded.newline != MIXED:
        return with_newlines(text, like.decoded.newline)
    # Lines above and below what was edited keep their own line end; lines in between get the most frequent one.
    ends = _LINE_END.findall(like.decoded.text)
    usual = max(set(ends), key=ends.count)
    old, new = like.text.split("\n"), text.split("\n")
    shorter = min(len(old), len(new)) - 1
    head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    tail = next((i for i in range(shorter - head) if old[-1 - i] != new[-1 - i]), shorter - head)
    kept = ends[:head], ends[len(ends) - tail :] if tail else []
    between = [usual] * (len(new) - 1 - len(kept[0]) - len(kept[1]))
    return "".join(line + end for line, end in zip(new, [*kept[0], *between, *kept[1], ""], strict=True))
