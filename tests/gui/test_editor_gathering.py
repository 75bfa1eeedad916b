"""A long text is read for keeping in small pieces, and is what is in the editor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject
from PySide6.QtTest import QSignalSpy

from workbench.gui.editor import gathering, policy_text
from workbench.gui.editor.policy_text import PolicyText
from workbench.gui.editor.qt_text import to_qt
from workbench.gui.main_window import MainWindow
from workbench.gui.theme import LIGHT

LINE = '  {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"},\n'


@given(st.lists(st.sampled_from(["a", "\n", "😀", "é", "\u2029", "\ufdd0", "\u00a0", "𝕏", "\u202e"]), max_size=80))
def test_a_gathered_text_is_the_text(parts: list[str]) -> None:
    written = "".join(parts)
    owner = QObject()
    text = PolicyText(LIGHT, owner)
    text.document.setPlainText(to_qt(written))
    reader = gathering.Gathering(text.document, owner)
    spy = QSignalSpy(reader.done)
    before, gathering.SLICE = gathering.SLICE, 3
    try:
        reader.start()
        reader._turn.stop()
        while not spy.count():
            reader._read()
            reader._turn.stop()
    finally:
        gathering.SLICE = before
    assert spy.at(0)[1] == text.text() == written


def test_keeping_a_long_text_never_reads_it_in_one_piece(
    make_window: Callable[..., MainWindow], qtbot: Any, monkeypatch: Any, tmp_path: Path
) -> None:
    monkeypatch.setattr(policy_text, "GATHERED", 20_000)
    monkeypatch.setattr(gathering, "SLICE", 5_000)
    file = tmp_path / "long.json"
    file.write_text('{"Version": "2012-10-17", "Statement": [\n' + LINE * 3_000 + "  {}\n]}\n")
    window = make_window(file)
    tab = window.area.current
    assert tab is not None
    qtbot.waitUntil(lambda: not tab.loading, timeout=10_000)
    whole = policy_text.document_text
    read: list[int] = []
    window.showing.stop()  # which reads what it judges
    monkeypatch.setattr(policy_text, "document_text", lambda document: read.append(1) or whole(document))
    tab.edit.setFocus()
    qtbot.keyClicks(tab.edit, "ab")
    kept: list[str] = []
    monkeypatch.setattr(window.recovery, "keep", lambda texts, _number: kept.extend(t.text for t in texts))
    with qtbot.waitSignal(tab.views.text.gathered, timeout=10_000):
        qtbot.keyClicks(tab.edit, "c")
    qtbot.waitUntil(lambda: bool(kept), timeout=10_000)
    assert read == []
    assert kept == [whole(tab.edit.document())]
