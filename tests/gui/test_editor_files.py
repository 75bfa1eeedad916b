"""Files keep what the user did not change, saving is atomic, unsaved texts survive the program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.gui.editor.files import FileProblem, read_file, stamp_of, write_file
from workbench.gui.editor.recovery import Recovery, Unsaved


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": 1}\n',
        b'{\r\n"a": 1\r\n}',
        b"\xef\xbb\xbf{}\r\n",
        '{"ä": 1}'.encode("utf-16"),
        b'{"\xff": 1}\n',
        b"{\r\n\n\r}\n",
        b"",
    ],
    ids=["lf", "crlf", "bom", "utf-16", "latin-1", "mixed", "empty"],
)
def test_saving_an_unchanged_text_gives_the_same_bytes(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(data)
    file = read_file(path)
    assert "\r" not in file.text
    write_file(path, file.text, file)
    assert path.read_bytes() == data


def test_lines_around_an_edit_keep_their_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(b"one\r\ntwo\nthree\r\nfour\r\nfive")
    file = read_file(path)
    write_file(path, file.text.replace("three", "3\nthree"), file)
    assert path.read_bytes() == b"one\r\ntwo\n3\r\nthree\r\nfour\r\nfive"


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match=r"gone\.json cannot be read: No such file"):
        read_file(tmp_path / "gone.json")
    assert stamp_of(tmp_path / "gone.json") is None


def test_a_pipe_or_a_device_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(FileProblem, match=r"pipe\.json is no ordinary file"):
        read_file(tmp_path / "pipe.json")
    with pytest.raises(FileProblem, match="zero is no ordinary file"):
        read_file(Path("/dev/zero"))
    with pytest.raises(FileProblem, match="cannot be read: Is a directory"):
        read_file(tmp_path)


def test_a_failed_save_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "dir" / "p.json"
    with pytest.raises(FileProblem, match="cannot be written"):
        write_file(path, "{}", None)
    assert not path.exists()


def test_nothing_of_a_save_is_left_beside_the_file(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    write_file(path, "{}\n", None)
    assert [p.name for p in tmp_path.iterdir()] == ["p.json"]


TEXTS = [Unsaved("a.json", "/somewhere/a.json", "{ 日 \ud800 }"), Unsaved("untitled-1.json", "", "x\n")]

_KEEP_AND_DIE = """
import os, sys
from pathlib import Path
from workbench.gui.editor.recovery import Recovery, Unsaved
recovery = Recovery(Path(sys.argv[1]))
recovery.keep([Unsaved("a.json", "/somewhere/a.json", "unsaved")], 1)
os.kill(os.getpid(), 9)
"""


def test_texts_of_a_killed_program_are_found_once(tmp_path: Path) -> None:
    repository = Path(__file__).parents[2]
    command = [sys.executable, "-c", _KEEP_AND_DIE, str(tmp_path)]
    assert subprocess.run(command, cwd=repository, check=False).returncode == -9
    mine = Recovery(tmp_path)
    assert mine.take_over() == [Unsaved("a.json", "/somewhere/a.json", "unsaved")]
    # They are ours now: kept on until they are saved, and no other program takes them meanwhile.
    other = Recovery(tmp_path)
    assert other.take_over() == []
    mine.close()
    assert Recovery(tmp_path).take_over() == []
    assert list(tmp_path.iterdir()) == []


def test_every_text_comes_back_as_it_was(tmp_path: Path) -> None:
    first = Recovery(tmp_path)
    first.keep(TEXTS, 1)
    [folder] = tmp_path.iterdir()
    shutil.copytree(folder, tmp_path / "copy", ignore=shutil.ignore_patterns("lock"))
    assert Recovery(tmp_path).take_over() == TEXTS
    first.close()


def test_a_late_job_does_not_bring_old_texts_back(tmp_path: Path) -> None:
    recovery = Recovery(tmp_path)
    recovery.keep(TEXTS, 2)
    recovery.keep([], 1)
    [folder] = tmp_path.iterdir()
    assert len(list(folder.glob("*.txt"))) == 2
    recovery.keep([], 3)
    assert list(folder.glob("*.txt")) == []
    recovery.close()


@pytest.mark.parametrize("broken", [b"", b"{", b"[1]", b'[{"title": "a", "path": "", "text": "missing.txt"}]'])
def test_a_damaged_recovery_folder_stops_nothing(
    tmp_path: Path, broken: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "index.json").write_bytes(broken)
    assert Recovery(tmp_path).take_over() == []


def test_an_index_cannot_point_outside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "index.json").write_text('[{"title": "a", "path": "", "text": "../secret.txt"}]')
    assert Recovery(tmp_path).take_over() == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_file_is_known_as_such(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text("{}")
    path.chmod(0o400)
    assert not read_file(path).writable
