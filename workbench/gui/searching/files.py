"""Searching and replacing in many files: which there are, what is found in them, and the change to all of them.

Nothing here knows Qt; all of it is for jobs. Offsets are code points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.document.edits import Edit, apply_edits
from workbench.document.span import Span
from workbench.errors import WorkbenchError
from workbench.gui.editor.files import DiskFile, read_file, write_file
from workbench.project.model import Project
from workbench.project.other_files import other_files
from workbench.project.undoing import Change, content, take_back
from workbench.writing.found_lines import FoundLine, lines_of
from workbench.writing.searching import Hits, KeepOn, Search

LISTED = 10_000
"""Hits that are listed; all are counted and replaced."""


class Stale(WorkbenchError):
    """A file that is no longer what was searched."""


@dataclass(frozen=True, slots=True)
class Source:
    """A text to search: `key` is that of its tab, if it is open, and `text` what stands there, saved or not; None: what
    is in the file. `name` is how to speak of it."""

    key: str
    name: str
    path: Path | None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class FileHits:
    """What was found in one text. `lines`: the hits that are listed."""

    source: Source
    text: str
    hits: Hits
    lines: tuple[FoundLine, ...]


@dataclass(frozen=True, slots=True)
class Everything:
    """What was found in all of them; `unread`: a sentence for each file that could not be read."""

    files: tuple[FileHits, ...] = ()
    searched: int = 0
    unread: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return sum(len(file.hits) for file in self.files)


def sources_of(project: Project | None, open_texts: Sequence[Source]) -> list[Source]:
    """The project's files, in its order, then what else is open. An open one counts with the text of its tab. Raises
    ProjectError for a folder that cannot be read."""
    by_key = {source.key: source for source in open_texts}
    found: dict[str, Source] = {}
    if project is not None:
        for policy in project.policies:
            found[policy.key] = Source(policy.key, policy.key, project.path(policy.key))
        for path in other_files(project):
            found[path.as_posix()] = Source(path.as_posix(), path.relative_to(project.root).as_posix(), path)
    for key, source in by_key.items():
        name = found[key].name if key in found else source.name
        found[key] = Source(key, name, source.path, source.text)
    return list(found.values())


def find(sources: Iterable[Source], search: Search, keep_on: KeepOn) -> Everything:
    """What is found where. Raises what `keep_on` raises."""
    files: list[FileHits] = []
    unread: list[str] = []
    searched, left = 0, LISTED
    for source in sources:
        keep_on()
        try:
            text = _text(source)
        except WorkbenchError as error:
            unread.append(str(error))
            continue
        searched += 1
        hits = search.hits(text, keep_on=keep_on)
        if len(hits):
            lines = tuple(lines_of(text, hits, left))
            left -= len(lines)
            files.append(FileHits(source, text, hits, lines))
    return Everything(tuple(files), searched, tuple(unread))


def _text(source: Source) -> str:
    if source.text is not None:
        return source.text
    assert source.path is not None
    return read_file(source.path).text


@dataclass(frozen=True, slots=True)
class TextChange:
    """What replaces the hits of an open text."""

    key: str
    text: str
    edits: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class FileChange:
    """What is to be written to a file that is not open."""

    name: str
    file: DiskFile
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A replacement everywhere, worked out and not made yet."""

    texts: tuple[TextChange, ...]
    files: tuple[FileChange, ...]

    @property
    def count(self) -> int:
        return sum(len(text.edits) for text in self.texts) + sum(file.count for file in self.files)


def plan(found: Everything, now: Sequence[Source], search: Search, template: str, keep_on: KeepOn) -> Plan:
    """The change of everything that was `found`. `now`: the texts that are open. Raises Stale where a text is no longer
    what was searched, UnknownGroup, FileProblem."""
    open_now = {source.key: source for source in now}
    texts: list[TextChange] = []
    files: list[FileChange] = []
    for each in found.files:
        keep_on()
        source = open_now.get(each.source.key)
        edits = search.replacements(each.text, template, keep_on=keep_on)
        if source is not None:
            if source.text != each.text:
                raise Stale(f"{each.source.name} has changed since the search: nothing was replaced.")
            texts.append(TextChange(source.key, each.text, tuple(edits)))
            continue
        if each.source.path is None:
            raise Stale(f"{each.source.name} is closed since the search: nothing was replaced.")
        file = read_file(each.source.path)
        if file.text != each.text:
            raise Stale(f"{each.source.name} has changed since the search: nothing was replaced.")
        made = apply_edits(each.text, [Edit(Span(start, end), new) for start, end, new in edits])
        files.append(FileChange(each.source.name, file, made, len(edits)))
    return Plan(tuple(texts), tuple(files))


@dataclass(frozen=True, slots=True)
class Written:
    """The files that were written; `problem`: why one, and all behind it, were not."""

    changes: tuple[Change, ...]
    count: int
    problem: str = ""


def write(files: Sequence[FileChange]) -> Written:
    """Writes one after the other, each whole or not at all; stops at the first that cannot be written."""
    changes: list[Change] = []
    count = 0
    for each in files:
        path = each.file.path
        try:
            before = content(path)
            write_file(path, each.text, each.file)
            changes.append(Change(path, before, content(path)))
        except WorkbenchError as error:
            return Written(tuple(changes), count, str(error))
        count += each.count
    return Written(tuple(changes), count)


def undo(changes: Sequence[Change]) -> list[str]:
    """Makes the files what they were; a sentence for each that could not be."""
    said: list[str] = []
    for change in changes:
        try:
            take_back(change)
        except WorkbenchError as error:
            said.append(str(error))
    return said
