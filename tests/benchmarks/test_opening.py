"""How soon an opened text is in sight, and what it costs in memory. Budget: 150 ms to the first screen of 10 MB,
design.md section 6; `--benchmark-enable` measures."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="needs Qt")

from PySide6.QtWidgets import QApplication

from tests.benchmarks.test_window import Painted, example_window, text_of


def resident_mb() -> float:
    """What this process has in memory, in MB."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


@pytest.mark.parametrize("size", [6_000, 1_000_000, 10_000_000])
def test_first_screen(benchmark: Any, qtbot: Any, tmp_path: Path, size: int) -> None:
    """From asking for the file to its first lines painted; `memory_mb`: what the process grew by, all of it in."""
    text = text_of(size)
    with example_window(qtbot) as window:
        before = resident_mb()

        def next_file() -> tuple[tuple[Path], dict[str, Any]]:
            window.area.close_all()
            path = tmp_path / f"opened-{len(list(tmp_path.iterdir()))}.json"
            path.write_text(text)
            return (path,), {}

        def first_screen(path: Path) -> None:
            window.open_paths([path])
            painted: Painted | None = None
            lines = 0
            while painted is None or not painted.times or lines < 20:
                QApplication.processEvents()
                tab = window.area.current
                if tab is None or tab.path != path:
                    continue
                painted = painted or Painted(tab.edit.viewport())
                lines = tab.edit.blockCount()

        benchmark.pedantic(first_screen, setup=next_file, rounds=5 if benchmark.enabled else 1, iterations=1)
        tab = window.area.current
        assert tab is not None
        qtbot.waitUntil(lambda: not tab.loading, timeout=60_000)
        benchmark.extra_info["memory_mb"] = round(resident_mb() - before)
        assert tab.text() == text
