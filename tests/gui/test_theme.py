"""The tokens can be read, the sheet is whole, icons are there."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QLineEdit

from workbench.gui.icons import TOKEN_OF, app_icon, icon, pixmap
from workbench.gui.theme import (
    CONTRAST_DARK,
    CONTRAST_LIGHT,
    DARK,
    LIGHT,
    TEXT_TOKENS,
    Scheme,
    Theme,
    ThemeSource,
    choose_mono_family,
    contrast,
    mono_font,
    theme_for,
)
from workbench.resources import resource_path

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK, CONTRAST_LIGHT, CONTRAST_DARK], ids=lambda t: t.name)
ICONS = sorted(p.stem for p in resource_path("icons").glob("*.svg"))


@THEMES
@pytest.mark.parametrize("token", TEXT_TOKENS)
@pytest.mark.parametrize("ground", ["surface", "window"])
def test_every_token_can_be_read(theme: Theme, token: str, ground: str) -> None:
    assert contrast(theme.color(token), theme.color(ground)) >= (7 if theme.strong else 4.5)


@THEMES
def test_selected_text_can_be_read(theme: Theme) -> None:
    assert contrast(theme.color("text"), theme.selection()) >= (7 if theme.strong else 4.5)


@pytest.mark.parametrize("theme", [CONTRAST_LIGHT, CONTRAST_DARK], ids=lambda t: t.name)
def test_every_line_is_as_strong_as_the_text_in_high_contrast(theme: Theme) -> None:
    assert contrast(theme.color("border"), theme.color("window")) >= 7
    assert contrast(theme.faint(), theme.color("surface")) >= 7


def test_the_system_decides_where_the_user_did_not() -> None:
    asked = {(s, dark, strong): theme_for(s, dark, strong) for s in Scheme for dark in (0, 1) for strong in (0, 1)}
    assert [asked[Scheme.SYSTEM, *each] for each in ((0, 0), (1, 0), (0, 1), (1, 1))] == [
        LIGHT,
        DARK,
        CONTRAST_LIGHT,
        CONTRAST_DARK,
    ]
    assert {asked[Scheme.LIGHT, dark, strong].name for dark in (0, 1) for strong in (0, 1)} == {"light"}
    assert {asked[Scheme.DARK, dark, strong].name for dark in (0, 1) for strong in (0, 1)} == {"dark"}
    assert [asked[Scheme.CONTRAST, dark, 0] for dark in (0, 1)] == [CONTRAST_LIGHT, CONTRAST_DARK]


def test_the_chosen_font_is_the_texts_font_while_it_is_installed(qapp) -> None:
    usual = mono_font().families()
    try:
        other = next(family for family in QFontDatabase.families() if family not in usual)
        choose_mono_family(other)
        assert mono_font().families() == [other, *usual]
        choose_mono_family("No such font")
        assert mono_font().families() == usual
    finally:
        choose_mono_family("")


@THEMES
def test_the_style_sheet_has_no_unfilled_token_and_no_missing_file(qapp, theme: Theme) -> None:
    sheet = theme.style_sheet()
    assert "@{" not in sheet
    files = re.findall(r'url\("([^"]+)"\)', sheet)
    assert files
    assert [f for f in files if not Path(f).is_file()] == []


@THEMES
def test_the_palette_is_made_of_the_tokens(theme: Theme) -> None:
    palette = theme.palette()
    assert palette.color(QPalette.ColorRole.Window) == theme.color("window")
    assert palette.color(QPalette.ColorRole.Text) == theme.color("text")


@THEMES
def test_a_hint_in_an_empty_field_can_be_read(qtbot, theme: Theme) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    field.setPlaceholderText("HHHHH")
    field.setStyleSheet(theme.style_sheet())
    field.resize(120, 30)
    image = field.grab().toImage()
    inner = [image.pixelColor(x, y) for x in range(8, 100) for y in range(8, image.height() - 8)]
    assert max(contrast(color, theme.color("surface")) for color in inner) >= (7 if theme.strong else 4.5)


def test_the_users_choice_goes_before_the_systems(qtbot) -> None:
    source = ThemeSource(Scheme.LIGHT)
    with qtbot.waitSignal(source.changed) as caught:
        source.choose(Scheme.DARK)
    assert caught.args == [DARK]
    with qtbot.assertNotEmitted(source.changed):
        source.choose(Scheme.DARK)


class Hints(QObject):
    """Stands for the system's hints, which the offscreen platform has none of."""

    colorSchemeChanged, contrastPreferenceChanged = Signal(object), Signal(object)  # noqa: N815 (Qt's names)
    dark, strong = Qt.ColorScheme.Light, Qt.ContrastPreference.NoPreference

    def colorScheme(self) -> Qt.ColorScheme:  # noqa: N802
        return self.dark

    def contrastPreference(self) -> Qt.ContrastPreference:  # noqa: N802
        return self.strong

    def accessibility(self) -> "Hints":
        return self


def test_the_systems_changes_are_followed_while_the_program_runs(qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    hints = Hints()
    monkeypatch.setattr(QGuiApplication, "styleHints", lambda: hints)
    source, chosen = ThemeSource(Scheme.SYSTEM), ThemeSource(Scheme.LIGHT)
    assert source.theme is LIGHT
    hints.dark = Qt.ColorScheme.Dark
    with qtbot.waitSignal(source.changed) as caught:
        hints.colorSchemeChanged.emit(hints.dark)
    assert caught.args == [DARK]
    hints.strong = Qt.ContrastPreference.HighContrast
    with qtbot.waitSignal(source.changed) as caught:
        hints.contrastPreferenceChanged.emit(hints.strong)
    assert caught.args == [CONTRAST_DARK]
    assert chosen.theme is LIGHT


def test_the_real_hints_have_what_is_followed(qapp) -> None:
    hints = QGuiApplication.styleHints()
    assert isinstance(hints.colorScheme(), Qt.ColorScheme)
    assert isinstance(hints.accessibility().contrastPreference(), Qt.ContrastPreference)


@THEMES
@pytest.mark.parametrize("name", ICONS)
def test_every_icon_draws_something_and_stays_inside(qapp, theme: Theme, name: str) -> None:
    image = pixmap(name, theme, 16, 2.0).toImage()
    assert image.width() == 32
    drawn = [(x, y) for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() > 40]
    assert len(drawn) > 20
    assert not icon(name, theme).isNull()


@THEMES
def test_an_icon_with_a_meaning_has_its_color(qapp, theme: Theme) -> None:
    for name, token in TOKEN_OF.items():
        image = pixmap(name, theme, 48).toImage()
        colors = {image.pixelColor(x, y).name() for x in range(48) for y in range(48)}
        assert theme.color(token).name() in colors, name


def test_the_program_icon_has_every_size(qapp) -> None:
    assert {s.width() for s in app_icon().availableSizes()} >= {16, 32, 48, 256}


def test_the_text_font_is_monospace(qapp) -> None:
    from PySide6.QtGui import QFontMetricsF

    metrics = QFontMetricsF(mono_font())
    assert metrics.horizontalAdvance("iiii") == pytest.approx(metrics.horizontalAdvance("WWWW"))
