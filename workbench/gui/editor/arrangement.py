"""How somebody had a text before them: where they were in each view, how the views stood, what was folded. Taken, and
put back as soon as the text is there; the folds only if it is the same text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import shiboken6
from PySide6.QtCore import QObject

from workbench.gui.editor.kept_folds import Folds, digest_of, unpack
from workbench.gui.editor.place import Place, place_of, put_back
from workbench.gui.editor.slices import Slices

if TYPE_CHECKING:
    from workbench.gui.editor.tab import EditorTab


class Split(NamedTuple):
    """Two views: how they stand (`Views.layout_state`), thousandths of the room that the first has, the number of the
    active one, and where the other one stands."""

    layout: str
    share: int
    active: int
    other: Place


class Arrangement(NamedTuple):
    """`place`: in the active view; `split`: None where there is one view; `folds`: None where nothing is folded."""

    place: Place
    split: Split | None = None
    folds: Folds | None = None


def arrangement_of(tab: EditorTab) -> Arrangement:
    """Costs no look at the text: folds are those of the last look at them."""
    views = tab.views
    split: Split | None = None
    if views.is_split:
        at = views.all().index(views.active)
        split = Split(views.layout_state, views.share, at, place_of(views.all()[1 - at].edit))
    return Arrangement(place_of(tab.edit), split, views.folds.known)


def settle(tabs: Iterable[EditorTab]) -> None:
    """Before tabs go: what `arrangement_of` says of them is so now."""
    for tab in tabs:
        tab.views.folds.now()


def arrange(tab: EditorTab, was: Arrangement) -> None:
    """Shows a tab as it was, as far as its text is there already, and the rest once it has come."""
    _Return(tab, was)


class _Return(QObject):
    """Waits for the text; folds, then stands again where the folds have moved it away, unless somebody moved."""

    def __init__(self, tab: EditorTab, was: Arrangement) -> None:
        super().__init__(tab)
        self._tab, self._was = tab, was
        views, split = tab.views, was.split
        if split is not None:
            views.arrange(split.layout, split.share, split.active)
        self._edits = [views.active.edit]
        self._places = [was.place]
        if split is not None:
            self._edits += [view.edit for view in views.all() if view is not views.active]
            self._places.append(split.other)
        self._slices = Slices(self)
        views.text.edited.connect(self._slices.again)
        views.folds.expect(was.folds)
        waits = tab.loading
        self._stand(wait=waits)
        if was.folds is None:
            self.deleteLater()
        elif waits:
            views.text.loaded.connect(self._check)
        else:
            self._check()

    def _stand(self, *, wait: bool) -> None:
        for edit, place in zip(self._edits, self._places, strict=False):
            put_back(edit, place, wait=wait)

    def _check(self) -> None:
        self._slices.start(self._fold_if_same)

    def _fold_if_same(self) -> Iterator[None]:
        folds, views = self._was.folds, self._tab.views
        digest = yield from digest_of(self._tab.text())
        if folds is None or digest != folds.digest:
            if views.folds.known is folds:
                views.folds.expect(None)
            self.deleteLater()
            return
        self._carets = self._carets_now()
        views.active.edit.folding.fold_lines(unpack(folds.gaps), self._folded)

    def _carets_now(self) -> list[int]:
        return [edit.textCursor().position() for edit in self._edits if shiboken6.isValid(edit)]

    def _folded(self) -> None:
        if self._carets_now() == self._carets:
            self._stand(wait=False)
        self.deleteLater()
