"""The status bar: caret, policy kind, size, encoding, catalog, and whether the window is up to date."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QProgressBar, QStatusBar, QToolButton, QWidget

from workbench.document.unseen import visible
from workbench.findings.model import FailedCheck
from workbench.gui.icons import icon
from workbench.gui.plain import tip
from workbench.gui.theme import ROW, Theme
from workbench.policy.kinds import PolicyKind


class StatusBar(QStatusBar):
    """`kind_chosen` carries a PolicyKind, or None for "guess it"."""

    kind_chosen = Signal(object)
    failures_clicked = Signal()
    """Somebody wants to see which checks failed."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.caret, self.length, self.encoding = QLabel(), QLabel(), QLabel()
        self.catalog, self.state = QLabel(), QLabel("Ready")
        self.failed = QToolButton()
        self.failed.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.failed.clicked.connect(self.failures_clicked)
        self.failed.hide()
        self.kind = QToolButton()
        self.kind.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.kind.setToolButtonStyle(self.kind.toolButtonStyle().ToolButtonTextBesideIcon)
        self.kind.setLayoutDirection(self.layoutDirection().RightToLeft)  # the chevron behind the words
        self.kind.setAccessibleName("Kind of policy")
        self.kind.setToolTip("What kind of policy this is decides which rules hold")
        self.bar = QProgressBar()
        self.bar.setObjectName("thin")
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(72)
        self.bar.hide()
        # One widget to the status bar, which hides it while a message is shown: what comes and goes in it meanwhile
        # does not lie over the message.
        left = QWidget()
        left.setFixedHeight(ROW)  # when an item changes its height, the status bar shows all of them again
        row = QHBoxLayout(left)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        inside: tuple[QWidget, ...] = (self.caret, self.kind, self.length, self.encoding)
        for widget in inside:
            row.addWidget(widget)
        self.addWidget(left)
        right: tuple[QWidget, ...] = (self.failed, self.catalog, self.bar, self.state)
        for widget in right:
            self.addPermanentWidget(widget)
        self._make_menu()
        self.set_theme(theme)
        self.show_nothing()

    def _make_menu(self) -> None:
        menu = QMenu(self.kind)
        group = QActionGroup(menu)
        self._guess = menu.addAction("Guess from the text")
        self._guess.triggered.connect(lambda: self.kind_chosen.emit(None))
        menu.addSeparator()
        self._kinds = {}
        for kind in PolicyKind:
            action = menu.addAction(kind.value[0].upper() + kind.value[1:])
            action.triggered.connect(lambda _checked=False, kind=kind: self.kind_chosen.emit(kind))
            self._kinds[kind] = action
        for action in (self._guess, *self._kinds.values()):
            action.setCheckable(True)
            group.addAction(action)
        self.kind.setMenu(menu)

    @property
    def kind_menu(self) -> QMenu:
        menu = self.kind.menu()
        assert isinstance(menu, QMenu)
        return menu

    def showMessage(self, text: str, timeout: int = 0) -> None:  # noqa: N802
        super().showMessage(visible(text), timeout)

    def set_theme(self, theme: Theme) -> None:
        self.kind.setIcon(icon("chevron-down", theme))
        self.failed.setIcon(icon("warning", theme))

    def show_nothing(self) -> None:
        """No policy is open."""
        for label in (self.caret, self.length, self.encoding):
            label.clear()
        self.kind.hide()
        self.show_failed(())

    def show_failed(self, checks: Sequence[FailedCheck]) -> None:
        """Checks of ours that failed, so that findings may be missing."""
        self.failed.setText("1 check failed" if len(checks) == 1 else f"{len(checks):,} checks failed")
        self.failed.setToolTip(tip("\n".join(f"{each.check}: {each.error}" for each in checks)))
        self.failed.setVisible(bool(checks))

    def show_caret(self, line: int, column: int) -> None:
        self.caret.setText(f"Ln {line:,}, Col {column:,}")

    def show_kind(self, kind: PolicyKind, *, chosen: bool) -> None:
        self.kind.show()
        self.kind.setText(kind.value)
        (self._kinds[kind] if chosen else self._guess).setChecked(True)

    def show_no_size(self) -> None:
        """The text in front has not been looked at yet."""
        self.length.clear()
        self.kind.hide()

    def show_size(self, used: int, quota: int | None) -> None:
        """Characters that count; over the quota it is said in words and in red."""
        if quota is None:
            self.length.setText(f"{used:,} characters")
        elif used > quota:
            self.length.setText(f"{used:,} of {quota:,} characters: {used - quota:,} too many")
        else:
            self.length.setText(f"{used:,} of {quota:,} characters")
        self.length.setToolTip("White space is not counted" if quota else "")
        self.length.setProperty("over", quota is not None and used > quota)
        self.length.style().unpolish(self.length)
        self.length.style().polish(self.length)

    def show_catalog(self, version: str) -> None:
        """The date is enough here; where it comes from is in the tool tip."""
        self.catalog.setText(version.partition(" (")[0])
        self.catalog.setToolTip(version)

    def show_state(self, text: str, *, busy: bool) -> None:
        self.state.setText(text)
        self.bar.setVisible(busy)
