"""How long finding, replacing and closing brackets take, from 6 KB to 10 MB, and what the GUI thread does of it."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from workbench.document.parser import parse
from workbench.gui.editor.brackets import match_bracket
from workbench.gui.editor.tab import EditorTab
from workbench.gui.searching import files
from workbench.gui.searching.files import Source
from workbench.gui.theme import LIGHT
from workbench.gui.watchdog import StallMeter
from workbench.writing.brackets import partner, partner_in
from workbench.writing.searching import Query, search_for

SIZES = [6_000, 1_000_000, 10_000_000]
LINE = '      "Action": ["s3:GetObject", "s3:PutObject"],\n'


def text_of(size: int) -> str:
    return "{\n" + LINE * (size // len(LINE)) + "}\n"


@contextlib.contextmanager
def shown(qtbot: Any, text: str) -> Iterator[EditorTab]:
    tab = EditorTab("big.json", LIGHT)
    tab.resize(900, 700)
    tab.set_text(text)
    qtbot.waitUntil(lambda: not tab.loading, timeout=60_000)
    with qtbot.waitExposed(tab):
        tab.show()
    try:
        yield tab
    finally:
        tab.hide()
        shiboken6.delete(tab)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("expression", ["GetObject", r"s3:(\w+)Object", r"(a+)+$", r'\],\n\s*"Action"'])
def test_finding_in_a_text(benchmark: Any, size: int, expression: str) -> None:
    text, search = text_of(size), search_for(Query(expression, True))
    benchmark.pedantic(lambda: search.hits(text), rounds=5 if benchmark.enabled else 1, iterations=1)
    assert search.hits(text[:10_000]).starts or expression == r"(a+)+$"


def test_the_worst_expression_on_the_worst_text(benchmark: Any) -> None:
    """A step of it, between two of which it can be given up."""
    text, search = ("a" * 63 + "!\n") * 1_000, search_for(Query("(?:a[ab]{0,20}){20}c", True))
    benchmark.pedantic(lambda: search.hits(text), rounds=3 if benchmark.enabled else 1, iterations=1)


def told(benchmark: Any, meters: list[StallMeter]) -> None:
    for name, values in (("longest turn", [m.longest_ms for m in meters]), ("work", [m.busiest_ms for m in meters])):
        benchmark.extra_info[f"{name} ms"] = round(max(values), 1)
        print(f"{name}: {max(values):.1f} ms")


@pytest.mark.parametrize("size", SIZES)
def test_stalls_while_an_expression_is_typed_into_the_bar(benchmark: Any, qtbot: Any, size: int) -> None:
    with shown(qtbot, text_of(size)) as tab:
        bar = tab.find_bar
        bar.open()
        bar.regular.setChecked(True)
        meters: list[StallMeter] = []

        def search() -> None:
            bar.needle.clear()
            with StallMeter() as meter:
                for letter in r"s3:(\w+)O":
                    QTest.keyClicks(bar.needle, letter)
                    qtbot.waitUntil(lambda: bar.search.ready, timeout=30_000)
            meters.append(meter)

        benchmark.pedantic(search, rounds=5 if benchmark.enabled else 1, iterations=1)
        told(benchmark, meters)
        assert len(bar.search.found) == 2 * (size // len(LINE))


@pytest.mark.parametrize("size", SIZES)
def test_stalls_while_everything_is_replaced(benchmark: Any, qtbot: Any, size: int) -> None:
    with shown(qtbot, text_of(size)) as tab:
        bar = tab.find_bar
        bar.open()
        bar.regular.setChecked(True)
        bar.needle.setText("s3:(Get)")
        bar.other.setText("s3:$1Some")
        qtbot.waitUntil(lambda: bar.search.ready, timeout=30_000)
        meters: list[StallMeter] = []

        def replace() -> None:
            bar.said.clear()
            with StallMeter() as meter:
                bar.replace_every()
                qtbot.waitUntil(lambda: bar.said.text().startswith("Replaced"), timeout=120_000)
                qtbot.waitUntil(lambda: bar.search.ready, timeout=30_000)
            meters.append(meter)
            start = time.perf_counter()
            tab.edit.undo()
            benchmark.extra_info["undo ms"] = round((time.perf_counter() - start) * 1_000)
            qtbot.waitUntil(lambda: bar.search.ready, timeout=30_000)

        benchmark.pedantic(replace, rounds=3 if benchmark.enabled else 1, iterations=1)
        told(benchmark, meters)
        assert tab.text().count("s3:Get") == size // len(LINE)


@pytest.mark.parametrize("size", SIZES)
def test_a_key_that_closes_a_bracket_while_all_hits_are_shown(benchmark: Any, qtbot: Any, size: int) -> None:
    """Brackets opened and taken away again, painted; the 99th percentile is in the extra information."""
    with shown(qtbot, text_of(size)) as tab:
        bar = tab.find_bar
        bar.open()
        bar.needle.setText("s3")
        qtbot.waitUntil(lambda: bar.search.ready, timeout=30_000)
        cursor = tab.edit.textCursor()
        cursor.setPosition(2)
        tab.edit.setTextCursor(cursor)
        tab.edit.setFocus()
        taken: list[float] = []

        def press() -> None:
            for key in ("{", "[", '"', Qt.Key.Key_Backspace, Qt.Key.Key_Backspace, Qt.Key.Key_Backspace):
                start = time.perf_counter()
                if isinstance(key, str):
                    QTest.keyClicks(tab.edit, key)
                else:
                    QTest.keyClick(tab.edit, key)
                tab.edit.viewport().repaint()
                taken.append(time.perf_counter() - start)

        benchmark.pedantic(press, rounds=40 if benchmark.enabled else 1, iterations=1, warmup_rounds=2)
        benchmark.extra_info["p99 ms"] = round(sorted(taken)[int(len(taken) * 0.99) - 1] * 1_000, 2)
        print("p99 ms:", benchmark.extra_info["p99 ms"])
        assert tab.text().startswith("{\n  ")


@pytest.mark.parametrize("size", SIZES)
def test_the_bracket_at_the_other_end(benchmark: Any, size: int) -> None:
    text = text_of(size)
    benchmark.pedantic(lambda: partner(text, 0), rounds=3 if benchmark.enabled else 1, iterations=1)
    assert partner(text, 0) == len(text) - 2


@pytest.mark.parametrize("size", SIZES)
def test_the_bracket_that_is_marked_at_the_caret(benchmark: Any, qtbot: Any, size: int) -> None:
    """What the GUI thread does at once, at the bracket around everything."""
    with shown(qtbot, text_of(size)) as tab:
        found = benchmark(lambda: match_bracket(tab.edit.document(), 0))
        assert found == ((0, len(text_of(size)) - 2) if size < 10_000 else 0)


@pytest.mark.parametrize("size", SIZES)
def test_the_bracket_in_the_tree_of_the_answer(benchmark: Any, size: int) -> None:
    document = parse(json.dumps([{"a": [n]} for n in range(size // 14)]))
    assert benchmark(lambda: partner_in(document, 0)) == len(document.text) - 1


def test_finding_in_a_thousand_files(benchmark: Any, tmp_path: Path) -> None:
    for number in range(1_000):
        (tmp_path / f"{number}.json").write_text(text_of(6_000))
    sources = [Source(path.name, path.name, path) for path in sorted(tmp_path.iterdir())]
    search = search_for(Query(r"s3:(Put)\w+", True))
    found = benchmark.pedantic(
        lambda: files.find(sources, search, lambda: None), rounds=3 if benchmark.enabled else 1, iterations=1
    )
    assert found.count == 1_000 * (6_000 // len(LINE))
