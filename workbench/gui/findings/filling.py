"""Values for the placeholders of a template, for this session: asked for in a form, kept here, written nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from workbench.embedded.values import Blank
from workbench.gui.answering import Answered
from workbench.gui.jobs import JobSlot
from workbench.gui.plain import tip
from workbench.gui.theme import mono_font
from workbench.gui.widgets import GRID, PADDING, ElidedLabel, WrappedLabel

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow

_SHOWN_MS = 6000
_MOST_FIELDS = 200
NOTHING_TO_FILL = "This policy has no placeholder that could be filled in."
_ABOUT = (
    "Findings and answers are worked out with these values, in every open text that has such a placeholder. They hold "
    "until the program ends; nothing is written into a file. What is left empty stays open."
)


class FillDialog(QDialog):
    """`given(values)`: name → text of the blanks shown; an empty text takes a value away."""

    given = Signal(object)

    def __init__(self, blanks: Sequence[Blank], values: Mapping[str, str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("fill")
        self.setWindowTitle("Fill in values")
        self.fields: dict[str, QLineEdit] = {}
        inside = QWidget()
        form = QFormLayout(inside)
        form.setContentsMargins(0, 0, PADDING, 0)
        form.setSpacing(PADDING)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for blank in blanks[:_MOST_FIELDS]:
            field = QLineEdit(values.get(blank.name, ""))
            field.setAccessibleName(f"Value of {blank.name}")
            field.setPlaceholderText(f"such as {blank.example}" if blank.example else "")
            label = ElidedLabel(blank.name)
            label.setFont(mono_font())
            label.setMinimumWidth(180)
            label.setBuddy(field)
            times = len(blank.spans)
            field.setToolTip(tip(f"{blank.name} stands in {times:,} place{'s' if times != 1 else ''}"))
            form.addRow(label, field)
            self.fields[blank.name] = field
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.ok = self.buttons.addButton("Use", QDialogButtonBox.ButtonRole.AcceptRole)
        self.ok.setDefault(True)
        self.clear = self.buttons.addButton("Clear", QDialogButtonBox.ButtonRole.ResetRole)
        self.clear.setAutoDefault(False)
        for field in self.fields.values():
            self.clear.clicked.connect(field.clear)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        column.setSpacing(2 * PADDING)
        column.addWidget(WrappedLabel(_ABOUT))
        column.addWidget(scroll, 1)
        if len(blanks) > _MOST_FIELDS:
            column.addWidget(WrappedLabel(f"The first {_MOST_FIELDS:,} of {len(blanks):,} placeholders are shown."))
        column.addWidget(self.buttons)
        rows = min(len(self.fields), 10)
        self.resize(560, 190 + rows * (form.spacing() + next(iter(self.fields.values())).sizeHint().height()))

    def _accept(self) -> None:
        self.given.emit({name: field.text() for name, field in self.fields.items()})
        self.accept()


class FillingIn(QObject):
    """`values`: what is filled in now, by the names of the blanks. Follows the answers of a window, and says over the
    editor where values stand in for placeholders."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.values: dict[str, str] = {}
        self._form: FillDialog | None = None
        self._slot = JobSlot(self)
        self._slot.finished.connect(self._open)
        self._slot.failed.connect(lambda error: window.status.showMessage(str(error), _SHOWN_MS))
        window.findings.values_wanted.connect(self.ask)
        window.showing.shown.connect(self._follow)

    def ask(self) -> None:
        """Opens the form on the placeholders of the text in front, in a window beside which this one goes on; the one
        that is open already comes to the front."""
        tab, engine = self._window.area.current, self._window.engine
        if self._form is not None:
            self._form.activateWindow()
            self._form.raise_()
            return
        if tab is not None and not tab.loading:
            text = tab.text()
            self._slot.start(lambda _progress: engine.blanks(text))

    def _open(self, blanks: Sequence[Blank]) -> None:
        if not blanks:
            self._window.status.showMessage(NOTHING_TO_FILL, _SHOWN_MS)
            return
        form = self._form = FillDialog(blanks, self.values, self._window)
        form.given.connect(self._take)
        form.finished.connect(self._close)
        form.show()
        form.activateWindow()
        next(iter(form.fields.values())).setFocus()

    def _close(self) -> None:
        form, self._form = self._form, None
        if form is not None:
            form.deleteLater()
            self._window.focus_pane("editor")

    def _take(self, given: Mapping[str, str]) -> None:
        self.values = {name: value for name, value in {**self.values, **given}.items() if value}
        self._window.ask_now()

    def forget(self) -> None:
        """Takes all values away."""
        self.values = {}
        self._window.ask_now()

    def _follow(self, answered: Answered) -> None:
        """Nobody may take what is said of values for what the text says."""
        window = self._window
        if answered.answer.validation.filled is None:
            window.unsay("values")
        elif window.strip("values") is None:
            sentence = "Values of this session stand in for placeholders; the text stays as it is written."
            window.say("values", "suggestion", sentence, [("Change…", self.ask), ("Forget", self.forget)])

    def stop(self) -> None:
        """Before the window goes."""
        self._slot.cancel()
