"""A file's bytes replaced as a whole or not at all. Source: design.md section 5, never lose text."""

from __future__ import annotations

import os
import stat
from pathlib import Path

_MODE_OF_A_NEW_FILE = 0o644


def replace_file(path: Path, data: bytes) -> None:
    """Put `data` in the file's place at once, flushed to the disk; the file keeps its mode, and a link stays a link. A
    file that is not there is made. Raises OSError, and then everything is as it was."""
    import tempfile  # a start that writes nothing does not pay for it

    real = Path(os.path.realpath(path))
    mode = stat.S_IMODE(real.stat().st_mode) if real.exists() else _MODE_OF_A_NEW_FILE
    handle, name = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, real)
    except BaseException:  # an interrupt, too, leaves nothing lying about
        os.unlink(name)
        raise
