"""`suppressions.toml` of a project or folder and `NAME.suppressions.toml` beside a policy: read, checked, added to.

An entry that is none is reported at its own place and does not suppress; the others do. Source: findings.md section 5.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from workbench.document.decoding import decode
from workbench.document.nodes import Document
from workbench.document.replacing import replace_file
from workbench.document.span import Span
from workbench.findings.codes import CODES
from workbench.findings.model import Finding, Location
from workbench.findings.suppressions import (
    NOWHERE,
    Suppression,
    covers,
    defect_of,
    matches_file,
    proposed,
    stale_location,
    why_stale,
)
from workbench.policy.names import near_match
from workbench.project.model import Project, ProjectError

NAME = "suppressions.toml"
_KEYS = ("code", "file", "path", "sid", "value", "reason", "author", "created", "expires")
_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*suppression[ \t]*\]\][^\r\n]*", re.MULTILINE)
_NO_HEADER = re.compile(
    r'""".*?(?:"""|\Z)|' + r"'''.*?(?:'''|\Z)|#[^\n]*|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'", re.DOTALL
)
_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_TOP = Location((), NOWHERE)
_PLACE_OF_ERROR = re.compile(r"\(at line (\d+), column (\d+)\)")


class SuppressionFile(NamedTuple):
    """A file of suppressions as read: its text, the entries, and what is wrong with others."""

    path: Path
    text: str
    entries: tuple[Suppression, ...]
    problems: tuple[Finding, ...]


def beside(policy: Path) -> Path:
    """Where the suppressions of one bare file stand."""
    return policy.with_name(f"{policy.name.removesuffix('.json')}.{NAME}")


def read_suppressions(path: Path) -> SuppressionFile | None:
    """The suppressions in a file, None if there is no such file. Raises ProjectError if it cannot be opened."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ProjectError(f"{path} cannot be read: {error.strerror}.") from error
    return parse_suppressions(path, decode(data).text)


def parse_suppressions(path: Path, text: str) -> SuppressionFile:
    """The same for a text. Never raises."""
    import tomllib  # most files have none beside them

    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = _PLACE_OF_ERROR.search(str(error))
        at = _offset(text, int(place[1]), int(place[2])) if place else 0
        sentence = f"This is no TOML: {_PLACE_OF_ERROR.sub('', str(error)).strip() or 'it nests too deep'}."
        return SuppressionFile(path, text, (), (_invalid(sentence, Location((), Span(at, min(at + 1, len(text))))),))
    entries: list[Suppression] = []
    problems: list[Finding] = []
    for key in tables:
        if key != "suppression":
            problems.append(_invalid(f"There is no table {key!r} here; write [[suppression]].", _TOP))
    listed = tables.get("suppression", [])
    if not isinstance(listed, list):
        return SuppressionFile(path, text, (), (_invalid("Write [[suppression]].", _TOP),))
    places = _places(text, len(listed))
    for index, table in enumerate(listed):
        made = _entry(table, places[index], index)
        if isinstance(made, Suppression):
            entries.append(made)
        else:
            location = Location((("value", "suppression"), ("index", index)), places[index])
            problems.append(_invalid(made, location))
    return SuppressionFile(path, text, tuple(entries), tuple(problems))


def stale(
    file: SuppressionFile, used: Collection[Suppression], seen: Iterable[str], today: date
) -> tuple[Finding, ...]:
    """The findings about the file itself: entries that are none, and those that suppress nothing any more. `seen`: the
    paths of all policies that the entries could mean, `used`: the entries that covered a finding of one."""
    paths = tuple(seen)
    found = list(file.problems)
    for entry in file.entries:
        if entry in used:
            continue
        details = why_stale(entry, today, file_seen=any(matches_file(entry, path) for path in paths))
        found.append(_about_file("SUPPRESSION_STALE", details, stale_location(entry)))
    return tuple(sorted(found, key=lambda f: f.span))


def with_suppression(text: str, entry: Suppression) -> str:
    """The text of a file of suppressions with one entry more, the rest as it is. Raises ValueError where the text is no
    TOML or has the name for something else."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = ["[[suppression]]"]
    for key in _KEYS:
        value = getattr(entry, key)
        if isinstance(value, date):
            lines.append(f"{key} = {value.isoformat()}")
        elif value or (key == "value" and value is not None):
            lines.append(f"{key} = {_quoted(value)}")
    block = newline.join(lines) + newline
    if text and not text.endswith(("\n", "\r")):
        text += newline
    new = f"{text}{newline}{block}" if text.strip() else f"{text}{block}"
    before, after = (parse_suppressions(Path(), each) for each in (text, new))
    own = replace(entry, place=NOWHERE, index=0)
    added = [replace(e, place=NOWHERE, index=0) for e in after.entries[len(before.entries) :]]
    if added != [own]:
        problem = next(iter(after.problems), None)
        raise ValueError(problem.details if problem else "Its suppressions are not written as [[suppression]].")
    return new


def add_suppression(path: Path, entry: Suppression) -> None:
    """Adds an entry to a file, which is made if it is not there; the file is replaced as a whole or not at all. Raises
    ProjectError with one sentence."""
    _replace(path, lambda text: with_suppression(text, entry))


def _replace(path: Path, change: Callable[[str], str]) -> None:
    try:
        text = decode(path.read_bytes()).text if path.exists() else ""
        replace_file(path, change(text).encode("utf-8"))
    except ValueError as error:
        raise ProjectError(f"{path} was left as it is: {error}") from error
    except OSError as error:
        raise ProjectError(f"{path} cannot be written: {error.strerror}.") from error


def without_suppressions(text: str, gone: Collection[Suppression]) -> str:
    """The text of a file of suppressions without these of its entries; all else is as it is, comments too. Raises
    ValueError where they are not written as [[suppression]]."""
    left = [replace(e, place=NOWHERE, index=0) for e in parse_suppressions(Path(), text).entries if e not in gone]
    bare, new = _bare(text), text
    for entry in sorted(gone, key=lambda each: each.place.start, reverse=True):
        start, end = _written(text, bare, entry)
        new = new[:start] + new[end:]
    as_tables = all(_HEADER.match(bare, bare.rfind("\n", 0, entry.place.start) + 1) for entry in gone)
    if not as_tables or [replace(e, place=NOWHERE, index=0) for e in parse_suppressions(Path(), new).entries] != left:
        raise ValueError("Its suppressions are not written as [[suppression]].")
    return new


def _written(text: str, bare: str, entry: Suppression) -> tuple[int, int]:
    """From where to where the lines of an entry stand, with one empty line above it. A comment below it is the next
    one's."""
    start = text.rfind("\n", 0, entry.place.start) + 1
    following = _TABLE.search(bare, entry.place.end)
    lines = _LINE.findall(text[start : following.start() if following is not None else len(text)])
    while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    end = start + sum(map(len, lines))
    empty = next((line for line in ("\r\n", "\n") if text[:start].endswith(f"\n{line}")), "")
    return start - len(empty), end


def take_back_for(project: Project | None, key: str, document: Document, finding: Finding) -> Path:
    """Takes the entries that suppress a finding out of the file in which they stand. Gives that file. Raises
    ProjectError with one sentence; then the file is as it is."""
    file, name = suppressions_for(project, key)
    if file is None:
        raise ProjectError("The file of suppressions is gone: nothing is suppressed by it any more.")
    mine = [
        e for e in file.entries if e.code == finding.code and matches_file(e, name) and covers(e, finding, document)
    ]
    if not mine:
        raise ProjectError(f"{file.path.name} has been changed: it does not suppress this finding any more.")
    _replace(file.path, lambda text: without_suppressions(text, mine))
    return file.path


def suppressions_for(project: Project | None, key: str) -> tuple[SuppressionFile | None, str]:
    """The suppressions that a file is under, and how they call it: a policy of a project by its key, any other by its
    name. Raises ProjectError."""
    if project is not None and project.policy(key) is not None:
        return read_suppressions(project.root / NAME), key
    path = Path(key)
    return (read_suppressions(beside(path)) if path.is_absolute() else None), path.name


def add_for(
    project: Project | None, key: str, document: Document, finding: Finding, reason: str, expires: date | None
) -> Path:
    """Suppresses a finding where the file's suppressions stand. Gives that file. Raises ProjectError."""
    of_project = project is not None and project.policy(key) is not None
    path = project.root / NAME if project is not None and of_project else beside(Path(key))
    try:
        entry = proposed(finding, document, key if of_project else Path(key).name, reason, expires)
    except ValueError as error:
        raise ProjectError(str(error)) from error
    add_suppression(path, entry)
    return path


def _entry(table: Any, place: Span, index: int) -> Suppression | str:
    """The entry that a table is, or the sentence why it is none."""
    if not isinstance(table, dict):
        return "A suppression is a table; write [[suppression]]."
    for key, value in table.items():
        if key not in _KEYS:
            guess = near_match(key, _KEYS)
            return f"There is no key {key!r} in a suppression; " + (
                f"did you mean {guess!r}?" if guess else f"known are {', '.join(_KEYS)}."
            )
        if key in ("created", "expires"):
            if _date(value) is None:
                return f"{key} must be a date such as 2027-01-31."
        elif not isinstance(value, str):
            return f"{key} must be a string in quotes."
    for key in ("code", "file", "reason"):
        if not table.get(key, "").strip():
            return f"A suppression needs {'an issue code' if key == 'code' else f'a {key}'}: {key} is missing."
    entry = Suppression(
        **{key: value for key, value in table.items() if key not in ("created", "expires")},
        created=_date(table.get("created")),
        expires=_date(table.get("expires")),
        place=place,
        index=index,
    )
    entry = replace(entry, reason=entry.reason.strip())
    known = CODES.get(entry.code)
    return defect_of(entry, known.type if known else None) or entry


def _date(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _places(text: str, count: int) -> list[Span]:
    """The line of each `[[suppression]]`; TOML's reader does not tell. The beginning of the file where they stand in
    another form."""
    found = list(_HEADER.finditer(_bare(text)))
    if len(found) != count:
        return [NOWHERE] * count
    return [Span(m.start() + len(m[0]) - len(m[0].lstrip()), m.start() + len(m[0].rstrip())) for m in found]


def _bare(text: str) -> str:
    """The text with blanks in place of strings and comments, every line as long as it was."""
    return _NO_HEADER.sub(lambda m: re.sub(r"[^\r\n]", " ", m[0]), text)


def _offset(text: str, line: int, column: int) -> int:
    lines = text.split("\n")
    return min(sum(len(each) + 1 for each in lines[: line - 1]) + column - 1, max(len(text) - 1, 0))


def _quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = "".join(f"\\{c}" if c in '"\\' else c if c.isprintable() else f"\\U{ord(c):08x}" for c in text)
    return f'"{escaped}"'


def _invalid(sentence: str, location: Location) -> Finding:
    return _about_file("SUPPRESSION_INVALID", sentence, location)


def _about_file(code: str, details: str, location: Location) -> Finding:
    known = CODES[code]
    return Finding(known.type, code, details, (location,), known.origin, known.confidence)
