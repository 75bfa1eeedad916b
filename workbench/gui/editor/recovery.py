"""Unsaved texts outlive the program: each session keeps what is dirty in a folder of its own, by content hash.

A session's folder holds a lock while its program lives, `index.json` and one file a text. A later start takes over the
folders whose program has gone. Everything here may run off the GUI thread, except taking the locks.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import shutil
import threading
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from PySide6.QtCore import QLockFile

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A text that is not on disk as the user left it. `path` is empty for a text that never had a file."""

    title: str
    path: str
    text: str


class Recovery:
    """The recovery folder of one running program. Raises nothing: a full disk must not stop the editing."""

    def __init__(self, folder: Path) -> None:
        self._root = folder
        self._own = folder / uuid.uuid4().hex
        self._lock: QLockFile | None = None
        self._writing = threading.Lock()
        self._newest = 0

    def take_over(self) -> list[Unsaved]:
        """What sessions that ended without saying so had not saved; their folders are removed once ours holds it."""
        found: list[Unsaved] = []
        gone: list[Path] = []
        for folder in sorted(self._root.glob("*/")):
            lock = QLockFile(str(folder / "lock"))
            lock.setStaleLockTime(0)
            if folder == self._own or not lock.tryLock(0):
                continue
            found += _read(folder)
            gone.append(folder)
            lock.unlock()
        if found:
            self.keep(found, 0)
        for folder in gone:
            if found and not (self._own / "index.json").exists():
                break  # ours could not be written: theirs is the only copy
            shutil.rmtree(folder, ignore_errors=True)
        return found

    def keep(self, texts: Sequence[Unsaved], number: int) -> None:
        """Makes `texts` all that would be recovered. `number` grows with each call; a late call
        is dropped."""
        with self._writing:
            if number < self._newest:
                return
            self._newest = number
            try:
                self._write(texts)
            except OSError:
                log.exception("unsaved texts could not be kept in %s", self._own)

    def close(self) -> None:
        """The program ends in order: nothing is left to recover."""
        with self._writing:
            self._newest = 2**62
            if self._lock is not None:
                self._lock.unlock()
                self._lock = None
            shutil.rmtree(self._own, ignore_errors=True)

    def _write(self, texts: Sequence[Unsaved]) -> None:
        if self._lock is None:
            if not texts:
                return
            self._own.mkdir(parents=True, exist_ok=True)
            self._lock = QLockFile(str(self._own / "lock"))
            self._lock.setStaleLockTime(0)
            self._lock.tryLock(0)
        entries, names = [], {"lock", "index.json"}
        for unsaved in texts:
            data = unsaved.text.encode("utf-8", "surrogatepass")
            name = hashlib.sha256(data).hexdigest()[:32] + ".txt"
            names.add(name)
            if not (self._own / name).exists():
                _replace(self._own / name, data)
            entries.append({**asdict(unsaved), "text": name})
        _replace(self._own / "index.json", json.dumps(entries, indent=1).encode())
        for file in self._own.iterdir():
            if file.name not in names:
                with contextlib.suppress(OSError):
                    file.unlink()


def _replace(path: Path, data: bytes) -> None:
    new = path.with_suffix(".new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _read(folder: Path) -> list[Unsaved]:
    try:
        entries = json.loads((folder / "index.json").read_bytes())
        return [
            Unsaved(
                str(entry["title"]),
                str(entry["path"]),
                (folder / Path(entry["text"]).name).read_bytes().decode("utf-8", "surrogatepass"),
            )
            for entry in entries
        ]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError):
        log.exception("the unsaved texts in %s could not be read", folder)
        return []
