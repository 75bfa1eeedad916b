"""Whether an environment really holds what a lock file lists: run with the environment's own Python.

    python3 -I packaging/check_installed.py LOCK

pip's word is not enough: settings of the user may send packages elsewhere, and a full disk may cut files. Each
distribution must be there in its version with every file of its own record in full size. Nothing is imported, since
Qt's libraries need parts of the system that a terminal does without. Exit status 1 and a line for each that is not.
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ENTRY = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def wrong(lock: Path) -> Iterator[str]:
    """A sentence for each distribution that is not as the lock says."""
    places = [path for path in sys.path if Path(path).is_relative_to(sys.prefix)]
    for name, version in ENTRY.findall(lock.read_text("utf-8")):
        found = next(iter(importlib.metadata.distributions(name=name, path=places)), None)
        if found is None:
            yield f"{name} is not installed"
        elif found.version != version:
            yield f"{name} is installed as {found.version}, not {version}"
        elif cut := [str(file) for file in found.files or () if not whole(file)]:
            yield f"{name} lacks {cut[0]}" + (f" and {len(cut) - 1} files more" if len(cut) > 1 else "")


def whole(file: importlib.metadata.PackagePath) -> bool:
    """Whether the file is there in its recorded size; what Python compiles by itself does not count."""
    path = Path(str(file.locate()))
    return file.suffix == ".pyc" or (path.is_file() and file.size in (None, path.stat().st_size))


if __name__ == "__main__":
    sentences = list(wrong(Path(sys.argv[1])))
    for sentence in sentences:
        print(sentence)
    sys.exit(1 if sentences else 0)
