"""What can be done about the findings at the caret: each fix with its verdict, the reason, and suppressing it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QToolButton

from workbench.findings.model import Finding, Fix, FixVerdict
from workbench.findings.suppressions import NEVER_SUPPRESSED
from workbench.gui.changes import apply_fix, findings_at_caret
from workbench.gui.findings.details import VERDICTS
from workbench.gui.findings.verdicts import Verdicts
from workbench.gui.icons import icon
from workbench.gui.plain import caption

if TYPE_CHECKING:
    from workbench.gui.editor.text_edit import PolicyEdit
    from workbench.gui.main_window import MainWindow

WORKING = "…"
_SHOWN_MS = 4000
_MOST = 8


class QuickFixes(QObject):
    """The menu, opened by the keys or by the light bulb beside the caret's line."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._verdicts = Verdicts(window.engine, self)
        self._verdicts.judged.connect(self._judged)
        self._verdicts.failed.connect(lambda fix, _error: self._tell(fix, "Not worked out"))
        self._actions: list[tuple[Fix, QAction]] = []
        self.menu: QMenu | None = None
        self._bulbs: dict[PolicyEdit, LightBulb] = {}

    def show(self) -> None:
        """Opens the menu under the caret; says so where there is nothing to do."""
        window, tab = self._window, self._window.area.current
        found = findings_at_caret(window, fixable=True)
        fixable = found[:_MOST]
        if tab is None or window.answered is None or not fixable:
            window.status.showMessage("No finding at the caret has a fix.", _SHOWN_MS)
            return
        menu = QMenu(window)
        menu.setObjectName("quick-fixes")
        menu.setAccessibleName("Fixes of the findings at the caret")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.aboutToHide.connect(self._verdicts.cancel)
        self._actions = []
        for finding in fixable:
            for fix in finding.fixes:
                action = menu.addAction(icon("fix", window.theme), f"{_plain(fix.label)}\t{WORKING}")
                action.triggered.connect(partial(self._apply, fix))
                self._actions.append((fix, action))
        menu.addSeparator()
        for finding in fixable:
            menu.addAction(f"Why: {finding.code}").triggered.connect(partial(self._why, finding))
        for finding in fixable:
            if finding.suppressed is None and finding.code not in NEVER_SUPPRESSED:
                menu.addAction(f"Suppress {finding.code}…").triggered.connect(partial(self._suppress, finding))
        if len(found) > _MOST:
            menu.addAction(f"{len(found) - _MOST:,} more findings here: see the list").setEnabled(False)
        menu.setActiveAction(self._actions[0][1])
        self.menu = menu
        menu.destroyed.connect(self._gone)
        menu.popup(tab.edit.viewport().mapToGlobal(tab.edit.cursorRect().bottomLeft()))
        self._verdicts.follow(window.answered.answer.validation)
        self._verdicts.ask([fix for fix, _ in self._actions])
        for fix, _ in self._actions:
            known = self._verdicts.known(fix)
            if known is not None:
                self._judged(fix, known)

    def stop(self) -> None:
        """Before the window goes: nothing may run on."""
        self._verdicts.cancel()

    def _gone(self) -> None:
        self.menu, self._actions = None, []

    def _apply(self, fix: Fix, _checked: bool = False) -> None:
        apply_fix(self._window, fix)

    def _why(self, finding: Finding, _checked: bool = False) -> None:
        self._window.mending.why(finding)

    def _suppress(self, finding: Finding, _checked: bool = False) -> None:
        self._window.show_pane("findings")
        self._window.findings.choose(finding)
        self._window.mending.suppress()

    def _judged(self, fix: Fix, verdict: FixVerdict) -> None:
        word, _, token, name = VERDICTS[verdict.effect]
        self._tell(fix, word, name, token)

    def _tell(self, fix: object, word: str, name: str = "", token: str = "") -> None:
        for known, action in self._actions:
            if known == fix:
                action.setText(f"{_plain(known.label)}\t{word}")
                if name:
                    action.setIcon(icon(name, self._window.theme, token))

    # -- the light bulb -------------------------------------------------------------------------------------------

    def follow_caret(self) -> None:
        """Shows the light bulb beside the caret's line if something there can be fixed."""
        tab = self._window.area.current
        if tab is None:
            return
        for view in tab.views.all():
            if view.edit is not tab.edit and (other := self._bulbs.get(view.edit)) is not None:
                other.show_if(False)
        bulb = self._bulbs.get(tab.edit)
        may_change = tab.is_answered and not tab.edit.isReadOnly()
        wanted = may_change and bool(findings_at_caret(self._window, fixable=True))
        if bulb is None and wanted:
            bulb = self._bulbs[tab.edit] = LightBulb(tab.edit, self)
            tab.edit.destroyed.connect(partial(self._bulbs.pop, tab.edit, None))
        if bulb is not None:
            bulb.show_if(wanted)


class LightBulb(QToolButton):
    """In the margin beside the caret's line, in the place of the mark of the worst finding there."""

    SIZE = 18

    def __init__(self, edit: PolicyEdit, fixes: QuickFixes) -> None:
        super().__init__(edit.margin)
        self._edit = edit
        self.setObjectName("light-bulb")
        self.setAccessibleName("Fixes of the findings at the caret")
        self.setToolTip("Fixes here  Ctrl+.")
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedSize(self.SIZE, self.SIZE)
        self.setIconSize(QSize(14, 14))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(fixes.show)
        self._wanted = False
        self._follow = QTimer(self, singleShot=True, interval=0)
        self._follow.timeout.connect(self._place)
        edit.cursorPositionChanged.connect(self._hide)
        edit.updateRequest.connect(lambda _rect, _dy: self._follow.start())

    def show_if(self, wanted: bool) -> None:
        self._wanted = wanted
        self.setIcon(icon("bulb", self._edit.theme, "accent"))
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._edit.theme.color("surface"))  # the mark below would show through
        painter.end()
        super().paintEvent(event)

    def _hide(self) -> None:
        """The caret has moved: whether there is anything to fix is not known yet."""
        self._wanted = False
        self.hide()

    def _place(self) -> None:
        line = self._edit.cursorRect()
        shown = self._wanted and self._edit.viewport().rect().intersects(line)
        if shown:
            self.move(3, line.center().y() - self.SIZE // 2)
        if shown != self.isVisible():
            self.setVisible(shown)


def _plain(label: str) -> str:
    """A label as a menu shows it: & is no mnemonic, a tab begins no shortcut."""
    return caption(label)
