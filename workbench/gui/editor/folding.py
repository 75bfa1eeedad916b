"""Objects and lists that are folded behind the line that opens them: the commands, and what makes a fold open again.

Nothing is edited or found while it is hidden: the caret, a change and a place that is shown open the folds over them.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QTextBlock, QTextCursor

from workbench.gui.editor.blocks import after, before, header_of, is_folded, last_hidden, set_was_folded, was_folded
from workbench.gui.editor.slices import Slices
from workbench.writing.folding import Region, Scan, balance, closing, hides_something, opens

if TYPE_CHECKING:
    from workbench.gui.editor.text_edit import PolicyEdit

MOST = 5_000
"""Lines that one fold may hide: Qt lays out and passes over what is hidden, too, whenever it paints the place."""
LAID_OUT_AT_ONCE = 500
KEPT = 20_000
"""Lines of a text up to which folds are found again when it is read anew."""

_Key: TypeAlias = tuple[str, str, int]

_Keys, _Mode = QKeySequence.StandardKey, QTextCursor.MoveMode
_FORWARD = {
    _Keys.MoveToNextChar: _Mode.MoveAnchor,
    _Keys.MoveToNextWord: _Mode.MoveAnchor,
    _Keys.SelectNextChar: _Mode.KeepAnchor,
    _Keys.SelectNextWord: _Mode.KeepAnchor,
}
_BACK = {
    _Keys.MoveToPreviousChar: _Mode.MoveAnchor,
    _Keys.MoveToPreviousWord: _Mode.MoveAnchor,
    _Keys.SelectPreviousChar: _Mode.KeepAnchor,
    _Keys.SelectPreviousWord: _Mode.KeepAnchor,
}


class Folding(QObject):
    """Belongs to one PolicyEdit."""

    changed = Signal()
    """Something was folded or unfolded."""
    told = Signal(str)
    """What a command has done, or why it has not, in a sentence."""

    def __init__(self, edit: PolicyEdit) -> None:
        super().__init__(edit)
        self._edit = edit
        self._slices = Slices(self)
        self._kept: list[_Key] = []
        self._lines = 0
        self._used = False  # whether anything was ever folded
        edit.document().contentsChange.connect(self._text_changed)
        edit.cursorPositionChanged.connect(self._open_at_caret)
        edit.installEventFilter(self)

    @property
    def busy(self) -> bool:
        """Whether a command is still at work on a long text."""
        return self._slices.busy

    def can_fold(self, block: QTextBlock) -> bool:
        """Whether a line, which is shown, opens something that goes on below it. Costs a look at two lines."""
        following = block.next()
        return following.isValid() and opens(block.text()) and hides_something(following.text())

    # -- one fold -------------------------------------------------------------------------------------------------

    def toggle(self, block: QTextBlock) -> None:
        """Folds or unfolds what a line opens."""
        if is_folded(block):
            self.unfold(block)
        elif self.can_fold(block):
            self._fold_or_tell(block)

    def fold_here(self) -> None:
        """Folds what the caret's line opens, or else what is around it; pressed again, what is around that."""
        block = self._edit.textCursor().block()
        if not is_folded(block) and self.can_fold(block):
            self._fold_or_tell(block)
            return
        around = self._around(block)
        if around is None:
            self.told.emit("Nothing around the caret can be folded.")
        else:
            self._fold_or_tell(around)

    def unfold_here(self) -> None:
        """Unfolds what is folded behind the caret's line."""
        block = self._edit.textCursor().block()
        if is_folded(block):
            self.unfold(block)
        else:
            self.told.emit("Nothing is folded in this line.")

    def unfold(self, header: QTextBlock) -> None:
        """Shows what is folded behind a line; what was folded in it stays so."""
        run: list[QTextBlock] = []
        block = header.next()
        while block.isValid() and not block.isVisible():
            run.append(block)
            block = block.next()
        inner: dict[int, Region] = {}
        if any(was_folded(block) for block in run):
            scan = Scan()
            for block in run:
                scan.line(block.blockNumber(), block.text())
            inner = scan.regions
        hidden_to = -1
        for number, block in enumerate(run, header.blockNumber() + 1):
            if number > hidden_to:
                block.setVisible(True)
                if was_folded(block) and number in inner:
                    hidden_to = inner[number].last
                else:
                    set_was_folded(block, False)
        set_was_folded(header, False)
        if run:
            end = run[-1].position() + run[-1].length()
            self._edit.document().markContentsDirty(header.position(), end - header.position() - 1)
            self.changed.emit()

    def _fold_or_tell(self, header: QTextBlock) -> None:
        last = self._last_hidden(header)
        number = header.blockNumber() + 1
        if isinstance(last, str):
            self.told.emit(last)
        elif last - number < LAID_OUT_AT_ONCE:
            self._hide(header, last)
        else:
            self._slices.start(lambda: self._hide_long(header, last))

    def _last_hidden(self, header: QTextBlock) -> int | str:
        """The number of the last line that folding hides, or why there is none."""
        first = header.blockNumber()
        scan, block, number = Scan(), header, first
        while block.isValid() and number <= first + MOST + 1:
            scan.line(number, block.text())
            if not scan.is_open:
                break
            block, number = block.next(), number + 1
        region = scan.regions.get(first)
        if region is not None and region.last - first <= MOST:
            return region.last
        if region is not None or block.isValid():
            return f"Line {first + 1:,} opens more than {MOST:,} lines, too many to fold: fold what is in it."
        return f"What line {first + 1:,} opens is not closed: it cannot be folded."

    def _hide(self, header: QTextBlock, last: int) -> None:
        caret = self._edit.textCursor().blockNumber()
        if header.blockNumber() < caret <= last:
            self._caret_to(header)
        set_was_folded(header, True)
        block = header.next()
        while block.isValid() and block.blockNumber() <= last:
            _hide_block(block)
            block = block.next()
        self._show_change()

    def _hide_long(self, header: QTextBlock, last: int) -> Iterator[None]:
        """What is hidden is laid out before: else the next painting would do all of it."""
        block = header.next()
        for number in range(header.blockNumber() + 1, last + 1):
            self._edit.blockBoundingRect(block)
            block = block.next()
            if not number % 50:
                yield
        self._hide(header, last)

    def _caret_to(self, header: QTextBlock) -> None:
        cursor = self._edit.textCursor()
        cursor.setPosition(header.position() + header.length() - 1)
        self._edit.setTextCursor(cursor)

    def _around(self, block: QTextBlock) -> QTextBlock | None:
        """The nearest line above that opens what a line stands in."""
        found, closed = before(block), 0
        for _ in range(MOST):
            if not found.isValid():
                break
            closes, opened = balance(found.text())
            if is_folded(found) and closing(last_hidden(found).text()):
                opened = 0  # closed by what it hides
            if opened > closed and not is_folded(found) and self.can_fold(found):
                return found
            closed = max(closed - opened, 0) + closes
            found = before(found)
        return None

    # -- all of them ----------------------------------------------------------------------------------------------

    def fold_all(self) -> None:
        """Folds every object and list but the outermost."""
        self._choose(lambda region: region.depth > 0, "There is nothing over several lines to fold.")

    def fold_lines(self, lines: Iterable[int], then: Callable[[], object]) -> None:
        """Folds what these lines open and nothing else, and calls `then`."""
        chosen = tuple(lines)
        self._slices.start(lambda: self._fold_lines(chosen, then))

    def _fold_lines(self, lines: Sequence[int], then: Callable[[], object]) -> Iterator[None]:
        regions = yield from self._scan()
        chosen: set[int] = set()
        for count, first in enumerate(lines):
            if first in regions and regions[first].last - first <= MOST:
                chosen.add(first)
            if not count % 500:
                yield
        yield from self._apply(regions, chosen)
        then()

    def fold_statements(self) -> None:
        """Folds the statements and nothing else."""
        self._choose(lambda region: region.is_statement, "There is no statement over several lines to fold.")

    def unfold_all(self) -> None:
        """Shows everything."""
        self._slices.start(lambda: self._apply({}, set()))

    def _choose(self, choice: Callable[[Region], bool], none: str) -> None:
        self._slices.start(lambda: self._fold_chosen(choice, none))
        if self._slices.busy:
            self.told.emit("Folding: the text is long, it takes a moment.")

    def _fold_chosen(self, choice: Callable[[Region], bool], none: str) -> Iterator[None]:
        """Folds what is chosen of all there is, and unfolds the rest."""
        regions = yield from self._scan()
        chosen: set[int] = set()
        for count, region in enumerate(regions.values()):
            if region.last - region.first <= MOST and choice(region):
                chosen.add(region.first)
            if not count % 500:
                yield
        yield from self._apply(regions, chosen)
        count = len(chosen)
        self.told.emit(f"Folded: {count:,} places." if count > 1 else "Folded: 1 place." if count else none)

    def _scan(self) -> Generator[None, None, dict[int, Region]]:
        """All that can be folded, by the line that opens it."""
        scan, number = Scan(), 0
        block = self._edit.document().begin()
        while block.isValid():
            scan.line(number, block.text())
            block, number = block.next(), number + 1
            if not number % 100:
                yield
        return scan.regions

    def _apply(self, regions: dict[int, Region], chosen: set[int]) -> Iterator[None]:
        """Shows and hides what is to be; what is half done is not painted."""
        caret = self._edit.textCursor().blockNumber()
        hidden_to, header, number, changed = -1, QTextBlock(), 0, False
        self._edit.setUpdatesEnabled(False)
        try:
            block = self._edit.document().begin()
            while block.isValid():
                visible, folded = number > hidden_to, number in chosen
                set_was_folded(block, folded)
                if visible and folded:
                    hidden_to, header = regions[number].last, block
                if visible != block.isVisible():
                    changed = True
                    if visible:
                        _show_block(block)
                    else:
                        if number == caret:
                            self._caret_to(header)
                        _hide_block(block)
                block, number = block.next(), number + 1
                if not number % 100:
                    yield
        finally:
            with contextlib.suppress(RuntimeError):  # the window went meanwhile
                if changed:
                    self._show_change()
                self._edit.setUpdatesEnabled(True)

    def _show_change(self) -> None:
        self._used = True
        layout = self._edit.document().documentLayout()
        layout.documentSizeChanged.emit(layout.documentSize())
        self._edit.viewport().update()
        self.changed.emit()

    # -- the caret ------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Steps over what is folded, as the keys for up and down do."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            for moves, forward in ((_FORWARD, True), (_BACK, False)):
                for move, mode in moves.items():
                    if event.matches(move):
                        return self._step_over(mode, forward=forward)
        return super().eventFilter(watched, event)

    def _step_over(self, mode: QTextCursor.MoveMode, *, forward: bool) -> bool:
        """Whether the caret stood at a fold, and stands behind or before it now."""
        cursor = self._edit.textCursor()
        block = cursor.block()
        if cursor.hasSelection() and mode == QTextCursor.MoveMode.MoveAnchor:
            return False
        if forward and cursor.atBlockEnd() and is_folded(block) and after(block).isValid():
            place = after(block).position()
        elif not forward and cursor.atBlockStart() and is_folded(before(block)):
            place = before(block).position() + before(block).length() - 1
        else:
            return False
        cursor.setPosition(place, mode)
        self._edit.setTextCursor(cursor)
        return True

    # -- what opens them ------------------------------------------------------------------------------------------

    def reveal(self, start: int, end: int) -> None:
        """Opens the folds over a place that is to be shown, and that of its first line if the place goes on in it."""
        document = self._edit.document()
        for place in (start, end):
            self._open(document.findBlock(place))
        first = document.findBlock(start)
        if is_folded(first) and end >= first.position() + first.length():
            self.unfold(first)

    def _open_at_caret(self) -> None:
        self._open(self._edit.textCursor().block())

    def _open(self, block: QTextBlock) -> None:
        while block.isValid() and not block.isVisible():
            header = header_of(block)
            if header.isValid():
                self.unfold(header)
            else:  # the line it was folded behind is gone
                block.setVisible(True)
                self._edit.document().markContentsDirty(block.position(), block.length())

    def _text_changed(self, position: int, removed: int, added: int) -> None:
        if not removed and not added:
            return
        self._slices.again()
        document = self._edit.document()
        first, last = document.findBlock(position), document.findBlock(position + added)
        self._open(first)
        if last != first:
            self._open(last)
        breaks = last.blockNumber() - first.blockNumber() if last.isValid() else 0
        joined = self._lines + breaks > document.blockCount()
        self._lines = document.blockCount()
        if not last.isValid() or not is_folded(last):
            return
        if joined or not opens(last.text()):  # or broken behind its bracket, or the bracket is gone
            set_was_folded(first, False)
            self.unfold(last)
        elif last != first:
            set_was_folded(first, False)
            set_was_folded(last, True)

    # -- across reading a text anew -------------------------------------------------------------------------------

    def keep(self) -> None:
        """Remembers what is folded, before the text is replaced by a newer state of itself."""
        self._slices.stop()
        document = self._edit.document()
        self._kept = []
        if not self._used or document.blockCount() > KEPT:
            return  # nothing can be hidden, or looking for it takes too long
        scan, folded = Scan(), set()
        block = document.begin()
        for number in range(document.blockCount()):
            scan.line(number, block.text())
            if was_folded(block) or is_folded(block):
                folded.add(number)
            block = block.next()
        keys = self._keys(scan.regions.values())
        self._kept = [key for first, key in keys.items() if first in folded]

    def fold_kept(self) -> None:
        """Folds what `keep` has found and is still there: known by its first lines and which of all like it it is."""
        kept, self._kept = set(self._kept), []
        if not kept or self._edit.document().blockCount() > KEPT:
            return

        self._slices.start(lambda: self._fold_again(kept))

    def _fold_again(self, kept: set[_Key]) -> Iterator[None]:
        regions = yield from self._scan()
        keys = self._keys(regions.values())
        yield from self._apply(regions, {first for first, key in keys.items() if key in kept})

    def _keys(self, regions: Iterable[Region]) -> dict[int, _Key]:
        document = self._edit.document()
        seen: Counter[tuple[str, str]] = Counter()
        keys: dict[int, _Key] = {}
        for region in sorted(regions):
            block = document.findBlockByNumber(region.first)
            lines = block.text().strip(), block.next().text().strip()
            keys[region.first] = (*lines, seen[lines])
            seen[lines] += 1
        return keys


def _hide_block(block: QTextBlock) -> None:
    block.setVisible(False)
    block.setLineCount(0)


def _show_block(block: QTextBlock) -> None:
    block.setVisible(True)
    block.setLineCount(max(block.layout().lineCount(), 1))
