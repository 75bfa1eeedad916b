"""How a long text comes into a document: in many turns of the event loop."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QWidget

from workbench.gui.editor import filling
from workbench.gui.editor.filling import SLICE, TURN_S, Filling


def test_a_turn_puts_in_no_more_than_its_time_allows(
    qtbot: Any, keep: Callable[[QWidget], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = itertools.count(0.0, TURN_S / 4)  # a slice takes a quarter of a turn
    monkeypatch.setattr(filling.time, "perf_counter", lambda: next(clock))
    owner = QWidget()
    keep(owner)
    document = QTextDocument(owner)
    into = Filling(document, owner)
    text = '{"Sid": "One of many"},\n' * 20_000
    slices = [0]  # of each turn
    document.contentsChange.connect(lambda *_: slices.__setitem__(-1, slices[-1] + 1))
    into._turn.timeout.connect(lambda: slices.append(0))
    with qtbot.waitSignal(into.done, timeout=10_000):
        into.start(text, 0)
    assert document.toPlainText() == text
    assert max(slices) <= 4
    assert len(slices) > len(text) / SLICE / 4
