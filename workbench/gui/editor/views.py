"""One text in one view or in two, side by side or one above the other: each with a caret, a place and a find bar of its
own, and both with the same text, undo, colors and findings."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QSplitter, QVBoxLayout, QWidget

from workbench.gui.editor.completer import Completer
from workbench.gui.editor.find_bar import FindBar
from workbench.gui.editor.hover import Explain, Hovers
from workbench.gui.editor.kept_folds import KeptFolds
from workbench.gui.editor.policy_text import PolicyText
from workbench.gui.editor.scroll_marks import ScrollMarks
from workbench.gui.editor.text_edit import PolicyEdit
from workbench.gui.theme import Theme
from workbench.writing.hover import Hover

BESIDE, ABOVE = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
NAMES = ("Policy text", "Policy text, second view")
HALF, LEAST = 500, 50
"""Thousandths of the room."""


class View(QFrame):
    """A view of a text with what belongs to it: completion, hover, marks over the scroll bar, find bar."""

    def __init__(self, theme: Theme, text: PolicyText, at: Callable[[int, Explain], Hover | None]) -> None:
        super().__init__()
        self.setObjectName("view")
        self._theme = theme
        self.edit = PolicyEdit(theme, self, text)
        self.hovers = Hovers(self.edit, at)
        self.completer = Completer(self.edit)
        self.scroll_marks = ScrollMarks(self.edit)
        self._find_bar: FindBar | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.edit, 1)
        self.setFocusProxy(self.edit)

    @property
    def find_bar(self) -> FindBar:
        """Made when it is first asked for: most views never need it."""
        if self._find_bar is None:
            self._find_bar = FindBar(self.edit, self._theme, self)
            self.layout().addWidget(self._find_bar)
        return self._find_bar

    def close_find_bar(self) -> bool:
        """Whether there was one to close."""
        if self._find_bar is None or not self._find_bar.isVisible():
            return False
        self._find_bar.close_bar()
        return True

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.edit.set_theme(theme)
        if self._find_bar is not None:
            self._find_bar.set_theme(theme)

    def look_like(self, other: View) -> None:
        """Stands where the other stands, in its font."""
        mine, its = self.edit, other.edit
        mine.set_zoom(its.zoom)
        mine.setReadOnly(its.isReadOnly())
        self.stand_where(other)

    def stand_where(self, other: View) -> None:
        """Caret, selection and place of the other."""
        self.edit.setTextCursor(other.edit.textCursor())
        for bar, its in (
            (self.edit.verticalScrollBar(), other.edit.verticalScrollBar()),
            (self.edit.horizontalScrollBar(), other.edit.horizontalScrollBar()),
        ):
            bar.setValue(its.value())

    def show_active(self, on: bool | None) -> None:
        """Draws the line over the view that the commands act on, over the other in grey; None: no line."""
        self.setProperty("active", "" if on is None else "true" if on else "false")
        self.setContentsMargins(0, 0 if on is None else 2, 0, 0)
        self.style().unpolish(self)
        self.style().polish(self)


class Views(QSplitter):
    """The views of one text; commands act on `active`, the one that has the keys or had them last."""

    turned = Signal()
    """Another view is the active one."""
    divided = Signal()
    """There is one view more, or one less, or they stand otherwise."""
    placed = Signal()
    """Somebody has scrolled, folded, or given a view more room."""

    def __init__(self, theme: Theme, at: Callable[[int, Explain], Hover | None], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._at = theme, at
        self._equip: list[Callable[[View], object]] = []
        self._last_orientation = BESIDE
        self.setObjectName("views")
        self.setChildrenCollapsible(False)
        self.setHandleWidth(5)
        self.share = HALF
        """How much of the room the first of two views has, in thousandths."""
        self.splitterMoved.connect(self._moved)
        self.text = PolicyText(theme, parent)  # made after the splitter, it goes after it
        self.folds = KeptFolds(self.text, self)
        self.folds.changed.connect(self.placed)
        self._all: list[View] = []
        self.active = self._add()

    def all(self) -> list[View]:
        return list(self._all)

    @property
    def is_split(self) -> bool:
        return len(self._all) > 1

    @property
    def layout_state(self) -> str:
        """ "", "beside" or "above": what `arrange` takes."""
        return ("beside" if self.orientation() is BESIDE else "above") if self.is_split else ""

    def arrange(self, state: str, share: int = HALF, active: int = 1) -> None:
        """Shows the views as `layout_state` said, with that `share` and the one of that number active; anything else
        is one view."""
        if state not in ("beside", "above"):
            self.join()
            return
        self.split(BESIDE if state == "beside" else ABOVE)
        self.share = min(max(share, LEAST), 2 * HALF - LEAST)
        self._give_room()
        view, had_keys = self._all[1 if active else 0], self.active.isAncestorOf(self.window().focusWidget() or self)
        self._activate(view)
        if had_keys:
            view.edit.setFocus()

    def _give_room(self) -> None:
        whole = self.width() if self.orientation() is BESIDE else self.height()
        first = whole * self.share // (2 * HALF)
        self.setSizes([first, whole - first])

    def _moved(self) -> None:
        first, second = self.sizes()
        self.share = first * 2 * HALF // max(first + second, 1)
        self.placed.emit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        if self.is_split:
            self._give_room()  # before it was shown it had not its own room to give

    def equip(self, give: Callable[[View], object]) -> None:
        """Calls `give` with each view, those of later too."""
        self._equip.append(give)
        for view in self._all:
            give(view)

    def split(self, orientation: Qt.Orientation) -> None:
        """Shows the text twice; the new view begins where the active one stands, and gets the keys."""
        self.setOrientation(orientation)
        if not self.is_split:
            before, had_keys = self.active, self.active.isAncestorOf(self.window().focusWidget() or self)
            view = self._add()
            view.show()
            self.share = HALF
            self._give_room()
            view.look_like(before)
            self._activate(view)
            if had_keys:
                view.edit.setFocus()
        self._show_active()
        self.divided.emit()

    def join(self) -> None:
        """Leaves one view, which stands where the active one stood."""
        if not self.is_split:
            return
        first, second = self._all
        had_keys = second.isAncestorOf(self.window().focusWidget() or self)
        if self.active is second:
            first.stand_where(second)
        self._all.remove(second)
        second.completer.close()
        self._activate(first)
        if had_keys:
            first.edit.setFocus()
        self._show_active()
        second.setParent(None)
        second.deleteLater()
        self.divided.emit()

    def toggle(self, orientation: Qt.Orientation) -> None:
        """Splits, or turns the split, or ends it where it stands so already."""
        if self.is_split and self.orientation() is orientation:
            self.join()
        else:
            self.split(orientation)

    def go_to_other(self) -> None:
        """Gives the keys to the other view."""
        if self.is_split:
            self._all[1 - self._all.index(self.active)].edit.setFocus()

    def set_read_only(self, on: bool) -> None:
        for view in self._all:
            view.edit.setReadOnly(on)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for view in self._all:
            view.set_theme(theme)

    def _add(self) -> View:
        view = View(self._theme, self.text, self._at)
        view.edit.setAccessibleName(NAMES[len(self._all)])
        view.edit.installEventFilter(self)
        view.edit.folding.changed.connect(lambda: self._folded(view))
        view.edit.verticalScrollBar().valueChanged.connect(self.placed)
        view.edit.horizontalScrollBar().valueChanged.connect(self.placed)
        self.folds.watch(view.edit.folding)
        self._all.append(view)
        self.addWidget(view)
        for give in self._equip:
            give(view)
        return view

    def _folded(self, where: View) -> None:
        for view in self._all:
            if view is not where:
                view.edit.folded_elsewhere()

    def _activate(self, view: View) -> None:
        if view is not self.active:
            self.active = view
            self._show_active()
            self.turned.emit()

    def _show_active(self) -> None:
        for view in self._all:
            view.show_active(view is self.active if self.is_split else None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.FocusIn:
            for view in self._all:
                if view.edit is watched:
                    self._activate(view)
        return super().eventFilter(watched, event)
