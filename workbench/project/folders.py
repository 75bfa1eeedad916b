"""Files inside folders. What cannot be looked into is an error: a policy nobody read must not pass for a clean one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn


def json_files(folder: Path) -> Iterator[Path]:
    """The .json files in `folder` and below, in order. Raises OSError for a folder that cannot be read."""
    return files_in(folder, (".json",))


def files_in(
    folder: Path, endings: tuple[str, ...], is_closed: Callable[[Path], bool] = lambda _: False
) -> Iterator[Path]:
    """The files in `folder` and below whose names end so, in order; in place of those in a folder that `is_closed`,
    that folder. Links to folders are not followed. Raises OSError for a folder that cannot be read."""
    for path, folders, files in os.walk(folder, onerror=_raise):
        here = Path(path)
        folders.sort()
        closed = [here / name for name in folders if is_closed(here / name)]
        folders[:] = [name for name in folders if here / name not in closed]
        found = [here / name for name in files if name.endswith(endings) and (here / name).is_file()]
        yield from sorted([*found, *closed])


def _raise(error: OSError) -> NoReturn:
    raise error
