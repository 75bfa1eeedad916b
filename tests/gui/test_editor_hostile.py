"""Text that hides, moves or imitates: marked in the editor, kept to the byte, named by a finding."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QInputMethodEvent, QKeyEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QApplication, QPlainTextDocumentLayout

from workbench.document.unseen import character_name, visible
from workbench.gui.editor import document_text as module
from workbench.gui.editor import unseen_marks
from workbench.gui.editor.document_text import FollowedText
from workbench.gui.editor.qt_text import document_text, to_qt
from workbench.gui.editor.tab import EditorTab
from workbench.gui.main_window import MainWindow
from workbench.gui.theme import Scheme, ThemeSource

CTRL = Qt.KeyboardModifier.ControlModifier
HOSTILE = "\u202e\u202a\u2066\u2069\u200e\u061c\u200b\u200d\u2060\ufeff\xad\x07\x1b\x7f\x85\u2028\u2029\xa0\u3000\ufe0f"
POLICY = """{
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::a%sb/*"
  }]
}
"""


@pytest.fixture
def loose(keep: Callable[[Any], None], qtbot: Any) -> EditorTab:
    tab = EditorTab("loose.json", ThemeSource(Scheme.LIGHT).theme)
    keep(tab)
    tab.resize(900, 300)
    tab.show()
    qtbot.waitExposed(tab)
    return tab


def _xs(tab: EditorTab, number: int = 0) -> list[float]:
    """Where each position of a line is shown."""
    block = tab.edit.document().findBlockByNumber(number)
    tab.edit.blockBoundingGeometry(block)
    line = block.layout().lineAt(0)
    return [line.cursorToX(at)[0] for at in range(block.length())]  # type: ignore[index]


@pytest.mark.parametrize("char", HOSTILE)
def test_a_character_that_cannot_be_seen_takes_room_and_moves_nothing(loose: EditorTab, char: str, qtbot: Any) -> None:
    loose.set_text(f'"one{char}two"\n')
    places = _xs(loose)
    assert places == sorted(places), "the text around it is shown in another order"
    cell = places[1] - places[0]
    assert places[5] - places[4] > 4 * cell
    assert places[6] - places[5] == pytest.approx(cell)
    assert loose.text() == f'"one{char}two"\n'


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK, Scheme.CONTRAST])
def test_the_box_is_painted_with_its_frame_in_every_theme(loose: EditorTab, scheme: Scheme, qtbot: Any) -> None:
    theme = ThemeSource(scheme).theme
    loose.set_theme(theme)
    loose.set_text('"one\u202etwo"')
    places = _xs(loose)
    shown = loose.edit.viewport().grab().toImage()
    block = loose.edit.document().firstBlock()
    top = loose.edit.blockBoundingGeometry(block).translated(loose.edit.contentOffset()).top()
    middle = int(top + block.layout().lineAt(0).height() / 2)
    scale = shown.devicePixelRatio()
    row = [shown.pixelColor(int(x * scale), int(middle * scale)) for x in range(int(places[4]), int(places[5]))]
    ink = theme.color("text" if theme.strong else "warning")

    def near(one: QColor) -> bool:
        return abs(one.red() - ink.red()) + abs(one.green() - ink.green()) + abs(one.blue() - ink.blue()) < 120

    assert near(row[1]) or near(row[2])  # the frame on the left
    assert sum(map(near, row)) > 4  # letters between it and the other


def test_a_letter_in_disguise_has_its_code_beside_it_and_honest_russian_has_none(loose: EditorTab) -> None:
    loose.set_text('"s3:G\u0435tObject \u0440\u0443\u0441\u0441\u043a\u0438\u0439"')
    stored = loose.edit.document().firstBlock().text()
    assert [(start, code, covers) for start, _end, code, covers in unseen_marks.marks(stored)] == [(5, "U+0435", False)]
    places = _xs(loose)
    assert places[6] - places[5] > 5 * (places[2] - places[1])


def test_keys_input_methods_and_the_clipboard_carry_the_text_itself(loose: EditorTab, qtbot: Any) -> None:
    edit = loose.edit
    loose.set_text("ab")
    qtbot.keyClick(edit, Qt.Key.Key_End)
    QApplication.sendEvent(edit, QKeyEvent(QKeyEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, "\xa0"))
    written = QInputMethodEvent()
    written.setCommitString("\u202ec")
    QApplication.sendEvent(edit, written)
    assert loose.text() == "ab\xa0\u202ec"
    qtbot.keyClick(edit, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(edit, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "ab\xa0\u202ec"
    qtbot.keyClick(edit, Qt.Key.Key_End)
    qtbot.keyClick(edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert loose.text() == 2 * "ab\xa0\u202ec"
    qtbot.keyClick(edit, Qt.Key.Key_Backspace)
    qtbot.keyClick(edit, Qt.Key.Key_Backspace)
    assert loose.text() == "ab\xa0\u202ecab\xa0"
    while edit.document().isUndoAvailable():
        qtbot.keyClick(edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert loose.text() == "ab"
    while edit.document().isRedoAvailable():
        qtbot.keyClick(edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert loose.text() == "ab\xa0\u202ecab\xa0"


def test_half_a_pair_is_copied_and_pasted_within_the_program(loose: EditorTab, qtbot: Any) -> None:
    loose.set_text("a\ud83db")
    qtbot.keyClick(loose.edit, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(loose.edit, Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier)
    assert loose.text() == ""
    qtbot.keyClick(loose.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert loose.text() == "a\ud83db"


def test_what_is_dropped_is_the_text_itself(loose: EditorTab, qtbot: Any) -> None:
    loose.set_text("")
    data = QMimeData()
    data.setText("x\u2029y\r\nz\u200b")
    place = QPointF(5, 5)
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy, view = Qt.DropAction.CopyAction, loose.edit.viewport()
    QApplication.sendEvent(view, QDragEnterEvent(place.toPoint(), copy, data, buttons, keys))
    QApplication.sendEvent(view, QDropEvent(place, Qt.DropAction.CopyAction, data, buttons, keys))
    assert loose.text() == "x\u2029y\nz\u200b"


def test_saving_gives_back_every_byte(make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any) -> None:
    for encoding, text in (
        ("utf-8", POLICY % (HOSTILE + "\ue000\uf8ff\U000f0000\U0010ffff\U000e0041\ufdd0")),
        ("utf-16-le", "\ufeff" + POLICY % "\ud83d\u202e\udc00"),
    ):
        path = tmp_path / f"{encoding}.json"
        before = text.encode(encoding, "surrogatepass")
        path.write_bytes(before)
        window = make_window(path)
        tab = window.area.current
        assert tab is not None
        qtbot.keyClick(tab.edit, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClick(tab.edit, Qt.Key.Key_X)
        qtbot.keyClick(tab.edit, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        assert path.read_bytes() == before + "x".encode(encoding)
        assert not tab.dirty


def test_the_finding_marks_its_place_behind_characters_of_every_width(
    window_of: Callable[[str], MainWindow], qtbot: Any
) -> None:
    window = window_of(POLICY % "\ue000\U000f0000\u202e😀\xad")
    tab = window.area.current
    assert tab is not None
    assert window.answered is not None
    [finding] = [f for f in window.answered.answer.validation.findings if f.code == "HIDDEN_OR_DISGUISED_CHARACTER"]
    place = finding.locations[-1].span
    assert tab.text()[place.start : place.end] == "\xad"
    tab.show_span(place.start, place.end)
    cursor = tab.edit.textCursor()
    assert cursor.selectedText() == to_qt("\xad")
    cursor.setPosition(cursor.selectionEnd())
    tab.edit.setTextCursor(cursor)
    assert tab.text()[tab.offset_at_caret() :].startswith("b/*")
    assert tab.caret()[1] == len(POLICY.splitlines()[5].split("%")[0]) + 6


def test_find_finds_and_undo_brings_back_what_cannot_be_seen(loose: EditorTab, qtbot: Any) -> None:
    loose.set_text("a\u202eb a\u202eb")
    loose.edit.replace([(1, 2, "")])
    assert loose.text() == "ab a\u202eb"
    loose.edit.undo()
    assert loose.text() == "a\u202eb a\u202eb"
    loose.find_bar.open()
    loose.find_bar.needle.setText("\u202e")
    qtbot.waitUntil(lambda: "2" in loose.find_bar.count.text())


def test_ten_thousand_marks_in_one_line_are_bounded(loose: EditorTab, drawn: list[str]) -> None:
    loose.set_text("x\u202ey\u200b" * 5_000)
    assert len(loose.edit.document().firstBlock().layout().formats()) <= unseen_marks.MOST_RANGES + 8
    drawn.clear()
    loose.edit.viewport().grab()
    assert 0 < len(drawn) < 200


def test_characters_are_named_and_written_visibly() -> None:
    assert character_name("\u202e") == "U+202E RIGHT-TO-LEFT OVERRIDE"
    assert character_name("\x85") == "U+0085 a control character"
    assert visible("a\u202e\x1b[31m\nb\U000e0041ü") == "a\\u202e\\u001b[31m\nb\\U000e0041ü"


def test_moving_the_caret_takes_one_key_a_mark(loose: EditorTab, qtbot: Any) -> None:
    loose.set_text("a\u202e\u200bb")
    qtbot.keyClick(loose.edit, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    seen = []
    for _step in range(4):
        qtbot.keyClick(loose.edit, Qt.Key.Key_Right)
        seen.append(loose.offset_at_caret())
    assert seen == [1, 2, 3, 4]
    assert loose.edit.textCursor().movePosition(QTextCursor.MoveOperation.Left)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "undo", "redo", "all", "backspace", "two"]),
        st.integers(0, 40),
        st.integers(0, 6),
        st.text(alphabet="ab\n\u202e\ue000\U000f0000😀\ud83d\u2029", max_size=4),
    ),
    max_size=14,
)


@example("xx", [("two", 2, 0, "\U000f0000"), ("put", 0, 5, ""), ("undo", 0, 0, "")])
@given(st.text(alphabet="xy\n\u200b\uf8ff😀", max_size=20), STEPS)
def test_the_text_is_followed_through_every_edit(first: str, steps: list[tuple[str, int, int, str]]) -> None:
    document = QTextDocument()
    document.setDocumentLayout(QPlainTextDocumentLayout(document))
    document.setPlainText(to_qt(first))
    followed = FollowedText(document)
    assert followed.text() == first
    for number, (step, at, length, text) in enumerate(steps):
        last = document.characterCount() - 1
        cursor = QTextCursor(document)
        cursor.setPosition(min(at, last))
        cursor.setPosition(min(at + length, last), QTextCursor.MoveMode.KeepAnchor)
        if step == "put":
            cursor.insertText(to_qt(text))
        elif step == "all":
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.insertText(to_qt(text))
        elif step == "backspace":
            cursor.deletePreviousChar()
        elif step == "two":
            cursor.beginEditBlock()
            cursor.insertText(to_qt(text))
            cursor.setPosition(0)
            cursor.insertText("z")
            cursor.endEditBlock()
        else:
            getattr(document, step)()
        if number % 4 == 2:  # a reading that comes later, of the text as it stood
            then, wanted = followed.later(), document_text(document)
            QTextCursor(document).insertText("q")
            assert then() == wanted
            document.undo()
        if number % 3 != 1:  # several edits may come between two readings
            assert followed.text() == document_text(document)
    assert followed.text() == document_text(document)


def test_after_an_edit_only_the_edited_part_is_read(loose: EditorTab, qtbot: Any, monkeypatch: Any) -> None:
    text = "x\u202ey\n" * 5_000
    loose.set_text(text)
    assert loose.text() == text
    read: list[int] = []
    part = module.from_qt
    monkeypatch.setattr(module, "from_qt", lambda raw: read.append(len(raw)) or part(raw))
    qtbot.keyClick(loose.edit, Qt.Key.Key_End, CTRL)
    qtbot.keyClicks(loose.edit, "abc")
    assert loose.text() == text + "abc"
    assert sum(read) < 100
    monkeypatch.setattr(
        module, "Units", lambda whole: pytest.fail("the wide characters of all of it were counted again")
    )
    loose.edit.textCursor().insertText("😀d")
    assert loose.text() == text + "abc😀d"


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The codes of the boxes that are drawn."""
    codes: list[str] = []
    picture = unseen_marks._Boxes.picture

    def counted(boxes: Any, code: str, width: float, height: float, covers: bool) -> Any:
        codes.append(code)
        return picture(boxes, code, width, height, covers)

    monkeypatch.setattr(unseen_marks._Boxes, "picture", counted)
    return codes


def test_a_key_press_looks_for_marks_in_its_own_line_only(
    loose: EditorTab, qtbot: Any, drawn: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = '  "Sid": "' + 40 * "\u200b\u202e" + '",\n'
    loose.set_text("{\n" + 200 * line + "}")
    loose.edit.viewport().repaint()
    looked_at: list[str] = []
    marks = unseen_marks.marks
    monkeypatch.setattr(
        unseen_marks, "marks", lambda stored, *part: (looked_at.append(stored), marks(stored, *part))[1]
    )
    cursor = loose.edit.textCursor()
    cursor.setPosition(loose.edit.document().findBlockByNumber(3).position() + 3)
    loose.edit.setTextCursor(cursor)
    loose.edit.viewport().repaint()
    drawn.clear()
    qtbot.keyClicks(loose.edit, "x")
    loose.edit.viewport().repaint()
    assert 1 <= len(looked_at) <= 2, "once for the room they take, once for the boxes"
    lines = loose.edit.viewport().height() // loose.edit.fontMetrics().lineSpacing() + 1
    columns = loose.edit.viewport().width() / loose.edit.fontMetrics().horizontalAdvance(" ")
    assert lines < len(drawn) <= lines * (columns / 5 + 4), "only what is in sight is drawn"


def test_a_box_that_is_half_in_sight_is_drawn(loose: EditorTab, drawn: list[str]) -> None:
    loose.set_text('"' + 60 * "\u202e\u200b" + '"')
    places, bar = _xs(loose), loose.edit.horizontalScrollBar()
    width = places[21] - places[20]
    for share in (0.1, 0.5, 0.9):
        drawn.clear()
        bar.setValue(round(places[20] + share * width))
        offset, right = -loose.edit.contentOffset().x(), loose.edit.viewport().width()
        loose.edit.viewport().repaint()
        pairs = pairwise(places[1:-1])
        in_sight = sum(x2 >= offset and x1 <= offset + right for x1, x2 in pairs)
        assert len(drawn) == in_sight
