"""The settings as a form, made from their table: looked up by a word, changed at once, reset one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from workbench.gui.settings import TABLE, Setting, Settings
from workbench.gui.theme import SPACE
from workbench.gui.widgets import WrappedLabel


class SettingsDialog(QDialog):
    """`rows` maps a setting's name to what shows it. `open_keys` shows the keyboard shortcuts."""

    def __init__(self, settings: Settings, open_keys: Callable[[], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("settings")
        self.setWindowTitle("Settings")
        self.search = QLineEdit()
        self.search.setPlaceholderText("A word of what you look for")
        self.search.setClearButtonEnabled(True)
        find = QLabel("&Find")
        find.setBuddy(self.search)
        top = QHBoxLayout()
        top.addWidget(find)
        top.addWidget(self.search, 1)
        self.rows: dict[str, SettingRow] = {}
        self._titles: dict[str, QLabel] = {}
        self.nothing = WrappedLabel("No setting has this word.")
        self.nothing.setProperty("role", "muted")
        inside = QWidget()
        inside.setObjectName("settings-rows")
        list_ = QVBoxLayout(inside)
        list_.setContentsMargins(0, 0, 2 * SPACE, 0)
        list_.setSpacing(3 * SPACE)
        for setting in TABLE:
            if setting.category not in self._titles:
                title = self._titles[setting.category] = QLabel(setting.category)
                title.setProperty("role", "title")
                list_.addWidget(title)
            row = self.rows[setting.name] = SettingRow(setting, settings)
            list_.addWidget(row)
        list_.addWidget(self.nothing)
        list_.addStretch(1)
        area = QScrollArea()
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the fields in it have the keys, and are scrolled into sight
        self._area = area
        self.keys = QPushButton("&Keyboard shortcuts…")
        self.keys.clicked.connect(lambda: open_keys())
        self.reset_all = QPushButton("Reset a&ll")
        self.reset_all.clicked.connect(self._reset_all)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setText("&Close")
        for button in (self.keys, self.reset_all, close):
            button.setAutoDefault(False)
        bottom = QHBoxLayout()
        bottom.addWidget(self.keys)
        bottom.addWidget(self.reset_all)
        bottom.addStretch(1)
        bottom.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 3 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addLayout(top)
        column.addWidget(area, 1)
        column.addLayout(bottom)
        self.resize(620, 560)
        self.search.textChanged.connect(self._filter)
        settings.changed.connect(self._follow)  # a method: Qt lets go of it with the dialog
        self._filter("")
        self._follow()
        self.search.setFocus()

    def _follow(self, _name: str = "") -> None:
        self.reset_all.setEnabled(any(row.is_changed for row in self.rows.values()))

    def _reset_all(self) -> None:
        for row in self.rows.values():
            row.reset()
        self.search.setFocus()  # the button that was pressed has nothing more to do

    def _filter(self, typed: str) -> None:
        """Shows the settings in whose words all typed words are."""
        words = typed.casefold().split()
        shown = set()
        for row in self.rows.values():
            fits = all(word in row.words for word in words)
            row.setVisible(fits)
            if fits:
                shown.add(row.setting.category)
        for category, title in self._titles.items():
            title.setVisible(category in shown)
        self.nothing.setVisible(not shown)


class SettingRow(QWidget):
    """A setting: its name, what sets it, what it means, and a way back to what it was built with."""

    def __init__(self, setting: Setting, settings: Settings) -> None:
        super().__init__()
        self.setting, self._settings = setting, settings
        self.words = f"{setting.category} {setting.label} {setting.explanation}".casefold()
        self.field: QCheckBox | QSpinBox | QComboBox
        if isinstance(setting.default, bool):
            self.field = QCheckBox()
            self.field.toggled.connect(self._set)
        elif isinstance(setting.default, int):
            self.field = QSpinBox()
            self.field.setRange(*setting.range)
            self.field.setSuffix(setting.unit)
            self.field.setSingleStep(1 if setting.range[1] < 100 else 50)
            self.field.setKeyboardTracking(False)  # a number half typed is none
            self.field.valueChanged.connect(self._set)
        else:
            self.field = QComboBox()
            self.words += " " + " ".join(label for _, label in setting.choices()).casefold()
            for value, label in setting.choices():
                self.field.addItem(label, value)
            self.field.currentIndexChanged.connect(lambda _row: self._set(self.field.currentData()))
        self.field.setAccessibleName(setting.label)
        self.field.setAccessibleDescription(setting.explanation)
        name = QLabel(setting.label)
        name.setBuddy(self.field)
        meaning = WrappedLabel(setting.explanation)
        meaning.setProperty("role", "muted")
        self.back = QPushButton("Reset")
        self.back.setAccessibleName(f"Reset {setting.label.casefold()}")
        self.back.setAutoDefault(False)
        self.back.clicked.connect(self.reset)
        grid = QGridLayout(self)
        grid.setContentsMargins(2 * SPACE, 0, 0, 0)
        grid.setHorizontalSpacing(2 * SPACE)
        grid.setVerticalSpacing(SPACE)
        grid.addWidget(name, 0, 0)
        grid.addWidget(self.field, 0, 1)
        grid.addWidget(self.back, 0, 2)
        grid.addWidget(meaning, 1, 0, 1, 3)
        grid.setColumnStretch(0, 1)
        self.field.setMinimumWidth(240)
        settings.changed.connect(self._follow)
        self._follow(setting.name)

    @property
    def is_changed(self) -> bool:
        return bool(self._settings.get(self.setting.name) != self.setting.default)

    def reset(self) -> None:
        had_focus = self.back.hasFocus()
        self._settings.set(self.setting.name, self.setting.default)
        if had_focus:
            self.field.setFocus()

    def _set(self, value: Any) -> None:
        self._settings.set(self.setting.name, value)

    def _follow(self, name: str) -> None:
        if name != self.setting.name:
            return
        value = self._settings.get(name)
        blocked = self.field.blockSignals(True)
        if isinstance(self.field, QCheckBox):
            self.field.setChecked(value)
        elif isinstance(self.field, QSpinBox):
            self.field.setValue(value)
        else:
            self.field.setCurrentIndex(self.field.findData(value))
        self.field.blockSignals(blocked)
        self.back.setEnabled(self.is_changed)
