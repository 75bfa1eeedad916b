"""Faults injected while a text is kept or saved: what was on disk stays whole, and the tab says what happened."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workbench.gui.editor.recovery import Recovery, Unsaved
from workbench.gui.main_window import MainWindow

OLD, NEW = "{ old }", "{ new }"

_DIE_AT = """
import os, sys
from pathlib import Path
from workbench.gui.editor.files import read_file, write_file
from workbench.gui.editor.recovery import Recovery, Unsaved
what, step, count, folder = sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
recovery = Recovery(folder / "unsaved")
recovery.keep([Unsaved("a.json", "", "{ old }")], 1)
real, seen = getattr(os, step), 0
def die(*args, **more):
    global seen
    seen += 1
    if seen == count:
        os.kill(os.getpid(), 9)
    return real(*args, **more)
setattr(os, step, die)
if what == "keep":
    recovery.keep([Unsaved("a.json", "", "{ new }")], 2)
else:
    file = read_file(folder / "p.json")
    write_file(file.path, "{ new }", file)
print("came through")
"""


@pytest.mark.parametrize("what", ["keep", "save"])
@pytest.mark.parametrize(
    ("step", "count"), [("open", 1), ("fsync", 1), ("fsync", 2), ("chmod", 1), ("replace", 1), ("replace", 2)]
)
def test_killed_at_a_step(tmp_path: Path, what: str, step: str, count: int) -> None:
    """One text is replaced in two steps when kept (text, index) and in one when saved."""
    path = tmp_path / "p.json"
    path.write_text(OLD)
    command = [sys.executable, "-c", _DIE_AT, what, step, str(count), str(tmp_path)]
    ended = subprocess.run(command, cwd=Path(__file__).parents[2], check=False, capture_output=True, text=True)
    if (what, step, count) == ("save", "replace", 2):
        assert ended.stdout == "came through\n"
    else:
        assert ended.returncode == -9
    assert path.read_text() in ((OLD, NEW) if what == "save" else (OLD,))
    mine = Recovery(tmp_path / "unsaved")
    [found] = mine.take_over()
    assert found.text in ((OLD, NEW) if what == "keep" else (OLD,))
    mine.close()
    assert list((tmp_path / "unsaved").iterdir()) == []


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
@pytest.mark.parametrize("number", [28, 13], ids=["ENOSPC", "EACCES"])
def test_what_was_kept_stays_whole_when_no_more_can_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    recovery = Recovery(tmp_path)
    assert recovery.keep([Unsaved("a.json", "", OLD)], 1) is None
    with monkeypatch.context() as broken:
        broken.setattr(os, step, fail)
        reason = recovery.keep([Unsaved("a.json", "", NEW)], 2)
    assert reason == f"{os.strerror(number)} ({tmp_path})"
    [folder] = tmp_path.iterdir()
    [kept] = folder.glob("*.txt")
    assert kept.read_text() == OLD
    assert recovery.keep([Unsaved("a.json", "", NEW)], 3) is None
    recovery.close()


def test_a_recovery_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "unsaved").write_text("a file where the folder should be")
    reason = Recovery(tmp_path / "unsaved").keep([Unsaved("a.json", "", NEW)], 1)
    assert reason is not None
    assert str(tmp_path / "unsaved") in reason


@pytest.mark.parametrize("index", [b"", b"{", b"\xff", b"null", None], ids=["empty", "cut", "bytes", "null", "missing"])
def test_texts_outlive_their_index(tmp_path: Path, index: bytes | None) -> None:
    first = Recovery(tmp_path)
    first.keep([Unsaved("a.json", "", OLD)], 1)
    [folder] = tmp_path.iterdir()
    (tmp_path / "left").mkdir()
    for file in folder.glob("*.txt"):
        (tmp_path / "left" / file.name).write_bytes(file.read_bytes())
    if index is not None:
        (tmp_path / "left" / "index.json").write_bytes(index)
    second = Recovery(tmp_path)
    assert second.take_over() == [Unsaved("recovered-1.json", "", OLD)]
    assert folder.exists(), "a running program's texts were taken"
    second.close()
    first.close()


def test_a_full_disk_is_told_in_the_tab_until_it_is_over(
    qtbot: Any, make_window: Callable[..., MainWindow], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p.json"
    path.write_text("{}")
    area = make_window(path).area
    tab = area.current
    assert tab is not None

    def full(*_: object, **__: object) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        qtbot.keyClicks(tab.edit, " ")
        area.keeping.now()
        qtbot.waitUntil(lambda: tab.strip("unkept") is not None, timeout=5_000)
        assert not area.save(tab)
        problem = tab.strip("problem")
        assert problem is not None
        assert "No space left" in problem.text()
        assert [b.text() for b in problem.buttons] == ["Try again", "Save as…"]
        assert path.read_text() == "{}"
    problem.buttons[0].click()
    assert path.read_text() == " {}"
    assert tab.strip("unkept") is None
    assert tab.strip("problem") is None


def test_what_another_program_wrote_is_not_written_over_unasked(
    qtbot: Any, make_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    path = tmp_path / "p.json"
    path.write_text("{}")
    window = make_window(path)
    tab = window.area.current
    assert tab is not None
    qtbot.keyClicks(tab.edit, " ")
    path.write_text('{"theirs": 1}')
    assert not window.area.save(tab)
    assert path.read_text() == '{"theirs": 1}'
    bar = tab.strip("changed")
    assert bar is not None
    assert [b.text() for b in bar.buttons] == ["Save anyway", "Compare", "Reload"]
    bar.buttons[1].click()
    source = window.comparing.compare.source
    assert source is not None
    assert (source.name, source.text) == ("p.json on disk", '{"theirs": 1}')
    bar.buttons[0].click()
    assert path.read_text() == " {}"
    assert not tab.dirty
