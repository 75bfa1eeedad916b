"""A file's bytes replaced as a whole or not at all. Source: design.md section 5, never lose text."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

_MODE_OF_A_NEW_FILE = 0o644


def replace_file(path: Path, data: bytes) -> None:
    """Put `data` in the file's place at once, flushed to the disk with the folder's entry; the file keeps its mode and,
    where the system lets us, its owner, and a link stays a link. A file that is not there is made. Raises OSError, and
    then everything is as it was."""
    import tempfile  # a start that writes nothing does not pay for it

    real = Path(os.path.realpath(path))
    status = real.stat() if real.exists() else None
    mode = stat.S_IMODE(status.st_mode) if status is not None else _MODE_OF_A_NEW_FILE
    handle, name = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if status is not None:
            _give_to(name, status)
        os.chmod(name, mode)  # after the owner: a change of owner takes bits away
        os.replace(name, real)
    except BaseException:  # an interrupt, too, leaves nothing lying about
        os.unlink(name)
        raise
    flush_folder(real.parent)


def flush_folder(folder: Path) -> None:
    """Makes a new name in `folder` outlive a power loss, where the system can: some cannot open a folder."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _give_to(name: str, status: os.stat_result) -> None:
    """The owner and group of the file before; who may not give files away keeps what may be kept."""
    if not hasattr(os, "chown"):
        return
    made = os.stat(name)
    for owner, group in ((-1, status.st_gid), (status.st_uid, -1)):
        if (owner, group) not in ((-1, made.st_gid), (made.st_uid, -1)):
            with contextlib.suppress(OSError):
                os.chown(name, owner, group)
