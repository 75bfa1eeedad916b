"""Unsaved texts outlive the program: each session keeps what is dirty in a folder of its own, by content hash.

A session's folder holds a lock while its program lives, `index.json` and one file a text. A later start takes over the
folders whose program has gone. Everything here may run off the GUI thread, except taking the locks.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import shutil
import threading
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLockFile

from workbench.document.replacing import flush_folder, replace_file

log = logging.getLogger(__name__)

_IN_ORDER = "ended-in-order"


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A text that is not on disk as the user left it. `path` is empty for a text that never had a file; `stamp` is
    what the file was when it was read; `project` the folder of the project it was open in; `closed`: its tab was closed
    and can be opened again; `in_order`: the program that kept it ended in order, so that nothing needs to be said."""

    title: str
    path: str
    text: str
    stamp: tuple[int, int] = (0, 0)
    project: str = ""
    closed: bool = False
    in_order: bool = False


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
        found: dict[Unsaved, None] = {}  # a start that was killed in here leaves a text in two folders
        gone: list[tuple[Path, QLockFile]] = []
        for folder in self._folders():
            lock = QLockFile(str(folder / "lock"))
            lock.setStaleLockTime(0)
            if folder == self._own or not lock.tryLock(0):
                continue
            found |= dict.fromkeys(_read(folder))
            gone.append((folder, lock))  # held until it is removed: nobody else may take it meanwhile
        texts = list(found)
        kept = not texts or self.keep(texts, 0) is None
        for folder, lock in gone:
            if kept:  # else theirs is the only copy
                _empty(folder)
            lock.unlock()
            with contextlib.suppress(OSError):
                folder.rmdir()  # not if it holds something, or somebody holds it
        return texts

    def _folders(self) -> list[Path]:
        try:
            return sorted(path for path in self._root.iterdir() if path.is_dir())
        except OSError:
            return []

    def keep(self, texts: Sequence[Unsaved], number: int) -> str | None:
        """Makes `texts` all that would be recovered. `number` grows with each call; a late call is dropped. Gives why
        they could not be kept, None if they are: what was kept before is still whole then."""
        with self._writing:
            if number < self._newest:
                return None
            before, self._newest = self._newest, number
            try:
                self._write(texts)
            except OSError as error:
                log.warning("unsaved texts could not be kept in %s: %s", self._own, error)
                self._newest = before
                return f"{error.strerror or error} ({self._root})"
            return None

    def leave(self, texts: Sequence[Unsaved]) -> str | None:
        """The program ends in order, and the next start is to show `texts` as if it had never ended. Gives why they
        could not be kept: then the program had better not end."""
        if not texts:
            self.close()
            return None
        reason = self.keep(texts, 2**61)
        if reason is None:
            with self._writing:
                self._newest = 2**62
                try:
                    replace_file(self._own / _IN_ORDER, b"")
                except OSError as error:  # the texts are there: it is only told that they were recovered
                    log.warning("%s cannot be written: %s", self._own / _IN_ORDER, error)
                self._unlock()
        return reason

    def close(self) -> None:
        """The program ends in order: nothing is left to recover."""
        with self._writing:
            self._newest = 2**62
            self._unlock()
            shutil.rmtree(self._own, ignore_errors=True)

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    def _write(self, texts: Sequence[Unsaved]) -> None:
        if self._lock is None:
            if not texts:
                return
            self._begin()
        elif not texts and not (self._own / "index.json").exists():
            return
        self._own.mkdir(parents=True, exist_ok=True)  # somebody may have tidied up under us
        entries, names = [], {"lock", "index.json"}
        for unsaved in texts:
            data = unsaved.text.encode("utf-8", "surrogatepass")
            name = hashlib.sha256(data).hexdigest()[:32] + ".txt"
            names.add(name)
            if not (self._own / name).exists():
                replace_file(self._own / name, data)
            entry = {**asdict(unsaved), "text": name}
            del entry["in_order"]
            entries.append(entry)
        replace_file(self._own / "index.json", json.dumps(entries, indent=1).encode())
        for file in self._own.iterdir():
            if file.name not in names:
                with contextlib.suppress(OSError):
                    file.unlink()

    def _begin(self) -> None:
        """Makes the folder and takes its lock. Raises OSError."""
        for _attempt in range(3):
            self._own.mkdir(parents=True, exist_ok=True)
            flush_folder(self._root)
            lock = QLockFile(str(self._own / "lock"))
            lock.setStaleLockTime(0)
            if lock.tryLock(0):
                self._lock = lock
                return
            # A program that starts just now looked in before we held it, and may remove it: not ours any more.
            if lock.error() == QLockFile.LockError.LockFailedError:
                self._own = self._root / uuid.uuid4().hex
        raise OSError(f"the folder {self._own} cannot be locked")


def _empty(folder: Path) -> None:
    """Removes all but the lock, which its holder removes."""
    with contextlib.suppress(OSError):
        for file in folder.iterdir():
            if file.name != "lock":
                file.unlink(missing_ok=True)


def _read(folder: Path) -> list[Unsaved]:
    """What the folder holds, as far as it can be read: without an index each text comes without its name, for what was
    written is not thrown away because of what stands beside it."""
    entries = _entries(folder)
    in_order = (folder / _IN_ORDER).exists()
    found: list[Unsaved] = []
    for entry in entries or ():
        try:
            name, title, path = Path(entry["text"]).name, str(entry["title"]), str(entry["path"])
        except (KeyError, TypeError):
            continue
        text = _text(folder / name)
        if text is not None:
            found.append(Unsaved(title, path, text, *_circumstances(entry), in_order))
    if entries is not None:  # what a whole index does not speak of was saved or given up
        return found
    return [
        Unsaved(f"recovered-{number}.json", "", text)
        for number, file in enumerate(sorted(folder.glob("*.txt")), 1)
        if (text := _text(file)) is not None
    ]


def _circumstances(entry: dict[str, Any]) -> tuple[tuple[int, int], str, bool]:
    """Stamp, project and whether the tab was closed; earlier programs wrote none of them."""
    stamp = entry.get("stamp")
    if not isinstance(stamp, list) or [type(n) for n in stamp] != [int, int]:
        stamp = [0, 0]
    project = entry.get("project")
    return (stamp[0], stamp[1]), project if isinstance(project, str) else "", entry.get("closed") is True


def _entries(folder: Path) -> list[Any] | None:
    """The index; None if there is none that can be read."""
    try:
        entries = json.loads((folder / "index.json").read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError):
        log.warning("the index of the unsaved texts in %s cannot be read", folder)
        return None
    return entries if isinstance(entries, list) else None


def _text(file: Path) -> str | None:
    """A kept text; None if it is gone or is not what was written under this name."""
    try:
        data = file.read_bytes()
        if file.suffix == ".txt" and hashlib.sha256(data).hexdigest()[:32] == file.stem:
            return data.decode("utf-8", "surrogatepass")
    except (OSError, ValueError):
        pass
    log.warning("the unsaved text in %s is damaged", file)
    return None
