"""Full disks, forbidden folders, other programs, and kill -9 at each step: no text is lost, and the user is told."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from tests.support import REPOSITORY
from workbench.gui.editor import recovery as recovery_module
from workbench.gui.editor.recovery import Recovery, Unsaved
from workbench.gui.editor.tab import EditorTab
from workbench.gui.main_window import MainWindow

POLICY = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}\n'
FIRST, SECOND = "the first state of the text", "the second state of the text"

# Runs in a process of its own: keeps one text, then dies by SIGKILL at step number N of keeping the next.
KILLED = f"""
import os, signal, sys
from pathlib import Path
from workbench.gui.editor.recovery import Recovery, Unsaved
kept = Recovery(Path(sys.argv[1]))
kept.keep([Unsaved("a", "", {FIRST!r})], 1)
left = int(sys.argv[2])

def step(real):
    def run(*args, **kwargs):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)
    return run

os.fsync, Path.open, Path.replace, Path.unlink = map(step, (os.fsync, Path.open, Path.replace, Path.unlink))
kept.keep([Unsaved("a", "", {SECOND!r})], 2)
print("done", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("step", range(12))
def test_a_kill_at_any_step_of_keeping_leaves_one_state_whole(tmp_path: Path, step: int) -> None:
    run = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), str(step)], cwd=REPOSITORY, capture_output=True, check=False
    )
    assert run.returncode == -signal.SIGKILL
    [found] = Recovery(tmp_path).take_over()
    assert found.text in (FIRST, SECOND)
    if b"done" in run.stdout:
        assert found.text == SECOND


def test_the_last_step_of_keeping_is_among_those_that_are_killed(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), "12"], cwd=REPOSITORY, capture_output=True, check=False
    )
    assert b"done" in run.stdout


def broken(code: int) -> Callable[..., Any]:
    def fail(*_args: object, **_more: object) -> Any:
        raise OSError(code, os.strerror(code))

    return fail


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EIO])
@pytest.mark.parametrize("where", ["fsync", "open"])
def test_a_full_disk_leaves_what_was_kept_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    kept = Recovery(tmp_path)
    assert kept.keep([Unsaved("a", "", FIRST)], 1) == ""
    with monkeypatch.context() as faulty:
        if where == "fsync":
            faulty.setattr(recovery_module.os, "fsync", broken(code))
        else:
            faulty.setattr(Path, "open", broken(code))
        sentence = kept.keep([Unsaved("a", "", SECOND)], 2)
    assert os.strerror(code) in sentence
    assert kept.keep([Unsaved("a", "", SECOND)], 3) == ""
    caplog.clear()


@pytest.fixture
def window(make_window: Callable[..., MainWindow], tmp_path: Path) -> MainWindow:
    path = tmp_path / "p.json"
    path.write_text(POLICY, encoding="utf-8")
    return make_window(path)


@pytest.fixture
def tab(window: MainWindow) -> EditorTab:
    found = window.area.current
    assert found is not None
    found.edit.setFocus()
    return found


def press(tab: EditorTab, name: str, label: str) -> None:
    strip = tab.strip(name)
    assert strip is not None
    [button] = [b for b in strip.buttons if b.text().replace("&", "") == label]
    button.click()


def test_the_user_is_told_where_unsaved_text_cannot_be_kept(
    window: MainWindow, tab: EditorTab, qtbot: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as faulty:
        faulty.setattr(recovery_module.os, "fsync", broken(errno.ENOSPC))
        qtbot.keyClicks(tab.edit, " ")
        window.area.keep_now()
        qtbot.waitUntil(lambda: tab.strip("unkept") is not None, timeout=5000)
    strip = tab.strip("unkept")
    assert strip is not None
    assert "No space left on device" in strip.text()
    caplog.clear()
    qtbot.keyClicks(tab.edit, " ")
    window.area.keep_now()
    qtbot.waitUntil(lambda: tab.strip("unkept") is None, timeout=5000)


def test_another_programs_change_is_never_saved_over_unasked(
    window: MainWindow, tab: EditorTab, qtbot: Any, tmp_path: Path
) -> None:
    other = POLICY.replace("GetObject", "PutObject")
    qtbot.keyClicks(tab.edit, " ")
    assert tab.path is not None
    tab.path.write_text(other, encoding="utf-8")
    os.utime(tab.path, ns=(1, 1))
    qtbot.keyClick(tab.edit, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert tab.path.read_text(encoding="utf-8") == other
    assert tab.dirty
    press(tab, "changed", "Save anyway")
    assert tab.path.read_text(encoding="utf-8") == " " + POLICY
    assert tab.strip("changed") is None
    assert not tab.dirty


def test_what_another_program_wrote_can_be_compared(window: MainWindow, tab: EditorTab, qtbot: Any) -> None:
    assert tab.path is not None
    tab.path.write_text(POLICY.replace("GetObject", "PutObject"), encoding="utf-8")
    os.utime(tab.path, ns=(1, 1))
    window.area.look_at_disk()
    press(tab, "changed", "Compare")
    compare = window.comparing.compare
    qtbot.waitUntil(lambda: compare.source is not None and "PutObject" in compare.source.text, timeout=5000)
    assert compare.isVisible()


def test_what_was_recovered_is_shown_beside_the_file(window: MainWindow, tab: EditorTab, qtbot: Any) -> None:
    assert tab.path is not None
    window.area.restore([Unsaved("p.json", str(tab.path), POLICY.replace("GetObject", "*"))])
    press(tab, "recovered", "Show what changed")
    compare = window.comparing.compare
    qtbot.waitUntil(lambda: compare.source is not None and compare.source.text == POLICY, timeout=5000)
    assert compare.isVisible()
    assert tab.text() == POLICY.replace("GetObject", "*")


def test_a_link_stays_a_link_and_the_mode_stays(window: MainWindow, qtbot: Any, tmp_path: Path) -> None:
    real = tmp_path / "real.json"
    real.write_text(POLICY, encoding="utf-8")
    real.chmod(0o640)
    link = tmp_path / "link.json"
    link.symlink_to(real)
    tab = window.area.open(link)
    assert tab is not None
    tab.edit.setFocus()
    qtbot.keyClicks(tab.edit, " ")
    assert window.area.save()
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == " " + POLICY
    assert real.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + POLICY.encode(),
        POLICY.encode("utf-16"),
        POLICY.encode("utf-16-be"),
        POLICY.replace("\n", "\r\n").encode(),
        POLICY.rstrip("\n").encode(),
    ],
    ids=["BOM", "UTF-16", "UTF-16-BE", "CRLF", "no newline"],
)
def test_encoding_line_ends_and_the_last_line_stay(window: MainWindow, qtbot: Any, tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "other.json"
    file.write_bytes(data)
    tab = window.area.open(file)
    assert tab is not None
    tab.edit.setFocus()
    qtbot.keyClicks(tab.edit, "x")
    qtbot.keyClick(tab.edit, Qt.Key.Key_Backspace)
    tab.edit.document().setModified(True)
    assert window.area.save()
    assert file.read_bytes() == data
