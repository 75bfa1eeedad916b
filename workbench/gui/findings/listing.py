"""The findings of one text as the pane needs them: made off the GUI thread, so that showing 10,000 of them is cheap.

Nothing here knows Qt. What is sorted is sorted once for each column; a filter is one look into each prepared text.
"""

from __future__ import annotations

import enum
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from workbench.document.nodes import Document, Path
from workbench.document.span import Span
from workbench.document.unseen import visible
from workbench.engine import Validation
from workbench.findings.model import FailedCheck, Finding, FindingType
from workbench.findings.suppressions import sid_at
from workbench.patience import check

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


class Entry(NamedTuple):
    """A finding and all that a row says of it. `searched` is what a filter looks in, without capitals; `under`: the
    numbers of the headings that it stands under, one for each grouping."""

    finding: Finding
    said: str
    place: str
    searched: str
    rank: int
    under: tuple[int, ...]


class Heading(NamedTuple):
    """What entries are put under. Headings are compared as they stand in the list."""

    order: int
    label: str
    key: str


class Group(NamedTuple):
    """A heading with the entries below it; `type` is that of the worst."""

    key: str
    label: str
    type: FindingType
    entries: Sequence[Entry]


class Shape(NamedTuple):
    """What the user chose to see: the words of the filter, the types hidden, and by what to group and sort."""

    needle: str = ""
    hidden: frozenset[FindingType] = frozenset()
    suppressed: bool = True  # whether those are shown
    grouping: Grouping = Grouping.NONE
    column: int = TYPE
    reverse: bool = False


_ORDER: tuple[Callable[[Entry], object], ...] = (
    lambda e: (e.finding.suppressed is not None, e.rank, e.finding.span.start),
    lambda e: (e.finding.code, e.finding.span.start),
    lambda e: e.said,
    lambda e: e.finding.span.start,
    lambda e: (not e.finding.fixes, e.finding.span.start),
)
_TYPES = tuple(FindingType)
_GROUPINGS = (Grouping.SEVERITY, Grouping.CODE, Grouping.STATEMENT)


_LONG = 10_000
"""Characters of a span from which it is looked at by itself: one over the whole text would make every look-up long."""


class Spans:
    """Spans, found by place: what is looked at is what is there, and not all 10,000."""

    def __init__(self, spans: Iterable[Span]) -> None:
        listed = sorted((span.start, span.end, number) for number, span in enumerate(spans))
        self._listed = listed
        self._starts = [start for start, _, _ in listed]
        self._long = [one for one in listed if one[1] - one[0] >= _LONG]
        self._longest = max((end - start for start, end, _ in listed if end - start < _LONG), default=0)

    def around(self, offset: int) -> list[int]:
        """The numbers of the spans with start <= offset <= end, in order."""
        near = self._listed[self._between(offset - self._longest, offset)]
        found = {number for _, end, number in near if offset <= end}
        return sorted(found.union(number for start, end, number in self._long if start <= offset <= end))

    def begun_in(self, start: int, end: int) -> list[int]:
        """The numbers of the spans that begin in [start, end], in order."""
        return sorted(number for _, _, number in self._listed[self._between(start, end)])

    def _between(self, start: int, end: int) -> slice:
        return slice(bisect_left(self._starts, start), bisect_right(self._starts, end))


class Listing:
    """The findings of one text. `begun`: whether there is a text at all; `validation`: what they are of; `counts`: how
    many of each type there are that are not suppressed."""

    def __init__(self, validation: Validation) -> None:
        self.validation = validation
        self.begun = bool(validation.document.text.strip())
        found = validation.findings if self.begun else ()  # a policy not yet begun has no mistakes
        self.counts = Counter(finding.type for finding in found if finding.suppressed is None)
        self.suppressed = len(found) - self.counts.total()
        self.fixable = any(finding.fixes for finding in found)
        self.longest_code = max((len(code) for code in {f.code for f in found}), default=0)
        worst: dict[str, int] = {}
        for finding in found:
            worst[finding.code] = min(finding.type.rank, worst.get(finding.code, len(_TYPES)))
        statements: dict[Path, Heading] = {}
        under = [_headings_of(finding, worst[finding.code], validation.document, statements) for finding in found]
        self._headings = [sorted(set(column)) for column in zip(*under, strict=True)]
        numbers = [{heading: n for n, heading in enumerate(column)} for column in self._headings]
        self.entries = tuple(
            _entry(finding, validation.document, tuple(n[h] for n, h in zip(numbers, own, strict=True)))
            for finding, own in zip(found, under, strict=True)
        )
        self._sorted = [sorted(self.entries, key=key) for key in _ORDER]  # type: ignore[arg-type]
        self._spans = Spans(finding.span for finding in found)

    @property
    def document(self) -> Document:
        return self.validation.document

    def around(self, offset: int) -> list[Finding]:
        """The findings whose span an offset is in or beside, in the order of the validation."""
        return [self.entries[number].finding for number in self._spans.around(offset)]

    def begun_in(self, start: int, end: int) -> list[Finding]:
        """The findings whose span begins in [start, end], in the order of the validation."""
        return [self.entries[number].finding for number in self._spans.begun_in(start, end)]

    @property
    def failed(self) -> tuple[FailedCheck, ...]:
        return self.validation.failed_checks

    def matching(self, needle: str) -> Counter[FindingType | None]:
        """How many of each type the words of a filter leave, whether or not their type is shown; under None: how many
        that are suppressed."""
        words = needle.casefold().strip()
        found = [e.finding for e in self.entries if words in e.searched] if words else self.validation.findings
        return Counter(None if finding.suppressed is not None else finding.type for finding in found)

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

    def grouped(self, entries: Iterable[Entry], grouping: Grouping) -> tuple[Group, ...]:
        """Entries of this listing under their headings; those of one heading keep their order."""
        if not self.entries:
            return ()
        at = _GROUPINGS.index(grouping)
        headings = self._headings[at]
        found: list[list[Entry]] = [[] for _ in headings]
        for entry in entries:
            found[entry.under[at]].append(entry)
        return tuple(
            [
                Group(heading.key, heading.label, _TYPES[min([e.rank for e in each])], each)
                for heading, each in zip(headings, found, strict=True)
                if each
            ]
        )


def _headings_of(
    finding: Finding, worst: int, document: Document, statements: dict[Path, Heading]
) -> tuple[Heading, ...]:
    """By severity the worst first, by code those whose worst finding is worst, by statement in their order."""
    plural, rank, path = NOUNS[finding.type][1], finding.type.rank, _statement_path(finding.locations[0].path)
    check()
    statement = statements.get(path)
    if statement is None:
        statement = statements[path] = _statement(path, document)
    severity = Heading(rank, plural[0].upper() + plural[1:], finding.type.value)
    return severity, Heading(worst, finding.code, finding.code), statement


def _entry(finding: Finding, document: Document, under: tuple[int, ...]) -> Entry:
    sentence = visible(said(finding))
    place = document.position(finding.span.start).for_people()
    check()
    return Entry(finding, sentence, place, f"{finding.code} {sentence}".casefold(), finding.type.rank, under)


def _statement_path(path: Path) -> Path:
    if path[:1] != (("value", "Statement"),):
        return ()
    return path[:2] if len(path) > 1 and path[1][0] == "index" else path[:1]


def _statement(path: Path, document: Document) -> Heading:
    """The heading of a statement; before all others that of what is about no statement."""
    if not path:
        return Heading(-1, "The whole policy", "")
    order = path[1][1] if len(path) > 1 and isinstance(path[1][1], int) else 0
    name = sid_at(document, path)
    return Heading(order, f"Statement {order + 1}: {name}" if name else f"Statement {order + 1}", str(order))
