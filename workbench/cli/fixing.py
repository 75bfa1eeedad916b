"""`policy-workbench validate --fix`: the fixes that keep the access of files the same, as a diff or written."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from workbench.cli.inputs import listed, outside
from workbench.cli.judging import (
    Asked,
    Place,
    Suppressions,
    judged_alone,
    judged_in_project,
    judged_inside,
    place_in,
    place_of,
)
from workbench.cli.streams import UnusableInputError, read_bytes
from workbench.document.decoding import encode
from workbench.document.replacing import replace_file
from workbench.document.unseen import visible
from workbench.embedded.model import Contents, EmbeddedPolicy
from workbench.engine import Engine, Validation
from workbench.findings.mending import Mended
from workbench.project.model import Project
from workbench.project.suppression_files import NAME
from workbench.starting import shown

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class Fixable:
    """A file with policies: its text, and how to mend and to judge one in its place. `mend` gives how many fixes that
    keep the access are left, too: those that would change what a file says in its own words."""

    path: Path
    text: str
    mend: Callable[[], tuple[Mended, int]]
    anything_left: Callable[[str], bool]


def fixable(engine: Engine, paths: Iterable[Path], asked: Asked) -> Iterator[Fixable]:
    """Each file that is a policy or holds some, with the suppressions that it is under. Raises UnusableInputError and
    ProjectError."""
    for path in paths:
        if engine.is_project(path):
            yield from _some(path, _of_project(engine, path, asked))
        elif path.is_dir():
            suppressions = Suppressions(engine, path / NAME)
            yield from _some(path, _inside(engine, path, listed(engine, path), asked, suppressions))
        else:
            place = place_of(engine, path)
            if place.project is not None and place.policy is not None:
                validation = judged_in_project(engine, place.project, place.policy, asked, place.suppressions)
                yield _policy(engine, path, validation)
            elif found := _file(engine, path, asked, place):
                yield found
            else:
                raise UnusableInputError(f"{path}: there is no policy in this file")


def _some(folder: Path, found: Iterator[Fixable]) -> Iterator[Fixable]:
    """All of them. Raises UnusableInputError if there is none."""
    first = next(found, None)
    if first is None:
        raise UnusableInputError(f"{folder}: there is no policy in this folder")
    yield first
    yield from found


def _of_project(engine: Engine, root: Path, asked: Asked) -> Iterator[Fixable]:
    project, suppressions = engine.load_project(root), Suppressions(engine, root / NAME)
    for policy in project.policies:
        yield _policy(engine, root / policy.key, judged_in_project(engine, project, policy, asked, suppressions))
    yield from _inside(engine, root, outside(engine, project, root), asked, suppressions, project)


def _inside(
    engine: Engine,
    folder: Path,
    paths: Iterable[Path],
    asked: Asked,
    suppressions: Suppressions,
    project: Project | None = None,
) -> Iterator[Fixable]:
    """What was met in a folder, projects among it."""
    for path in paths:
        if path.is_dir():
            yield from _of_project(engine, path, asked)
        elif found := _file(engine, path, asked, place_in(engine, folder, path, suppressions, project)):
            yield found


def _policy(engine: Engine, path: Path, validation: Validation) -> Fixable:
    def left(text: str) -> bool:
        again = validation.again
        after = again(text) if again is not None and text != validation.document.text else validation
        return _is_left(after)

    return Fixable(path, validation.document.text, lambda: (engine.fix_all(validation), 0), left)


def _is_left(validation: Validation) -> bool:
    return bool(validation.failed_checks) or any(finding.suppressed is None for finding in validation.findings)


def _file(engine: Engine, path: Path, asked: Asked, place: Place) -> Fixable | None:
    """None for a file that is no policy and holds none."""
    decoded = engine.decode(read_bytes(path))
    contents = engine.policies_in(path.name, decoded.text)
    if contents is None:
        return _policy(engine, path, judged_alone(engine, decoded, asked, place))
    if not (contents.policies or contents.unread or contents.problem):
        return None

    def judged(policy: EmbeddedPolicy) -> Validation:
        return judged_inside(engine, policy, asked, place)

    def all_judged(text: str) -> list[Validation]:
        return [judged(policy) for policy in (engine.policies_in(path.name, text) or Contents()).policies]

    def mended() -> tuple[Mended, int]:
        made = engine.fix_all_in(path.name, decoded.text, judged)
        return made, sum(len(engine.fix_all(validation).made) for validation in all_judged(made.text))

    def left(text: str) -> bool:
        inside = engine.policies_in(path.name, text) or Contents()
        return bool(inside.unread or inside.problem) or any(map(_is_left, all_judged(text)))

    return Fixable(path, decoded.text, mended, left)


def fix_files(engine: Engine, files: Iterable[Fixable], *, write: bool) -> bool:
    """Show what "fix all that keep the access the same" changes in each file as one unified diff, and with `write`
    make it so. Gives whether anything is left to find (in a dry run: was found). Raises UnusableInputError for a file
    that cannot be read or written; the files before it are done then, this one is as it was."""
    made, changed, left = 0, 0, False
    for file in files:
        mended, kept = file.mend()
        if mended.made:
            made += len(mended.made)
            changed += 1
            _show(file.path, file.text, mended)
            if write:
                _write(engine, file.path, file.text, mended.text)
        if kept:
            fixes = "1 fix that keeps" if kept == 1 else f"{kept:,} fixes that keep"
            print(
                f"{shown(str(file.path))}: {fixes} the access the same would change what the file says in its own "
                f"words or a comment in it, and {'is' if kept == 1 else 'are'} left to you.",
                file=sys.stderr,
            )
        left = left or file.anything_left(mended.text if write else file.text)
    sys.stdout.flush()
    print(_summary(made, changed, write=write), file=sys.stderr)
    return left


def _show(path: Path, before: str, mended: Mended) -> None:
    """One file's diff; what was done stands before it, where a program that reads diffs passes over it."""
    for code, label in mended.made:
        print(f"{shown(str(path))}: {shown(label)} [{code}]")
    name = shown(path.as_posix()).lstrip("/")
    end = "\t" if " " in name else ""  # where else a program that applies diffs ends the name at the blank
    for line in difflib.unified_diff(_lines(before), _lines(mended.text), f"a/{name}{end}", f"b/{name}{end}"):
        if sys.stdout.isatty():  # a program that applies the diff needs the characters, a terminal would obey them
            line = visible(line)
        sys.stdout.write(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")


def _lines(text: str) -> list[str]:
    """The lines with their ends as programs that apply diffs count them: only a line feed ends one."""
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
