"""Jobs and commands: late answers are dropped, one command serves every view."""

import threading

import pytest
from PySide6.QtCore import QThread, QThreadPool
from PySide6.QtWidgets import QMainWindow

from workbench.gui.commands import Command, CommandRegistry
from workbench.gui.jobs import JobSlot


@pytest.fixture
def slot(qapp):
    pool = QThreadPool()
    slot = JobSlot(pool=pool)
    yield slot
    slot.cancel()
    assert pool.waitForDone(2000), "a job outlived its test"


def test_a_job_delivers_its_result_on_the_owners_thread(qtbot, slot) -> None:
    threads = []
    slot.finished.connect(lambda _: threads.append(QThread.currentThread()))
    with qtbot.waitSignal(slot.idle, timeout=2000), qtbot.waitSignal(slot.finished, timeout=2000) as caught:
        slot.start(lambda progress: 6 * 7)
    assert caught.args == [42]
    assert threads == [slot.thread()]
    assert not slot.busy


def test_an_answer_to_an_old_text_is_dropped(qtbot, slot) -> None:
    hold, seen = threading.Event(), []
    slot.finished.connect(seen.append)
    slot.start(lambda progress: hold.wait(2) and "old")
    with qtbot.waitSignal(slot.finished, timeout=2000):
        slot.start(lambda progress: "new")
    hold.set()
    assert slot._pool.waitForDone(2000)
    qtbot.waitUntil(lambda: seen == ["new"], timeout=2000)


def test_work_that_raises_is_reported_once(qtbot, slot, caplog) -> None:
    def work(progress: object) -> None:
        raise ValueError("broken")

    with qtbot.waitSignal(slot.failed, timeout=2000) as caught:
        slot.start(work)
    assert str(caught.args[0]) == "broken"
    assert "job failed" in caplog.text


def test_a_long_run_says_so_and_stops_when_cancelled(qtbot, slot) -> None:
    stopped = threading.Event()

    def work(progress) -> None:
        try:
            while True:
                progress.report(0, 0)
                stopped.wait(0.005)
        finally:
            stopped.set()

    with qtbot.waitSignal(slot.slow, timeout=3000):
        slot.start(work)
    with qtbot.waitSignal(slot.idle, timeout=1000), qtbot.assertNotEmitted(slot.finished):
        slot.cancel()
    assert stopped.wait(2)


def test_one_command_serves_menu_and_palette(qtbot) -> None:
    window, registry, opened = QMainWindow(), CommandRegistry(), []
    qtbot.addWidget(window)
    action = registry.add(Command("file.open", "Open policy", lambda: opened.append(1), "Ctrl+O", mnemonic="o"), window)
    assert action.text() == "&Open policy"
    assert [c.id for c in registry.matching("opol")] == ["file.open"]
    action.trigger()
    assert opened == [1]
    with pytest.raises(ValueError, match="Ctrl"):
        registry.add(Command("x.y", "Other", lambda: None, "Ctrl+O"), window)
    with pytest.raises(ValueError, match="twice"):
        registry.add(Command("file.open", "Other", lambda: None), window)


def test_a_command_that_cannot_run_is_grey_and_not_offered(qtbot) -> None:
    window, registry, able = QMainWindow(), CommandRegistry(), [False]
    qtbot.addWidget(window)
    action = registry.add(Command("edit.undo", "Undo", lambda: None, enabled=lambda: able[0]), window)
    assert not action.isEnabled()
    assert list(registry.matching("undo")) == []
    able[0] = True
    registry.refresh()
    assert action.isEnabled()


def test_the_closest_title_comes_first(qtbot) -> None:
    window, registry = QMainWindow(), CommandRegistry()
    qtbot.addWidget(window)
    for number, title in enumerate(("Reset layout", "Close tab", "Save as", "Save")):
        registry.add(Command(f"x.{number}", title, lambda: None), window)
    assert [c.title for c in registry.matching("sa")][:2] == ["Save", "Save as"]
