"""How fast completion, tool tips and the outline are, for short and long texts. Budget: 30 ms, `--benchmark-enable`."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest

from tests.benchmarks.test_window import text_of
from workbench.answers import Validation
from workbench.document.parser import parse
from workbench.engine import Engine
from workbench.findings.model import Effect, Fix
from workbench.gui.editor.tab import EditorTab
from workbench.gui.theme import LIGHT
from workbench.policy.kinds import PolicyKind
from workbench.writing.difference import difference
from workbench.writing.outline import meant, outline
from workbench.writing.statements import duplicate, move, split_by_action

SIZES = (6_000, 1_000_000, 10_000_000)
PLACES = {
    "actions": ('"s3:GetObject"', 'cretrain"'),
    "all actions by a letter": ('"s3:GetObject"', 'e"'),
    "wildcard": ('"s3:GetObject"', '*:*Get*"'),
    "element": ('"Effect"', 'C"'),
    "arns": ('"arn:aws', 'a"'),
    "keys": ('"Resource"', '"Condition": {"StringEquals": {"a"}}, "Resource"'),
}


def place(size: int, what: str) -> tuple[str, int]:
    """A text with a caret in its middle, behind the letters typed."""
    text = text_of(size)
    old, new = PLACES[what]
    at = text.index(old, len(text) // 2)
    start = "" if new.startswith('"') else '"'
    text = text[:at] + start + new + text[at + len(old) :]
    caret = at + len(start) + (new.index('a"') + 1 if what == "keys" else len(new) - 1)
    return text, caret


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("what", PLACES)
def test_proposals(benchmark: Any, size: int, what: str) -> None:
    engine = Engine()
    text, caret = place(size, what)
    found = benchmark(engine.writing.complete, text, caret, PolicyKind.IDENTITY)
    assert found


@pytest.mark.parametrize("size", SIZES)
def test_the_list_is_shown(benchmark: Any, qtbot: Any, size: int) -> None:
    """From the key to the list painted."""
    engine = Engine()
    tab = EditorTab("big.json", LIGHT)
    qtbot.addWidget(tab)
    tab.resize(900, 700)
    text, caret = place(size, "actions")
    tab.set_text(text)
    qtbot.waitUntil(lambda: not tab.loading, timeout=10_000)
    tab.completer.complete = lambda text, offset: engine.writing.complete(text, offset, PolicyKind.IDENTITY)
    with qtbot.waitExposed(tab):
        tab.show()
    cursor = tab.edit.textCursor()
    cursor.setPosition(caret)
    tab.edit.setTextCursor(cursor)
    tab.edit.setFocus()

    def again() -> None:
        tab.completer.close()
        QTest.keyClick(tab.edit, Qt.Key.Key_Backspace)

    def show() -> None:
        QTest.keyClick(tab.edit, Qt.Key.Key_N)
        for _ in range(1000):
            QCoreApplication.processEvents()  # its timer is due at once
            if tab.completer.is_open:
                break
        tab.completer.popup.repaint()

    benchmark.pedantic(show, setup=again, rounds=50 if benchmark.enabled else 2, iterations=1, warmup_rounds=2)
    assert tab.completer.popup.model().index(0, 0).data() == "sagemaker:CreateTrainingJob"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("what", ["s3:GetObject", "Effect", "arn:aws"])
def test_what_stands_here(benchmark: Any, size: int, what: str) -> None:
    """The tool tip's content, of a document that has been read; budget 30 ms."""
    engine = Engine()
    text = text_of(size)
    document, offset = engine.parse(text), text.index(what, len(text) // 2) + 2
    found = benchmark(engine.writing.explain_at, document, offset)
    assert found is not None


@pytest.mark.parametrize("size", SIZES)
def test_a_letter_among_the_statements(benchmark: Any, size: int) -> None:
    """A key in the outline of a text; what makes the outline itself is a job."""
    entries = outline(Engine().parse(text_of(size)))
    benchmark(meant, entries, "s7")


COMMANDS = {
    "duplicate": duplicate,
    "move": partial(move, by=1),
    "split": split_by_action,
}


@pytest.mark.parametrize("size", SIZES[:2])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_change_of_a_statement(benchmark: Any, size: int, command: str) -> None:
    """The text alone: in the window it is a job, and so is the proof of what it does to access."""
    text = text_of(size)
    benchmark(COMMANDS[command], text, text.index('"s3:GetObject"', len(text) // 2))


def test_what_a_change_of_a_statement_does_to_access(benchmark: Any) -> None:
    engine = Engine()
    text = text_of(6_000)
    after = move(text, text.index('"s3:GetObject"', len(text) // 2), by=1).text
    validation = Validation(PolicyKind.IDENTITY, parse(text), (), ())
    verdict = benchmark(engine.fix_verdict, validation, Fix("Move", difference(text, after)))
    assert verdict.effect is Effect.SAME
