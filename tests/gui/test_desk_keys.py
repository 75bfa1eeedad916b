"""The palette finds and asks; keys and settings are changed in the window, at once and for good."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QSpinBox

from workbench.gui.command_palette import CommandPalette
from workbench.gui.main_window import MainWindow
from workbench.gui.preferences import settings_dialog
from workbench.gui.preferences.keys_dialog import KEYS, KeysDialog
from workbench.gui.preferences.settings_dialog import SettingsDialog
from workbench.gui.settings import ORGANIZATION, TABLE, Setting, Settings
from workbench.gui.theme import Scheme

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


@pytest.fixture
def window(make_window: Callable[..., MainWindow], qtbot: Any) -> MainWindow:
    window = make_window()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=5000)
    tab = window.area.current
    assert tab is not None
    tab.edit.setFocus()
    return window


def edit_of(window: MainWindow) -> Any:
    tab = window.area.current
    assert tab is not None
    return tab.edit


# -- the palette ---------------------------------------------------------------------------------------------------


def palette(window: MainWindow, qtbot: Any, typed: str = "") -> CommandPalette:
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_P, CTRL | SHIFT)
    opened = QApplication.activePopupWidget()
    assert isinstance(opened, CommandPalette)
    qtbot.keyClicks(opened.typed, typed)
    return opened


def rows(opened: CommandPalette) -> list[tuple[str, str]]:
    items = (opened.list.topLevelItem(row) for row in range(opened.list.topLevelItemCount()))
    return [(item.text(0), item.text(1)) for item in items if item is not None]


def test_the_palette_shows_every_command_that_can_run_with_its_keys(window: MainWindow, qtbot: Any) -> None:
    opened = palette(window, qtbot)
    shown = dict(rows(opened))
    assert shown["Edit: Find and replace…"] == "Ctrl+F"
    assert len(shown) == sum(command.enabled() for command, _ in window.registry)
    opened.close()


def test_starts_of_words_find_a_command_and_enter_runs_it(window: MainWindow, qtbot: Any) -> None:
    opened = palette(window, qtbot, "fap")
    assert rows(opened)[0][0] == "Edit: Find and replace…" or "Fix" in rows(opened)[0][0]
    qtbot.keyClick(opened.typed, Qt.Key.Key_A, CTRL)
    qtbot.keyClicks(opened.typed, "edit find")
    assert rows(opened)[0] == ("Edit: Find and replace…", "Ctrl+F")
    qtbot.keyClick(opened.typed, Qt.Key.Key_Return)
    tab = window.area.current
    assert tab is not None
    assert tab.find_bar.isVisible()


def test_what_was_used_last_comes_first_also_after_a_restart(
    make_window: Callable[..., MainWindow], window: MainWindow, qtbot: Any
) -> None:
    for typed in ("usual text size", "larger text"):
        qtbot.keyClick(palette(window, qtbot, typed).typed, Qt.Key.Key_Return)
    opened = palette(window, qtbot)
    assert [text for text, _ in rows(opened)][:2] == [
        "View: Larger text",
        "View: Usual text size",
    ]
    opened.close()
    window.close()
    again = make_window()
    assert again.settings.get("recent_commands")[:2] == ["view.zoom_in", "view.zoom_reset"]


def test_the_letters_that_were_meant_are_marked(window: MainWindow, qtbot: Any) -> None:
    window.choose_theme(Scheme.LIGHT)

    def accents(typed: str) -> int:
        opened = palette(window, qtbot, typed)
        first = opened.list.visualItemRect(opened.list.topLevelItem(0))
        image: QImage = opened.list.viewport().grab(first).toImage()
        accent = window.theme.color("accent").rgb()
        # Icons have other colors: what is in the accent is text.
        found = sum(image.pixel(x, y) == accent for x in range(24, image.width()) for y in range(image.height()))
        opened.close()
        return found

    assert accents("") == 0
    assert 0 < accents("o") < accents("opf")


def test_down_goes_on_and_around(window: MainWindow, qtbot: Any) -> None:
    opened = palette(window, qtbot, "pane")
    count = opened.list.topLevelItemCount()
    assert count > 2
    qtbot.keyClick(opened.typed, Qt.Key.Key_Up)
    assert opened.list.indexOfTopLevelItem(opened.list.currentItem()) == count - 1
    qtbot.keyClick(opened.typed, Qt.Key.Key_Down)
    assert opened.list.indexOfTopLevelItem(opened.list.currentItem()) == 0
    assert opened.typed.accessibleDescription() == rows(opened)[0][0]
    opened.close()


def test_the_field_in_the_menu_bar_opens_it(window: MainWindow, qtbot: Any) -> None:
    field = window.preferences.ask_field
    assert field.isVisible()
    assert field.mapTo(window, QPoint(field.width(), 0)).x() > window.width() - 24
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
    opened = QApplication.activePopupWidget()
    assert isinstance(opened, CommandPalette)
    opened.close()


def test_the_field_follows_theme_and_keys(window: MainWindow) -> None:
    field = window.preferences.ask_field
    window.choose_theme(Scheme.LIGHT)
    light = field.icon().pixmap(16, 16).toImage()
    window.choose_theme(Scheme.DARK)
    assert field.icon().pixmap(16, 16).toImage() != light
    window.preferences.keys.set("view.palette", ("F12",))
    assert "F12" in field.toolTip()


def test_an_action_is_asked(window: MainWindow, qtbot: Any) -> None:
    opened = palette(window, qtbot, "sagemaker:deleteendpoint")
    assert rows(opened)[0][0] == "Ask: sagemaker:DeleteEndpoint"
    with qtbot.waitSignal(window.answer_shown, timeout=5000) as caught:
        qtbot.keyClick(opened.typed, Qt.Key.Key_Return)
    assert caught.args[0].question.request.action == "sagemaker:DeleteEndpoint"
    assert window.panel.form.action.text() == "sagemaker:DeleteEndpoint"


def test_a_saved_request_is_asked_by_its_title(window: MainWindow, qtbot: Any) -> None:
    project = window.project
    assert project is not None
    saved = project.requests[-1]
    opened = palette(window, qtbot, saved.title)
    with qtbot.waitSignal(window.answer_shown, timeout=5000) as caught:
        qtbot.keyClick(opened.typed, Qt.Key.Key_Return)
    assert caught.args[0].question.request.action == saved.request.action


def test_letters_of_nothing_say_so(window: MainWindow, qtbot: Any) -> None:
    opened = palette(window, qtbot, "qqqqqqqqq")
    assert [text for text, _ in rows(opened)] == ["No command and no action has these letters."]
    qtbot.keyClick(opened.typed, Qt.Key.Key_Return)
    assert not window.findChildren(CommandPalette) or not opened.isVisible()


# -- the keys ------------------------------------------------------------------------------------------------------


def keys_dialog(window: MainWindow, qtbot: Any, command_id: str) -> KeysDialog:
    window.registry.action("edit.keys").trigger()
    [dialog] = [d for d in window.findChildren(KeysDialog) if d.isVisible()]
    qtbot.waitUntil(dialog.isActiveWindow, timeout=5000)
    dialog.choose(command_id)
    dialog.list.setFocus()
    return dialog


def press(qtbot: Any, dialog: KeysDialog, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is dialog.press
    qtbot.keyClick(dialog.press, key, modifiers)


def test_new_keys_work_at_once_and_after_a_restart_and_can_be_reset(
    make_window: Callable[..., MainWindow], window: MainWindow, qtbot: Any
) -> None:
    dialog = keys_dialog(window, qtbot, "edit.go_to")
    press(qtbot, dialog, Qt.Key.Key_J, CTRL | ALT)
    assert dialog.said.text() == "“Go to a statement or line…” is on Ctrl+Alt+J now."
    assert dialog.index_of("edit.go_to").siblingAtColumn(KEYS).data() == "Ctrl+Alt+J"
    assert window.registry.keys("edit.go_to") == ("Ctrl+Alt+J",)
    assert "Ctrl+Alt+J" in window.registry.action("edit.go_to").toolTip()
    qtbot.keyClick(dialog.list, Qt.Key.Key_Escape)
    window.close()
    again = make_window()
    assert again.registry.keys("edit.go_to") == ("Ctrl+Alt+J",)
    again.activateWindow()
    dialog = keys_dialog(again, qtbot, "edit.go_to")
    qtbot.mouseClick(dialog.reset, Qt.MouseButton.LeftButton)
    assert again.registry.keys("edit.go_to") == ("Ctrl+G",)
    assert Settings().get("keys") == []


def test_from_what_is_typed_enter_leads_to_the_keys_and_down_to_the_list(window: MainWindow, qtbot: Any) -> None:
    dialog = keys_dialog(window, qtbot, "edit.go_to")
    dialog.search.setFocus()
    qtbot.keyClicks(dialog.search, "duplicate")
    qtbot.keyClick(dialog.search, Qt.Key.Key_Down)
    assert QApplication.focusWidget() is dialog.list
    dialog.search.setFocus()
    qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is dialog.press
    qtbot.keyClick(dialog.press, Qt.Key.Key_J, CTRL | ALT)
    assert window.registry.keys("policy.statement_duplicate") == ("Ctrl+Alt+J",)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Escape)


def test_a_pressed_key_runs_the_command_it_was_given_to(window: MainWindow, qtbot: Any) -> None:
    dialog = keys_dialog(window, qtbot, "edit.lay_out")
    press(qtbot, dialog, Qt.Key.Key_L, CTRL | ALT)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Escape)
    edit = edit_of(window)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is edit, timeout=5000)
    edit.replace([(0, 0, "     ")])
    qtbot.keyClick(edit, Qt.Key.Key_L, CTRL | ALT)
    qtbot.waitUntil(lambda: edit.text().startswith("{\n"), timeout=5000)


def test_a_key_of_the_text_field_is_the_commands_once_it_is_given_to_one(window: MainWindow, qtbot: Any) -> None:
    """Ctrl+K deletes to the end of the line in a text of Qt's on some systems, Ctrl+Z undoes on all."""
    window.preferences.keys.set("edit.undo", ())
    window.preferences.keys.set("edit.find", ("Ctrl+Z",))
    edit = edit_of(window)
    edit.replace([(0, 0, " ")])
    text = edit.text()
    qtbot.keyClick(edit, Qt.Key.Key_Z, CTRL)
    tab = window.area.current
    assert tab is not None
    assert tab.find_bar.isVisible()
    assert edit.text() == text


def test_a_key_that_another_command_has_is_told_in_place(window: MainWindow, qtbot: Any) -> None:
    dialog = keys_dialog(window, qtbot, "edit.go_to")
    press(qtbot, dialog, Qt.Key.Key_F, CTRL)
    assert dialog.said.text() == "Ctrl+F belongs to “Find and replace…”. Take it away there first."
    assert window.registry.keys("edit.go_to") == ("Ctrl+G",)
    assert window.registry.keys("edit.find") == ("Ctrl+F",)


def test_a_key_that_types_is_not_taken_from_the_text(window: MainWindow, qtbot: Any) -> None:
    dialog = keys_dialog(window, qtbot, "edit.go_to")
    press(qtbot, dialog, Qt.Key.Key_X, Qt.KeyboardModifier.NoModifier)
    assert dialog.said.text() == "X types a letter. Press it with Ctrl or Alt."
    assert window.registry.keys("edit.go_to") == ("Ctrl+G",)


def test_esc_leaves_the_field_for_keys_and_changes_nothing(window: MainWindow, qtbot: Any) -> None:
    dialog = keys_dialog(window, qtbot, "edit.go_to")
    press(qtbot, dialog, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    assert dialog.isVisible()
    assert QApplication.focusWidget() is dialog.list
    assert window.registry.keys("edit.go_to") == ("Ctrl+G",)


def test_keys_are_taken_away_and_given_to_another_and_all_are_reset(window: MainWindow, qtbot: Any) -> None:
    dialog = keys_dialog(window, qtbot, "edit.find")
    qtbot.mouseClick(dialog.take_away, Qt.MouseButton.LeftButton)
    assert window.registry.keys("edit.find") == ()
    dialog.choose("edit.go_to")
    press(qtbot, dialog, Qt.Key.Key_F, CTRL)
    assert window.registry.keys("edit.go_to") == ("Ctrl+F",)
    dialog.choose("edit.find")
    qtbot.mouseClick(dialog.reset, Qt.MouseButton.LeftButton)
    assert dialog.said.text() == "Its keys belong to “Go to a statement or line…” now. Take them away there first."
    qtbot.mouseClick(dialog.reset_all, Qt.MouseButton.LeftButton)
    assert window.registry.keys("edit.find") == ("Ctrl+F",)
    assert window.registry.keys("edit.go_to") == ("Ctrl+G",)


def test_swapped_keys_survive_a_restart(make_window: Callable[..., MainWindow], window: MainWindow) -> None:
    keys = window.preferences.keys
    keys.set("edit.find", ())
    keys.set("edit.go_to", ("Ctrl+F",))
    keys.set("edit.find", ("Ctrl+G",))
    window.close()
    again = make_window()
    assert again.registry.keys("edit.find") == ("Ctrl+G",)
    assert again.registry.keys("edit.go_to") == ("Ctrl+F",)


@pytest.mark.parametrize(("typed", "found"), [("gtl", "edit.go_to"), ("ctrl+shift+p", "view.palette")])
def test_the_list_is_searched_by_name_and_by_keys(window: MainWindow, qtbot: Any, typed: str, found: str) -> None:
    dialog = keys_dialog(window, qtbot, "file.new")
    qtbot.keyClicks(dialog.search, typed)
    assert dialog.command_id
    assert not dialog.list.isRowHidden(dialog.index_of(found).row(), dialog.index_of("").parent())
    assert dialog.list.isRowHidden(dialog.index_of("file.new").row(), dialog.index_of("").parent())


def test_a_settings_file_written_by_hand_breaks_nothing(make_window: Callable[..., MainWindow]) -> None:
    store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, ORGANIZATION, "window")
    store.setValue("keys", ["nonsense", "no.such=Ctrl+J", "edit.find=Garbage", "edit.cut=Ctrl+G", "edit.copy=F9", "="])
    for name, value in (("theme", "mauve"), ("zoom", "99999999999999"), ("font", "7"), ("answer_delay", "-5")):
        store.setValue(name, value)
    store.setValue("recent_commands", ["no.such"])
    store.sync()
    window = make_window()
    assert window.registry.keys("edit.find") == ("Ctrl+F",)
    assert window.registry.keys("edit.cut") == ("Ctrl+X",)  # Ctrl+G is another's
    assert window.registry.keys("edit.copy") == ("F9",)
    assert {setting.name: Settings().get(setting.name) for setting in TABLE} == {s.name: s.default for s in TABLE}


def test_a_settings_file_that_is_no_text_breaks_nothing(make_window: Callable[..., MainWindow]) -> None:
    path = Path(QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, ORGANIZATION, "window").fileName())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(range(256)) * 40)
    assert make_window().area.current is not None


# -- the settings --------------------------------------------------------------------------------------------------


def settings(window: MainWindow, qtbot: Any) -> SettingsDialog:
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Comma, CTRL)
    [dialog] = [d for d in window.findChildren(SettingsDialog) if d.isVisible()]
    qtbot.waitUntil(dialog.isActiveWindow, timeout=5000)
    return dialog


def test_every_setting_of_the_table_has_a_row_and_no_state_has(window: MainWindow, qtbot: Any) -> None:
    dialog = settings(window, qtbot)
    assert list(dialog.rows) == [setting.name for setting in TABLE]
    assert all(setting.explanation.endswith(".") and setting.label for setting in TABLE)


def test_a_row_in_the_table_is_all_that_a_switch_needs(
    window: MainWindow, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch = Setting("welcome_closed", "Editor", "Wrap words", "Long lines go on below.", False)
    monkeypatch.setattr(settings_dialog, "TABLE", (*TABLE, switch))
    dialog = settings(window, qtbot)
    field = dialog.rows["welcome_closed"].field
    assert isinstance(field, QCheckBox)
    qtbot.keyClick(field, Qt.Key.Key_Space)
    assert Settings().get("welcome_closed") is True


def test_a_theme_is_chosen_by_keys_and_seen_at_once(window: MainWindow, qtbot: Any) -> None:
    dialog = settings(window, qtbot)
    field = dialog.rows["theme"].field
    assert isinstance(field, QComboBox)
    qtbot.keyClicks(field, "High")
    assert window.theme.strong
    assert Settings().get("theme") == "high-contrast"
    assert window.registry.action("view.theme_high-contrast").isChecked()
    qtbot.mouseClick(dialog.rows["theme"].back, Qt.MouseButton.LeftButton)
    assert not window.theme.strong
    assert not dialog.rows["theme"].back.isEnabled()


def test_numbers_reach_what_they_are_about(
    make_window: Callable[..., MainWindow], window: MainWindow, qtbot: Any
) -> None:
    dialog = settings(window, qtbot)
    zoom, delay = dialog.rows["zoom"].field, dialog.rows["answer_delay"].field
    assert isinstance(zoom, QSpinBox)
    assert isinstance(delay, QSpinBox)
    before = edit_of(window).font().pointSizeF()
    qtbot.keyClick(zoom, Qt.Key.Key_Up)
    assert edit_of(window).font().pointSizeF() == before + 1
    window.registry.action("view.zoom_in").trigger()
    assert zoom.value() == 2  # the dialog follows what is changed elsewhere
    qtbot.keyClick(delay, Qt.Key.Key_Up)
    assert window.answering._quiet.interval() == 200
    window.close()
    again = make_window()
    assert again.answering._quiet.interval() == 200
    assert edit_of(again).zoom == 2


def test_a_font_is_the_texts_at_once(window: MainWindow, qtbot: Any) -> None:
    dialog = settings(window, qtbot)
    field = dialog.rows["font"].field
    assert isinstance(field, QComboBox)
    usual = edit_of(window).font().families()
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_End)
    assert edit_of(window).font().families()[0] == field.currentData()
    qtbot.mouseClick(dialog.reset_all, Qt.MouseButton.LeftButton)
    assert edit_of(window).font().families() == usual


def test_settings_are_found_by_a_word_and_lead_to_the_keys(window: MainWindow, qtbot: Any) -> None:
    dialog = settings(window, qtbot)
    qtbot.keyClicks(dialog.search, "contrast")
    assert [name for name, row in dialog.rows.items() if row.isVisible()] == ["theme"]
    qtbot.keyClicks(dialog.search, "zzz")
    assert dialog.nothing.isVisible()
    qtbot.mouseClick(dialog.keys, Qt.MouseButton.LeftButton)
    assert [d for d in window.findChildren(KeysDialog) if d.isVisible()]


def test_a_closed_dialog_hears_of_nothing_any_more(window: MainWindow, qtbot: Any) -> None:
    for dialog in (settings(window, qtbot), keys_dialog(window, qtbot, "edit.find")):
        dialog.activateWindow()
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda dialog=dialog: not shiboken6.isValid(dialog), timeout=5000)
    with qtbot.capture_exceptions() as failed:
        window.settings.set("zoom", 2)
        window.preferences.keys.set("edit.find", ("F9",))
    assert failed == []
