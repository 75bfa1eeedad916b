"""What the outline shows, made off the GUI thread: the statements of a text, and the findings of each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from workbench.document.nodes import Document, Path
from workbench.document.parser import parse
from workbench.findings.model import Finding
from workbench.gui.editor.underlines import TOKEN_OF
from workbench.gui.text_units import Units
from workbench.patience import check
from workbench.writing.outline import Entry, meant, outline


@dataclass(frozen=True, slots=True)
class Found:
    """How many findings a statement has, and the token of the worst."""

    count: int
    worst: str


@dataclass(frozen=True, slots=True)
class Outline:
    """The statements of one text, in order; `found` by their index. `places`: where each begins and ends, in Qt's
    count."""

    entries: Sequence[Entry] = ()
    found: dict[int, Found] = field(default_factory=dict)
    places: Sequence[tuple[int, int]] = ()

    def row_at(self, place: int) -> int | None:
        """The row of the statement at Qt's `place` of the text that this is of; None between statements."""
        row = bisect_right(self.places, (place, 2**62)) - 1
        return row if row >= 0 and place <= self.places[row][1] else None

    def row_near(self, place: int) -> int:
        """The row of the statement at Qt's `place`, else of the one before it; the first if there is none before."""
        return max(bisect_right(self.places, (place, 2**62)) - 1, 0)

    def rows(self, typed: str) -> list[int]:
        """The rows that `typed` may mean, in the order of the text."""
        row_of = {entry.index: row for row, entry in enumerate(self.entries)}
        return sorted(row_of[entry.index] for entry in meant(self.entries, typed))


def read_outline(text: str, document: Document | None, findings: Iterable[Finding]) -> Outline:
    """The outline of `text`; `document` is its tree where somebody has it, `findings` are those of the tree."""
    entries = outline(document or parse(text))
    units = Units(text)
    places = [(units.to_qt(entry.span.start), units.to_qt(entry.span.end)) for entry in entries]
    return Outline(entries, _found(findings), places)


def _found(findings: Iterable[Finding]) -> dict[int, Found]:
    counts: dict[int, tuple[int, int, str]] = {}
    for finding in findings:
        check()
        index = _statement_of(finding.locations[0].path)
        if index is None or finding.suppressed is not None:
            continue
        count, rank, worst = counts.get(index, (0, 99, ""))
        if finding.type.rank < rank:
            rank, worst = finding.type.rank, TOKEN_OF[finding.type]
        counts[index] = count + 1, rank, worst
    return {index: Found(count, worst) for index, (count, _, worst) in counts.items()}


def _statement_of(path: Path) -> int | None:
    """The index of the statement that a path leads into; a Statement that is no list has but one."""
    if path[:1] != (("value", "Statement"),):
        return None
    step = path[1] if len(path) > 1 else None
    return step[1] if step is not None and step[0] == "index" and isinstance(step[1], int) else 0
