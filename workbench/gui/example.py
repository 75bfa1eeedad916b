"""The example project as the user's own: whoever tries it out and saves changes a copy, not the program's files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import mkdtemp

from workbench.project.loader import PROJECT_FILE


def own_example(original: Path, folder: Path) -> Path:
    """The copy of `original` in `folder`, made now if it is not there; all of it or, where none can be made,
    `original` itself. Whoever deletes the copy has the example anew."""
    own = folder / original.name
    if (own / PROJECT_FILE).is_file():
        return own
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = Path(mkdtemp(dir=folder, prefix=".example-"))
        try:
            for source in sorted(original.rglob("*")):
                target = made / source.relative_to(original)
                if source.is_dir():
                    target.mkdir()
                else:
                    target.write_bytes(source.read_bytes())  # not its mode: an installed file cannot be written
            made.chmod(0o755)
            os.replace(made, own)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError:  # another window may have made it meanwhile
        return own if (own / PROJECT_FILE).is_file() else original
    return own
