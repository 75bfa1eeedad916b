"""Where settings take effect: at the start and as soon as one is changed, wherever that is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from workbench.gui.asking import make_field
from workbench.gui.preferences.key_map import KeyMap
from workbench.gui.settings import TABLE
from workbench.gui.theme import Scheme, choose_mono_family

if TYPE_CHECKING:
    from workbench.gui.main_window import MainWindow


class Preferences(QObject):
    """The settings and the keys of a window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.keys = KeyMap(window.registry, window.settings, self)
        self.ask_field = make_field(window)
        self.keys.changed.connect(lambda _id: self._show_keys())
        self._show_keys()
        window.themes.changed.connect(self.ask_field.set_theme)
        window.settings.changed.connect(self._apply)
        for setting in TABLE:
            if window.settings.get(setting.name) != setting.default and setting.name != "theme":
                self._apply(setting.name)

    def _apply(self, name: str) -> None:
        """The one line a setting, and what it does."""
        window, settings = self._window, self._window.settings
        effects: dict[str, Callable[[], object]] = {
            "theme": lambda: window.themes.choose(Scheme(settings.get("theme"))),
            "zoom": lambda: window.area.zoom(settings.get("zoom")),
            "font": self._choose_font,
            "wrap": lambda: window.area.wrap(settings.get("wrap")),
            "blanks": lambda: window.area.show_blanks(settings.get("blanks")),
            "answer_delay": lambda: window.answering.wait(settings.get("answer_delay")),
        }
        if name in effects:
            effects[name]()
            window.registry.refresh()

    def _choose_font(self) -> None:
        choose_mono_family(self._window.settings.get("font"))
        self._window.area.zoom(self._window.area.zoom_steps)

    def _show_keys(self) -> None:
        self.ask_field.show_keys(self._window.registry.shown_keys("view.palette"))

    def show_settings(self) -> None:
        from workbench.gui.preferences.settings_dialog import SettingsDialog

        self._show(SettingsDialog, lambda: SettingsDialog(self._window.settings, self.show_keys, self._window))

    def show_keys(self) -> None:
        from workbench.gui.preferences.keys_dialog import KeysDialog

        self._show(KeysDialog, lambda: KeysDialog(self._window.registry, self.keys, self._window))

    def _show(self, kind: type[QDialog], make: Callable[[], QDialog]) -> None:
        """Brings the dialog to the front, made if there is none. The window below it goes on."""
        open_ones = [d for d in self._window.findChildren(kind) if d.isVisible()]
        if open_ones:
            dialog = open_ones[0]
        else:
            dialog = make()
            dialog.finished.connect(lambda _result: self._window.focus_pane("editor"))
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
