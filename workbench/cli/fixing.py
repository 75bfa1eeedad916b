"""`policy-workbench validate --fix`: the fixes that keep the access of files the same, as a diff or written."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from workbench.cli.streams import UnusableInputError, read_bytes
from workbench.document.decoding import encode
from workbench.document.replacing import replace_file
from workbench.engine import Engine, Validation
from workbench.findings.mending import Mended
from workbench.starting import shown

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def fix_files(engine: Engine, policies: Iterable[tuple[Path, Callable[[], Validation] | None]], *, write: bool) -> bool:
    """Show what "fix all that keep the access the same" changes in each file as one unified diff, and with `write`
    make it so. Gives whether anything is left to find (in a dry run: was found). Raises UnusableInputError for a file
    that cannot be read or written; the files before it are done then, this one is as it was."""
    made, changed, left = 0, 0, False
    for path, validate in policies:
        if validate is None:
            print(f"{shown(str(path))}: policies in templates are not changed.", file=sys.stderr)
            continue
        validation = validate()
        mended = engine.fix_all(validation)
        if mended.made:
            made += len(mended.made)
            changed += 1
            _show(path, validation.document.text, mended)
            if write:
                _write(engine, path, validation.document.text, mended.text)
        after = validation.again(mended.text) if write and mended.made and validation.again else validation
        left = left or bool(after.findings or after.failed_checks)
    sys.stdout.flush()
    print(_summary(made, changed, write=write), file=sys.stderr)
    return left


def _show(path: Path, before: str, mended: Mended) -> None:
    """One file's diff; what was done stands before it, where a program that reads diffs passes over it."""
    for code, label in mended.made:
        print(f"{shown(str(path))}: {label} [{code}]")
    name = shown(path.as_posix()).lstrip("/")
    for line in difflib.unified_diff(_lines(before), _lines(mended.text), f"a/{name}", f"b/{name}"):
        sys.stdout.write(line if line.endswith(("\n", "\r")) else f"{line}\n\\ No newline at end of file\n")


def _lines(text: str) -> list[str]:
    """The lines with their ends, as JSON knows them; strings may hold what Python takes for one more."""
    return _LINE.findall(text)


def _summary(made: int, changed: int, *, write: bool) -> str:
    if not made:
        return "No fix keeps the access the same."
    fixes = f"{made:,} fix{'es' if made != 1 else ''} in {changed:,} file{'s' if changed != 1 else ''}"
    if write:
        return f"{fixes} made; the access stays the same."
    verb = "keep" if made != 1 else "keeps"
    return f"{fixes} {verb} the access the same; --write makes {'them' if made != 1 else 'it'}."


def _write(engine: Engine, path: Path, before: str, after: str) -> None:
    """Put the text in the file's place at once, in its encoding and with its mode; a link stays a link. Raises
    UnusableInputError, and then the file is as it was."""
    real = Path(os.path.realpath(path))
    decoded = engine.decode(read_bytes(real))
    if decoded.text != before:
        raise UnusableInputError(f"{path}: the file has changed meanwhile")
    try:
        replace_file(real, encode(decoded, after))
    except OSError as error:
        raise UnusableInputError(f"{path}: {error.strerror or error}") from error
