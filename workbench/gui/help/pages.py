"""The pages of help of issue codes, read off the GUI thread: the first one reads the texts of all."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from workbench.findings.help_pages import help_page, help_text
from workbench.gui.jobs import JobSlot, Progress


class HelpPages(QObject):
    """`ready` carries an issue code and its page as Markdown, of the code asked for last."""

    ready = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._slot = JobSlot(self)
        self._code = ""
        self._slot.finished.connect(lambda found: self.ready.emit(*found))
        self._slot.failed.connect(lambda error: self.ready.emit(self._code, f"The page cannot be read: {error}."))

    def ask(self, code: str) -> None:
        self._code = code

        def work(_progress: Progress) -> tuple[str, str]:
            page = help_page(code)
            return code, help_text(page) if page is not None else f"No page of help says more about `{code}`."

        self._slot.start(work)

    def stop(self) -> None:
        self._slot.cancel()
