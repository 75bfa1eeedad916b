"""The compiled file: a header that anyone can read, a directory, and blobs compressed one by one.

    magic (8 bytes) · header length · directory length (4 bytes each, little-endian) · header (JSON) ·
    directory (zlib of JSON: name -> [offset, length]) · blobs (zlib of JSON each)

Offsets count from the first blob. Reading costs what is asked for: opening decodes the header and the directory only.
Source of the shape: spec catalog.md section 7.
"""

from __future__ import annotations

import json
import struct
import sys
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from workbench.errors import WorkbenchError

MAGIC = b"PWSTORE\x01"
SCHEMA = 1  # raise it whenever the content of a blob changes its shape
_LENGTHS = struct.Struct("<II")
_LEVEL = 9


class CatalogMissing(WorkbenchError):
    """No compiled catalog where it is looked for, or one that this program cannot read."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message


def remedy(path: Path) -> str:
    """What brings a sound compiled file to `path`, which a user can do: half a sentence."""
    if getattr(sys, "_MEIPASS", None):
        return "install Policy Workbench again"
    piece = path.parent.parent
    if path.parent.name == "data" and piece.name.startswith("data-"):
        return f"delete {piece} and start packaging/run, which builds it anew"
    return "packaging/run in a clone of Policy Workbench builds it, or packaging/build_catalog.py"


def pack(header: Mapping[str, Any], blobs: Iterable[tuple[str, Any]]) -> bytes:
    """The bytes of a store. The same input gives the same bytes: keys are sorted, no time is written."""
    directory: dict[str, list[int]] = {}
    body = bytearray()
    for name, value in blobs:
        if name in directory:
            raise ValueError(f"blob {name} stands twice")
        data = zlib.compress(_dump(value), _LEVEL)
        directory[name] = [len(body), len(data)]
        body += data
    head = _dump({"schema": SCHEMA, **header})
    index = zlib.compress(_dump(directory), _LEVEL)
    return MAGIC + _LENGTHS.pack(len(head), len(index)) + head + index + bytes(body)


class Store:
    """A compiled file, read into memory once and decoded blob by blob. Safe to share between threads: nothing in it
    changes after the constructor."""

    def __init__(self, path: Path) -> None:
        """Raises CatalogMissing if the file is not there, not ours, cut off, or of another schema."""
        try:
            self._data = path.read_bytes()
        except OSError as error:
            raise CatalogMissing(f"{path} cannot be read ({error.strerror}): {remedy(path)}") from error
        self.path = path
        start = len(MAGIC) + _LENGTHS.size
        if not self._data.startswith(MAGIC) or len(self._data) < start:
            raise self._broken()
        head, index = _LENGTHS.unpack_from(self._data, len(MAGIC))
        self._base = start + head + index
        try:
            header = json.loads(self._data[start : start + head])
            directory = json.loads(zlib.decompress(self._data[start + head : self._base]))
        except (ValueError, zlib.error) as error:
            raise self._broken() from error
        if (
            not isinstance(header, dict)
            or header.get("schema") != SCHEMA
            or self._base + sum(n for _, n in directory.values()) > len(self._data)
        ):
            raise self._broken()
        self.header: Mapping[str, Any] = header
        self._directory: Mapping[str, list[int]] = directory

    def _broken(self) -> CatalogMissing:
        return CatalogMissing(f"{self.path} is damaged or of another version: {remedy(self.path)}")

    def __contains__(self, name: str) -> bool:
        return name in self._directory

    def names(self) -> tuple[str, ...]:
        return tuple(self._directory)

    def load(self, name: str) -> Any:
        """Decode one blob; a new object each time. Raises KeyError for an unknown name, CatalogMissing if the file is
        damaged there."""
        offset, length = self._directory[name]
        start = self._base + offset
        try:
            return json.loads(zlib.decompress(self._data[start : start + length]))
        except (ValueError, zlib.error) as error:
            raise self._broken() from error


def _dump(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
