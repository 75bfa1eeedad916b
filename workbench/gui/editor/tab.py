"""One open policy: its file, its text, the bars that speak about it, and what the last answer said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from workbench.document.nodes import Document, PathElement
from workbench.document.paths import path_at
from workbench.document.span import Span
from workbench.findings.model import Edit, Finding, FindingType
from workbench.gui.editor.files import DiskFile, Stamp, read_file, stamp_of, write_file
from workbench.gui.editor.find_bar import FindBar
from workbench.gui.editor.layout import LONG_LINE, lay_out, longest_line
from workbench.gui.editor.marks import Mark
from workbench.gui.editor.text_edit import PolicyEdit
from workbench.gui.findings.model import said
from workbench.gui.strip import Choice, Strip
from workbench.gui.text_units import Units
from workbench.gui.theme import SPACE, Theme
from workbench.gui.widgets import ElidedLabel
from workbench.policy.kinds import PolicyKind

TOKEN_OF = {
    FindingType.ERROR: "error",
    FindingType.SECURITY_WARNING: "security",
    FindingType.WARNING: "warning",
    FindingType.SUGGESTION: "suggestion",
}
LARGE_PASTE = 4_000
"""Characters of a one-line document that are laid out as soon as it is opened."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """The document of the last answer, and the count of its text."""

    document: Document
    units: Units
    revision: int


class EditorTab(QWidget):
    """A tab of the editor. Offsets in and out are code points of `text()`."""

    edited = Signal()
    state_changed = Signal()
    """The title, the file or whether it is saved has changed."""
    caret_moved = Signal()

    def __init__(self, key: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.file: DiskFile | None = None
        self.title = key.rpartition("/")[2]
        self.kind: PolicyKind | None = None
        self._theme = theme
        self._seen: _Seen | None = None
        self._strips: dict[str, Strip] = {}
        self.seen_stamp: Stamp | None = None
        """The state on disk that the user has been told about."""
        self.edit = PolicyEdit(theme, self)
        self.find_bar = FindBar(self.edit, theme, self)
        self._crumbs = ElidedLabel("")
        self._crumbs.setProperty("role", "muted")
        self._crumb_frame = QFrame()
        self._crumb_frame.setObjectName("breadcrumb")
        row = QHBoxLayout(self._crumb_frame)
        row.setContentsMargins(3 * SPACE, SPACE, 2 * SPACE, SPACE)
        row.addWidget(self._crumbs)
        self._bars = QVBoxLayout()
        self._bars.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._bars)
        column.addWidget(self._crumb_frame)
        column.addWidget(self.edit, 1)
        column.addWidget(self.find_bar)
        self._look = QTimer(self, singleShot=True, interval=30)
        self._look.timeout.connect(self._follow_caret)
        self.edit.edited.connect(self.edited)
        self.edit.cursorPositionChanged.connect(self._look.start)
        self.edit.document().modificationChanged.connect(lambda _modified: self.state_changed.emit())
        self.setFocusProxy(self.edit)
        self._show_path(())

    # -- state ----------------------------------------------------------------------------------------------------

    @property
    def path(self) -> Path | None:
        return self.file.path if self.file else None

    @property
    def dirty(self) -> bool:
        return self.edit.document().isModified()

    @property
    def encoding_text(self) -> str:
        """ "UTF-8  LF", as the status bar shows it."""
        if self.file is None:
            return "UTF-8  LF"
        decoded = self.file.decoded
        ends = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}.get(decoded.newline, "mixed line ends")
        return f"{decoded.encoding.upper()}{' BOM' if decoded.bom else ''}  {ends}"

    def text(self) -> str:
        return self.edit.text()

    def caret(self) -> tuple[int, int]:
        """Line and column of the caret, both from 1, in code points."""
        cursor = self.edit.textCursor()
        line = cursor.block().text()
        return cursor.blockNumber() + 1, Units(line).from_qt(cursor.positionInBlock()) + 1

    def offset_at_caret(self) -> int:
        """The caret's place in `text()`."""
        return Units(self.text()).from_qt(self.edit.textCursor().position())

    # -- file -----------------------------------------------------------------------------------------------------

    def open_file(self, path: Path) -> None:
        """Shows the file. Raises FileProblem."""
        self.file = read_file(path)
        self.title = path.name
        self.seen_stamp = self.file.stamp
        self._load(self.file.text)
        if not self.file.writable:
            self.say("read-only", "lock", f"{path.name} cannot be written. Save it under another name to keep changes.")

    def set_text(self, text: str) -> None:
        """Shows a text that has no file."""
        self._load(text)

    def _load(self, text: str) -> None:
        self._seen = None
        self.unsay("laid-out")
        long = longest_line(text) > LONG_LINE
        minified = len(text) > LARGE_PASTE and text.count("\n") <= 1
        self.edit.setReadOnly(long or minified)
        if long or minified:
            self.edit.load(lay_out(text))
            shown = "It is shown laid out, for reading."
            self.say(
                "laid-out",
                "format",
                f"This policy is one line of {len(text):,} characters. {shown}"
                if minified
                else f"A line of this policy has {longest_line(text):,} characters. {shown}",
                [("Edit as laid out", self.edit_laid_out)],
            )
        else:
            self.edit.load(text)
        self.state_changed.emit()
        self.edited.emit()

    def edit_laid_out(self) -> None:
        """Makes the layout a change of the text, which can be edited and saved."""
        self.unsay("laid-out")
        self.edit.setReadOnly(False)
        self.edit.document().setModified(True)
        self.edit.setFocus()

    def save(self, path: Path) -> None:
        """Writes the text to `path`, whose file this tab shows from now on. Raises FileProblem."""
        self.file = write_file(path, self._text_to_save(), self.file)
        self.title = path.name
        self.seen_stamp = self.file.stamp
        for name in ("changed", "read-only", "recovered", "problem"):
            self.unsay(name)
        self.edit.document().setModified(False)
        self.state_changed.emit()

    def _text_to_save(self) -> str:
        # What is only shown laid out is saved as it was.
        if "laid-out" in self._strips and self.file is not None:
            return self.file.text
        return self.text()

    def reload(self) -> None:
        """Takes what is on disk. A text that was edited can be got back with undo. Raises FileProblem."""
        assert self.file is not None
        was_dirty = self.dirty
        fresh = read_file(self.file.path)
        self.unsay("changed")
        self.unsay("recovered")
        self.file, self.seen_stamp = fresh, fresh.stamp
        if was_dirty and longest_line(fresh.text) <= LONG_LINE and not self.edit.isReadOnly():
            self.edit.replace_all(fresh.text)
            self.edit.document().setModified(False)
        else:
            self._load(fresh.text)
        self.state_changed.emit()

    def look_at_disk(self) -> None:
        """Says so, once for each change, if the file is no longer what was read."""
        if self.file is None:
            return
        now = stamp_of(self.file.path)
        if now == self.seen_stamp:
            return
        self.seen_stamp = now
        if now is None:
            self.say(
                "changed",
                "warning",
                f"{self.title} is no longer on disk. Its text is still here.",
                [("Save it again", lambda: self.save_again()), ("Keep", lambda: self.unsay("changed"))],
            )
            self.edit.document().setModified(True)
        elif now != self.file.stamp:
            unsaved = " Your unsaved changes are still here." if self.dirty else ""
            self.say(
                "changed",
                "reload",
                f"{self.title} was changed by another program.{unsaved}",
                [("Reload", lambda: self.guarded(self.reload)), ("Keep mine", self._keep_mine)],
            )

    def _keep_mine(self) -> None:
        self.unsay("changed")
        self.edit.document().setModified(True)

    def save_again(self) -> None:
        assert self.file is not None
        path = self.file.path
        self.guarded(lambda: self.save(path))

    def guarded(self, act: object) -> bool:
        """Runs `act`; a FileProblem becomes a bar in the tab. Whether it went well."""
        from workbench.gui.editor.files import FileProblem

        try:
            act()  # type: ignore[operator]
        except FileProblem as problem:
            self.say("problem", "error", str(problem))
            return False
        self.unsay("problem")
        return True

    def restore(self, text: str) -> None:
        """Shows `text` as unsaved changes that an earlier session left."""
        if self.file is None:
            self.edit.load(text)
        else:
            self.edit.setReadOnly(False)
            self.unsay("laid-out")
            self.edit.replace_all(text)
        self.edit.document().setModified(True)
        choices: list[Choice] = [("Keep", lambda: self.unsay("recovered"))]
        if self.file is not None:
            choices.append(("Use the file on disk", lambda: self.guarded(self.reload)))
        self.say("recovered", "history", "Restored: these changes were not saved when the program ended.", choices)
        self.edited.emit()

    # -- bars -----------------------------------------------------------------------------------------------------

    def say(self, name: str, icon_name: str, text: str, choices: Sequence[Choice] = ()) -> Strip:
        """Shows a bar over the text; one of the same name goes."""
        self.unsay(name)
        strip = Strip(self._theme, icon_name, text, choices, self)
        strip.closed.connect(lambda: self.unsay(name))
        self._strips[name] = strip
        self._bars.addWidget(strip)
        return strip

    def unsay(self, name: str) -> None:
        strip = self._strips.pop(name, None)
        if strip is not None:
            self._bars.removeWidget(strip)
            strip.hide()
            strip.deleteLater()

    def strip(self, name: str) -> Strip | None:
        return self._strips.get(name)

    # -- answers --------------------------------------------------------------------------------------------------

    def show_findings(self, document: Document, findings: Sequence[Finding]) -> None:
        """Underlines what was found, if `document` is the text as it stands now."""
        if document.text != self.text():
            return
        units = Units(document.text)
        self._seen = _Seen(document, units, self.edit.document().revision())
        marks = []
        for finding in findings if document.text.strip() else ():  # a policy not yet begun has no mistakes
            for location in finding.locations:
                start, end = location.span
                text = f"{said(finding)}\n{finding.code}"
                marks.append(Mark(units.to_qt(start), units.to_qt(end), TOKEN_OF[finding.type], text))
        self.edit.set_marks(marks)
        self._follow_caret()

    def show_span(self, start: int, end: int, *, flash: bool = True) -> None:
        """Selects the place in the text and scrolls to it."""
        units = Units(self.text())
        self.edit.show_place(units.to_qt(start), units.to_qt(end), flash=flash)

    def apply_edits(self, edits: Sequence[Edit]) -> None:
        """Applies the edits of a fix as one step that can be undone."""
        units = Units(self.text())
        self.edit.replace([(units.to_qt(e.span.start), units.to_qt(e.span.end), e.text) for e in edits])

    def statement_at_caret(self) -> Span | None:
        """The statement that the caret is in, as of the last answer."""
        path = self._path_at_caret()
        if len(path) < 1 or path[0] != ("value", "Statement") or self._seen is None:
            return None
        from workbench.document.paths import span_at

        return span_at(self._seen.document, path[:2] if len(path) > 1 and path[1][0] == "index" else path[:1])

    def _path_at_caret(self) -> tuple[PathElement, ...]:
        seen = self._seen
        if seen is None or seen.revision != self.edit.document().revision():
            return ()
        return path_at(seen.document, seen.units.from_qt(self.edit.textCursor().position()))

    def _follow_caret(self) -> None:
        seen = self._seen
        if seen is not None and seen.revision == self.edit.document().revision():
            self._show_path(self._path_at_caret())
            span = self.statement_at_caret()
            self.edit.set_statement((seen.units.to_qt(span.start), seen.units.to_qt(span.end)) if span else None)
        self.caret_moved.emit()

    def _show_path(self, path: Sequence[PathElement]) -> None:
        crumbs: list[str] = []
        for kind, name in path:
            if kind == "index" and crumbs:
                crumbs[-1] += f"[{name}]"
            else:
                crumbs.append(str(name))
        self._crumbs.setText("  ▸  ".join(crumbs) if crumbs else self.title)

    @property
    def breadcrumb(self) -> str:
        return self._crumbs.text()

    # -- look -----------------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.edit.set_theme(theme)
        self.find_bar.set_theme(theme)
        for strip in self._strips.values():
            strip.set_theme(theme)

    def lay_out(self) -> None:
        """Lays the text out anew, as a change that can be undone."""
        if self.edit.isReadOnly():
            self.edit_laid_out()
            return
        text = self.text()
        fresh = lay_out(text)
        if fresh.rstrip() != text.rstrip():
            self.edit.replace_all(fresh)

    def set_busy(self, busy: bool) -> None:
        """Dims the path line while its answer is late."""
        self._crumbs.setEnabled(not busy)

    def keyPressEvent(self, event: object) -> None:  # noqa: N802
        from PySide6.QtGui import QKeyEvent

        if isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and self.find_bar.isVisible():
                self.find_bar.close_bar()
                return
            super().keyPressEvent(event)
