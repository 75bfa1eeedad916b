"""How fast the window is. Run with `--benchmark-enable`; budgets: design.md section 6."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="needs Qt")

from PySide6.QtCore import QEvent, QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from workbench.gui.editor.tab import EditorTab
from workbench.gui.theme import LIGHT

STATEMENT = """    {
      "Sid": "S%d",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:PutObject"],
      "Resource": "arn:aws:s3:::bucket-%d/*"
    }"""


class Painted(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.times = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt names it)
        self.times += event.type() == QEvent.Type.Paint
        return False


def text_of(size: int) -> str:
    statements = ",\n".join(STATEMENT % (i, i) for i in range(size // len(STATEMENT)))
    return f'{{\n  "Version": "2012-10-17",\n  "Statement": [\n{statements}\n  ]\n}}\n'


def test_key_press_in_1_mb(benchmark: Any, qtbot: Any) -> None:
    """One key, painted; the 99th percentile is in the benchmark's extra information."""
    tab = EditorTab("big.json", LIGHT)
    qtbot.addWidget(tab)
    tab.resize(900, 700)
    tab.set_text(text_of(1_000_000))
    with qtbot.waitExposed(tab):  # before it is exposed a repaint paints nothing
        tab.show()
    painted = Painted(tab.edit.viewport())
    cursor = tab.edit.textCursor()
    cursor.setPosition(tab.text().index('"S2000"') + 2)
    tab.edit.setTextCursor(cursor)
    taken: list[float] = []

    def press() -> None:
        start = time.perf_counter()
        QTest.keyClicks(tab.edit, "x")
        tab.edit.viewport().repaint()
        taken.append(time.perf_counter() - start)

    benchmark.pedantic(press, rounds=200 if benchmark.enabled else 2, iterations=1, warmup_rounds=5)
    if benchmark.enabled:
        benchmark.extra_info["p99 ms"] = round(sorted(taken)[int(len(taken) * 0.99) - 1] * 1_000, 2)
        print("p99 ms:", benchmark.extra_info["p99 ms"])
    assert '"Sx' in tab.text()
    assert painted.times >= len(taken), "keys were pressed without being painted"


def test_start_to_window(benchmark: Any, tmp_path: Path) -> None:
    """The whole process: start, window, first answer painted, picture written, end."""
    picture = tmp_path / "window.png"
    environment = {**os.environ, "POLICY_WORKBENCH_SELFTEST": str(picture), "QT_QPA_PLATFORM": "offscreen"}

    def start() -> None:
        subprocess.run([sys.executable, "-m", "workbench"], env=environment, check=True, timeout=60)

    benchmark.pedantic(start, rounds=5 if benchmark.enabled else 1, iterations=1)
    assert picture.stat().st_size > 10_000
