"""Nothing that was open is lost: tabs that were closed, windows that were closed, projects that were left."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QAbstractButton, QDialog, QMessageBox, QTabBar

from workbench.gui.editor import keeping
from workbench.gui.editor.place import place_of
from workbench.gui.editor.recovery import Recovery, Unsaved
from workbench.gui.editor.tab import EditorTab
from workbench.gui.main_window import MainWindow
from workbench.gui.session import Shown, Store
from workbench.gui.settings import Settings, data_folder
from workbench.gui.strip import Strip
from workbench.policy.kinds import PolicyKind

POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}'
LONG = "{\n" + "\n".join(f'  "k{n}": {n},' for n in range(300)) + '\n  "z": 1\n}\n'
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def no_box(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here may ask in a box."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a modal box")

    for name in ("question", "warning", "critical", "information", "exec"):
        monkeypatch.setattr(QMessageBox, name, refuse)
    monkeypatch.setattr(QDialog, "exec", refuse)


def front(window: MainWindow) -> EditorTab:
    tab = window.area.current
    assert tab is not None
    return tab


def bar(owner: MainWindow | EditorTab, name: str) -> Strip | None:
    of = owner.strip
    return of(name)


def titles(window: MainWindow) -> list[str]:
    return [tab.title for tab in window.area.tabs()]


def press(window: MainWindow, name: str, choice: str) -> None:
    strip = bar(window, name)
    assert strip is not None
    [button] = [b for b in strip.buttons if b.text() == choice]
    button.click()


def project(folder: Path, *names: str) -> Path:
    (folder / "policies").mkdir(parents=True)
    (folder / "workbench.toml").write_text(f'name = "{folder.name}"\n')
    for name in names:
        (folder / "policies" / name).write_text(LONG)
    return folder


def settled(window: MainWindow) -> Callable[[], bool]:
    return lambda: not window.opening.busy and not window.restoring.busy


def switch(window: MainWindow, root: Path, qtbot: Any) -> None:
    with qtbot.waitSignal(window.project_opened, timeout=15_000):
        window.load_project(root)
    qtbot.waitUntil(settled(window), timeout=15_000)
    qtbot.waitUntil(lambda: not any(tab.loading for tab in window.area.tabs()), timeout=15_000)


# -- closing a tab ------------------------------------------------------------------------------------------------


def test_a_closed_tab_comes_back_with_its_text_its_caret_and_its_kind(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any
) -> None:
    path = tmp_path / "mine.json"
    path.write_text(LONG)
    window = make_window(path)
    tab = front(window)
    tab.kind = PolicyKind.SCP
    qtbot.keyClick(tab.edit, Qt.Key.Key_End, CTRL)
    qtbot.keyClicks(tab.edit, "xyz")
    place = place_of(tab.edit)
    qtbot.keyClick(tab.edit, Qt.Key.Key_W, CTRL)
    assert window.area.count() == 0
    strip = bar(window, "closed")
    assert strip is not None
    assert strip.text() == "mine.json was closed. Its unsaved changes are kept."
    assert path.read_text() == LONG
    press(window, "closed", "Undo close")
    again = front(window)
    assert again.text() == LONG + "xyz"
    assert again.dirty
    assert again.kind is PolicyKind.SCP
    assert place_of(again.edit).caret == place.caret
    assert bar(again, "recovered") is None
    assert bar(window, "closed") is None


def test_ctrl_shift_t_opens_the_last_closed_tabs_in_turn(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any
) -> None:
    paths = [tmp_path / f"{name}.json" for name in "abc"]
    for path in paths:
        path.write_text(POLICY)
    window = make_window(*paths)
    qtbot.waitUntil(settled(window), timeout=5_000)
    action = window.registry.action("file.reopen")
    assert not action.isEnabled()
    close = window.area.tabBar().tabButton(0, QTabBar.ButtonPosition.RightSide)
    assert isinstance(close, QAbstractButton)
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    qtbot.keyClick(front(window).edit, Qt.Key.Key_W, CTRL)
    assert window.area.count() == 1
    assert bar(window, "closed") is None, "nothing was unsaved"
    assert action.isEnabled()
    window.activateWindow()
    front(window).edit.setFocus()
    for count in (2, 3):
        action.trigger()
        assert window.area.count() == count
    assert sorted(titles(window)) == ["a.json", "b.json", "c.json"]
    assert not action.isEnabled()
    assert action.shortcut().toString() == "Ctrl+Shift+T"


def test_a_closed_untitled_text_survives_the_end_of_the_program(
    make_window: Callable[..., MainWindow], qtbot: Any
) -> None:
    window = make_window()
    tab = window.area.new()
    qtbot.keyClicks(tab.edit, "hello")
    qtbot.keyClick(tab.edit, Qt.Key.Key_W, CTRL)
    window.close()
    again = make_window()
    assert "hello" not in [t.text() for t in again.area.tabs()]
    again.registry.action("file.reopen").trigger()
    assert front(again).text() == "hello"


def test_a_text_that_came_without_a_file_and_was_never_edited_is_kept_too(
    make_window: Callable[..., MainWindow], qtbot: Any
) -> None:
    window = make_window()
    window.area.new(POLICY)
    window.area.close_tab()
    assert bar(window, "closed") is not None
    press(window, "closed", "Undo close")
    assert front(window).text() == POLICY
    window.close()
    again = make_window()
    assert POLICY in [tab.text() for tab in again.area.tabs()]


def test_discarding_gives_the_text_up(make_window: Callable[..., MainWindow], qtbot: Any) -> None:
    window = make_window()
    tab = window.area.new()
    qtbot.keyClicks(tab.edit, "gone")
    qtbot.keyClick(tab.edit, Qt.Key.Key_W, CTRL)
    press(window, "closed", "Discard the changes")
    assert bar(window, "closed") is None
    window.close()
    again = make_window()
    assert not again.area.keeping.closed


def test_closed_tabs_are_bounded(make_window: Callable[..., MainWindow], monkeypatch: pytest.MonkeyPatch) -> None:
    window = make_window()
    monkeypatch.setattr(keeping, "MOST_CLOSED_TEXT", 100)
    for length in (40, 40, 40, 150):
        tab = window.area.new()
        tab.edit.insertPlainText("x" * length)
        window.area.close_tab(tab)
    assert [len(c.unsaved.text) for c in window.area.keeping.closed if c.unsaved] == [150]
    monkeypatch.setattr(keeping, "MOST_CLOSED_TEXT", 10_000)
    for _count in range(30):
        tab = window.area.new()
        tab.edit.insertPlainText("y")
        window.area.close_tab(tab)
    assert len(window.area.keeping.closed) == keeping.MOST_CLOSED


# -- closing the window -------------------------------------------------------------------------------------------


def test_a_window_closes_without_asking_and_comes_back_as_it_was(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any
) -> None:
    paths = [tmp_path / f"{name}.json" for name in "ab"]
    for path in paths:
        path.write_text(LONG)
    window = make_window(*paths)
    qtbot.waitUntil(settled(window), timeout=5_000)
    untitled = window.area.new()
    qtbot.keyClicks(untitled.edit, "new")
    window.area.setCurrentIndex(0)
    tab = front(window)
    qtbot.keyClicks(tab.edit, "changed")
    cursor = QTextCursor(tab.edit.document().findBlockByNumber(250))
    cursor.movePosition(QTextCursor.MoveOperation.NextBlock, QTextCursor.MoveMode.KeepAnchor, 3)
    tab.edit.setTextCursor(cursor)
    tab.edit.verticalScrollBar().setValue(100)
    before = place_of(tab.edit)
    order = titles(window)
    assert window.close()
    assert paths[0].read_text() == LONG
    again = make_window()
    qtbot.waitUntil(settled(again), timeout=5_000)
    assert titles(again) == order
    tab = front(again)
    assert tab.title == "a.json"
    assert tab.text() == "changed" + LONG
    assert [t.dirty for t in again.area.tabs()] == [True, False, True]
    assert [bar(t, "recovered") for t in again.area.tabs()] == [None, None, None]
    qtbot.waitUntil(lambda: place_of(tab.edit) == before, timeout=5_000)


def test_a_file_that_changed_meanwhile_is_told(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any
) -> None:
    path = tmp_path / "a.json"
    path.write_text(POLICY)
    window = make_window(path)
    qtbot.keyClicks(front(window).edit, "mine")
    window.close()
    path.write_text(POLICY + "\n\n")
    again = make_window()
    strip = bar(front(again), "changed")
    assert strip is not None
    assert strip.text() == "a.json was changed by another program. Your unsaved changes are still here."
    assert front(again).text() == "mine" + POLICY


def test_unsaved_text_of_a_file_that_is_gone_comes_back_and_says_so(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any
) -> None:
    mine, other = tmp_path / "mine.json", tmp_path / "other.json"
    for path in (mine, other):
        path.write_text(POLICY)
    window = make_window(other, mine)
    qtbot.waitUntil(settled(window), timeout=5_000)
    qtbot.keyClicks(front(window).edit, "mine")
    window.close()
    mine.unlink()
    other.unlink()
    again = make_window()
    assert front(again).text() == "mine" + POLICY
    strip = bar(front(again), "recovered")
    assert strip is not None
    assert "no longer on disk" in strip.text()
    gone = bar(again, "gone-files")
    assert gone is not None
    assert "other.json was open and is no longer on disk." in gone.text()
    other.write_text(POLICY)
    press(again, "gone-files", "Look again")
    assert front(again).title == "other.json"
    assert bar(again, "gone-files") is None


@pytest.mark.parametrize("number", [28, 13], ids=["ENOSPC", "EACCES"])
def test_a_window_whose_texts_cannot_be_kept_stays_until_told_otherwise(
    make_window: Callable[..., MainWindow], qtbot: Any, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    window = make_window()
    tab = window.area.new()
    qtbot.keyClicks(tab.edit, "precious")

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", fail)
        assert not window.close()
        strip = bar(window, "unkept")
        assert strip is not None
        assert os.strerror(number) in strip.text()
        assert window.isVisible()
        assert tab.text() == "precious"
    assert window.close()
    again = make_window()
    assert "precious" in [t.text() for t in again.area.tabs()]
    again.area.current.edit.insertPlainText("more")  # type: ignore[union-attr]
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", fail)
        assert not again.close()
        press(again, "unkept", "Close and lose them")
        assert not again.isVisible()


_DIE = """
import os, sys
from pathlib import Path
from workbench.gui.editor.recovery import Recovery, Unsaved
step, count, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
recovery = Recovery(folder)
recovery.keep([Unsaved("a.json", "", "{ old }")], 1)
real, seen = getattr(os, step), 0
def die(*args, **more):
    global seen
    seen += 1
    if seen == count:
        os.kill(os.getpid(), 9)
    return real(*args, **more)
setattr(os, step, die)
recovery.leave([Unsaved("a.json", "", "{ new }")])
print("came through")
"""


@pytest.mark.parametrize(
    ("step", "count"), [("fsync", 1), ("fsync", 3), ("replace", 1), ("replace", 2), ("replace", 3)]
)
def test_killed_while_leaving_one_whole_text_is_found(tmp_path: Path, step: str, count: int) -> None:
    command = [sys.executable, "-c", _DIE, step, str(count), str(tmp_path)]
    ended = subprocess.run(command, cwd=Path(__file__).parents[2], check=False, capture_output=True, text=True)
    assert ended.returncode == -9
    mine = Recovery(tmp_path)
    [found] = mine.take_over()
    assert found.text in ("{ old }", "{ new }")
    assert not found.in_order
    mine.close()


def test_what_was_left_in_order_is_told_apart_and_all_of_it_is_there(tmp_path: Path) -> None:
    left = [Unsaved("a.json", "/x/a.json", "text", (5, 6), "/x", True), Unsaved("b.json", "", "other")]
    assert Recovery(tmp_path).leave(left) is None
    mine = Recovery(tmp_path)
    found = mine.take_over()
    assert [entry.in_order for entry in found] == [True, True]
    assert [(e.text, e.stamp, e.project, e.closed) for e in found] == [
        ("text", (5, 6), "/x", True),
        ("other", (0, 0), "", False),
    ]
    mine.close()
    assert list(tmp_path.iterdir()) == []


# -- projects -----------------------------------------------------------------------------------------------------


def test_each_project_has_its_own_tabs(make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any) -> None:
    one = project(tmp_path / "one", "a.json", "b.json")
    two = project(tmp_path / "two", "c.json")
    window = make_window()
    switch(window, one, qtbot)
    window.open_key("policies/a.json")
    window.open_key("policies/b.json")
    loose = window.area.new()
    qtbot.keyClicks(loose.edit, "of one")
    tab = window.open_key("policies/a.json")
    assert tab is not None
    qtbot.keyClicks(tab.edit, "mine")
    tab.edit.setTextCursor(QTextCursor(tab.edit.document().findBlockByNumber(200)))
    tab.edit.verticalScrollBar().setValue(190)
    place, of_one = place_of(tab.edit), titles(window)
    window.toggle_pane("findings")
    switch(window, two, qtbot)
    assert titles(window) == ["c.json"]
    window.toggle_pane("findings")
    switch(window, one, qtbot)
    assert titles(window) == of_one
    tab = front(window)
    assert (tab.title, tab.text()) == ("a.json", "mine" + LONG)
    assert tab.dirty
    assert (one / "policies" / "a.json").read_text() == LONG
    qtbot.waitUntil(lambda: place_of(tab.edit) == place, timeout=5_000)
    assert window.docks["findings"].isHidden(), "the panes of one"
    switch(window, two, qtbot)
    assert titles(window) == ["c.json"]
    assert not window.docks["findings"].isHidden()


def test_what_waits_for_another_project_is_there_after_the_program_was_killed_and_after_it_ended(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any
) -> None:
    one, two = project(tmp_path / "one", "a.json"), project(tmp_path / "two", "c.json")
    window = make_window()
    switch(window, one, qtbot)
    qtbot.keyClicks(front(window).edit, "mine")
    switch(window, two, qtbot)
    window.area.keeping.now()
    kept = data_folder() / "unsaved"
    qtbot.waitUntil(lambda: any("mine" in f.read_text() for f in kept.rglob("*.txt")), timeout=5_000)
    window.close()
    again = make_window()
    qtbot.waitUntil(settled(again), timeout=5_000)
    assert titles(again) == ["c.json"]
    switch(again, one, qtbot)
    assert front(again).text() == "mine" + LONG


def test_a_project_that_vanished_gives_its_unsaved_text_at_the_next_start(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any
) -> None:
    one = project(tmp_path / "one", "a.json")
    window = make_window()
    switch(window, one, qtbot)
    qtbot.keyClicks(front(window).edit, "mine")
    window.close()
    one.rename(tmp_path / "elsewhere")
    again = make_window()
    assert front(again).text() == "mine" + LONG


def test_a_session_is_kept_off_the_gui_thread_and_whole(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    path.write_text(LONG)
    window = make_window(path)
    threads: list[threading.Thread] = []
    write = Store.write

    def watched(store: Store, shown: Shown) -> None:
        threads.append(threading.current_thread())
        write(store, shown)

    monkeypatch.setattr(Store, "write", watched)
    qtbot.keyClick(front(window).edit, Qt.Key.Key_Down)
    store = Store(data_folder() / "sessions")
    qtbot.waitUntil(lambda: bool(store.read("").tabs) and store.read("").tabs[0].place.caret == 2, timeout=5_000)
    assert threads
    assert threading.main_thread() not in threads


def test_the_settings_know_the_last_project(make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any) -> None:
    one = project(tmp_path / "one", "a.json")
    window = make_window()
    switch(window, one, qtbot)
    window.close()
    assert Settings().get("project") == str(one)
    again = make_window()
    qtbot.waitUntil(lambda: again.project is not None, timeout=5_000)
    assert again.project is not None
    assert again.project.root == one
    assert titles(again) == ["a.json"]
