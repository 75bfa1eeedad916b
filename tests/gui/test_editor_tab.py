"""One tab: typing, marks, find, long lines, files that change, restored texts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pygments.lexers.data import JsonLexer
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QTextCursor

from workbench.document.parser import parse
from workbench.document.span import Span
from workbench.findings.model import Edit, Finding, FindingType, Location
from workbench.gui.editor.marks import Mark, MarkList
from workbench.gui.editor.tab import EditorTab
from workbench.gui.editor.underlines import marks_of
from workbench.gui.editor.waves import drawn
from workbench.gui.text_units import Units
from workbench.gui.theme import DARK, LIGHT

POLICY = '{\n  "Sid": "😀",\n  "Statement": [\n    {"Effect": "Deny", "Action": "s3:Get*"}\n  ]\n}\n'


@pytest.fixture
def tab(make_tab: Callable[..., EditorTab]) -> EditorTab:
    return make_tab(POLICY)


def put(tab: EditorTab, text: str, caret: int) -> None:
    tab.set_text(text)
    cursor = tab.edit.textCursor()
    cursor.setPosition(caret)
    tab.edit.setTextCursor(cursor)


def finding(text: str, part: str, kind: FindingType = FindingType.ERROR) -> Finding:
    start = text.index(part)
    return Finding(kind, "CODE", f"about {part}", (Location((), Span(start, start + len(part))),))


def squiggles(tab: EditorTab) -> list[str]:
    found = tab.edit.marks_between(0, 10**9)
    raw = tab.edit.document().toRawText()
    return [raw.encode("utf-16-le")[2 * m.start : 2 * m.end].decode("utf-16-le") for m in found]


def test_enter_keeps_the_indent_and_opens_a_bracket(tab: EditorTab, qtbot: Any) -> None:
    put(tab, '  "a": {}', 8)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Return)
    assert tab.text() == '  "a": {\n    \n  }'
    assert tab.caret() == (2, 5)


def test_tab_goes_to_the_next_stop_and_moves_chosen_lines(tab: EditorTab, qtbot: Any) -> None:
    put(tab, "a\nb", 1)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Tab)
    assert tab.text() == "a \nb"
    tab.edit.selectAll()
    qtbot.keyClick(tab.edit, Qt.Key.Key_Tab)
    assert tab.text() == "  a \n  b"
    qtbot.keyClick(tab.edit, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert tab.text() == "a \nb"
    tab.edit.undo()
    assert tab.text() == "  a \n  b"


def test_a_closing_bracket_goes_back_one_level(tab: EditorTab, qtbot: Any) -> None:
    put(tab, "{\n    ", 6)
    qtbot.keyClicks(tab.edit, "}")
    assert tab.text() == "{\n  }"


def test_a_quote_and_a_bracket_go_around_what_is_selected(tab: EditorTab, qtbot: Any) -> None:
    put(tab, "a *😀, b", 2)
    tab.show_span(2, 4, flash=False)
    qtbot.keyClicks(tab.edit, '"')
    assert tab.text() == 'a "*😀", b'
    qtbot.keyClicks(tab.edit, "[")
    assert tab.text() == 'a "[*😀]", b'
    assert tab.edit.textCursor().selectedText() == "*😀"
    tab.edit.undo()
    assert tab.text() == 'a "*😀", b'


def test_findings_are_underlined_where_they_are_behind_wide_characters(tab: EditorTab) -> None:
    tab.show_marks(parse(POLICY), marks_of(parse(POLICY), [finding(POLICY, '"s3:Get*"')]))
    assert squiggles(tab) == ['"s3:Get*"']


def test_a_squiggle_moves_with_its_text_until_the_next_answer(tab: EditorTab) -> None:
    tab.show_marks(parse(POLICY), marks_of(parse(POLICY), [finding(POLICY, '"s3:Get*"')]))
    tab.edit.replace([(0, 0, "\n\n")])
    assert squiggles(tab) == ['"s3:Get*"']


def test_an_answer_to_an_older_text_underlines_nothing(tab: EditorTab) -> None:
    old = parse(POLICY)
    tab.edit.replace([(0, 0, " ")])
    tab.show_marks(old, marks_of(old, [finding(POLICY, '"s3:Get*"')]))
    assert squiggles(tab) == []


def test_of_a_whole_statement_its_bracket_is_underlined(tab: EditorTab) -> None:
    start = POLICY.index("{", 1)
    whole = Finding(FindingType.ERROR, "X", "Why.", (Location((), Span(start, POLICY.rindex("}") - 1)),))
    tab.show_marks(parse(POLICY), marks_of(parse(POLICY), [whole]))
    [mark] = tab.edit.marks_between(0, len(POLICY))
    first = Units(POLICY).to_qt(start)
    assert drawn(tab.edit.document(), mark) == (first, first + 1)
    assert mark.end > first + 1, "its words are shown anywhere on the statement"


def test_a_repaint_looks_only_at_the_findings_in_view(
    tab: EditorTab, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "[\n" + ",\n".join('"x"' for _ in range(10_000)) + "\n]"
    tab.set_text(text)
    qtbot.waitUntil(lambda: not tab.loading, timeout=5000)
    places = [2 + 5 * n for n in range(10_000)]
    found = [Finding(FindingType.WARNING, "C", "d", (Location((), Span(p, p + 3)),)) for p in places]
    tab.show_marks(parse(text), marks_of(parse(text), found))
    assert len(tab.edit.extraSelections()) < 10
    asked: list[int] = []
    between = MarkList.between

    def counted(marks: MarkList, start: int, end: int) -> list[Mark]:
        found = between(marks, start, end)
        asked.append(len(found))
        return found

    monkeypatch.setattr(MarkList, "between", counted)
    tab.edit.viewport().repaint()
    tab.edit.margin.repaint()
    assert 0 < sum(asked) < 200  # the lines in view, not the 10,000


def test_a_squiggle_is_drawn_in_the_findings_color_and_only_there(tab: EditorTab) -> None:
    def colored_rows() -> set[int]:
        image = tab.edit.viewport().grab().toImage()
        red = LIGHT.color("error").name()
        return {y for y in range(image.height()) for x in range(image.width()) if image.pixelColor(x, y).name() == red}

    text = '{"Sid": "a"}\n{}\n'
    tab.set_text(text)
    assert colored_rows() == set()
    tab.show_marks(parse(text), marks_of(parse(text), [finding(text, '"a"')]))
    rows = colored_rows()
    assert rows
    first_line = tab.edit.blockBoundingGeometry(tab.edit.document().firstBlock()).bottom()
    assert max(rows) <= first_line + 5


def test_the_path_and_the_statement_of_the_caret_are_shown(tab: EditorTab, qtbot: Any) -> None:
    tab.show_marks(parse(POLICY), marks_of(parse(POLICY), []))
    at = POLICY.index("Deny")
    tab.show_span(at, at)
    qtbot.waitUntil(lambda: tab.breadcrumb == "Statement[0]  ▸  Effect", timeout=2000)
    span = tab.statement_at_caret()
    assert span is not None
    assert POLICY[span.start : span.end] == '{"Effect": "Deny", "Action": "s3:Get*"}'


def test_a_place_is_selected_with_its_caret_in_front(tab: EditorTab) -> None:
    start = POLICY.index('"Deny"')
    tab.show_span(start, start + 6)
    assert tab.edit.textCursor().selectedText() == '"Deny"'
    assert tab.caret() == (4, POLICY.split("\n")[3].index('"Deny"') + 1)


def test_a_fix_is_one_step_that_can_be_undone(tab: EditorTab) -> None:
    start = POLICY.index("Deny")
    tab.apply_edits([Edit(Span(0, 0), "\n"), Edit(Span(start, start + 4), "Allow")])
    assert tab.text() == "\n" + POLICY.replace("Deny", "Allow")
    tab.edit.undo()
    assert tab.text() == POLICY


def formats(tab: EditorTab, line: int) -> dict[str, tuple[str, bool]]:
    """Color and boldness of each part of a line."""
    block = tab.edit.document().findBlockByNumber(line)
    text = block.text().encode("utf-16-le")
    found = {}
    for piece in block.layout().formats():
        part = text[2 * piece.start : 2 * (piece.start + piece.length)].decode("utf-16-le")
        found[part] = piece.format.foreground().color().name(), piece.format.fontWeight() == QFont.Weight.Bold
    return found


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda t: t.name)
def test_what_a_reviewer_looks_for_stands_out(tab: EditorTab, qtbot: Any, theme: Any) -> None:
    tab.set_theme(theme)
    qtbot.waitUntil(lambda: bool(formats(tab, 3)), timeout=2000)
    marks = formats(tab, 3)
    assert marks['"Effect"'] == (theme.color("json-key").name(), True)
    assert marks['"Deny"'] == (theme.color("explicit-deny").name(), True)
    assert marks["*"] == (theme.color("accent").name(), True)
    assert marks['"s3:Get'] == (theme.color("json-string").name(), False)


def test_a_line_far_away_is_lexed_when_it_is_scrolled_to(tab: EditorTab, qtbot: Any) -> None:
    tab.set_text("[\n" + "1,\n" * 4000 + "2\n]")
    assert formats(tab, 4001) == {}
    tab.edit.verticalScrollBar().setValue(tab.edit.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: "2" in formats(tab, 4001), timeout=2000)


def test_one_long_line_is_shown_laid_out_and_saved_as_it_was(tab: EditorTab, qtbot: Any, tmp_path: Path) -> None:
    text = '{"a":[' + ",".join('"bbbbbbbb"' for _ in range(3000)) + "]}"
    path = tmp_path / "one.json"
    path.write_text(text)
    tab.open_file(path)
    qtbot.waitUntil(lambda: not tab.loading, timeout=5000)
    strip = tab.strip("laid-out")
    assert strip is not None
    assert "one line of 33,007 characters" in strip.text()
    assert tab.edit.isReadOnly()
    assert not tab.dirty
    assert tab.edit.blockCount() > 3000
    with qtbot.waitSignal(tab.saving.ended, timeout=5000):
        tab.saving.write(path)
    assert path.read_text() == text
    tab.edit_laid_out()
    assert tab.dirty
    assert not tab.edit.isReadOnly()


def test_find_counts_selects_and_goes_around(tab: EditorTab, qtbot: Any) -> None:
    tab.set_text("ab AB ab 😀 ab")
    tab.find_bar.open()
    tab.find_bar.needle.setText("ab")
    assert tab.find_bar.count.text() == "1 of 4"
    qtbot.keyClick(tab.find_bar.needle, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert tab.find_bar.count.text() == "4 of 4"
    assert tab.edit.textCursor().selectionStart() == 12
    tab.find_bar.case.setChecked(True)
    qtbot.keyClick(tab.find_bar.needle, Qt.Key.Key_Return)
    assert tab.find_bar.count.text().endswith("of 3")
    tab.find_bar.needle.setText("zz")
    assert tab.find_bar.count.text() == "No hits"
    assert not tab.find_bar.all.isEnabled()


def test_replace_all_is_one_step(tab: EditorTab) -> None:
    tab.set_text("a.b a.b")
    tab.find_bar.open()
    tab.find_bar.needle.setText(".")
    tab.find_bar.other.setText("::")
    tab.find_bar.replace_every()
    assert tab.text() == "a::b a::b"
    tab.edit.undo()
    assert tab.text() == "a.b a.b"


def test_escape_closes_find_and_gives_the_focus_back(tab: EditorTab, qtbot: Any) -> None:
    tab.find_bar.open()
    qtbot.keyClick(tab.find_bar.needle, Qt.Key.Key_Escape)
    assert not tab.find_bar.isVisible()


def test_a_file_changed_by_another_program_is_told_and_can_be_taken(tab: EditorTab, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text("{}")
    tab.open_file(path)
    tab.edit.replace([(0, 0, " ")])
    path.write_text('{"new": 1}')
    tab.look_at_disk()
    strip = tab.strip("changed")
    assert strip is not None
    assert "unsaved changes are still here" in strip.text()
    assert [b.text() for b in strip.buttons] == ["Reload", "Keep mine", "Compare"]
    strip.buttons[0].click()
    assert (tab.text(), tab.dirty) == ('{"new": 1}', False)
    tab.edit.undo()
    assert tab.text() == " {}"


def test_a_file_that_vanished_is_unsaved_again(tab: EditorTab, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text("{}")
    tab.open_file(path)
    path.unlink()
    tab.look_at_disk()
    strip = tab.strip("changed")
    assert strip is not None
    assert tab.dirty
    strip.buttons[0].click()
    assert path.read_text() == "{}"
    assert not tab.dirty


def test_a_restored_text_can_be_dropped_for_the_file(tab: EditorTab, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text("{}")
    tab.open_file(path)
    tab.restore("{ lost }")
    strip = tab.strip("recovered")  # noqa: B005 (a bar, not a string)
    assert strip is not None
    assert (tab.text(), tab.dirty) == ("{ lost }", True)
    assert [b.text() for b in strip.buttons] == ["Keep", "Show changes", "Use the file on disk"]
    strip.buttons[2].click()
    assert (tab.text(), tab.dirty) == ("{}", False)


def test_laying_out_can_be_undone(tab: EditorTab) -> None:
    tab.set_text('{"a":1}')
    tab.lay_out()
    assert tab.text() == '{\n  "a": 1\n}\n'
    tab.edit.undo()
    assert tab.text() == '{"a":1}'


def test_a_key_press_lexes_its_own_line_only(tab: EditorTab, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """How long it takes, painted, is for the benchmarks."""
    text = "[\n" + ",\n".join('  {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}' for _ in range(100)) + "\n]"
    tab.set_text(text)
    tab.show_marks(parse(text), marks_of(parse(text), [finding(text, "s3:Get*", FindingType.WARNING)]))
    cursor = tab.edit.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.Down, n=50)
    tab.edit.setTextCursor(cursor)
    tab.grab()  # what comes near the page with the caret is lexed now
    lexed: list[str] = []
    whole = JsonLexer.get_tokens_unprocessed

    def counted(lexer: JsonLexer, line: str) -> Any:
        lexed.append(line)
        return whole(lexer, line)

    monkeypatch.setattr(JsonLexer, "get_tokens_unprocessed", counted)
    for n in range(30):
        qtbot.keyClicks(tab.edit, "x")
        tab.edit.viewport().repaint()
        assert 1 <= len(lexed) <= 2 * (n + 1)
    assert all("x" in line for line in lexed)
