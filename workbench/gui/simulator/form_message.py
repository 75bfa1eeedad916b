"""The sentence below the form's fields: what keeps the request from being read, or what is doubtful about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from workbench.document.unseen import visible
from workbench.gui.icons import pixmap
from workbench.gui.plain import tip
from workbench.gui.theme import LIGHT, Theme
from workbench.gui.widgets import GRID, PADDING, LinkButton, WrappedLabel


class FormMessage(QFrame):
    """An icon, a sentence, and a link to what would mend it. Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._mend: Callable[[], None] = lambda: None
        self._icon = QLabel(self)
        self._icon.setFixedSize(16, 16)
        self._sentence = WrappedLabel("", self)
        self.link = LinkButton("", self)
        self.link.clicked.connect(lambda: self._mend())
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._sentence)
        words.addWidget(self.link, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(self)
        row.setContentsMargins(PADDING, GRID, PADDING, 0)
        row.setSpacing(GRID)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.set_theme(LIGHT)

    def say(self, sentence: str, mend_words: str, mend: Callable[[], None]) -> None:
        """Shows the sentence, and the link if it has words; hides both for an empty sentence."""
        self._mend = mend
        if (sentence, mend_words) != (self.text(), self.link.text()):
            self._sentence.setText(sentence)
            self._sentence.setAccessibleName(sentence)
            self.link.setText(visible(mend_words))
            self.link.setToolTip(tip(mend_words))
            self.link.setAccessibleName(mend_words)
            self.link.updateGeometry()
        self.link.setVisible(bool(mend_words))
        self.setVisible(bool(sentence))

    def text(self) -> str:
        return self._sentence.text()

    def set_theme(self, theme: Theme) -> None:
        self._icon.setPixmap(pixmap("warning", theme, 16, self.devicePixelRatioF()))
        self.link.set_color(theme.color("accent"))
