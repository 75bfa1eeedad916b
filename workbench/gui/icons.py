"""Icons from our own SVGs, drawn in a token's color. `currentColor` in the file is the token, `surface` the ground."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from workbench.gui.theme import LIGHT, THEMES, Theme
from workbench.resources import resource_path

SIZES = (16, 20, 24, 32, 48)
APP_SIZES = (16, 24, 32, 48, 64, 128, 256)
TOKEN_OF = {
    "allowed": "allowed",
    "explicit-deny": "explicit-deny",
    "implicit-deny": "implicit-deny",
    "depends": "depends",
    "error": "error",
    "security": "security",
    "warning": "warning",
    "suggestion": "suggestion",
    "run": "accent",
    "passed": "allowed",
    "failed": "error",
}
"""Icons with a meaning have its color; all others are drawn muted."""


def icon(name: str, theme: Theme, token: str = "") -> QIcon:
    """The icon `name` for `theme`, in `token`'s color if one is given. Raises FileNotFoundError for an unknown name."""
    return _icon(name, theme.name, token or TOKEN_OF.get(name, "muted"))


def pixmap(name: str, theme: Theme, size: int, ratio: float = 1.0, token: str = "") -> QPixmap:
    """The icon `name` as a picture of `size` device-independent pixels, sharp at `ratio`."""
    return _pixmap(name, theme.name, size, ratio, token or TOKEN_OF.get(name, "muted"))


def app_icon() -> QIcon:
    """The program's own icon; its colors are its own, in light and dark."""
    result = QIcon()
    svg = _colored("app", LIGHT, "accent")
    for size in APP_SIZES:
        result.addPixmap(_render(svg, size))
    return result


@cache
def _svg(name: str) -> str:
    return resource_path(f"icons/{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def _pixmap(name: str, theme_name: str, size: int, ratio: float, token: str) -> QPixmap:
    picture = _render(_colored(name, THEMES[theme_name], token), round(size * ratio))
    picture.setDevicePixelRatio(ratio)
    return picture


@cache
def _icon(name: str, theme_name: str, token: str) -> QIcon:
    svg = _colored(name, THEMES[theme_name], token)
    result = QIcon()
    for size in SIZES:
        picture = _render(svg, size)
        result.addPixmap(picture)
        result.addPixmap(picture, QIcon.Mode.Selected)
        result.addPixmap(_faded(picture), QIcon.Mode.Disabled)
    return result


def _colored(name: str, theme: Theme, token: str) -> QSvgRenderer:
    source = _svg(name).replace("currentColor", theme.tokens[token]).replace("surfaceColor", theme.tokens["surface"])
    return QSvgRenderer(QByteArray(source.encode()))


def _render(svg: QSvgRenderer, pixels: int) -> QPixmap:
    picture = QPixmap(pixels, pixels)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    svg.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    return picture


def _faded(picture: QPixmap) -> QPixmap:
    result = QPixmap(picture.size())
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setOpacity(0.4)
    painter.drawPixmap(0, 0, picture)
    painter.end()
    return result
