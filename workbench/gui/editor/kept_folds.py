"""What is folded in a text, as a session keeps it: the lines, and what the text was, for they are lines of that text
alone. Gathered a slice a turn once something was folded or edited; nothing is done for a text without folds."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Generator, Iterable, Iterator
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.gui.editor.blocks import is_folded, was_folded
from workbench.gui.editor.folding import Folding
from workbench.gui.editor.policy_text import PolicyText
from workbench.gui.editor.slices import Slices

QUIET_MS = 250
CHUNK = 100_000
MOST_LINES = 1_000_000
MOST_LENGTH = 100_000
"""Characters that the lines of one text may take in a session; of a text with more folds none are kept."""

_WORD = re.compile(r"([0-9]{1,9})(?:\*([0-9]{1,9}))?")


class Folds(NamedTuple):
    """`digest` of the text, and the distances from each folded line to the next as `pack` writes them, short."""

    digest: str
    gaps: str


def digest_of(text: str) -> Generator[None, None, str]:
    """Returns what tells a text from others; yields every millisecond or less, for `Slices`."""
    digest = hashlib.sha256()
    for at in range(0, len(text), CHUNK):
        digest.update(text[at : at + CHUNK].encode("utf-8", "surrogatepass"))
        yield
    return digest.hexdigest()[:32]


def pack(lines: Iterable[int]) -> str:
    """Line numbers, in order, as `Folds` has them: each distance with how often it comes in a row, if it is not once.

    >>> pack([3, 8, 13, 18, 20])
    '3 5*3 2'
    """
    gaps = [now - before for before, now in pairwise((0, *lines))]
    runs = ((gap, sum(1 for _ in same)) for gap, same in groupby(gaps))
    return " ".join(f"{gap}*{count}" if count > 1 else str(gap) for gap, count in runs)


def unpack(gaps: str) -> list[int]:
    """The line numbers again; none of what `pack` has not made.

    >>> unpack("3 5*3 2"), unpack("1 x"), unpack("-1")
    ([3, 8, 13, 18, 20], [], [])
    """
    words = [_WORD.fullmatch(word) for word in gaps.split(" ")] if len(gaps) <= MOST_LENGTH else []
    runs = [(int(word[1]), int(word[2] or 1)) for word in words if word is not None]
    if len(runs) < len(words) or sum(count for _, count in runs) > MOST_LINES:
        return []
    return list(accumulate(gap for gap, count in runs for _ in range(count)))


class KeptFolds(QObject):
    """Of one text. `known`: its folds as of the last look, None if there are none; `changed`: they are others now."""

    changed = Signal()

    def __init__(self, text: PolicyText, parent: QObject) -> None:
        super().__init__(parent)
        self.known: Folds | None = None
        self._text = text
        self._slices = Slices(self)
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._quiet.timeout.connect(self._look)
        text.edited.connect(self._edited)
        text.loaded.connect(self._edited)

    def watch(self, folding: Folding) -> None:
        """Follows a view of the text."""
        folding.changed.connect(self._look_soon)

    def expect(self, folds: Folds | None) -> None:
        """These are to be put back once the text is there: until then they are what is known."""
        self.known = folds

    def now(self) -> None:
        """Looks without waiting, however long the text is: the program ends, or the text goes."""
        if (self._quiet.isActive() or self._slices.busy) and not self._text.loading:
            self._quiet.stop()
            self._slices.stop()
            for _ in self._gather():
                pass

    def _look_soon(self) -> None:
        self._slices.stop()
        self._quiet.start()

    def _edited(self) -> None:
        if self.known is not None or self._slices.busy or self._quiet.isActive():
            self._look_soon()

    def _look(self) -> None:
        if not self._text.loading:
            self._slices.start(self._gather)

    def _gather(self) -> Iterator[None]:
        lines: list[int] = []
        block, number = self._text.document.begin(), 0
        while block.isValid():
            if was_folded(block) or is_folded(block):
                lines.append(number)
            block, number = block.next(), number + 1
            if not number % 200:
                yield
        gaps, known = pack(lines), None
        if lines and len(gaps) <= MOST_LENGTH:
            known = Folds((yield from digest_of(self._text.text())), gaps)
        if known != self.known:
            self.known = known
            self.changed.emit()
