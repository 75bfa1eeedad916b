"""The findings of one text as the pane needs them: made off the GUI thread, so that showing 10,000 of them is cheap.

Nothing here knows Qt. What is sorted is sorted once for each column; a filter is one look into each prepared text.
"""

from __future__ import annotations

import enum
import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from workbench.document.nodes import Document, Path
from workbench.engine import Validation
from workbench.findings.model import FailedCheck, Finding, FindingType
from workbench.findings.suppressions import sid_at

TYPE, CODE, DETAILS, PLACE, FIX = range(5)
WORDS = {
    FindingType.ERROR: "Error",
    FindingType.SECURITY_WARNING: "Security",
    FindingType.WARNING: "Warning",
    FindingType.SUGGESTION: "Suggestion",
}
NOUNS = {
    FindingType.ERROR: ("error", "errors"),
    FindingType.SECURITY_WARNING: ("security warning", "security warnings"),
    FindingType.WARNING: ("warning", "warnings"),
    FindingType.SUGGESTION: ("suggestion", "suggestions"),
}
_PLACE_IN_WORDS = re.compile(r" \(Line \d+, column \d+, index \d+\.\)$")


def said(finding: Finding) -> str:
    """A finding's sentence for the window, which shows the place beside it."""
    return _PLACE_IN_WORDS.sub("", finding.details)


class Grouping(enum.StrEnum):
    """By what the pane puts findings together."""

    NONE = "none"
    SEVERITY = "severity"
    CODE = "code"
    STATEMENT = "statement"


class Statement(NamedTuple):
    """The statement that a finding is about: its place among the others (-1: the whole policy), and how to call it."""

    order: int
    label: str


class Entry(NamedTuple):
    """A finding and all that a row says of it. `searched` is what a filter looks in, without capitals."""

    finding: Finding
    said: str
    place: str
    searched: str
    statement: Statement


class Group(NamedTuple):
    """A heading with the entries below it; `type` is that of the worst."""

    key: str
    label: str
    type: FindingType
    entries: tuple[Entry, ...]


class Shape(NamedTuple):
    """What the user chose to see: the words of the filter, the types hidden, and by what to group and sort."""

    needle: str = ""
    hidden: frozenset[FindingType] = frozenset()
    suppressed: bool = True  # whether those are shown
    grouping: Grouping = Grouping.NONE
    column: int = TYPE
    reverse: bool = False


_ORDER: tuple[Callable[[Entry], object], ...] = (
    lambda e: (e.finding.suppressed is not None, e.finding.type.rank, e.finding.span.start),
    lambda e: (e.finding.code, e.finding.span.start),
    lambda e: e.said,
    lambda e: e.finding.span.start,
    lambda e: (not e.finding.fixes, e.finding.span.start),
)


class Listing:
    """The findings of one text. `begun`: whether there is a text at all; `validation`: what they are of; `counts`: how
    many of each type there are that are not suppressed."""

    def __init__(self, validation: Validation) -> None:
        self.validation = validation
        self.begun = bool(validation.document.text.strip())
        found = validation.findings if self.begun else ()  # a policy not yet begun has no mistakes
        names: dict[Path, Statement] = {}
        self.entries = tuple(_entry(finding, validation.document, names) for finding in found)
        self.counts = Counter(finding.type for finding in found if finding.suppressed is None)
        self.suppressed = len(found) - self.counts.total()
        self.fixable = any(finding.fixes for finding in found)
        self.longest_code = max((len(code) for code in {f.code for f in found}), default=0)
        self._sorted = [sorted(self.entries, key=key) for key in _ORDER]  # type: ignore[arg-type]

    @property
    def document(self) -> Document:
        return self.validation.document

    @property
    def failed(self) -> tuple[FailedCheck, ...]:
        return self.validation.failed_checks

    def shown(self, shape: Shape) -> list[Entry]:
        """The entries that are to be seen, in order."""
        entries = self._sorted[shape.column]
        if shape.reverse:
            entries = entries[::-1]
        needle, hidden = shape.needle.casefold().strip(), shape.hidden
        if self.suppressed and not shape.suppressed:
            entries = [e for e in entries if e.finding.suppressed is None]
        if hidden:
            entries = [e for e in entries if e.finding.type not in hidden]
        return [e for e in entries if needle in e.searched] if needle else entries


def grouped(entries: Iterable[Entry], grouping: Grouping) -> tuple[Group, ...]:
    """The entries under headings, worst or first first; those of one heading keep their order."""
    found: dict[str, list[Entry]] = {}
    keys: dict[Grouping, Callable[[Entry], str]] = {
        Grouping.SEVERITY: lambda e: e.finding.type.value,
        Grouping.CODE: lambda e: e.finding.code,
        Grouping.STATEMENT: lambda e: str(e.statement.order),
    }
    key_of = keys[grouping]
    for entry in entries:
        found.setdefault(key_of(entry), []).append(entry)
    groups = [
        Group(key, _label(each[0], grouping), min({e.finding.type for e in each}, key=lambda t: t.rank), tuple(each))
        for key, each in found.items()
    ]
    if grouping is Grouping.STATEMENT:
        return tuple(sorted(groups, key=lambda g: g.entries[0].statement.order))
    return tuple(sorted(groups, key=lambda g: (g.type.rank, g.label)))


def _label(entry: Entry, grouping: Grouping) -> str:
    if grouping is Grouping.SEVERITY:
        plural = NOUNS[entry.finding.type][1]
        return plural[0].upper() + plural[1:]
    return entry.finding.code if grouping is Grouping.CODE else entry.statement.label


def _entry(finding: Finding, document: Document, names: dict[Path, Statement]) -> Entry:
    sentence = said(finding)
    path = _statement_path(finding.locations[0].path)
    statement = names.get(path)
    if statement is None:
        statement = names[path] = _statement(path, document)
    place = document.position(finding.span.start).for_people()
    return Entry(finding, sentence, place, f"{finding.code} {sentence}".casefold(), statement)


def _statement_path(path: Path) -> Path:
    if path[:1] != (("value", "Statement"),):
        return ()
    return path[:2] if len(path) > 1 and path[1][0] == "index" else path[:1]


def _statement(path: Path, document: Document) -> Statement:
    if not path:
        return Statement(-1, "The whole policy")
    order = path[1][1] if len(path) > 1 and isinstance(path[1][1], int) else 0
    name = sid_at(document, path)
    return Statement(order, f"Statement {order + 1}: {name}" if name else f"Statement {order + 1}")
