"""The form's fields: who asks, which action on which resource. Each completes from the project or the catalog."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QSize, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QSizePolicy, QWidget

from workbench.evaluation.request import Principal
from workbench.gui.plain import tip
from workbench.gui.simulator import principals
from workbench.gui.simulator.principals import Choice
from workbench.gui.widgets import ElidingLineEdit

_SPLIT = re.compile(r"\s*,\s*(?=arn:|\*)|\s+(?=arn:)")
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}|\*")
"""What a template leaves open, in either spelling."""
POPUP_WIDTH = 560
"""How wide a list of ARNs may become over its field; longer ones are elided in the middle."""


class FieldBox(QComboBox):
    """An editable combo box that never asks for the width of its longest entry, and elides what it shows."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        line = ElidingLineEdit(self)
        self.setLineEdit(line)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setMaxVisibleItems(16)
        completer = self.completer()
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.popup().setTextElideMode(Qt.TextElideMode.ElideMiddle)
        completer.popup().setObjectName("completer")
        self.editTextChanged.connect(lambda _text: self.edited.emit())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        return QSize(80, super().minimumSizeHint().height())

    def showPopup(self) -> None:  # noqa: N802
        hint = self.view().sizeHintForColumn(0) + 24
        self.view().setMinimumWidth(min(max(hint, self.width()), max(POPUP_WIDTH, self.width())))
        super().showPopup()

    def set_entries(self, entries: Iterable[str]) -> None:
        """Fills the list and leaves the text as it is; says nothing of it through `edited`."""
        entries = list(entries)
        if entries == [self.itemText(i) for i in range(self.count())]:
            return
        text = self.currentText()
        blocked = self.blockSignals(True)
        self.clear()
        self.addItems(entries)
        for index, entry in enumerate(entries):
            self.setItemData(index, tip(entry), Qt.ItemDataRole.ToolTipRole)
        self.setCurrentIndex(self.findText(text, Qt.MatchFlag.MatchExactly))
        self.setEditText(text)
        self.blockSignals(blocked)

    def set_text(self, text: str) -> None:
        """Shows the text; says nothing of it through `edited`."""
        blocked = self.blockSignals(True)
        self.setCurrentIndex(self.findText(text, Qt.MatchFlag.MatchExactly))
        self.setEditText(text)
        self.lineEdit().setCursorPosition(0)
        self.blockSignals(blocked)


class PrincipalBox(FieldBox):
    """The project's principals by name, or anything typed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lineEdit().setPlaceholderText("a principal of the project, or an ARN")
        self._choices: list[Choice] = []
        self._visiting: list[Choice] = []

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Offers the choices; the principal that is shown stays the same one, by its new name if it has one."""
        before = self._shown()
        self._choices, self._visiting = list(choices), []
        self.set_entries(c.label for c in choices)
        for index, choice in enumerate(choices):
            self.setItemData(index, tip(choice.arn), Qt.ItemDataRole.ToolTipRole)
        if before is not None:
            self.set_principal(before)

    def _shown(self) -> Principal | None:
        try:
            return self.principal()
        except principals.UnreadablePrincipal:
            return None

    def principal(self) -> Principal:
        """Raises UnreadablePrincipal with a sentence for the form."""
        return principals.read_principal(self.currentText(), [*self._choices, *self._visiting])

    def set_principal(self, principal: Principal) -> None:
        label = principals.label_for(principal, self._choices)
        # A session of a role that the project has, other than the list's own, is known by its label from now on.
        self._visiting = [Choice(label, principal.arn)] if principal.arn and label != principal.arn else []
        self.set_text(label)


class RoleBox(FieldBox):
    """A role by its name in the project, or by its ARN."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lineEdit().setPlaceholderText("a role of the project, or its ARN")
        self._choices: list[Choice] = []

    def set_choices(self, choices: Sequence[Choice]) -> None:
        self._choices = list(choices)
        self.set_entries(c.label for c in choices)
        for index, choice in enumerate(choices):
            self.setItemData(index, tip(choice.arn), Qt.ItemDataRole.ToolTipRole)
        self.set_arn(self.arn())

    def arn(self) -> str:
        """The role's ARN, or whatever was typed; empty if nothing was."""
        text = self.currentText().strip()
        return next((c.arn for c in self._choices if c.label == text), text)

    def set_arn(self, arn: str) -> None:
        self.set_text(next((c.label for c in self._choices if c.arn == arn), arn))


class ResourceBox(FieldBox):
    """ARNs of the action's resource types, or anything typed; several stand side by side with commas."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lineEdit().setPlaceholderText("an ARN, or * for all resources")
        self.activated.connect(lambda _index: self._select_placeholder())

    def resources(self) -> tuple[str, ...]:
        """What was typed, `*` if nothing was."""
        return tuple(r for r in _SPLIT.split(self.currentText().strip()) if r) or ("*",)

    def placeholder(self) -> str:
        """The first part of a template that nobody filled in yet, such as `${TrainingJobName}`."""
        found = _PLACEHOLDER.search(self.currentText())
        return found[0] if found else ""

    def use_template(self, template: str) -> None:
        """Puts an ARN with places to fill in there, the first of them selected."""
        self.setEditText(template)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._select_placeholder()

    def _select_placeholder(self) -> None:
        found = _PLACEHOLDER.search(self.currentText())
        if found:
            self.setFocus()
            # UTF-16 units: QLineEdit counts them, and an ARN may hold any character.
            before = len(self.currentText()[: found.start()].encode("utf-16-le")) // 2
            QTimer.singleShot(0, self, lambda: self.lineEdit().setSelection(before, len(found[0])))


class ActionEdit(ElidingLineEdit):
    """`service:Name`, completed out of the catalog while it is typed: services first, then a service's actions."""

    edited = Signal()

    def __init__(self, search: Callable[[str], tuple[str, ...]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._search = search
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        # The engine has ranked and cut the list; Qt must not filter it once more by its first letters.
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setMaxVisibleItems(12)
        completer.popup().setTextElideMode(Qt.TextElideMode.ElideMiddle)
        completer.popup().setObjectName("completer")
        completer.activated[str].connect(self._picked, Qt.ConnectionType.QueuedConnection)  # type: ignore[index]
        self.setCompleter(completer)
        self.setPlaceholderText("service:Name, such as sagemaker:CreateTrainingJob")
        self._mark = self.addAction(QIcon(), QLineEdit.ActionPosition.TrailingPosition)
        self._mark.setVisible(False)
        self.textEdited.connect(self._typed)
        self.textChanged.connect(lambda _text: self.edited.emit())

    def _typed(self, typed: str) -> None:
        self._names.setStringList(list(self._search(typed.strip())) if typed.strip() else [])
        if self._names.rowCount():
            self.completer().complete()
        else:
            self.completer().popup().hide()

    def _picked(self, name: str) -> None:
        """A service is half an action: go on to its names."""
        if name.endswith(":"):
            self.setFocus()
            self._typed(name)

    def completions(self) -> list[str]:
        """What the list offers now."""
        return self._names.stringList()

    def action(self) -> str:
        return self.text().strip()

    def set_action(self, action: str) -> None:
        """Shows the action; says nothing of it through `edited`."""
        blocked = self.blockSignals(True)
        self.setText(action)
        self.setCursorPosition(0)
        self.blockSignals(blocked)
        self._follow(action)

    def set_doubt(self, sentence: str, mark: QIcon) -> None:
        """Marks the action as one to look at again; an empty sentence takes the mark away."""
        self._mark.setIcon(mark)
        self._mark.setToolTip(tip(sentence))
        self._mark.setVisible(bool(sentence))
        self.setAccessibleDescription(sentence)
