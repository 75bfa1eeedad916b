"""Find and replace in all files: unsaved texts count, hits open, one undo for open texts and files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from workbench.gui.main_window import MainWindow
from workbench.gui.searching import files
from workbench.gui.searching.everywhere import SearchEverywhere
from workbench.project.model import ProjectError
from workbench.resources import resource_path
from workbench.writing.found_lines import FoundLine, lines_of
from workbench.writing.searching import Query, search_for

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
POLICY = (
    '{\n  "Version": "2012-10-17",\n  "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "%s"}\n}\n'
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "policies").mkdir(parents=True)
    (root / "scenarios").mkdir()
    (root / "workbench.toml").write_text('name = "p"\n# old-bucket\n')
    for name in ("a", "b", "c"):
        text = POLICY % f"arn:aws:s3:::old-bucket/{name}"
        (root / "policies" / f"{name}.json").write_bytes(
            text.encode().replace(b"\n", b"\r\n" if name == "c" else b"\n")
        )
    return root


@pytest.fixture
def window(make_window: Callable[..., MainWindow], qtbot: Any, root: Path) -> MainWindow:
    window = make_window(root / "policies" / "a.json")
    with qtbot.waitSignal(window.project_opened, timeout=10_000):
        window.load_project(root)
    window.open_key("policies/a.json")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=5000)
    return window


def settle(everywhere: SearchEverywhere, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: not everywhere.busy, timeout=15_000)


def look_for(window: MainWindow, qtbot: Any, needle: str, *, replace: bool = False) -> SearchEverywhere:
    tab = window.area.current
    assert tab is not None
    tab.edit.setFocus()
    QTest.keyClick(tab.edit, Qt.Key.Key_H if replace else Qt.Key.Key_F, CONTROL | SHIFT)
    field = QApplication.focusWidget()
    assert field is window.searching.pane.fields.needle
    qtbot.keyClicks(field, needle)
    settle(window.searching, qtbot)
    return window.searching


def rows(everywhere: SearchEverywhere) -> list[str]:
    model = everywhere.pane.list.hits
    return [model.data(model.index(row), Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())]


def test_hits_of_the_project_are_listed_with_their_lines_and_an_open_text_counts_unsaved(
    window: MainWindow, qtbot: Any
) -> None:
    tab = window.area.current
    assert tab is not None
    tab.edit.replace([(0, 0, "\n\n")])
    untitled = window.area.new('"old-bucket old-bucket"')
    window.area.setCurrentWidget(tab)
    everywhere = look_for(window, qtbot, "old-bucket")
    line = '"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::old-bucket/%s"}'
    assert rows(everywhere) == [
        "policies/a.json, 1 hit",
        f"line 5: {line % 'a'}",
        "policies/b.json, 1 hit",
        f"line 3: {line % 'b'}",
        "policies/c.json, 1 hit",
        f"line 3: {line % 'c'}",
        "workbench.toml, 1 hit",
        "line 2: # old-bucket",
        f"{untitled.title}, 2 hits",
        'line 1: "old-bucket old-bucket"',
        'line 1: "old-bucket old-bucket"',
    ]
    assert everywhere.pane.state.text() == "6 in 5 files"


def test_enter_opens_the_file_at_the_hit_and_a_click_too(window: MainWindow, qtbot: Any) -> None:
    everywhere = look_for(window, qtbot, "old-bucket")
    pane = everywhere.pane
    qtbot.keyClick(pane.fields.needle, Qt.Key.Key_Return)
    settle(everywhere, qtbot)
    assert QApplication.focusWidget() is pane.list
    assert pane.list.currentIndex().row() == 1
    qtbot.keyClick(pane.list, Qt.Key.Key_Down)
    qtbot.keyClick(pane.list, Qt.Key.Key_Down)
    qtbot.keyClick(pane.list, Qt.Key.Key_Return)
    tab = window.area.current
    assert tab is not None
    assert tab.key == "policies/b.json"
    assert tab.edit.textCursor().selectedText() == "old-bucket"
    assert QApplication.focusWidget() is tab.edit
    place = pane.list.visualRect(pane.list.hits.index(5)).center()
    qtbot.mouseClick(pane.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    tab = window.area.current
    assert tab is not None
    assert tab.key == "policies/c.json"
    assert tab.edit.textCursor().selectedText() == "old-bucket"


def test_a_file_of_the_project_that_is_no_policy_opens_and_is_not_judged(window: MainWindow, qtbot: Any) -> None:
    everywhere = look_for(window, qtbot, "old-bucket")
    pane = everywhere.pane
    assert rows(everywhere)[6] == "workbench.toml, 1 hit"
    qtbot.keyClick(pane.fields.needle, Qt.Key.Key_Down)
    for _ in range(6):
        qtbot.keyClick(pane.list, Qt.Key.Key_Down)
    qtbot.keyClick(pane.list, Qt.Key.Key_Return)
    tab = window.area.current
    assert tab is not None
    assert tab.title == "workbench.toml"
    assert tab.edit.textCursor().selectedText() == "old-bucket"
    qtbot.waitUntil(lambda: tab.strip("other") is not None, timeout=5000)
    qtbot.waitUntil(lambda: not window.answering.pending, timeout=5000)
    assert window.findings.model.rowCount() == 0
    assert tab.edit.all_marks() == []
    assert window.answered is None
    with qtbot.waitSignal(window.answer_shown, timeout=10_000):
        window.open_key("policies/a.json")
    assert window.answered is not None


def test_a_hit_in_a_line_that_is_shown_laid_out_is_selected_where_it_is_shown(
    window: MainWindow, qtbot: Any, root: Path
) -> None:
    policy = {"Statement": [{"Effect": "Allow", "Action": "s3:Get*"} for _ in range(3000)] + [{"Sid": "here"}]}
    (root / "policies" / "b.json").write_text(json.dumps(policy, separators=(",", ":")))
    everywhere = look_for(window, qtbot, "here")
    assert rows(everywhere)[0] == "policies/b.json, 1 hit"
    pane = everywhere.pane
    qtbot.keyClick(pane.fields.needle, Qt.Key.Key_Down)
    qtbot.keyClick(pane.list, Qt.Key.Key_Return)
    tab = window.area.current
    assert tab is not None
    assert tab.key == "policies/b.json"
    qtbot.waitUntil(lambda: tab.edit.textCursor().selectedText() == "here", timeout=15_000)


def test_what_is_typed_in_a_text_is_found_a_moment_later(window: MainWindow, qtbot: Any) -> None:
    everywhere = look_for(window, qtbot, "new-bucket")
    assert everywhere.pane.empty.text() == "Nothing found in 4 files."
    tab = window.area.current
    assert tab is not None
    tab.edit.setFocus()
    qtbot.keyClicks(tab.edit, "new-bucket")
    qtbot.waitUntil(lambda: len(rows(everywhere)) == 2, timeout=5000)


def test_a_wrong_expression_is_told_in_the_pane(window: MainWindow, qtbot: Any) -> None:
    everywhere = look_for(window, qtbot, "old-bucket")
    assert rows(everywhere)
    qtbot.mouseClick(everywhere.pane.fields.regular, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(everywhere.pane.fields.needle, "(")
    settle(everywhere, qtbot)
    assert everywhere.pane.said.text() == "A ) is missing."
    assert rows(everywhere) == []


def test_a_replacement_is_shown_before_it_is_made(window: MainWindow, qtbot: Any) -> None:
    everywhere = look_for(window, qtbot, "old-(bucket)", replace=True)
    pane = everywhere.pane
    qtbot.mouseClick(pane.fields.regular, Qt.MouseButton.LeftButton)
    settle(everywhere, qtbot)
    qtbot.keyClicks(pane.other, "new-$1")
    settle(everywhere, qtbot)
    shown = pane.changes.widget().accessibleDescription().splitlines()
    assert [line.strip()[-14:] for line in shown if line[:1] in "-+"] == ['old-bucket/a"}', 'new-bucket/a"}']
    qtbot.keyClicks(pane.other, "$2")
    settle(everywhere, qtbot)
    assert pane.said.text() == "The replacement names group 2, which the expression does not have."


def replace_all(window: MainWindow, qtbot: Any) -> SearchEverywhere:
    everywhere = look_for(window, qtbot, "old-bucket", replace=True)
    qtbot.keyClicks(everywhere.pane.other, "new")
    settle(everywhere, qtbot)
    qtbot.mouseClick(everywhere.pane.all, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.strip("search-undo") is not None, timeout=10_000)
    settle(everywhere, qtbot)
    return everywhere


def test_replacing_everywhere_writes_files_changes_texts_and_is_taken_back_at_once(
    window: MainWindow, qtbot: Any, root: Path
) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*.*") if path.is_file()}
    tab = window.area.current
    assert tab is not None
    text = tab.text()
    with qtbot.waitSignal(window.project_opened, timeout=10_000):  # workbench.toml was written, too
        replace_all(window, qtbot)
    strip = window.strip("search-undo")
    assert strip is not None
    assert strip.text() == "Replaced 4 hits in 4 files, of which 1 is open and not saved yet."
    assert tab.text() == text.replace("old-bucket", "new")
    assert tab.dirty
    a, b, c = (root / "policies" / f"{name}.json" for name in "abc")
    assert a.read_bytes() == before[a], "an open text is for the user to save"
    assert b.read_bytes() == before[b].replace(b"old-bucket", b"new")
    assert c.read_bytes() == before[c].replace(b"old-bucket", b"new")
    assert b"\r\n" in c.read_bytes()
    with qtbot.waitSignal(window.project_opened, timeout=10_000):
        qtbot.mouseClick(strip.buttons[0], Qt.MouseButton.LeftButton)
    assert {path: path.read_bytes() for path in before} == before
    assert tab.text() == text
    assert not tab.dirty
    assert window.strip("search-undo") is None


def test_what_was_edited_since_is_left_and_told(window: MainWindow, qtbot: Any, root: Path) -> None:
    replace_all(window, qtbot)
    tab = window.area.tab_of("policies/a.json")
    assert tab is not None
    tab.edit.setFocus()
    qtbot.keyClicks(tab.edit, " ")
    b = root / "policies" / "b.json"
    b.write_text("{}")
    strip = window.strip("search-undo")
    assert strip is not None
    qtbot.mouseClick(strip.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.strip("search-undo") not in (None, strip), timeout=10_000)
    said = window.strip("search-undo")
    assert said is not None
    assert said.text() == (
        "a.json has been edited since: undo it there. b.json has been changed since: nothing was undone."
    )
    assert b.read_text() == "{}"
    assert "old-bucket" in (root / "policies" / "c.json").read_text()
    settle(window.searching, qtbot)


def test_a_file_changed_since_the_search_is_not_replaced_in(window: MainWindow, qtbot: Any, root: Path) -> None:
    everywhere = look_for(window, qtbot, "old-bucket", replace=True)
    b = root / "policies" / "b.json"
    b.write_text('"old-bucket, and more"')
    before = (root / "policies" / "c.json").read_bytes()
    qtbot.mouseClick(everywhere.pane.all, Qt.MouseButton.LeftButton)
    said = "policies/b.json has changed since the search: nothing was replaced."
    qtbot.waitUntil(lambda: everywhere.pane.said.text() == said, timeout=10_000)
    assert b.read_text() == '"old-bucket, and more"'
    assert (root / "policies" / "c.json").read_bytes() == before
    assert "old-bucket" in window.area.current.text()  # type: ignore[union-attr]


def test_a_text_that_cannot_be_edited_keeps_all_as_it_is(window: MainWindow, qtbot: Any, root: Path) -> None:
    everywhere = look_for(window, qtbot, "old-bucket", replace=True)
    tab = window.area.current
    assert tab is not None
    tab.edit.setReadOnly(True)
    qtbot.mouseClick(everywhere.pane.all, Qt.MouseButton.LeftButton)
    assert everywhere.pane.said.text() == "a.json is open and read-only: nothing was replaced."
    assert "old-bucket" in (root / "policies" / "b.json").read_text()


def test_a_file_that_cannot_be_written_ends_it_there_and_what_was_done_can_be_undone(
    window: MainWindow, qtbot: Any, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = files.write_file

    def full(path: Path, *rest: Any) -> Any:
        if path.name == "c.json":
            raise ProjectError("The disk is full. Nothing on disk has changed.")
        return real(path, *rest)

    monkeypatch.setattr(files, "write_file", full)
    replace_all(window, qtbot)
    strip = window.strip("search-undo")
    assert strip is not None
    assert strip.text().endswith("open and not saved yet. The disk is full. Nothing on disk has changed.")
    assert strip.text().startswith("Replaced 2 hits in 2 files")
    b = root / "policies" / "b.json"
    assert "old-bucket" not in b.read_text()
    qtbot.mouseClick(strip.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "old-bucket" in b.read_text(), timeout=10_000)
    settle(window.searching, qtbot)


def test_the_request_that_is_asked_stays_when_the_project_is_read_again(
    make_window: Callable[..., MainWindow], qtbot: Any, tmp_path: Path
) -> None:
    root = tmp_path / "example"
    shutil.copytree(resource_path("examples") / next(p.name for p in resource_path("examples").iterdir()), root)
    window = make_window(root)
    request = window.panel.request()
    assert request is not None
    window.panel.set_request(window.project.requests[2].request)  # type: ignore[union-attr]
    asked = window.panel.request()
    assert asked != request
    everywhere = look_for(window, qtbot, "111122223333", replace=True)
    qtbot.keyClicks(everywhere.pane.other, "444455556666")
    settle(everywhere, qtbot)
    with qtbot.waitSignal(window.project_opened, timeout=10_000):
        qtbot.mouseClick(everywhere.pane.all, Qt.MouseButton.LeftButton)
    assert window.panel.request() == asked
    settle(everywhere, qtbot)


def test_what_cannot_be_seen_is_seen_in_the_list_and_no_tag_is_a_tag(window: MainWindow, qtbot: Any) -> None:
    window.area.new('"<b>old\u202ebucket</b>"')
    everywhere = look_for(window, qtbot, "bucket<")
    assert rows(everywhere)[-1] == 'line 1: "<b>old\\u202ebucket</b>"'
    model = everywhere.pane.list.hits
    shown = model.data(model.index(model.rowCount() - 1), Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;old\\u202e" in shown


def test_a_line_is_cut_around_its_hit() -> None:
    def line(text: str, needle: str) -> FoundLine:
        [found] = lines_of(text, search_for(Query(needle, True)).hits(text), 10)
        return found

    assert line("a\n\t  b x", "x") == FoundLine(0, 2, "b x", 2, 3)
    assert line("  x", "^  ").text == "  x"
    far = line("y" * 5_000 + "x" + "z" * 5_000, "x")
    assert far.text[far.start : far.end] == "x"
    assert far.text.startswith("…")
    assert len(far.text) <= 240
    over = line("ab\ncd", r"b\nc")
    assert (over.text, over.start, over.end) == ("ab", 1, 2)
