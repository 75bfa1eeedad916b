"""The files that sessions are kept in: read as written, small, and never half written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from workbench.gui import session
from workbench.gui.editor.place import Place
from workbench.gui.session import OpenTab, Shown, Store
from workbench.policy.kinds import PolicyKind

SHOWN = Shown("/p", (OpenTab("/p/a.json", "a.json", Place(1, 2, 3, 4), PolicyKind.SCP),), 0, b"\0\xff", True)


def test_a_session_is_read_as_it_was_written(tmp_path: Path) -> None:
    store = Store(tmp_path / "s")
    store.write(SHOWN)
    assert store.read("/p") == SHOWN
    assert store.read("/q") == Shown("/q")


@pytest.mark.parametrize(
    "data", [b"", b"{", b"null", b"[" * 100_000, b'{"tabs": [1]}', b"\xff", b'{"tabs": 5}', b" " * 2_000_000]
)
def test_a_damaged_session_is_none(tmp_path: Path, data: bytes) -> None:
    store = Store(tmp_path)
    store.write(SHOWN)
    [file] = tmp_path.glob("*.json")
    file.write_bytes(data)
    assert store.read("/p") == Shown("/p")


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_a_session_that_cannot_be_written_leaves_the_last_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    store = Store(tmp_path)
    store.write(SHOWN)

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as broken:
        broken.setattr(os, step, fail)
        with pytest.raises(OSError, match="space"):
            store.write(Shown("/p"))
    assert store.read("/p") == SHOWN
    assert len(list(tmp_path.iterdir())) == 1


def test_sessions_stay_few_and_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "MOST_PROJECTS", 3)
    store = Store(tmp_path)
    for number in range(6):
        store.write(Shown(f"/p{number}"))
        os.utime(store._file(f"/p{number}"), ns=(number, number))
    assert len(list(tmp_path.iterdir())) == 3
    assert json.loads(store._file("/p5").read_text())["root"] == "/p5"
    store.write(Shown("/big", tuple(OpenTab("/x" * 100, "x" * 100, Place(0, 0, 0, 0)) for _ in range(200))))
    assert store._file("/big").stat().st_size < session.MOST_BYTES // 4
