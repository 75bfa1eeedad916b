"""How fast folded and wrapped texts are. Run with `--benchmark-enable`; budget: 16 ms a key press at 10 MB."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="needs Qt")

from PySide6.QtTest import QTest

from tests.benchmarks.test_window import Painted, text_of
from workbench.gui.editor.arrangement import arrange, arrangement_of
from workbench.gui.editor.folding import MOST
from workbench.gui.editor.tab import EditorTab
from workbench.gui.memory import Sweeper
from workbench.gui.theme import LIGHT
from workbench.gui.watchdog import StallMeter


def tab_of(qtbot: Any, text: str) -> EditorTab:
    tab = EditorTab("big.json", LIGHT)
    qtbot.addWidget(tab)
    tab.resize(900, 700)
    with qtbot.waitExposed(tab):
        tab.show()
    tab.set_text(text)
    qtbot.waitUntil(lambda: not tab.loading, timeout=60_000)
    return tab


def fold_statements(tab: EditorTab, qtbot: Any) -> None:
    tab.edit.folding.fold_statements()
    qtbot.waitUntil(lambda: not tab.edit.folding.busy, timeout=60_000)


def wrap(tab: EditorTab, qtbot: Any) -> None:
    tab.edit.wrapping.set(True)
    qtbot.waitUntil(lambda: tab.edit.wrapping.on, timeout=60_000)


def press_keys(benchmark: Any, tab: EditorTab) -> None:
    """Keys in the middle of the text, each painted."""
    painted = Painted(tab.edit.viewport())
    taken: list[float] = []

    def press() -> None:
        start = time.perf_counter()
        QTest.keyClicks(tab.edit, "x")
        tab.edit.viewport().repaint()
        tab.edit.margin.repaint()
        taken.append(time.perf_counter() - start)

    benchmark.pedantic(press, rounds=200 if benchmark.enabled else 2, iterations=1, warmup_rounds=5)
    if benchmark.enabled:
        benchmark.extra_info["p99 ms"] = round(sorted(taken)[int(len(taken) * 0.99) - 1] * 1_000, 2)
        print("p99 ms:", benchmark.extra_info["p99 ms"])
    assert painted.times >= len(taken), "keys were pressed without being painted"


@pytest.mark.parametrize("size", [6_000, 1_000_000, 10_000_000])
@pytest.mark.parametrize("look", [fold_statements, wrap], ids=["folded", "wrapped"])
def test_key_press(benchmark: Any, qtbot: Any, size: int, look: Callable[[EditorTab, Any], None]) -> None:
    tab = tab_of(qtbot, text_of(size))
    look(tab, qtbot)
    cursor = tab.edit.textCursor()
    block = tab.edit.document().findBlockByLineNumber(tab.edit.document().lineCount() // 2)
    cursor.setPosition(block.position() + 1)
    tab.edit.setTextCursor(cursor)
    press_keys(benchmark, tab)


def test_key_press_in_a_long_wrapped_line(benchmark: Any, qtbot: Any) -> None:
    """The longest line that is wrapped."""
    actions = json.dumps([f"s3:Action{n}" for n in range(1_150)])
    tab = tab_of(qtbot, "{}\n" + actions[:19_000] + "\n")
    wrap(tab, qtbot)
    cursor = tab.edit.textCursor()
    cursor.setPosition(9_000)
    tab.edit.setTextCursor(cursor)
    press_keys(benchmark, tab)


def test_painting_the_longest_fold(benchmark: Any, qtbot: Any) -> None:
    lines = ",\n".join('    "s3:GetObject"' for _ in range(MOST - 10))
    tab = tab_of(qtbot, '{\n  "Action": [\n' + lines + "\n  ]\n}\n")
    tab.edit.folding.toggle(tab.edit.document().findBlockByNumber(1))
    qtbot.waitUntil(lambda: not tab.edit.folding.busy)
    painted = Painted(tab.edit.viewport())
    benchmark.pedantic(tab.edit.viewport().repaint, rounds=50 if benchmark.enabled else 1, iterations=1)
    assert painted.times
    assert tab.edit.document().lineCount() < 10


@pytest.mark.parametrize("size", [1_000_000, 10_000_000])
@pytest.mark.parametrize("command", ["fold_statements", "fold_all", "unfold_all"])
def test_longest_stall_of_a_command(benchmark: Any, qtbot: Any, size: int, command: str) -> None:
    """Until all of the text is folded or unfolded; no turn of the event loop over 16 ms."""
    tab = tab_of(qtbot, text_of(size))
    meters: list[StallMeter] = []

    def before() -> None:
        if command == "unfold_all":
            fold_statements(tab, qtbot)
        else:
            tab.edit.folding.unfold_all()
            qtbot.waitUntil(lambda: not tab.edit.folding.busy, timeout=60_000)

    def run() -> None:
        with StallMeter() as meter:
            getattr(tab.edit.folding, command)()
            qtbot.waitUntil(lambda: not tab.edit.folding.busy, timeout=60_000)
        meters.append(meter)

    sweeper = Sweeper(tab, lambda: False)  # garbage waits, as in the program
    benchmark.pedantic(run, setup=before, rounds=3 if benchmark.enabled else 1, iterations=1)
    benchmark.extra_info["longest turns ms"] = [round(meter.longest_ms, 1) for meter in meters]
    benchmark.extra_info["own work ms"] = [round(meter.busiest_ms, 1) for meter in meters]
    print(command, size, "longest turns and own work in them, ms:", *benchmark.extra_info.values())
    sweeper.stop()
    assert meters


@pytest.mark.parametrize("size", [1_000_000, 10_000_000])
def test_stalls_while_the_folds_are_kept_and_put_back(benchmark: Any, qtbot: Any, size: int) -> None:
    tab, other = tab_of(qtbot, text_of(size)), tab_of(qtbot, text_of(size))
    meters: list[StallMeter] = []

    def keep_and_put_back() -> None:
        other.edit.folding.unfold_all()
        qtbot.waitUntil(lambda: not other.edit.folding.busy, timeout=60_000)
        with StallMeter() as meter:
            fold_statements(tab, qtbot)
            qtbot.waitUntil(lambda: tab.views.folds.known is not None, timeout=60_000)
            arrange(other, arrangement_of(tab))
            hidden = other.edit.document().findBlockByNumber(4)
            qtbot.waitUntil(lambda: not hidden.isVisible() and not other.edit.folding.busy, timeout=60_000)
        meters.append(meter)

    sweeper = Sweeper(tab, lambda: False)  # garbage waits, as in the program
    benchmark.pedantic(keep_and_put_back, rounds=3 if benchmark.enabled else 1, iterations=1)
    sweeper.stop()
    benchmark.extra_info["longest turn ms"] = round(max(m.longest_ms for m in meters), 1)
    print("longest turn ms:", benchmark.extra_info["longest turn ms"])
