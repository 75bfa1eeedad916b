"""Colors, spacing and fonts: one table of tokens a theme, everything else made from them.

Source of the tokens: window.md section 3. Every text token has a contrast of at least 4.5 : 1 on surface and window, in
the high-contrast themes of at least 7 : 1.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from workbench.resources import resource_path

SPACE = 4
"""Everything is spaced in steps of 4 px; panes are padded by two of them."""
ROW = 26
"""The height of a row in a table, list or tree."""
MONO_FAMILIES = (
    "JetBrains Mono", "Cascadia Code", "DejaVu Sans Mono", "Menlo", "Consolas", "Noto Sans Mono", "Liberation Mono",
    "monospace",
)  # fmt: skip

TOKENS = (
    "window", "surface", "border", "text", "muted", "accent",
    "json-key", "json-string", "json-number",
    "allowed", "explicit-deny", "implicit-deny", "depends",
    "error", "security", "warning", "suggestion",
)  # fmt: skip
TEXT_TOKENS = tuple(t for t in TOKENS if t not in ("window", "surface", "border"))
"""The tokens that text or icons are drawn in; the contrast test runs over these."""


@dataclass(frozen=True, slots=True)
class Theme:
    """One look. `tokens` maps a token to "#RRGGBB". `strong`: high contrast, whose lines are as strong as its text."""

    name: str
    dark: bool
    tokens: Mapping[str, str]
    strong: bool = False

    def color(self, token: str) -> QColor:
        """Raises KeyError for a token that does not exist."""
        return QColor(self.tokens[token])

    def mix(self, token: str, onto: str, share: float) -> QColor:
        """`share` (0…1) of one token over another, opaque: tints for marks and selections."""
        top, ground = self.color(token), self.color(onto)
        return QColor(
            round(top.red() * share + ground.red() * (1 - share)),
            round(top.green() * share + ground.green() * (1 - share)),
            round(top.blue() * share + ground.blue() * (1 - share)),
        )

    def palette(self) -> QPalette:
        """The palette that Fusion draws every control with."""
        palette = QPalette()
        roles = QPalette.ColorRole
        text, muted, surface, window = (self.color(t) for t in ("text", "muted", "surface", "window"))
        border = self.color("border")
        for role, color in (
            (roles.Window, window), (roles.WindowText, text), (roles.Base, surface),
            (roles.AlternateBase, self.mix("window", "surface", 0.6)), (roles.Text, text),
            (roles.Button, surface), (roles.ButtonText, text), (roles.BrightText, self.color("error")),
            (roles.ToolTipBase, surface), (roles.ToolTipText, text), (roles.PlaceholderText, muted),
            (roles.Highlight, self.selection()), (roles.HighlightedText, text), (roles.Accent, self.color("accent")),
            (roles.Link, self.color("accent")), (roles.LinkVisited, self.color("accent")),
            (roles.Light, surface if not self.dark else self.mix("text", "surface", 0.12)),
            (roles.Midlight, self.mix("border", "surface", 0.5)), (roles.Mid, border),
            (roles.Dark, self.mix("muted", "surface", 0.5)), (roles.Shadow, self.mix("muted", "surface", 0.6)),
        ):  # fmt: skip
            palette.setColor(role, color)
        faint = self.faint()
        for role in (roles.WindowText, roles.Text, roles.ButtonText, roles.HighlightedText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, faint)
        return palette

    def selection(self) -> QColor:
        """Behind selected text and rows; `text` on it keeps 4.5 : 1, 7 : 1 in high contrast."""
        return self.mix("accent", "surface", 0.30 if self.dark else 0.20)

    def faint(self) -> QColor:
        """What cannot be used now."""
        return self.color("muted") if self.strong else self.mix("muted", "surface", 0.7)

    def style_sheet(self) -> str:
        """What Fusion leaves to us: flat borders, one radius, rows of 26 px, a focus that can be seen."""
        extra = {
            "hover": self.mix("accent", "surface", 0.12 if self.dark else 0.08).name(),
            "selection": self.selection().name(),
            "faint": self.faint().name(),
            "off": "dashed" if self.strong else "solid",  # where nothing is faint
            "control": self.color("border").name() if self.strong else self.mix("muted", "surface", 0.55).name(),
            "chevron": resource_path("icons/sheet-chevron-down.svg").as_posix(),
            "chevron-up": resource_path("icons/sheet-chevron-up.svg").as_posix(),
            "branch-closed": resource_path("icons/sheet-chevron-right.svg").as_posix(),
            "check": resource_path("icons/sheet-check.svg").as_posix(),
            "row": f"{ROW}px",
        }
        sheet = resource_path("themes/window.qss").read_text(encoding="utf-8")
        for name, value in {**self.tokens, **extra}.items():
            sheet = sheet.replace(f"@{{{name}}}", value)
        return sheet


def _theme(name: str, dark: bool, colors: str, *, strong: bool = False) -> Theme:
    return Theme(name, dark, MappingProxyType(dict(zip(TOKENS, colors.split(), strict=True))), strong)


LIGHT = _theme(
    "light",
    False,
    "#F6F7F9 #FFFFFF #D5DAE1 #1B2430 #566171 #1F5FBF #7A2E8E #14713D #1F5FBF"
    " #14713D #B3261E #8A5300 #6A3FB5 #B3261E #A03A00 #7A5A00 #1F5FBF",
)
DARK = _theme(
    "dark",
    True,
    "#15191F #1C222A #343D49 #E6EAF0 #9AA7B8 #7FB1FF #D9A3E8 #8FDDB0 #7FB1FF"
    " #6FD59A #FF8A80 #F2B45B #C3A6FF #FF8A80 #FFA56B #E6C65C #7FB1FF",
)
CONTRAST_LIGHT = _theme(
    "contrast-light",
    False,
    "#FFFFFF #FFFFFF #000000 #000000 #333333 #003C9E #5A0F73 #0A4A25 #003C9E"
    " #0A4A25 #8C0F0A #5E3300 #4A1F99 #8C0F0A #7A2B00 #544000 #003C9E",
    strong=True,
)
CONTRAST_DARK = _theme(
    "contrast-dark",
    True,
    "#000000 #000000 #FFFFFF #FFFFFF #D6D6D6 #9CC7FF #F0BDFF #A8F0C6 #9CC7FF"
    " #8CF0B4 #FFB0A8 #FFCB80 #D8C4FF #FFB0A8 #FFBF94 #FFE07A #9CC7FF",
    strong=True,
)
THEMES = {theme.name: theme for theme in (LIGHT, DARK, CONTRAST_LIGHT, CONTRAST_DARK)}


def contrast(one: QColor, other: QColor) -> float:
    """WCAG 2.2 contrast ratio of two opaque colors, 1…21."""

    def luminance(color: QColor) -> float:
        def linear(c: float) -> float:
            return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4

        return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class Scheme(enum.StrEnum):
    """What the user chose as the theme."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "high-contrast"


class ThemeSource(QObject):
    """The theme in force: the user's choice, else the system's. `changed` carries the new Theme. High contrast comes by
    choice or where the system asks for it, light or dark as the system is."""

    changed = Signal(object)

    def __init__(self, scheme: Scheme = Scheme.SYSTEM, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scheme = scheme
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._follow)
        hints.accessibility().contrastPreferenceChanged.connect(self._follow)
        self._theme = self._current()

    @property
    def theme(self) -> Theme:
        return self._theme

    @property
    def scheme(self) -> Scheme:
        return self._scheme

    def choose(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._follow()

    def _current(self) -> Theme:
        hints = QGuiApplication.styleHints()
        asked = hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
        return theme_for(self._scheme, hints.colorScheme() == Qt.ColorScheme.Dark, asked)

    def _follow(self) -> None:
        theme = self._current()
        if theme is not self._theme:
            self._theme = theme
            self.changed.emit(theme)


def theme_for(scheme: Scheme, system_dark: bool, system_contrast: bool) -> Theme:
    """The theme for a choice under a system that is dark or asks for high contrast."""
    if scheme is Scheme.CONTRAST or (scheme is Scheme.SYSTEM and system_contrast):
        return CONTRAST_DARK if system_dark else CONTRAST_LIGHT
    return DARK if scheme is Scheme.DARK or (scheme is Scheme.SYSTEM and system_dark) else LIGHT


def apply(app: QApplication, theme: Theme) -> None:
    """Gives the whole program this look."""
    app.setPalette(theme.palette())
    app.setStyleSheet(theme.style_sheet())


_chosen_family = ""


def choose_mono_family(family: str) -> None:
    """The family that `mono_font` begins with from now on; empty: the first of ours."""
    global _chosen_family
    _chosen_family = family
    mono_font.cache_clear()


@cache
def mono_font() -> QFont:
    """The user's monospace font, else the first of ours that is installed, at the interface font's size."""
    return QFont(_mono_font(_chosen_family, QGuiApplication.font().pointSizeF()))


@lru_cache(maxsize=4)
def _mono_font(chosen: str, size: float) -> QFont:
    # Asked for by each row of a list that is painted; the list of all installed fonts is long.
    installed = set(QFontDatabase.families())
    families = [f for f in (chosen, *MONO_FAMILIES) if f in installed]
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setFamilies([*families, *(f for f in font.families() if f not in families)])
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setFixedPitch(True)
    font.setPointSizeF(size if size > 0 else 10.0)
    return font
