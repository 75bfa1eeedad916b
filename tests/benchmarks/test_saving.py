"""What saving costs the GUI thread, from the key to the text on the disk. Run with `--benchmark-enable`.

Budget: 16 ms of its own work in a turn.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="needs Qt")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.benchmarks.test_window import example_window, report, text_of
from workbench.gui.watchdog import StallMeter


@pytest.mark.parametrize("wide", [False, True], ids=["ASCII", "other letters"])
@pytest.mark.parametrize("size", [6_000, 1_000_000, 10_000_000])
def test_longest_stall_of_saving(benchmark: Any, qtbot: Any, tmp_path: Path, size: int, wide: bool) -> None:
    path = tmp_path / "big.json"
    text = text_of(size)
    path.write_text(text.replace('"S', '"Ä€S') if wide else text, encoding="utf-8")
    with example_window(qtbot) as window:
        window.open_paths([path])
        qtbot.waitUntil(
            lambda: (tab := window.area.current) is not None and tab.path == path and not tab.loading, timeout=60_000
        )
        tab = window.area.current
        assert tab is not None
        tab.edit.setFocus()
        meters: list[StallMeter] = []

        def save() -> None:
            with StallMeter() as meter:
                QTest.keyClicks(tab.edit, " ")
                QTest.keyClick(tab.edit, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
                qtbot.waitUntil(lambda: not tab.saving.busy, timeout=20_000)
            meters.append(meter)

        benchmark.pedantic(save, rounds=20 if benchmark.enabled else 2, iterations=1)
        report(benchmark, f"saving {size:,} characters", meters)
        assert path.read_text(encoding="utf-8") == tab.text()
    assert meters
