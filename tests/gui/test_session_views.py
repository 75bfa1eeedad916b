"""Split views and folds are there again: after the program ended, after it was killed, and for each project."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from tests.gui.folded import fold, hidden
from workbench.gui.editor import kept_folds
from workbench.gui.editor.arrangement import Split, arrangement_of
from workbench.gui.editor.kept_folds import MOST_LENGTH, Folds, pack, unpack
from workbench.gui.editor.place import Place, place_of
from workbench.gui.editor.tab import EditorTab
from workbench.gui.editor.views import ABOVE
from workbench.gui.main_window import MainWindow
from workbench.gui.session import MOST_BYTES, OpenTab, Shown, Store

STATEMENT = (
    '    {\n      "Sid": "S%d",\n      "Effect": "Allow",\n      "Action": [\n        "s3:Get*"\n      ]\n    }%s\n'
)
TEXT = '{\n  "Statement": [\n' + "".join(STATEMENT % (n, "," if n < 59 else "") for n in range(60)) + "  ]\n}\n"
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
FOLDED = {4, 5, 6, 7, 8, 9, 14, 15, 21, 22}
"""Lines that are hidden after `use`: the first statement, with a fold in it, and the lists of the next two."""


def front(window: MainWindow) -> EditorTab:
    assert window.area.current is not None
    return window.area.current


def settled(window: MainWindow) -> bool:
    return not window.opening.busy and not window.restoring.busy and not any(t.loading for t in window.area.tabs())


def go_to(edit: Any, line: int, top: int) -> None:
    cursor = edit.textCursor()
    cursor.setPosition(edit.document().findBlockByNumber(line - 1).position() + 3)
    edit.setTextCursor(cursor)
    edit.verticalScrollBar().setValue(top)


def use(tab: EditorTab, qtbot: Any) -> None:
    """Folds, splits with one above the other, and stands at a place of each view."""
    for line in (6, 13, 20):
        fold(tab, line)
    fold(tab, 3)
    tab.edit.setFocus()
    qtbot.keyClick(tab.edit, Qt.Key.Key_Backslash, CTRL | SHIFT)
    first, second = tab.views.all()
    handle = tab.views.handle(1)
    middle = handle.rect().center()
    qtbot.mousePress(handle, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(handle, middle - type(middle)(0, 150))
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=middle - type(middle)(0, 150))
    go_to(first.edit, 200, 170)
    go_to(second.edit, 90, 60)
    first.edit.setFocus()


def same(tab: EditorTab, share: int, places: list[Place]) -> Callable[[], bool]:
    def check() -> bool:
        views = tab.views
        return (
            views.is_split
            and views.orientation() is ABOVE
            and views.active is views.all()[0]
            and abs(views.share - share) <= 2
            and abs(views.sizes()[0] * 1000 // sum(views.sizes()) - share) <= 12
            and [place_of(view.edit) for view in views.all()] == places
            and hidden(tab) == FOLDED
        )

    return check


def test_views_and_folds_are_as_they_were_at_the_next_start(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any
) -> None:
    paths = [tmp_path / f"{name}.json" for name in "ab"]
    for path in paths:
        path.write_text(TEXT)
    window = make_window(*paths)
    qtbot.waitUntil(lambda: settled(window), timeout=5_000)
    for at in (0, 1):
        window.area.setCurrentIndex(at)
        use(front(window), qtbot)
    tabs = list(window.area.tabs())
    shares, places = [t.views.share for t in tabs], [[place_of(v.edit) for v in t.views.all()] for t in tabs]
    assert shares[0] < 400
    assert window.close()
    again = make_window()
    qtbot.waitUntil(lambda: settled(again), timeout=5_000)
    tabs = list(again.area.tabs())
    assert front(again) is tabs[1]
    qtbot.waitUntil(same(tabs[1], shares[1], places[1]), timeout=5_000)
    assert arrangement_of(tabs[0]).split == Split("above", shares[0], 0, places[0][1]), "known before it is seen"
    assert again.close()
    third = make_window()  # in which the first tab was never looked at
    qtbot.waitUntil(lambda: settled(third), timeout=5_000)
    third.area.setCurrentIndex(0)
    qtbot.waitUntil(same(front(third), shares[0], places[0]), timeout=5_000)
    assert hidden(front(third)) == FOLDED
    front(third).edit.folding.unfold(front(third).edit.document().findBlockByNumber(2))
    assert 5 not in hidden(front(third))
    assert 7 in hidden(front(third)), "what was folded in a fold still is"


_USE_AND_DIE = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QEventLoop, QTimer
from workbench.engine import Engine
from workbench.gui.app import make_application, open_first
from workbench.gui.main_window import MainWindow
from workbench.gui.session import Store
from workbench.gui.settings import Settings, data_folder
from workbench.gui.theme import Scheme, ThemeSource
app = make_application([])
window = MainWindow(Engine(), Settings(), ThemeSource(Scheme.LIGHT))
window.resize(1280, 800)
window.show()
open_first(window, [Path(sys.argv[1])])
loop = QEventLoop()
window.answer_shown.connect(loop.quit)
loop.exec()
tab = window.area.current
for line in (2, 9):
    tab.edit.folding.toggle(tab.edit.document().findBlockByNumber(line))
tab.views.arrange("above", 300, 0)
tab.views.all()[1].edit.verticalScrollBar().setValue(80)
store = Store(data_folder() / "sessions")
def look():
    kept = store.read("").tabs
    if kept and kept[0].folds and kept[0].split and kept[0].split.other.top == 80:
        os.kill(os.getpid(), 9)
timer = QTimer(interval=50)
timer.timeout.connect(look)
timer.start()
QTimer.singleShot(20_000, app.quit)
app.exec()
print("came through")
"""


def test_views_and_folds_outlive_a_program_that_is_killed(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any
) -> None:
    path = tmp_path / "p.json"
    path.write_text(TEXT)
    command = [sys.executable, "-c", _USE_AND_DIE, str(path)]
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    ended = subprocess.run(command, cwd=root, env=environment, check=False, capture_output=True, text=True)
    assert ended.returncode == -9, ended.stdout + ended.stderr
    window = make_window()
    qtbot.waitUntil(lambda: settled(window), timeout=5_000)
    tab = front(window)
    qtbot.waitUntil(lambda: hidden(tab) == {4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16}, timeout=5_000)
    views = tab.views
    assert (views.layout_state, views.share, views.active) == ("above", 300, views.all()[0])
    qtbot.waitUntil(lambda: place_of(views.all()[1].edit).top == 80, timeout=5_000)


def test_each_project_has_its_own_views_and_folds(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any
) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "policies").mkdir(parents=True)
        (tmp_path / name / "workbench.toml").write_text(f'name = "{name}"\n')
        (tmp_path / name / "policies" / "a.json").write_text(TEXT)
    window = make_window()

    def switch(name: str) -> EditorTab:
        with qtbot.waitSignal(window.project_opened, timeout=15_000):
            window.load_project(tmp_path / name)
        qtbot.waitUntil(lambda: settled(window), timeout=15_000)
        return front(window)

    tab = switch("one")
    use(tab, qtbot)
    share, places = tab.views.share, [place_of(view.edit) for view in tab.views.all()]
    tab = switch("two")
    assert not tab.views.is_split
    assert hidden(tab) == set()
    fold(tab, 10)
    tab = switch("one")
    qtbot.waitUntil(same(tab, share, places), timeout=5_000)
    tab = switch("two")
    qtbot.waitUntil(lambda: hidden(tab) == set(range(11, 17)), timeout=5_000)
    assert not tab.views.is_split


def test_folds_are_those_of_one_text_alone_and_follow_what_is_written(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any
) -> None:
    path = tmp_path / "p.json"
    path.write_text(TEXT)
    window = make_window(path)
    tab = front(window)
    fold(tab, 10)
    tab.edit.setFocus()
    qtbot.keyClick(tab.edit, Qt.Key.Key_Home, CTRL)
    qtbot.keyClick(tab.edit, Qt.Key.Key_Return)
    assert hidden(tab) == set(range(12, 18))
    assert window.close()
    window = make_window()
    tab = front(window)
    qtbot.waitUntil(lambda: hidden(tab) == set(range(12, 18)), timeout=5_000)
    qtbot.keyClick(tab.edit, Qt.Key.Key_S, CTRL)
    assert not tab.dirty
    assert window.close()
    path.write_text(TEXT)
    window = make_window()
    qtbot.waitUntil(lambda: settled(window), timeout=5_000)
    tab = front(window)
    qtbot.waitUntil(lambda: tab.views.folds.known is None, timeout=5_000)
    assert hidden(tab) == set()


def test_what_is_unfolded_again_is_not_kept(make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any) -> None:
    path = tmp_path / "p.json"
    path.write_text(TEXT)
    window = make_window(path)
    tab = front(window)
    fold(tab, 10)
    qtbot.waitUntil(lambda: tab.views.folds.known is not None)
    assert tab.views.folds.known == arrangement_of(tab).folds
    fold(tab, 10)
    qtbot.waitUntil(lambda: tab.views.folds.known is None)


def test_a_text_without_folds_is_never_looked_through(
    make_window: Callable[..., MainWindow], tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p.json"
    path.write_text(TEXT)
    window = make_window(path)
    looked: list[object] = []
    monkeypatch.setattr(kept_folds, "was_folded", looked.append)
    qtbot.keyClicks(front(window).edit, "abc")
    front(window).views.folds.now()  # at once what it would do later
    assert looked == []


@pytest.mark.parametrize(
    "gaps", ["", "x", "1 x", "-1", "1  2", "9" * 5000, "1 " * MOST_LENGTH, "\u0661", "1*2000000", "1*", "*2"]
)
def test_what_was_never_written_folds_nothing(gaps: str) -> None:
    assert unpack(gaps) == []


def test_lines_come_back_as_they_were_packed() -> None:
    for lines in ([0], [0, 1, 2], [3, 4, 90], list(range(0, 200_000, 3))):
        assert unpack(pack(lines)) == lines


def test_a_session_with_a_great_many_folds_stays_readable(tmp_path: Path) -> None:
    store = Store(tmp_path)
    folds = Folds("0" * 32, "12 " * (MOST_LENGTH // 3))
    split = Split("beside", 300, 0, Place(1, 2, 3, 4))
    tabs = tuple(OpenTab(f"/p/{n}.json", f"{n}.json", Place(0, 0, 0, 0), None, split, folds) for n in range(200))
    store.write(Shown("/p", tabs, 150))
    [file] = tmp_path.glob("*.json")
    assert file.stat().st_size < MOST_BYTES
    read = store.read("/p").tabs
    assert len(read) == 200
    assert read[150] == tabs[150], "the tab in front comes first"
    assert read[0].folds == folds
    assert read[199].folds is None
    assert read[199].split == split
