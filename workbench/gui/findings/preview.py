"""What a fix changes, line by line, as few lines as show it. Knows no Qt.

Only the lines that edits touch are looked at, so the cost is theirs and not the document's.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from workbench.document.edits import Edit, apply_edits
from workbench.document.span import Span

CONTEXT = 1
"""Unchanged lines shown before and after."""
MOST_LINES = 40
_MOST_COMPARED = 200
"""Of longer places what is between their common lines is shown as gone, then as come: comparing all lines with all
takes quadratic time."""


_LONG = 400
"""So much of a line is looked at before and after an edit: a minified policy is one line of any length."""


class DiffLine(NamedTuple):
    """`sign`: "-" goes, "+" comes, " " stays, "…" stands for lines left out. `start` and `end`: the part of the text
    that differs from the line it stands for (equal: none, or all of it)."""

    sign: str
    text: str
    start: int = 0
    end: int = 0


def preview(text: str, edits: Sequence[Edit], most: int = MOST_LINES) -> tuple[DiffLine, ...]:
    """The lines that the edits change with one line around them, their common indentation taken off; at most `most`."""
    lines: list[DiffLine] = []
    for start, end, own in _places(text, edits):
        front = "…" if start > 0 and text[start - 1] != "\n" else ""
        back = "…" if end < len(text) and text[end] != "\n" else ""
        before, by = f"{front}{text[start:end]}{back}", start - len(front)
        moved = [Edit(Span(e.span.start - by, e.span.end - by), e.text) for e in own]
        found = _compared(_lines(before), _lines(apply_edits(before, moved)))
        if lines and found:
            lines.append(DiffLine("…", ""))
        lines += found
    if len(lines) > most:
        left = len(lines) - most + 1
        lines = [*lines[: most - 1], DiffLine("…", f"{left:,} more lines")]
    return _dedented(lines)


def _places(text: str, edits: Sequence[Edit]) -> Iterator[tuple[int, int, list[Edit]]]:
    """The stretches of whole lines that the edits touch, with the lines around them; near ones are one."""
    place: tuple[int, int, list[Edit]] | None = None
    for edit in edits:
        start, end = _line_start(text, edit.span.start), _line_end(text, edit.span.end)
        for _ in range(CONTEXT):
            start, end = _line_start(text, max(start - 1, 0)), _line_end(text, min(end + 1, len(text)))
        if place is not None and start <= place[1] + 1:
            place = place[0], max(end, place[1]), [*place[2], edit]
            continue
        if place is not None:
            yield place
        place = start, end, [edit]
    if place is not None:
        yield place


def _line_start(text: str, offset: int) -> int:
    """Where the line begins, or what is near enough of a long one."""
    return max(text.rfind("\n", 0, offset) + 1, offset - _LONG)


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset, offset + _LONG)
    return min(offset + _LONG, len(text)) if end < 0 else end


def _lines(text: str) -> list[str]:
    return text.replace("\t", "    ").split("\n")


def _compared(old: list[str], new: list[str]) -> list[DiffLine]:
    if max(len(old), len(new)) > _MOST_COMPARED:
        most = min(len(old), len(new))
        start = next((i for i in range(most) if old[i] != new[i]), most)
        back = next((i for i in range(most - start) if old[-1 - i] != new[-1 - i]), most - start)
        return [
            *_around(old[:start], first=True, last=False),
            *(DiffLine("-", line) for line in old[start : len(old) - back]),
            *(DiffLine("+", line) for line in new[start : len(new) - back]),
            *_around(old[len(old) - back :], first=False, last=True),
        ]
    lines: list[DiffLine] = []
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            lines += _around(old[i1:i2], first=i1 == 0, last=i2 == len(old))
            continue
        gone, come = old[i1:i2], new[j1:j2]
        if len(gone) == len(come):
            parts = [_differing(a, b) for a, b in zip(gone, come, strict=True)]
        else:
            parts = [((0, 0), (0, 0))] * max(len(gone), len(come))
        lines += [DiffLine("-", line, *parts[at][0]) for at, line in enumerate(gone)]
        lines += [DiffLine("+", line, *parts[at][1]) for at, line in enumerate(come)]
    return lines


def _around(same: list[str], *, first: bool, last: bool) -> list[DiffLine]:
    """Lines that stay: the nearest ones to what changes."""
    head = [] if first else same[:CONTEXT]
    tail = [] if last else same[max(len(same) - CONTEXT, len(head)) :]
    left = len(same) - len(head) - len(tail)
    if head and tail and left == 1:  # the line itself takes no more room than a mark for it
        return [DiffLine(" ", line) for line in same]
    gap = [DiffLine("…", "")] if head and tail and left else []
    return [*(DiffLine(" ", line) for line in head), *gap, *(DiffLine(" ", line) for line in tail)]


def _differing(old: str, new: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """The parts of two lines between what they begin and what they end with alike."""
    most = min(len(old), len(new))
    start = next((i for i in range(most) if old[i] != new[i]), most)
    back = next((i for i in range(most - start) if old[-1 - i] != new[-1 - i]), most - start)
    return (start, len(old) - back), (start, len(new) - back)


def _dedented(lines: Sequence[DiffLine]) -> tuple[DiffLine, ...]:
    indents = [len(line.text) - len(line.text.lstrip()) for line in lines if line.sign != "…" and line.text.strip()]
    cut = min(indents, default=0)
    return tuple(
        line
        if line.sign == "…"
        else line._replace(text=line.text[cut:], start=max(line.start - cut, 0), end=max(line.end - cut, 0))
        for line in lines
    )
