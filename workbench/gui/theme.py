"""Colors, spacing and fonts: one table of tokens for light, one for dark, everything else made from them.

Source of the tokens: window.md section 3. Every text token has a contrast of at least 4.5 : 1 on surface and window.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
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
    """One look. `tokens` maps a token to "#RRGGBB"."""

    name: str
    dark: bool
    tokens: Mapping[str, str]

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
        faint = self.mix("muted", "surface", 0.7)
        for role in (roles.WindowText, roles.Text, roles.ButtonText, roles.HighlightedText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, faint)
        return palette

    def selection(self) -> QColor:
        """Behind selected text and rows; `text` on it keeps 4.5 : 1."""
        return self.mix("accent", "surface", 0.30 if self.dark else 0.20)

    def style_sheet(self) -> str:
        """What Fusion leaves to us: flat borders, one radius, rows of 26 px, a focus that can be seen."""
        extra = {
            "hover": self.mix("accent", "surface", 0.12 if self.dark else 0.08).name(),
            "selection": self.selection().name(),
            "faint": self.mix("muted", "surface", 0.7).name(),
            "control": self.mix("muted", "surface", 0.55).name(),
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


def _theme(name: str, dark: bool, colors: str) -> Theme:
    return Theme(name, dark, MappingProxyType(dict(zip(TOKENS, colors.split(), strict=True))))


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


def contrast(one: QColor, other: QColor) -> float:
    """WCAG 2.2 contrast ratio of two opaque colors, 1…21."""

    def luminance(color: QColor) -> float:
        def linear(c: float) -> float:
            return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4

        return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class Scheme(enum.StrEnum):
    """What the user chose under View > Theme."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class ThemeSource(QObject):
    """The theme in force: the user's choice, else the system's. `changed` carries the new Theme."""

    changed = Signal(object)

    def __init__(self, scheme: Scheme = Scheme.SYSTEM, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scheme = scheme
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)
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
        if self._scheme is Scheme.SYSTEM:
            return DARK if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT
        return DARK if self._scheme is Scheme.DARK else LIGHT

    def _follow(self) -> None:
        theme = self._current()
        if theme is not self._theme:
            self._theme = theme
            self.changed.emit(theme)


def apply(app: QApplication, theme: Theme) -> None:
    """Gives the whole program this look."""
    app.setPalette(theme.palette())
    app.setStyleSheet(theme.style_sheet())


@cache
def mono_font() -> QFont:
    """The first of our monospace fonts that is installed, at the interface font's size."""
    installed = set(QFontDatabase.families())
    families = [f for f in MONO_FAMILIES if f in installed]
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setFamilies([*families, *(f for f in font.families() if f not in families)])
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setFixedPitch(True)
    size = QGuiApplication.font().pointSizeF()
    font.setPointSizeF(size if size > 0 else 10.0)
    return font
